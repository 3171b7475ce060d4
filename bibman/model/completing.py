"""Entries with missing fields, and what a record of the same work says that could stand there.

An entry stays what its keeper made of it: what is missing is proposed, what differs is told, and nothing is taken for
missing that is there under another name, or inherited. docs/update.md says what is proposed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final, NamedTuple

from bibman.model.dates import from_fields
from bibman.model.derive import derive
from bibman.model.duplicates import Sameness, are_containers, compare
from bibman.model.editing import with_field
from bibman.model.entry import Entry, Field
from bibman.model.fold import fold, stream
from bibman.model.identifiers import Identifier
from bibman.model.inheritance import completed as with_inherited
from bibman.model.latex import decode
from bibman.model.merging import ENTRY_TYPE, OF_PUBLICATION, VAGUE_TYPES, field_group
from bibman.model.people import Agreement, compare_people
from bibman.model.publishing import is_preprint
from bibman.model.titles import Likeness, compare_titles, titles_agree
from bibman.model.traits import Traits, is_preprint_doi, traits_of
from bibman.model.values_compared import better
from bibman.model.vocabulary import CONTAINER_FIELDS, biblatex_type, field_rank, is_name_list


class Standing(StrEnum):
    """How what a record says stands to what the entry has."""

    MISSING = "missing"
    FULLER = "says more"
    OTHERWISE = "says otherwise"


class Completion(NamedTuple):
    """What a record says of one field: `name` is the one by which it is chosen, `fields` what would stand there, and
    `present` what does."""

    name: str
    fields: tuple[Field, ...]
    present: tuple[Field, ...]
    standing: Standing

    @property
    def value(self) -> str:
        """What would stand there, in one text."""
        return told(self.fields)


def told(fields: Iterable[Field]) -> str:
    """Fields that belong together in one text, by what is written in them."""
    return ", ".join(field.written for field in fields)


_NEVER: Final = frozenset(
    "note addendum annotation keywords file urldate langid language ids eprintdate comment groups".split()
)
"""Fields that are the keeper's own, or say nothing that is printed of the work."""

_OF_PLACE: Final = OF_PUBLICATION - {ENTRY_TYPE, "date", "volume", "number", "issue", "pages", "eid"}
"""What belongs to a type: where the record says another, it would stand in the wrong place."""

_TOLD: Final = frozenset(
    "title author editor date journaltitle booktitle volume number pages edition chapter doi eprint".split()
)
"""Fields in which a difference is told; publishers and their towns have many names."""

_EITHER: Final = {"eid": "pages", "pages": "eid", "issue": "number", "number": "issue"}
"""Fields that say the same in another way."""


def contradiction(entry: Entry, described: Entry) -> str:
    """What says that a record, which was found by an identifier of the entry, describes another work; else nothing."""
    mine, yours = traits_of(entry), traits_of(described)
    people, _ = compare_people(mine.people, yours.people, is_cut=mine.is_cut or yours.is_cut)
    if mine.title.letters and yours.title.letters and mine.title.remark != yours.title.remark:
        return "other title"  # an erratum has a DOI of its own
    if not titles_agree(derive(entry).title, derive(described).title):
        likeness, _ = compare_titles(mine.title, yours.title)
        if likeness < Likeness.NEAR or people is not Agreement.SAME:
            return "other title"
    return "other names" if people is Agreement.NONE else ""


def may_be_meant(entry: Traits, described: Traits, wrong: Collection[Identifier] = ()) -> bool:
    """Whether nothing speaks against a work that has the title of an entry: names, years, numbers.

    The `wrong` identifiers of the entry, which stand for other works, are passed over.
    """
    if compare_titles(entry.title, described.title)[0] not in (Likeness.SAME, Likeness.ALIKE):
        return False
    own = entry._replace(identifiers=entry.identifiers.difference(wrong))
    return compare(own, described).verdict is not Sameness.NO


def completions(
    entry: Entry, described: Sequence[Entry], inherited: Collection[str] = (), replaced: Collection[str] = ()
) -> list[Completion]:
    """What records of the work, `described` in the dialect of the entry, say beside what the entry has.

    Of each field the first record is heard that says something of it. `inherited` are the fields that the entry has
    from its parents, by the names that `field_group` gives; `replaced` are those, by such names, that a person wants
    as the records have them: this matters to the type, on which it depends where other fields belong.
    """
    found: dict[str, Completion | None] = {}
    lies_at_server = is_preprint(entry)
    type_ = entry.type
    for each in described:
        other_state = is_preprint(each) != lies_at_server
        if ENTRY_TYPE not in found and entry.type in VAGUE_TYPES and each.type not in VAGUE_TYPES and not other_state:
            found[ENTRY_TYPE] = Completion(
                ENTRY_TYPE, (Field(ENTRY_TYPE, each.type),), (Field(ENTRY_TYPE, entry.type),), Standing.OTHERWISE
            )
            type_ = each.type if ENTRY_TYPE in replaced else type_
        groups = _groups(each)
        for name in groups:
            if name not in found and _may_be_told(name, groups, each, type_, other_state=other_state):
                found[name] = _completion(name, entry, groups[name], inherited)
    return sorted(filter(None, found.values()), key=lambda each: (each.name != ENTRY_TYPE, field_rank(each.name)))


