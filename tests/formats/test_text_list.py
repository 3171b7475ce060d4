"""Text lists: golden pairs for every rule, and laws that hold for any text."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibman.formats.encoding import decode
from bibman.formats.passages import Layout, TextList
from bibman.formats.text_list import read

GOLDEN = Path(__file__).with_name("golden")
SEED = Path(__file__).parents[2] / "seeds" / "arxiv-papers.txt"
LAYOUTS = st.sampled_from([None, "line", "block"])

# Pieces that the rules are about, so that texts made of them come close to the rules' edges.
WORDS = ["We show a thing", "lower case", "Ünïcode", "2 papers", "14 papers on arXiv", "References", "# Heading"]
MARKS = ["...", "…", "[...]", "read more", '"', "“", "”", "''", "``", "- ", "* ", "• ", "- [x]", "---"]
NUMBERS = ["1. ", "2. ", "[1] ", "[2] ", "(3)", "2001: A Space Odyssey"]
BLANKS = [" ", "\t", "\n", "\n", "\n\n", "\r\n", "\r", "\u2028", "\x0c", "\u200b", "\ud800"]
PIECES = st.sampled_from([*WORDS, *MARKS, *NUMBERS, *BLANKS])
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=24).map("".join))


def as_data(found: TextList) -> dict[str, Any]:
    """A reading in the form of the golden pairs."""
    passages = [
        {"line": each.line, "raw": each.raw, "text": each.text, "truncated": each.truncated} for each in found.passages
    ]
    return {"declared": found.declared, "header": found.header, "layout": found.layout, "passages": passages}


def source_lines(text: str) -> list[str]:
    """The lines as an editor counts them."""
    return re.split(r"\r\n|\r|\n", text)


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.txt")))
def test_reads_the_golden_pair(name: str) -> None:
    expected = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    layout = expected.pop("given", None)
    assert as_data(read(decode((GOLDEN / f"{name}.txt").read_bytes()).text, layout)) == expected


def test_reads_the_seed_list() -> None:
    found = read(decode(SEED.read_bytes()).text)
    passages = list(found.passages)
    assert (found.declared, found.header, found.layout) == (14, "14 papers on arXiv", "line")
    assert [each.line for each in passages] == list(range(2, 16))
    assert [each.position for each in passages] == list(range(14))
    assert all(each.truncated for each in passages)
    assert passages[4].text.startswith('"Induction heads" are attention heads')
    assert passages[-1].text.endswith("for different tasks.")


def test_passages_can_be_gone_through_twice() -> None:
    passages = read("First title\nSecond title\n").passages
    assert list(passages) == list(passages)


def test_a_chunk_may_end_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "3 papers\r\nFirst title\r\n\r\nSecond title\r\nThird title"
    whole = as_data(read(text))
    for size in range(1, 30):
        monkeypatch.setattr("bibman.formats.text_list._CHUNK", size)
        assert as_data(read(text)) == whole


@settings(max_examples=150, deadline=None)
@given(TEXTS, LAYOUTS)
def test_each_passage_stands_in_the_source_at_its_line(text: str, layout: Layout | None) -> None:
    found = read(text, layout)
    passages = list(found.passages)
    lines = source_lines(text)
    after = 0
    for position, each in enumerate(passages):
        raw_lines = source_lines(each.raw)
        assert lines[each.line - 1 : each.line - 1 + len(raw_lines)] == raw_lines
        assert each.raw in text
        assert each.position == position
        assert each.line > after
        after = each.line + len(raw_lines) - 1
    assert len(found.passages) == len(passages)
    assert found.layout == layout or layout is None


@settings(max_examples=150, deadline=None)
@given(TEXTS, LAYOUTS)
def test_every_line_with_words_is_in_a_passage_or_the_header_or_is_decoration(text: str, layout: Layout | None) -> None:
    found = read(text, layout)
    covered: set[int] = set()
    for each in found.passages:
        covered.update(range(each.line, each.line + len(source_lines(each.raw))))
    headers = 0
    for number, line in enumerate(source_lines(text), 1):
        # Decoration: a heading, or nothing but bullets, a number, quotes and a mark of truncation.
        left = re.sub(r"\[[xX]\]|[(\[]?[0-9]+[)\].:]|(?:▽|read|see|show) ?more|[\W_]", "", line)
        if number in covered or not left or re.match(r"\s*#{1,6}\s", line):
            continue
        headers += 1
        assert line == found.header
    assert headers <= 1


@settings(max_examples=150, deadline=None)
@given(TEXTS, LAYOUTS)
def test_what_a_passage_says_has_words_and_no_irregular_blanks(text: str, layout: Layout | None) -> None:
    for each in read(text, layout).passages:
        assert re.search(r"[^\W_]", each.text)
        assert each.text == " ".join(each.text.split())


@settings(max_examples=100, deadline=None)
@given(TEXTS, LAYOUTS, st.sampled_from(["\n", "\n\n \n", "\r\n\r\n", "\r", "\n\t"]))
def test_blank_lines_at_the_end_change_nothing(text: str, layout: Layout | None, blanks: str) -> None:
    assert as_data(read(text + blanks, layout)) == as_data(read(text, layout))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["First title", "We show a th...", "", "- third", "[4] fourth"]), max_size=12))
def test_the_kind_of_line_end_changes_nothing_but_the_raw_text(lines: list[str]) -> None:
    said = {
        tuple((each.line, each.text, each.truncated) for each in read(end.join(lines)).passages)
        for end in ("\n", "\r\n", "\r")
    }
    assert len(said) == 1


@pytest.mark.parametrize(
    "text",
    [
        "word " * 20_000,
        "." * 100_000 + "a",
        "a" + " ." * 50_000,
        "a" + " \t" * 50_000 + "…",
        '"' * 30_000 + "a" + '"',
        '"a ' + '"b" ' * 10_000 + '"',
        "- " * 50_000 + "a",
        "#" * 100_000 + "a",
        "[" * 100_000 + "1]",
        "(…" * 30_000 + "a",
        "\n" * 30_000,
        "-\n" * 30_000,
        "1.\n" * 20_000,
        "a\n\n" * 20_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_a_hostile_text_is_read_to_its_end(text: str) -> None:
    found = read(text)
    assert sum(1 for _ in found.passages) == len(found.passages)
