"""Tags: the reader's own words for entries. `/` nests them: `alignment/rlhf` is below `alignment`."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bibman.errors import GivenValueError
from bibman.model.naming import fold_name

SEPARATOR = "/"


class Branch(NamedTuple):
    """A tag in its place in the tree: how many tags it is below, and its own word among theirs.

    One that only has tags below it is no tag itself: `is_tag` is False.
    """

    path: str
    word: str
    depth: int
    is_tag: bool


def parse_tags(text: str) -> list[str]:
    """The tags in a list with commas between them, blanks trimmed and collapsed, none twice in a row of words.

    Raises GivenValueError for an empty tag, an empty level (`a//b`) or a control character.
    """
    tags = [_tag(part) for part in text.split(",")]
    return list(dict.fromkeys(tags))


def tree(tags: Iterable[str]) -> list[Branch]:
    """The tags, and what they are below, in order: each followed by those below it."""
    branches: dict[tuple[str, ...], Branch] = {}
    for tag in sorted(tags, key=_order):
        levels = tag.split(SEPARATOR)
        for depth, word in enumerate(levels):
            path = SEPARATOR.join(levels[: depth + 1])
            branches.setdefault(_order(path), Branch(path, word, depth, path == tag))
    return [branches[order] for order in sorted(branches)]


def lineage(tag: str) -> Iterator[str]:
    """A tag, folded, and those that it is below: `a/b/c`, `a/b`, `a`."""
    while tag:
        yield tag
        tag = tag.rpartition(SEPARATOR)[0]


def is_below(tag: str, parent: str) -> bool:
    """Whether a tag is below another, both folded."""
    return tag.startswith(parent + SEPARATOR)


def _order(tag: str) -> tuple[str, ...]:
    return tuple(map(fold_name, tag.split(SEPARATOR)))


def _tag(text: str) -> str:
    levels = [" ".join(level.split()) for level in text.split(SEPARATOR)]
    tag = SEPARATOR.join(levels)
    if not all(levels):
        raise GivenValueError(
            f"not a tag: {text.strip()!r}", "A tag is a word or more; `/` between words nests, a comma parts tags"
        )
    if re.search(r"[\x00-\x1f\x7f-\x9f]", tag):
        raise GivenValueError(f"not a tag: {tag!r}", "It holds a control character")
    return tag
