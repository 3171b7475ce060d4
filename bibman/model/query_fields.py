"""What the words of a query mean: anywhere, or after the name of a field and a colon."""

import re
from calendar import monthrange
from collections.abc import Callable
from typing import Final, NamedTuple

from bibman.errors import QueryError, UsageError
from bibman.model.fold import fold
from bibman.model.naming import fold_name
from bibman.model.query import (
    And,
    Duplicate,
    Everything,
    FieldText,
    FieldWords,
    HasField,
    HasIdentifier,
    HasNote,
    HasTag,
    Identified,
    Key,
    Node,
    Not,
    Or,
    Source,
    Tag,
    Type,
    When,
    Words,
    Year,
    bare_name,
)
from bibman.model.vocabulary import (
    FIELD_ALIASES,
    FIELD_ORDER,
    KNOWN_TYPES,
    NAME_FIELDS,
    VERBATIM_FIELDS,
    canonical,
    is_verbatim,
)


class Context(NamedTuple):
    """What a query means depends on: what time it is, the saved searches, and which fields there are.

    `ago` gives the time that was so many hours ago, in ISO 8601 and UTC; `saved` gives the query of a saved search,
    None where there is none; `is_field` says whether some entry has a field that no dialect knows.
    """

    ago: Callable[[int], str]
    saved: Callable[[str], str | None]
    is_field: Callable[[str], bool]


class _Term(NamedTuple):
    """A word or phrase with the field before it: what it means is to be found out."""

    text: str
    is_prefix: bool
    field: str
    column: int
    context: Context

    def wrong(self, problem: str, advice: str = "") -> QueryError:
        """The error for it."""
        return QueryError.at(self.column, problem, advice)

    def whole(self) -> str:
        """The text of it, of which no beginning can be asked."""
        if self.is_prefix:
            raise self.wrong(f"`{self.field}:` takes no `*`", advice_after(self.field))
        return self.text


def advice_after(field: str) -> str:
    """What may be said after `field:`, where nothing is said, or what it cannot mean."""
    if (example := _EXAMPLES.get(field.lower())) is not None:
        return f"Say it like {field}:{example}"
    return f"Say {field}:WORD with no blank between, or has:{field}"


def term(text: str, is_prefix: bool, field: str, column: int, context: Context) -> Node | None:
    """The node for a word or phrase, after `field:` where that is not empty; None where it has no letter or digit.

    Raises QueryError where the field cannot hold it, or is none.
    """
    found = _Term(text, is_prefix, field, column, context)
    if not field:
        return _anywhere(found)
    name = field.lower()
    # `key:` and `type:` ask for the entry's own, not for the fields that are called so.
    if is_prefix and not text.strip() and name in HELD and name not in ("key", "type"):
        return _has(found._replace(text=name, is_prefix=False))
    make = _MEANINGS.get(name)
    return make(found) if make is not None else _in_field(found, name)


def _anywhere(found: _Term) -> Node | None:
    if "://" in found.text:
        from bibman.model.identifiers import find_identifiers

        if identifiers := find_identifiers(found.text):
            return _joined([HasIdentifier(*each, is_prefix=False) for each in identifiers])
        return FieldText("url", found.text.casefold(), is_prefix=found.is_prefix)
    if found.is_prefix and not found.text:
        return Everything()
    return _words(found, ())


def _words(found: _Term, columns: tuple[str, ...]) -> Node | None:
    words = fold(_turned(found.text) if columns and columns[0] == "authors" else found.text)
    if not words:
        return None
    return Words(columns, words, is_prefix=found.is_prefix, typed=found.text, column=found.column)


def _turned(name: str) -> str:
    """A name as it is indexed: what is given before the family's."""
    family, comma, given = name.partition(",")
    return f"{given} {family}" if comma else name


def _columns(*names: str) -> "_Meaning":
    return lambda found: _words(found, names)


def _in_field(found: _Term, name: str) -> Node | None:
    _check_field(found, name)
    field = canonical(name)
    if is_verbatim(field):
        return FieldText(field, found.text.casefold(), is_prefix=found.is_prefix) if found.text else None
    words = fold(_turned(found.text) if field in NAME_FIELDS else found.text)
    if not words:
        return None
    return FieldWords(field, words, is_prefix=found.is_prefix, typed=found.text, column=found.column)


