"""`edit` and `new` with BibTeX, from standard input or in the editor."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.calling import ROOT, Bibman
from tests.storage.looking import content, operations

TOY, TRAIN = "elhage2022toy", "bai2022training"

# An editor that applies the first of the sed scripts left in a file, and keeps each text that it was shown.
EDITOR = """\
#!/bin/sh
cat "$1" >>seen.bib; echo ---- >>seen.bib
sed -i -e "$(head -n 1 scripts)" "$1"
sed -i -e 1d scripts
"""

Edit = Callable[..., tuple[str, list[str]]]


@pytest.fixture
def edit(seeded: Bibman) -> Edit:
    """Calls bibman on a terminal where the user edits by sed scripts, one each time that the editor opens.

    Returns what was said in the end, and the texts that the editor was shown.
    """
    path = Path(seeded.file("editor.sh", EDITOR))
    path.chmod(0o755)

    def call(*arguments: str, scripts: str, code: int = 0) -> tuple[str, list[str]]:
        seeded.file("scripts", scripts + "\n" * 9)
        (seeded.home / "seen.bib").unlink(missing_ok=True)
        temporary = seeded.home / "tmp"
        temporary.mkdir(exist_ok=True)
        done = seeded.terminal(*arguments, EDITOR=str(path), TMPDIR=str(temporary))
        assert done.code == code, done
        seen = (seeded.home / "seen.bib").read_text("utf-8") if (seeded.home / "seen.bib").exists() else ""
        return done.out + done.err, seen.split("----\n")[:-1]

    return call


def bibtex_of(shown: dict[str, object]) -> str:
    """The BibTeX of an entry that `show --json` gives and that has no expressions."""
    fields = shown["fields"]
    assert isinstance(fields, dict)
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items()]
    return f"@{shown['type']}{{{shown['key']},\n{''.join(lines)}}}\n"


class TestEdit:
    def test_the_editor_shows_the_entry_as_it_is_kept_and_saves_what_it_becomes(
        self, seeded: Bibman, edit: Edit
    ) -> None:
        before = seeded.shown(TOY)
        said, (seen,) = edit("edit", TOY, scripts="s/^  date = .*/  date = {2023},\\n  note = {Fine},/; /abstract/d")
        assert said == f"edited {TOY}\n"
        head, text = seen.split("\n", 1)
        assert head == "% bibman: change what you like; left as it is, or emptied, nothing changes"
        assert text == bibtex_of(before)
        fields = {name: value for name, value in before["fields"].items() if name != "abstract"}
        after = seeded.shown(TOY)
        assert after["fields"] == fields | {"date": "2023", "note": "Fine"}
        assert operations(seeded.library)[-1][:2] == ("edit", f"edited {TOY}")
        seeded("undo")
        assert seeded.shown(TOY)["fields"] == before["fields"]

    def test_standard_input_takes_the_place_of_the_editor(self, seeded: Bibman) -> None:
        text = "@Book{elhage2022TOY, title = {Toys} # { and more}, Month = feb, note = {100% & _raw_}}"
        assert seeded("edit", TOY, input=text).out == "edited elhage2022TOY\n"
        entry = seeded.shown(TOY)
        assert (entry["key"], entry["type"], entry["aliases"]) == ("elhage2022TOY", "book", [])
        assert entry["fields"] == {"title": "Toys and more", "month": "February", "note": "100% & _raw_"}
        assert "month = feb," in seeded("export", TOY).out

    @pytest.mark.parametrize("edited", ["", ", note = {Edited}"])
    def test_entries_take_each_others_keys_and_all_that_belongs_to_them_goes_along(
        self, fresh: Bibman, edited: str
    ) -> None:
        one, two, child = "title = {One}", "title = {Two}", "@misc{c, title = {C}, related = {a,b}}"
        fresh("ingest", fresh.file("x.bib", f"@misc{{a, {one}}} @misc{{b, {two}}} {child}"))
        fresh("tag", "add", "first", "a")
        before = content(fresh.library)
        assert fresh("edit", "a", "b", input=f"@misc{{b, {one}{edited}}} @misc{{a, {two}}}").code == 0
        renamed = fresh.shown("b")
        assert (renamed["tags"], renamed["fields"]["title"], renamed["aliases"]) == (["first"], "One", [])
        assert ("note" in renamed["fields"]) is bool(edited)
        assert (fresh.shown("a")["tags"], fresh.shown("a")["fields"]["title"]) == ([], "Two")
        assert fresh.shown("c")["fields"]["related"] == "b,a"
        assert fresh("library", "verify").code == 0
        fresh("undo")
        assert content(fresh.library) == before
        fresh("redo")
        assert fresh.shown("b")["tags"] == ["first"]
        assert fresh("library", "verify").code == 0

    def test_a_key_that_an_entry_gives_up_in_the_same_text_is_free(self, fresh: Bibman) -> None:
        fresh("ingest", fresh.file("x.bib", "@misc{a, title = {One}} @misc{b, title = {Two}}"))
        assert fresh("edit", "a", "b", input="@misc{b, title = {One}} @misc{c, title = {Two}}").code == 0
        assert [(fresh.shown(key)["fields"]["title"], fresh.shown(key)["aliases"]) for key in "bc"] == [
            ("One", ["a"]),
            ("Two", []),
        ]

    @pytest.mark.parametrize("script", ["", "s/Toy Models/Toy Models/"])
    def test_a_text_that_is_left_as_it_is_changes_nothing(self, seeded: Bibman, edit: Edit, script: str) -> None:
        before = content(seeded.library, history=True)
        assert edit("edit", TOY, TRAIN, scripts=script)[0] == "nothing was different\n"
        assert content(seeded.library, history=True) == before

    @pytest.mark.parametrize("script", ["d", "/^[^%]/d"])
    def test_an_emptied_text_changes_nothing(self, seeded: Bibman, edit: Edit, script: str) -> None:
        before = content(seeded.library, history=True)
        said, _ = edit("edit", TOY, scripts=script, code=2)
        assert said.startswith("bibman: there is no entry in the text. Nothing was changed")
        assert content(seeded.library, history=True) == before

    def test_what_is_wrong_is_shown_until_it_is_right(self, seeded: Bibman, edit: Edit) -> None:
        scripts = "s/title = {/title = /\ns/title = /title = {/; s/@online/@onlin/\ns/@onlin/@misc/"
        said, seen = edit("edit", TOY, scripts=scripts)
        assert said == f"edited {TOY}\n"
        heads = [text.split("\n", 1)[0] for text in seen]
        assert heads[1].startswith("% bibman: line 4, column ")
        assert "title = Toy" in seen[1].split("\n")[3]
        assert heads[2] == "% bibman: no such entry type: onlin. Did you mean online?"
        assert seeded.shown(TOY)["type"] == "misc"
        assert len(operations(seeded.library)) == 2

    def test_who_gives_up_loses_nothing_that_was_written(self, seeded: Bibman, edit: Edit) -> None:
        before = content(seeded.library, history=True)
        said, seen = edit("edit", TOY, scripts="s/@online/@mine/", code=1)
        (kept,) = (seeded.home / "tmp").glob("*.bib")
        assert said == f"bibman: no such entry type: mine. Did you mean online? What you wrote is in {kept}\n"
        assert kept.read_text("utf-8") == seen[1]
        assert content(seeded.library, history=True) == before

    def test_another_key_leaves_the_old_one_as_an_alias(self, seeded: Bibman, edit: Edit) -> None:
        seeded("new", "misc", "--key", "about", "--set", "title=About", "--set", f"related={TOY}")
        said, _ = edit("edit", TOY, "about", scripts=f"s/{{{TOY},$/{{toys,/; s/About/Round about/")
        assert said == "edited toys, about\n"
        assert seeded.shown("toys")["aliases"] == [TOY]
        assert seeded.shown("about")["fields"] == {"title": "Round about", "related": "toys"}
        assert len(operations(seeded.library)) == 3

    def test_a_key_that_is_taken_away_is_made_anew(self, seeded: Bibman, edit: Edit) -> None:
        seeded("key", "set", TOY, "toys")
        assert edit("edit", "toys", scripts="s/{toys,$/{,/")[0] == f"edited {TOY}\n"
        assert seeded.shown("toys")["aliases"] == ["toys"]
        assert edit("edit", TOY, scripts="s/{elhage2022toy,$/{,/")[0] == "nothing was different\n"

    def test_several_entries_are_told_apart_by_key_and_then_by_order(self, seeded: Bibman) -> None:
        text = "@misc{new, title = {The first}}\n@misc{bai2022training, title = {The last}}"
        assert seeded("edit", TRAIN, TOY, input=text).out == f"edited {TRAIN}, new\n"
        assert seeded.shown(TOY)["title"] == "The first"
        assert seeded.shown(TRAIN)["title"] == "The last"

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                f"@misc{{{TOY}, title = {{A}}}}",
                f"there are fewer entries than were opened, and none with the key {TRAIN}. `bibman remove` removes",
            ),
            (
                f"@misc{{{TOY}, title = {{A}}}} @misc{{a, title = {{B}}}} @misc{{b, title = {{C}}}}",
                "there are more entries than were opened: a, b. `bibman new` makes entries",
            ),
            (f"@misc{{{TOY}, title=1}}\n@misc{{{TOY.upper()}, title=2}}", f"the key {TOY.upper()} stands there twice."),
            ("@misc{x, title = {A}}\n\nmisc{y, title = {B}}", "line 3: this is no entry: misc{y, title = {B}}."),
            ("@misc{x,\n  title = {A}\n  year = 2020}", "line 2, column 14: a comma is missing after"),
            ("@misc{x, title = {A}}\n@preamble{{\\x}}", "line 2: a preamble belongs to no entry."),
            ("@misc{x, title = {A}} @misc{christiano2017deep, a=1}", "the key christiano2017deep is taken."),
            ("@misc{x, title = {A}} @misc{y'z, title = {B}}", "the citation key \"y'z\" has the character '"),
        ],
    )
    def test_a_text_that_cannot_be_saved_changes_nothing(self, seeded: Bibman, text: str, said: str) -> None:
        before = content(seeded.library, history=True)
        done = seeded("edit", TOY, TRAIN, input=text)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith(f"bibman: {said}")
        assert content(seeded.library, history=True) == before

    def test_an_expression_keeps_its_value_whatever_the_macros_are(self, fresh: Bibman) -> None:
        text = '@string{jot = "J. of Trees"}\n@article{a, title = {T}, journal = jot # { B}, month = jan}'
        fresh.file("refs.bib", text)
        fresh("ingest", "refs.bib")
        assert fresh("edit", "a", input="@article{a, title = {U}, journal = jot # { B}, note = jot}").code == 0
        assert fresh.shown("a")["fields"] == {"title": "U", "journal": "J. of Trees B", "note": "J. of Trees"}
        text = fresh("export").out
        assert "@string{jot = {J. of Trees}}" in text
        assert "note = jot," in text
        assert fresh("edit", "a", input="@string{own = {O}} @article{a, title = own}").code == 0
        assert fresh.shown("a")["fields"] == {"title": "O"}

    def test_an_unidentified_entry_with_a_title_is_identified(self, fresh: Bibman) -> None:
        fresh("ingest", "-", input="A wholly unknown text of which no catalogue has ever heard, cut off ...")
        (key,) = fresh.keys()
        assert fresh("edit", key, input=f"@misc{{{key}, abstract = {{Known}}}}").out == f"edited {key}\n"
        assert not fresh.shown(key)["identified"]
        text = f"@misc{{{key}, title = {{Trees}}, author = {{Doe, J.}}, year = 2020}}"
        assert fresh("edit", key, input=text).out == "edited doe2020trees\n"
        assert fresh.shown(key)["identified"]
        assert fresh.shown(key)["aliases"] == [key]
        assert fresh("undo").code == 0
        assert fresh("edit", key, input=text.replace(key, "mine")).out == "edited mine\n"
        assert (fresh.shown(key)["key"], fresh.shown(key)["identified"]) == ("mine", True)

    def test_an_entry_that_somebody_else_changed_meanwhile_is_not_overwritten(self, seeded: Bibman) -> None:
        script = f'#!/bin/sh\n{sys.executable} -m bibman edit {TOY} --set note=Theirs\nsed -i s/Toy/Boy/ "$1"\n'
        path = Path(seeded.file("editor.sh", script))
        path.chmod(0o755)
        done = seeded.terminal("edit", TOY, EDITOR=str(path), TMPDIR=str(seeded.home), PYTHONPATH=str(ROOT))
        assert done.code == 1
        (kept,) = seeded.home.glob("bibman-*.bib")
        said = f"{TOY} was changed by another process meanwhile. Nothing was changed. What you wrote is in {kept}"
        assert done.err == f"bibman: {said}\n"
        assert "Boy" in kept.read_text("utf-8")
        assert seeded.shown(TOY)["fields"]["note"] == "Theirs"

    def test_an_unknown_key_is_said_before_the_editor_opens(self, edit: Edit) -> None:
        said, seen = edit("edit", "elhage2022toi", scripts="d", code=3)
        assert (said, seen) == (f"bibman: no such key: elhage2022toi. Did you mean {TOY}?\n", [])


class TestNew:
    def test_bibtex_from_standard_input_becomes_entries(self, fresh: Bibman) -> None:
        text = (
            "% copied from somewhere\n"
            "@string{jot = {J. of Trees}}\n"
            "@Article{Doe:20, Author = {Doe, J.}, title = {100% & more}, journal = jot, year = 2020}\n"
            '@book{, author = "Roe, R.", title = {{Bees}}, year = 1999, note = {}}\n'
        )
        assert fresh("new", input=text).out == "made Doe:20, roe1999bees\n"
        assert fresh.shown("Doe:20")["fields"] == {
            "author": "Doe, J.", "title": "100% & more", "journal": "J. of Trees", "year": "2020",
        }  # fmt: skip
        assert fresh.shown("roe1999bees")["fields"]["note"] == ""
        assert [made[:2] for made in operations(fresh.library)] == [("new", "made Doe:20, roe1999bees")]

    def test_what_was_made_is_told_as_json(self, fresh: Bibman) -> None:
        done = fresh("new", "--json", "--key", "mine", input="@misc{x, title = {A}}")
        assert done.out == '[\n  {\n    "key": "mine",\n    "type": "misc"\n  }\n]\n'

    @pytest.mark.parametrize(
        ("arguments", "text", "code", "said"),
        [
            ((), "", 2, "there is no entry in the text."),
            ((), "just words", 1, "line 1: this is no entry: just words."),
            ((), "@misc{a, title = {A}", 1, "line 1, column "),
            ((), "@thing{a, title = {A}}", 1, "no such entry type: thing."),
            ((), "@misc{a}", 1, "the entry a says nothing."),
            ((), "@misc{a, title = {A}} @misc{A, title = {B}}", 1, "the key A is taken by a."),
            ((), "@misc{ä#, title = {A}}", 1, "the citation key 'ä#' has the character #"),
            (("--key", "k"), "@misc{a, x=1} @misc{b, x=1}", 2, "one key for 2 entries."),
            (("--set", "title=A"), "", 2, "the entry type is missing."),
        ],
    )
    def test_what_cannot_be_made_is_said(
        self, fresh: Bibman, arguments: tuple[str, ...], text: str, code: int, said: str
    ) -> None:
        done = fresh("new", *arguments, input=text)
        assert (done.code, done.out) == (code, "")
        assert done.err.startswith(f"bibman: {said}")
        assert not fresh.library.exists() or operations(fresh.library) == []

    def test_the_editor_shows_what_the_type_requires(self, seeded: Bibman, edit: Edit) -> None:
        said, (seen,) = edit("new", "book", scripts="s/title = {/title = {Bees/; s/author = {/author = {Wabe, Bo/")
        assert said == "made wabebees\n"
        assert seen.split("\n")[1:] == [
            "@book{,", "  author = {},", "  title = {},", "  publisher = {},", "  year = {},", "}", "",
        ]  # fmt: skip
        assert seeded.shown("wabebees")["fields"] == {"author": "Wabe, Bo", "title": "Bees"}
        seeded("config", "set", "export-format", "biblatex")
        _, (seen,) = edit("new", scripts="")
        assert seen.split("\n")[1:5] == ["@article{,", "  author = {},", "  title = {},", "  journaltitle = {},"]

    def test_a_template_that_nobody_fills_in_makes_nothing(self, seeded: Bibman, edit: Edit) -> None:
        before = content(seeded.library, history=True)
        assert edit("new", "misc", scripts="")[0] == "nothing was made\n"
        assert edit("new", "misc", scripts="d", code=2)[0].startswith("bibman: there is no entry in the text.")
        said, seen = edit("new", "misc", scripts="s/{,/{k,/", code=1)
        assert said.startswith("bibman: the entry k says nothing. Give it some fields. What you wrote is in ")
        assert len(seen) == 2
        assert content(seeded.library, history=True) == before

    def test_an_unknown_type_is_said_before_the_editor_opens(self, edit: Edit) -> None:
        said, seen = edit("new", "bok", scripts="", code=2)
        assert (said, seen) == ("bibman: no such entry type: bok. Did you mean book or bookinbook or booklet?\n", [])
