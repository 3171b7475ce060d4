"""A `.bib` comes in whole, comes in again with what was changed in it, and nothing of it is lost on the way."""

import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bibman.services.sources import Source
from tests.cli.calling import Bibman
from tests.storage.looking import content

REFS = r"""% my references
@string{jmlr = "Journal of ML"}
@preamble{"\newcommand{\foo}{x}"}

@Article{Smith2020,
  author  = {Smith, Jane and others},
  title   = "A {\TeX}nical Title",
  journal = jmlr # " B",
  month   = jan,
  year    = 2020,
  doi     = {10.1000/abc},
}
some words between

@misc{plain, title = {Plain}, note = {mine}}
"""


def rows(fresh: Bibman, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(fresh.library) as connection:
        return connection.execute(query).fetchall()


def taken(fresh: Bibman, *arguments: str) -> list[tuple[str, str | None, str, str]]:
    """Verdict, key, stage and detail of each entry that an ingest tells of."""
    done = fresh("ingest", *arguments, "--json")
    assert done.code in (0, 4), done
    (source,) = json.loads(done.out)["sources"]
    partial = any(each["verdict"] in ("waiting", "rejected") for each in source["passages"])
    assert done.code == (4 if partial else 0), done
    return [(each["verdict"], each["key"], each["stage"], each["detail"]) for each in source["passages"]]


def kept_bytes(fresh: Bibman) -> bytes:
    """The bytes of the latest reading, as its passages have them."""
    query = "SELECT raw FROM passages WHERE reading_id = (SELECT max(id) FROM readings) ORDER BY position"
    return b"".join(raw if isinstance(raw, bytes) else str(raw).encode() for (raw,) in rows(fresh, query))


def test_entries_come_in_as_they_are_written(fresh: Bibman) -> None:
    done = fresh("ingest", fresh.file("refs.bib", REFS))
    assert (done.code, done.out) == (0, "")
    assert "2 entries: 2 new" in done.err
    (shown,) = fresh.json("show", "smith2020")
    assert (shown["key"], shown["type"], shown["year"], shown["container"]) == (
        "Smith2020",
        "article",
        2020,
        "Journal of ML B",
    )
    assert [(each["name"], each["value"], each["expression"]) for each in shown["fields"]] == [
        ("author", "Smith, Jane and others", None),
        ("title", r"A {\TeX}nical Title", None),
        ("journal", "Journal of ML B", 'jmlr # " B"'),
        ("month", "January", "jan"),
        ("year", "2020", None),
        ("doi", "10.1000/abc", None),
    ]
    assert kept_bytes(fresh) == REFS.encode()
    assert rows(fresh, "SELECT name, value, expression FROM macro") == [("jmlr", "Journal of ML", None)]
    assert rows(fresh, "SELECT value FROM preamble") == [(r"\newcommand{\foo}{x}",)]


def test_bibtex_comes_from_a_pipe_as_well(fresh: Bibman) -> None:
    done = fresh("ingest", "-", "--tag", "new", input=REFS)
    assert done.code == 0, done
    assert fresh.keys() == ["Smith2020", "plain"]
    assert fresh("list", "--tag", "new").out.count("\n") == 2


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("﻿@misc{a, title={Größe}}\n".encode(), "utf-8"),
        ("% Encoding: Cp1250\r\n@misc{a, title={Łódź}}\r\n".encode("cp1250"), "cp1250"),
        ("@misc{a, title={Größe}}\r\rend".encode("latin-1"), "cp1252"),
        ("\n\n  @misc{a, title={Größe}}  \n\n".encode("utf-16"), "utf-16-le"),
    ],
)
def test_the_bytes_are_kept_whatever_the_encoding(fresh: Bibman, content: bytes, encoding: str) -> None:
    done = fresh("ingest", fresh.file("refs.bib", content))
    assert done.code == 0, done
    assert rows(fresh, "SELECT encoding FROM reading") == [(encoding,)]
    assert kept_bytes(fresh) == content


