"""`export`: a .bib as LaTeX reads it, and files that are written whole or not at all."""

import json
import stat
from pathlib import Path

import pytest
from bibtexparser.entrypoint import parse_string

from bibman.model.latex import decode
from bibman.model.vocabulary import is_verbatim
from tests.cli.calling import SEED, Bibman, works

UNKNOWN = "A wholly unknown text of which no catalogue has ever heard, with 100% & {x}_1 in it, cut off ..."


def entries(text: str) -> dict[str, dict[str, str]]:
    """Key → fields of a .bib, the type among them, as bibtexparser reads it."""
    read = parse_string(text)
    assert not read.failed_blocks
    assert [block.start_line for block in read.blocks] == sorted(block.start_line or 0 for block in read.blocks)
    return {
        entry.key: {"type": entry.entry_type} | {field.key: field.value for field in entry.fields}
        for entry in read.entries
    }


def plain(fields: dict[str, str]) -> dict[str, str]:
    return {name: value if is_verbatim(name) else decode(value) for name, value in fields.items()}


@pytest.mark.parametrize("letters", ["--ascii", "--unicode"])
def test_bibtexparser_reads_biblatex_back_to_the_same_fields(seeded: Bibman, letters: str) -> None:
    read = entries(seeded("export", "--format", "biblatex", letters).out)
    assert list(read) == sorted(seeded.keys())
    for key, fields in read.items():
        entry = seeded.shown(key)
        assert plain(fields) == plain({"type": entry["type"], **entry["fields"]})


@pytest.mark.parametrize("letters", ["--ascii", "--unicode"])
def test_bibtexparser_reads_bibtex_back_to_the_works(seeded: Bibman, letters: str) -> None:
    read = entries(seeded("export", "--format", "bibtex", letters).out)
    assert len(read) == 14
    by_eprint = {fields["eprint"]: plain(fields) for fields in read.values()}
    for work in works():
        fields = by_eprint[work["eprint"]]
        assert fields["type"] == {"online": "misc"}.get(work["type"], work["type"])
        assert fields["title"] == work["title"]
        assert fields["author"].count(" and ") == len(work["author"]) - 1
        assert fields["year"] == work["date"][:4]
        assert (fields["archiveprefix"], fields["primaryclass"]) == ("arXiv", work["eprintclass"])
        for name in ("doi", "url", "booktitle", "volume"):
            assert fields.get(name) == work.get(name)
        assert fields.get("pages") == (work["pages"].replace("-", "–") if "pages" in work else None)


@pytest.mark.parametrize(
    ("options", "is_ascii"),
    [
        ((), True),
        (("--format", "bibtex", "--unicode"), False),
        (("--format", "biblatex"), False),
        (("--format", "biblatex", "--ascii"), True),
    ],
)
def test_letters_are_latex_for_bibtex_and_themselves_for_biblatex(
    seeded: Bibman, options: tuple[str, ...], is_ascii: bool
) -> None:
    text = seeded("export", *options).out
    assert text.isascii() == is_ascii
    assert (r"Luko{\v" in text) == is_ascii
    assert ("Lukošiūtė" in text) != is_ascii


def test_the_setting_says_which_dialect_is_written(seeded: Bibman) -> None:
    asked = seeded("export", "--format", "biblatex").out
    seeded("config", "set", "export-format", "biblatex")
    assert seeded("export").out == asked
    assert "@online{" in asked


def test_the_same_library_gives_the_same_bytes(seeded: Bibman) -> None:
    first = seeded("export").out
    assert seeded("export").out == first
    assert seeded.process("export").out == first
    seeded("export", "-o", "refs.bib")
    assert Path("refs.bib").read_bytes() == first.encode()


def test_chosen_entries_are_written_once_sorted_and_under_their_own_key(seeded: Bibman) -> None:
    seeded("key", "set", "elhage2022toy", "toy")
    done = seeded("export", "TOY", "bai2022training", "elhage2022toy", "toy")
    assert done.code == 0
    assert list(entries(done.out)) == ["bai2022training", "toy"]


