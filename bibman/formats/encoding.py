"""Bytes to text: what encoding they are in, and an open word wherever that had to be guessed."""

import codecs
import re
from dataclasses import dataclass

from bibman.errors import FileError, InvalidValueError

# The mark of UTF-32 LE begins with that of UTF-16 LE, so it is tried first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Encodings whose byte order the mark tells; what stands for each where there is no mark.
_MARKED_ENCODINGS = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}

_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"%!PS", "PostScript"),
    (b"{\\rtf", "an RTF document"),
    (b"PK\x03\x04", "a ZIP archive, or a document that is one inside, such as DOCX, ODT or EPUB"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of an old Microsoft Office"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\xfd7zXZ\x00", "an XZ archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"AT&TFORM", "a DjVu document"),
    (b"\x7fELF", "a program"),
)

# Of bytes without order every ninth is a control character; text from a PDF or a terminal has a few.
_SAMPLE = 65_536
_MOST_CONTROLS = 0.05


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text read from bytes.

    `encoding` is a codec's name, never one that writes a byte order mark: a piece of `text` encoded with it gives
    the bytes that stood there. `note` is a sentence for the user where the encoding was guessed, else empty.
    """

    text: str
    encoding: str
    note: str = ""


def decode(data: bytes, encoding: str | None = None, *, name: str = "the input") -> Decoded:
    """The text of `data`, in the `encoding` that is given or else found out; a byte order mark is no part of it.

    Without `encoding`: what a byte order mark says (UTF-8, UTF-16, UTF-32), else UTF-8, else cp1252 and at last
    latin-1, either with a note. `name` is what messages call the data.

    Raises `FileError` for what is no text, or has the mark of an encoding that does not fit; `InvalidValueError` for
    an `encoding` that does not exist or does not fit.
    """
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise _no_text(name, f"it looks like {kind}", "Give a plain text; unpack or export this one first")
    decoded = _by_content(data, name) if encoding is None else _by_order(data, encoding, name)
    advice = (
        "Give a plain text; if it is one in UTF-16 without a byte order mark, say --encoding utf-16-le or utf-16-be"
    )
    if "\0" in decoded.text:
        raise _no_text(name, "it has NUL characters in it", advice)
    sample = decoded.text[:_SAMPLE]
    if len(re.findall(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]", sample)) > _MOST_CONTROLS * len(sample):
        raise _no_text(name, "it is full of control characters", advice)
    return decoded


def _no_text(name: str, reason: str, advice: str) -> FileError:
    return FileError(f"{name} is not a text ({reason})", advice)


def _by_content(data: bytes, name: str) -> Decoded:
    mark, codec = next(((mark, codec) for mark, codec in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    # A view, because a slice of the bytes would copy a large file.
    body = memoryview(data)[len(mark) :]
    try:
        return Decoded(str(body, codec), codec)
    except UnicodeDecodeError as error:
        offset = len(mark) + error.start
    if codec != "utf-8":
        raise FileError(
            f"{name} has the byte order mark of {codec.upper()}, but its byte {offset} does not fit",
            "Give its encoding with --encoding",
        )
    line = data.count(b"\n", 0, offset) + 1
    try:
        text, codec = str(body, "cp1252"), "cp1252"
    except UnicodeDecodeError:
        text, codec = str(body, "latin-1"), "latin-1"
    return Decoded(
        text, codec, f"not UTF-8 (line {line}, byte {offset}); read as {codec}; give --encoding if that is wrong"
    )


def _by_order(data: bytes, encoding: str, name: str) -> Decoded:
    try:
        codec = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        raise _no_encoding(encoding) from None
    family, codec = codec, _MARKED_ENCODINGS.get(codec, codec)
    mark = b""
    for each, marked in _MARKS:
        if data.startswith(each) and (marked == codec or (family in _MARKED_ENCODINGS and marked.startswith(family))):
            mark, codec = each, marked
            break
    try:
        text = str(memoryview(data)[len(mark) :], codec)
    except LookupError:
        raise _no_encoding(encoding) from None
    except UnicodeError as error:
        where = f"byte {len(mark) + error.start}" if isinstance(error, UnicodeDecodeError) else "it"
        raise _unfit(name, encoding, where) from None
    # Half a surrogate pair, which UTF-7 and Python's own escapes let through, is no character.
    if not text.isascii() and re.search("[\ud800-\udfff]", text):
        raise _unfit(name, encoding, "it")
    return Decoded(text, codec)


def _no_encoding(encoding: str) -> InvalidValueError:
    return InvalidValueError(f"no such encoding: {encoding}", "Give utf-8, utf-16, cp1252, latin-1 or another name")


def _unfit(name: str, encoding: str, where: str) -> InvalidValueError:
    return InvalidValueError(
        f"{name} is not in {encoding}: {where} does not fit", "Give another --encoding, or none to have it found out"
    )
