"""From entries to a `.bib`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bibman.errors import NotFoundError
from bibman.formats.bibtex_writer import Letters, parents_last, with_notes, with_tags, write
from bibman.model.entry import Entry
from bibman.model.naming import fold_name
from bibman.model.nearest import nearest
from bibman.model.vocabulary import Dialect
from bibman.services.cited_keys import as_cited, remarks_on
from bibman.storage.reading import Reader

if TYPE_CHECKING:
    from bibman.services.citations import Cited

INHERITED = ("crossref", "xdata", "entryset")
"""The fields that name the entries from which an entry inherits, or of which a set consists."""

_MOST_ADVICE = 20  # to find the nearest of many keys takes a while


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


def export(
    reader: Reader,
    keys: Sequence[str],
    dialect: Dialect,
    letters: Letters | None = None,
    *,
    cited: "Cited | None" = None,
    tags: bool = False,
    notes: bool = False,
    include_unidentified: bool = False,
) -> Export:
    """The entries with these keys, or all, as a `.bib` sorted by key.

    With `cited` those that a paper cites, under the keys that it cites them by, and those with `keys` besides. An
    entry that was asked for by an alias has its own key. All bring along those from which they inherit. `tags` go to
    the field `keywords`, `notes` to `annote` or `annotation`, after what is there. Raises NotFoundError for an unknown
    key; one that is `cited` is among the missing.
    """
    named, missing = _named(reader, cited) if cited is not None else ({}, ())
    if (cited is None and not keys) or (cited is not None and cited.everything):
        entries = _entries(reader, reader.all_ids())
    else:
        entries = _with_parents(reader, [*reader.ids(keys).values(), *named])
    left_out = () if include_unidentified else tuple(each.key for each in entries.values() if not each.identified)
    wanted = {entry_id: each for entry_id, each in entries.items() if each.identified or include_unidentified}
    annotated = _annotated(reader, wanted, tags=tags, notes=notes)
    written = as_cited(annotated, named, dialect) if named else annotated.values()
    chosen = sorted(written, key=lambda entry: (fold_name(entry.key), entry.key))
    return Export(
        write(parents_last(chosen), dialect, letters),
        len(chosen),
        left_out,
        missing,
        tuple(remarks_on(entries, named, dialect)),
    )


def _named(reader: Reader, cited: "Cited") -> tuple[dict[int, list[str]], tuple[NotFoundError, ...]]:
    """The ids of cited entries, each with the keys by which they are cited; an error for each key that nobody has."""
    named: dict[int, list[str]] = {}
    unknown: list[str] = []
    for key in cited.keys:
        entry_id = reader.id_of(key)
        if entry_id is None:
            unknown.append(key)
        else:
            named.setdefault(entry_id, []).append(key)
    existing = list(reader.keys()) if unknown else []
    near = ((key, nearest(key, existing) if place < _MOST_ADVICE else ()) for place, key in enumerate(unknown))
    return named, tuple(NotFoundError.of("key", [f"{key} (cited in {cited.keys[key]})"], names) for key, names in near)


def _entries(reader: Reader, ids: Iterable[int]) -> dict[int, Entry]:
    return {stored.id: stored.entry for stored in reader.entries(list(dict.fromkeys(ids)))}


def _with_parents(reader: Reader, ids: Iterable[int]) -> dict[int, Entry]:
    """The entries with these ids, and those from which they inherit or of which they consist."""
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


def _annotated(reader: Reader, entries: dict[int, Entry], *, tags: bool, notes: bool) -> dict[int, Entry]:
    if not (tags or notes):
        return entries
    ids = list(entries)
    tags_of = reader.tags_of(ids) if tags else {}
    notes_of = reader.notes_of(ids) if notes else {}
    return {
        entry_id: with_notes(with_tags(entry, tags_of.get(entry_id, ())), notes_of.get(entry_id, ()))
        for entry_id, entry in entries.items()
    }
