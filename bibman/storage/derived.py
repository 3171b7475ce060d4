"""What is derived from the fields of entries: columns, names, identifiers and the words of the index."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update

from bibman.model.derive import Derived as Facts
from bibman.model.derive import derive_each
from bibman.model.entry import Entry
from bibman.model.fold import fold_each, title_key
from bibman.model.identifiers import Identifier
from bibman.model.inheritance import has_parents
from bibman.model.names import Name, short_names
from bibman.storage.annotated import derive_annotations
from bibman.storage.answers import OPENING_LENGTH
from bibman.storage.change import Values, insert_values, table_of
from bibman.storage.door import CHUNK
from bibman.storage.rows import fields_of
from bibman.storage.schema import INDEX_COLUMNS
from bibman.storage.tables import (
    EntryContentRow,
    EntryIdentifierRow,
    EntryNameRow,
    EntryRow,
    EntryTextRow,
)

AT_ONCE = 128  # entries: what is done with so many, step by step, stays in a processor's caches
TEXTS_AT_ONCE = 1000  # rows in one statement, to which SQLite allows 32,766 values
NAME_COLUMNS = ("role", "position", *Name._fields, "folded")
IDENTIFIER_COLUMNS = Identifier._fields
_WORDS = itemgetter(*INDEX_COLUMNS)
SHOWN_ROLES = ("author", "editor", "translator")


class Derived(NamedTuple):
    """The derived columns of an entry, and its rows in the tables derived from it.

    `text` are the words of the index by their columns; `names` are rows of NAME_COLUMNS. No row has the entry's id.
    """

    entry: dict[str, Any]
    text: dict[str, str]
    names: list[Values]
    identifiers: list[Identifier]


def derived_of(entry: Entry) -> Derived:
    """What is derived from an entry alone; its tags and notes are added by `derive_annotations`."""
    (derived,) = derived_of_each((entry,))
    return derived


def derived_of_each(entries: Sequence[Entry]) -> list[Derived]:
    """What is derived from each of the `entries` alone: for many at once in less time than for one after the other."""
    found: list[Derived] = []
    for start in range(0, len(entries), AT_ONCE):
        some = entries[start : start + AT_ONCE]
        facts = derive_each(some)
        found += map(_derived, some, facts, list(map(_folded, some, facts)))
    return found


def _folded(entry: Entry, facts: Facts) -> list[str]:
    return fold_each((entry.key, facts.title, facts.container, facts.abstract, facts.keywords, facts.other))


def _derived(entry: Entry, facts: Facts, texts: Sequence[str]) -> Derived:
    names: list[Values] = []
    authors: list[str] = []
    editors: list[str] = []
    for role, people in facts.people.items():
        words = authors if role == "author" else editors
        for position, (name, folded, whole) in enumerate(people):
            names.append((role, position, *name, folded))
            words.append(whole)
    shown = next((facts.people[role] for role in SHOWN_ROLES if role in facts.people), ())
    columns = {
        "title": facts.title or None,
        "opening": None if entry.identified else (facts.abstract or _called(entry))[:OPENING_LENGTH],
        "short_names": short_names([person.name for person in shown]),
        "date": facts.date or None,
        "year": facts.year,
        "container": facts.container or None,
        "title_key": title_key(texts[1]),
        "has_parents": int(has_parents(entry)),
    }
    key, title, container, abstract, keywords, other = texts
    text = {
        "key": key,
        "title": title,
        "authors": " ".join(authors),
        "editors": " ".join(editors),
        "container": container,
        "abstract": abstract,
        "keywords": keywords,
        "tags": "",
        "notes": "",
        "other": other,
    }
    return Derived(columns, text, names, list(facts.identifiers))


def _called(entry: Entry) -> str:
    """What stands for the words of an entry of which only identifiers or an address are known."""
    for name in ("doi", "eprint", "isbn", "pmid", "pmcid", "url"):
        if value := entry.get(name):
            return value if name in ("eprint", "url", "pmcid") else f"{name.upper()} {value}"
    return ""


def insert_derived(connection: Connection, derived: Iterable[tuple[int, Derived]]) -> None:
    """Writes the derived rows of new entries, given with their ids."""
    texts: list[Values] = []
    names: list[Values] = []
    identifiers: list[Values] = []
    for entry_id, each in derived:
        texts.append((entry_id, *_WORDS(each.text)))
        names += [(entry_id, *name) for name in each.names]
        identifiers += [(entry_id, *identifier) for identifier in each.identifiers]
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        _insert_texts(connection, texts[start : start + TEXTS_AT_ONCE])
    insert_values(connection, table_of(EntryNameRow), ("entry_id", *NAME_COLUMNS), names)
    insert_values(connection, table_of(EntryIdentifierRow), ("entry_id", *IDENTIFIER_COLUMNS), identifiers)


def _insert_texts(connection: Connection, texts: Sequence[Values]) -> None:
    # FTS5 writes its words to the file at every statement; so this is one, which the triggers follow row by row.
    names, row = ", ".join(INDEX_COLUMNS), f"({', '.join('?' * (len(INDEX_COLUMNS) + 1))})"
    statement = f"INSERT INTO entry_text (entry_id, {names}) VALUES {', '.join([row] * len(texts))}"
    connection.exec_driver_sql(statement, tuple(chain.from_iterable(texts)))


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
        rows = connection.execute(query).all()
        entries = [Entry(row.key, row.type, fields_of(row.fields), bool(row.identified)) for row in rows]
        derived = {row.id: each for row, each in zip(rows, derived_of_each(entries), strict=True)}
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
