"""Bytes to text: what encoding they are in, and an open word wherever that had to be guessed."""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain

from bibman.errors import FileError, GivenValueError

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

# What Python can do with host names, or with nothing, is no encoding of texts.
_NO_ENCODINGS = frozenset({"idna", "punycode", "undefined"})

# JabRef says it in the first line, editors in one of the first; nobody says it further down.
_DECLARED = re.compile(rb"(?i)(?:%[ \t]*encoding[ \t]*:|coding[:=]|fileencoding=)[ \t]*([-\w.:]+)")
_DECLARATION_WITHIN = 2048

_MOST_FLAWS = 10
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f\udc80-\udcff]|[\udc80-\udcff]+")
_BROKEN = re.compile(r"[\udc80-\udcff]+")

# As cp1252 these are a capital behind a small letter ("CafÃ"), and what no word ends in ("â€").
_CUT_LETTER = re.compile(rb"(?:(?<=[a-z])([\xc2-\xde])|(\xe2[\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]?))\Z")

Chunks = Callable[[], Iterable[bytes]]
"""The bytes of a source in pieces, from their beginning each time that it is called."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a text stands in bytes: the name of a codec, and the byte order mark that goes before it, which may be empty.

    The codec is never one that writes a mark: a piece of the text encoded with it gives the bytes that stood there.
    `note` is a sentence for the user where the encoding was guessed, or has flaws, else empty. `is_flawed` tells that
    NUL characters are in the text, or bytes that are not of the codec, each of which ESCAPED makes a character.
    """

    codec: str
    mark: bytes = b""
    note: str = ""
    is_flawed: bool = False


ESCAPED = "surrogateescape"
"""How Python keeps a byte that is not of a codec, as half of a surrogate pair, and makes the byte of that again."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text read from bytes; `encoding`, `note` and `mark` are those of `Encoding`."""

    text: str
    encoding: str
    note: str = ""
    mark: bytes = b""


def decode(data: bytes, encoding: str | None = None, *, name: str = "the input", with_flaws: bool = False) -> Decoded:
    """The text of `data`, in the `encoding` that is given or else found out; a byte order mark is no part of it.

    Raises as `find_encoding` does.
    """
    found = find_encoding(lambda: [data], encoding, name=name, with_flaws=with_flaws)
    # A view, because a slice of the bytes would copy a large file.
    text = str(memoryview(data)[len(found.mark) :], found.codec, _errors(found))
    return Decoded(text, found.codec, found.note, found.mark)


