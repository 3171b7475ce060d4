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
WORDS = [
    "We show a thing",
    "lower case",
    "Ünïcode",
    "2 papers",
    "14 papers on arXiv",
    "References",
    "# Heading",
    "End of list",
    "Total: 2",
]
MARKS = ["...", "…", "[...]", "read more", '"', "“", "”", "''", "``", "- ", "* ", "• ", "- [x]", "---"]
NUMBERS = ["1. ", "2. ", "[1] ", "[2] ", "(3)", "2001: A Space Odyssey", "#1 ", "a) ", "b) ", "I. ", "II. "]
BLANKS = [" ", "\t", "\n", "\n", "\n\n", "\r\n", "\r", "\u2028", "\x0c", "\u200b", "\ud800"]
PIECES = st.sampled_from([*WORDS, *MARKS, *NUMBERS, *BLANKS])
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=24).map("".join))


def as_data(found: TextList) -> dict[str, Any]:
    """A reading in the form of the golden pairs."""
    passages = [
        {"line": each.line, "raw": each.raw, "text": each.text, "truncated": each.truncated} for each in found.passages
    ]
    header, footer = (edge.raw if edge else None for edge in (found.header, found.footer))
    data = {"declared": found.declared, "header": header, "layout": found.layout, "passages": passages}
    return data | ({"footer": footer} if footer else {})


def source_lines(text: str, like: str | None = None) -> list[str]:
    """The lines as an editor counts them; where hardly any end as usual, those that end otherwise too.

    What is only a part ends its lines `like` the whole.
    """
    whole = (text if like is None else like).rstrip()
    rare = len(re.findall("[\x0b\x0c\x1e\x85\u2028\u2029]", whole))
    if rare > 2 * len(re.findall(r"[\r\n]", whole)):
        return re.split("\r\n|[\r\n\x0b\x0c\x1e\x85\u2028\u2029]", text)
    return re.split(r"\r\n|\r|\n", text)


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.txt")))
def test_reads_the_golden_pair(name: str) -> None:
    expected = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    layout = expected.pop("given", None)
    assert as_data(read(decode((GOLDEN / f"{name}.txt").read_bytes()).text, layout)) == expected


def test_reads_the_seed_list() -> None:
    found = read(decode(SEED.read_bytes()).text)
    passages = list(found.passages)
    assert (found.declared, found.header and found.header.raw, found.layout) == (14, "14 papers on arXiv", "line")
    assert [each.line for each in passages] == list(range(2, 16))
    assert [each.position for each in passages] == list(range(14))
    assert all(each.truncated for each in passages)
    assert passages[4].text.startswith('"Induction heads" are attention heads')
    assert passages[-1].text.endswith("for different tasks.")


TITLES = ["We show a thing", "Deep nets see", "The rest is silence", "Another title"]


@pytest.mark.parametrize(
    "numbers",
    [
        ["#1 ", "#2 ", "#3 ", "#4 "],
        ["#1: ", "#2: ", "#3: ", "#4: "],
        ["#1. ", "#2. ", "#3. ", "#4. "],
        ["a) ", "b) ", "c) ", "d) "],
        ["(a) ", "(b) ", "(c) ", "(d) "],
        ["[a] ", "[b] ", "[c] ", "[d] "],
        ["A. ", "B. ", "C. ", "D. "],
        ["i. ", "ii. ", "iii. ", "iv. "],
        ["i) ", "ii) ", "iii) ", "iv) "],
        ["(I) ", "(II) ", "(III) ", "(IV) "],
        ["1 - ", "2 - ", "3 - ", "4 - "],
        ["1 – ", "2 – ", "3 – ", "4 – "],
        ["1\t", "2\t", "3\t", "4\t"],
        ["1/4 ", "2/4 ", "3/4 ", "4/4 "],
        ["№ 1 ", "№ 2 ", "№ 3 ", "№ 4 "],
        ["§1 ", "§2 ", "§3 ", "§4 "],
        ["Paper 1: ", "Paper 2: ", "Paper 3: ", "Paper 4: "],
        ["Abstract 7. ", "Abstract 8. ", "Abstract 9. ", "Abstract 10. "],
        ["**1.** ", "**2.** ", "**3.** ", "**4.** "],
        ["１．", "２．", "３．", "４．"],
        ["①", "②", "③", "④"],
        ["- #1 ", "- #2 ", "- #3 ", "- #4 "],
    ],
    ids=lambda numbers: numbers[1],
)
def test_numbers_that_run_through_a_list_are_no_part_of_its_titles(numbers: list[str]) -> None:
    text = "\n".join(number + title for number, title in zip(numbers, TITLES, strict=True))
    assert [each.text for each in read(text).passages] == TITLES


def test_letters_beyond_those_that_are_roman_numbers_number_too() -> None:
    lines = [f"{letter}) {TITLES[place % 4]}" for place, letter in enumerate("abcdefghijklmn")]
    assert {each.text for each in read("\n".join(lines)).passages} == set(TITLES)


