import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bibman.errors import InvalidValueError
from bibman.model.citekeys import (
    DEFAULT_PATTERN,
    check_key,
    check_pattern,
    clean,
    expand,
    generate,
    provisional,
    unique,
)
from bibman.model.entry import Entry, Field

ONE = "Isaac Newton"
TWO = "Isaac Newton and James Maxwell"
THREE = "Newton, Isaac and Maxwell, James and Einstein, Albert"
FIVE = "I. Newton and J. Maxwell and A. Einstein and N. Bohr and Marie Curie"
CUT = "Isaac Newton and others"
DUTCH = "Wil van der Aalst and Tammo van Lessen"


def entry(type_: str = "article", /, **fields: str) -> Entry:
    return Entry("key", type_, tuple(Field(name, value) for name, value in fields.items()))


def test_the_default_pattern_takes_first_author_year_and_first_telling_word() -> None:
    work = entry(
        author="Deep Ganguli and Amanda Askell",
        date="2023-02-15",
        title="The Capacity for Moral Self-Correction in Large Language Models",
    )
    assert generate(DEFAULT_PATTERN, work) == "ganguli2023capacity"


@pytest.mark.parametrize(
    ("author", "key"),
    [
        ("El Showk, Sheer", "elshowk"),
        (r"Kamil{\.e} Luko{\v s}i{\=u}t{\.e}", "lukosiute"),
        ("Hatfield-Dodds, Zac", "hatfielddodds"),
        ("Jürgen Müller", "mueller"),
        ("Søren Ørsted", "orsted"),
        ("Straße, Ægir Ł.", "strasse"),
        ("Łukasz Kaiser", "kaiser"),
        ("D'Amico, Æ.", "damico"),
        ("杨秀群", "杨秀群"),
        ("Владимир Лукашенко", "лукашенко"),
    ],
)
def test_names_become_keys_that_can_be_typed(author: str, key: str) -> None:
    assert generate("[auth:lower]", entry(author=author)) == key


@pytest.mark.parametrize(
    ("pattern", "author", "text"),
    [
        ("[auth]", FIVE, "Newton"),
        ("[auth3]", ONE, "New"),
        ("[auth3]", "Mädler, J.", "Mae"),
        ("[auth3_2]", TWO, "Max"),
        ("[auth3_7]", TWO, ""),
        ("[authors]", TWO, "NewtonMaxwell"),
        ("[authors]", CUT, "NewtonEtAl"),
        ("[authors2]", THREE, "NewtonMaxwellEtAl"),
        ("[authors3]", THREE, "NewtonMaxwellEinstein"),
        ("[authors1]", CUT, "NewtonEtAl"),
        ("[authorsAlpha]", ONE, "New"),
        ("[authorsAlpha]", THREE, "NME"),
        ("[authorsAlpha]", FIVE, "NME+"),
        ("[authorsAlpha]", "Wil van der Aalst", "vdAal"),
        ("[authorsAlpha]", DUTCH, "vdAvL"),
        ("[authorsAlpha]", CUT, "New+"),
        ("[authIni4]", ONE, "Newt"),
        ("[authIni4]", THREE, "NeME"),
        ("[authIni7]", TWO, "NewtMax"),
        ("[authorIni]", THREE, "NewtoME"),
        ("[authorLast]", DUTCH, "Lessen"),
        ("[authForeIni]", FIVE, "I"),
        ("[authorLastForeIni]", FIVE, "M"),
        ("[authFirstFull]", DUTCH, "vanderAalst"),
        ("[auth.auth.ea]", TWO, "Newton.Maxwell"),
        ("[auth.auth.ea]", THREE, "Newton.Maxwell.ea"),
        ("[auth.etal]", TWO, "Newton.Maxwell"),
        ("[auth.etal]", THREE, "Newton.etal"),
        ("[auth.etal]", CUT, "Newton.etal"),
        ("[authEtAl]", TWO, "NewtonMaxwell"),
        ("[authEtAl]", THREE, "NewtonEtAl"),
        ("[authshort]", ONE, "Newton"),
        ("[authshort]", THREE, "NME"),
        ("[authshort]", FIVE, "NME+"),
    ],
)
def test_author_markers(pattern: str, author: str, text: str) -> None:
    assert expand(pattern, entry(author=author)) == text


