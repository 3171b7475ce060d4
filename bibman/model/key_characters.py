"""The characters of citation keys: which ones LaTeX can cite, and how a text becomes a key."""

import re
import unicodedata
from functools import cache
from typing import Final

ILLEGAL: Final = frozenset("\"#%'(),=\\{}~")
"""Characters that break a citation, besides blanks and control characters.

Tried one by one with BibTeX 0.99d and with biber 2.18 under pdfLaTeX: biber cannot read a key with any of them,
BibTeX none with `# % , \\ { } ~`. All other printable ASCII characters go through both.
"""

ILLEGAL_IN_BIBTEX: Final = frozenset("#%,\\{}~")
"""Those of them that BibTeX cannot read, or LaTeX cannot cite with it."""

_UNWANTED: Final = frozenset("-`ʹ:!;?^$&")
"""Legal, but no part of a word: dropped from what stands in a field. JabRef drops the same but for `$` and `&`."""

# Scandinavian and German letters as their languages write them in ASCII, and the letters that Unicode names oddly.
_LETTERS: Final = {
    "ä": "ae",
    "ö": "oe",
    "ü": "ue",
    "å": "aa",
    "ß": "ss",
    "ð": "d",
    "þ": "th",
    "ŋ": "n",
    "ı": "i",
    "ȷ": "j",
    "ſ": "s",
    "ĸ": "k",
}
_CAPITALS: Final = {
    capital: ascii_.capitalize()
    for letter, ascii_ in _LETTERS.items()
    if len(capital := letter.upper()) == 1 and not capital.isascii()
}


@cache
def _latin_name() -> re.Pattern[str]:
    return re.compile(r"LATIN (CAPITAL|SMALL) (?:LETTER|LIGATURE) ([A-Z]{1,2})(?: WITH .+)?")


class _Table(dict[int, str]):
    """A table for str.translate that works out each character when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _ascii(chr(code))
        return found


def _ascii(char: str) -> str:
    if char.isascii():
        return char
    if char.isspace():
        return " "
    known = _LETTERS.get(char) or _CAPITALS.get(char)
    if known:
        return known
    base = unicodedata.normalize("NFKD", char)
    if base[0].isascii() and (letters := "".join(each for each in base if each.isascii() and each.isalnum())):
        return letters
    if named := _latin_name().fullmatch(unicodedata.name(char, "")):
        return named[2].capitalize() if named[1] == "CAPITAL" else named[2].lower()
    category = unicodedata.category(char)
    if category == "Pd":
        return "-"
    # Accents that no composed letter took up go; the vowel signs of other scripts are part of their words.
    is_accent = "\u0300" <= char <= "\u036f"
    return char if (char.isalnum() or category[0] == "M") and not is_accent else ""


_TABLE: Final = _Table()


def to_ascii(text: str) -> str:
    """`text` with Latin letters in ASCII: accents dropped, but ä, ö, ü, å as ae, oe, ue, aa and ß as ss.

    Letters of other scripts stay, as biber can cite them; signs beyond ASCII are dropped, blanks become plain ones.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).translate(_TABLE)


def clean(text: str) -> str:
    """`text` (Unicode) as part of a citation key: in ASCII where it is Latin, without blanks or anything illegal.

    Hyphens, colons and other signs between words are dropped too. Empty where nothing is left.
    """
    text = to_ascii(text)
    if text.isascii() and text.isalnum():
        return text
    # Signs that stood apart may stand side by side now, and have one order.
    return unicodedata.normalize("NFC", "".join(char for char in text if is_legal(char) and char not in _UNWANTED))


def is_legal(char: str) -> bool:
    """Whether the character can stand in a citation key that both BibTeX and biber are to find."""
    return char not in ILLEGAL and char.isprintable() and not char.isspace()