@pytest.mark.parametrize(
    "titles",
    [
        ["A. thaliana genes", "B. subtilis spores", "C. elegans ageing", "D. melanogaster wings"],
        ["i. e. nothing", "ii pairs"],
        ["1 - a number"],
        ["a) one alone"],
        ["I. Newton on light", "A. Einstein on time", "E. Noether on all"],
        ["A. Einstein on time", "B. Russell on sets"],
        ["#1 in a list", "#3 in another", "3D printing"],
        ["1/2 spin", "3/2 spin"],
        ["1984 - a novel", "1985 - another"],
        ["Paper 2: a sequel", "Paper 1: a beginning"],
        ["① and nothing else", "Another", "A third", "A fourth"],
        ["A) first", "C) third"],
    ],
    ids=lambda titles: titles[0],
)
def test_a_title_that_begins_like_a_number_stays_whole(titles: list[str]) -> None:
    assert [each.text for each in read("\n".join(titles)).passages] == titles


@pytest.mark.parametrize(
    ("header", "declared"),
    [
        ("Fourteen papers on arXiv", 14),
        ("Twenty-one abstracts", 21),
        ("Papers to read:", None),
        ("My list", None),
        ("List of papers", None),
        ("Showing 1–4 of 2,000 results", 4),
        ("Results 1 - 4 of 4 for attention", 4),
        ("Four results on graphs", 4),
        ("Reading list (4 papers)", 4),
        ("Papers I should read (4)", 4),
        ("References from arXiv, 5 in total", 5),
        ("Here are the papers:", None),
        ("This is my list of papers:", None),
        ("**Literature for my thesis:**", None),
    ],
)
def test_a_header_in_words_is_known(header: str, declared: int | None) -> None:
    found = read("\n".join([header, *TITLES]))
    assert (found.declared, found.header) == (declared, (1, 0, header))
    assert [each.text for each in found.passages] == TITLES


@pytest.mark.parametrize(
    "title",
    [
        "Three results on graphs",
        "My list of errors in physics",
        "A list",
        "To read Kant",
        "Papers on Covid 19",
        "References in Java 8",
        "Articles of faith:",
        "Literature for the blind",
    ],
)
def test_a_title_that_speaks_of_lists_is_a_title(title: str) -> None:
    found = read("\n".join([title, *TITLES]))
    assert (found.header, len(found.passages)) == (None, 5)


@pytest.mark.parametrize(
    ("footer", "declared"),
    [
        ("End of list", None),
        ("-- End of list --", None),
        ("Total: 4 papers", 4),
        ("[end]", None),
        ("EOF", None),
        ("The End", None),
        ("Showing 1–4 of 9 results", 4),
    ],
)
def test_a_footer_is_known(footer: str, declared: int | None) -> None:
    text = "\n".join([*TITLES, "", footer, "-----", ""])
    found = read(text)
    assert (found.declared, found.footer) == (declared, (6, text.index(footer), footer))
    assert [each.text for each in found.passages] == TITLES


@pytest.mark.parametrize(
    "text", ["End of list", "Papers\nEnd of list", "End of list\nA title", "A title\nThe end of lists"]
)
def test_what_has_no_list_above_it_is_no_footer(text: str) -> None:
    found = read(text)
    assert found.footer is None
    assert text.splitlines()[-1] in [each.raw for each in found.passages]


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\u2029", "\x0c", "\x0b", "\x1e"])
def test_a_list_without_line_feeds_is_parted_by_what_else_ends_lines(end: str) -> None:
    found = read(end.join(TITLES) + "\n")
    assert [(each.line, each.raw) for each in found.passages] == list(enumerate(TITLES, 1))


def test_another_line_end_in_a_list_with_line_feeds_is_white_space() -> None:
    assert [each.text for each in read("One\u2028more\nTwo\x0c\nThree").passages] == ["One more", "Two", "Three"]


def test_wrapped_lines_are_never_one_passage_where_several_are_declared() -> None:
    wrapped = ["We show that large models", "learn things that are", "not known. Deep nets", "are good at seeing"]
    assert read("\n".join(wrapped)).layout == "block"
    found = read("\n".join(["2 papers", *wrapped]))
    assert (found.declared, found.layout, len(found.passages)) == (2, "line", 4)


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
        raw_lines = source_lines(each.raw, text)
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
        covered.update(range(each.line, each.line + len(source_lines(each.raw, text))))
    edges = 0
    for number, line in enumerate(source_lines(text), 1):
        # Decoration: a heading, or nothing but bullets, a number, quotes and a mark of truncation.
        left = re.sub(r"\[[xX]\]|[(\[]?[0-9]+[)\].:]|(?:▽|read|see|show) ?more|[\W_]", "", line)
        if number in covered or not left or re.match(r"\s*#{1,6}\s", line):
            continue
        edges += 1
        assert (number, line) in [(edge.line, edge.raw) for edge in (found.header, found.footer) if edge]
    assert edges <= 2


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
