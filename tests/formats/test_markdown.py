"""Notes as Markdown: properties that YAML reads as they are, names of files that every system takes."""

from pathlib import PureWindowsPath
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from bibman.formats.markdown import Annotated, bibliography_part, file_name, is_untouched, note_file, valid_tag
from bibman.model.derive import derive
from bibman.model.entry import Entry, Field

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
HARD = [
    "a: b # c \"d\" 'e' \\n",
    "- [x]",
    "&a *b !c %d @e `f`",
    "null",
    "2020",
    "yes",
    "{é}",
    "x\x85y\u2028z\ufeff\x07",
    "😀",
]


def entry(key: str = "doe2020", identified: bool = True, **fields: str) -> Entry:
    return Entry(key, "article", tuple(Field(name, value) for name, value in fields.items()), identified)


def properties(text: str) -> dict[str, Any]:
    head = text.split("---\n")[1]
    found: dict[str, Any] = yaml.safe_load(head)
    return found


def test_an_entry_has_the_properties_that_obsidian_and_zettlr_know() -> None:
    made = note_file(
        Annotated(
            entry(
                title="On {Trees}: \"A\" {\\'E}tude", author="Doe, Jane and van der Berg, Jan and others",
                journal="J. Trees", year="2020", volume="3", number="2", pages="1--9", doi="10.1000/X(1)",
                url="https://example.org/a b",
            ),
            ["doe"], ["to read", "ai/R&D, x", "2020", "!!"], ["First\n", "# Second"],
        )
    )  # fmt: skip
    assert properties(made) == {
        "title": 'On Trees: "A" Étude',
        "authors": ["Jane Doe", "Jan van der Berg"],
        "year": 2020,
        "date": "2020",
        "type": "article",
        "container": "J. Trees",
        "citekey": "doe2020",
        "aliases": ["@doe2020", "@doe"],
        "tags": ["to-read", "ai/R-D-x", "_2020"],
        "doi": "10.1000/x(1)",
        "url": "https://example.org/a b",
        "bibman": properties(made)["bibman"],
    }
    assert made.split("---\n", 2)[2] == (
        '\n# On Trees: "A" Étude\n\n'
        'Doe, Jane; van der Berg, Jan et al. (2020). *On Trees: "A" Étude*. J. Trees 3(2), 1–9.'
        " <https://doi.org/10.1000/x(1)> `@doe2020`\n\n"
        "First\n\n---\n\n# Second\n"
    )


@pytest.mark.parametrize("text", HARD)
def test_hard_texts_are_read_as_they_are(text: str) -> None:
    made = note_file(Annotated(entry(), [text], [], [text]))
    assert properties(made)["aliases"] == ["@doe2020", f"@{text}"]
    assert is_untouched(made)


@given(TEXTS, TEXTS, TEXTS)
@example("", "", "\r")
def test_any_text_is_read_as_it_is(alias: str, title: str, note: str) -> None:
    named = entry(title=title)
    made = note_file(Annotated(named, [alias], [], [note]))
    read = properties(made)
    assert read["aliases"] == ["@doe2020", f"@{alias}"]
    assert read["title"] == " ".join((derive(named).title or "doe2020").split())
    assert is_untouched(made)


@given(TEXTS)
def test_tags_have_only_what_obsidian_allows(tag: str) -> None:
    made = valid_tag(tag)
    assert all(sign.isalnum() or sign in "_-/" or sign.isidentifier() or f"a{sign}".isidentifier() for sign in made)
    assert not made.isdecimal()
    assert "//" not in made


def test_a_file_is_known_as_ours_until_somebody_edits_it() -> None:
    made = note_file(Annotated(entry(title="T"), [], ["a"], ["Note"]))
    assert is_untouched(made)
    assert is_untouched(made.replace("\n", "\r\n"))
    for edited in (
        made + "x",
        made.replace('"T"', '"U"'),
        made.replace("Note", "note"),
        made.replace("bibman:", "b:"),
        "",
    ):
        assert not is_untouched(edited)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("doe2020", "doe2020.md"),
        ("a:b/c", "a%3Ab%2Fc.md"),
        ("a%3Ab", "a%253Ab.md"),
        ("CON", "%43ON.md"),
        ("con.1", "%63on.1.md"),
        (".x.", "%2Ex%2E.md"),
        ("Łódź+é", "Łódź+é.md"),
    ],
)
def test_names_of_files_are_taken_by_every_system(key: str, name: str) -> None:
    assert file_name(key) == name


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text(min_size=1, max_size=5))
def test_any_key_has_a_safe_name_of_its_own(key: str, other: str) -> None:
    name = file_name(key)
    assert not set('<>:"/\\|?*') & set(name)
    assert not PureWindowsPath(name).is_reserved()
    assert len(name.encode()) < 230
    assert name[0] not in ". "
    assert (name == file_name(other)) is (key == other)


def test_long_keys_that_begin_alike_have_names_of_their_own() -> None:
    assert file_name("ä" * 300 + "a") != file_name("ä" * 300 + "b")


def test_an_annotated_bibliography_keeps_its_headings_above_those_of_notes() -> None:
    note = "# Mine\n\n```\n# code\n```\n###### deep\n#tag\n"
    assert bibliography_part(Annotated(entry(title="T*", editor="Roe, Rob", year="1999"), notes=[note, "x"])) == (
        "## T\\*\n\nRoe, Rob (1999). *T\\**. `@doe2020`\n\n### Mine\n\n```\n# code\n```\n###### deep\n#tag\n\nx\n"
    )


def test_an_entry_that_is_not_identified_is_called_by_its_opening_words() -> None:
    made = note_file(Annotated(entry("u1", False, abstract="We keep bees on the roof")))
    assert properties(made)["title"] == "We keep bees on the roof"
    assert made.endswith("# We keep bees on the roof\n\n*We keep bees on the roof*. `@u1`\n")
