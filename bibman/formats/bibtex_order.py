"""In what order entries stand in a `.bib`."""

from collections.abc import Sequence
from typing import Any

from bibman.formats.bibtex_layout import Order
from bibman.model.derive import derive
from bibman.model.entry import Entry
from bibman.model.fold import fold
from bibman.model.naming import fold_name


def sort_key(entry: Entry, order: Order) -> tuple[Any, ...]:
    """What to sort entries by; where it is the same, they are to stay as they are.

    By "name" is by the family name of the first author, editor or translator, then by year. What has no name, title or
    year comes first.
    """
    if order == "kept":
        return ()
    if order == "key":
        return fold_name(entry.key), entry.key
    if order == "type":
        return (entry.type,)
    derived = derive(entry)
    if order == "title":
        return (fold(derived.title),)
    year = -(10**9) if derived.year is None else derived.year
    if order == "year":
        return (year,)
    first = next((names[0] for names in derived.names.values()), None)
    return fold(first.literal or f"{first.prefix} {first.family}") if first else "", year


def places_with_parents_last(keys: Sequence[str], crossrefs: dict[int, str]) -> Sequence[int]:
    """The places of these `keys` in the order in which they can stand; `crossrefs` is place → value of `crossref`.

    BibTeX inherits only from entries that come later in the file (btxdoc, 2.1); keys are compared
    without regard to case. Entries that refer to each other in a circle stay where they are.
    """
    wanted = {key for value in crossrefs.values() if (key := value.strip().lower())}
    if not wanted:
        return range(len(keys))
    place_of = {key: place for place, key in enumerate(map(str.lower, keys)) if key in wanted}
    parents = {place: place_of.get(value.strip().lower()) for place, value in crossrefs.items()}
    waiting = [0] * len(keys)
    for parent in parents.values():
        if parent is not None:
            waiting[parent] += 1
    rank = [0] * len(keys)
    ready = [place for place, children in enumerate(waiting) if children == 0]
    for place in ready:
        parent = parents.get(place)
        if parent is not None:
            rank[parent] = max(rank[parent], rank[place] + 1)
            waiting[parent] -= 1
            if waiting[parent] == 0:
                ready.append(parent)
    return sorted(range(len(keys)), key=rank.__getitem__)
