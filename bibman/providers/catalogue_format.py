"""The written form of a catalogue: JSON Lines, one work a line (docs/catalogue.md describes it field by field)."""

import json
import re
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, BinaryIO

from bibman.model.names import Name
from bibman.model.record import Record

LONGEST_LINE = 16 * 1024 * 1024
PARTS = Name._fields
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def read_lines(
    file: BinaryIO, on_bytes: Callable[[bytes], object], longest: int = LONGEST_LINE
) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a binary file that are not empty, with their numbers from 1.

    A line of `longest` bytes or more comes as None, and never is more than that of it held. `on_bytes` is given every
    byte that was read, in order.
    """
    number = 0
    while line := file.readline(longest):
        number += 1
        on_bytes(line)
        piece = line
        while len(piece) == longest and not piece.endswith(b"\n"):
            piece = file.readline(longest)
            on_bytes(piece)
        if piece is not line:
            yield number, None
        elif line.strip():
            yield number, line


def read_record(line: bytes | str) -> Record:
    """The work that one line describes. Fields that are empty or null count as absent.

    Raises ValueError, whose text is the reason for the reader, where the line is no such work.
    """
    try:
        described = json.loads(line)
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(described, dict):
        raise ValueError("not a JSON object")
    kind = described.pop("type", None)
    if not isinstance(kind, str) or not _is_lower_case_name(kind):
        raise ValueError('no "type" that is an entry type in lower case')
    texts: dict[str, str] = {}
    names: dict[str, tuple[Name, ...]] = {}
    for field, value in described.items():
        if not _is_lower_case_name(field):
            raise ValueError(f"{field!r} is no field name in lower case")
        if isinstance(value, str):
            if value.strip():
                texts[field] = value
        elif isinstance(value, list):
            if value:
                names[field] = tuple(_name(field, each) for each in value)
        elif value is not None:
            raise ValueError(f'"{field}" is neither text nor a list of names')
    if "title" not in texts:
        raise ValueError("no title")
    return Record(kind, texts, names)


def write_record(record: Record) -> str:
    """The line for a record, without its line end: `read_record` gives the same record back."""
    names = {
        field: [{part: text for part, text in zip(PARTS, name, strict=True) if text} for name in people]
        for field, people in record.names.items()
    }
    return _ENCODER.encode({"type": record.type, **record.texts, **names})


def pack_record(record: Record) -> bytes:
    """A record as a catalogue stores it: its line, compressed to two thirds.

    Raises ValueError where a text has a character that UTF-8 cannot write.
    """
    try:
        # Level 1: the default takes a fifth more time for two per cent less.
        return zlib.compress(write_record(record).encode("utf-8"), 1)
    except UnicodeEncodeError:
        raise ValueError("half a surrogate pair, which is no character") from None


# The texts of one list are often compared with the same works, above all where the catalogue has few.
@lru_cache(maxsize=256)
def unpack_record(packed: bytes) -> Record:
    """The record that `pack_record` packed. Raises zlib.error or ValueError where the bytes are none."""
    return read_record(zlib.decompress(packed))


def _name(field: str, value: Any) -> Name:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise ValueError(f'a name in "{field}" is not an object of texts')
    if unknown := value.keys() - PARTS:
        raise ValueError(f'a name in "{field}" has the unknown part {min(unknown)!r}')
    name = Name(**value)
    if bool(name.literal) == bool(name.family) or (name.literal and name != Name(literal=name.literal)):
        raise ValueError(f'a name in "{field}" has neither a family name nor a literal alone')
    return name


@lru_cache(maxsize=256)
def _is_lower_case_name(text: str) -> bool:
    return re.fullmatch(r"[a-z][a-z0-9_-]*", text) is not None
