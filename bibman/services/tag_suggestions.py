"""Tags proposed for entries by their keywords and titles."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, NamedTuple

from bibman.errors import GivenValueError
from bibman.model.derive import derive
from bibman.model.fold import fold
from bibman.model.naming import fold_name
from bibman.model.tags import SEPARATOR, parse_tags
from bibman.services.selection import Selection
from bibman.services.wording import counted
from bibman.storage.reading import Reader

# What writes is imported where something is written.
if TYPE_CHECKING:
    from bibman.storage.database import Library

MOST_KEYWORDS = 5
"""So many keywords are proposed for an entry besides the tags that exist."""
LEAST_ENTRIES = 2
"""A keyword that fewer entries have parts nothing from anything."""

Reason = Literal["keyword", "title", "frequent keyword"]


class Suggestion(NamedTuple):
    """A tag that an entry might have.

    It is there already and is a keyword of the entry, or stands in its title; or it would be new and is a `frequent
    keyword`. `entries` have the tag, or the keyword.
    """

    key: str
    tag: str
    reason: Reason
    entries: int


def suggest(reader: Reader, selection: Selection) -> list[Suggestion]:
    """Tags for entries that they do not have, the best first: existing ones by keyword, then by title, then keywords.

    Raises NotFoundError for an unknown key.
    """
    return [suggestion for _, suggestion in _suggestions(reader, selection)]


def apply_suggestions(library: "Library", selection: Selection) -> list[Suggestion]:
    """Puts on entries all the tags that `suggest` proposes for them, and returns these."""
    from bibman.storage.annotations import add_tags

    with library.change("tag suggest") as change:
        found = list(_suggestions(change.reader, selection))
        entries: dict[str, list[int]] = {}
        names: dict[str, str] = {}
        for entry_id, (_, tag, _, _) in found:
            names.setdefault(fold_name(tag), tag)
            entries.setdefault(fold_name(tag), []).append(entry_id)
        for folded, ids in entries.items():
            add_tags(change, ids, [names[folded]])
        tagged = len({entry_id for entry_id, _ in found})
        change.summary = f"put {counted(len(entries), 'suggested tag')} on {counted(tagged, 'entry', 'entries')}"
    return [suggestion for _, suggestion in found]


def _suggestions(reader: Reader, selection: Selection) -> Iterator[tuple[int, Suggestion]]:
    ids = selection.ids(reader)
    existing = {tag.name: tag.entries for tag in reader.tags()}
    named = _by_words(existing)
    had = reader.tags_of(ids)
    frequency: dict[str, int] = {}
    for entry_id, _, entry in reader.entries(ids):
        facts = derive(entry)
        keywords = {fold(each): " ".join(each.split()) for each in re.split("[,;]", facts.keywords)}
        keywords.pop("", None)
        title = f" {fold(facts.title)} "
        taken = set(map(fold_name, had.get(entry_id, ())))
        proposed: list[tuple[str, Reason, int]] = []
        for words in keywords:
            proposed += [(tag, "keyword", existing[tag]) for tag in named.get(words, ())]
        proposed += [
            (tag, "title", existing[tag]) for words, tags in named.items() if f" {words} " in title for tag in tags
        ]
        for words in keywords:
            if words not in frequency:
                frequency[words] = reader.entries_with_keyword(words)
        new = [words for words in keywords if words not in named and frequency[words] >= LEAST_ENTRIES]
        new.sort(key=lambda words: -frequency[words])
        proposed += [(keywords[words], "frequent keyword", frequency[words]) for words in new[:MOST_KEYWORDS]]
        for tag, reason, entries in proposed:
            with suppress(GivenValueError):  # not every keyword can be a tag
                (name,) = parse_tags(tag)
                if fold_name(name) not in taken:
                    taken.add(fold_name(name))
                    yield entry_id, Suggestion(entry.key, name, reason, entries)


def _by_words(tags: Iterable[str]) -> dict[str, list[str]]:
    """The tags by their words as a text has them: those of the whole tag, and those of its last level."""
    found: dict[str, list[str]] = {}
    for tag in tags:
        for words in {fold(tag), fold(tag.rpartition(SEPARATOR)[2])}:
            if len(words) > 1:
                found.setdefault(words, []).append(tag)
    return found