@pytest.mark.parametrize(
    "pattern", ["[auth]", "[auth3_1]", "[authorsAlpha]", "[auth.auth.ea]", "[authEtAl]", "[authshort]"]
)
def test_without_authors_an_author_marker_is_empty(pattern: str) -> None:
    assert expand(pattern, entry(author="")) == ""


def test_author_markers_fall_back_to_editors_unless_they_are_pure() -> None:
    work = entry("book", editor="J. Doe and R. Roe")
    assert expand("[authors]", work) == "DoeRoe"
    assert expand("[pureauthors]", work) == ""
    assert expand("[pureauth]", entry(author="A. Poe", editor="J. Doe")) == "Poe"


def test_editors_have_every_marker_that_authors_have() -> None:
    work = entry(author="A. Poe", editor="J. Doe and R. Roe")
    pattern = "[edtr] [edtr2_2] [edtrForeIni] [editors] [editorLast] [editorIni] [edtr.edtr.ea] [edtrshort]"
    assert expand(pattern, work) == "Doe Ro J DoeRoe Roe DoeR Doe.Roe DR"


@pytest.mark.parametrize(
    ("author", "key"),
    [
        ("{European Union Aviation Safety Agency}", "EUASA"),
        ("{European Union Aviation Safety Agency ({EASA})}", "EASA"),
        ("{Massachusetts Institute of Technology}", "MIT"),
        ("{Vienna University of Technology}", "VUT"),
        (r"{Link{\"o}ping University}", "UniLinkoeping"),
        (r"{Link{\"o}ping University, School of Computer Engineering}", "UniLinkoepingCE"),
        (r"{School of Computer Engineering, Link{\"o}ping University}", "UniLinkoepingCE"),
        ("{Computer Science, University of Oxford}", "UniOxfordComputerScience"),
        ("{The School of Null}", "SchoolNull"),
        ("{OpenAI}", "OpenAI"),
        ("{eBay}", "eBay"),
        ("{the lower house}", "thelowerhouse"),
    ],
)
def test_bodies_are_abbreviated(author: str, key: str) -> None:
    assert generate("[auth]", entry(author=author)) == key


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("[title]", "The Difference between Graph Based and Flat Models: a Study"),
        ("[fulltitle]", "The difference Between graph-based and flat models: A Study"),
        ("[shorttitle]", "difference graph based"),
        ("[shorttitleINI]", "dgb"),
        ("[veryshorttitle]", "difference"),
        ("[camel]", "TheDifferenceBetweenGraphBasedAndFlatModels:AStudy"),
        ("[camel3]", "TheDifferenceBetween"),
        ("[TITLE]", "The difference Between graph-based and flat models: A Study"),
    ],
)
def test_title_markers(pattern: str, text: str) -> None:
    title = "The {difference} Between graph-based and flat models: A Study"
    assert expand(pattern, entry(title=title)) == text


def test_a_title_of_small_words_only_keeps_them() -> None:
    assert expand("[shorttitle]", entry(title="In and Out")) == "Out"
    assert expand("[shorttitle]", entry(title="On the In")) == "On the In"


@pytest.mark.parametrize(
    ("pages", "first", "last", "prefix"),
    [
        ("7--27", "7", "27", ""),
        ("41,7,73--97", "7", "97", ""),
        ("43+", "43", "43", ""),
        ("L7--L12", "7", "12", "L"),
        ("--27", "27", "27", ""),
        ("", "", "", ""),
        ("9" * 5000, "9" * 5000, "9" * 5000, ""),
    ],
)
def test_page_markers(pages: str, first: str, last: str, prefix: str) -> None:
    assert expand("[firstpage]|[lastpage]|[pageprefix]", entry(pages=pages)) == f"{first}|{last}|{prefix}"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"year": "2023"}, "2023/23"),
        ({"date": "2021-05/2022"}, "2021/21"),
        ({"year": "in press"}, "in press/IP"),
        ({}, "/"),
    ],
)
def test_year_markers(fields: dict[str, str], text: str) -> None:
    assert expand("[year]/[shortyear]", entry(**fields)) == text


def test_a_field_is_found_by_the_name_that_the_other_dialect_has_for_it() -> None:
    assert expand("[journal] [month]", entry(journaltitle="Nature", date="2020-05-01")) == "Nature 05"
    assert expand("[JOURNALTITLE]", entry(journal="Nature")) == "Nature"


