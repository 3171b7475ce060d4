"""Entries of one work made one, field by field: which value is the better one, and why.

Each of the fields that only one entry has is kept. Of several values the one is proposed that says more; where nothing
tells which, there is a conflict, and a person may choose. A preprint and its publication become one entry as
docs/decisions/0006-preprints-and-their-publication.md says: what the publication is stands in it, and the preprint's
number and day beside.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from bibman.model.arxiv import normalise_arxiv
from bibman.model.dates import from_fields, to_iso
from bibman.model.derive import derive
from bibman.model.entry import Entry, Field
from bibman.model.identifiers import entry_identifiers
from bibman.model.traits import is_preprint_doi, traits_of
from bibman.model.values_compared import JOINED, Better, better, joined
from bibman.model.vocabulary import canonical

ENTRY_TYPE: Final = "entrytype"
"""How the entry type is called among the fields."""

_TOGETHER: Final = {
    **dict.fromkeys(("date", "year", "month", "day"), "date"),
    **dict.fromkeys(("eprint", "eprinttype", "eprintclass"), "eprint"),
}
"""Fields that say something only together, and are taken together; others stand for themselves."""

OF_PUBLICATION: Final = frozenset(
    "date journaltitle booktitle maintitle volume number issue pages eid publisher series location institution"
    " organization howpublished type".split()
) | {ENTRY_TYPE}
"""What says where a work appeared: of a preprint it says nothing of the publication."""

VAGUE_TYPES: Final = frozenset(("misc", "online", "unpublished", "electronic", "www"))


class Choice(NamedTuple):
    """A field of the merged entry: what each entry has there, as BibTeX text (empty where nothing), and whose is taken.

    `taken` is the place of that entry; None where the values are joined, or none is kept. `is_conflict` says that
    nothing tells which is the better.
    """

    field: str
    values: tuple[str, ...]
    taken: int | None
    reason: str
    is_conflict: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """The merged entry, with the key of the first, and how each field came about in which the entries are not alike."""

    entry: Entry
    choices: tuple[Choice, ...]

    @property
    def conflicts(self) -> tuple[Choice, ...]:
        """The choices in which nothing tells which value is the better."""
        return tuple(choice for choice in self.choices if choice.is_conflict)


def field_group(name: str) -> str:
    """The name under which a field is chosen: `date` for a year, `journaltitle` for a journal."""
    meant = canonical(name.strip().lower())
    return _TOGETHER.get(meant, meant)


def propose(
    entries: Sequence[Entry], chosen: Mapping[str, int] | None = None, preprints: Sequence[bool] | None = None
) -> Proposal:
    """Makes entries of one work one, which keeps the key of the first.

    `chosen` says by the names that `field_group` gives from which entry a person wants a field; `preprints` says which
    entries are preprints, where that is known already.
    """
    wanted = chosen or {}
    if preprints is None:
        preprints = [traits_of(entry).is_preprint for entry in entries]
    # Only beside a publication is a preprint anything less.
    is_lesser = preprints if not all(preprints) else [False] * len(entries)
    groups = [_groups(entry) for entry in entries]
    names = list(dict.fromkeys(name for each in groups for name in each))
    choices = [_type_choice(entries, is_lesser, wanted.get(ENTRY_TYPE))]
    fields: dict[str, tuple[Field, ...]] = {}
    for name in names:
        found = [each.get(name, ()) for each in groups]
        if name in JOINED and name not in wanted:
            fields[name], choice = _joined(name, found)
        else:
            choice = _choice(name, found, is_lesser, wanted.get(name))
            fields[name] = () if choice.taken is None else found[choice.taken]
        choices.append(choice)
    _keep_preprint(fields, entries, preprints, is_lesser, wanted)
    type_ = entries[choices[0].taken or 0].type
    told = tuple(each for each in choices if len(set(each.values)) > 1 and (each.reason or each.is_conflict))
    kept = tuple(field for several in fields.values() for field in several)
    return Proposal(replace(entries[0], type=type_, fields=kept, identified=any(e.identified for e in entries)), told)


def _groups(entry: Entry) -> dict[str, tuple[Field, ...]]:
    groups: dict[str, tuple[Field, ...]] = {}
    for field in entry.fields:
        name = field_group(field.name)
        groups[name] = (*groups.get(name, ()), field)
    return groups


def _counting(fields: Sequence[Field]) -> tuple[Field, ...]:
    """The fields of a group by which it is compared: of one that is there twice the first counts, for BibTeX too."""
    return tuple({canonical(field.name): field for field in reversed(fields)}.values())[::-1]


def _type_choice(entries: Sequence[Entry], is_lesser: Sequence[bool], wanted: int | None) -> Choice:
    values = tuple(entry.type for entry in entries)
    if wanted is not None:
        return Choice(ENTRY_TYPE, values, wanted, "chosen", False)
    best, reason, is_conflict = 0, "", False
    for place in range(1, len(entries)):
        if values[place] == values[best]:
            continue
        ranks = [(is_lesser[each], values[each] in VAGUE_TYPES) for each in (best, place)]
        if ranks[0] == ranks[1]:
            is_conflict = True
        else:
            best = best if ranks[0] < ranks[1] else place
            reason = "published" if ranks[0][0] != ranks[1][0] else "says more"
            is_conflict = False
    return Choice(ENTRY_TYPE, values, best, "" if is_conflict else reason, is_conflict)


def _joined(name: str, found: Sequence[tuple[Field, ...]]) -> tuple[tuple[Field, ...], Choice]:
    have = [field for fields in found for field in fields]
    value = joined(name, [field.value for field in have])
    field = have[0] if value == have[0].value else Field(have[0].name, value)
    return (field,), Choice(name, tuple(map(_told, found)), None, "of all", False)


def _choice(name: str, found: Sequence[tuple[Field, ...]], is_lesser: Sequence[bool], wanted: int | None) -> Choice:
    values = tuple(map(_told, found))
    if wanted is not None:
        return Choice(name, values, wanted, "chosen", False)
    have = [place for place, fields in enumerate(found) if fields]
    if name in OF_PUBLICATION:
        published = [place for place in have if not is_lesser[place]]
        if not published and name != "date" and not all(is_lesser):
            return Choice(name, values, None, "only the preprint's", False)
        have, lesser = published or have, [place for place in have if place not in published and published]
    else:
        lesser = []
    best, reason, is_conflict = have[0], "", False
    for place in have[1:]:
        verdict = _better(name, found[best], found[place])
        if verdict.prefers is None:
            # A publisher prints what the preprint had still otherwise.
            if is_lesser[best] != is_lesser[place]:
                best, reason = (place if is_lesser[best] else best), "published"
            else:
                is_conflict = is_conflict or not verdict.is_same
        else:
            best, reason = (place if verdict.prefers else best), verdict.reason
    if lesser and not reason:
        reason = "published"
    if not reason and not is_conflict and len(have) == 1 and len(found) > 1:
        reason = "only here"
    return Choice(name, values, best, reason, is_conflict)


def _better(name: str, one: Sequence[Field], other: Sequence[Field]) -> Better:
    """What `better` says; of two that say the same, the one that repeats a field says more."""
    verdict = better(name, _counting(one), _counting(other))
    if not verdict.is_same:
        return verdict
    extra = [len(fields) - len(_counting(fields)) for fields in (one, other)]
    return verdict if extra[0] == extra[1] else Better(int(extra[1] > extra[0]), "says more")


def _keep_preprint(
    fields: dict[str, tuple[Field, ...]],
    entries: Sequence[Entry],
    preprints: Sequence[bool],
    is_lesser: Sequence[bool],
    wanted: Mapping[str, int],
) -> None:
    """Puts the number and the day of a preprint beside what the publication is."""
    if "eprint" not in wanted and not fields.get("eprint"):
        number = next(filter(None, map(_preprint_number, entries)), None)
        kept_doi = fields.get("doi", ())
        if number is not None and not (number[1].value == "doi" and kept_doi and kept_doi[0].value == number[0].value):
            fields["eprint"] = number
    if not any(is_lesser) or fields.get("eprintdate") or "date" in wanted:
        return
    days = [_day(entry) for entry, is_preprint in zip(entries, preprints, strict=True) if is_preprint]
    exact = [day for day in days if len(day) > len("2020")]
    published = next((entry for entry, lesser in zip(entries, is_lesser, strict=True) if not lesser), None)
    if exact and (published is None or derive(published).date != exact[0]):
        fields["eprintdate"] = (Field("eprintdate", exact[0]),)


def _day(entry: Entry) -> str:
    date = from_fields({field.name: field.value for field in entry.fields})
    return "" if date is None else to_iso(date)


def _preprint_number(entry: Entry) -> tuple[Field, ...] | None:
    """The number that a server gave a preprint, where the publication has something else in its place."""
    values = {each.name: each.value for each in reversed(entry.fields)}
    for identifier in entry_identifiers(values, entry.type):
        if identifier.scheme == "arxiv" and normalise_arxiv(values.get("eprint", "")) is None:
            return Field("eprint", identifier.value), Field("eprinttype", "arxiv")
        if identifier.scheme == "doi" and is_preprint_doi(identifier.value):
            return Field("eprint", identifier.value), Field("eprinttype", "doi")
    return None


def _told(fields: Iterable[Field]) -> str:
    return ", ".join(field.written for field in fields)
