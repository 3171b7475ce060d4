r"""The commands of LaTeX that stand for characters, in tables that are read both ways.

Each table maps a command's name (without its backslash) to Unicode. Where several names give one character, the first
is the one that is written. Sources: "LaTeX2e for authors", `fontmath.ltx`, `t1enc.def`, `ts1enc.def` and `amssymb.sty`
of the LaTeX kernel; "The Comprehensive LaTeX Symbol List" for the rest.
"""

from typing import Final


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SIGN_ACCENTS: Final = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307", '"': "\u0308",
}  # fmt: skip
"""Accents whose command is a sign: `\\'e`."""

LETTER_ACCENTS: Final = {
    "u": "\u0306", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331", "t": "\u0361", "textcommabelow": "\u0326",
}  # fmt: skip
"""Accents whose command is a word: `\\v{s}`; pdflatex knows them all in T1."""

READ_ACCENTS: Final = {"h": "\u0309", "textacutemacron": "\u0304\u0301", "textgravemacron": "\u0304\u0300"}
"""Accents of other encodings and packages (T5, tipa), read and never written."""

MATH_ACCENTS: Final = {
    "overline": "\u0305", "vec": "\u20d7", "bar": "\u0305", "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303",
    "widetilde": "\u0303", "dot": "\u0307", "ddot": "\u0308", "check": "\u030c", "breve": "\u0306", "acute": "\u0301",
    "grave": "\u0300", "mathring": "\u030a", "underline": "\u0332", "not": "\u0338",
}  # fmt: skip
"""Accents of math. Only the first two are written: the others have a text accent."""

SPACING_ACCENTS: Final = {
    "'": "´", "^": "ˆ", "~": "˜", "=": "¯", ".": "˙", '"': "¨", "u": "˘", "r": "˚", "H": "˝", "v": "ˇ", "c": "¸",
    "k": "˛",
}  # fmt: skip
"""What an accent's command prints over nothing: `\\~{}`."""

LETTERS: Final = _pairs("""
ss ß  SS ẞ  ae æ  AE Æ  oe œ  OE Œ  o ø  O Ø  aa å  AA Å  l ł  L Ł  i ı  j ȷ
th þ  TH Þ  dh ð  DH Ð  dj đ  DJ Đ  ng ŋ  NG Ŋ  ij ĳ  IJ Ĳ
""")
"""Letters of text. An accent may stand on them."""

TEXT: Final = _pairs(r"""
S § P ¶ copyright © textregistered ® texttrademark ™ textdegree ° pounds £ texteuro € textyen ¥ textcent ¢
textcurrency ¤ textflorin ƒ textwon ₩ textdong ₫ textpeso ₱ textnaira ₦ textlira ₤ textcolonmonetary ₡ textbaht ฿
dag † ddag ‡ textbullet • textperiodcentered · textopenbullet ◦ textbigcircle ◯ textreferencemark ※
textmusicalnote ♪ textblank ␢ ldots … textexclamdown ¡ textquestiondown ¿ textinterrobang ‽
guillemotleft « guillemotright » guilsinglleft ‹ guilsinglright › quotesinglbase ‚
textordfeminine ª textordmasculine º textonehalf ½ textonequarter ¼ textthreequarters ¾ textmu µ
textbrokenbar ¦ textperthousand ‰ textpertenthousand ‱ textnumero № textestimated ℮ textservicemark ℠
textcelsius ℃ textcircledP ℗ textrecipe ℞ textdiscount ⁒ textfractionsolidus ⁄
texttildelow ˷ textasciicaron ˇ textasciibreve ˘ textacutedbl ˝ textasciidieresis ¨ textasciimacron ¯ textasciiacute ´
""")
"""Symbols of text, all of them known to pdflatex with T1."""

SPACES: Final = {"quad": "\u2003", "enspace": "\u2002", "qquad": "\u2003\u2003", "thinspace": "\u2009"}
"""Spaces that a command makes."""