def test_keywords_are_counted_from_one() -> None:
    work = entry(keywords="deep learning, nlp; ethics")
    assert expand("[keyword1]|[keyword3]|[keyword4]|[keyword0]", work) == "deep learning|ethics||"
    assert expand("[keywords2]|[keywords]", work) == "deep learningnlp|deep learningnlpethics"


def test_type_and_key_can_stand_in_a_key() -> None:
    assert expand("[entrytype]-[citationkey]", entry("inproceedings")) == "InProceedings-key"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("[TITLE:lower]", "a study of big data"),
        ("[TITLE:upper]", "A STUDY OF BIG DATA"),
        ("[TITLE:abbr]", "AsoBD"),
        ("[TITLE:capitalize]", "A Study Of Big Data"),
        ("[TITLE:titlecase]", "A Study of Big Data"),
        ("[TITLE:sentencecase]", "A study of big data"),
        ("[TITLE:camel]", "AStudyOfBigData"),
        ("[TITLE:camel2]", "AStudy"),
        ("[TITLE:shorttitle]", "study Big Data"),
        ("[TITLE:veryshorttitle:upper]", "STUDY"),
        ("[TITLE:truncate7]", "A study"),
        ('[TITLE:regex("[aeiou]","")]', "A stdy f Bg Dt"),
        ('[TITLE:regex("(\\w+) (\\w+).*","$2-$1")]', "study-A"),
        ('[TITLE:regex("of.*","\\$1 \\"x\\"")]', 'A study $1 "x"'),
        ('[TITLE:regex(" ",":"):lower]', "a:study:of:big:data"),
        ("[auth:(nobody)]", "nobody"),
        ("[auth:([year:([title:lower])])]", "a study of big data"),
        ("[TITLE:(nobody):lower]", "a study of big data"),
        (r"\[TITLE\]", "[TITLE]"),
        ("[TITLE:no such modifier][nosuchmarker]", "A study of Big Data"),
        ("[]", ""),
    ],
)
def test_modifiers(pattern: str, text: str) -> None:
    assert expand(pattern, entry(title="A study of Big Data")) == text


def test_the_text_of_the_pattern_stays_and_what_stands_in_the_fields_is_cleaned() -> None:
    work = entry(author="Hatfield-Dodds, Zac", year="2023", title="Why: {A} $k$-means?")
    assert generate("[auth]:[year]-[title], [fulltitle]", work) == "HatfieldDodds:2023-WhyaKMeansWhyAkmeans"


def test_a_regular_expression_sees_the_signs_that_cleaning_takes_away() -> None:
    assert generate('[fulltitle:regex(":.*","")]', entry(title="Big Data: A Study")) == "BigData"


def test_a_key_is_never_empty() -> None:
    assert generate(DEFAULT_PATTERN, entry("online")) == "online"
    assert generate("[auth]-[year]", entry("online")) == "online"
    assert generate("[auth]", Entry("", "")) == "entry"


@pytest.mark.parametrize(
    ("pattern", "column", "what"),
    [
        ("[auth][yaer]", 8, "yaer"),
        ("[auth:lowr]", 7, "lowr"),
        ("[year:([auht])]", 9, "auht"),
        ("[auth:lower][year", 13, "never closed"),
        ("x[auth:regex(a)]", 8, "regular expression"),
        ('[auth:regex("(","b")]', 7, "regular expression"),
        ('[auth:regex("a","$1")]', 7, "group"),
        ("[auth:truncate]", 7, "truncate"),
        ("[]", 2, "marker"),
        ("", 1, "marker"),
        ("[venue]", 2, "venue"),
        ("[a:(" * 20 + ")]" * 20, 1, "deep"),
    ],
)
def test_a_wrong_pattern_is_refused_with_the_column(pattern: str, column: int, what: str) -> None:
    with pytest.raises(InvalidValueError, match=what) as error:
        check_pattern(pattern)
    if what != "deep":
        assert f"column {column}:" in error.value.message


def test_a_misspelt_marker_or_modifier_names_the_right_one() -> None:
    with pytest.raises(InvalidValueError, match="Did you mean year"):
        check_pattern("[yaer]")
    with pytest.raises(InvalidValueError, match="Did you mean lower"):
        check_pattern("[auth:lowr]")


