"""Texts, names and dates as services write them."""

import json

import pytest

from bibman.model.names import Name
from bibman.model.record import Record
from bibman.providers import pubmed
from bibman.providers.open_library import read_books
from bibman.providers.openalex import read_works
from bibman.providers.reading import (
    date,
    date_of_parts,
    full_name,
    is_retracted_title,
    names,
    page_range,
    person,
    plain,
    read_xml,
    text,
    words,
)
from bibman.providers.service import UnreadableError

PLAIN = {
    "On <i>Drosophila</i> and <scp>DNA</scp>": "On Drosophila and DNA",
    "CO<sub>2</sub> at 10<sup>-3</sup>": "CO₂ at 10⁻³",
    "A &amp;amp; B &lt;i&gt;in vivo&lt;/i&gt;": "A & B in vivo",
    "for a < b and b > c": "for a < b and b > c",
    "<jats:title>Abstract</jats:title><jats:p>One.</jats:p><jats:p>Two.</jats:p>": "One. Two.",
    "x <mml:math><mml:msup><mml:mi>y</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math> z": "x y2 z",
    "  many\n blanks\u00a0here ": "many blanks here",
    "bell\x07 and \ud800half": "bell and half",
    "soft\u00adware": "soft ware",
}
NAMES = {
    "Deep Ganguli": Name("Ganguli", "Deep"),
    "Laurens van der Maaten": Name("Maaten", "Laurens", "van der"),
    "Knuth, Donald E.": Name("Knuth", "Donald E."),
    "Martin Luther King Jr.": Name("King", "Martin Luther", suffix="Jr."),
    "ATLAS Collaboration": Name(literal="ATLAS Collaboration"),
    "Plato": Name("Plato"),
    "{Evil} \\name": Name("name", "Evil"),
    "": None,
    " , ": None,
}
DATES = {
    "2020-05-06T00:00:00Z": "2020-05-06",
    "August 1984": "1984-08",
    "1984": "1984",
    "n.d.": "",
    "": "",
}
PARTS = {
    ((2020, 5, 1),): "2020-05-01",
    ((2020, 5),): "2020-05",
    (("2020", "05"),): "2020-05",
    ((2020, 13, 40),): "2020",
    ((2020, 2, 30),): "2020-02",
    ((None,),): "",
    ((0,),): "",
    (): "",
}


@pytest.mark.parametrize(("said", "meant"), PLAIN.items())
def test_tags_and_references_are_taken_from_a_text(said: str, meant: str) -> None:
    assert plain(said) == meant


@pytest.mark.parametrize(("said", "meant"), NAMES.items())
def test_a_name_in_one_text_is_split(said: str, meant: Name | None) -> None:
    assert full_name(said) == meant


def test_a_name_that_is_split_keeps_its_parts_and_gives_its_prefix() -> None:
    assert person("van der Berg", "Jan", "Jr.") == Name("Berg", "Jan", "van der", "Jr.")
    assert person("El Showk", "Nelson") == Name("El Showk", "Nelson")
    assert person("Maaten", "Laurens van der") == Name("Maaten", "Laurens", "van der")
    assert person("van der Maaten", "laurens") == Name("Maaten", "laurens", "van der")
    assert person("hooks", "bell") == Name("hooks", "bell")
    assert person("Wang", "Xiao ming") == Name("Wang", "Xiao ming")
    assert person("", "Plato") == Name("Plato")
    assert person(None) is None


def test_two_authors_may_have_one_name() -> None:
    assert names([full_name("Wei Wang"), None, full_name("Wei Wang")]) == (Name("Wang", "Wei"), Name("Wang", "Wei"))


def test_a_book_that_names_other_numbers_than_the_one_asked_for_does_not_have_it() -> None:
    answer = b'{"ISBN:9780201134483": {"title": "A", "identifiers": {"isbn_13": ["9780521833783"]}}}'
    (work,) = read_books(answer)
    assert {each.value for each in work.identifiers} == {"9780521833783"}
    (work,) = read_books(b'{"ISBN:9780201134483": {"title": "A"}}')
    assert {each.value for each in work.identifiers} == {"9780201134483"}


