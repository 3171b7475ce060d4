"""Unicode's normal forms in linear time."""

import re
import unicodedata
from functools import cache
from typing import Final, Literal

_HARMLESS: Final = 2000
_PIECE: Final = 256


def normalised(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """The `text` in the normal form of that name (Unicode Standard Annex 15).

    `unicodedata.normalize` takes a time that grows with the square of a run of combining marks. No text has hundreds of
    them in a row; where one does, it is normalised piece by piece.
    """
    if text.isascii():
        return text
    if len(text) > _HARMLESS and _long_run().search(text):
        pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
        return "".join(unicodedata.normalize(form, piece) for piece in pieces)
    return unicodedata.normalize(form, text)


@cache
def _long_run() -> re.Pattern[str]:
    # Combining marks are neither letters nor blanks; a run that has other signs in it merely takes the longer way.
    return re.compile(rf"[^\w\s\x00-\x7f]{{{_PIECE}}}")
