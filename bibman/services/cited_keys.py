"""Entries under the keys that a paper cites them by."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bibman.model.editing import with_references
from bibman.model.entry import Entry, Field
from bibman.model.naming import fold_name
from bibman.model.vocabulary import Dialect


def as_cited(entries: Mapping[int, Entry], cited: Mapping[int, Sequence[str]], dialect: Dialect) -> list[Entry]:
    """The entries, by id, under the keys that a paper cites them by; references between them follow.

    Of several keys an entry gets its own, or else the first; the others become `ids` for BibLaTeX (manual, 2.2.3), and
    for BibTeX, which knows nothing alike, copies under those that it tells apart.
    """
    named = {entry_id: _chosen(entries[entry_id].key, keys) for entry_id, keys in cited.items() if entry_id in entries}
    renamed = {entries[entry_id].key: key for entry_id, key in named.items() if entries[entry_id].key != key}
    found: list[Entry] = []
    for entry_id, entry in entries.items():
        key = named.get(entry_id, entry.key)
        others = [each for each in cited.get(entry_id, ()) if each != key]
        followed = replace(with_references(entry, renamed), key=key)
        if dialect == "biblatex":
            found.append(_with_ids(followed, others))
        else:
            copies = {fold_name(each): replace(followed, key=each) for each in (*reversed(others), key)}
            found += copies.values()
    return found


def _chosen(own: str, keys: Sequence[str]) -> str:
    return own if own in keys else keys[0]


def _with_ids(entry: Entry, others: Sequence[str]) -> Entry:
    old = entry.get("ids")
    there = [key.strip() for key in (old or "").split(",") if key.strip()]
    ids = ",".join(key for key in dict.fromkeys((*there, *others)) if key != entry.key)
    if ids == ",".join(there):
        return entry
    kept = tuple(each for each in entry.fields if each.name != "ids")
    return replace(entry, fields=(*kept, Field("ids", ids)) if ids else kept)


def remarks_on(entries: Mapping[int, Entry], cited: Mapping[int, Sequence[str]], dialect: Dialect) -> list[str]:
    """What a user should know of the keys that a paper cites entries by, where LaTeX and the library differ on them."""
    remarks = []
    for entry_id, keys in cited.items():
        own = entries[entry_id].key
        key = _chosen(own, keys)
        if key != own and fold_name(key) == fold_name(own):
            remarks.append(f"cited as {key}, the library has {own}: written as it is cited, since biber minds the case")
        if len(set(map(fold_name, keys))) < len(keys):
            remarks.append(f"cited both as {' and '.join(keys)}, at which BibTeX stops")
        elif len(keys) > 1 and dialect == "bibtex":
            remarks.append(f"cited both as {' and '.join(keys)}: BibTeX prints it once for each")
    return remarks
