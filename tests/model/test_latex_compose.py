"""Letters that are spelt as commands become themselves; all else of the LaTeX stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibman.model.latex import compose, decode, encode, imbalance


@pytest.mark.parametrize(
    ("latex", "composed"),
    [
        ("plain", "plain"),
        (r"Erd{\H{o}}s, \v{S}\'ark{\"o}zi, Fran{\c c}ois", "Erdős, Šárközi, François"),
        (r"na{\"\i}ve na\"{\i}ve na\"\i ve", "naïve naïve naïve"),
        (r"{\'{\^e}}\'{\^{e}}", "ếế"),
        (r"Stra{\ss}e \O stergaard \o{}x {\L}\'od\'z {\AA}", "Straße Østergaard øx Łódź Å"),
        (r"{\textdegree}C \S 3, 1\textordfeminine{}", "°C §3, 1ª"),
        (r"{\'Etude} {{\'E}} {{\'E}tude}", "{Étude} {É} {Étude}"),
        (r"\emph{\'e} \emph{{\'e}} \foo{x}{\'e} \foo[x]{\'e}", r"\emph{é} \emph{é} \foo{x}{é} \foo[x]{é}"),
        (r"\url{a\'e} \href{\'e}{\'e} \verb|\'e|", r"\url{a\'e} \href{\'e}{é} \verb|\'e|"),
    ],
)  # fmt: skip
def test_letters_become_themselves(latex: str, composed: str) -> None:
    assert compose(latex) == composed


@pytest.mark.parametrize(
    "latex",
    [
        r"\& \% \_ \{ -- ``x'' ~ \textbackslash{} \LaTeX{} \\'e",
        r"$\alpha \bar{\'e}$ \(\'e\) \ensuremath{\'e} $$\'e$$",
        r"\t{oo} \.{\i} \~{} \^{} \'{} \"\S \"{\S}",
        r"\'",
        "\\",
    ],
)
def test_what_is_no_letter_stays(latex: str) -> None:
    assert compose(latex) == latex


TOKENS = (
    *(r"\'e", r"{\'e}", r"\'{e}", r"{\ss}", r"\ss", r"\ss{}", r"\o ", r"\v{s}", r"\v s", r"\c", r"{\c{c}}", r"\i"),
    *(
        "{",
        "}",
        "{x}",
        "x",
        "é",
        "$",
        "$x$",
        r"\\",
        r"\emph",
        r"\url{\'e}",
        r"\"",
        "a",
        "-",
        "`",
        "'",
        r"\S",
        r"\(x\)",
        " ",
    ),
)
LATEX = st.lists(st.sampled_from(TOKENS)).map("".join)


def bare(text: str) -> str:
    return text.replace("{", "").replace("}", "")


@settings(max_examples=500)
@given(LATEX)
def test_it_reads_the_same_and_no_brace_loses_its_partner(latex: str) -> None:
    if imbalance(latex) is None:
        assert imbalance(compose(latex)) is None
        # `decode` keeps the braces of an unknown command's arguments, but not those round a letter that is one.
        assert bare(decode(compose(latex))) == bare(decode(latex))
    assert compose(compose(latex)) == compose(latex)


@settings(max_examples=300)
@given(st.text(st.characters(min_codepoint=0xC0, max_codepoint=0x17F, exclude_characters="ŉ")))
def test_it_undoes_what_encode_does_to_letters(text: str) -> None:
    assert decode(compose(encode(text))) == decode(text)
