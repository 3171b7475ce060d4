"""Braces of BibTeX text: whether they are balanced, and which capitals of a title they keep."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibman.model.latex import decode, imbalance, protect

_WORDS = ["a", "A", "GPT", "Bayes", "longer", "é", "É", "3", " ", " ", "-", ": ", "'", "``", "~", "–"]
_COMMANDS = [r"\'E", r"{\'E}cole", r"\O ", r"\LaTeX", r"\foo", r"\Foo ", r"\emph{X}", r"\&"]
_PARTS = [*_WORDS, *_COMMANDS, "{", "}", "{x}", "$x$", "$X$", "$"]


class TestImbalance:
    @pytest.mark.parametrize("text", ["", "a", "{}", "{a{b}c}", r"{\{}}", r"\{\}"])
    def test_balanced_text_has_none(self, text: str) -> None:
        assert imbalance(text) is None

    @pytest.mark.parametrize(
        ("text", "place"), [("{", 0), ("a}", 1), ("{a}}", 3), ("{a}{b", 3), ("{{a}", 0), (r"a\{b", 2), (r"{\}}", 3)]
    )
    def test_the_first_brace_without_a_partner_is_found(self, text: str, place: int) -> None:
        assert imbalance(text) == place


class TestProtect:
    @pytest.mark.parametrize(
        ("title", "protected"),
        [
            ("Constitutional AI: Learning from AI Feedback", "Constitutional {AI}: Learning from {AI} Feedback"),
            ("Tuning GPT-3 and GPT-3.5-Turbo on mRNA", "Tuning {GPT-3} and {GPT-3.5}-Turbo on {mRNA}"),
            ("LaTeX and BERT-based Models", "{LaTeX} and {BERT}-based Models"),
            ("O'Brien, McDonald and L’Hôpital in 3D", "{O'Brien}, {McDonald} and {L’Hôpital} in {3D}"),
            ("Vitamin C, C++, R and X-Rays by J. Doe", "Vitamin {C}, {C}++, {R} and {X}-Rays by {J}. Doe"),
            ("Part II of AT\\&T in the U.S. and TCP/IP", "Part {II} of {AT}\\&{T} in the {U.S}. and {TCP}/{IP}"),
        ],
    )
    def test_words_with_capitals_inside_are_braced(self, title: str, protected: str) -> None:
        assert protect(title) == protected

    @pytest.mark.parametrize(
        "title",
        [
            "The Capacity for Moral Self-Correction in Large Language Models",
            "Discovering Language Model Behaviors with Model-Written Evaluations",
            "Red-Teaming Language Models: A Study and Another",
            "Attention is all you need: Or is it really so",
            "THE CAPACITY FOR MORAL SELF-CORRECTION",
            "{GPT-3} and {B}ayes, \\emph{Escherichia Coli} and {\\em BERT}",
            "From https://GitHub.com/OpenAI with care",
            "nothing here",
            "unbalanced {GPT",
            "",
        ],
    )
    def test_capitals_that_a_style_may_lower_or_that_are_safe_stay_bare(self, title: str) -> None:
        assert protect(title) == title

    @pytest.mark.parametrize(
        ("title", "protected"),
        [
            ("Training models with the help of Bayes", "Training models with the help of {Bayes}"),
            ("The Navier-Stokes equations with smaller models", "The {Navier-Stokes} equations with smaller models"),
            ("On hepatitis A among smaller groups: Results", "On hepatitis {A} among smaller groups: Results"),
            (
                r"In {\'E}cosse with \'Ecrits little matters here",
                r"In {{\'E}cosse} with {{\'Ecrits}} little matters here",
            ),
            (r"Little matters here: {\"O}rtlich and Örtlich", r"Little matters here: {\"O}rtlich and {Örtlich}"),
        ],
    )
    def test_in_sentence_case_names_are_braced(self, title: str, protected: str) -> None:
        assert protect(title) == protected

    @pytest.mark.parametrize(
        ("title", "protected"),
        [
            ("Spaces of $L^2$ and $x^2$", "Spaces of {$L^2$} and $x^2$"),
            (r"The \LaTeX{} Book and {\LaTeX}", r"The {{\LaTeX{}}} Book and {\LaTeX}"),
            (r"The \TeX book", r"The {{\TeX }}book"),
        ],
    )
    def test_math_and_commands_with_capitals_are_braced(self, title: str, protected: str) -> None:
        assert protect(title) == protected

    @settings(max_examples=200)
    @given(st.lists(st.sampled_from(_PARTS), max_size=10).map("".join))
    def test_braces_change_nothing_that_is_read_and_are_set_once(self, title: str) -> None:
        protected = protect(title)
        assert decode(protected) == decode(title)
        assert protect(protected) == protected
        assert (imbalance(protected) is None) == (imbalance(title) is None)
