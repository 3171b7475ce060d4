"""What an entry inherits of what lists show: when it appeared, and in what."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bibman.model.entry import Entry, Field
from bibman.model.vocabulary import CONTAINER_FIELDS, biblatex_type, canonical

PARENT_FIELDS: Final = ("xdata", "crossref")
"""The fields that name the entries from which an entry inherits, the first before the second (biber's order)."""

_DATE_PARTS: Final = ("date", "year", "month", "day")
_MATTERING: Final = frozenset(("title", *_DATE_PARTS, *CONTAINER_FIELDS, *PARENT_FIELDS))
_WHOLE_DATES: Final = frozenset(_DATE_PARTS[:2])

_NEVER_INHERITED: Final = frozenset(
    "crossref entryset entrysubtype execute ids label options presort related relatedoptions relatedstring relatedtype"
    " shorthand shorthandintro sortkey xdata xref".split()
)
"""What belongs to one entry alone (BibLaTeX manual, appendix B)."""
_OF_ONE_WORK: Final = _NEVER_INHERITED.union(
    "abstract annotation doi eprint eprinttype eprintclass file groups indexsorttitle indextitle keywords note"
    " pages pagetotal pmid pmcid shortauthor shorttitle sorttitle subtitle title titleaddon url urldate".split()
)
"""What a part has not from the whole besides: what says which work it is, or speaks of the whole."""

# The title of the parent becomes that of what contains the child (BibLaTeX manual, appendix B).
_TITLES: Final = {
    (parent, child): field
    for parents, children, field in (
        ("book", "inbook bookinbook suppbook", "booktitle"),
        ("collection reference", "incollection inreference suppcollection", "booktitle"),
        ("proceedings", "inproceedings", "booktitle"),
        ("periodical", "article suppperiodical", "journaltitle"),
        ("mvbook", "book inbook bookinbook suppbook", "maintitle"),
        ("mvcollection mvreference", "collection reference incollection inreference suppcollection", "maintitle"),
        ("mvproceedings", "proceedings inproceedings", "maintitle"),
    )
    for parent in parents.split()
    for child in children.split()
}


def title_field(parent_type: str, child_type: str) -> str | None:
    """The field of the child that the title of a parent of this type becomes; None where it becomes none."""
    return _TITLES.get((biblatex_type(parent_type)[0], biblatex_type(child_type)[0]))


def parent_keys(entry: Entry) -> list[str]:
    """The keys of the entries from which an entry inherits, the nearest first."""
    values = [entry.get(name) or "" for name in PARENT_FIELDS]
    return [key.strip() for value in values for key in value.split(",") if key.strip()]


def has_parents(entry: Entry) -> bool:
    """Whether an entry has a field that names entries from which it inherits."""
    return any(field.name in PARENT_FIELDS for field in entry.fields)


def family_part(entry: Entry) -> Entry:
    """The entry with only the fields that matter to what it and its children inherit."""
    kept = (field for field in entry.fields if canonical(field.name) in _MATTERING)
    return replace(entry, fields=tuple(kept))


def datelined(entry: Entry) -> Entry:
    """The entry with only the fields that say when it appeared and in what, under BibLaTeX's names."""
    wanted = (*_DATE_PARTS, *CONTAINER_FIELDS)
    named = (field._replace(name=canonical(field.name)) for field in entry.fields)
    return replace(entry, fields=tuple(field for field in named if field.name in wanted))


def completed(entry: Entry, parents: Iterable[Entry]) -> Entry:
    """The entry with what it inherits from its parents (who have inherited already) of what describes the work.

    Date and titles are those of `inherited`; of all else that a parent says, the entry has what it does not say itself:
    publisher, series, editors. From `xdata` it has everything but the fields that belong to an entry alone.
    """
    parents = list(parents)
    fields = list(entry.fields)
    present = {canonical(field.name) for field in fields}
    gained = list(inherited(entry, parents).fields)
    for parent in parents:
        left_out = (_MATTERING - {"title"}) | (_NEVER_INHERITED if parent.type == "xdata" else _OF_ONE_WORK)
        gained += [field for field in parent.fields if canonical(field.name) not in left_out]
    for field in gained:
        if (name := canonical(field.name)) not in present:
            present.add(name)
            fields.append(field)
    return replace(entry, fields=tuple(fields))


def inherited(entry: Entry, parents: Iterable[Entry]) -> Entry:
    """What `datelined` says of an entry, with what it inherits from its parents (who have inherited already).

    A field that it has is its own; a date is inherited whole, save that a month of its own goes with a year of theirs.
    """
    found = datelined(entry)
    for parent in parents:
        own = {field.name for field in found.fields}
        theirs = list(datelined(parent).fields)
        title_as = title_field(parent.type, entry.type)
        title = parent.get("title")
        if title_as and title and all(field.name != title_as for field in theirs):
            theirs.append(Field(title_as, title))
        left_out = own | set(_DATE_PARTS) if own & _WHOLE_DATES else own
        added = [field for field in theirs if field.name not in left_out]
        found = replace(found, fields=(*found.fields, *added))
    return found
