import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibman.model.identifiers import (
    Identifier,
    arxiv_doi,
    arxiv_url,
    entry_identifiers,
    find_identifiers,
    normalise_arxiv,
    normalise_doi,
    normalise_isbn,
    normalise_issn,
    normalise_pmcid,
    normalise_pmid,
    record_identifiers,
    split_arxiv,
)
from bibman.model.record import Record

SICI = "10.1002/(SICI)1097-4636(199706)35:4<433::AID-JBM2>3.0.CO;2-J"
BRACKETS = "10.1890/0012-9658(2006)87[2832:DTOPOU]2.0.CO;2"


def found(text: str) -> list[str]:
    return [f"{each.scheme}:{each.value}" for each in find_identifiers(text)]


def named(type_: str = "article", /, **fields: str) -> list[str]:
    return [f"{each.scheme}:{each.value}" for each in entry_identifiers(fields, type_)]


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1000/ABC.def", "10.1000/ABC.def"),
        ("doi:10.1000/x", "10.1000/x"),
        ("DOI: 10.1000/x.", "10.1000/x"),
        ("https://doi.org/10.1000/x", "10.1000/x"),
        ("http://dx.doi.org/10.1000%2Fx%28y%29", "10.1000/x(y)"),
        ("https://doi.org/10.1000/x?utm_source=mail#top", "10.1000/x"),
        ("info:doi/10.1000/x", "10.1000/x"),
        ("urn:doi:10.1000:1", "10.1000/1"),
        ("<https://doi.org/10.1000/x>", "10.1000/x"),
        (r"\url{https://doi.org/10.1000/x\_y}", "10.1000/x_y"),
        (r"{10.1000/x{\_}y}", "10.1000/x_y"),
        (SICI, SICI),
        (SICI.replace("<", "$<$").replace(">", "$>$"), SICI),
        (SICI.replace("<", "&lt;").replace(">", "&gt;"), SICI),
        (SICI.replace("<", r"{\textless}").replace(">", r"{\textgreater}"), SICI),
        (BRACKETS, BRACKETS),
        ("(10.1016/S0092-8674(00)80000-0)", "10.1016/S0092-8674(00)80000-0"),
        ("10.1007/978‐3‐642‐15618‐2", "10.1007/978-3-642-15618-2"),
        ("10.1000 / x", "10.1000/x"),
        ("10.1000/x see also there", "10.1000/x"),
        ("10/gf4gqc", "10/gf4gqc"),
        ("https://doi.org/d8dn", "10/d8dn"),
        ("https://onlinelibrary.wiley.com/doi/10.1002/abc.123/full", "10.1002/abc.123"),
        ("https://www.biorxiv.org/content/10.1101/2020.01.01.123456v2.full.pdf", "10.1101/2020.01.01.123456"),
        ("https://example.com/?doi=10.1000/xyz&id=5", "10.1000/xyz"),
    ],
)
def test_a_doi_is_read_from_what_people_write(text: str, doi: str) -> None:
    assert normalise_doi(text) == doi


@pytest.mark.parametrize(
    "text", ["", "banana", "10", "10.1000/", "doi:10.1000/.", "11.1000/x", "10.1000", "arXiv:2302.07459"]
)
def test_what_has_no_prefix_and_suffix_is_no_doi(text: str) -> None:
    assert normalise_doi(text) is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2302.07459", ("2302.07459", "")),
        ("2302.07459v12", ("2302.07459", "v12")),
        ("arXiv:0704.0001v1 [math.CO]", ("0704.0001", "v1")),
        ("arxiv.org/abs/2302.07459", ("2302.07459", "")),
        ("https://arxiv.org/pdf/2302.07459v2.pdf", ("2302.07459", "v2")),
        ("http://export.arxiv.org/abs/hep-th/9901001?context=gr-qc", ("hep-th/9901001", "")),
        ("math.GT/0309136", ("math/0309136", "")),
        ("https://doi.org/10.48550/arXiv.2302.07459", ("2302.07459", "")),
        ("10.48550/arXiv.hep-th/9901001", ("hep-th/9901001", "")),
        ("oai:arXiv.org:cs/0309136", ("cs/0309136", "")),
        ("{arXiv:2302.07459}", ("2302.07459", "")),
    ],
)
def test_an_arxiv_id_and_its_version_are_read_apart(text: str, parts: tuple[str, str]) -> None:
    assert split_arxiv(text) == parts
    assert normalise_arxiv(text) == parts[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.5",
        "2313.01234",  # no month
        "2302.0745",  # five digits since 2015
        "1301.12345",  # four before
        "0703.0001",  # the old form until March 2007
        "hep-th/0801001",  # and no later
        "foo/9901001",
        "2302.07459 and more",
        "https://example.org/2302.07459",
    ],
)
def test_what_arxiv_never_gave_is_no_arxiv_id(text: str) -> None:
    assert normalise_arxiv(text) is None


