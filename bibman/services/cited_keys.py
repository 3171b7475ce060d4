"""The entries that a paper cites, what they bring along, and the keys that it cites them by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bibman.model.editing import with_references
from bibman.model.entry import Entry, Field
from bibman.model.naming import fold_name
from bibman.model.nearest import nearest
from bibman.model.vocabulary import Dialect
from bibman.storage.reading import Reader

if TYPE_CHECKING:
    from bibman.services.citations import Cited

BROUGHT_ALONG = ("crossref", "xref", "xdata", "entryset", "related")
"""The fields that name the entries from which one inherits, of which a set consists, or that are printed with it."""

_MOST_ADVICE = 20  # to find the nearest of many keys takes a while


def named_by(reader: Reader, cited: "Cited") -> tuple[dict[int, list[str]], dict[str, list[str]]]:
    """The ids of cited entries, each with the keys by which they are cited; and each key that nobody has, with those
    that are nearest."""
    named: dict[int, list[str]] = {}
    unknown: list[str] = []
    for key in cited.keys:
        entry_id = reader.id_of(key)
        if entry_id is None:
            unknown.append(key)
        else:
            named.setdefault(entry_id, []).append(key)
    existing = list(reader.keys()) if unknown else []
    return named, {key: nearest(key, existing) if place < _MOST_ADVICE else [] for place, key in enumerate(unknown)}


def with_parents(reader: Reader, ids: Iterable[int]) -> dict[int, str]:
    """Id → value of `crossref`, for these entries and those that they need."""
    found: dict[int, str] = {}
    wanted = list(dict.fromkeys(ids))
    while wanted:
        named: set[str] = set()
        for stored in reader.entries(wanted):
            found[stored.id] = stored.entry.get("crossref") or ""
            for name in BROUGHT_ALONG:
                named.update(map(str.strip, (stored.entry.get(name) or "").split(",")))
        parents = dict.fromkeys(reader.id_of(key) for key in sorted(named) if key)
        wanted = [parent for parent in parents if parent is not None and parent not in found]
    return found


def chosen_key(own: str, cited: Sequence[str]) -> str:
    """The key under which an entry is written: its `own` if that is `cited`, or nothing is, else the first that is."""
    return cited[0] if cited and own not in cited else own


def written_keys(own: str, cited: Sequence[str], dialect: Dialect) -> Sequence[str]:
    """The chosen key, and for BibTeX, which knows nothing like `ids`, those of copies: all that it tells apart."""
    key = chosen_key(own, cited)
    if dialect == "biblatex" or not cited:
        return (key,)
    others = (each for each in reversed(cited) if each != key)
    return tuple({fold_name(each): each for each in (*others, key)}.values())


def as_cited(entry: Entry, key: str, cited: Sequence[str], renamed: Mapping[str, str], dialect: Dialect) -> Entry:
    """The entry under one of its written keys; its references follow the entries that are `renamed`.

    For BibLaTeX the other keys by which it is `cited` become `ids` (manual, 2.2.3).
    """
    followed = replace(with_references(entry, renamed), key=key) if renamed or key != entry.key else entry
    return _with_ids(followed, [each for each in cited if each != key]) if dialect == "biblatex" and cited else followed


def _with_ids(entry: Entry, others: Sequence[str]) -> Entry:
    old = entry.get("ids")
    there = [key.strip() for key in (old or "").split(",") if key.strip()]
    ids = ",".join(key for key in dict.fromkeys((*there, *others)) if key != entry.key)
    if ids == ",".join(there):
        return entry
    kept = tuple(each for each in entry.fields if each.name != "ids")
    return replace(entry, fields=(*kept, Field("ids", ids)) if ids else kept)


def remarks_on(own_keys: Mapping[int, str], cited: Mapping[int, Sequence[str]], dialect: Dialect) -> list[str]:
    """What a user should know of the keys that a paper cites entries by, where LaTeX and the library differ on them."""
    remarks = []
    for entry_id, keys in cited.items():
        own = own_keys[entry_id]
        key = chosen_key(own, keys)
        if key != own and fold_name(key) == fold_name(own):
            remarks.append(f"cited as {key}, the library has {own}: written as it is cited, since biber minds the case")
        if len(set(map(fold_name, keys))) < len(keys):
            remarks.append(f"cited both as {' and '.join(keys)}, at which BibTeX stops")
        elif len(keys) > 1 and dialect == "bibtex":
            remarks.append(f"cited both as {' and '.join(keys)}: BibTeX prints it once for each")
    return remarks