ASCII: Final = _pairs(r"""
textbackslash \ textasciitilde ~ textasciicircum ^ textbraceleft { textbraceright } textless < textgreater >
textbar | textasciigrave ` textunderscore _ textdollar $ textquotedbl " textquotesingle ' textasteriskcentered *
textampersand & textnumbersign # textpercent % lbrace { rbrace } slash / backslash \ textvisiblespace ␣
""")
"""Characters of ASCII that have a name because they mean something to LaTeX."""

MATH: Final = _pairs(r"""
alpha α beta β gamma γ delta δ varepsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ
varsigma ς sigma σ tau τ upsilon υ varphi φ chi χ psi ψ omega ω epsilon ϵ vartheta ϑ phi ϕ varrho ϱ varpi ϖ
Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
aleph ℵ hbar ℏ ell ℓ wp ℘ Re ℜ Im ℑ partial ∂ infty ∞ prime ′ emptyset ∅ nabla ∇ surd √ top ⊤ bot ⊥ angle ∠
triangle △ forall ∀ exists ∃ neg ¬ flat ♭ natural ♮ sharp ♯ clubsuit ♣ diamondsuit ♢ heartsuit ♡ spadesuit ♠
pm ± mp ∓ times × div ÷ ast ∗ star ⋆ circ ∘ cdot ⋅ cap ∩ cup ∪ uplus ⊎ sqcap ⊓ sqcup ⊔ vee ∨ wedge ∧ setminus ∖ wr ≀
diamond ⋄ bigtriangledown ▽ triangleleft ◁ triangleright ▷ oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ amalg ⨿
leq ≤ geq ≥ ll ≪ gg ≫ neq ≠ equiv ≡ sim ∼ simeq ≃ approx ≈ cong ≅ propto ∝ asymp ≍ doteq ≐ prec ≺ succ ≻ preceq ⪯
succeq ⪰ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ sqsubseteq ⊑ sqsupseteq ⊒ in ∈ ni ∋ notin ∉ vdash ⊢ dashv ⊣ models ⊨
perp ⟂ mid ∣ parallel ∥ bowtie ⋈ smile ⌣ frown ⌢
leftarrow ← rightarrow → uparrow ↑ downarrow ↓ leftrightarrow ↔ updownarrow ↕ Leftarrow ⇐ Rightarrow ⇒ Uparrow ⇑
Downarrow ⇓ Leftrightarrow ⇔ Updownarrow ⇕ longleftarrow ⟵ longrightarrow ⟶ longleftrightarrow ⟷ Longleftarrow ⟸
Longrightarrow ⟹ Longleftrightarrow ⟺ mapsto ↦ longmapsto ⟼ hookleftarrow ↩ hookrightarrow ↪ nearrow ↗ searrow ↘
swarrow ↙ nwarrow ↖ leftharpoonup ↼ leftharpoondown ↽ rightharpoonup ⇀ rightharpoondown ⇁ rightleftharpoons ⇌
sum ∑ prod ∏ coprod ∐ int ∫ oint ∮ bigcap ⋂ bigcup ⋃ bigvee ⋁ bigwedge ⋀ bigoplus ⨁ bigotimes ⨂ bigodot ⨀ biguplus ⨄
bigsqcup ⨆ cdots ⋯ vdots ⋮ ddots ⋱ langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lgroup ⟮ rgroup ⟯ | ‖
""")
"""Symbols of math that every LaTeX has."""