def test_a_broken_entry_costs_itself_alone_and_says_where(fresh: Bibman) -> None:
    broken = "@misc{a, title={A}}\n@misc{b,\n  title = {B}\n  year = 2000}\n@misc{c, title={C}}\n@misc{d, title={D"
    found = taken(fresh, fresh.file("refs.bib", broken))
    assert [verdict for verdict, *_ in found] == ["identified", "rejected", "identified", "rejected"]
    assert "line 3, column" in found[1][3]
    assert "comma" in found[1][3]
    assert kept_bytes(fresh) == broken.encode()
    listed = fresh.json("passages", "--rejected")
    assert [each["line"] for each in listed] == [2, 6]
    assert listed[0]["text"].startswith("@misc{b,")


@pytest.mark.parametrize("flaw", [b"\xe9", b"\0", b"\xf0\x9d\x94"])
def test_a_byte_that_is_no_letter_costs_its_entry_alone(fresh: Bibman, flaw: bytes) -> None:
    sound = "@misc{a, title={Größe}}\n% "
    data = sound.encode() + flaw + b"\n@misc{b,\n title={B" + flaw + b"}}\n@misc{c, note={c}}\n"
    path = fresh.file("refs.bib", data)
    done = fresh("ingest", path)
    assert done.code == 4
    assert fresh.keys() == ["a", "c"]
    assert kept_bytes(fresh) == data
    (listed,) = fresh.json("passages", "--rejected")
    assert (listed["evidence"]["line"], listed["evidence"]["column"]) == (4, 10)
    fresh("edit", "c", "--set", "note=d")
    fresh("export", "--source", "refs.bib", "-o", fresh.file("given.bib", ""))
    assert (fresh.home / "given.bib").read_bytes() == data.replace(b"{c}", b"{d}")
    assert fresh("passages", "mend", str(listed["passage"]), input="@misc{b, title = {Bé}}").code == 0
    assert fresh("ingest", path).code == 0
    assert fresh.keys() == ["a", "c", "b"]
    assert fresh("library", "verify").code == 0


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("@misc{a, title={A}}\n\narticle{b,\n title = {B},\n}\n\n Book (c, title={C})", 4,
         "2 entries have no @, first in line 3 of "),
        ("@comment{\n@article{b,\n title = {B},\n}\n}\n@misc{a, title={A}}", 0,
         "1 entry stands in an @comment, first in line 2 of "),
        ("@misc{a, title={A}}\nword{b, title={B}}\nsee article{b}\nbook{b, or c}\n% book{b, title={B}}\n", 0, ""),
        ("@comment{x}\n@comment{never closed\n@misc{a, title={A}}", 0, ""),
    ],
)  # fmt: skip
def test_an_entry_that_is_not_read_is_told(fresh: Bibman, text: str, code: int, said: str) -> None:
    done = fresh("ingest", fresh.file("refs.bib", text))
    assert done.code == code
    assert said in done.err
    assert ("warning" in done.err) is bool(said)
    assert fresh.keys() == ["a"]
    assert kept_bytes(fresh) == text.encode()


def test_a_corrected_text_takes_the_place_of_a_broken_one(fresh: Bibman) -> None:
    broken = "@string{x = {X}}\n@misc{b, title = {B} note = x}\n\n@misc{c, title={C}}\n"
    fresh("ingest", fresh.file("refs.bib", broken))
    (number,) = [str(each["passage"]) for each in fresh.json("passages", "--rejected")]
    again = fresh("passages", "mend", number, input="@misc{b, title = {B")
    assert again.code == 1
    assert "line 1, column" in again.err
    for wrong in ("@misc{b, title={B}} @misc{e, title={E}}", "words", ""):
        assert fresh("passages", "mend", number, input=wrong).code == 1
    done = fresh("passages", "mend", number, input="@misc{b, title = {B}, note = x}")
    assert (done.code, done.out) == (0, f"passage {number} is b now\n")
    assert fresh.shown("b")["fields"] == {"title": "B", "note": "X"}
    assert fresh.json("passages", "--rejected") == []
    assert kept_bytes(fresh) == broken.replace("{B} note", "{B}, note").encode()
    assert fresh("passages", "mend", number, input="@misc{b, title = {B}}").code == 2
    assert fresh("passages", "mend", "999", input="@misc{b, title = {B}}").code == 3
    # The file still has the broken one: it is known as the one that was corrected.
    assert taken(fresh, fresh.file("refs.bib", broken + "% more\n"))[0][:3] == ("already here", "b", "mended")
    fresh("undo")
    fresh("undo")
    assert len(fresh.json("passages", "--rejected")) == 1


