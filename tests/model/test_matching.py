import json
import random
import re
import subprocess
import sys
from math import inf
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibman.model.fold import stream
from bibman.model.likeness import Text
from bibman.model.likeness import judge_identifiers as judge_named
from bibman.model.likeness import judge_passage as judge_part
from bibman.model.matching import THRESHOLDS, Match, Proposal, Threshold, Verdict
from bibman.model.names import Name
from bibman.model.record import Record

DOCS = Path(__file__).parents[2] / "docs"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def prose(length: int, seed: int = 1) -> str:
    """Words of random letters whose stream has exactly `length` characters."""
    draw = random.Random(seed)  # noqa: S311 - the same at every run
    letters = [draw.choice(LETTERS) for _ in range(length)]
    return "".join(letter + (" " if position % 6 == 5 else "") for position, letter in enumerate(letters)).strip()


def misprinted(text: str, every: int) -> str:
    """Every so many-th letter replaced by a digit, so that a length of L has L / `every` wrong characters."""
    letters = list(text)
    for position in [at for at, letter in enumerate(letters) if letter != " "][every - 1 :: every]:
        letters[position] = "7"
    return "".join(letters)


def work(abstract: str, **texts: str) -> Proposal:
    record = Record("online", {"title": "A title", "abstract": abstract} | texts, {"author": (Name("Doe", "Ann"),)})
    return Proposal(record, "mine")


def judge_opening(text: str, proposals: list[Proposal]) -> Match:
    return judge_part(Text(text), proposals)


def judge_identifiers(text: str, proposals: list[Proposal]) -> Match:
    return judge_named(Text(text), proposals)


def verdicts(*matches: Match) -> list[str]:
    return [match.verdict.value for match in matches]


def test_the_opening_of_an_abstract_identifies_its_work() -> None:
    abstract = prose(900)
    match = judge_opening(abstract[:200] + "...", [work(abstract)])
    assert (match.verdict, match.stage, match.score, match.margin) == (Verdict.IDENTIFIED, "opening", 100.0, 100.0)
    assert match.record is not None
    assert match.record.texts["abstract"] == abstract
    assert match.evidence == {"provider": "mine", "length": len(stream(abstract[:200])), "place": 0, "beyond": 0}


def test_mark_up_spacing_and_hyphens_hardly_lower_the_score() -> None:
    abstract = "We show that the Łojasiewicz exponent α of well-posed problems is naïve, " + prose(200)
    typed = r"We show that the {\L}ojasiewicz \emph{exponent} $\alpha$ of wellposed  prob- lems is na{\"\i}ve, "
    assert judge_opening(typed + prose(200)[:90], [work(abstract)]).score >= 99


@pytest.mark.parametrize(
    ("length", "every", "verdict"),
    [
        (150, 20, "identified"),  # 95 of 100 right
        (150, 5, "waiting"),  # 80
        (150, 2, "not found"),  # 50
        (119, 119, "identified"),  # 99
        (119, 20, "waiting"),  # 95
        (119, 4, "not found"),  # 75
        (60, 60, "identified"),  # 98
        (59, 60, "waiting"),  # 100
        (59, 7, "not found"),  # 86
    ],
)
def test_the_shorter_the_text_the_more_is_asked_of_it(length: int, every: int, verdict: str) -> None:
    abstract = prose(900)
    text = misprinted(abstract[:400], every)
    opening = next(text[:end] for end in range(len(text)) if len(stream(text[:end])) == length)
    assert judge_opening(opening, [work(abstract)]).verdict == verdict


def test_two_works_that_open_alike_wait_for_a_person() -> None:
    opening = prose(150)
    first, second = work(opening + prose(300, 2), title="One"), work(opening + prose(300, 3), title="Two")
    match = judge_opening(opening, [first, second])
    assert (match.verdict, match.margin, match.record) == (Verdict.WAITING, 0.0, first.record)
    assert match.evidence["second"] == "Two"
    assert match.evidence["second_score"] == 100.0


def test_a_lead_over_the_second_work_decides() -> None:
    opening = prose(150)
    match = judge_opening(opening, [work(misprinted(opening, 12), title="Two"), work(opening, title="One")])
    assert match.verdict is Verdict.IDENTIFIED
    assert match.record is not None
    assert match.record.texts["title"] == "One"
    assert match.margin == pytest.approx(100 - float(match.evidence["second_score"]), abs=0.01)


def test_a_lead_that_suffices_for_a_long_opening_does_not_for_a_short_one() -> None:
    long, short = prose(150), prose(100)
    assert verdicts(
        judge_opening(long, [work(long, title="One"), work(misprinted(long, 12), title="Two")]),
        judge_opening(misprinted(short, 90), [work(short, title="One"), work(misprinted(short, 12), title="Two")]),
    ) == ["identified", "waiting"]


