"""The tags of a library as a tree, counted."""

from typing import NamedTuple

from bibman.model.naming import fold_name
from bibman.model.tags import lineage, tree
from bibman.storage.reading import Reader


class CountedBranch(NamedTuple):
    """A tag in its place: how many entries have it, and how many have it or one below it.

    `word` is its own word, `depth` how many tags it is below. One that only has tags below it is no tag itself.
    """

    path: str
    word: str
    depth: int
    is_tag: bool
    entries: int
    with_children: int


def counted_tree(reader: Reader) -> list[CountedBranch]:
    """The tags, and what they are below, each followed by those below it."""
    tags = reader.tags()
    own = {fold_name(tag.name): tag.entries for tag in tags}
    families: dict[str, list[int]] = {}
    for folded, tag_id in reader.tag_ids(own).items():
        for parent in lineage(folded):
            families.setdefault(parent, []).append(tag_id)
    # Of one tag alone it is known already.
    whole = reader.entries_below({parent: ids for parent, ids in families.items() if len(ids) > 1 or parent not in own})
    return [
        CountedBranch(*branch, own.get(folded, 0), whole.get(folded, own.get(folded, 0)))
        for branch in tree(tag.name for tag in tags)
        for folded in [fold_name(branch.path)]
    ]