AMS: Final = _pairs(r"""
leqslant ⩽ geqslant ⩾ leqq ≦ geqq ≧ lesssim ≲ gtrsim ≳ lessgtr ≶ gtrless ≷ lll ⋘ ggg ⋙ nless ≮ ngtr ≯ nleq ≰ ngeq ≱
triangleq ≜ doteqdot ≑ circeq ≗ bumpeq ≏ approxeq ≊ nsim ≁ ncong ≇ backsim ∽ preccurlyeq ≼ succcurlyeq ≽ nprec ⊀
nsucc ⊁ nsubseteq ⊈ nsupseteq ⊉ subsetneq ⊊ supsetneq ⊋ Subset ⋐ Supset ⋑ sqsubset ⊏ sqsupset ⊐ Vdash ⊩ Vvdash ⊪
nvdash ⊬ nvDash ⊭ nVdash ⊮ nmid ∤ nparallel ∦ therefore ∴ because ∵ nexists ∄ complement ∁ varnothing ⌀
square □ blacksquare ■ lozenge ◊ blacklozenge ⧫ bigstar ★ blacktriangle ▴ blacktriangledown ▾ triangledown ▿
measuredangle ∡ sphericalangle ∢ checkmark ✓ maltese ✠ beth ℶ gimel ℷ daleth ℸ mho ℧ Finv Ⅎ Game ⅁ digamma ϝ
varkappa ϰ ltimes ⋉ rtimes ⋊ boxplus ⊞ boxminus ⊟ boxtimes ⊠ boxdot ⊡ dotplus ∔ barwedge ⊼ veebar ⊻ curlywedge ⋏
curlyvee ⋎ Cap ⋒ Cup ⋓ circledast ⊛ circledcirc ⊚ circleddash ⊝ trianglelefteq ⊴ trianglerighteq ⊵ vartriangleleft ⊲
vartriangleright ⊳ rightsquigarrow ⇝ leftrightsquigarrow ↭ twoheadrightarrow ↠ twoheadleftarrow ↞ rightarrowtail ↣
leftarrowtail ↢ leftrightarrows ⇆ rightleftarrows ⇄ leftrightharpoons ⇋ leftleftarrows ⇇ rightrightarrows ⇉
upuparrows ⇈ downdownarrows ⇊ curvearrowleft ↶ curvearrowright ↷ circlearrowleft ↺ circlearrowright ↻ nleftarrow ↚
nrightarrow ↛ nLeftarrow ⇍ nRightarrow ⇏ nleftrightarrow ↮ nLeftrightarrow ⇎ multimap ⊸ pitchfork ⋔ between ≬
""")
"""Symbols of math that need the package amssymb."""

READ: Final = _pairs(r"""
textsterling £ textcopyright © textsection § textparagraph ¶ textdagger † textdaggerdbl ‡ dots … textellipsis …
textbardbl ‖ Vert ‖ degree ° euro € EUR € celsius ℃ textquoteleft ‘ textquoteright ’ textquotedblleft “
textquotedblright ” quotedblbase „ textendash – textemdash — guillemetleft « guillemetright » texttimes × textdiv ÷
textpm ± textlnot ¬ textminus − textonesuperior ¹ texttwosuperior ² textthreesuperior ³ textsurd √
textleftarrow ← textrightarrow → textuparrow ↑ textdownarrow ↓ textlangle ⟨ textrangle ⟩ textmho ℧
textohm Ω glqq „ grqq “ glq ‚ grq ‘ flqq « frqq » flq ‹ frq › lq ‘ rq ’
le ≤ ge ≥ ne ≠ to → gets ← iff ⇔ implies ⟹ impliedby ⟸ land ∧ lor ∨ lnot ¬ owns ∋ dagger † ddagger ‡ bullet •
bigtriangleup △ bigcirc ◯ Diamond ◊ Box □ leadsto ⇝ lhd ⊲ rhd ⊳ vDash ⊨ lvert | rvert | lVert ‖ rVert ‖ vert |
colon : lbrack [ rbrack ] hslash ℏ imath ı jmath ȷ varpropto ∝ smallsetminus ∖ iint ∬ iiint ∭ dotsc … dotsb ⋯
textalpha α textbeta β textgamma γ textdelta δ textepsilon ε textzeta ζ texteta η texttheta θ textiota ι textkappa κ
textlambda λ textmugreek μ textnu ν textxi ξ textpi π textrho ρ textsigma σ texttau τ textupsilon υ textphi φ
textchi χ textpsi ψ textomega ω textGamma Γ textDelta Δ textTheta Θ textLambda Λ textXi Ξ textPi Π textSigma Σ
textPhi Φ textPsi Ψ textOmega Ω
textcrh ħ textschwa ə textglotstop ʔ textdoublepipe ǁ textdoublebarpipe ǂ textpipe ǀ
ohorn ơ OHORN Ơ uhorn ư UHORN Ư
TeX TeX LaTeX LaTeX LaTeXe LaTeX2e BibTeX BibTeX XeTeX XeTeX LuaTeX LuaTeX pdfTeX pdfTeX MF METAFONT MP MetaPost
AmS AMS etalchar + bmod mod
""")
"""Other names that are read and never written: aliases, textgreek, babel's quotes, tipa, logos."""