def test_a_corrected_macro_is_known_to_the_entries_of_its_file(fresh: Bibman) -> None:
    broken = (
        "@string{j = {Journal} x}\n@preamble{oops {}}\n@string{jm = j # { M}}\n"
        "@misc{a, title = {A}, journal = jm, note = j}\n@misc{b, title = {B}, note = {j}}\n"
    )
    fresh("ingest", fresh.file("refs.bib", broken))
    assert fresh.shown("a")["container"] == "j M"
    fresh("edit", "a", "--set", "note=Ours")
    before = content(fresh.library)
    macro, preamble = (str(each["passage"]) for each in fresh.json("passages", "--rejected"))
    done = fresh("passages", "mend", macro, input="@string{j = {Journal}}")
    assert (done.code, done.out) == (0, f"passage {macro} is the macro j now; it changed a\n")
    assert (fresh.shown("a")["container"], fresh.shown("a")["fields"]["note"]) == ("Journal M", "Ours")
    assert (
        fresh("passages", "mend", preamble, input='@preamble{"oops"}').out == f"passage {preamble} is a preamble now\n"
    )
    assert fresh("passages", "mend", macro, input="@string{j = {Journal}}").code == 2
    assert fresh.json("passages", "--rejected") == []
    sound = broken.replace("{Journal} x", "{Journal}").replace("oops {}", '"oops"')
    assert kept_bytes(fresh) == sound.encode()
    assert fresh("export", "--source", "refs.bib").out == sound.replace("note = j}", "note = {Ours}}")
    assert "@string{j = {Journal}}" in fresh("export", "a").out.replace('"', "")
    # The file still has the broken ones.
    assert fresh("ingest", fresh.file("refs.bib", broken + "% more\n")).code == 0
    assert kept_bytes(fresh) == sound.encode() + b"% more\n"
    assert fresh.shown("a")["container"] == "Journal M"
    assert fresh("ingest", fresh.file("refs.bib", broken)).code == 0
    for _ in range(4):
        fresh("undo")
    assert content(fresh.library) == before


def test_two_works_under_one_key_both_come_in(fresh: Bibman) -> None:
    content = "@misc{k, title={One}}\n@misc{K, title={Two}}\n@misc{k, title={One}}\n@misc{ref, crossref={k}}\n"
    found = taken(fresh, fresh.file("refs.bib", content))
    assert [each[:3] for each in found] == [
        ("identified", "k", "new"),
        ("identified", "Ka", "new"),
        ("already here", "k", "identical"),
        ("identified", "ref", "new"),
    ]
    assert found[1][3] == "the key K is another work's here: the new key is Ka"
    assert fresh.shown("ref")["fields"]["crossref"] == "k"
    assert rows(fresh, "SELECT source_key, key FROM passages WHERE source_key = 'K'") == [("K", "Ka")]


def test_a_key_that_the_library_has_for_another_work_follows_in_the_file(fresh: Bibman) -> None:
    fresh("new", "misc", "--set", "title=Here", "--key", "k")
    content = "@misc{child, title={C}, crossref={k}}\n@misc{k, title={There}}\n@misc{other, crossref={K}, title={O}}\n"
    path = fresh.file("refs.bib", content)
    taken(fresh, path)
    assert fresh.keys() == ["k", "child", "ka", "other"]
    assert [fresh.shown(key)["fields"]["crossref"] for key in ("child", "other")] == ["ka", "ka"]
    assert [origin["edited_since"] for origin in fresh.shown("child")["origins"]] == [False]