def test_an_arxiv_id_has_a_doi_and_an_address_which_lead_back() -> None:
    assert arxiv_doi("2302.07459") == "10.48550/arXiv.2302.07459"
    assert arxiv_url("hep-th/9901001") == "https://arxiv.org/abs/hep-th/9901001"
    for value in ("2302.07459", "hep-th/9901001"):
        assert found(arxiv_doi(value)) == found(arxiv_url(value)) == [f"arxiv:{value}"]


@pytest.mark.parametrize(
    ("text", "isbn"),
    [
        ("978-0-262-03384-8", "9780262033848"),
        ("0-262-03384-4", "9780262033848"),
        ("0-9752298-0-X", "9780975229804"),
        ("097522980x", "9780975229804"),
        ("ISBN-13: 978 0 262 03384 8 (hbk)", "9780262033848"),
        ("978–0–262–03384–8", "9780262033848"),
        ("978-0-262-03384-7", None),
        ("0-262-03384-5", None),
        ("12345", None),
    ],
)
def test_an_isbn_of_either_length_is_checked_and_given_as_thirteen_digits(text: str, isbn: str | None) -> None:
    assert normalise_isbn(text) == isbn


@pytest.mark.parametrize(
    ("text", "issn"),
    [("0378-5955", "0378-5955"), ("ISSN 2434561x", "2434-561X"), ("0378-5956", None), ("Banana", None)],
)
def test_an_issn_is_checked(text: str, issn: str | None) -> None:
    assert normalise_issn(text) == issn


def test_pubmed_ids_are_read_bare_labelled_and_from_addresses() -> None:
    assert normalise_pmid("PMID: 031452104") == "31452104"
    assert normalise_pmid("https://pubmed.ncbi.nlm.nih.gov/31452104/") == "31452104"
    assert normalise_pmid("https://www.ncbi.nlm.nih.gov/pubmed/31452104") == "31452104"
    assert normalise_pmid("31452104") == "31452104"
    assert normalise_pmid("314521041") is None
    assert normalise_pmcid("pmc123456") == "PMC123456"
    assert normalise_pmcid("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC123456/") == "PMC123456"
    assert normalise_pmcid("none") is None


def test_identifiers_in_a_text_come_in_order_each_once() -> None:
    text = """See arXiv:2302.07459v2 [cs.CL] (https://arxiv.org/abs/2302.07459), doi:10.1000/ABC; ISBN 0-262-03384-4,
    [10.1000/abc](https://doi.org/10.1000/abc), PMID: 31452104, PMC123456, ISSN 0378-5955 and 2204.05862."""
    assert found(text) == [
        "arxiv:2302.07459",
        "doi:10.1000/abc",
        "isbn:9780262033848",
        "pmid:31452104",
        "pmcid:PMC123456",
        "issn:0378-5955",
        "arxiv:2204.05862",
    ]


