"""One folding of text for the index, for queries and for matching.

`fold` keeps words, for search. `stream` keeps nothing but letters and digits, for telling whether two texts are the
same however they were spaced, hyphenated, quoted or marked up.
"""

import re
from codecs import register_error
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from bibman.model.latex_decode import decode
from bibman.model.latex_tables import FUNCTIONS, SYMBOLS
from bibman.model.unicode import normalised

FOLD_VERSION: Final = 1
"""Changes with the folding; an index built with another is rebuilt."""

_OPENING: Final = 48
_HEAD: Final = 4 * _OPENING

_GREEK: Final = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon"
    " phi chi psi omega"
)
_LETTERS: Final = str.maketrans(
    dict(zip("αβγδεζηθικλμνξοπρςστυφχψω", _GREEK.split(), strict=True))
    | {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ŋ": "ng", "ĸ": "k"}
    | {"ı": "i", "ȷ": "j", "ɨ": "i", "ƀ": "b", "ɵ": "o", "ʉ": "u"}
    # Letters to Unicode, but in Latin text they are apostrophes, primes and accents that stand apart.
    | dict.fromkeys([*map(chr, range(0x2B9, 0x2C2)), *map(chr, range(0x2C6, 0x2D2)), "ˬ", "ˮ"], " ")
)

_NO_WORDS: Final = bytes(code for code in range(128) if not chr(code).isalnum())
_WORDS: Final = bytes(range(256)).lower().translate(bytes.maketrans(_NO_WORDS, b" " * len(_NO_WORDS)))
"""A table that makes ASCII's letters small, and blanks of all that is in no word."""
_WORDS_AND_ENDS: Final = b"\0" + _WORDS[1:]


def fold(text: str) -> str:
    """The words of `text`, Unicode or BibTeX, as they are indexed and searched: lower case, one blank between them.

    LaTeX is decoded; accents go, and so do the peculiar letters (Łukasz → lukasz, Ørsted → orsted, straße → strasse);
    Greek letters become their names; punctuation parts words. Other scripts stay. What comes out is made of letters and
    digits only, so that FTS5's tokenizer unicode61 with `remove_diacritics 0` takes each word as it is.
    """
    if has_markup(text):
        text = decode(_untagged(text))
    plain = _in_ascii(text)
    if plain is None:
        return " ".join(_words().findall(_in_latin(text)))
    return _single_spaced(plain.translate(_WORDS).decode("ascii")).strip()


def fold_each(texts: Sequence[str]) -> list[str]:
    """What `fold` makes of each of the `texts`, in the time that it takes for one where they hold no mark-up."""
    joined = "\0".join(texts)
    if not has_markup(joined) and joined.count("\0") == len(texts) - 1:
        plain = _in_ascii(joined)
        if plain is not None:
            folded = _single_spaced(plain.translate(_WORDS_AND_ENDS).decode("ascii"))
            return [each.strip() for each in folded.split("\0")]
    return [fold(text) for text in texts]


def _single_spaced(words: str) -> str:
    # Faster than to split the words and to join them again.
    while "  " in words:
        words = words.replace("  ", " ")
    return words


def has_markup(text: str) -> bool:
    """Whether `text` may fold otherwise than as it stands, because it has LaTeX, tags or character references in it.

    What else LaTeX knows (ligatures, ties, the ends of lines) parts words as it stands.
    """
    return "\\" in text or "{" in text or "}" in text or "$" in text or "<" in text or ("&" in text and ";" in text)


def stream(text: str) -> str:
    """The letters and digits of `text`, Unicode or BibTeX, folded, with nothing between them.

    LaTeX's commands go, save that those for letters, Greek letters and functions are their letters or names; so do HTML
    tags and character references. Two texts that differ in spacing, hyphenation, quotes, ligatures or mark-up have the
    same stream. It is made of a–z and 0–9, and of the letters of other scripts as they are.
    """
    text = _untagged(text)
    if "\\" in text:
        text = _commands().sub(_letters_of, text)
    plain = _in_ascii(text)
    if plain is None:
        return "".join(_words().findall(_in_latin(text)))
    return plain.translate(_WORDS, _NO_WORDS).decode("ascii")


def fragment(text: str) -> tuple[str, bool]:
    """The `text` without the mark that it was cut off (`...`, `…`, `[...]`), and whether it had one.

    Blanks around it go as well.
    """
    stripped = text.strip()
    for mark in ("[...]", "[…]", "(...)", "(…)", "...", "…", ". . ."):
        if stripped.endswith(mark):
            return stripped.removesuffix(mark).rstrip(), True
    return stripped, False


def unlabelled(text: str) -> str:
    """The `text` without the word that says that it is an abstract, as web pages and journals put it in front."""
    label = _label().match(text)
    return text[label.end() :] if label else text


@cache
def _label() -> re.Pattern[str]:
    return re.compile(r"\s*(?:abstract|summary)[ \t]*(?:[.:—–]|-{1,3}|\n)\s*(?=\S)", re.IGNORECASE)


def opening_key(text: str) -> int | None:
    """A hash of 40 bits of the stream's first 48 characters, by which an abstract is found from its opening.

    None where the stream is shorter. The same on every machine and in every run.
    """
    head = text[:_HEAD]
    # What a tag, a command or a reference is may be told by what comes behind the head.
    opening = "" if has_markup(head) else stream(head)
    if len(opening) < 2 * _OPENING:
        opening = stream(text)
    opening = opening[:_OPENING]
    return _hash(opening, 5) if len(opening) == _OPENING else None


def text_key(text: str) -> int:
    """A hash of the whole stream, by which a text that was met before is known again: 0 ≤ key < 2⁶³.

    A text without letters or digits is hashed as it stands, without blanks around it.
    """
    return _hash(stream(text) or text.strip(), 8) >> 1


def title_key(folded: str) -> int | None:
    """A hash of a title, given folded, by which works that are called the same are found: 0 ≤ key < 2⁴⁸.

    Blanks do not count. None for a title without letters and digits.
    """
    letters = folded.replace(" ", "")
    return _hash(letters, 6) if letters else None


def hashed(text: str) -> int:
    """A hash of the very `text`, the same on every machine and in every run: 0 ≤ hash < 2⁴⁸."""
    return _hash(text, 6)


def _hash(text: str, size: int) -> int:
    from hashlib import blake2b  # here, because it loads OpenSSL, and commands that only read need no hash

    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).digest(), "big")


