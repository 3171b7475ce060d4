"""How alike a text and a record are: titles, references, and what a text may be."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibman.model.likeness import Text, judge_reference, judge_title
from bibman.model.matching import THRESHOLDS, Match, Proposal, Verdict, distinct_works
from bibman.model.names import Name
from bibman.model.record import Record

TITLE = "Toy Models of Superposition in Neural Networks"
NAMES = (Name("Elhage", "Nelson"), Name("El Showk", "Sheer"))


def work(title: str = TITLE, names: tuple[Name, ...] = NAMES, **texts: str) -> Proposal:
    return Proposal(Record("online", {"title": title, "date": "2022-09"} | texts, {"author": names}), "mine")


def title(text: str, *proposals: Proposal) -> Match:
    return judge_title(Text(text), proposals or (work(),))


def reference(text: str, *proposals: Proposal) -> Match:
    return judge_reference(Text(text), proposals or (work(),))


def test_a_title_is_its_work() -> None:
    match = title(r"Toy models of \emph{Super}position in neural net-works")
    assert (match.verdict, match.stage, match.score) == (Verdict.IDENTIFIED, "title", 100)


def test_a_misprinted_title_is_its_work() -> None:
    assert title("Toy Modls of Superpositon in Neural Networks").verdict is Verdict.IDENTIFIED


@pytest.mark.parametrize(
    "text",
    [
        "Toy Mdels of Supperposision in Nural Networks",
        "Toy Mdels of Supperposision in Nural Networks, 2022",
        "Elhage: Toy Mdels of Supperposision in Nural Networks",
    ],
)
def test_a_name_or_a_year_beside_a_title_lets_it_be_less_like(text: str) -> None:
    match = title(text)
    assert 88 <= match.score < 95
    assert match.verdict is (Verdict.IDENTIFIED if len(text) > 46 else Verdict.WAITING)


def test_names_and_years_beside_a_title_are_no_wrong_characters() -> None:
    match = title(f"Elhage, El Showk et al. 2022 {TITLE}")
    assert (match.score, match.evidence["surname"], match.evidence["year"]) == (100, "elhage", 2022)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Measuring the warmth of keyboards, part I", "Measuring the warmth of keyboards, part II"),
        ("Measuring the warmth of keyboards in 2 dimensions", "Measuring the warmth of keyboards in 3 dimensions"),
        ("Measuring the warmth of keyboards at home of 3 cats", "Measuring the warmth of keyboards at home of 4 cats"),
        (
            "Measuring the warmth of keyboards by the heat that sleeping cats give",
            "Measuring the warmth of keyboards by the heat that sleeping dogs give",
        ),
        ("Measuring the warmth of keyboards, part one", "Measuring the warmth of keyboards, part two"),
        ("Measuring the warmth of keyboards, part A", "Measuring the warmth of keyboards, part B"),
        ("Supervised warming of the keyboards of cats", "Unsupervised warming of the keyboards of cats"),
        ("Homogeneous warming of the keyboards of cats", "Inhomogeneous warming of the keyboards of cats"),
    ],
)
def test_nearly_one_title_is_not_one_work(text: str, known: str) -> None:
    match = title(text, work(known))
    assert (match.verdict, "against" in match.evidence) == (Verdict.WAITING, True)
    assert title(text, work(known), work(text)).verdict is Verdict.IDENTIFIED


def test_a_title_without_its_subtitle_needs_a_name_or_a_year() -> None:
    whole = work("Attention to sleeping cats: a survey of all that is known")
    bare = title("Attention to sleeping cats", whole)
    assert (bare.verdict, bare.score) == (Verdict.WAITING, 94)
    assert title("Attention to sleeping cats (Elhage)", whole).verdict is Verdict.IDENTIFIED
    apart = work("Attention to sleeping cats", subtitle="A survey of all that is known")
    assert title("Attention to sleeping cats: a survey of all that is known", apart).verdict is Verdict.IDENTIFIED


def test_a_long_title_without_its_subtitle_needs_them_as_well() -> None:
    whole = work(f"{TITLE} and of sleeping cats: a survey of all that is known")
    assert title(f"{TITLE} and of sleeping cats", whole).verdict is Verdict.WAITING
    assert title(f"{TITLE} and of sleeping cats (Elhage)", whole).verdict is Verdict.IDENTIFIED


def test_a_long_title_may_have_more_misprints_than_a_short_one() -> None:
    long = work("Spectral methods for the reconstruction of turbulent flows over rough surfaces")
    match = title("Spctral metods for the recnstrction of tubulent flos over rogh surfces", long)
    assert match.verdict is Verdict.IDENTIFIED
    assert match.score < 95
    short = work("Spectral methods for turbulent flows")
    assert title("Spctral metods for tubulent flos", short).verdict is Verdict.WAITING


def test_two_works_of_one_title_by_others_wait() -> None:
    match = title(TITLE, work(), work(names=(Name("Doe"),)))
    assert (match.verdict, match.margin, len(match.candidates)) == (Verdict.WAITING, 0, 2)
    assert title(TITLE, work(), work(names=(Name("Elhage", "N."),))).verdict is Verdict.IDENTIFIED


def test_a_short_title_alone_waits() -> None:
    assert title("Editorial", work("Editorial")).verdict is Verdict.WAITING
    assert title("Something else", work("Editorial")).verdict is Verdict.NOT_FOUND


STYLES = [
    "Elhage, N., El Showk, S. (2022). {}. arXiv preprint, 12(3), 45-67.",
    "[7] N. Elhage et al., “{},” arXiv, 2022.",
    "N. Elhage and S. El Showk. {}. In: Transformer Circuits Thread (2022).",
    "ELHAGE N. {}. Journal of Circuits 2022;3:1-9",
    "Elhage et al. 2023 – {}",
]


@pytest.mark.parametrize("style", STYLES)
def test_a_reference_in_any_style_is_its_work(style: str) -> None:
    match = reference(style.format(TITLE))
    assert (match.verdict, match.stage, match.evidence["surname"]) == (Verdict.IDENTIFIED, "reference", "elhage")
    assert reference(style.format("Toy Modls of Superpositon in Neural Networks")).verdict is Verdict.IDENTIFIED


@pytest.mark.parametrize("text", [f"Doe, A. (2022). {TITLE}.", f"Elhage, N. (1999). {TITLE}.", f"({TITLE})"])
def test_a_reference_without_surname_and_year_waits(text: str) -> None:
    assert reference(text).verdict is Verdict.WAITING


@pytest.mark.parametrize("longer", ["A Survey of {}", "{} in three dimensions", "{} II", "{}, revisited"])
def test_a_title_within_a_longer_one_waits(longer: str) -> None:
    text = f"Elhage, N. (2022). {longer.format(TITLE)}. arXiv preprint."
    assert reference(text).verdict is Verdict.WAITING
    match = reference(text, work(), work(longer.format(TITLE)))
    assert match.verdict is Verdict.IDENTIFIED
    assert match.record is not None
    assert match.record.texts["title"] == longer.format(TITLE)


def test_a_reference_with_another_arxiv_id_is_another_work() -> None:
    known = work(eprint="2209.10652", eprinttype="arxiv")
    text = f"Elhage, N. (2022). {TITLE}. arXiv:{{}}"
    assert reference(text.format("2209.10652"), known).verdict is Verdict.IDENTIFIED
    match = reference(text.format("2209.99999"), known)
    assert (match.verdict, match.evidence["against"]) == (Verdict.WAITING, "identifier")


def test_a_short_title_needs_surname_and_year_to_the_letter() -> None:
    short = work("Deep learning cats")
    assert reference("Elhage, N. (2022). Deep learning cats. Nature.", short).verdict is Verdict.IDENTIFIED
    assert reference("Elhage, N. (2022). Deep learning bats. Nature.", short).verdict is Verdict.WAITING
    assert reference("Doe, N. (2022). Deep learning cats. Nature.", short).verdict is Verdict.NOT_FOUND


def test_a_waiting_text_has_at_most_five_works_to_choose_from() -> None:
    others = [work(f"{TITLE} by method {number}", names=(Name(f"Doe{number}"),)) for number in range(9)]
    match = title(TITLE + " by methd", *others, others[0])
    titles = [each.record.texts["title"] for each in match.candidates]
    assert match.verdict is Verdict.WAITING
    assert (len(titles), len(set(titles))) == (5, 5)
    assert match.record == match.candidates[0].record


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (TITLE, "title"),
        (STYLES[0].format(TITLE), "reference"),
        ("We show in a long text that cats sleep on warm keyboards. " * 3, "passage"),
        ("We show in a long text that cats sleep on warm keyboards in a ...", "passage"),
        ("Bees", "title"),
        ("", "title"),
    ],
)
def test_what_a_text_looks_like_comes_first(text: str, first: str) -> None:
    assert Text(text).shapes()[0] == first


@pytest.mark.parametrize(
    ("text", "years"),
    [("(1999)", [1999]), ("pp. 12019-2020a", [2020]), ("arXiv:2012.12345, 10.1000/2020", [2020]), ("12", [])],
)
def test_years_are_told_from_other_numbers(text: str, years: list[int]) -> None:
    assert Text(text).years == years


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.lists(st.text(max_size=60), max_size=3))
def test_any_text_gets_a_verdict_of_every_kind(text: str, titles: list[str]) -> None:
    for match in (title(text, *map(work, titles)), reference(text, *map(work, titles))):
        assert match.verdict in (Verdict.IDENTIFIED, Verdict.WAITING, Verdict.NOT_FOUND)
        assert match.score <= 100
        assert (match.record is None) == (match.verdict is Verdict.NOT_FOUND)


@given(st.lists(st.sampled_from([work(), work("Other"), work(eprint="2209.10652"), work(doi="10.1000/1")]), max_size=6))
def test_distinct_works_are_places_in_order(proposals: list[Proposal]) -> None:
    places = distinct_works([each.record for each in proposals])
    assert places == sorted(set(places))
    assert (places[:1] == [0]) == bool(proposals)


def test_every_length_has_a_row_in_the_table() -> None:
    for rows in THRESHOLDS.values():
        assert rows[-1].length == rows[-1].support == 0


def test_a_reference_to_one_of_two_works_of_one_title_means_the_one_whose_names_and_year_it_has() -> None:
    wanted = work("Long Short-Term Memory", (Name("Hochreiter", "Sepp"),), date="1997-11")
    chapter = work("Long Short-Term Memory", (Name("Graves", "Alex"),), date="2012")
    reprint = work("Long Short-Term Memory", (Name("Graves", "Alex"),), date="1998")
    said = "Hochreiter, S. (1997). Long short-term memory. Neural Computation, 9(8):1735-1780."
    match = reference(said, chapter, wanted)
    assert (match.verdict, match.record) == (Verdict.IDENTIFIED, wanted.record)
    assert reference(said, reprint, wanted).verdict is Verdict.WAITING
    assert title("Long Short-Term Memory", chapter, wanted).verdict is Verdict.WAITING


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Elhage, N. (2022). Unsupervised warming of keyboards by cats. Journal of Warmth, 3, 1-9.", "waiting"),
        ("Elhage, N. (2022). Super-\nvised warming of key-\nboards by cats. Journal of Warmth, 3, 1-9.", "identified"),
        ("Elhage, N. (2022). Supervised warming of keybords by cats. Journal of Warmth, 3, 1-9.", "identified"),
        ("Elhage, N. (2022). Supervised warming of teapots by cats. Journal of Warmth, 3, 1-9.", "waiting"),
    ],
)
def test_a_reference_has_the_words_of_the_title(text: str, verdict: str) -> None:
    assert reference(text, work("Supervised warming of keyboards by cats")).verdict.value == verdict


@pytest.mark.parametrize("part", ["{} II", "{}, part two", "{}: part B"])
def test_a_reference_to_one_part_is_none_to_another(part: str) -> None:
    text = "Elhage, N. (2022). {}. Journal of Warmth, 3, 1-9."
    assert reference(text.format(TITLE), work(part.format(TITLE))).verdict is Verdict.WAITING
    assert reference(text.format(part.format(TITLE)), work(part.format(TITLE))).verdict is Verdict.IDENTIFIED