def test_a_short_opening_that_is_the_same_to_the_letter_needs_only_some_lead() -> None:
    short = prose(100)
    near, same = work(misprinted(short, 30), title="Two"), work(short, title="Three")
    found = judge_opening(short, [work(short, title="One"), near])
    assert (found.verdict, found.margin < 10) == (Verdict.IDENTIFIED, True)
    assert judge_opening(short, [work(short, title="One"), near, same]).verdict is Verdict.WAITING


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"eprint": "2302.07459", "eprinttype": "arxiv"}, {"doi": "10.48550/arXiv.2302.07459"}),
        ({"doi": "10.1145/3531146.3533229"}, {"doi": "10.1145/3531146.3533229", "eprint": "2202.07785"}),
        ({"title": "Toy Models of Superposition"}, {"title": "Toy models of superposition."}),
    ],
)
def test_versions_of_one_work_do_not_stand_in_each_others_way(one: dict[str, str], other: dict[str, str]) -> None:
    opening = prose(150)
    first, second = work(opening, **({"title": "Preprint"} | one)), work(opening, **({"title": "Article"} | other))
    match = judge_opening(opening, [first, second])
    assert (match.verdict, match.record) == (Verdict.IDENTIFIED, first.record)
    assert "second" not in match.evidence


def test_works_with_one_short_title_are_not_one_work() -> None:
    opening = prose(150)
    works = [work(opening, title="Editorial", doi="10.1000/1"), work(opening, title="Editorial", doi="10.1000/2")]
    assert judge_opening(opening, works).verdict is Verdict.WAITING


@pytest.mark.parametrize(("kind", "verdict"), [("inproceedings", "waiting"), ("book", "identified")])
def test_papers_of_one_volume_are_not_one_work(kind: str, verdict: str) -> None:
    opening = prose(150)
    texts = {"abstract": opening, "isbn": "978-0-201-89683-1"}
    records = [Record(kind, texts | {"title": title}) for title in ("The first paper", "The second paper")]
    assert judge_opening(opening, [Proposal(each, "mine") for each in records]).verdict == verdict


def test_a_cut_abstract_is_compared_as_far_as_it_goes() -> None:
    whole = prose(900)
    cut = work(whole[:200] + " ...")
    match = judge_opening(whole, [cut])
    assert (match.verdict, match.score, match.evidence["length"]) == (Verdict.IDENTIFIED, 100, len(stream(whole[:200])))


def test_the_length_of_a_cut_abstract_decides_what_is_asked() -> None:
    whole = prose(900)
    assert verdicts(
        judge_opening(whole, [work(prose(900)[:62] + "...")]),
        judge_opening(misprinted(whole, 25), [work(whole[:90] + "…")]),
    ) == ["waiting", "waiting"]


def test_a_text_that_goes_on_where_a_complete_abstract_ends_waits() -> None:
    abstract = prose(150)
    assert verdicts(
        judge_opening(abstract + " " + prose(10, 2), [work(abstract)]),
        judge_opening(abstract + " " + prose(200, 2), [work(abstract)]),
    ) == ["identified", "waiting"]


def test_a_text_from_the_middle_of_an_abstract_is_judged_as_such() -> None:
    abstract = prose(900)
    match = judge_opening(abstract[300:600], [work(abstract)])
    assert (match.verdict, match.stage, match.score) == (Verdict.IDENTIFIED, "middle", 100)
    assert match.evidence["place"] == len(stream(abstract[:300]))
    assert judge_opening(abstract[300:400], [work(abstract)]).verdict is Verdict.WAITING


def test_a_middle_that_two_works_have_nearly_waits() -> None:
    abstract = prose(900)
    other = prose(100, 2) + " " + misprinted(abstract[300:600], 8)
    rivals = [work(abstract, title="One"), work(other, title="Two")]
    match = judge_opening(abstract[300:600], rivals)
    assert (match.verdict, match.margin > 5) == (Verdict.WAITING, True)
    assert float(match.evidence["second_score"]) >= 85
    assert [each.record for each in match.candidates] == [each.record for each in rivals]


def test_a_few_characters_missing_at_the_beginning_are_forgiven() -> None:
    abstract = prose(900)
    assert judge_opening(abstract[4:300], [work(abstract)]).verdict is Verdict.IDENTIFIED


def test_nothing_near_is_not_found() -> None:
    text = prose(150)
    nothing, far = judge_opening(text, []), judge_opening(text, [work(prose(150, 2)), work("")])
    assert verdicts(nothing, far) == ["not found", "not found"]
    assert (nothing.record, nothing.score, nothing.evidence) == (None, 0, {"length": 150})
    assert far.record is None
    assert 0 < far.score < 70


def test_a_record_without_title_or_abstract_is_no_trouble() -> None:
    bare = Proposal(Record("misc"), "mine")
    assert judge_opening(prose(150), [bare]).verdict is Verdict.NOT_FOUND
    assert judge_identifiers("arXiv:2302.07459", [bare, bare]).verdict is Verdict.WAITING


def test_very_long_texts_are_judged_by_their_beginnings() -> None:
    text = prose(300_000)
    match = judge_opening(text, [work(text), work(prose(300_000, 2))])
    assert (match.verdict, match.score) == (Verdict.IDENTIFIED, 100)


