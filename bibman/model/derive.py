"""What is derived from the fields of an entry, in Unicode: for columns, for search and for people's eyes."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from bibman.model.dates import from_fields, to_iso
from bibman.model.entry import Entry
from bibman.model.identifiers import Identifier, entry_identifiers
from bibman.model.latex import decode
from bibman.model.names import Name, parse_name, split_names
from bibman.model.vocabulary import CONTAINER_FIELDS, canonical, is_name_list, is_verbatim

_ENDS: Final = frozenset("?!.:…")
_NOBODY: Final = Name()
_DATE_PARTS: Final = ("date", "year", "month", "day")


class Derived(NamedTuple):
    """What an entry says, all in Unicode and unfolded; what it does not say is empty.

    `names` maps the name fields (`author` …) to their names in order. `container` is what the work appeared in.
    `date` is in EDTF form, `year` that in which it begins. `other` is every text that is in none of the others, and
    the identifiers, for search.
    """

    title: str
    names: Mapping[str, tuple[Name, ...]]
    container: str
    date: str
    year: int | None
    abstract: str
    keywords: str
    other: str
    identifiers: tuple[Identifier, ...]

    @property
    def people(self) -> Iterator[Name]:
        """The names of all fields."""
        for names in self.names.values():
            yield from names


def derive(entry: Entry) -> Derived:
    """What the fields of `entry` say. One that is not identified has no title."""
    values = {name: value for name, value, _ in reversed(entry.fields)}
    names: dict[str, tuple[Name, ...]] = {}
    texts: dict[str, str] = {}
    for field, value, _ in entry.fields:
        name, has_names = _place(field)
        if has_names:
            if name not in names and (people := _names(value)):
                names[name] = people
        elif name and name not in texts:
            texts[name] = _decoded(value) if len(value) <= _SHORT else decode(value)
    title = _titled(texts.pop("title", ""), texts.pop("subtitle", ""))
    container = next((texts.pop(name) for name in CONTAINER_FIELDS if texts.get(name)), "")
    abstract, keywords = texts.pop("abstract", ""), texts.pop("keywords", "")
    identifiers = entry_identifiers(values, entry.type)
    date, year = _date(*map(values.get, _DATE_PARTS))
    return Derived(
        title=title if entry.identified else "",
        names=names,
        container=container,
        date=date,
        year=year,
        abstract=abstract,
        keywords=keywords,
        other="\n".join([*texts.values(), *(each.value for each in identifiers)]),
        identifiers=identifiers,
    )


@lru_cache(1 << 10)
def _place(name: str) -> tuple[str, bool]:
    """The field's canonical name, empty where it is no text, and whether it holds names."""
    field = canonical(name)
    return "" if is_verbatim(field) else field, is_name_list(field)


# Years, volumes, publishers and journals are few, and come again and again.
_SHORT: Final = 48
_decoded = lru_cache(1 << 13)(decode)


@lru_cache(1 << 12)
def _date(*parts: str | None) -> tuple[str, int | None]:
    """The date that the values of _DATE_PARTS make up, in EDTF form, and its year."""
    date = from_fields({name: part for name, part in zip(_DATE_PARTS, parts, strict=True) if part})
    if date is None:
        return "", None
    return to_iso(date), date.year if date.year is not None or date.end is None else date.end.year


def _titled(title: str, subtitle: str) -> str:
    if not title or not subtitle:
        return title or subtitle
    return f"{title}{'' if title[-1] in _ENDS else ':'} {subtitle}"


def _names(value: str) -> tuple[Name, ...]:
    return tuple([name for text in split_names(value) if (name := _name(text))])


@lru_cache(1 << 15)
def _name(text: str) -> Name | None:
    name = parse_name(text)
    if name == _NOBODY:
        return None
    return Name(decode(name.family), decode(name.given), decode(name.prefix), decode(name.suffix), decode(name.literal))