def test_a_work_that_is_here_under_another_key_is_not_made_again(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("refs.bib", REFS))
    same = "@article{other, title={A {TeX}nical title}, doi={https://doi.org/10.1000/ABC}}\n"
    found = taken(fresh, fresh.file("more.bib", same))
    assert found == [("already here", "Smith2020", "identifier", "other is here as Smith2020")]
    assert fresh.shown("other")["key"] == "Smith2020"
    not_same = "@article{third, title={A Reply}, doi={10.1000/abc}}\n"
    ((verdict, key, stage, detail),) = taken(fresh, fresh.file("reply.bib", not_same))
    assert (verdict, key, stage) == ("identified", "third", "new")
    assert detail == "it shares an identifier with Smith2020, but its title is another"


@pytest.mark.parametrize(
    ("wish", "fields", "keys"),
    [
        ("new-key", {"title": "Here", "note": "n"}, ["k", "ka"]),
        ("keep", {"title": "Here", "note": "n"}, ["k"]),
        ("fill", {"title": "Here", "note": "n"}, ["k", "ka"]),
        ("replace", {"title": "There", "year": "2000"}, ["k"]),
    ],
)
def test_what_becomes_of_another_work_under_a_key_can_be_said(
    fresh: Bibman, wish: str, fields: dict[str, str], keys: list[str]
) -> None:
    fresh("new", "misc", "--set", "title=Here", "--set", "note=n", "--key", "k")
    path = fresh.file("refs.bib", "@misc{k, title={There}, year=2000}\n")
    taken(fresh, path, "--on-duplicate", wish)
    assert fresh.keys() == keys
    assert fresh.shown("k")["fields"] == fields


def test_missing_fields_of_the_same_work_are_filled_in_on_request(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("refs.bib", "@misc{k, title={On Trees}, doi={10.1000/x}}\n"))
    path = fresh.file("more.bib", "@misc{l, title={On trees}, doi={10.1000/X}, year=2000}\n")
    assert taken(fresh, path, "--on-duplicate", "fill")[0][:3] == ("already here", "k", "filled")
    assert fresh.shown("k")["fields"] == {"title": "On Trees", "doi": "10.1000/x", "year": "2000"}
    assert fresh("ingest", path, "--on-duplicate", "no").code == 2


def test_entries_without_a_key_get_one_by_the_pattern(fresh: Bibman) -> None:
    content = "@misc{, title={On Trees}, author={Doe, Jo}, year=2001}\n@misc{ , title={On Bees}, author={Doe, Jo}}\n"
    path = fresh.file("refs.bib", content)
    taken(fresh, path)
    assert fresh.keys() == ["doe2001trees", "doebees"]
    swapped = "\n".join(reversed(content.strip().split("\n"))) + "\n% swapped\n"
    assert {each[:3] for each in taken(fresh, fresh.file("refs.bib", swapped))} == {
        ("already here", "doe2001trees", "same text"),
        ("already here", "doebees", "same text"),
    }
    assert fresh.shown("doebees")["fields"]["title"] == "On Bees"


def test_other_keys_that_an_entry_names_are_its_aliases(fresh: Bibman) -> None:
    content = "@misc{a, ids={b, c,d}, title={A}}\n@misc{c, title={C}}\n"
    taken(fresh, fresh.file("refs.bib", content))
    assert [fresh.shown(key)["key"] for key in "abcd"] == ["a", "a", "c", "a"]