@pytest.mark.parametrize(
    "pattern", [DEFAULT_PATTERN, "[authors2:upper]_[pureauth3_1][VENUE]", "[edtrIni3][camel4][keyword1:truncate5]"]
)
def test_a_right_pattern_is_accepted(pattern: str) -> None:
    check_pattern(pattern)


def test_equal_keys_get_letters() -> None:
    assert unique("k", set[str]().__contains__) == "k"
    assert unique("k", {"k"}.__contains__) == "ka"
    assert unique("k", {"k", "kb"}.__contains__) == "ka"
    assert unique("K", lambda key: key.lower() in {"k", "ka"}) == "Kb"


def test_after_z_come_two_letters() -> None:
    taken = {"k", *(f"k{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")}
    assert unique("k", taken.__contains__) == "kaa"


def test_ten_thousand_equal_keys_ask_little_more_than_a_hundred_times_each() -> None:
    taken: set[str] = set()
    asked = 0

    def is_taken(key: str) -> bool:
        nonlocal asked
        asked += 1
        return key in taken

    for _ in range(10_000):
        key = unique("k", is_taken)
        assert key not in taken
        taken.add(key)
    assert asked < 10_000 * 130


@pytest.mark.parametrize(
    "key", ["ganguli2023capacity", "DBLP:conf/nips/X", "a.b_c+d-e", "née1999", "杨2001", "a&b", "[1]"]
)
def test_a_key_that_latex_can_cite_is_accepted(key: str) -> None:
    check_key(key)


@pytest.mark.parametrize("char", list("\"#%'(),=\\{}~ \t\n\x00\x7f\u00a0\u200b\ud800"))
def test_a_character_that_breaks_the_citation_is_refused(char: str) -> None:
    with pytest.raises(InvalidValueError, match="place 2"):
        check_key(f"a{char}b")


def test_the_refusal_says_which_character_and_what_to_do() -> None:
    with pytest.raises(InvalidValueError) as error:
        check_key("ab,c")
    assert str(error.value) == (
        "the citation key 'ab,c' has the character , at place 3, with which LaTeX could not cite it. Leave it out: abc"
    )


@pytest.mark.parametrize("key", ["", "*"])
def test_no_key_and_the_key_that_means_all_are_refused(key: str) -> None:
    with pytest.raises(InvalidValueError):
        check_key(key)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Developing safe and useful general-purpose AI systems", "unidentified-developing-safe-useful"),
        ("“We describe” our early efforts", "unidentified-we-describe-our"),
        (r"\emph{Naïve} Bayes is", "unidentified-naive-bayes-is"),
        ("Counterrevolutionaries internationalise", "unidentified-counterrevolutionaries"),
        ("中文文本", "unidentified"),
        ("", "unidentified"),
    ],
)
def test_a_provisional_key_shows_the_opening_words(text: str, key: str) -> None:
    assert provisional(text) == key


@given(st.text())
@settings(max_examples=200)
def test_any_text_gives_a_provisional_key_in_ascii(text: str) -> None:
    key = provisional(text)
    assert re.fullmatch("[a-z0-9._*+/<>@|\\[\\]-]{12,40}", key)
    check_key(key)


@given(st.text())
@example("\u1ab0:\u1dfd")
@settings(max_examples=300)
def test_what_is_cleaned_can_be_cited_and_stays_clean(text: str) -> None:
    key = clean(text)
    assert clean(key) == key
    if key and key != "*":
        check_key(key)


PIECES = st.sampled_from(
    ["[auth]", "[title", ":lower", ":(", ")", "]", "[", '"', ":regex(", '"a","b")', "\\", "x", ","]
)


@given(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=20), st.text(max_size=20))
@settings(max_examples=300)
def test_any_pattern_makes_a_key_that_can_be_cited_or_is_refused(pattern: str, author: str, title: str) -> None:
    work = entry(author=author, title=title, year="2020")
    try:
        key = generate(pattern, work)
    except InvalidValueError:
        with pytest.raises(InvalidValueError):
            check_pattern(pattern)
    else:
        check_key(key)


@given(st.integers(0, 3000))
@settings(max_examples=100)
def test_a_unique_key_is_the_key_with_letters_and_never_taken(count: int) -> None:
    taken = {"k"} if count else set[str]()
    for _ in range(min(count, 150)):
        taken.add(unique("k", taken.__contains__))
    found = unique("k", taken.__contains__)
    assert found not in taken
    assert re.fullmatch("k[a-z]*", found)
