"""What entries and records say of works, in the same words, so that the one can be held against the other."""

import re
from functools import cached_property
from typing import Final

from bibman.model.dates import parse_date
from bibman.model.derive import derive
from bibman.model.entry import Entry
from bibman.model.evidence_names import Byline, byline_of
from bibman.model.identifiers import Identifier
from bibman.model.names import OTHERS, Name, short_names
from bibman.model.record import Record, record_fields
from bibman.model.titles import title_of
from bibman.model.traits import Traits, is_preprint_doi, traits_of


class Description:
    """What an entry says of its work, as it is compared, in Unicode; some parts are made when they are needed."""

    def __init__(self, entry: Entry) -> None:
        derived = derive(entry)
        self.entry = entry
        self.text = _PROCLAIMED.sub("", derived.title)
        self.title = title_of(self.text)
        self.year = derived.year
        self.identifiers = frozenset(derived.identifiers)
        self.container = derived.container
        self.names = {role: people for role, people in derived.names.items() if role in ("author", "editor")}

    @cached_property
    def byline(self) -> Byline:
        """Its authors and editors."""
        return byline_of(self.names)

    @cached_property
    def years(self) -> frozenset[int]:
        """The years in which it appeared, in any form."""
        dates = [parse_date(self.entry.get(name) or "") for name in ("eprintdate", "origdate")]
        return frozenset(each for each in (self.year, *(date and date.year for date in dates)) if each)

    @cached_property
    def traits(self) -> Traits:
        """What it is compared by with others."""
        return traits_of(self.entry)

    @property
    def is_in_latin(self) -> bool:
        """Whether its title is in Latin letters."""
        return 2 * sum(map(str.isascii, self.title.letters)) >= len(self.title.letters)

    @property
    def is_on_server(self) -> bool:
        """Whether it is on a server of preprints, there alone or beside its publication."""
        return any(map(is_preprint, self.identifiers)) or self.traits.is_preprint

    @property
    def names_said(self) -> str:
        """Its names in a line, as they are signed; of very many the first."""
        names = self.names.get("author") or self.names.get("editor") or ()
        shown = [_signed(name) for name in names[:_MOST_SHOWN] if name != OTHERS]
        return ", ".join([*shown, *(["…"] if len(shown) < len(names) else [])])


def is_preprint(identifier: Identifier) -> bool:
    """Whether an identifier is one that a server of preprints gives."""
    return identifier.scheme == "arxiv" or (identifier.scheme == "doi" and is_preprint_doi(identifier.value))


def entry_of(record: Record) -> Entry:
    """The entry that says what a record says; it has no key."""
    return Entry("", record.type, record_fields(record))


def described(record: Record) -> str:
    """A known work in a few words: “Attention Is All You Need” (Vaswani et al., 2017)."""
    names = short_names(record.names.get("author") or record.names.get("editor") or ())
    told = ", ".join(filter(None, (names, record.texts.get("date", "")[:4])))
    return f"“{record.texts.get('title', '')}”{f' ({told})' if told else ''}"


_MOST_SHOWN: Final = 8


def _signed(name: Name) -> str:
    return name.literal or " ".join(filter(None, (name.given, name.prefix, name.family, name.suffix)))


# Publishers write before the title that a work is to be relied on no more; it is the same work.
_PROCLAIMED: Final = re.compile(
    r"(?i)^\W*(?:retracted|withdrawn|removed)(?:\s+(?:article|paper|chapter))?\s*[:\]]\W*"
    r"|\s*[\[(](?:retracted|withdrawn)(?:\s+(?:article|paper))?[\])]\s*$"
)
