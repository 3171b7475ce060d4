"""The entries of a `.bib` from which others inherit, found without holding the others."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from bibman.formats.bibtex_blocks import blocks
from bibman.formats.bibtex_reader import Macros, read_entry
from bibman.model.entry import Entry
from bibman.model.inheritance import PARENT_FIELDS, completed, parent_keys
from bibman.model.naming import fold_name

_NAMED: Final = re.compile("|".join(PARENT_FIELDS), re.IGNORECASE)
_LONGEST_NAME: Final = max(map(len, PARENT_FIELDS))


def parents(texts: Callable[[], Iterable[str]]) -> dict[str, Entry]:
    """Folded key → the entry, for those that `crossref` or `xdata` of another names; of two with one key the first.

    `texts` gives the pieces of the `.bib` from its beginning, each time that it is asked: once where nothing inherits,
    else three times, for a parent may stand before or behind its children.
    """
    if not _may_inherit(texts()):
        return {}
    wanted = {fold_name(key) for entry in _entries(texts()) for key in parent_keys(entry)}
    found: dict[str, Entry] = {}
    for entry in _entries(texts()):
        if (key := fold_name(entry.key)) in wanted:
            found.setdefault(key, entry)
    return found


def with_inherited(entry: Entry, known: Mapping[str, Entry], below: frozenset[str] = frozenset()) -> Entry:
    """The entry with what it inherits from those that are `known` by their folded keys, and these from theirs.

    `below` are the keys of those that ask for it, for forebears may stand in a circle.
    """
    below |= {fold_name(entry.key)}
    named = [known[key] for each in parent_keys(entry) if (key := fold_name(each)) in known and key not in below]
    return completed(entry, [with_inherited(parent, known, below) for parent in named]) if named else entry


def _may_inherit(texts: Iterable[str]) -> bool:
    end = ""
    for text in texts:
        if _NAMED.search(end + text):
            return True
        end = text[-_LONGEST_NAME:]
    return False


def _entries(texts: Iterable[str]) -> Iterator[Entry]:
    macros = Macros()
    for block in blocks(texts):
        if block.kind == "macro":
            macros.define(block.key, block.fields[0][1])
        elif block.kind == "entry":
            yield read_entry(block, macros)
