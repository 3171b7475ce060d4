"""A `.bib` that was read is given back to the byte, but for what was changed in the library since."""

import pytest

from tests.cli.calling import Bibman
from tests.cli.test_ingest_bib import REFS, kept_bytes


def given(fresh: Bibman, *arguments: str) -> bytes:
    done = fresh("export", "--source", "refs.bib", *arguments, "-o", "back.bib")
    assert done.code == 0, done
    return (fresh.home / "back.bib").read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        REFS.encode(),
        REFS.replace("\n", "\r\n").encode(),
        ("\ufeff" + REFS + "@misc{broken, title = {A").encode(),
        '% Encoding: Cp1250\n@misc{a, title={Łódź}}@misc(b, title="B")'.encode("cp1250"),
        "\n\n@comment{x{y}} @misc{a, title={Größe}} tail".encode("utf-16"),
        b"@misc{k, title={One}}\n@misc{K, title={Two}}\n@misc{,title={Three}}\n@misc{k, title={One}}\n",
    ],
)
def test_what_nobody_changed_comes_back_byte_for_byte(fresh: Bibman, content: bytes) -> None:
    fresh("ingest", fresh.file("refs.bib", content))
    assert given(fresh) == content == kept_bytes(fresh)


def test_only_the_changed_values_are_written_in_the_style_of_the_file(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("refs.bib", REFS))
    fresh("edit", "Smith2020", "--set", "title=Another", "--unset", "month", "--set", "volume=3")
    fresh("key", "set", "plain", "plainer")
    wanted = (
        REFS.replace('"A {\\TeX}nical Title"', '"Another"')
        .replace("  month   = jan,\n", "")
        .replace("{10.1000/abc},\n", "{10.1000/abc},\n  volume  = 3,\n")
        .replace("@misc{plain,", "@misc{plainer,")
    )
    assert given(fresh).decode() == wanted
    fresh("undo")
    fresh("undo")
    assert given(fresh) == REFS.encode()


def test_an_edit_is_written_also_after_the_file_was_read_once_more(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("refs.bib", REFS))
    fresh("edit", "plain", "--set", "title=Ours")
    theirs = REFS.replace("{mine}", "{theirs}")
    fresh("ingest", fresh.file("refs.bib", theirs))
    assert given(fresh).decode() == theirs.replace("{Plain}", "{Ours}")


def test_repeated_fields_stay_where_they_are_when_a_twin_of_the_entry_is_edited(fresh: Bibman) -> None:
    twin = "@misc{b, title={On Trees}, doi={10.1000/1}, year=2000, note={one}, pages={1}, note={two}}\n"
    content = "@misc{a, title={On Trees}, doi={10.1000/1}, year=2000}\n" + twin
    fresh("ingest", fresh.file("refs.bib", content))
    fresh("edit", "a", "--set", "year=2001")
    assert given(fresh).decode() == content.replace("2000", "2001")


def test_an_entry_that_stands_there_twice_is_renamed_in_one_place(fresh: Bibman) -> None:
    content = (
        "@misc{b, title={On Trees}, doi={10.1000/1}}\n@misc{a, title={On Trees}, doi={10.1000/1}}\n"
        "@misc{c, title={Bark}, related={a}}\n@misc{d, title={Moss}, related={b}}\n"
    )
    fresh("ingest", fresh.file("refs.bib", content))
    fresh("key", "set", "a", "new")
    renamed = given(fresh).decode()
    assert renamed == content.replace("@misc{b", "@misc{new").replace("related={b", "related={new")
    fresh("ingest", fresh.file("refs.bib", renamed))
    assert given(fresh).decode() == renamed
    fresh("key", "set", "new", "a")
    assert sorted(line[6] for line in given(fresh).decode().splitlines()) == ["a", "c", "d", "n"]


def test_a_removed_entry_is_left_out_and_told(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("refs.bib", REFS))
    fresh("remove", "Smith2020")
    done = fresh("export", "--source", "refs.bib")
    assert done.out == REFS[: REFS.index("@Article")] + REFS[REFS.index("\nsome words") :]
    assert done.err == "1 entry left out, since removed: Smith2020\n"


def test_a_work_that_the_library_had_already_differs_only_by_what_was_edited(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("other.bib", "@misc{here, title={On Trees}, doi={10.1000/x}, note={n}}\n"))
    refs = "@article{there, title={On trees}, doi={10.1000/X}, year=1999}\n"
    fresh("ingest", fresh.file("refs.bib", refs))
    assert given(fresh) == refs.encode()
    fresh("edit", "here", "--set", "year=2001")
    assert given(fresh).decode() == refs.replace("1999", "2001")


