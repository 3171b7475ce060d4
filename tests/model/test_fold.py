"""One folding of text for the index, for queries and for matching."""

import sqlite3
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.model.fold import fold, fold_each, fragment, opening_key, stream, text_key, unlabelled
from bibman.model.latex import decode
from bibman.model.naming import fold_name

_ABSTRACT = (
    "We test the hypothesis that language models trained with reinforcement learning from human feedback (RLHF) have"
    " the capability to “morally self-correct” – to avoid producing harmful outputs – if instructed to do so."
)
_WITHOUT_COMMANDS = st.sampled_from("aBé2 \n~-'`,?!:/.é\u0301–²") | st.characters(exclude_characters="\\{}$<&")
_MIXED = st.sampled_from("aBcé2 \n\t~-'_.Łßα–²\u0301\xa0") | st.characters(
    max_codepoint=0x24F, exclude_characters="\\{}$<&"
)


class TestFold:
    @pytest.mark.parametrize(
        ("text", "folded"),
        [
            ("Łukasz Ørsted, straße; ĐORĐE İI ı", "lukasz orsted strasse dorde ii i"),
            ("Æsop þing Erdős naïve CŒUR ﬁ", "aesop thing erdos naive coeur fi"),
            ("α-synuclein, Θεός, NF-κB", "alpha synuclein thetaepsilonomicronsigma nf kappab"),
            ("O'Brien's self-correction – “x”…", "o brien s self correction x"),
            ("Qurʾān, Hawaiʻi", "qur an hawai i"),
            ("x² ½ ™ ℝ 𝒪 ①", "x2 1 2 tm r o 1"),
            ("延长油矿 が 한국어 Теория", "延长油矿 が 한국어 теория"),
            ("<i>E. coli</i> &amp; M&eacute;t&#233;o a < b", "e coli meteo a b"),
            ("snake_case C++\n\n\ta", "snake case c a"),
            ("", ""),
        ],
    )
    def test_words_without_accents_case_and_punctuation(self, text: str, folded: str) -> None:
        assert fold(text) == folded

    @pytest.mark.parametrize(
        ("latex", "text"),
        [
            (r"Erd{\H{o}}s and {\L}ukasz {\O}rsted", "Erdős and Łukasz Ørsted"),
            (r"$\alpha$-stable in $L^2$ and $\mathcal{O}(n\log n)$", "α-stable in L² and O(n log n)"),
            (r"{\TeX}book, \emph{in vivo}~50\%", "TeXbook, in vivo 50%"),
        ],
    )
    def test_latex_folds_as_what_it_prints(self, latex: str, text: str) -> None:
        assert fold(latex) == fold(text)

    @given(st.text(max_size=40))
    def test_what_is_folded_folds_to_itself(self, text: str) -> None:
        assert fold(fold(text)) == fold(text)

    @given(st.text(alphabet=st.characters(exclude_characters="\x00"), max_size=40))
    def test_the_tokenizer_of_the_index_takes_each_word_as_it_is(self, text: str) -> None:
        with sqlite3.connect(":memory:") as library:
            library.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize = 'unicode61 remove_diacritics 0')")
            library.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, instance)")
            library.execute("INSERT INTO t VALUES (?)", [fold(text)])
            tokens = [term for (term,) in library.execute("SELECT term FROM v ORDER BY offset")]
        library.close()
        assert tokens == fold(text).split()

    @given(st.text(alphabet=_WITHOUT_COMMANDS, max_size=40))
    def test_text_without_commands_folds_as_what_it_prints(self, text: str) -> None:
        assert fold(text) == fold(decode(text))

    @given(st.text(alphabet=_MIXED, max_size=40))
    def test_latin_text_folds_the_same_beside_other_scripts(self, text: str) -> None:
        assert fold(f"{text} 延") == f"{fold(text)} 延".lstrip()

    @given(st.lists(st.text(alphabet=_MIXED | st.sampled_from("\0{}\\$<&;延"), max_size=20), max_size=5))
    def test_texts_fold_together_as_each_alone(self, texts: list[str]) -> None:
        assert fold_each(texts) == [fold(text) for text in texts]