@pytest.mark.parametrize(
    ("text", "identifiers"),
    [
        ("10.1000/a,10.1000/b;doi:10.1000/c", ["doi:10.1000/a", "doi:10.1000/b", "doi:10.1000/c"]),
        ("(10.1000/a)(10.1000/b)", ["doi:10.1000/a", "doi:10.1000/b"]),
        ('<a href="https://doi.org/10.1000/x">10.1000/x</a>', ["doi:10.1000/x"]),
        (r"\href{https://doi.org/10.1000/a\_b}{text}", ["doi:10.1000/a_b"]),
        ("https://link.springer.com/chapter/10.1007/978-3-642-15618-2_19", ["doi:10.1007/978-3-642-15618-2_19"]),
        ("Vaswani et al. CoRR abs/1706.03762 (2017)", ["arxiv:1706.03762"]),
        ("- 0704.0001\n- 1210.1234v2\n", ["arxiv:0704.0001", "arxiv:1210.1234"]),
        ("hep-th/9901001, math.GT/0309136", ["arxiv:hep-th/9901001", "arxiv:math/0309136"]),
        ("9780262033848", ["isbn:9780262033848"]),
        ("https://doi.org/d8dn.", ["doi:10/d8dn"]),
    ],
)
def test_identifiers_are_told_from_what_surrounds_them(text: str, identifiers: list[str]) -> None:
    assert found(text) == identifiers


@pytest.mark.parametrize(
    "text",
    [
        "In 2021, 1.5 of 12345678 people paid $2302.07459.",
        "a line at 1205.1234 cm and a mass of 1512.12345 MeV, 1512.12345(12) or 1512.12345 ± 3",
        "Python 3.10.12/x on Ubuntu 10.04/x86, see 10/3 and 10.5/2",
        "call 1-800-555-1234 or 030 1234567890 on 2021-02-03, 12/2021",
        "foo/9901001 and math/1301001",
        "https://www.doi.org/index.html https://doi.org/the-identifier/resources",
        "a file in /archive/2302.07459 and the number -2302.07459",
        "no digits at all",
    ],
)
def test_ordinary_numbers_are_no_identifiers(text: str) -> None:
    assert found(text) == []


def test_an_entry_is_identified_by_its_fields() -> None:
    assert named(doi=r"10.1000/A\_b") == ["doi:10.1000/a_b"]
    assert named(eprint="2302.07459v2", archiveprefix="arXiv") == ["arxiv:2302.07459"]
    assert named(eprint="hep-th/9901001", eprinttype="arxiv", primaryclass="hep-th") == ["arxiv:hep-th/9901001"]
    assert named(eprint="0704.0001") == ["arxiv:0704.0001"]
    assert named(eprint="31452104", eprinttype="pubmed") == ["pmid:31452104"]
    assert named(eprint="2302.07459", eprinttype="jstor") == []
    assert named(pmid="31452104", pmcid="PMC123456") == ["pmid:31452104", "pmcid:PMC123456"]
    assert named(arxivid="arXiv:0704.0001v1") == ["arxiv:0704.0001"]
    assert named(title="10.1000/x", abstract="arXiv:2302.07459") == []


def test_one_work_under_several_names_is_one_identifier() -> None:
    assert named(
        doi="10.48550/arXiv.2302.07459",
        eprint="2302.07459v1",
        eprinttype="arxiv",
        url="https://arxiv.org/abs/2302.07459v2",
        journal="arXiv preprint arXiv:2302.07459",
    ) == ["arxiv:2302.07459"]


@pytest.mark.parametrize(
    "fields",
    [
        {"journal": "arXiv preprint arXiv:1706.03762"},
        {"journal": "CoRR", "volume": "abs/1706.03762"},
        {"journal": "CoRR abs/1706.03762"},
        {"journal": "arXiv e-prints", "eid": "arXiv:1706.03762"},
        {"note": "Available at https://arxiv.org/abs/1706.03762v3 [cs.CL]."},
        {"howpublished": r"\url{https://arxiv.org/abs/1706.03762}"},
        {"url": "https://arxiv.org/pdf/1706.03762.pdf"},
    ],
)
def test_a_preprint_is_known_wherever_people_put_its_number(fields: dict[str, str]) -> None:
    assert named("article", **fields) == ["arxiv:1706.03762"]