def test_entries_that_came_in_since_are_appended_on_request(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("refs.bib", REFS))
    fresh("new", "misc", "--set", "title=Größe", "--key", "new")
    assert given(fresh) == REFS.encode()
    assert given(fresh, "--append").decode() == REFS + "\n@misc{new,\n  title = {Größe},\n}\n"
    (fresh.home / "refs.bib").write_bytes(given(fresh, "--append"))
    assert fresh("ingest", "refs.bib").code == 0
    assert fresh.keys() == ["Smith2020", "plain", "new"]


def test_a_letter_that_the_encoding_has_not_is_written_as_latex(fresh: Bibman) -> None:
    content = "@misc{a, title={Größe}, note={é}}\n".encode("latin-1")
    fresh("ingest", fresh.file("refs.bib", content))
    fresh("edit", "a", "--set", "title=Łódź é")
    assert given(fresh) == "@misc{a, title={{\\L}ód{\\'z} é}, note={é}}\n".encode("latin-1")


def test_sources_are_found_by_the_end_of_their_path(fresh: Bibman) -> None:
    for folder in ("a", "b"):
        (fresh.home / folder).mkdir()
        fresh("ingest", fresh.file(f"{folder}/refs.bib", REFS))
    assert fresh("export", "--source", "a/refs.bib").out == REFS
    several = fresh("export", "--source", "refs.bib")
    assert (several.code, several.err.startswith("bibman: several sources are called refs.bib: ")) == (2, True)
    unknown = fresh("export", "--source", "refz.bib")
    assert (unknown.code, unknown.err) == (3, "bibman: no such source: refz.bib. Did you mean refs.bib?\n")


def test_what_makes_no_sense_together_is_refused(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("refs.bib", REFS))
    fresh("ingest", fresh.file("list.txt", "A title of a paper that nobody knows, on a line\n"))
    assert fresh("export", "--source", "refs.bib", "plain").code == 2
    assert fresh("export", "--append").code == 2
    done = fresh("export", "--source", "list.txt", "-o", "out.bib")
    assert (done.code, "was read as a list" in done.err) == (2, True)
    assert not (fresh.home / "out.bib").exists()


def test_a_letter_that_neither_the_encoding_nor_latex_has_is_an_error(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("refs.bib", "@misc{a, title={Größe}}\n@misc{b, title={B}".encode("latin-1")))
    fresh("edit", "a", "--set", "title=日本")
    done = fresh("export", "--source", "refs.bib", "-o", "back.bib")
    assert done.code == 1
    assert "is in cp1252, which has no 日. Convert the file to UTF-8" in done.err
    assert not (fresh.home / "back.bib").exists()
    (number,) = [str(each["passage"]) for each in fresh.json("passages", "--rejected")]
    mended = fresh("passages", "mend", number, input="@misc{b, title={本}}")
    assert (mended.code, "which has no 本" in mended.err) == (1, True)


def test_a_key_that_was_renamed_here_stays_so_though_the_file_changes(fresh: Bibman) -> None:
    refs = "@misc{kid, title={Kid}, crossref={par}}\n@proceedings{par, title={Proc}, year=2000}\n"
    fresh("ingest", fresh.file("refs.bib", refs))
    fresh("key", "set", "par", "parent")
    changed = refs.replace("Proc", "Proc II")
    fresh("ingest", fresh.file("refs.bib", changed))
    wanted = changed.replace("={par}", "={parent}").replace("{par,", "{parent,")
    assert given(fresh).decode() == wanted
    fresh("ingest", fresh.file("refs.bib", wanted))
    assert fresh.keys() == ["kid", "parent"]
    assert given(fresh).decode() == wanted


def test_what_is_appended_has_the_line_ends_of_the_file(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("refs.bib", b"@misc{a, title={A}}\r\n@misc{b, title={B}}"))
    for key in "cd":
        fresh("new", "misc", "--set", "title=T", "--key", key)
    appended = "".join(f"\r\n@misc{{{key},\r\n  title = {{T}},\r\n}}\r\n" for key in "cd")
    assert given(fresh, "--append").decode() == f"@misc{{a, title={{A}}}}\r\n@misc{{b, title={{B}}}}\r\n{appended}"