def completed(entry: Entry, chosen: Iterable[Completion]) -> Entry:
    """The entry with what was chosen; what had stood there goes."""
    for each in chosen:
        if each.name == ENTRY_TYPE:
            entry = replace(entry, type=each.fields[0].value)
            continue
        gone = [field for field in each.present if all(field.name != new.name for new in each.fields)]
        entry = replace(entry, fields=tuple(field for field in entry.fields if field not in gone))
        for field in each.fields:
            entry = with_field(entry, field)
    return entry


def inherited_names(entry: Entry, parents: Iterable[Entry]) -> frozenset[str]:
    """The names, as `field_group` gives them, of what an entry has from its parents."""
    return frozenset(field_group(field.name) for field in with_inherited(entry, parents).fields[len(entry.fields) :])


def _groups(entry: Entry) -> dict[str, tuple[Field, ...]]:
    groups: dict[str, tuple[Field, ...]] = {}
    for field in entry.fields:
        name = "title" if field.name == "subtitle" else field_group(field.name)
        groups[name] = (*groups.get(name, ()), field)
    return groups


def _may_be_told(
    name: str, groups: Mapping[str, Sequence[Field]], described: Entry, type_: str, *, other_state: bool
) -> bool:
    """Whether what a record says under this name is of use to an entry of this type."""
    if name in _NEVER or (name == "url" and ("doi" in groups or "eprint" in groups)):
        return False
    is_of_type = biblatex_type(described.type)[0] == biblatex_type(type_)[0]
    if name in _OF_PLACE and not is_of_type:
        return False
    # Of a preprint's place and time nothing holds for its publication, nor the other way round.
    return not other_state or not (name in OF_PUBLICATION or name in ("doi", "isbn", "issn"))


def _completion(name: str, entry: Entry, fields: tuple[Field, ...], inherited: Collection[str]) -> Completion | None:
    groups = _groups(entry)
    present = groups.get(name, ())
    if name in CONTAINER_FIELDS and not present:
        present = next((groups[each] for each in CONTAINER_FIELDS if each in groups), ())
    if not present:
        is_there = name in inherited or _EITHER.get(name) in groups
        if name in CONTAINER_FIELDS and any(each in inherited for each in CONTAINER_FIELDS):
            is_there = True
        return None if is_there else Completion(name, fields, (), Standing.MISSING)
    if name not in _TOLD:
        return None
    standing = _standing(name, present, fields)
    return None if standing is None else Completion(name, fields, present, standing)


def _standing(name: str, present: Sequence[Field], fields: Sequence[Field]) -> Standing | None:
    if name == "title":
        return _title_standing(present, fields)
    verdict = better(name, present, fields)
    if verdict.is_same or verdict.prefers == 0:
        return None
    if name == "date":
        # Who writes the year alone wants no day, and days differ with what is dated.
        return None if _year(present) == _year(fields) else Standing.OTHERWISE
    mine, yours = present[0].value, fields[0].value
    if name in CONTAINER_FIELDS:
        words = [tuple(fold(value).split()) for value in (mine, yours)]
        return None if are_containers(words[0], words[1]) else Standing.OTHERWISE
    if verdict.prefers == 1:
        fuller = verdict.reason in ("more names", "names in full", "no names left out", "first and last page")
        if fuller:
            return Standing.FULLER
        return None if _letters(mine) == _letters(yours) else Standing.OTHERWISE
    if name == "doi" and is_preprint_doi(yours.lower()):
        return None
    if not is_name_list(name) and _letters(mine) == _letters(yours):
        return None
    return Standing.OTHERWISE


def _title_standing(present: Sequence[Field], fields: Sequence[Field]) -> Standing | None:
    mine, yours = (derive(Entry("", "misc", tuple(several))).title for several in (present, fields))
    if stream(mine) == stream(yours):
        return None
    if stream(yours).startswith(stream(mine)):
        return Standing.FULLER
    return None if stream(mine).startswith(stream(yours)) else Standing.OTHERWISE


def _year(fields: Sequence[Field]) -> int | None:
    date = from_fields({field.name: field.value for field in fields})
    return None if date is None else date.year


def _letters(value: str) -> str:
    return stream(decode(value))