def test_tags_become_keywords_and_notes_annote_where_asked(seeded: Bibman) -> None:
    seeded("edit", "elhage2022toy", "--set", "keywords=superposition")
    seeded("tag", "add", "to read,r&d", "elhage2022toy")
    seeded("note", "add", "elhage2022toy", "100% *worth* it")
    seeded("note", "add", "elhage2022toy", "twice")
    plainly = entries(seeded("export", "elhage2022toy").out)["elhage2022toy"]
    assert plainly["keywords"] == "superposition"
    assert "annote" not in plainly
    fields = entries(seeded("export", "elhage2022toy", "--tags", "--notes").out)["elhage2022toy"]
    assert fields["keywords"] == r"superposition, r\&d, to read"
    assert decode(fields["annote"]).split() == ["100%", "*worth*", "it", "twice"]
    fields = entries(seeded("export", "elhage2022toy", "--notes", "--format", "biblatex").out)["elhage2022toy"]
    assert "annotation" in fields


def test_unidentified_entries_are_left_out_with_a_warning(seeded: Bibman) -> None:
    done = seeded("ingest", "-", "--json", input=UNKNOWN)
    key = json.loads(done.out)["sources"][0]["passages"][0]["key"]
    done = seeded("export")
    assert done.code == 0
    assert len(entries(done.out)) == 14
    assert done.err == (
        f"bibman: warning: left out, since not identified: {key} (--include-unidentified takes them in)\n"
    )
    done = seeded("export", "--include-unidentified")
    assert done.err == ""
    fields = entries(done.out)[key]
    assert decode(fields["abstract"]) == UNKNOWN.replace(" ...", "...")
    done = seeded("export", key)
    assert (done.code, done.out) == (0, "")
    assert key in done.err


def test_nothing_to_export_is_an_empty_file(fresh: Bibman) -> None:
    fresh("ingest", str(SEED))
    fresh("undo")
    assert fresh("export", "-o", "refs.bib").code == 0
    assert Path("refs.bib").read_text() == ""


def test_a_file_is_written_and_counted(seeded: Bibman) -> None:
    done = seeded("export", "-o", "refs.bib")
    assert (done.code, done.out, done.err) == (0, "", "14 entries in refs.bib\n")
    assert len(entries(Path("refs.bib").read_text("utf-8"))) == 14
    assert not list(seeded.home.glob(".refs*"))


def test_a_file_that_is_replaced_keeps_its_permissions(seeded: Bibman) -> None:
    path = Path(seeded.file("refs.bib", "old"))
    path.chmod(0o640)
    seeded("export", "-o", "refs.bib")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_text("utf-8").startswith("@")


def test_a_link_stays_and_the_file_it_names_is_written(seeded: Bibman) -> None:
    target = seeded.home / "papers" / "refs.bib"
    target.parent.mkdir()
    link = seeded.home / "link.bib"
    link.symlink_to(target)
    assert seeded("export", "-o", "link.bib").code == 0
    assert link.is_symlink()
    assert target.read_text("utf-8").startswith("@")


def test_a_tilde_is_the_home_also_behind_an_equals_sign(seeded: Bibman) -> None:
    assert seeded("export", "--output=~/refs.bib").code == 0
    assert (seeded.home / "refs.bib").exists()


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("/dev/full", "cannot write /dev/full: no space left on device. It is as it was"),
        ("/proc/refs.bib", "cannot write /proc/refs.bib: no such file or directory. It is as it was"),
        ("no/such/refs.bib", "cannot write no/such/refs.bib: no such file or directory. It is as it was"),
        (".", ". is a folder. Name a file in it"),
        (f"{'a' * 300}.bib", f"cannot write {'a' * 300}.bib: file name too long. It is as it was"),
    ],
)
def test_a_place_that_cannot_be_written_is_said(seeded: Bibman, target: str, said: str) -> None:
    done = seeded("export", "-o", target)
    assert (done.code, done.out, done.err) == (1, "", f"bibman: {said}\n")


def test_a_file_stays_as_it_was_when_its_replacement_fails(seeded: Bibman) -> None:
    path = Path(seeded.file("refs.bib", "old"))
    seeded("edit", "elhage2022toy", "--set", "note=fine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", _no_room)
        done = seeded("export", "-o", "refs.bib")
    assert (done.code, done.err) == (1, "bibman: cannot write refs.bib: no space left on device. It is as it was\n")
    assert path.read_text() == "old"
    assert not list(seeded.home.glob(".refs*"))


def _no_room(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_standard_output_that_is_full_is_said(seeded: Bibman) -> None:
    for arguments in (["export"], ["list"], ["show", "elhage2022toy"], ["list", "--json"]):
        with Path("/dev/full").open("w") as full:
            done = seeded.process(*arguments, stdout=full)
        assert (done.code, done.err) == (1, "bibman: cannot read or write: no space left on device\n")


def test_a_reader_that_goes_away_is_no_error_to_speak_of(seeded: Bibman) -> None:
    with seeded.start("export") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
