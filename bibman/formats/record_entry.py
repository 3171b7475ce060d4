"""The entry that a record describes, in the words of the entry beside which it is to stand."""

from dataclasses import replace

from bibman.formats.dialects import to_bibtex
from bibman.model.entry import Entry
from bibman.model.fold import fragment
from bibman.model.record import Record, record_fields
from bibman.model.vocabulary import BIBLATEX_MARKS, BIBLATEX_TYPES, BIBTEX_TYPES, FIELD_ALIASES, Dialect

_BIBTEX_MARKS = frozenset((*FIELD_ALIASES, "year"))
# What says of a conference where and when it was held has no name in BibTeX, whose styles print none of it.
_BIBLATEX_ONLY = frozenset(("eventtitle", "eventdate", "venue"))


def dialect_of(entry: Entry) -> Dialect:
    """In which dialect an entry is written, by its fields, then by its type; BibLaTeX where nothing tells.

    `journal` and `year` are BibTeX's, `journaltitle` and `date` BibLaTeX's.
    """
    names = {field.name for field in entry.fields}
    if not names.isdisjoint(BIBLATEX_MARKS):
        return "biblatex"
    is_old = not names.isdisjoint(_BIBTEX_MARKS) or entry.type in BIBTEX_TYPES - BIBLATEX_TYPES
    return "bibtex" if is_old else "biblatex"


def described_by(record: Record, like: Entry) -> Entry:
    """The entry that `record` describes, with the key of the entry that it is `like`, in the dialect of that.

    BibTeX's styles print no day, and none is written. An abstract that is cut off is none.
    """
    fields = tuple(field for field in record_fields(record) if field.name != "abstract" or not fragment(field.value)[1])
    described = Entry(like.key, record.type, fields)
    if dialect_of(like) == "biblatex":
        return described
    known = (field for field in described.fields if field.name not in _BIBLATEX_ONLY)
    written = to_bibtex(replace(described, fields=tuple(known)))
    # How a preprint is cited is made by an export, and never stored.
    left_out = {"day"} if described.get("howpublished") else {"day", "howpublished"}
    return replace(written, fields=tuple(field for field in written.fields if field.name not in left_out))
