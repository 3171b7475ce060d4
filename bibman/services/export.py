"""From entries to a `.bib`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bibman.formats.bibtex_writer import Letters, parents_last, with_notes, with_tags, write
from bibman.model.entry import Entry
from bibman.model.naming import fold_name
from bibman.model.vocabulary import Dialect
from bibman.storage.reading import Reader

INHERITED = ("crossref", "xdata")
"""The fields that name the entries from which an entry inherits."""


@dataclass(frozen=True, slots=True)
class Export:
    """A `.bib` in pieces, how many entries are in it, and the keys of the unidentified entries that are not."""

    pieces: Iterator[str]
    entries: int
    left_out: tuple[str, ...]


def export(
    reader: Reader,
    keys: Sequence[str],
    dialect: Dialect,
    letters: Letters | None = None,
    *,
    tags: bool = False,
    notes: bool = False,
    include_unidentified: bool = False,
) -> Export:
    """The entries with these keys, or all, as a `.bib` sorted by key.

    An entry that was asked for by an alias has its own key, and brings along those
    from which it inherits. `tags` go to the field `keywords`, `notes` to `annote` or
    `annotation`, after what is there. Raises NotFoundError for an unknown key.
    """
    entries = _with_parents(reader, reader.ids(keys).values()) if keys else _entries(reader, reader.all_ids())
    left_out = () if include_unidentified else tuple(each.key for each in entries.values() if not each.identified)
    wanted = {entry_id: each for entry_id, each in entries.items() if each.identified or include_unidentified}
    chosen = sorted(
        _annotated(reader, wanted, tags=tags, notes=notes), key=lambda entry: (fold_name(entry.key), entry.key)
    )
    return Export(write(parents_last(chosen), dialect, letters), len(chosen), left_out)


def _entries(reader: Reader, ids: Iterable[int]) -> dict[int, Entry]:
    return {stored.id: stored.entry for stored in reader.entries(list(dict.fromkeys(ids)))}


def _with_parents(reader: Reader, ids: Iterable[int]) -> dict[int, Entry]:
    """The entries with these ids, and those from which they inherit by `crossref` or `xdata`."""
    found: dict[int, Entry] = {}
    wanted = list(ids)
    while wanted:
        new = _entries(reader, wanted)
        found |= new
        named = {
            key.strip()
            for entry in new.values()
            for name in INHERITED
            for key in (entry.get(name) or "").split(",")
            if key.strip()
        }
        parents = (reader.id_of(key) for key in sorted(named))
        wanted = [parent for parent in parents if parent is not None and parent not in found]
    return found


def _annotated(reader: Reader, entries: dict[int, Entry], *, tags: bool, notes: bool) -> Iterable[Entry]:
    if not (tags or notes):
        return entries.values()
    ids = list(entries)
    tags_of = reader.tags_of(ids) if tags else {}
    notes_of = reader.notes_of(ids) if notes else {}
    return [
        with_notes(with_tags(entry, tags_of.get(entry_id, ())), notes_of.get(entry_id, ()))
        for entry_id, entry in entries.items()
    ]
