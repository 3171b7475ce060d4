"""What is derived from the fields of entries: columns, names, identifiers and the words of the index."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bibman.model.derive import derive
from bibman.model.entry import Entry
from bibman.model.fold import fold
from bibman.model.names import short_names
from bibman.storage.annotated import derive_annotations
from bibman.storage.change import Row, table_of
from bibman.storage.reading import CHUNK
from bibman.storage.rows import fields_of
from bibman.storage.tables import (
    EntryContentRow,
    EntryIdentifierRow,
    EntryNameRow,
    EntryRow,
    EntryTextRow,
)

OPENING_LENGTH = 160
SHOWN_ROLES = ("author", "editor", "translator")


@dataclass(frozen=True, slots=True)
class Derived:
    """The derived columns of `entry`, and the rows of the tables derived from it, each without the entry's id."""

    entry: dict[str, Any]
    text: dict[str, str]
    names: list[dict[str, Any]]
    identifiers: list[dict[str, str]]


def derived_of(entry: Entry) -> Derived:
    """What is derived from an entry alone; its tags and notes are added by `derive_annotations`."""
    facts = derive(entry)
    names = [
        {
            "role": role,
            "position": position,
            "family": name.family,
            "given": name.given,
            "prefix": name.prefix,
            "suffix": name.suffix,
            "literal": name.literal,
            "folded": fold(name.literal or f"{name.prefix} {name.family}"),
        }
        for role, people in facts.names.items()
        for position, name in enumerate(people)
    ]
    shown = next((facts.names[role] for role in SHOWN_ROLES if facts.names.get(role)), ())
    columns = {
        "title": facts.title or None,
        "opening": None if entry.identified else facts.abstract[:OPENING_LENGTH],
        "short_names": short_names(shown),
        "date": facts.date or None,
        "year": facts.year,
        "container": facts.container or None,
    }
    text = {
        "key": fold(entry.key),
        "title": fold(facts.title),
        "names": " ".join(fold(f"{n.given} {n.prefix} {n.family} {n.suffix} {n.literal}") for n in facts.people),
        "container": fold(facts.container),
        "abstract": fold(facts.abstract),
        "keywords": fold(facts.keywords),
        "other": fold(facts.other),
        "tags": "",
        "notes": "",
    }
    identifiers = [{"scheme": each.scheme, "value": each.value} for each in facts.identifiers]
    return Derived(columns, text, names, identifiers)


def insert_derived(connection: Connection, derived: Iterable[tuple[int, Derived]]) -> None:
    """Writes the derived rows of new entries, given with their ids."""
    texts: list[Row] = []
    names: list[Row] = []
    identifiers: list[Row] = []
    for entry_id, each in derived:
        texts.append({"entry_id": entry_id, **each.text})
        names.extend({"entry_id": entry_id, **name} for name in each.names)
        identifiers.extend({"entry_id": entry_id, **identifier} for identifier in each.identifiers)
    for mapped, rows in ((EntryTextRow, texts), (EntryNameRow, names), (EntryIdentifierRow, identifiers)):
        if rows:
            connection.execute(insert(table_of(mapped)), rows)


def replace_derived(connection: Connection, derived: Mapping[int, Derived]) -> None:
    """Writes the derived rows of entries again."""
    for mapped in (EntryTextRow, EntryNameRow, EntryIdentifierRow):
        _delete_of(connection, mapped, list(derived))
    insert_derived(connection, derived.items())
    derive_annotations(connection, derived)


def derive_whole(connection: Connection, ids: Iterable[int]) -> None:
    """Makes everything derived of these entries anew, of those that are there."""
    wanted = list(ids)
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        query = (
            select(EntryRow.id, EntryRow.key, EntryRow.type, EntryRow.identified, EntryContentRow.fields)
            .join(EntryContentRow, EntryContentRow.entry_id == EntryRow.id)
            .where(EntryRow.id.in_(chunk))
        )
        derived = {
            row.id: derived_of(Entry(row.key, row.type, fields_of(row.fields), bool(row.identified)))
            for row in connection.execute(query)
        }
        if derived:
            columns = update(table_of(EntryRow)).where(EntryRow.id == bindparam("entry_id"))
            names = next(iter(derived.values())).entry
            statement = columns.values({name: bindparam(f"new_{name}") for name in names})
            connection.execute(
                statement,
                [
                    {"entry_id": entry_id, **{f"new_{name}": value for name, value in each.entry.items()}}
                    for entry_id, each in derived.items()
                ],
            )
        replace_derived(connection, derived)


def _delete_of(
    connection: Connection,
    mapped: type[EntryTextRow] | type[EntryNameRow] | type[EntryIdentifierRow],
    ids: Sequence[int],
) -> None:
    for start in range(0, len(ids), CHUNK):
        connection.execute(delete(mapped).where(mapped.entry_id.in_(ids[start : start + CHUNK])))