def _check_field(found: _Term, name: str) -> None:
    if name in KNOWN_FIELDS or found.context.is_field(name):
        return
    from bibman.model.nearest import nearest

    near = nearest(name, FIELDS)
    meant = f"Did you mean {' or '.join(f'{each}:' for each in near)}? " if near else ""
    raise found.wrong(f"there is no field `{name}`", f'{meant}Text with a colon in it stands in quotes: "{name}:…"')


def years(text: str) -> Year:
    """The years that `text` says: `2022`, `2020..2023`, `2020..` or `..2020`. Raises UsageError where it says none."""
    match = re.fullmatch(r"(-?[0-9]{1,6})?\s*(\.\.)?\s*(-?[0-9]{1,6})?", text.strip())
    if match is None or not (match[1] or match[3]) or (match[3] and not match[2]):
        raise UsageError(f"not a year or a span of years: {text}", "Say 2022, 2020..2023, 2020.. or ..2020")
    first, last = (int(part) if part else None for part in (match[1], match[3] if match[2] else match[1]))
    if first is not None and last is not None and last < first:
        raise UsageError(f"the years end before they begin: {text}", f"Say {last}..{first}")
    return Year(first, last)


def _year(found: _Term) -> Node:
    try:
        return years(found.whole())
    except QueryError:
        raise
    except UsageError as error:
        raise found.wrong(error.message, error.advice) from None


def _when(what: str) -> "_Meaning":
    def make(found: _Term) -> Node:
        text = found.whole().strip().lower()
        first, dots, last = (part.strip() for part in text.partition(".."))
        if not first and not last:
            raise _no_time(found)
        start = _span(found, first)[0] if first else None
        end = _span(found, last if dots else first)[1] if last or not dots else None
        if start is not None and end is not None and end <= start:
            raise found.wrong(f"the time ends before it begins: {text}", f"Say {last}..{first}")
        return When(what, start, end)

    return make


