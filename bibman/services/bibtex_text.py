"""Entries as the BibTeX that a person writes: those that are edited so, and new ones."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from bibman.errors import ConflictError, GivenValueError, InvalidValueError, UsageError
from bibman.formats.bibtex_blocks import Block, blocks
from bibman.formats.bibtex_layout import PLAIN
from bibman.formats.bibtex_reader import Macros, read_entry
from bibman.formats.bibtex_writer import entry_text
from bibman.model.citekeys import check_key, generate
from bibman.model.entry import Entry, Field
from bibman.model.naming import fold_name
from bibman.model.three_way import says_the_same
from bibman.model.values import checked_type
from bibman.model.vocabulary import Dialect, required
from bibman.services.entries import add_new, name_identified
from bibman.services.keys import change_key, change_keys, free_key
from bibman.services.selection import Selection
from bibman.services.wording import listed, shortened
from bibman.storage.change import Change
from bibman.storage.database import Library
from bibman.storage.entries import change_entries, stored_entries
from bibman.storage.reading import Reader

_USUAL = (("author",), ("title",), ("year",))


@dataclass(frozen=True, slots=True)
class Opened:
    """Entries that are edited, by id, as they were when their `text` was made."""

    entries: dict[int, Entry]
    text: str


def opened(reader: Reader, selection: Selection) -> Opened:
    """The entries that are meant as BibTeX: their own types, fields and values, macros as such.

    Raises NotFoundError for an unknown key.
    """
    entries = {stored.id: stored.entry for stored in reader.entries(selection.ids(reader))}
    return Opened(entries, "\n".join(entry_text(entry, PLAIN) for entry in entries.values()))


def save(library: Library, before: Opened, text: str, pattern: str) -> list[Entry]:
    """Gives the entries that were `opened` what a text says now, and returns those that are different.

    Entries are known by what they say (so that two may take each other's keys), else by their keys, or where those are
    changed by their order. Another key leaves the old one as an
    alias; one that was taken away is made anew by the `pattern`. Raises InvalidValueError for a text that cannot be
    read or lacks an entry, an unknown type and a key that cannot be used; ConflictError where an entry is no longer
    what it was. Then nothing is changed.
    """
    with library.change("edit") as change, _of_a_text():
        edited = _matched(before.entries, typed_entries(text, change.reader.macros(), before.entries.values()))
        changed = {entry_id: entry for entry_id, entry in edited.items() if entry != before.entries[entry_id]}
        now = stored_entries(change, changed)
        for entry_id, entry in changed.items():
            old = before.entries[entry_id]
            if entry_id not in now or now[entry_id].entry != old:
                raise ConflictError(f"{old.key} was changed by another process meanwhile", "Nothing was changed")
            if entry.type != old.type:
                checked_type(entry.type)
        # Keys come last, so that what refers to one follows in the new values too.
        change_entries(change, {each: replace(entry, key=now[each].entry.key) for each, entry in changed.items()})
        keyed = _keyed(change, changed, pattern)
        saved = [entry for entry_id, entry in keyed.items() if entry != before.entries[entry_id]]
        change.summary = f"edited {listed([entry.key for entry in saved])}"
    return saved


def described(text: str, known: Iterable[Field] = (), *, is_filled_in: bool = False) -> list[Entry]:
    """The entries that a text describes, checked as far as that needs no library; see `typed_entries` for `known`.

    Of a `template` that `is_filled_in` the fields that are still empty go. Raises UsageError for a text without an
    entry, InvalidValueError for one that cannot be read, an unknown type, an entry without fields, and a bad key.
    """
    found = []
    for entry in typed_entries(text, known):
        with _of_a_text():
            checked_type(entry.type)
            if entry.key:
                check_key(entry.key)
        fields = tuple(field for field in entry.fields if field.value.strip() or not is_filled_in)
        if not fields:
            raise InvalidValueError(f"the entry {entry.key or entry.type} says nothing", "Give it some fields")
        found.append(replace(entry, fields=fields))
    return found


def make(
    library: Library, text: str, pattern: str, key: str | None = None, *, is_filled_in: bool = False
) -> list[Entry]:
    """Adds the entries that a text describes, and returns them; those without a key get one by the `pattern`.

    `key` is that of the only entry. Raises what `described` raises, and InvalidValueError for a key that is taken.
    """
    with library.change("new") as change:
        entries = described(text, change.reader.macros(), is_filled_in=is_filled_in)
        if key is not None and len(entries) > 1:
            raise UsageError(f"one key for {len(entries)} entries", "Write the keys in the text")
        if key is not None:
            entries = [replace(entry, key=key) for entry in entries]
        made = [add_new(change, entry, pattern) for entry in entries]
        change.summary = f"made {listed([entry.key for entry in made])}"
    return made


@contextmanager
def _of_a_text() -> Iterator[None]:
    """A value that cannot be used makes the text wrong, not the call."""
    try:
        yield
    except GivenValueError as error:
        raise InvalidValueError(error.message, error.advice) from None


def template(type_: str, dialect: Dialect) -> str:
    """An entry of a type to be filled in: the fields that the `dialect` requires, empty, and no key.

    Raises InvalidValueError for an unknown type.
    """
    type_ = checked_type(type_)
    groups = required(type_, dialect) or _USUAL
    return entry_text(Entry("", type_, tuple(Field(names[0], "") for names in groups)), PLAIN)


def typed_entries(text: str, known: Iterable[Field], old: Iterable[Entry] = ()) -> list[Entry]:
    """The entries in a text, with the macros that it defines or that are `known`, each a field with its value.

    An expression that an `old` entry has keeps the value that it has there. Raises UsageError for an empty text,
    InvalidValueError for one that is not all entries, macros and comments.
    """
    macros = Macros()
    for macro in known:
        macros.define(macro.name, f"{{{macro.value}}}")
    values = {field.expression: field.value for entry in old for field in entry.fields}
    entries: list[Entry] = []
    for block in blocks([text]):
        if block.kind == "entry":
            entry = read_entry(block, macros)
            fields = [
                field if field.expression is None else field._replace(value=values.get(field.expression, field.value))
                for field in entry.fields
            ]
            entries.append(replace(entry, fields=tuple(fields)))
        elif block.kind == "macro":
            ((_, expression),) = block.fields
            macros.define(block.key, expression)
        else:
            _check_no_content(block)
    if not entries:
        raise UsageError("there is no entry in the text", "Nothing was changed")
    return entries


def _check_no_content(block: Block) -> None:
    """Raises InvalidValueError for what is neither an entry nor a comment."""
    if block.problem is not None:
        where = f"line {block.problem.line}, column {block.problem.column}"
        raise InvalidValueError(f"{where}: {block.problem.message}", "Nothing was changed")
    if block.kind == "preamble":
        advice = "`bibman ingest` takes in what belongs to a file"
        raise InvalidValueError(f"line {block.line}: a preamble belongs to no entry", advice)
    if block.kind == "text":
        for number, line in enumerate(block.raw.splitlines(), block.line):
            if line.strip() and not line.lstrip().startswith("%"):
                raise InvalidValueError(f"line {number}: this is no entry: {shortened(line)}", "Nothing was changed")


def _matched(old: Mapping[int, Entry], typed: Sequence[Entry]) -> dict[int, Entry]:
    """For each of the entries that were opened what it is now, as `save` says."""
    keys: set[str] = set()
    for entry in typed:
        folded = fold_name(entry.key)
        if folded in keys:
            raise InvalidValueError(f"the key {entry.key} stands there twice", "Keys must differ")
        keys |= {folded} - {""}
    found: dict[int, Entry] = {}
    others = list(typed)
    for are_one in (_is_unchanged, _is_renamed, _has_the_title, _has_the_key):
        for entry in tuple(others):
            same = [entry_id for entry_id, each in old.items() if entry_id not in found and are_one(each, entry)]
            if len(same) == 1:
                found[same[0]] = entry
                others.remove(entry)
    missing = [entry_id for entry_id in old if entry_id not in found]
    if len(others) < len(missing):
        lost = listed([old[entry_id].key for entry_id in missing])
        message = f"there are fewer entries than were opened, and none with the key {lost}"
        raise InvalidValueError(message, "`bibman remove` removes entries")
    if len(others) > len(missing):
        new = listed([entry.key or entry.type for entry in others])
        raise InvalidValueError(f"there are more entries than were opened: {new}", "`bibman new` makes entries")
    found |= dict(zip(missing, others, strict=True))
    return {entry_id: replace(found[entry_id], identified=entry.identified) for entry_id, entry in old.items()}


def _has_the_key(old: Entry, typed: Entry) -> bool:
    return fold_name(old.key) == fold_name(typed.key)


def _is_unchanged(old: Entry, typed: Entry) -> bool:
    return _has_the_key(old, typed) and says_the_same(old, typed)


def _is_renamed(old: Entry, typed: Entry) -> bool:
    return says_the_same(old, typed)


def _has_the_title(old: Entry, typed: Entry) -> bool:
    return bool(old.get("title")) and old.get("title") == typed.get("title")


def _keyed(change: Change, entries: Mapping[int, Entry], pattern: str) -> dict[int, Entry]:
    """Gives entries whose fields were changed their keys, new ones for empty; what has a title is identified now."""
    stored = {entry_id: each.entry for entry_id, each in stored_entries(change, entries).items()}
    named = [entry_id for entry_id, entry in stored.items() if not entry.identified and entry.get("title")]
    change_entries(
        change,
        {each: replace(stored[each], identified=True) for each in named if stored[each].key != entries[each].key},
    )
    change_keys(change, {entry_id: entry.key for entry_id, entry in entries.items() if entry.key})
    for entry_id, entry in entries.items():
        if entry_id in named and stored[entry_id].key == entry.key:
            name_identified(change, entry_id, stored[entry_id], pattern)
        elif not entry.key:
            change_key(change, entry_id, free_key(change, generate(pattern, stored[entry_id]), entry_id))
    return {entry_id: each.entry for entry_id, each in stored_entries(change, entries).items()}
