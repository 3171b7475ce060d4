"""`config`, and which library is meant."""

from pathlib import Path

import pytest

from tests.cli.calling import SEED, Bibman


def config_file(bibman: Bibman) -> Path:
    return bibman.home / "config" / "bibman" / "config.toml"


def written(bibman: Bibman, text: str) -> Path:
    path = config_file(bibman)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_every_setting_is_shown_with_its_origin(fresh: Bibman, monkeypatch: pytest.MonkeyPatch) -> None:
    written(fresh, 'export-format = "biblatex"\n')
    monkeypatch.setenv("BIBMAN_LIBRARY", "/elsewhere.bibman")
    said = fresh.json("config", "show")
    assert said["file"] == str(config_file(fresh))
    assert [(each["name"], each["value"], each["from"]) for each in said["settings"]] == [
        ("library", "/elsewhere.bibman", "BIBMAN_LIBRARY"),
        ("key-pattern", "[auth:lower][year][veryshorttitle:lower]", "default"),
        ("export-format", "biblatex", "file"),
        ("mail", "", "default"),
        ("offline", "true", "BIBMAN_OFFLINE"),
        ("online", "false", "default"),
        ("openalex-key", "", "default"),
        ("pubmed-key", "", "default"),
        ("semantic-scholar-key", "", "default"),
    ]
    assert all(each["meaning"] for each in said["settings"])
    assert fresh("config").out == fresh("config", "show").out
    assert "export-format\tbiblatex\tfile" in fresh("config").out


def test_a_setting_is_set_and_unset(fresh: Bibman) -> None:
    assert fresh("config", "set", "export-format", "biblatex").out == "export-format = biblatex\n"
    assert config_file(fresh).read_text() == 'export-format = "biblatex"\n'
    assert fresh("config", "unset", "export-format").out == "export-format = bibtex (default)\n"
    assert config_file(fresh).read_text() == ""
    assert fresh("config", "unset", "export-format").code == 0


def test_what_else_stands_in_the_file_stays(fresh: Bibman) -> None:
    path = written(fresh, '# mine\nexport-format = "biblatex" # for the thesis\nlibrary = "/a.bibman"\n')
    fresh("config", "set", "library", "/b.bibman")
    assert path.read_text() == '# mine\nexport-format = "biblatex" # for the thesis\nlibrary = "/b.bibman"\n'
    fresh("config", "unset", "export-format")
    assert path.read_text().startswith("# mine\n")


def test_a_library_is_kept_with_its_whole_path(fresh: Bibman) -> None:
    assert fresh("config", "set", "library", "own.bibman").out == f"library = {fresh.home}/own.bibman\n"
    assert fresh("config", "set", "library", "~/own.bibman").out == f"library = {fresh.home}/own.bibman\n"


def test_the_library_is_the_one_named_last_on_the_way_to_the_command(
    fresh: Bibman, monkeypatch: pytest.MonkeyPatch
) -> None:
    def path(*options: str) -> str:
        return fresh(*options, "library", "path").out.rstrip("\n")

    assert path() == str(fresh.library)
    written(fresh, 'library = "~/file.bibman"\n')
    assert path() == f"{fresh.home}/file.bibman"
    monkeypatch.setenv("BIBMAN_LIBRARY", "~/environment.bibman")
    assert path() == f"{fresh.home}/environment.bibman"
    assert path("--library", "option.bibman") == f"{fresh.home}/option.bibman"
    assert path("-l", "~/option.bibman") == f"{fresh.home}/option.bibman"
    monkeypatch.setenv("BIBMAN_LIBRARY", "")
    assert path() == f"{fresh.home}/file.bibman"