class TestReadingAgain:
    def test_the_unchanged_does_nothing(self, fresh: Bibman) -> None:
        path = fresh.file("refs.bib", REFS)
        fresh("ingest", path)
        before = fresh("history").out
        assert [each[:3] for each in taken(fresh, path)] == [
            ("already here", "Smith2020", "same text"),
            ("already here", "plain", "same text"),
        ]
        assert fresh("history").out == before

    def test_keys_that_were_swapped_are_told_where_tags_and_notes_would_be_another_works(self, fresh: Bibman) -> None:
        content = "@misc{a, title={On the Growth of Trees}}\n@misc{b, title={A History of Moss}}\n"
        fresh("ingest", fresh.file("refs.bib", content))
        fresh("tag", "add", "green", "a")
        fresh("note", "add", "a", "Tall.")
        swapped = content.replace("{a,", "{c,").replace("{b,", "{a,").replace("{c,", "{b,")
        assert [each[3] for each in taken(fresh, fresh.file("refs.bib", swapped))] == [
            "changed as in the file: title",
            "changed as in the file: title; if that is another work now: it has the tags and notes of the old one",
        ]

    def test_what_the_file_changed_is_applied_as_one_operation(self, fresh: Bibman) -> None:
        path = fresh.file("refs.bib", REFS)
        fresh("ingest", path)
        fresh("edit", "plain", "--set", "year=1999")
        changed = (
            REFS.replace("{Plain}", "{Plainer}")
            .replace("year    = 2020", "year    = 2021")
            .replace("@misc{pl", "@book{pl")
        )
        found = taken(fresh, fresh.file("refs.bib", changed + "@misc{new, title={New}}\n"))
        assert found == [
            ("already here", "Smith2020", "file", "changed as in the file: year"),
            ("already here", "plain", "file", "changed as in the file: entry type, title"),
            ("identified", "new", "new", ""),
        ]
        assert fresh.shown("plain")["fields"] == {"title": "Plainer", "note": "mine", "year": "1999"}
        assert (fresh.shown("plain")["type"], fresh.shown("Smith2020")["year"]) == ("book", 2021)
        fresh("undo")
        assert fresh.shown("plain")["fields"] == {"title": "Plain", "note": "mine", "year": "1999"}
        assert fresh.keys() == ["Smith2020", "plain"]
        assert kept_bytes(fresh) == REFS.encode()

    def test_bytes_that_were_kept_are_not_kept_again(self, fresh: Bibman) -> None:
        fresh("ingest", fresh.file("refs.bib", REFS))
        for number in range(3):
            changed = REFS.replace("{Plain}", f"{{Plain {number}}}")
            fresh("ingest", fresh.file("refs.bib", changed))
            assert kept_bytes(fresh) == changed.encode()
        assert rows(fresh, "SELECT count(*) FROM passage WHERE source_key = 'Smith2020' AND raw != x''") == [(1,)]

    def test_a_macro_that_is_defined_anew_changes_who_uses_it(self, fresh: Bibman) -> None:
        fresh("ingest", fresh.file("refs.bib", REFS))
        changed = REFS.replace("Journal of ML", "Machine Learning")
        found = taken(fresh, fresh.file("refs.bib", changed))
        assert found[0] == ("already here", "Smith2020", "file", "changed as in the file: journal")
        assert fresh.shown("Smith2020")["container"] == "Machine Learning B"

    def test_what_went_from_the_file_is_told_and_stays(self, fresh: Bibman) -> None:
        fresh("ingest", fresh.file("refs.bib", REFS))
        done = fresh("ingest", fresh.file("refs.bib", REFS.partition("@misc")[0]))
        assert done.code == 0
        assert "1 entry of the library is no longer in" in done.err
        assert "plain" in done.err
        assert fresh.keys() == ["Smith2020", "plain"]

    def test_what_was_removed_from_the_library_comes_back_with_the_file(self, fresh: Bibman) -> None:
        path = fresh.file("refs.bib", REFS)
        fresh("ingest", path)
        fresh("remove", "plain")
        assert taken(fresh, path)[1][:3] == ("identified", "plain", "new")
        assert fresh.keys() == ["Smith2020", "plain"]
        assert {each[2] for each in taken(fresh, path)} == {"same text"}

    def edited_on_both_sides(self, fresh: Bibman) -> str:
        fresh("ingest", fresh.file("refs.bib", REFS))
        fresh("edit", "plain", "--set", "title=Ours", "--set", "year=1999")
        return fresh.file("refs.bib", REFS.replace("{Plain}", "{Theirs}"))

    def test_an_edit_on_both_sides_waits_with_both_texts(self, fresh: Bibman) -> None:
        path = self.edited_on_both_sides(fresh)
        for _ in range(2):
            found = taken(fresh, path)
            assert found[1] == (
                "waiting",
                "plain",
                "conflict",
                "title: the file has “Theirs”, the library has “Ours”",
            )
        (listed,) = fresh.json("passages", "--waiting")
        assert listed["evidence"]["conflicts"] == [{"name": "title", "theirs": "Theirs", "ours": "Ours"}]
        assert fresh.shown("plain")["fields"]["title"] == "Ours"

    @pytest.mark.parametrize(("side", "title"), [("--theirs", "Theirs"), ("--ours", "Ours")])
    @pytest.mark.parametrize("waited", [False, True])
    def test_a_conflict_is_settled_for_either_side(self, fresh: Bibman, side: str, title: str, waited: bool) -> None:
        path = self.edited_on_both_sides(fresh)
        if waited:
            taken(fresh, path)
        assert taken(fresh, path, side)[1][0] == "already here"
        assert fresh.shown("plain")["fields"] == {"title": title, "note": "mine", "year": "1999"}
        assert fresh.json("passages", "--waiting") == []
        assert {each[2] for each in taken(fresh, path)} == {"same text"}
        fresh("ingest", fresh.file("refs.bib", REFS.replace("{Plain}", "{Theirs}").replace("{mine}", "{theirs}")))
        assert fresh.shown("plain")["fields"] == {"title": title, "note": "theirs", "year": "1999"}

    def test_a_conflict_ends_when_both_sides_say_the_same(self, fresh: Bibman) -> None:
        path = self.edited_on_both_sides(fresh)
        taken(fresh, path)
        fresh("edit", "plain", "--set", "title=Theirs")
        assert taken(fresh, path)[1][:3] == ("already here", "plain", "same text")
        assert fresh.json("passages", "--waiting") == []

    def test_both_sides_at_once_are_refused(self, fresh: Bibman) -> None:
        assert fresh("ingest", fresh.file("refs.bib", REFS), "--theirs", "--ours").code == 2

    def test_another_encoding_of_the_same_text_changes_no_entry(self, fresh: Bibman) -> None:
        text = "@misc{a, title={Größe}}\n@misc{b, title={B}}\n"
        fresh("ingest", fresh.file("refs.bib", text.encode("latin-1")))
        assert {each[2] for each in taken(fresh, fresh.file("refs.bib", text))} == {"same text"}
        assert kept_bytes(fresh) == text.encode()

    def test_entries_with_one_key_are_told_apart_by_what_they_say(self, fresh: Bibman) -> None:
        first, second = "@misc{k, title={One Thing}}\n", "@misc{k, title={Another Matter}}\n"
        fresh("ingest", fresh.file("refs.bib", first + second))
        found = taken(fresh, fresh.file("refs.bib", second.replace("}}", "}, year=2000}")))
        assert found == [("already here", "ka", "file", "changed as in the file: year")]
        assert [fresh.shown(key)["fields"]["title"] for key in ("k", "ka")] == ["One Thing", "Another Matter"]

    def test_an_entry_under_another_key_is_the_one_whose_key_went(self, fresh: Bibman) -> None:
        fresh("ingest", fresh.file("refs.bib", REFS))
        before = content(fresh.library)
        renamed = REFS.replace("{plain,", "{fancy,")
        found = taken(fresh, fresh.file("refs.bib", renamed))
        assert found[1] == ("already here", "plain", "same text", "the file calls it fancy now")
        assert fresh.keys() == ["Smith2020", "plain"]
        assert fresh.shown("fancy")["aliases"] == ["fancy"]
        assert kept_bytes(fresh) == renamed.encode()
        assert {each[2:] for each in taken(fresh, fresh.file("refs.bib", renamed))} == {("same text", "")}
        fresh("edit", "plain", "--set", "year=1999")
        given = fresh("export", "--source", "refs.bib").out
        assert given.startswith(renamed[: renamed.index("{mine}")])
        assert "year" in given[given.index("{fancy,") :]
        fresh("ingest", fresh.file("refs.bib", renamed.replace("{mine}", "{theirs}")))
        assert fresh.shown("plain")["fields"] == {"title": "Plain", "note": "theirs", "year": "1999"}
        for _ in range(3):
            fresh("undo")
        assert content(fresh.library) == before

    def test_an_entry_whose_fields_are_copied_under_another_key_stays_two(self, fresh: Bibman) -> None:
        fresh("ingest", fresh.file("refs.bib", REFS))
        copy = REFS[REFS.index("@misc") :].replace("{plain,", "{fancy,")
        assert taken(fresh, fresh.file("refs.bib", copy + REFS))[0][:3] == ("identified", "fancy", "new")
        assert len(fresh.keys()) == 3

    def test_a_key_that_was_given_back_to_the_file_is_known_when_the_file_changes(self, fresh: Bibman) -> None:
        path = fresh.file("refs.bib", REFS)
        fresh("ingest", path)
        fresh("key", "set", "plain", "fancy")
        fresh("export", "--source", "refs.bib", "-o", path)
        given = Path(path).read_text("utf-8")
        assert "{fancy," in given
        found = taken(fresh, fresh.file("refs.bib", given.replace("{mine}", "{theirs}")))
        assert found[1] == ("already here", "fancy", "file", "changed as in the file: note")
        assert fresh.keys() == ["Smith2020", "fancy"]

    def test_dry_run_shows_what_would_be_and_keeps_nothing(self, fresh: Bibman) -> None:
        path = fresh.file("refs.bib", REFS)
        done = fresh("ingest", path, "--dry-run")
        assert done.code == 0
        assert "2 new (nothing was written)" in done.err
        assert not fresh.library.exists()


