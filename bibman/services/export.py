"""From entries to a `.bib`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bibman.errors import NotFoundError
from bibman.formats.bibtex_definitions import NOTHING, Definitions, definitions
from bibman.formats.bibtex_layout import PLAIN, Layout
from bibman.formats.bibtex_order import places_with_parents_last
from bibman.formats.bibtex_writer import with_notes, with_tags, write
from bibman.model.entry import Entry, Field
from bibman.model.naming import fold_name
from bibman.model.vocabulary import Dialect
from bibman.services.cited_keys import as_cited, chosen_key, named_by, remarks_on, with_parents, written_keys
from bibman.services.selection import Selection
from bibman.storage.door import CHUNK
from bibman.storage.reading import Reader

if TYPE_CHECKING:
    from bibman.services.citations import Cited

_LITERAL = 2  # parts has a field that is one: name and value


@dataclass(frozen=True, slots=True)
class Export:
    """A `.bib` in pieces, how many entries are in it, and the keys of the unidentified entries that are not.

    `missing` has an error for each key that is cited and not here, `remarks` sentences about the others.
    """

    pieces: Iterator[str]
    entries: int
    left_out: tuple[str, ...]
    missing: tuple[NotFoundError, ...] = ()
    remarks: tuple[str, ...] = ()


class _Row(NamedTuple):
    """An entry that is to be written, by its id; the key that references know it by, and that which it is to have."""

    id: int
    known_as: str
    key: str


def export(
    reader: Reader,
    selection: Selection,
    dialect: Dialect,
    layout: Layout = PLAIN,
    *,
    cited: "Cited | None" = None,
    tags: bool = False,
    notes: bool = False,
    include_unidentified: bool = False,
) -> Export:
    """The entries that are meant, or all, as a `.bib` sorted by key unless the `layout` has another order.

    With `cited` those that a paper cites, under the keys that it cites them by, and those of the `selection` besides.
    An entry that was asked for by an alias has its own key. All bring along those that they refer to, and the macros
    that their fields use. `tags` go to the field `keywords`, `notes` to `annote` or `annotation`, after what is there.
    The pieces are made when they are asked for; no more than a few entries are held at a time. Raises NotFoundError for
    an unknown key; one that is `cited` is among the missing.
    """
    reader.hold()
    named, unknown = named_by(reader, cited) if cited is not None else ({}, {})
    missing = tuple(_missing(key, cited, near) for key, near in unknown.items()) if cited is not None else ()
    everything = cited.everything if cited is not None else not selection.is_made
    crossrefs = reader.crossrefs() if everything else with_parents(reader, [*selection.ids(reader), *named])
    order = "added" if layout.order in (None, "key", "kept") else layout.order
    listed = reader.listed(order, None if everything else list(crossrefs))
    wanted = {entry_id: key for entry_id, key, identified in listed if identified or include_unidentified}
    rows = _in_order(_rows(wanted, named, dialect), crossrefs, layout)

    stored = _stored(reader, [row.id for row in rows], tags=tags, notes=notes)
    entries = _as_cited(stored, rows, named, dialect) if named else stored
    return Export(
        write(entries, dialect, layout, _defined(reader, list(wanted), layout)),
        len(rows),
        tuple(key for entry_id, key, _ in listed if entry_id not in wanted),
        missing,
        tuple(remarks_on({entry_id: key for entry_id, key, _ in listed}, named, dialect)),
    )


def _missing(key: str, cited: "Cited", near: Sequence[str]) -> NotFoundError:
    return NotFoundError.of("key", [f"{key} (cited in {cited.keys[key]})"], near)


def _rows(wanted: Mapping[int, str], named: Mapping[int, Sequence[str]], dialect: Dialect) -> list[_Row]:
    """A row for each key under which an entry is to be written; `wanted` has the entries' own keys."""
    return [
        _Row(entry_id, own if key == chosen_key(own, keys) else key, key)
        for entry_id, own in wanted.items()
        for keys in [named.get(entry_id, ())]
        for key in written_keys(own, keys, dialect)
    ]


def _in_order(rows: list[_Row], crossrefs: Mapping[int, str], layout: Layout) -> list[_Row]:
    """The rows sorted, where that is by key, and parents after their children."""
    if layout.order in (None, "key"):
        rows = sorted(rows, key=lambda row: (fold_name(row.key), row.key))
    referring = {place: crossrefs[row.id] for place, row in enumerate(rows) if crossrefs.get(row.id)}
    return [rows[place] for place in places_with_parents_last([row.known_as for row in rows], referring)]


def _stored(reader: Reader, ids: Sequence[int], *, tags: bool, notes: bool) -> Iterator[Entry]:
    """The entries with these ids, a few at a time, annotated where asked for."""
    if not (tags or notes):
        yield from (stored.entry for stored in reader.entries(ids))
        return
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        tags_of = reader.tags_of(chunk) if tags else {}
        notes_of = reader.notes_of(chunk) if notes else {}
        for stored in reader.entries(chunk):
            tagged = with_tags(stored.entry, tags_of.get(stored.id, ()))
            yield with_notes(tagged, notes_of.get(stored.id, ()))


def _as_cited(
    entries: Iterable[Entry], rows: Iterable[_Row], named: Mapping[int, Sequence[str]], dialect: Dialect
) -> Iterator[Entry]:
    renamed = {fold_name(row.known_as): row.key for row in rows if row.known_as != row.key}
    for entry, row in zip(entries, rows, strict=True):
        yield as_cited(entry, row.key, named.get(row.id, ()), renamed, dialect)


def _defined(reader: Reader, ids: Sequence[int], layout: Layout) -> Definitions:
    """What the entries need, which is looked up in all of them only where a source has defined anything."""
    macros, preambles = reader.macros(), reader.preambles()
    if not (macros or preambles):
        return NOTHING
    fields = (
        Field(*parts)
        for entry in reader.field_lists(ids)
        for parts in entry
        if (len(parts) > _LITERAL or (preambles and "\\" in parts[1])) and layout.writes(parts[0])
    )
    return definitions(fields, macros, preambles)