def test_the_library_that_is_named_is_used(fresh: Bibman, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh("-l", "option.bibman", "new", "book", "--set", "title=Option", "--key", "option")
    monkeypatch.setenv("BIBMAN_LIBRARY", "environment.bibman")
    fresh("new", "book", "--set", "title=Environment", "--key", "environment")
    assert fresh.keys() == ["environment"]
    assert fresh("--library", "option.bibman", "list").out.startswith("option\t")
    assert not fresh.library.exists()


def test_a_key_is_kept_and_never_shown(fresh: Bibman, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "s3-cr3t"  # noqa: S105 - it opens nothing
    assert fresh("config", "set", "openalex-key", secret).out == "openalex-key = (set)\n"
    assert config_file(fresh).read_text() == f'openalex-key = "{secret}"\n'
    assert config_file(fresh).stat().st_mode & 0o077 == 0
    monkeypatch.setenv("BIBMAN_SEMANTIC_SCHOLAR_KEY", secret)
    shown = fresh("config")
    assert "openalex-key\t(set)\tfile\n" in shown.out
    assert "semantic-scholar-key\t(set)\tBIBMAN_SEMANTIC_SCHOLAR_KEY\n" in shown.out
    assert secret not in shown.out + fresh("config", "show", "--json").out
    fresh("config", "set", "export-format", "biblatex")
    assert config_file(fresh).stat().st_mode & 0o077 == 0
    assert fresh("config", "unset", "openalex-key").out == "openalex-key = (nothing) (default)\n"


def test_a_key_that_is_none_is_refused_and_not_shown(fresh: Bibman, monkeypatch: pytest.MonkeyPatch) -> None:
    done = fresh("config", "set", "openalex-key", "s3cr3t with blanks")
    assert (done.code, "s3cr3t" in done.err) == (2, False)
    written(fresh, 'pubmed-key = "s3cr3t é"\n')
    done = fresh("config")
    assert (done.code, "s3cr3t" in done.err) == (1, False)
    written(fresh, "")
    monkeypatch.setenv("BIBMAN_OPENALEX_KEY", "s3cr3t\nX-Other: header")
    done = fresh("config")
    assert (done.code, "BIBMAN_OPENALEX_KEY: the key has blanks" in done.err, "s3cr3t" in done.err) == (2, True, False)


def test_offline_is_a_switch(fresh: Bibman, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BIBMAN_OFFLINE")
    assert fresh("config", "set", "offline", "true").out == "offline = true\n"
    assert config_file(fresh).read_text() == "offline = true\n"
    assert "offline\ttrue\tfile\n" in fresh("config").out
    written(fresh, 'offline = "false"\n')
    assert "offline\tfalse\tfile\n" in fresh("config").out
    for value, meant in {"1": "true", "0": "false", "Yes": "true", "no": "false", "TRUE": "true"}.items():
        monkeypatch.setenv("BIBMAN_OFFLINE", value)
        assert f"offline\t{meant}\tBIBMAN_OFFLINE\n" in fresh("config").out
    monkeypatch.setenv("BIBMAN_OFFLINE", "perhaps")
    assert fresh("config").err.startswith("bibman: BIBMAN_OFFLINE: neither true nor false: perhaps. ")


BROKEN = {
    "no TOML": ("library = ", "config.toml is not TOML: "),
    "not UTF-8": ('library = "\udcff"', "config.toml is not TOML: "),
    "unknown": (
        'libary = "x"\n',
        "config.toml: no such setting: libary. There are library, key-pattern, export-format, mail",
    ),
    "a number": ("library = 7\n", "config.toml: library is not a text. Write it in quotes: library = "),
    "no dialect": ('export-format = "word"\n', "config.toml: export-format: no such format: word. It is `bibtex` or "),
    "no pattern": ('key-pattern = "[auth"\n', "config.toml: key-pattern: citation key pattern '[auth', column 1: "),
    "empty": ('library = " "\n', "config.toml: library: the library's path is empty. "),
}


@pytest.mark.parametrize(("text", "said"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_used_is_named(fresh: Bibman, text: str, said: str) -> None:
    path = written(fresh, "")
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    for call in (["config"], ["list"], ["library", "path"], ["ingest", str(SEED)], ["new", "misc", "--set", "title=x"]):
        done = fresh(*call)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith(f"bibman: {path.parent}/{said}")
        assert done.err.count("\n") == 1
    assert not fresh.library.exists()


def test_a_value_that_cannot_be_used_can_be_set_right(fresh: Bibman) -> None:
    written(fresh, 'export-format = "word"\nkey-pattern = "[auth"\n')
    assert fresh("config", "set", "export-format", "biblatex").code == 0
    assert fresh("config", "unset", "key-pattern").code == 0
    assert fresh("config").code == 0


def test_a_file_that_cannot_be_read_or_written_is_said(fresh: Bibman, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/dev/null/none")
    for call in (["config"], ["config", "set", "export-format", "bibtex"]):
        done = fresh(*call)
        assert (done.code, done.err) == (1, "bibman: cannot read /dev/null/none/bibman/config.toml: not a directory\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/proc/none")
    done = fresh("config", "set", "export-format", "bibtex")
    assert (done.code, done.err.split(": ")[0], done.err.count("\n")) == (1, "bibman", 1)
    assert "/proc/none" in done.err
    assert "should not happen" not in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("set", "export-format", "word"), 2, "no such format: word. It is `bibtex` or `biblatex`"),
        (("set", "key-pattern", "[auth"), 2, "citation key pattern '[auth', column 1: a bracket that is never closed."),
        (("set", "key-pattern", ""), 2, "citation key pattern '', column 1: no marker in it."),
        (("set", "mail", "ada"), 2, "no mail address: ada. Write it as ada@example.org"),
        (("set", "mail", "a@b.c\nX: y"), 2, "no mail address: a@b.c"),
        (("set", "offline", "yes"), 2, "neither true nor false: yes. Write `true` or `false`"),
        (("set", "library", ""), 2, "the library's path is empty. Give the path of a file"),
        (("set", "libary", "x"), 3, "no such setting: libary. Did you mean library?"),
        (("unset", "libary"), 3, "no such setting: libary. Did you mean library?"),
        (("unset", "xyzzy"), 3, "no such setting: xyzzy. Did you mean library or key-pattern or "),
    ],
)
def test_what_cannot_be_set_is_said_and_nothing_is_set(
    fresh: Bibman, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = fresh("config", *arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"bibman: {said}")
    assert done.err.count("\n") == 1
    assert not config_file(fresh).exists()