def find_encoding(
    chunks: Chunks, encoding: str | None = None, *, name: str = "the input", with_flaws: bool = False
) -> Encoding:
    """The encoding of a text, after a look at every byte of it: the one that is given, or else found out.

    Without `encoding`: what a byte order mark says (UTF-8, UTF-16, UTF-32), else UTF-8, else what the text declares of
    itself in its first lines (`% Encoding: Cp1252`), else cp1252 and at last latin-1, the last three with a note.
    `name` is what messages call the data. `with_flaws` lets a text be UTF-8 save a few bytes, and have NUL characters.

    Raises `FileError` for what is no text, has the mark of an encoding that does not fit, or is UTF-8 with letters
    beyond ASCII up to a byte that does not fit; `GivenValueError` for an `encoding` that does not exist or does not
    fit.
    """
    head = next(iter(chunks()), b"")
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            raise _no_text(name, f"it looks like {kind}", "Give a plain text; unpack or export this one first")
    if encoding is None:
        found = _by_content(chunks, head, name, with_flaws=with_flaws)
    else:
        found = _by_order(chunks, head, encoding, name)
    advice = (
        "Give a plain text; if it is one in UTF-16 without a byte order mark, say --encoding utf-16-le or utf-16-be"
    )
    for place, text in enumerate(decoded(chunks(), found)):
        sample = "" if place else text[:_SAMPLE]
        nuls = "\0" in text
        controls = len(re.findall(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", sample))
        is_full = controls - ("\0" in sample) > _MOST_CONTROLS * len(sample)
        if nuls and (is_full or not with_flaws):
            raise _no_text(name, "it has NUL characters in it", advice)
        if is_full:
            raise _no_text(name, "it is full of control characters", advice)
        found = replace(found, is_flawed=True) if nuls else found
    return found


def decoded(chunks: Iterable[bytes], encoding: Encoding) -> Iterator[str]:
    """The text in pieces, without the byte order mark. Raises UnicodeDecodeError where the bytes do not fit."""
    decoder = codecs.getincrementaldecoder(encoding.codec)(_errors(encoding))
    rest = len(encoding.mark)
    for chunk in chunks:
        body, rest = chunk[rest:], max(rest - len(chunk), 0)
        if text := decoder.decode(body):
            yield text
    if text := decoder.decode(b"", final=True):
        yield text


def _errors(encoding: Encoding) -> str:
    return ESCAPED if encoding.is_flawed else "strict"


def _no_text(name: str, reason: str, advice: str) -> FileError:
    return FileError(f"{name} is not a text ({reason})", advice)


def _by_content(chunks: Chunks, head: bytes, name: str, *, with_flaws: bool) -> Encoding:
    mark, codec = next(((mark, codec) for mark, codec in _MARKS if head.startswith(mark)), (b"", "utf-8"))
    offset = _misfit(chunks, Encoding(codec, mark))
    if offset is None:
        return Encoding(codec, mark)
    if codec != "utf-8":
        raise FileError(
            f"{name} has the byte order mark of {codec.upper()}, but its byte {offset} does not fit",
            "Give its encoding with --encoding",
        )
    line = _newlines(chunks, offset) + 1
    if with_flaws and (flawed := _utf_8_with_flaws(chunks, mark, f"line {line}, byte {offset}")):
        return flawed
    guesses = [(_declared(head), ", as it says of itself"), ("cp1252", ""), ("latin-1", "")]
    for guess, reason in guesses:
        if not reason and (_has_letters_beyond_ascii(chunks, len(mark), offset) or _is_cut_off(chunks, offset)):
            # Of these every one would be read as two or three wrong letters.
            raise FileError(
                f"{name} is UTF-8 but for its byte {offset} in line {line}",
                "It may be cut off there, or joined from several files; mend it, or give --encoding",
            )
        if guess and _misfit(chunks, Encoding(guess, mark)) is None:
            advice = "" if reason else "; give --encoding if that is wrong"
            return Encoding(guess, mark, f"not UTF-8 (line {line}, byte {offset}); read as {guess}{reason}{advice}")
    raise AssertionError("latin-1 fits every byte")


def _utf_8_with_flaws(chunks: Chunks, mark: bytes, first: str) -> Encoding | None:
    """UTF-8 for bytes that are not all of it, unless other bytes beyond ASCII are ten times as many as its letters."""
    flawed = Encoding("utf-8", mark, is_flawed=True)
    letters = flaws = 0
    for text in decoded(chunks(), flawed):
        broken = len(_BROKEN.findall(text))
        flaws += broken
        letters += len(_BEYOND_ASCII.findall(text)) - broken
    if flaws >= _MOST_FLAWS * letters:
        return None
    many = f"at {flaws:,} places, first in {first}" if flaws > 1 else f"at one place ({first})"
    advice = "entries there are rejected, all else is kept; give --encoding if it is in another"
    return replace(flawed, note=f"UTF-8, but not {many}: {advice}")


def _has_letters_beyond_ascii(chunks: Chunks, start: int, end: int) -> bool:
    """Whether there are some among the bytes from `start` to `end`, which are UTF-8."""
    read = 0
    for chunk in chunks():
        if re.search(rb"[\x80-\xff]", chunk[max(start - read, 0) : max(end - read, 0)]):
            return True
        read += len(chunk)
    return False


def _is_cut_off(chunks: Chunks, offset: int) -> bool:
    """Whether what stands from `offset` to the end is the beginning of a letter in UTF-8, and hardly the end of a word
    in another encoding."""
    tail, read = b"", 0
    for chunk in chunks():
        tail = (tail + chunk)[-4:]
        read += len(chunk)
    found = _CUT_LETTER.search(tail)
    return found is not None and offset == read - len(found[0])


def _declared(head: bytes) -> str:
    """The codec of the encoding that a text declares in its first lines; empty where it declares none that exists."""
    found = _DECLARED.search(head, 0, _DECLARATION_WITHIN)
    try:
        return codecs.lookup(found[1].decode("ascii")).name if found else ""
    except LookupError:
        return ""


def _misfit(chunks: Chunks, encoding: Encoding) -> int | None:
    """The number of the first byte that is not of an encoding, or None."""
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    read, rest = 0, len(encoding.mark)
    for chunk in chain(filter(None, chunks()), (b"",)):
        body = chunk[rest:]
        skipped, rest = len(chunk) - len(body), max(rest - len(chunk), 0)
        try:
            held = len(decoder.getstate()[0])
            decoder.decode(body, final=not chunk)
        except UnicodeDecodeError as error:
            return read + skipped - held + error.start
        read += len(chunk)
    return None


def _newlines(chunks: Chunks, end: int) -> int:
    count = 0
    for chunk in chunks():
        count += chunk.count(b"\n", 0, max(end, 0))
        end -= len(chunk)
    return count


def _by_order(chunks: Chunks, head: bytes, encoding: str, name: str) -> Encoding:
    try:
        codec = codecs.lookup(encoding).name
        if codec in _NO_ENCODINGS:
            raise _no_encoding(encoding)
        with suppress(UnicodeError):
            str(b"a", codec)  # is said to be no encoding of texts where it is a codec of another kind
    except (LookupError, ValueError):
        raise _no_encoding(encoding) from None
    family, codec = codec, _MARKED_ENCODINGS.get(codec, codec)
    mark = b""
    for each, marked in _MARKS:
        if head.startswith(each) and (marked == codec or (family in _MARKED_ENCODINGS and marked.startswith(family))):
            mark, codec = each, marked
            break
    try:
        for text in decoded(chunks(), Encoding(codec, mark)):
            # Half a surrogate pair, which UTF-7 and Python's own escapes let through, is no character.
            if not text.isascii() and re.search("[\ud800-\udfff]", text):
                raise _unfit(name, encoding, "it")
    except LookupError:
        raise _no_encoding(encoding) from None
    except UnicodeDecodeError:
        raise _unfit(name, encoding, f"byte {_misfit(chunks, Encoding(codec, mark))}") from None
    except UnicodeError:
        raise _unfit(name, encoding, "it") from None
    return Encoding(codec, mark)


def _no_encoding(encoding: str) -> GivenValueError:
    return GivenValueError(f"no such encoding: {encoding}", "Give utf-8, utf-16, cp1252, latin-1 or another name")


def _unfit(name: str, encoding: str, where: str) -> GivenValueError:
    return GivenValueError(
        f"{name} is not in {encoding}: {where} does not fit", "Give another --encoding, or none to have it found out"
    )
