"""A `.bib` given back: the bytes that were read, and in them the values that were changed since."""

from collections.abc import Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice

from bibman.errors import InvalidValueError, UsageError
from bibman.formats.bibtex_blocks import blocks
from bibman.formats.bibtex_layout import Layout
from bibman.formats.bibtex_patch import patched
from bibman.formats.bibtex_reader import Macros, read_entry
from bibman.formats.registry import BIBTEX
from bibman.model.editing import with_references
from bibman.model.entry import Entry
from bibman.model.latex import encode
from bibman.model.three_way import merge, with_theirs
from bibman.model.vocabulary import Dialect
from bibman.services.export import export
from bibman.services.selection import Selection
from bibman.storage.answers import SourcePassage, SourceReading
from bibman.storage.reading import Reader
from bibman.storage.sources import DIFFERS, KEY

BATCH = 500


@dataclass(slots=True)
class GivenBack:
    """How a source was given back: the keys of entries whose text was changed in it, was left out, and was appended."""

    changed: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    appended: list[str] = field(default_factory=list)


def give_back(reader: Reader, reading: SourceReading, told: GivenBack, append_as: Dialect | None) -> Iterator[bytes]:
    """The bytes of a source as it was read last, with the changes that its entries have had since.

    Blocks of entries that were not changed come back byte for byte, and so does everything between them; of a changed
    entry only the values that are others are written anew, and a removed one is left out. Entries that came into the
    library since the source was first read, and do not stand in it, are appended where `append_as` says in which
    dialect. `told` is filled in on the way. Raises UsageError where the source is no `.bib`.
    """
    if reading.format != BIBTEX:
        raise UsageError(f"{reading.source} was read as a list, not as BibTeX", "Only a .bib can be given back")
    in_it: set[int] = set()
    line_end, last = "\n", b"\n"
    passages = reader.source_passages(reading.id)
    macros = Macros()
    called = reader.keys_in_source(reading.id)
    others = reader.under_other_keys(reading.id)
    while batch := list(islice(passages, BATCH)):
        edited = [each for each in batch if each.entry_id is not None and each.edited_since]
        ids = [each.entry_id for each in edited if each.entry_id is not None]
        now = {stored.id: stored.entry for stored in reader.entries(ids)} if ids else {}
        past = reader.past_entries(
            {
                each.entry_id: each.revision
                for each in edited
                if each.evidence.get(DIFFERS) and each.entry_id and each.revision
            }
        )
        in_it.update(each.entry_id for each in batch if each.entry_id is not None)
        last = batch[-1].raw
        line_end = "\r\n" if any(b"\r\n" in each.raw for each in batch) else line_end
        for passage in batch:
            if passage.kind == "macro":
                text = passage.raw.decode(reading.encoding)
                for block in blocks([text]):
                    if block.kind == "macro":
                        macros.define(block.key, block.fields[0][1])
            if passage.entry_id in now:
                entry = now[passage.entry_id]
                yield _changed(passage, entry, past.get(passage.entry_id), macros, reading, told, called, others)
            elif passage.verdict in _WITH_ENTRY and passage.entry_id is None:
                told.left_out.append(passage.source_key or f"the entry in line {passage.line}")
            else:
                yield passage.raw
    if append_as is not None:
        if not last.endswith((b"\n", b"\n\0")):
            yield line_end.encode(reading.encoding)
        yield from _appended(reader, reading, in_it, append_as, line_end, told)


def _appended(
    reader: Reader, reading: SourceReading, in_it: set[int], dialect: Dialect, line_end: str, told: GivenBack
) -> Iterator[bytes]:
    since = min(in_it, default=0)
    ids = [entry_id for entry_id in reader.all_ids() if entry_id > since and entry_id not in in_it]
    told.appended += [stored.entry.key for stored in reader.entries(ids)]
    if told.appended:
        # Macros of the same name may stand in the file and mean something else.
        layout = Layout(letters="kept", resolve_macros=True, order="key")
        for piece in export(reader, Selection(told.appended), dialect, layout).pieces:
            yield _encoded(f"\n{piece.strip()}\n".replace("\n", line_end), reading)


_WITH_ENTRY = ("identified", "already here", "waiting")


def _changed(
    passage: SourcePassage,
    now: Entry,
    past: Entry | None,
    macros: Macros,
    reading: SourceReading,
    told: GivenBack,
    called: Mapping[str, str],
    others: Set[int],
) -> bytes:
    """The bytes of a passage in which what was changed since is changed too.

    `called` has the keys that entries have in the source, where they have others here; `others` are the
    passages whose keys stay, whatever their entries are called.
    """
    text = passage.raw.decode(reading.encoding)
    block = next(iter(blocks([text])))
    read = read_entry(block, macros)
    key = str(passage.evidence.get(KEY, read.key))
    wanted = now if past is None else _changed_alike(replace(read, key=key), past, now)
    wanted = replace(
        wanted, key=read.key if passage.id in others or now.key == key else now.key, identified=read.identified
    )
    wanted = with_references(wanted, called)
    if wanted == read:
        return passage.raw
    told.changed.append(now.key)
    return _encoded(patched(block.raw, read, wanted) + text[len(block.raw) :], reading)


def _changed_alike(read: Entry, past: Entry, now: Entry) -> Entry:
    """The entry of a file, of which the library had other fields even when it was read, with what was changed there."""
    return with_theirs(merge(past, now, read), now)


def _encoded(text: str, reading: SourceReading) -> bytes:
    """The text in the encoding of a source; letters that it has not are written as LaTeX, where LaTeX has them."""
    try:
        return text.encode(reading.encoding)
    except UnicodeEncodeError:
        return b"".join(_letter(letter, reading) for letter in text)


def _letter(letter: str, reading: SourceReading) -> bytes:
    for written in (letter, encode(letter)):
        with suppress(UnicodeEncodeError):
            return written.encode(reading.encoding)
    raise InvalidValueError(
        f"{reading.source} is in {reading.encoding}, which has no {letter}",
        "Convert the file to UTF-8 and ingest it again",
    )