@pytest.mark.parametrize(("said", "meant"), DATES.items())
def test_a_date_is_read_in_any_form(said: str, meant: str) -> None:
    assert date(said) == meant


@pytest.mark.parametrize(("parts", "meant"), PARTS.items())
def test_a_date_in_parts_goes_as_far_as_it_is_right(parts: tuple[tuple[object, ...], ...], meant: str) -> None:
    assert date_of_parts({"date-parts": [list(each) for each in parts]}) == meant


def test_pages_are_a_range_only_of_two() -> None:
    assert page_range("1", "9") == "1-9"
    assert page_range("e5", "e5") == page_range("e5", None) == "e5"
    assert page_range(None, "9") == ""


def test_only_letters_and_digits_are_searched_for() -> None:
    assert words('a:b AND "c" <i>D</i> (e)') == "a b and c d e"
    assert words("x " * 100, 3) == "x x x"


def test_a_number_is_a_text_and_a_truth_is_none() -> None:
    assert (text(12), text(True), text([]), text(["a", "b"]), text({})) == ("12", "", "", "a", "")


def test_a_retraction_is_seen_in_a_title() -> None:
    assert is_retracted_title("RETRACTED: On cooling")
    assert is_retracted_title("[Retracted Article] On cooling")
    assert not is_retracted_title("Retracted papers: a study")


@pytest.mark.parametrize("document", [b"", b"<a>", b"\xff\xfe", b"<a>&b;</a>", b"{}", b"<?xml encoding='x-none'?><a/>"])
def test_what_is_no_xml_is_refused(document: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_xml(document)


@pytest.mark.parametrize(
    ("names", "given"),
    [
        ("<ForeName>Jennifer A</ForeName><Initials>JA</Initials>", "Jennifer A."),
        ("<ForeName>S F</ForeName>", "S. F."),
        ("<ForeName>Jean-P É</ForeName>", "Jean-P. É."),
        ("<Initials>J-PA</Initials>", "J.-P. A."),
        ("<ForeName>明</ForeName>", "明"),
        ("<ForeName>O'Neil</ForeName>", "O'Neil"),
    ],
)
def test_pubmed_writes_initials_without_full_stops(names: str, given: str) -> None:
    assert _pubmed(f"<AuthorList><Author><LastName>Doe</LastName>{names}</Author></AuthorList>").names["author"] == (
        Name("Doe", given),
    )


@pytest.mark.parametrize(
    ("listed", "cited"),
    [
        ("Science (New York, N.Y.)", "Science"),
        ("BMJ (Clinical research ed.)", "BMJ"),
        ("Journal of molecular biology", "Journal of Molecular Biology"),
        ("PloS medicine : an official journal of all", "PloS Medicine"),
        ("Proceedings of the National Academy of Sciences", "Proceedings of the National Academy of Sciences"),
        ("eLife", "eLife"),
        ("Hypertension (online)", "Hypertension (online)"),
    ],
)
def test_a_journal_of_pubmed_is_named_as_it_is_cited(listed: str, cited: str) -> None:
    assert _pubmed(f"<Journal><Title>{listed}</Title></Journal>").texts["journaltitle"] == cited


def _pubmed(parts: str) -> Record:
    article = f"<Article><ArticleTitle>A title.</ArticleTitle>{parts}</Article>"
    cited = f"<MedlineCitation><PMID>123</PMID>{article}</MedlineCitation>"
    (work,) = pubmed.read_works(f"<PubmedArticleSet><PubmedArticle>{cited}</PubmedArticle></PubmedArticleSet>".encode())
    return work.record


def test_what_lies_in_a_repository_alone_is_no_article_of_a_journal() -> None:
    place = {"landing_page_url": "https://x.edu/1", "source": {"display_name": "X Repository", "type": "repository"}}
    work = {"id": "W1", "title": "On bees", "type": "article", "primary_location": place}
    (found,) = read_works(json.dumps(work).encode())
    assert (found.record.type, found.record.texts.get("journaltitle")) == ("online", None)
