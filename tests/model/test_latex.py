"""BibTeX's LaTeX text and Unicode, both ways."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bibman.model.latex import decode, encode, escape, imbalance, protect
from bibman.model.latex_tables import (
    ALPHABETS,
    AMS,
    LETTER_ACCENTS,
    LETTERS,
    MATH,
    SIGN_ACCENTS,
    SPACING_ACCENTS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    TEXT,
)

_BALANCED = st.recursive(
    st.text(alphabet="ab ", max_size=5),
    lambda inner: st.lists(inner | inner.map("{{{}}}".format), max_size=4).map("".join),
)


class TestDecode:
    @pytest.mark.parametrize(
        ("latex", "text"),
        [
            (r"{\"o} \"{o} \"o {\"{o}} \" o", "ö ö ö ö ö"),
            (r"{\H{o}} \H{o} \H o {\H o}", "ő ő ő ő"),
            (r"\v r{\v{S}}\c{c}\c c", "řŠçç"),
            (r"\'\i {\'\i} \'{\i} {\'{\i}} \'i", "íí í í í"),
            (r"\u{\i}\^{\j} Seraf{\'\i }n{\v s }", "ĭĵ Serafínš"),
            (r"\k{e}\r{a}\d{s}\b{d}\.z\=u", "ęåṣḏżū"),
            (r"\t{oo} \t oo", "o͡o o͡o"),
            (r"\'{\^e}\d{\'{\=u}}{\'{\ae}}", "ếụ̄́ǽ"),
            (r"\textcommabelow{S}\h{o}", "Șỏ"),
            (r"\"{Uber} \'{etat}", "Über état"),
            (r"Erd{\H{o}}s and {\O}rsted", "Erdős and Ørsted"),
            (r"\={\d{l}}", "ḹ"),
        ],
    )
    def test_accents_in_all_spellings(self, latex: str, text: str) -> None:
        assert decode(latex) == unicodedata.normalize("NFC", text)

    @pytest.mark.parametrize(
        ("latex", "text"),
        [
            (r"x\ss y\ae\ z", "xßyæ z"),
            (r"{\ss}{\L}\o{}\AA", "ßŁøÅ"),
            (r"\S 5, \copyright{} 2001, 20\textdegree C", "§5, © 2001, 20°C"),
            (r"``a'' `b' -- c---d{-}-e", "“a” ‘b' – c—d--e"),
            (r"5~km, 2\,mm, ?`que? ,,x``", "5\u00a0km, 2\u2009mm, ¿que? „x“"),
            (r"\glqq x\grqq", "„x“"),
            (r"\&\%\$\#\_\{\}", "&%$#_{}"),
            (r"{\textbackslash}{\textasciitilde}{\textbraceleft}", "\\~{"),
            (r"\~{} \'{} \^{}", "˜ ´ ˆ"),
            (r"The {\TeX}book, \LaTeX{} and \BibTeX", "The TeXbook, LaTeX and BibTeX"),
            (r"lan\-guage vs.\/ \ldots", "language vs. …"),
        ],
    )
    def test_symbols_ligatures_and_escapes(self, latex: str, text: str) -> None:
        assert decode(latex) == text

    @pytest.mark.parametrize(
        ("latex", "text"),
        [
            (r"\emph{in vivo} {\em a}\textbf{b}{\it c\/}", "in vivo abc"),
            (r"\textsc{Strips}\mbox{x}\mkbibemph{y}", "Stripsxy"),
            (r"\enquote{a \enquote{b} c} \mkbibquote{d}", "“a ‘b’ c” “d”"),
            (r"\textcolor{red}{x}\hspace{1em}y\hspace{0pt}z\vphantom{A}", "x yz"),
            (r"{\noopsort{1973b}}1981", "1981"),
            (r"\href{http://a.b/c_d}{the text}", "the text"),
            (
                r"CO\textsubscript{2}, In\textsubscript{x}, 1\textsuperscript{st}, m\textsuperscript{-2}",
                "CO₂, Inₓ, 1st, m⁻²",
            ),
            (r"{{RLHF} {B}ayes}", "RLHF Bayes"),
            (r"\log n", "log n"),
        ],
    )
    def test_commands_for_the_look_go_and_what_they_enclose_stays(self, latex: str, text: str) -> None:
        assert decode(latex) == text

    @pytest.mark.parametrize(
        ("latex", "text"),
        [
            (r"\url{http://a.b/~x_y--z%20\_\&}", "http://a.b/~x_y--z%20_&"),
            (r"see http://a.b/~x--y?c=1\&d=\_, ``http://c.d''", "see http://a.b/~x--y?c=1&d=_, “http://c.d”"),
            (r"http://a.b/\~{}x http://a.b/{\textasciitilde}x http://a.b/\textasciitilde{}x", "http://a.b/~x " * 3),
            (r"\path|a@b~c| \verb+$x_1$+", "a@b~c $x_1$"),
        ],
    )
    def test_addresses_and_verbatim_text_keep_their_signs(self, latex: str, text: str) -> None:
        assert decode(latex) == text.rstrip()

    @pytest.mark.parametrize(
        ("latex", "text"),
        [
            (r"$L^2$ Cu$_2$O 5$^{th}$ 90$^\circ$ Ca$^{2+}$", "L² Cu₂O 5th 90° Ca²⁺"),
            (r"$x_{ij}^{n+1}$ $x_i$ $e^{-x^2/2}$ $a^{bc}$", "x_ijⁿ⁺¹ xᵢ e^(−x²/2) a^bc"),
            (r"$\mathcal{O}(n \log n)$ $O(n\log n)$ $\log_2 n$ $\mathbb R$", "𝒪(n log n) O(n log n) log₂ n ℝ"),
            (r"$x \leq y$ $x\leq y$ \(\psi\) \ensuremath{\alpha^2}", "x ≤ y x≤y ψ α²"),
            (r"$\frac{1}{2}$ $\frac{a+b}{c}$ $\sqrt{n}$ $\sqrt{n + 1}$", "1/2 (a+b)/c √n √(n + 1)"),
            (r"$\bar{1}$ $\hat\theta$ $\not\in$ $f'$ $f''$ $a-b$", "1̅ θ̂ ∉ f′ f″ a−b"),
            (r"$\operatorname*{argmax}_x f$ ${\rm GaN}$ $\left( x \right)$", "argmaxₓ f GaN (x)"),
        ],
    )
    def test_math_that_plain_text_can_show_is_written_out(self, latex: str, text: str) -> None:
        assert decode(latex) == unicodedata.normalize("NFC", text)

    @pytest.mark.parametrize(
        "latex",
        [
            r"$\foo{x}$",
            r"$\begin{array}{c} a & b \end{array}$",
            r"$\sqrt[3]{x}$",
            r"$$\psi$$",
            r"$\overline{AB}$",
            "$x^{$",
            "$x}$",
            "$5 and $6",
            "$5 or 6 $",
            "a $ b",
            "$" + "{" * 50 + "x" + "}" * 50 + "$",
        ],
    )
    def test_other_math_stays_latex(self, latex: str) -> None:
        assert decode(latex) == latex

    @pytest.mark.parametrize(
        "latex",
        [
            r"\foo",
            r"\foo{x}{y} and \bar{c}",
            r"\cite{knuth:1984}",
            r"Ragnhei{\d}ur",
            r"a & b, 50% of it",
            "{a",
            "a}",
            "}{",
            r"C:\temp",
            r"\'",
            r"\"{\em o}",
            "\\",
        ],
    )
    def test_what_is_unknown_or_broken_stays_as_it_is(self, latex: str) -> None:
        assert decode(latex) == latex

    def test_only_braces_without_a_partner_stay(self) -> None:
        assert decode("{a}b}{c}{") == "ab}c{"

    def test_the_content_of_an_unknown_command_is_read(self) -> None:
        assert decode(r"\foo{{\'e}}{\o y}x {b}") == r"\foo{é}{øy}x b"

    def test_a_line_end_is_a_blank_and_an_empty_line_a_paragraph(self) -> None:
        assert decode("a\n\t b\r\nc\n \nd\\par e\n") == "a b c\n\nd\n\ne"

    def test_text_comes_out_composed(self) -> None:
        assert decode("e\u0301") == "é"

    @given(st.text(alphabet="aé\u0301{}\\$'\"^vci ~-\n%&_", max_size=40))
    def test_any_text_is_read_and_comes_out_in_nfc(self, text: str) -> None:
        read = decode(text)
        assert unicodedata.is_normalized("NFC", read)

    @given(st.text(alphabet=st.characters(categories=["L", "N"])))
    def test_text_without_markup_is_itself(self, text: str) -> None:
        assert decode(text) == unicodedata.normalize("NFC", text)

    @given(st.text(alphabet="aé\u0301 {}-'`,?!:/.", max_size=40))
    def test_text_without_commands_reads_the_same_beside_one(self, text: str) -> None:
        assert decode(rf"\& {text}") == f"& {decode(text)}"

    @given(_BALANCED)
    def test_a_brace_without_its_partner_leaves_the_groups_before_it_alone(self, text: str) -> None:
        assert decode(f"{text} }}") == f"{decode(text)} }}"


_ACCENTED = st.builds(
    lambda base, marks: base + "".join(marks),
    st.sampled_from([*"aAeEijJoOuUyYsSzZcCdDnNlLrRtTgGkKhH", "æ", "ø", "ŋ"]),
    st.lists(st.sampled_from([*SIGN_ACCENTS.values(), *LETTER_ACCENTS.values()]).filter("\u0361".__ne__), max_size=3),
)
_COVERED = st.sampled_from(
    [
        *TEXT.values(),
        *LETTERS.values(),
        *MATH.values(),
        *AMS.values(),
        *SPACING_ACCENTS.values(),
        *SUPERSCRIPTS.values(),
        *SUBSCRIPTS.values(),
        *(ALPHABETS[name][letter] for name in ("mathcal", "mathbb", "mathfrak") for letter in "ABCHRZ"),
        *"–—“”‘„−′\u00a0\u2009\u2003",
        *("o͡o", "1̅", "x⃗"),
    ]
)


class TestEncode:
    @pytest.mark.parametrize(
        ("text", "latex"),
        [
            ("é É ė ū š", r"{\'e} {\'E} {\.e} {\=u} {\v{s}}"),
            ("í ĵ į ị", r"{\'\i} {\^\j} {\k{i}} {\d{i}}"),
            ("ßøŁåæ", r"{\ss}{\o}{\L}{\aa}{\ae}"),
            ("ế q̈ o͡o ș", r"{\'{\^e}} {\"q} {\t{oo}} {\textcommabelow{s}}"),
            ("≤ α αβ x² Cu₂O ℝ", r"{$\leq$} {$\alpha$} {$\alpha\beta$} x{$^2$} Cu{$_2$}O {$\mathbb{R}$}"),
            ("⊄ 1̅ ⅓ 𝑥 ′", r"{$\not\subset$} {$\overline{1}$} {$\frac{1}{3}$} {$x$} {$'$}"),
            ("1–2—3 “a” don’t", "1--2---3 ``a'' don't"),
            ("© 5 €…", r"{\copyright} 5 {\texteuro}{\ldots}"),
            ("ﬁ Ǆ Ⅷ ℉ ‐", r"fi D{\v{Z}} VIII {\textdegree}F -"),
            ("a\u200bb\u200dc\ufeff", "abc"),
        ],
    )
    def test_letters_and_symbols_become_latex(self, text: str, latex: str) -> None:
        assert encode(text) == latex

    @pytest.mark.parametrize("text", ["延长油矿 日本", "Теория й", "Θεωρία", "👩\u200d💻", "x\u0332", "ả"])
    def test_what_latex_has_no_command_for_stays(self, text: str) -> None:
        assert encode(text) == text

    @pytest.mark.parametrize(
        ("text", "latex"),
        [
            (r"{\'e}cole 50\% é \emph{x} {\LaTeX}", r"{\'e}cole 50\% {\'e} \emph{x} {\LaTeX}"),
            (r"\url{http://é.org/ß} ß", r"\url{http://é.org/ß} {\ss}"),
            (r"$α ≤ \text{é}$ α", r"$\ensuremath{\alpha} \ensuremath{\leq} \text{\mbox{{\'e}}}$ {$\alpha$}"),
            (r"\ensuremath{x ≤ y} \$ é", r"\ensuremath{x \ensuremath{\leq} y} \$ {\'e}"),
        ],
    )
    def test_latex_in_the_text_is_left_alone(self, text: str, latex: str) -> None:
        assert encode(text) == latex

    @pytest.mark.parametrize("text", ["–-", "––", "‘“x”’", "?“x", "“‘", "’’", "”’", "—–"])
    def test_neighbours_do_not_join_into_another_ligature(self, text: str) -> None:
        assert decode(encode(text)).replace("'", "’") == text

    @given(st.lists(st.one_of(_COVERED, _ACCENTED, st.sampled_from("abz 09.;()")), max_size=12))
    def test_what_is_written_is_ascii_and_reads_as_the_text(self, parts: list[str]) -> None:
        text = unicodedata.normalize("NFC", "".join(parts))
        assume("\u0361" not in unicodedata.normalize("NFD", text).replace("o\u0361o", ""))
        latex = encode(text)
        assert latex.isascii()
        assert decode(latex) == text

    @given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("é–’“≤αο\u0301\u200d\u200b{}$\\")), max_size=30))
    def test_writing_twice_changes_nothing(self, text: str) -> None:
        assert encode(encode(text)) == encode(text)

    @given(st.text(alphabet=st.characters(exclude_characters="{}"), max_size=30))
    def test_braces_stay_balanced(self, text: str) -> None:
        assert imbalance(encode(text)) is None


# What LaTeX sets otherwise than it is written, as the docstring of `escape` has it; and a tilde is one in an address.
_SET_OTHERWISE = "-–—`'\"\r\n\t\v\f\x1c\x1d\x1e\x85\u2028\u2029:\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4"


class TestEscape:
    @pytest.mark.parametrize(
        ("text", "latex"),
        [
            ("AT&T, 50% of $5 #1 a_b", r"AT\&T, 50\% of \$5 \#1 a\_b"),
            (r"{x} C:\temp", r"{\textbraceleft}x{\textbraceright} C:{\textbackslash}temp"),
            ("a~b^c", r"a{\textasciitilde}b{\textasciicircum}c"),
            ("a<b>c|d", r"a{\textless}b{\textgreater}c{\textbar}d"),
            ('to "morally self-correct" ("x")', "to ``morally self-correct'' (``x'')"),
            ("1–2 — 3–-", "1--2 --- 3{--}-"),
            ("Łukasz’ café", "Łukasz’ café"),
        ],
    )  # fmt: skip
    def test_what_means_something_to_latex_is_written_so_that_it_prints(self, text: str, latex: str) -> None:
        assert escape(text) == latex

    def test_an_address_reads_as_it_was(self) -> None:
        address = "see http://a.b/~x_y--z?c=1&d=%20#e."
        assert decode(escape(address)) == address

    @given(st.text(alphabet=st.characters(exclude_characters=_SET_OTHERWISE), max_size=40))
    def test_what_is_escaped_reads_as_the_text(self, text: str) -> None:
        assert decode(escape(text)) == unicodedata.normalize("NFC", text)

    @given(st.text(alphabet="–—- “”x", max_size=20))
    def test_dashes_keep_apart(self, text: str) -> None:
        assume("--" not in text)
        assert decode(escape(text)) == text

    @given(st.text(max_size=40))
    def test_braces_are_balanced_as_bibtex_counts_them(self, text: str) -> None:
        assert imbalance(escape(text)) is None


@pytest.mark.parametrize(
    "part", ["{", "}", "$1 ", r"\foo{a}", r"\(a", r"\'{ ", "A-", "\u0316\u0301", r"\verb+", "$x^^"]
)
def test_long_and_odd_text_takes_no_more_than_its_share_of_time(part: str) -> None:
    # A time that grew with the square would take hours.
    text = part * (150_000 // len(part))
    assert len(decode(text)) <= len(text)
    assert len(escape(text)) >= len(text)
    assert encode(encode(text)) == encode(text)
    assert imbalance(protect(text)) == imbalance(text)