@pytest.mark.parametrize(
    "fields",
    [
        {"note": "Erratum: doi:10.1000/x"},
        {"note": "See also https://doi.org/10.1000/x"},
        {"note": "Comment on arXiv:1706.03762"},
        {"note": "arXiv:1706.03762, arXiv:2302.07459"},
        {"volume": "1512.12345", "number": "1210.1234"},
        {"pages": "10.1000/5", "year": "2010"},
    ],
)
def test_a_note_on_another_work_identifies_nothing(fields: dict[str, str]) -> None:
    assert named("article", **fields) == []


def test_the_isbn_of_a_part_is_that_of_the_book() -> None:
    isbn = "0-262-03384-4 and 978-0-9752298-0-4"
    assert named("book", isbn=isbn) == ["isbn:9780262033848", "isbn:9780975229804"]
    assert named("inproceedings", isbn=isbn) == []
    assert named("InCollection", isbn=isbn, issn="0378-5955") == []


def test_the_address_of_a_book_does_not_identify_its_parts() -> None:
    url = "https://link.springer.com/book/10.1007/978-3-642-15618-2"
    assert named("proceedings", url=url) == ["doi:10.1007/978-3-642-15618-2"]
    assert named("inproceedings", url=url) == []


def test_a_record_is_identified_like_an_entry() -> None:
    record = Record("online", {"eprint": "2302.07459", "eprinttype": "arxiv", "doi": "10.1000/X"})
    assert record_identifiers(record) == (Identifier("doi", "10.1000/x"), Identifier("arxiv", "2302.07459"))


DOIS = st.from_regex(r"10\.[0-9]{4,6}/[A-Za-z0-9._();/-]{0,12}[A-Za-z0-9]", fullmatch=True).filter(
    lambda doi: doi.count("(") == 0 == doi.count(")")
)


@given(DOIS, st.sampled_from(["", "doi:", "https://doi.org/", "DOI ", "see ("]), st.sampled_from(["", ".", ",", ") "]))
@settings(max_examples=200)
def test_a_doi_survives_what_stands_round_it(doi: str, before: str, after: str) -> None:
    assert normalise_doi(before + doi + after) == doi
    assert find_identifiers(before + doi + after) == [Identifier("doi", doi.lower())]


@given(st.text())
@settings(max_examples=200)
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    for normalise in (normalise_arxiv, normalise_isbn, normalise_issn, normalise_pmid, normalise_pmcid):
        value = normalise(text)
        assert value is None or normalise(value) == value


PIECES = [
    "10.1000/",
    "doi:",
    "https://doi.org/",
    "arXiv:",
    "2302.07459",
    "hep-th/9901001",
    "v2",
    "ISBN ",
    "urn:",
    "%2F",
]
FRAGMENTS = st.sampled_from([*PIECES, "9780262033848", "PMID 12345", "::", *"<>()[]{}\\$ \n,;.x"])


@given(st.lists(FRAGMENTS, max_size=20).map("".join))
@settings(max_examples=500)
def test_any_text_is_read_and_what_is_found_is_in_normal_form(text: str) -> None:
    forms = {"arxiv": normalise_arxiv, "isbn": normalise_isbn, "pmid": normalise_pmid}
    for each in find_identifiers(text):
        assert forms.get(each.scheme, str.lower)(each.value) == each.value
    entry_identifiers({"doi": text, "eprint": text, "isbn": text, "note": text, "url": text})


@pytest.mark.parametrize(
    ("text", "identifiers"),
    [
        ("10.1000/a)", ["doi:10.1000/a"]),
        ("10.1000/a,", ["doi:10.1000/a"]),
        ("10.1000/(", []),
        ("10.1000/<", []),
        ("1210.1234 ", []),
        ("hep-th/9901001,", ["arxiv:hep-th/9901001"]),
        ("arxiv:", []),
        ("isbn ", []),
        ("\\url{", []),
        ("{a}", []),
    ],
)
def test_a_long_text_is_read_in_one_go(text: str, identifiers: list[str]) -> None:
    """These took minutes if reading went back over what it has read."""
    assert found(text * 20_000) == identifiers
