"""Values that a person types: checked before they are kept, since LaTeX would stop at them later."""

import re

from bibman.errors import GivenValueError
from bibman.model.dates import MONTH_VALUES, from_fields, parse_date, to_iso
from bibman.model.entry import Field
from bibman.model.latex import imbalance
from bibman.model.latex_bare import ESCAPED, bare_characters
from bibman.model.vocabulary import DATE_FIELDS, is_known_type, is_verbatim, nearest_types

_FIELD_NAME = re.compile(r"[a-z][a-z0-9_:.+/-]*")


def checked_type(type_: str) -> str:
    """An entry type in lower case. Raises GivenValueError for one that neither BibTeX nor BibLaTeX knows."""
    folded = type_.strip().lstrip("@").lower()
    if not is_known_type(folded):
        near = nearest_types(folded)
        raise GivenValueError(
            f"no such entry type: {type_}",
            f"Did you mean {' or '.join(near)}?" if near else "`article` and `misc` are some",
        )
    return folded


def checked_name(name: str) -> str:
    """The name of a field in lower case. Raises GivenValueError for one that BibTeX could not read."""
    folded = name.strip().lower()
    if not _FIELD_NAME.fullmatch(folded):
        raise GivenValueError(f"not the name of a field: {name!r}", "A name is letters and digits, such as `title`")
    return folded


def checked_field(name: str, value: str) -> Field:
    """A field of BibTeX text as a person typed it; a month's macro (`feb`) is kept as one.

    Raises GivenValueError for a name that BibTeX could not read, unbalanced braces, a control character, or a
    character that LaTeX would stop at outside mathematics (`&`, `%`, `#`, `_`, `^`, a lone `$`, without a backslash),
    and for a date or month that is none.
    """
    folded = checked_name(name)
    value = " ".join(value.split("\n")) if folded != "abstract" else value
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", value):
        raise GivenValueError(f"{folded} holds a control character", "Nothing was changed")
    if not value.strip():
        raise GivenValueError(f"{folded} is empty", f"`--unset {folded}` takes the field away")
    place = imbalance(value)
    if place is not None:
        raise GivenValueError(
            f"{folded} has a brace without its partner at character {place + 1}: {value}", "BibTeX counts every brace"
        )
    if not is_verbatim(folded):
        _check_latex(folded, value)
    _check_date(folded, value.strip())
    macro = value.strip().lower()
    if folded == "month" and macro in MONTH_VALUES:
        return Field(folded, MONTH_VALUES[macro], macro)
    return Field(folded, value.strip())


def _check_date(name: str, value: str) -> None:
    if name in DATE_FIELDS:
        date = parse_date(value)
        if date is None or to_iso(date) != value:
            raise GivenValueError(f"not a date: {value}", "Write it like 2024, 2024-02, 2024-02-29 or 2023/2024")
    if name == "month":
        date = from_fields({"year": "2000", "month": value})
        if date is None or (date.month is None and date.division is None):
            raise GivenValueError(f"not a month: {value}", "Write it like feb")


def _check_latex(name: str, value: str) -> None:
    for _, character in bare_characters(value):
        if character[0] == "\\":
            raise GivenValueError(
                f"{name} ends with a backslash: {value}",
                "LaTeX would join it to what follows; write \\textbackslash{}",
            )
        raise GivenValueError(
            f"{name} holds a bare {character}, at which LaTeX would stop: {value}",
            f"Write {ESCAPED[character]} instead",
        )
