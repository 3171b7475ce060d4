"""Tags on entries: put on, taken off, renamed, merged, deleted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bibman.errors import GivenValueError, NotFoundError
from bibman.model.naming import fold_name
from bibman.model.nearest import nearest
from bibman.model.tags import SEPARATOR, is_below, parse_tags
from bibman.services.selection import Selection
from bibman.services.wording import counted, listed
from bibman.storage.annotations import add_tags, delete_tags, remove_tags, rename_tags
from bibman.storage.change import Change
from bibman.storage.database import Library


@dataclass(frozen=True, slots=True)
class Tagging:
    """What became of putting tags on entries or taking them off: how many of the pairs changed."""

    tags: tuple[str, ...]
    entries: int
    changed: int


@dataclass(frozen=True, slots=True)
class Renaming:
    """Tags renamed with their children, as (old, new); `merged` where a new name was there already."""

    renamed: tuple[tuple[str, str], ...]
    merged: bool


@dataclass(frozen=True, slots=True)
class Deletion:
    """Tags deleted with their children, and how many entries had one of them."""

    tags: tuple[str, ...]
    entries: int


def add(library: Library, tags: str, selection: Selection) -> Tagging:
    """Puts tags (a list with commas) on entries.

    Raises NotFoundError, changing nothing, where a key does not exist, and GivenValueError for a bad tag.
    """
    names = parse_tags(tags)
    with library.change("tag add") as change:
        ids = selection.ids(change.reader)
        changed = add_tags(change, ids, names)
        change.summary = f"tagged {counted(len(ids), 'entry', 'entries')} {', '.join(names)}"
    return Tagging(tuple(names), len(ids), changed)


def remove(library: Library, tags: str, selection: Selection) -> Tagging:
    """Takes tags (a list with commas) off entries.

    Raises NotFoundError, changing nothing, where a key or a tag does not exist.
    """
    names = parse_tags(tags)
    with library.change("tag remove") as change:
        ids = selection.ids(change.reader)
        changed = remove_tags(change, ids, list(_existing(change, names).values()))
        change.summary = f"took {', '.join(names)} off {counted(len(ids), 'entry', 'entries')}"
    return Tagging(tuple(names), len(ids), changed)


def rename(library: Library, old: str, new: str) -> Renaming:
    """Renames a tag, and its children with it; where the new name is there already, the two become one.

    Raises NotFoundError where `old` does not exist, GivenValueError where a tag would come below itself.
    """
    old_name, new_name = _one(old), _one(new)
    with library.change("tag rename") as change:
        done = _rename(change, [old_name], new_name)
        change.summary = f"renamed the tag {old_name} to {new_name}"
    return done


def merge(library: Library, tags: str, into: str) -> Renaming:
    """Makes tags (a list with commas) one with a tag that is there: what had one of them has that one.

    Children go below it. Raises NotFoundError where one of them does not exist, GivenValueError where a tag would come
    below itself.
    """
    names, target = parse_tags(tags), _one(into)
    with library.change("tag merge") as change:
        (folded,) = _family(change, [target])
        # Said as it is there; one that is only above others has no spelling of its own.
        target = next((tag.name for tag in change.reader.tags() if fold_name(tag.name) == folded), target)
        if folded in map(fold_name, names):
            raise GivenValueError(f"{target} cannot be merged into itself", "Name the tags that are to go, then it")
        done = _rename(change, names, target)
        change.summary = f"merged {listed(names)} into {target}"
    return done


def delete(library: Library, tags: str) -> Deletion:
    """Deletes tags (a list with commas), and those below them, from all entries.

    Raises NotFoundError, changing nothing, where one of them does not exist.
    """
    with library.change("tag delete") as change:
        family = [name for names in _family(change, parse_tags(tags)).values() for name in names]
        ids = change.reader.tag_ids(map(fold_name, family))
        entries = delete_tags(change, list(ids.values()))
        gone = tuple(dict.fromkeys(family))
        change.summary = f"deleted {listed(list(gone))} from {counted(entries, 'entry', 'entries')}"
    return Deletion(gone, entries)


def _rename(change: Change, old: Sequence[str], new: str) -> Renaming:
    """Renames tags, each with those below it, to one name."""
    for name in old:
        if is_below(fold_name(new), fold_name(name)):
            raise GivenValueError(f"{name} cannot become {new}", "A tag cannot be moved below itself")
    renamed: dict[str, str] = {}
    for above, names in _family(change, old).items():
        depth = len(above.split(SEPARATOR))
        for name in names:
            renamed.setdefault(name, SEPARATOR.join([new, *name.split(SEPARATOR)[depth:]]))
    ids = change.reader.tag_ids(map(fold_name, renamed))
    merged = rename_tags(change, {ids[fold_name(name)]: to for name, to in renamed.items()})
    return Renaming(tuple(renamed.items()), merged)


def _family(change: Change, names: Iterable[str]) -> dict[str, list[str]]:
    """Each of these tags, folded, with its own name and those of the tags below it, as they are there.

    Raises NotFoundError for one that is neither a tag nor above one.
    """
    existing = {fold_name(tag.name): tag.name for tag in change.reader.tags()}
    found: dict[str, list[str]] = {}
    missing: list[str] = []
    for name in names:
        parent = fold_name(name)
        found[parent] = [tag for folded, tag in existing.items() if folded == parent or is_below(folded, parent)]
        if not found[parent]:
            missing.append(name)
    if missing:
        raise _unknown(missing, existing.values())
    return found


def _existing(change: Change, names: Sequence[str]) -> dict[str, int]:
    """Folded name → id of tags that must exist."""
    found = change.reader.tag_ids(map(fold_name, names))
    missing = [name for name in names if fold_name(name) not in found]
    if missing:
        raise _unknown(missing, [tag.name for tag in change.reader.tags()])
    return found


def _unknown(missing: Sequence[str], existing: Iterable[str]) -> NotFoundError:
    names = list(existing)
    return NotFoundError.of("tag", missing, dict.fromkeys(each for name in missing for each in nearest(name, names)))


def _one(tag: str) -> str:
    names = parse_tags(tag)
    if len(names) != 1:
        raise GivenValueError(f"not one tag: {tag!r}", "A comma parts tags")
    return names[0]
