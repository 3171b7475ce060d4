"""What a scrap says of the work that it names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.model.identifiers import find_identifiers
from bibman.model.scraps import Scrap, labelled, scrap_fields, scrap_of

ABSTRACT = (
    "We extend the method of arXiv:2302.07459 to libraries with bees on the roof, and show that what these carry home "
    "in summer is told from what they carry home in winter by any reader who sleeps below."
)


def said(text: str) -> list[str]:
    """The identifiers of the work that a text names."""
    return [f"{each.scheme}:{each.value}" for each in scrap_of(text).identifiers]


@pytest.mark.parametrize(
    ("text", "identifiers"),
    [
        ("10.1000/182", ["doi:10.1000/182"]),
        ("doi:10.1000/182.", ["doi:10.1000/182"]),
        ("https://dx.doi.org/10.1000/182", ["doi:10.1000/182"]),
        ("<https://doi.org/10.1000/182>,", ["doi:10.1000/182"]),
        ("arXiv:2302.07459v2 [cs.CL]", ["arxiv:2302.07459"]),
        ("0704.0001", ["arxiv:0704.0001"]),
        ("hep-th/9901001v3", ["arxiv:hep-th/9901001"]),
        ("https://arxiv.org/pdf/2302.07459v2.pdf", ["arxiv:2302.07459"]),
        ("https://doi.org/10.48550/arXiv.2302.07459", ["arxiv:2302.07459"]),
        ("PMID: 31234567", ["pmid:31234567"]),
        ("31234567", ["pmid:31234567"]),
        ("https://pubmed.ncbi.nlm.nih.gov/31234567/", ["pmid:31234567"]),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1234567/", ["pmcid:PMC1234567"]),
        ("978-0-262-03384-8", ["isbn:9780262033848"]),
        ("0262033844", ["isbn:9780262033848"]),
        ("ISBN-10: 0-262-03384-4", ["isbn:9780262033848"]),
        ("https://aclanthology.org/2020.acl-main.1/", ["doi:10.18653/v1/2020.acl-main.1"]),
        ("https://aclanthology.org/P19-1001.pdf", ["doi:10.18653/v1/p19-1001"]),
        ("https://www.aclweb.org/anthology/2020.findings-emnlp.7", ["doi:10.18653/v1/2020.findings-emnlp.7"]),
        ("doi:10.1000/182 and arXiv:2302.07459", ["doi:10.1000/182", "arxiv:2302.07459"]),
    ],
)
def test_a_bare_identifier_is_all_that_a_scrap_says(text: str, identifiers: list[str]) -> None:
    assert said(text) == identifiers
    assert scrap_of(text).words == ""


@pytest.mark.parametrize(
    "text",
    [
        "0262033845",  # a wrong check digit
        "12345",
        "2023",
        "https://aclanthology.org/P02-1040/",  # its DOI is another publisher's
        "https://aclanthology.org/2020.lrec-1.1/",  # has none
        "https://openreview.net/forum?id=abcXYZ_12",
        "10.1000/1 10.1000/2",  # which of the two?
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize("text", ["10.1000/1 10.1000/2", "10.1000/1, arXiv:2302.07459, arXiv:2302.07460"])
def test_what_names_several_works_is_kept_and_looked_up_as_it_stands(text: str) -> None:
    assert scrap_of(text).words == scrap_of(text).sought == text


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://openreview.net/forum?id=abcXYZ_12", "https://openreview.net/forum?id=abcXYZ_12"),
        ("https://openreview.net/pdf?id=abcXYZ_12", "https://openreview.net/forum?id=abcXYZ_12"),
        ("https://openreview.net/forum?noteId=x&id=abcXYZ_12#all", "https://openreview.net/forum?id=abcXYZ_12"),
        ("https://openreview.net/forum?id=abcXYZ_12&noteId=x", "https://openreview.net/forum?id=abcXYZ_12"),
        ("https://openreview.net/attachment?id=abcXYZ_12&name=pdf", "https://openreview.net/forum?id=abcXYZ_12"),
        ("https://openreview.net/revisions?id=abcXYZ_12", "https://openreview.net/forum?id=abcXYZ_12"),
        ("https://api2.openreview.net/pdf?id=abcXYZ_12", "https://openreview.net/forum?id=abcXYZ_12"),
        ("openreview.net/pdf?id=abcXYZ_12", "https://openreview.net/forum?id=abcXYZ_12"),
        ("<https://openreview.net/pdf?id=abcXYZ_12>.", "https://openreview.net/forum?id=abcXYZ_12"),
        ("https://example.org/a).", "https://example.org/a"),
        ("https://example.org/Bee_(insect)", "https://example.org/Bee_(insect)"),
        ("https://aclanthology.org/2020.acl-main.1/", "https://aclanthology.org/2020.acl-main.1/"),
        ("https://example.org/a{b}", "https://example.org/a{b}"),
        ("https://arxiv.org/abs/2302.07459", ""),
        ("https://doi.org/10.1000/182", ""),
    ],
)
def test_an_address_is_kept_where_it_says_more_than_the_identifier(text: str, url: str) -> None:
    assert scrap_of(text).url == url


def test_an_address_that_nobody_knows_is_not_looked_up() -> None:
    assert scrap_of("https://openreview.net/forum?id=abcXYZ_12").sought == ""


def test_a_reference_has_the_identifiers_of_its_work() -> None:
    text = "Honig, A. (2021). Bees on the Roof. Journal of Roofs 3, 1-9. doi:10.1234/bees ISBN 978-0-262-03384-8"
    scrap = scrap_of(text)
    assert said(text) == ["doi:10.1234/bees"]
    assert scrap.words == scrap.sought == text


def test_an_abstract_speaks_of_other_works() -> None:
    assert scrap_of(ABSTRACT) == Scrap(words=ABSTRACT)


def test_what_is_known_becomes_fields() -> None:
    fields = {each.name: each.value for each in scrap_fields(scrap_of("arXiv:2302.07459"))}
    assert fields == {"eprint": "2302.07459", "eprinttype": "arxiv"}
    fields = {each.name: each.value for each in scrap_fields(scrap_of("https://example.org/a{b}"))}
    assert fields == {"url": "https://example.org/a%7Bb%7D"}
    fields = {each.name: each.value for each in scrap_fields(scrap_of("Bees & Roofs 10.1234/x"), is_cut=True)}
    assert fields == {"doi": "10.1234/x", "abstract": "Bees \\& Roofs 10.1234/x..."}


@given(st.text(max_size=80))
def test_any_text_is_a_scrap_of_either_words_or_less(text: str) -> None:
    scrap = scrap_of(text)
    assert scrap.words in ("", text)
    assert scrap.words or scrap.url or scrap.identifiers or not text


@given(st.sampled_from(["10.1000/182", "arXiv:2302.07459", "PMID: 31234567", "ISBN 9780262033848", "PMC1234567"]))
def test_a_labelled_identifier_is_found_again(text: str) -> None:
    (identifier,) = scrap_of(text).identifiers
    assert find_identifiers(labelled([identifier])) == [identifier]


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("10.1145/3292500.3330701", "doi 3292500 3330701"),
        ("arXiv:hep-th/9901001v2", "arxiv th 9901001"),
        ("978-0-262-03384-8", "isbn 9780262033848"),
        ("https://openreview.net/pdf?id=aB_1", ""),
    ],
)
def test_an_identifier_is_called_by_what_a_person_knows_of_it(text: str, called: str) -> None:
    assert scrap_of(text).called == called
