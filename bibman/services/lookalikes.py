"""New entries that look like one that is here already, by the cheap signs: told as they come in."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from bibman.model.entry import Entry
from bibman.storage.change import Change
from bibman.storage.derived import Derived

# What compares is imported where something is found: most files have no duplicate.
if TYPE_CHECKING:
    from bibman.model.duplicates import Comparison


class Lookalikes:
    """The entries of a library whose titles fold like those of a batch that comes in; new ones are added as they come.

    Only a title that is the same to the letter, or an identifier, finds one here, so that reading a file takes no
    longer; `duplicates` looks for the others.
    """

    def __init__(self, change: Change, coming: Iterable[Derived]) -> None:
        keys = (each.entry["title_key"] for each in coming)
        self._with_title = change.reader.ids_with_titles(key for key in keys if key is not None)

    @property
    def ids(self) -> set[int]:
        """The ids of the entries that are here."""
        return {entry_id for several in self._with_title.values() for entry_id in several}

    def add(self, entry_id: int, derived: Derived) -> None:
        """Tells of an entry that has just come in."""
        key = derived.entry["title_key"]
        if key is not None:
            self._with_title.setdefault(key, []).append(entry_id)

    def of(
        self, entry: Entry, derived: Derived, others: Iterable[int], known: Callable[[int], Entry]
    ) -> "dict[str, Comparison]":
        """Key → comparison, for the entries that look like `entry`, the most alike first.

        `others` are entries that share an identifier with it; `known` gives an entry by its id.
        """
        ids = dict.fromkeys([*others, *self._with_title.get(derived.entry["title_key"], ())[:_FEW]])
        if not ids:
            return {}
        from bibman.model.duplicates import Sameness, compare
        from bibman.model.traits import traits_of

        mine = traits_of(entry)
        found = {each.key: compare(mine, traits_of(each)) for each in map(known, ids)}
        likely = {key: each for key, each in found.items() if each.verdict is not Sameness.NO}
        return dict(sorted(likely.items(), key=lambda item: -item[1].score))


_FEW = 8


def told(found: "Mapping[str, Comparison]") -> str:
    """In words, what an entry looks like; empty where that is nothing."""
    return "; ".join(f"looks like {key}: {', '.join(each.reasons)}" for key, each in found.items())
