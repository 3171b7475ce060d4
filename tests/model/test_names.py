"""Names: lists cut and names parted as BibTeX does it, and written so that they are parted so again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibman.model.names import (
    OTHERS,
    Name,
    format_name,
    format_names,
    parse_name,
    parse_names,
    short_names,
    split_names,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", []),
        (" \n\t ", []),
        ("Deep Ganguli", ["Deep Ganguli"]),
        ("Ganguli, Deep and Askell, Amanda", ["Ganguli, Deep", "Askell, Amanda"]),
        ("A B AND C D\nand\tE F", ["A B", "C D", "E F"]),
        ("{Simon and Schuster} and {A {and} B}", ["{Simon and Schuster}", "{A {and} B}"]),
        ("{A} and {B", ["{A}", "{B"]),
        ("A} and B", ["A}", "B"]),
        ("Rand Andersen and Brandon Land", ["Rand Andersen", "Brandon Land"]),
        ("A~and B", ["A~and B"]),
        ("A \\and B", ["A \\and B"]),
        ("and A and B and", ["and A", "B and"]),
        ("A and and B", ["A", "B"]),
        ("A and others", ["A", "others"]),
    ],
)
def test_lists_are_cut_at_and_between_blanks_outside_braces(value: str, expected: list[str]) -> None:
    assert split_names(value) == expected


@given(st.lists(st.sampled_from([" and ", "and", " ", "{", "}", "a", ",", "b"]), max_size=12).map("".join))
def test_lists_are_cut_at_the_same_places_in_whatever_case_and_is(value: str) -> None:
    assert [name.lower() for name in split_names(value.replace(" and ", " AND "))] == split_names(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sheer El Showk", Name("Showk", "Sheer El")),
        ("El Showk, Sheer", Name("El Showk", "Sheer")),
        ("Zac Hatfield-Dodds", Name("Hatfield-Dodds", "Zac")),
        ("Łukasz Kaiser", Name("Kaiser", "Łukasz")),
        ("Étienne Ghys", Name("Ghys", "Étienne")),
        ("Jan van der Berg", Name("Berg", "Jan", prefix="van der")),
        ("van der Berg, Jan", Name("Berg", "Jan", prefix="van der")),
        ("Walther von der {vogel} Weide", Name("{vogel} Weide", "Walther", prefix="von der")),
        ("Karl östlich Berg", Name("Berg", "Karl", prefix="östlich")),
        ("Per Brinch Hansen", Name("Hansen", "Per Brinch")),
        ("King, Jr., Martin Luther", Name("King", "Martin Luther", suffix="Jr.")),
        ("de la Cour, III, Ann", Name("Cour", "Ann", prefix="de la", suffix="III")),
        ("Plato", Name("Plato")),
        ("boyd", Name("boyd")),
        ("danah boyd", Name("boyd", prefix="danah")),
        ("boyd, danah", Name("boyd", "danah")),
        ("Donald~E.~Knuth", Name("Knuth", "Donald~E.")),
        ("Donald E.\\ Knuth", Name("Knuth", "Donald E.")),
        ("Jo\\~ao da Silva", Name("Silva", "Jo\\~ao", prefix="da")),
        ("Ashken\\-azy, V.", Name("Ashken\\-azy", "V.")),
        ("Xiao-ming Li", Name("Li", "Xiao", prefix="ming")),
        ("al-Khwarizmi, Muhammad", Name("Khwarizmi", "Muhammad", prefix="al-")),
        ("Muhammad\n  al-Khwarizmi", Name("Khwarizmi", "Muhammad", prefix="al-")),
    ],
)
def test_persons_are_parted_into_first_von_last_and_jr(text: str, expected: Name) -> None:
    assert parse_name(text) == expected


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("A {\\'E}b C", ""),
        ("A {\\'e}b C", "{\\'e}b"),
        ("A \\'Eb C", ""),
        ("A {\\AA}b C", ""),
        ("A {\\aa}b C", "{\\aa}b"),
        ("A {\\o{}X} C", "{\\o{}X}"),
        ("A {\\relax von} C", "{\\relax von}"),
        ("A {\\relax Von} C", ""),
        ("A {\\'{\\i}}b C", "{\\'{\\i}}b"),
        ("A {\\1}b C", ""),
        ("A {b} C", ""),
        ("A {b}c D", "{b}c"),
        ("A {}b C", "{}b"),
        ("A 1b C", "1b"),
        ("A 1B C", ""),
        ("A ǅ C", ""),
        ("A 王 C", ""),
    ],
)
def test_a_word_is_of_the_prefix_if_its_first_letter_is_small(text: str, prefix: str) -> None:
    assert parse_name(text).prefix == prefix


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{NASA Jet Propulsion Laboratory}", Name(literal="NASA Jet Propulsion Laboratory")),
        ("{{NASA}}", Name(literal="{NASA}")),
        ("{\\LaTeX{} Project}", Name(literal="\\LaTeX{} Project")),
        (" { Barnes and\n Noble, Inc. } ", Name(literal="Barnes and Noble, Inc.")),
        ("{others}", Name(literal="others")),
        ("{A}-{B}", Name("{A}-{B}")),
        ("{A}{B}", Name("{A}{B}")),
        ("{}", Name("{}")),
        ("{von Neumann}, John", Name("von Neumann", "John")),
        ("{Bell, II}, {Edwin V.}", Name("Bell, II", "Edwin V.")),
        ("{von} {Neumann}, John", Name("{von} {Neumann}", "John")),
        ("A, {Jr.}, B", Name("A", "B", suffix="Jr.")),
    ],
)
def test_braces_round_a_whole_name_make_a_body_and_round_a_part_they_fall(text: str, expected: Name) -> None:
    assert parse_name(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Name()),
        (" ~ - , ", Name()),
        ("A,", Name("A")),
        ("A B, ,", Name("B", "A")),
        (", B", Name("B")),
        ("A,, B", Name("A", "B")),
        ("A, B, C, D", Name("A", "C D", suffix="B")),
        ("-A- ~B-", Name("A-B")),
        ("A {B C", Name("B C", "A")),
        ("{A B", Name(literal="A B")),
        ("A B}", Name("B", "A")),
        ("A\\} B", Name("B", "A")),
        ("A\\", Name("A\\")),
    ],
)
def test_odd_text_is_read_without_an_error(text: str, expected: Name) -> None:
    assert parse_name(text) == expected


def test_and_others_ends_the_list_with_a_mark() -> None:
    assert parse_names("Deep Ganguli and others") == (Name("Ganguli", "Deep"), OTHERS)
    assert parse_names("A B and {others}")[-1] != OTHERS
    assert format_names([Name("Ganguli", "Deep"), OTHERS]) == "Ganguli, Deep and others"


def test_what_holds_no_word_is_no_name() -> None:
    assert parse_names("A B and ~ and , and C D") == (Name("B", "A"), Name("D", "C"))
    assert format_names([Name("B", "A"), Name(), Name("D", "C")]) == "B, A and D, C"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (Name("El Showk", "Sheer"), "El Showk, Sheer"),
        (Name("Hatfield-Dodds", "Zac"), "Hatfield-Dodds, Zac"),
        (Name("Berg", "Jan", prefix="van der"), "van der Berg, Jan"),
        (Name("Khwarizmi", "Muhammad", prefix="al-"), "al-Khwarizmi, Muhammad"),
        (Name("King", "Martin Luther", suffix="Jr."), "King, Jr., Martin Luther"),
        (Name(literal="NASA Jet Propulsion Laboratory"), "{NASA Jet Propulsion Laboratory}"),
        (Name("boyd", "danah"), "{boyd}, danah"),
        (Name("boyd", "Danah"), "boyd, Danah"),
        (Name("boyd", "danah", prefix="van"), "van {boyd}, danah"),
        (Name("boyd", "Danah", suffix="jr"), "{boyd}, jr, Danah"),
        (Name("van Gogh", "Vincent"), "{van Gogh}, Vincent"),
        (Name("Dodds-van der Berg", "Jan"), "{Dodds-van der Berg}, Jan"),
        (Name("De la Cruz", "Ana"), "{De la Cruz}, Ana"),
        (Name("Bell, II", "Edwin"), "{Bell, II}, Edwin"),
        (Name("Simon and Schuster", "Max"), "{Simon and Schuster}, Max"),
        (Name("{NASA}", "Jet"), "{{NASA}}, Jet"),
        (Name("Poe", "Edgar and Allan"), "Poe, {Edgar and Allan}"),
        (Name("Poe", "And"), "Poe, {And}"),
        (Name("Poe", "Edgar", suffix="Jr., MD"), "Poe, {Jr., MD}, Edgar"),
        (Name("Plato"), "Plato"),
        (Name("boyd"), "boyd"),
        (Name("Gogh", prefix="van"), "van Gogh"),
        (Name("Gogh Museum", prefix="van"), "van Gogh Museum"),
        (Name("Gogh, Jr.", prefix="van"), "van {Gogh, Jr.}"),
        (Name("Max Planck Institute"), "{Max Planck Institute}"),
        (Name("King", suffix="Jr."), "{King, Jr.}"),
        (Name("Gaulle", "Charles", prefix="De"), "De Gaulle, Charles"),
        (Name("And", prefix="de"), "de {And}"),
        (Name(given="Suharto"), "{Suharto}"),
        (Name(), ""),
    ],
)
def test_names_are_written_with_braces_only_where_they_are_needed(name: Name, text: str) -> None:
    assert format_name(name) == text


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ""),
        ([Name("Ganguli", "Deep")], "Ganguli"),
        ([Name("Berg", "Jan", prefix="van der"), Name("Khwarizmi", prefix="al-")], "van der Berg, al-Khwarizmi"),
        ([Name("A"), Name("B"), Name("C")], "A, B, C"),
        ([Name("A"), Name("B"), Name("C"), Name("D")], "A et al."),
        ([Name("A"), OTHERS], "A et al."),
        ([Name(literal="NASA"), Name("B"), OTHERS], "NASA et al."),
        ([Name(given="Suharto")], "Suharto"),
        ([OTHERS], ""),
    ],
)
def test_a_narrow_column_names_the_families(names: list[Name], expected: str) -> None:
    assert short_names(names) == expected


def test_the_limit_says_how_many_families_are_named() -> None:
    assert short_names([Name("A"), Name("B")], limit=1) == "A et al."


LETTERS = st.sampled_from(list("anBdé{}\\~-, '1\n"))
TEXTS = st.text(LETTERS, max_size=16)


def balanced(text: str) -> str:
    """The text with its blanks made single and its braces made to match, and without control spaces."""
    depth = 0
    kept = []
    for letter in " ".join(text.replace("\\ ", " ").split()):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth < 0:
            depth = 0
        else:
            kept.append(letter)
    return " ".join(("".join(kept) + "}" * depth).replace("\\ ", " ").split())


PARTS = TEXTS.map(balanced).filter(bool)
PREFIXES = st.lists(st.sampled_from(["van", "de", "De", "'t", "d'", "{\\'e}t", "{X}y", "zu-den"]), min_size=1).map(
    lambda words: " ".join([*words, "von"])
)
WORDS = st.sampled_from(["Berg", "O'Neil", "Ørsted", "{\\'E}tienne", "B.", "{van}X", "Mc{D}onald", "Hatfield-Dodds"])


def has_and(text: str) -> bool:
    return "and" in text.casefold()


@given(TEXTS, st.sampled_from([" and ", " AND\n", "and", ""]), TEXTS)
def test_reading_loses_no_letter(first: str, between: str, second: str) -> None:
    text = first + between + second
    name = parse_name(text)
    kept = name.given + name.prefix + name.family + name.suffix + name.literal
    assert sorted(filter(str.isalnum, kept)) == sorted(filter(str.isalnum, text))


@settings(max_examples=200)
@given(TEXTS.filter(lambda text: not has_and(text)))
def test_whatever_was_read_is_written_so_that_it_reads_the_same(text: str) -> None:
    name = parse_name(text)
    assert parse_name(format_name(name)) == name


@settings(max_examples=200)
@given(st.builds(Name, PARTS, PARTS, st.just("") | PREFIXES, st.just("") | PARTS, st.just("")))
def test_persons_with_any_family_and_given_name_read_back_the_same(name: Name) -> None:
    assert parse_name(format_name(name)) == name


@given(PARTS.filter(lambda part: part.strip("{} ")))
def test_any_body_reads_back_the_same(literal: str) -> None:
    assert parse_name(format_name(Name(literal=literal))) == Name(literal=literal)


@given(WORDS, st.just("") | PREFIXES.filter(lambda prefix: not prefix.startswith(("De", "d'"))))
def test_a_family_alone_reads_back_the_same(family: str, prefix: str) -> None:
    assert parse_name(format_name(Name(family, prefix=prefix))) == Name(family, prefix=prefix)


@given(st.lists(st.builds(Name, PARTS, PARTS, st.just("") | PREFIXES, st.just("") | PARTS, st.just("")), max_size=4))
def test_lists_read_back_name_by_name(names: list[Name]) -> None:
    assert parse_names(format_names(names)) == tuple(names)


@pytest.mark.parametrize("text", ["{" * 50_000 + "a", "}" * 50_000 + "a", "a " * 50_000, "a-" * 50_000, ",a" * 50_000])
def test_hostile_names_are_read_and_written_without_recursion(text: str) -> None:
    name = parse_name(text)
    assert name != Name()
    assert parse_name(format_name(name)) == name


@pytest.mark.parametrize(
    ("text", "count"),
    [(" " * 300_000 + "x", 1), ("and " * 50_000, 2), ("{\\" * 100_000, 1), ("A and {B} and " * 50_000, 100_000)],
)
def test_hostile_lists_are_cut_without_recursion(text: str, count: int) -> None:
    assert len(split_names(text)) == count