class TestStream:
    @pytest.mark.parametrize(
        "other",
        [
            _ABSTRACT.upper(),
            _ABSTRACT.replace(" ", "\n  "),
            _ABSTRACT.replace("–", "--").replace("“", "``").replace("”", "''"),
            _ABSTRACT.replace("self-correct", "self-\ncorrect").replace("feedback", "feed-\nback"),
            _ABSTRACT.replace("language models", r"\emph{language models}").replace("We", r"{\bf We}"),
            _ABSTRACT.replace("harmful", "<b>harmful</b>").replace("(RLHF)", "&#40;RLHF&#41;"),
            _ABSTRACT.replace("the", "th\u00ade"),
        ],
        ids=["case", "spacing", "quotes", "hyphens", "latex", "html", "soft hyphen"],
    )
    def test_spacing_hyphens_quotes_and_markup_vanish(self, other: str) -> None:
        assert stream(other) == stream(_ABSTRACT)

    @pytest.mark.parametrize(
        ("latex", "text"),
        [
            (r"Erd\H{o}s, {\O}rsted, \AA ngstr\"om, na{\"\i}ve, {\ss}", "Erdős, Ørsted, Ångström, naïve, ß"),
            (r"$\alpha\leq\beta$, $\log n$, $x^{2}$, $\mathbb{R}$, $\varepsilon$", "α≤β, log n, x², ℝ, ε"),
            (r"\textbf{a}, \citep{b}, \TeX, 50\%", "a, b, TeX, 50%"),
        ],
    )
    def test_latex_and_plain_text_are_equal(self, latex: str, text: str) -> None:
        assert stream(latex) == stream(text)

    def test_latin_text_leaves_only_ascii_letters_and_digits(self) -> None:
        assert stream("Łódź, 2023: “α”") == "lodz2023alpha"

    def test_other_scripts_keep_their_letters(self) -> None:
        assert stream("《延长油矿》的 早期。") == "延长油矿的早期"
        assert stream("Теория, упругости!") == "теорияупругости"

    def test_less_and_greater_of_a_formula_are_no_tag(self) -> None:
        assert stream("0 <x and y> 1") == "0xandy1"

    @given(st.text(max_size=40))
    def test_a_stream_is_letters_and_digits_and_its_own_stream(self, text: str) -> None:
        assert all(sign.isalnum() for sign in stream(text))
        assert stream(stream(text)) == stream(text)


class TestFragment:
    @pytest.mark.parametrize("mark", ["...", "…", " …", " [...]", " […]", " (...)", " . . .", "...\n"])
    def test_the_mark_of_a_cut_is_taken_off(self, mark: str) -> None:
        assert fragment(f" if i{mark}") == ("if i", True)

    def test_a_whole_text_is_only_stripped(self) -> None:
        assert fragment(" It ends here. ") == ("It ends here.", False)

    def test_the_full_stop_before_the_mark_stays(self) -> None:
        assert fragment("It ends here. ...") == ("It ends here.", True)
        assert fragment("It ends here....") == ("It ends here.", True)

    def test_a_mark_alone_leaves_nothing(self) -> None:
        assert fragment("...") == ("", True)


class TestKeys:
    def test_the_opening_key_goes_by_the_first_48_letters_and_digits(self) -> None:
        assert opening_key(_ABSTRACT[:70]) == opening_key(_ABSTRACT.upper()) is not None
        assert opening_key("a" * 48 + "b") == opening_key("a" * 48 + "c") != opening_key("a" * 47 + "b")

    def test_a_short_text_has_no_opening_key(self) -> None:
        assert opening_key("a" * 47) is None
        assert opening_key("") is None

    def test_keys_are_the_same_on_every_machine(self) -> None:
        # They are stored: another hash would find nothing in the indexes that there are. (b2sum -l 40, -l 64)
        assert opening_key("a" * 48) == 0x785446C975
        assert text_key("A, b!") == 0x0E52B5F187DE1088 >> 1

    def test_the_text_key_goes_by_the_whole_stream(self) -> None:
        assert text_key(_ABSTRACT) == text_key(f" {_ABSTRACT.lower()}!") != text_key(_ABSTRACT[:-9])

    def test_texts_without_letters_have_different_text_keys(self) -> None:
        assert text_key(" ?! ") == text_key("?!") != text_key("!?")

    @given(st.text())
    def test_keys_fit_their_columns(self, text: str) -> None:
        assert 0 <= text_key(text) < 2**63
        opening = opening_key(text * 20)
        assert opening is None or 0 <= opening < 2**40


class TestFoldName:
    @pytest.mark.parametrize(
        ("name", "folded"),
        [(" To  Read\t", "to read"), ("Straße", "strasse"), ("Café", "café"), ("Cafe\u0301", "café"), ("", "")],
    )
    def test_blanks_and_case_do_not_count_and_accents_do(self, name: str, folded: str) -> None:
        assert fold_name(name) == folded

    @given(st.text())
    def test_what_is_folded_folds_to_itself(self, name: str) -> None:
        assert fold_name(fold_name(name)) == fold_name(name)
        assert fold_name(unicodedata.normalize("NFD", name)) == fold_name(name)


@pytest.mark.parametrize(
    "part", ["<i ", "&#9", "&#99999999999999999999;", "\u0301\u0316", "中", "\\a", ".", "...x", "हि"]
)
def test_long_and_odd_text_takes_no_more_than_its_share_of_time(part: str) -> None:
    # A time that grew with the square would take hours.
    text = part * (300_000 // len(part))
    assert len(stream(text)) <= len(fold(text)) <= len(text)
    assert len(fragment(text)[0]) <= len(text)
    assert isinstance(text_key(text), int)


@pytest.mark.parametrize("label", ["Abstract: ", "ABSTRACT. ", "Abstract—", "Abstract\n", "  Summary -- "])
def test_the_word_that_says_that_a_text_is_an_abstract_is_no_part_of_it(label: str) -> None:
    assert unlabelled(f"{label}We test it.") == "We test it."


@pytest.mark.parametrize("text", ["Abstract interpretation is sound.", "Abstractions: a view", "Abstract:"])
def test_a_text_that_begins_with_such_a_word_keeps_it(text: str) -> None:
    assert unlabelled(text) == text
