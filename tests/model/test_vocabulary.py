"""The tables of types and fields: complete, and consistent with each other."""

import pytest

from bibman.model import vocabulary
from bibman.model.vocabulary import (
    BIBLATEX_TYPES,
    BIBTEX_TYPES,
    FIELD_ALIASES,
    FIELD_ORDER,
    KNOWN_TYPES,
    REQUIRED_BIBLATEX,
    REQUIRED_BIBTEX,
    Dialect,
    biblatex_type,
    bibtex_field,
    bibtex_type,
    canonical,
    field_rank,
    is_known_type,
    is_name_list,
    is_verbatim,
    nearest_types,
    required,
)


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("article", "article"),
        ("conference", "conference"),
        ("online", "misc"),
        ("electronic", "misc"),
        ("www", "misc"),
        ("software", "misc"),
        ("dataset", "misc"),
        ("patent", "misc"),
        ("thesis", "phdthesis"),
        ("report", "techreport"),
        ("collection", "book"),
        ("mvproceedings", "proceedings"),
        ("suppperiodical", "article"),
        ("homemade", "homemade"),
    ],
)
def test_every_type_has_the_type_of_bibtex_that_prints_it_best(type_: str, expected: str) -> None:
    assert bibtex_type(type_) == expected


def test_no_known_type_is_left_without_a_type_of_bibtex() -> None:
    assert {bibtex_type(each) for each in KNOWN_TYPES} <= BIBTEX_TYPES


def test_every_type_of_bibtex_is_a_type_of_biblatex_or_an_alias_of_one() -> None:
    assert {biblatex_type(each)[0] for each in BIBTEX_TYPES} <= BIBLATEX_TYPES


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("phdthesis", ("thesis", "phdthesis")),
        ("mastersthesis", ("thesis", "mathesis")),
        ("techreport", ("report", "techreport")),
        ("conference", ("inproceedings", "")),
        ("www", ("online", "")),
        ("article", ("article", "")),
        ("homemade", ("homemade", "")),
    ],
)
def test_older_types_are_read_as_biblatex_reads_them(type_: str, expected: tuple[str, str]) -> None:
    assert biblatex_type(type_) == expected


@pytest.mark.parametrize(
    ("type_", "known"), [("mvbook", True), ("phdthesis", True), ("www", True), ("artikel", False), ("", False)]
)
def test_known_types_are_told_from_others(type_: str, known: bool) -> None:
    assert is_known_type(type_) is known


def test_a_misspelt_type_has_near_ones_and_nonsense_has_none() -> None:
    assert nearest_types("Artical")[0] == "article"
    assert "inproceedings" in nearest_types("inproceeding")
    assert nearest_types("zzzzzzzz") == []


@pytest.mark.parametrize(("alias", "name"), sorted(FIELD_ALIASES.items()))
def test_an_alias_and_its_field_have_one_canonical_name_and_one_place(alias: str, name: str) -> None:
    assert canonical(alias) == name == canonical(name)
    assert field_rank(alias)[0] == field_rank(name)[0]


@pytest.mark.parametrize(
    ("name", "type_", "expected"),
    [
        ("journaltitle", "article", "journal"),
        ("location", "book", "address"),
        ("institution", "report", "institution"),
        ("institution", "thesis", "school"),
        ("institution", "mastersthesis", "school"),
        ("eprinttype", "misc", "archiveprefix"),
        ("eprintclass", "misc", "primaryclass"),
        ("annotation", "misc", "annote"),
        ("sortkey", "misc", "key"),
        ("title", "misc", "title"),
    ],
)
def test_fields_have_their_names_in_bibtex(name: str, type_: str, expected: str) -> None:
    assert bibtex_field(name, type_) == expected


@pytest.mark.parametrize("type_", sorted(BIBTEX_TYPES))
@pytest.mark.parametrize("name", sorted({*FIELD_ORDER, *FIELD_ALIASES.values()}))
def test_a_field_renamed_for_bibtex_is_still_the_same_field(name: str, type_: str) -> None:
    assert canonical(bibtex_field(name, type_)) == name


@pytest.mark.parametrize("name", ["url", "doi", "eprint", "file", "pdf", "crossref", "ids", "bdsk-url-1"])
def test_addresses_identifiers_and_keys_are_verbatim(name: str) -> None:
    assert is_verbatim(name)


@pytest.mark.parametrize("name", vocabulary.REFERENCE_FIELDS)
def test_fields_that_refer_to_other_entries_are_verbatim(name: str) -> None:
    assert is_verbatim(name)


@pytest.mark.parametrize("name", ["title", "author", "eprintclass", "howpublished", "date", "keywords"])
def test_texts_are_not_verbatim(name: str) -> None:
    assert not is_verbatim(name)


def test_name_lists_are_told_from_texts() -> None:
    assert is_name_list("translator")
    assert not is_name_list("publisher")


def test_fields_are_ordered_as_listed_and_unlisted_ones_follow_by_name() -> None:
    names = ["zebra", "file", "apple", "address", "title", "author"]
    assert sorted(names, key=field_rank) == ["author", "title", "address", "file", "apple", "zebra"]


def test_a_field_stands_only_once_in_the_order() -> None:
    assert len(set(FIELD_ORDER)) == len(FIELD_ORDER)
    assert not set(FIELD_ORDER) & set(FIELD_ALIASES)


@pytest.mark.parametrize(
    ("type_", "dialect", "groups"),
    [
        ("article", "bibtex", {("author",), ("title",), ("journal",), ("year",)}),
        ("article", "biblatex", {("author",), ("title",), ("journaltitle",), ("date", "year")}),
        ("online", "biblatex", {("author", "editor"), ("title",), ("date", "year"), ("doi", "eprint", "url")}),
        ("misc", "bibtex", set()),
        ("homemade", "bibtex", set()),
    ],
)
def test_required_fields_follow_the_dialect(type_: str, dialect: Dialect, groups: set[tuple[str, ...]]) -> None:
    assert set(required(type_, dialect)) == groups


def test_requirements_are_written_in_the_names_of_their_dialect() -> None:
    assert set(REQUIRED_BIBTEX) == BIBTEX_TYPES
    assert set(REQUIRED_BIBLATEX) <= KNOWN_TYPES
    named = {name for groups in REQUIRED_BIBLATEX.values() for group in groups for name in group}
    assert named == {canonical(name) for name in named}


def test_tables_are_lower_case() -> None:
    words = {*KNOWN_TYPES, *FIELD_ORDER, *FIELD_ALIASES, *vocabulary.VERBATIM_FIELDS, *vocabulary.NAME_FIELDS}
    assert words == {word.lower() for word in words}