def _in_ascii(text: str) -> bytes | None:
    """The `text` without accents, peculiar letters and Greek as Latin letters; None where other letters remain."""
    try:
        return text.encode("ascii", _HANDLER)
    except UnicodeEncodeError:
        return None


def _in_latin(text: str) -> str:
    """The same for text in any script, in lower case."""
    return _foreign().sub(lambda signs: _latin_of(signs[0]), text).casefold()


@cache
def _foreign() -> re.Pattern[str]:
    return re.compile(r"[^\x00-\x7f]+")


def _latin_of(signs: str) -> str:
    return _latin_again(signs) if len(signs) <= _SHORT else _latin(signs)


def _encoded(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101 - the encoder of ASCII raises no other
    return _latin_of(error.object[error.start : error.end]), error.end


# An encoder passes over ASCII several times as fast as a regular expression does, and asks for a run of other signs.
_HANDLER: Final = "bibman.latin"
register_error(_HANDLER, _encoded)


def _latin(signs: str) -> str:
    plain = _marks().sub("", normalised("NFKD", signs)).casefold()
    return _between().sub(" ", normalised("NFC", plain.translate(_LETTERS)))


# Text in Latin letters has few signs beyond ASCII, the same ones again and again.
_SHORT: Final = 8
_latin_again = lru_cache(4096)(_latin)


@cache
def _marks() -> re.Pattern[str]:
    # The combining marks of Latin, Greek and Cyrillic, and those for symbols; others are parts of letters.
    return re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")


# Letters of today's Unicode, but not of the older one (6.1) that FTS5 goes by, are taken for punctuation as there.
_NO_LETTERS: Final = "\\W_\u19b0-\u19c0\u19c8\u19c9\u1cf2\u1cf3"


@cache
def _words() -> re.Pattern[str]:
    return re.compile(f"[^{_NO_LETTERS}]+")


@cache
def _between() -> re.Pattern[str]:
    return re.compile(f"[{_NO_LETTERS}]+")


def _untagged(text: str) -> str:
    """The `text` with a blank for each HTML or JATS tag, and characters for character references."""
    if "&" in text and ";" in text:
        text = _references().sub(_referred, text)
    return _tags().sub(" ", text) if "<" in text else text


@cache
def _references() -> re.Pattern[str]:
    return re.compile(r"&(?:[a-zA-Z]{2,24}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")


def _referred(match: re.Match[str]) -> str:
    from html import unescape  # here, because its table of entities is large and seldom needed

    return unescape(match[0])


@cache
def _tags() -> re.Pattern[str]:
    # Only names that texts are marked up with: "a <b and c> d" may be a formula.
    return re.compile(
        r"</?(?:(?:i|b|u|em|strong|su[bp]|inf|sc|scp|tt|br|p|span|div|title|italic|bold|underline|small|font|a|h[1-6]|li|ul"
        r"|ol|sec|abstract)|(?:jats|mml):[a-z-]+)(?:\s[^<>]*)?/?>",
        re.IGNORECASE,
    )


@cache
def _commands() -> re.Pattern[str]:
    return re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)


@lru_cache(2048)
def _letters_of_command(command: str) -> str:
    name = command[1:]
    return name if name in FUNCTIONS else SYMBOLS.get(name, " ")


def _letters_of(match: re.Match[str]) -> str:
    return _letters_of_command(match[0])