def test_an_identifier_names_its_work() -> None:
    named = work(prose(300), eprint="2302.07459", eprinttype="arxiv")
    match = judge_identifiers("see https://arxiv.org/abs/2302.07459v2", [named])
    assert (match.verdict, match.stage, match.score, match.record) == (
        Verdict.IDENTIFIED,
        "identifier",
        100,
        named.record,
    )
    assert match.evidence == {"provider": "mine", "identifiers": "arxiv:2302.07459"}


def test_identifiers_of_two_works_wait() -> None:
    one = work(prose(300), title="One", eprint="2302.07459", eprinttype="arxiv")
    two = work(prose(300, 2), title="Two", doi="10.1000/182")
    match = judge_identifiers("arXiv:2302.07459, doi:10.1000/182", [one, two])
    assert (match.verdict, match.margin, match.evidence["second"]) == (Verdict.WAITING, 0, "Two")


def test_identifiers_of_one_work_agree() -> None:
    article = work("", doi="10.1145/3531146.3533229", eprint="2202.07785", eprinttype="arxiv")
    preprint = work(prose(300), eprint="2202.07785", eprinttype="arxiv")
    match = judge_identifiers("10.1145/3531146.3533229 arXiv:2202.07785", [article, preprint])
    assert (match.verdict, match.record) == (Verdict.IDENTIFIED, article.record)
    assert match.evidence["identifiers"] == "arxiv:2202.07785 doi:10.1145/3531146.3533229"


def test_an_abstract_that_cites_a_work_is_another_work() -> None:
    abstract = prose(300)
    cited = work(abstract, title="Toy Models of Superposition", eprint="2209.10652", eprinttype="arxiv")
    others = f"We extend arXiv:2209.10652. {prose(200, 2)}"
    assert verdicts(
        judge_identifiers(others, [cited]),
        judge_identifiers(f"{prose(200, 2)} Toy models of super-position, 2022, arXiv:2209.10652", [cited]),
        judge_identifiers(f"{abstract} arXiv:2209.10652", [cited]),
        judge_identifiers(f"Read this before Friday: arXiv:2209.10652. {prose(60, 2)}", [cited]),
    ) == ["waiting", "identified", "identified", "identified"]


def test_no_record_for_an_identifier_is_not_found() -> None:
    assert judge_identifiers("arXiv:2302.07459", []) == Match(Verdict.NOT_FOUND, "identifier")


def test_the_evidence_is_fit_for_json() -> None:
    match = judge_opening(prose(150), [work(prose(150)), work(misprinted(prose(150), 9))])
    assert json.loads(json.dumps(match.evidence)) == match.evidence


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=3))
def test_any_text_gets_a_verdict(text: str, abstracts: list[str]) -> None:
    match = judge_opening(text, [work(abstract) for abstract in abstracts])
    assert match.verdict in (Verdict.IDENTIFIED, Verdict.WAITING, Verdict.NOT_FOUND)
    assert 0 <= match.margin <= match.score <= 100
    assert (match.record is None) == (match.verdict is Verdict.NOT_FOUND)


@settings(max_examples=40, deadline=None)
@given(st.text(LETTERS, min_size=120, max_size=300), st.text(LETTERS, max_size=200))
def test_every_abstract_is_identified_by_a_long_enough_opening(opening: str, rest: str) -> None:
    match = judge_opening(opening, [work(opening + rest)])
    assert (match.verdict, match.score) == (Verdict.IDENTIFIED, 100)


def test_the_documented_table_is_the_table() -> None:
    page = (DOCS / "catalogue.md").read_text(encoding="utf-8")
    kinds = "|".join(THRESHOLDS)
    rows = re.findall(rf"^\| ({kinds}) \|(.*)\|$", page, flags=re.MULTILINE)
    documented = [(kind, *(cell.strip() for cell in cells.split("|"))) for kind, cells in rows]
    assert documented == [(kind, *told(row)) for kind, each in THRESHOLDS.items() for row in each]


def told(row: Threshold) -> tuple[str, ...]:
    beside = ("–", "surname or year", "surname and year")[row.support]
    never = row.accept == inf
    ask = "never" if row.ask == inf else f"{row.ask:g}"
    below = "–" if row.rival == inf else f"{row.rival:g}"
    return (
        str(row.length),
        beside,
        "never" if never else f"{row.accept:g}",
        "–" if never else f"{row.margin:g}",
        below,
        ask,
    )


def test_importing_the_rules_imports_no_comparing_library() -> None:
    program = "import sys, bibman.model.matching; sys.exit('rapidfuzz' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_text_longer_than_any_abstract_waits_where_the_abstract_is_cut() -> None:
    opening = (
        "We study how a paper is found by its opening words alone, and how sure one can be of what was found then. "
    )
    cut = Record("online", {"title": "A Paper", "abstract": (opening * 2)[:200] + "..."})
    whole = opening * 2 + "And more is said of it. " * 30
    list_of_many = opening * 2 + "Quite another paper begins here. " * 100
    assert judge_opening(whole, [Proposal(cut, "c")]).verdict is Verdict.IDENTIFIED
    assert judge_opening(list_of_many, [Proposal(cut, "c")]).verdict is Verdict.WAITING