def _span(found: _Term, text: str) -> tuple[str, str | None]:
    """When a day, month, year or so long ago begins, and when it is over; None for what lasts until now."""
    if ago := re.fullmatch(r"([0-9]{1,5})\s*([hdwmy])", text):
        return found.context.ago(int(ago[1]) * _HOURS[ago[2]]), None
    if text in ("today", "yesterday"):
        text = found.context.ago(24 if text == "yesterday" else 0)[:10]
    day = re.fullmatch(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?", text)
    first = (int(day[1]), int(day[2] or 1), int(day[3] or 1)) if day else (0, 0, 0)
    if day is None or not (1 <= first[1] <= 12 and 1 <= first[2] <= monthrange(*first[:2])[1]):
        raise _no_time(found)
    return _midnight(*first), _midnight(*_next(first, is_day=bool(day[3]), is_month=bool(day[2])))


def _next(day: tuple[int, int, int], *, is_day: bool, is_month: bool) -> tuple[int, int, int]:
    """The day after a day, a month or a year."""
    year, month, number = day
    if is_day and number < monthrange(year, month)[1]:
        return year, month, number + 1
    if (is_day or is_month) and month < 12:
        return year, month + 1, 1
    return year + 1, 1, 1


def _midnight(year: int, month: int, day: int) -> str:
    return f"{year:04}-{month:02}-{day:02}T00:00:00Z"


def _no_time(found: _Term) -> QueryError:
    return found.wrong(f"not a time: {found.text}", "Say 7d, 2w, 3m, 1y, today, 2026-01-31, 2026-01.. or 2025..2026-03")


_HOURS: Final = {"h": 1, "d": 24, "w": 7 * 24, "m": 30 * 24, "y": 365 * 24}


def _tag(found: _Term) -> Node | None:
    names = [bare_name(each) for each in found.text.split(",")]
    return _joined(
        [
            Tag(name.strip("/"), is_prefix=found.is_prefix and place == len(names))
            for place, name in enumerate(names, 1)
            if name
        ]
    )


def _key(found: _Term) -> Node:
    return Key(fold_name(found.text), is_prefix=found.is_prefix)


def _type(found: _Term) -> Node:
    return Type(found.text.strip().lower().removeprefix("@"), is_prefix=found.is_prefix)


def _source(found: _Term) -> Node:
    return Source(found.text, is_prefix=found.is_prefix)


def _identifier(scheme: str) -> "_Meaning":
    def make(found: _Term) -> Node:
        text = found.text.strip()
        if found.is_prefix:
            return HasIdentifier(scheme, text.lower() if scheme == "doi" else text, is_prefix=True)
        # Needed by few queries, and too heavy for all.
        from bibman.model.identifiers import identifier_of

        return HasIdentifier(*(identifier_of(scheme, text) or (scheme, text)), is_prefix=False)

    return make


def _has(found: _Term) -> Node:
    name = found.whole().strip().lower().rstrip(":")
    if name in ("note", "notes"):
        return HasNote()
    if name in ("tag", "tags"):
        return HasTag()
    if name in ("year", "date"):
        return Year(None, None)
    if name == "arxiv":
        return HasIdentifier(name, "", is_prefix=True)
    if name in _IDENTIFIERS:
        # A DOI may stand in the address alone, and one of arXiv's is an arXiv id.
        return Or((HasIdentifier(_IDENTIFIERS[name], "", is_prefix=True), HasField(name)))
    name = _OTHER_NAMES.get(name, name)
    _check_field(found, name)
    return HasField(canonical(name))


def _missing(found: _Term) -> Node:
    return Not(_has(found))


def _is(found: _Term) -> Node:
    name = found.whole().strip().lower()
    if name not in STATES:
        raise found.wrong(f"nothing is `{name}`", f"There are {', '.join(f'is:{each}' for each in STATES)}")
    return STATES[name]


def _joined(nodes: list[Node]) -> Node | None:
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    return And(tuple(nodes))


STATES: Final[dict[str, Node]] = {
    "identified": Identified(),
    "unidentified": Not(Identified()),
    "duplicate": Duplicate(),
    "tagged": HasTag(),
    "noted": HasNote(),
}

_IDENTIFIERS: Final = {name: name for name in ("doi", "arxiv", "isbn", "pmid", "pmcid")} | {"eprint": "arxiv"}

_Meaning = Callable[[_Term], Node | None]

_MEANINGS: Final[dict[str, _Meaning]] = {
    "author": _columns("authors"),
    "authors": _columns("authors"),
    "name": _columns("authors", "editors"),
    "title": _columns("title"),
    "subtitle": _columns("title"),
    "abstract": _columns("abstract"),
    "keyword": _columns("keywords"),
    "keywords": _columns("keywords"),
    "note": _columns("notes"),
    "notes": _columns("notes"),
    "year": _year,
    "added": _when("added_at"),
    "changed": _when("changed_at"),
    "tag": _tag,
    "tags": _tag,
    "key": _key,
    "type": _type,
    "source": _source,
    "has": _has,
    "missing": _missing,
    "is": _is,
    **{name: _identifier(scheme) for name, scheme in _IDENTIFIERS.items()},
}

_EXAMPLES: Final = {
    "year": "2020..2023",
    "added": "7d",
    "changed": "7d",
    "key": "doe*",
    "type": "book",
    "source": "refs.bib",
    "has": "doi",
    "missing": "doi",
    "is": "tagged",
}

_OTHER_NAMES: Final = {"authors": "author", "keyword": "keywords"}
KNOWN_FIELDS: Final = frozenset(
    {*FIELD_ORDER, *FIELD_ALIASES, *NAME_FIELDS, *VERBATIM_FIELDS, "maintitle", "eventtitle", "shorttitle", "keyword"}
)
HELD: Final = KNOWN_FIELDS | {"tag", "tags", "notes"} | _IDENTIFIERS.keys()
"""What may stand after `has:` and `missing:`."""

FIELDS: Final = (*_MEANINGS, *sorted(KNOWN_FIELDS - _MEANINGS.keys()))
"""What may stand before a colon."""

TYPES: Final = tuple(sorted(KNOWN_TYPES))
"""What may stand after `type:`."""