FUNCTIONS: Final = _words("""
arccos arcsin arctan arg argmax argmin cos cosh cot coth csc deg det dim exp gcd hom inf injlim ker lg lim liminf limsup
ln log max min mod poly Pr projlim sec sin sinh sup tan tanh tr
""")
"""Names that math prints upright as words."""

SILENT: Final = _words("""
em it bf sc sl tt rm sf cal itshape bfseries scshape slshape ttfamily rmfamily sffamily upshape mdseries normalfont
tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge boldmath displaystyle textstyle scriptstyle
limits nolimits left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr middle emph textit textbf texttt textsc
textrm textsf textup textsl textmd textnormal textgreek textcyr text mbox hbox fbox textsuperscript textsubscript
makebox mathrm mathit mathbf mathsf mathtt mathnormal mathop mathbin mathrel boldsymbol bm pmb ensuremath mkbibemph
mkbibitalic mkbibbold mkbibacro mkbibparens mkbibbrackets uppercase lowercase MakeUppercase MakeLowercase underline
uline sout acro singleletter relax protect newblock noindent ignorespaces leavevmode xspace allowbreak nobreak
linebreak frenchspacing selectfont unskip null hfill natexlab textcompwordmark
""")
"""Commands that change the look and say nothing; what is in their braces stays."""

QUOTING: Final = frozenset({"enquote", "mkbibquote", "textquote"})
"""Commands that put quotation marks round their argument."""

DROPPING: Final = (
    "href", "textcolor", "color", "hspace", "vspace", "phantom", "vphantom", "hphantom", "label", "index",
    "texorpdfstring", "bibinfo", "foreignlanguage", "selectlanguage", "noopsort", "noop", "SortNoop", "sortnoop",
)  # fmt: skip
"""Commands whose first argument is not printed: a colour, a length, an address, a key to sort by."""

ESCAPED: Final = {
    "&": "&", "%": "%", "$": "$", "#": "#", "_": "_", " ": " ", "\n": " ", "\t": " ", ",": "\u2009", ";": " ",
    ":": " ", ">": " ", "-": "", "/": "", "!": "", "@": "", "|": "‖", "\\": " ",
}  # fmt: skip
"""What a backslash and one sign print. The braces are apart: they must not be taken for those of groups."""

SUPERSCRIPTS: Final = dict(
    zip("0123456789+−=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True)
)
SUBSCRIPTS: Final = dict(zip("0123456789+−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))


def _alphabet(first: int, exceptions: dict[str, str]) -> dict[str, str]:
    """The 52 letters of one of Unicode's math alphabets, whose capital A has the code `first`."""
    capitals = {chr(65 + i): chr(first + i) for i in range(26)}
    return capitals | {chr(97 + i): chr(first + 26 + i) for i in range(26)} | exceptions


_SCRIPT: Final = _alphabet(0x1D49C, dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)))
ALPHABETS: Final = {
    "mathcal": _SCRIPT,
    "mathscr": _SCRIPT,
    "mathbb": _alphabet(0x1D538, dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))),
    "mathfrak": _alphabet(0x1D504, dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True))),
}
"""Commands for alphabets of math that Unicode has too."""

SYMBOLS: Final = READ | ASCII | SPACES | AMS | MATH | TEXT | LETTERS | {"par": "\n\n"}
"""Every command that stands for characters."""

ACCENTS: Final = READ_ACCENTS | LETTER_ACCENTS | SIGN_ACCENTS
"""Every accent of text and its combining marks."""
