"""What publishers say of a work afterwards, as findings."""

from bibman.model.identifiers import Identifier
from bibman.providers.service import Relation, RelationKind
from bibman.services.notices import retraction_findings

NOTICE = Identifier("doi", "10.1016/j.test.2020.02.002")


def said(*relations: Relation) -> list[tuple[str, str, str]]:
    """Code, severity and message of what is found."""
    return [(each.code, each.severity, each.message) for each in retraction_findings(relations)]


def test_a_retraction_is_told_with_the_date_and_the_doi_of_its_notice() -> None:
    assert said(Relation(RelationKind.RETRACTED, NOTICE, "Retraction", "2020-02-11")) == [
        ("retracted", "warning", "the work was retracted: 2020-02-11, doi:10.1016/j.test.2020.02.002, Retraction")
    ]


def test_what_arxiv_says_of_a_withdrawn_paper_is_told_in_its_words() -> None:
    assert said(Relation(RelationKind.RETRACTED, text="withdrawn by the author:\n error in Lemma 2")) == [
        ("retracted", "warning", "the work was retracted: withdrawn by the author: error in Lemma 2")
    ]


def test_the_worst_comes_first_and_a_correction_is_a_hint() -> None:
    kinds = (RelationKind.CORRECTED, RelationKind.CONCERN, RelationKind.RETRACTED)
    assert [each[:2] for each in said(*(Relation(kind, NOTICE) for kind in kinds))] == [
        ("retracted", "warning"),
        ("concern", "warning"),
        ("corrected", "hint"),
    ]


def test_one_notice_is_told_once_and_who_names_none_adds_nothing() -> None:
    bare = Relation(RelationKind.RETRACTED, text="OpenAlex: is_retracted")
    named = Relation(RelationKind.RETRACTED, NOTICE, date="2020")
    assert said(bare, named, named) == [
        ("retracted", "warning", "the work was retracted: 2020, doi:10.1016/j.test.2020.02.002")
    ]
    assert said(bare, bare) == [("retracted", "warning", "the work was retracted: OpenAlex: is_retracted")]


def test_two_corrections_are_told_in_their_order() -> None:
    dates = ("2021", "2020")
    found = said(*(Relation(RelationKind.CORRECTED, Identifier("pmid", date), date=date) for date in dates))
    assert [message for _, _, message in found] == [
        "the work was corrected: 2021, pmid:2021",
        "the work was corrected: 2020, pmid:2020",
    ]


def test_where_a_work_was_published_and_what_a_notice_speaks_of_are_no_findings() -> None:
    kinds = (RelationKind.PUBLISHED, RelationKind.PREPRINT, RelationKind.NOTICE_OF)
    assert said(*(Relation(kind, NOTICE) for kind in kinds)) == []