def test_a_file_that_is_changed_while_it_is_read_is_not_taken_in(
    fresh: Bibman, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fresh.file("refs.bib", REFS)
    pieces = Source.pieces

    def changing(source: Source) -> Iterator[str]:
        Path(path).write_text(REFS.replace("Plain", "Other"))
        return pieces(source)

    monkeypatch.setattr(Source, "pieces", changing)
    done = fresh("ingest", path)
    assert done.code == 1
    assert "was changed while it was read" in done.err
    assert fresh.keys() == []


def test_a_named_pipe_is_read_once(fresh: Bibman) -> None:
    pipe = fresh.home / "pipe"
    os.mkfifo(pipe)
    with fresh.start("ingest", str(pipe)) as process:
        pipe.write_text(REFS)
        assert process.wait(60) == 0
    assert fresh.keys() == ["Smith2020", "plain"]


def test_a_file_whose_bytes_would_not_come_back_is_not_taken_in(fresh: Bibman) -> None:
    path = fresh.file("refs.bib", b"@misc{a, title={+AGE-}}")
    done = fresh("ingest", path, "--encoding", "utf-7")
    assert (done.code, f"the bytes of {path} would not come back from utf-7" in done.err) == (1, True)
    assert fresh.keys() == []


def test_macros_that_double_and_double_fill_no_memory(fresh: Bibman) -> None:
    macros = "".join(f"@string{{s{number + 1} = s{number} # s{number}}}\n" for number in range(60))
    content = f'@string{{s0 = "xx"}}\n{macros}@misc{{q, title = s60}}\n@misc{{r, title = s3}}\n'
    assert fresh("ingest", fresh.file("refs.bib", content)).code == 0
    assert fresh.shown("r")["fields"] == {"title": "x" * 16}
    assert fresh.library.stat().st_size < 20_000_000
    assert kept_bytes(fresh) == content.encode()


def test_a_work_that_is_here_and_of_which_the_file_says_more_is_told_with_what(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("one.bib", "@article{a, title={Trees}, author={Doe, J.}, doi={10.1000/x}}\n"))
    more = (
        "@article{b, title={Trees}, author={Doe, J. and Roe, R.}, note={Read}, doi={10.1000/X}, url={http://x.org}}\n"
    )
    ((verdict, key, stage, detail),) = taken(fresh, fresh.file("two.bib", more))
    assert (verdict, key, stage) == ("already here", "a", "identifier")
    assert detail == "b is here as a; the file says otherwise in author, note; the library's was kept"
