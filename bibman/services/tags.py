"""Tags on entries: put on, taken off, renamed."""

from collections.abc import Sequence
from dataclasses import dataclass

from bibman.errors import GivenValueError, NotFoundError
from bibman.model.naming import fold_name
from bibman.model.nearest import nearest
from bibman.model.tags import SEPARATOR, parse_tags
from bibman.services.wording import counted
from bibman.storage.annotations import add_tags, remove_tags, rename_tag
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
    """A tag renamed with its children, as (old, new); `merged` where the new name was there already."""

    renamed: tuple[tuple[str, str], ...]
    merged: bool


def add(library: Library, tags: str, keys: Sequence[str]) -> Tagging:
    """Puts tags (a list with commas) on the entries with these keys.

    Raises NotFoundError, changing nothing, where a key does not exist, and GivenValueError for a bad tag.
    """
    names = parse_tags(tags)
    with library.change("tag add") as change:
        ids = list(dict.fromkeys(change.reader.ids(keys).values()))
        changed = add_tags(change, ids, names)
        change.summary = f"tagged {counted(len(ids), 'entry', 'entries')} {', '.join(names)}"
    return Tagging(tuple(names), len(ids), changed)


def remove(library: Library, tags: str, keys: Sequence[str]) -> Tagging:
    """Takes tags (a list with commas) off the entries with these keys.

    Raises NotFoundError, changing nothing, where a key or a tag does not exist.
    """
    names = parse_tags(tags)
    with library.change("tag remove") as change:
        ids = list(dict.fromkeys(change.reader.ids(keys).values()))
        changed = remove_tags(change, ids, list(_existing(change, names).values()))
        change.summary = f"took {', '.join(names)} off {counted(len(ids), 'entry', 'entries')}"
    return Tagging(tuple(names), len(ids), changed)


def rename(library: Library, old: str, new: str) -> Renaming:
    """Renames a tag, and its children with it; where the new name is there already, the two become one.

    Raises NotFoundError where `old` does not exist, GivenValueError where a tag would come below itself.
    """
    (old_name,), (new_name,) = _one(old), _one(new)
    if fold_name(new_name).startswith(fold_name(old_name) + SEPARATOR):
        raise GivenValueError(f"{old_name} cannot become {new_name}", "A tag cannot be moved below itself")
    with library.change("tag rename") as change:
        _existing(change, [old_name], with_children=True)
        folded = fold_name(old_name)
        family = [
            tag.name
            for tag in change.reader.tags()
            if fold_name(tag.name) == folded or fold_name(tag.name).startswith(folded + SEPARATOR)
        ]
        depth = len(old_name.split(SEPARATOR))
        renamed = tuple((name, SEPARATOR.join([new_name, *name.split(SEPARATOR)[depth:]])) for name in family)
        merged = [_rename_one(change, name, to) for name, to in renamed]
        change.summary = f"renamed the tag {old_name} to {new_name}"
    return Renaming(renamed, any(merged))


def _rename_one(change: Change, name: str, to: str) -> bool:
    """Renames one tag; returns whether it became one with a tag that was there."""
    ids = change.reader.tag_ids([fold_name(name), fold_name(to)])
    origin, target = ids[fold_name(name)], ids.get(fold_name(to))
    if target is None or target == origin:
        rename_tag(change, origin, to)
        return False
    entries = list(change.reader.ids_with_tag(fold_name(name)))
    add_tags(change, entries, [to])
    remove_tags(change, entries, [origin])
    return True


def _existing(change: Change, names: Sequence[str], *, with_children: bool = False) -> dict[str, int]:
    """Folded name → id of tags that must exist; a tag that is only the parent of others passes where children count."""
    found = change.reader.tag_ids(map(fold_name, names))
    missing = [name for name in names if fold_name(name) not in found]
    if missing:
        existing = [tag.name for tag in change.reader.tags()]
        if with_children:
            parents = tuple(fold_name(name) + SEPARATOR for name in missing)
            if any(fold_name(tag).startswith(parents) for tag in existing):
                return found
        near = dict.fromkeys(each for name in missing for each in nearest(name, existing))
        raise NotFoundError.of("tag", missing, near)
    return found


def _one(tag: str) -> list[str]:
    names = parse_tags(tag)
    if len(names) != 1:
        raise GivenValueError(f"not one tag: {tag!r}", "A comma parts tags")
    return names
