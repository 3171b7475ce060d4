"""Encodings: found out or told, never in silence where guessed, and no file that is no text."""

import codecs
import gzip
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibman.errors import FileError, InvalidValueError
from bibman.formats.encoding import ESCAPED, Decoded, decode, decoded, find_encoding

TEXT = "Poincaré maps of Łukasz\nand 𝔽 more\n"
# What is no control character is text; and a text has no half of a surrogate pair.
PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_unicode_is_known_by_its_mark_or_by_being_utf_8(mark: bytes, encoding: str) -> None:
    found = decode(mark + TEXT.encode(encoding))
    assert (found.text, found.encoding, found.note) == (TEXT, encoding, "")


def test_nothing_is_an_empty_text() -> None:
    assert decode(b"").text == ""


def test_what_is_not_utf_8_is_read_as_cp1252_and_said() -> None:
    found = decode("one\nPoincaré – maps".encode("cp1252"))
    assert (found.text, found.encoding) == ("one\nPoincaré – maps", "cp1252")
    assert found.note == "not UTF-8 (line 2, byte 11); read as cp1252; give --encoding if that is wrong"


def test_what_cp1252_does_not_have_is_read_as_latin_1_and_said() -> None:
    found = decode(b"caf\xe9 \x81")
    assert (found.text, found.encoding) == ("café \x81", "latin-1")
    assert "read as latin-1" in found.note


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("cut", [1, 2, 3])
def test_utf_8_that_is_cut_off_in_a_letter_is_refused(mark: bytes, cut: int) -> None:
    data = mark + "Poincaré maps\nand 𝔽".encode()[:-cut]
    with pytest.raises(FileError) as raised:
        decode(data, name="refs.txt")
    assert raised.value.message == f"refs.txt is UTF-8 but for its byte {len(mark) + 19} in line 2"
    assert "--encoding" in raised.value.advice
    assert "PoincarÃ© maps" in decode(data, "latin-1").text


@pytest.mark.parametrize(
    "cut",
    [
        "Caf\N{LATIN SMALL LETTER E WITH ACUTE}",
        "so on\N{HORIZONTAL ELLIPSIS}",
        "and \N{MATHEMATICAL DOUBLE-STRUCK CAPITAL F}",
    ],
)
def test_utf_8_that_is_cut_off_in_its_only_letter_beyond_ascii_is_refused(cut: str) -> None:
    data = f"Trees\n{cut}".encode()[:-1]
    with pytest.raises(FileError, match=f"is UTF-8 but for its byte {5 + len(cut)} in line 2"):
        decode(data)
    with pytest.raises(FileError, match="is UTF-8 but for"):
        find_encoding(lambda: [data[place : place + 1] for place in range(len(data))])


@pytest.mark.parametrize(
    "text", ["a caf\xe9", "viel Spa\xdf", "CAF\xc9", "Jos\xe9\x85", "Typ \xc4", "der Stra\xdfe nach", "Of Au\xdfa"]
)
def test_a_word_in_cp1252_may_end_in_what_begins_a_letter_in_utf_8(text: str) -> None:
    found = decode(text.encode("latin-1"))
    assert (found.text, found.encoding) == (text.encode("latin-1").decode("cp1252"), "cp1252")


def test_text_that_does_not_fit_its_utf_8_mark_is_still_read() -> None:
    assert decode(codecs.BOM_UTF8 + b"caf\xe9").text == "café"


def test_text_that_does_not_fit_its_utf_16_mark_is_refused() -> None:
    with pytest.raises(FileError, match=r"refs\.txt has the byte order mark of UTF-16-LE, but its byte 4 does not fit"):
        decode(codecs.BOM_UTF16_LE + "a".encode("utf-16-le") + b"b", name="refs.txt")


@pytest.mark.parametrize(
    ("data", "encoding", "name"),
    [
        ("café".encode("latin-1"), "latin-1", "iso8859-1"),
        (codecs.BOM_UTF8 + "café".encode(), "utf-8", "utf-8"),
        (codecs.BOM_UTF8 + "café".encode(), "utf-8-sig", "utf-8"),
        ("café".encode("utf-16"), "utf-16", "utf-16-le"),
        (codecs.BOM_UTF16_BE + "café".encode("utf-16-be"), "UTF-16", "utf-16-be"),
        ("café".encode("utf-16-le"), "utf-16", "utf-16-le"),
        ("café".encode("utf-16-be"), "utf-16-be", "utf-16-be"),
        ("café".encode("utf-32"), "utf-32", "utf-32-le"),
    ],
)
def test_an_encoding_that_is_given_is_used_without_a_note(data: bytes, encoding: str, name: str) -> None:
    found = decode(data, encoding)
    assert (found.text, found.encoding, found.note) == ("café", name, "")


@pytest.mark.parametrize("encoding", ["", "no-such-encoding", "a\0b", "hex", "rot13", "idna", "undefined"])
def test_an_encoding_that_does_not_exist_is_named(encoding: str) -> None:
    with pytest.raises(InvalidValueError, match="no such encoding") as raised:
        decode(b"abc", encoding)
    assert encoding in raised.value.message


def test_an_encoding_that_does_not_fit_is_named_with_the_byte() -> None:
    with pytest.raises(InvalidValueError, match=r"refs\.txt is not in utf-8: byte 3 does not fit"):
        decode(b"caf\xe9", "utf-8", name="refs.txt")


def test_the_byte_is_counted_with_the_byte_order_mark() -> None:
    with pytest.raises(InvalidValueError, match="byte 6 does not fit"):
        decode(codecs.BOM_UTF8 + b"caf\xe9", "utf-8")


@pytest.mark.parametrize(("data", "encoding"), [(b"+2AA-", "utf-7"), (b"\\ud800", "unicode_escape")])
def test_half_of_a_surrogate_pair_is_no_text(data: bytes, encoding: str) -> None:
    with pytest.raises(InvalidValueError, match="does not fit"):
        decode(data, encoding)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n1 0 obj", "a PDF"),
        (b"PK\x03\x04\x14\0", "a ZIP archive"),
        (gzip.compress(b"We show a thing", mtime=0), "a gzip archive"),
        (b"\x89PNG\r\n\x1a\n\0", "a PNG picture"),
        (b"SQLite format 3\0" + bytes(90), "an SQLite database"),
        (b"\x7fELF\x02\x01", "a program"),
        (b"{\\rtf1\\ansi We show a thing}", "an RTF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(90), "an old Microsoft Office"),
    ],
)
@pytest.mark.parametrize("encoding", [None, "latin-1"])
def test_a_file_of_a_known_kind_is_no_text_in_any_encoding(data: bytes, kind: str, encoding: str | None) -> None:
    with pytest.raises(FileError, match=rf"refs\.txt is not a text \(it looks like .*{kind[2:]}"):
        decode(data, encoding, name="refs.txt")


def test_nul_characters_are_no_text_and_utf_16_without_a_mark_is_thought_of() -> None:
    with pytest.raises(FileError, match="NUL") as raised:
        decode("We show a thing".encode("utf-16-le"))
    assert "--encoding utf-16-le" in raised.value.advice


def test_a_nul_is_found_at_the_end_of_a_long_text() -> None:
    with pytest.raises(FileError, match="NUL"):
        decode(b"We show a thing\n" * 50_000 + b"\0")


def test_many_control_characters_are_no_text() -> None:
    with pytest.raises(FileError, match="control characters"):
        decode(bytes(range(1, 256)) * 4)


def test_a_few_control_characters_are() -> None:
    text = "\x1b[1mWe show a thing\x1b[0m\x0c and an e\x02ect that came out of a PDF\n"
    assert decode(text.encode()).text == text


@settings(max_examples=150, deadline=None)
@given(PLAIN)
def test_every_text_in_utf_8_is_read_as_it_is(text: str) -> None:
    assert decode(b"\n" + text.encode()).text == "\n" + text


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=80), st.sampled_from([b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE]))
def test_any_bytes_are_read_or_refused_and_what_is_read_gives_the_bytes_back(data: bytes, mark: bytes) -> None:
    try:
        found = decode(mark + data)
    except FileError:
        return
    assert (mark + data).endswith(found.text.encode(found.encoding))


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=40), st.sampled_from(["utf-8", "utf-16", "utf-7", "cp1252", "idna", "shift_jis", "undefined"])
)
def test_any_bytes_in_an_encoding_that_is_given_are_refused_or_a_text_that_can_be_kept(
    data: bytes, encoding: str
) -> None:
    try:
        text = decode(data, encoding).text
    except (FileError, InvalidValueError):
        return
    assert text.encode().decode() == text


MARKS = st.sampled_from([b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE])

FLAWED = [
    pytest.param("é é".encode() + b" \xe9", "utf-8", "UTF-8, but not at one place (line 1, byte 6)", id="one"),
    pytest.param(b"\xe9\n" + "é é".encode(), "utf-8", "UTF-8, but not at one place (line 1, byte 0)", id="the first"),
    pytest.param("é\n".encode() + b"\xe9 \xe9", "utf-8", "UTF-8, but not at 2 places, first in line 2, byte 3", id="2"),
    pytest.param("Poincaré\nand 𝔽".encode()[:-1], "utf-8", "UTF-8, but not at one place (line 2, ", id="cut off"),
    pytest.param(b"caf\xe9", "cp1252", "not UTF-8 (line 1, byte 3); read as cp1252", id="no letter is UTF-8"),
    pytest.param(b"\xe9 " * 20 + "É»".encode("latin-1"), "cp1252", "not UTF-8 (line 1, byte 0)", id="one by chance"),
    pytest.param(b"We show a thing\n\0", "utf-8", "", id="NUL"),
    pytest.param(b"\0", "utf-8", "", id="NUL alone"),
]


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize(("data", "codec", "note"), FLAWED)
def test_a_text_with_flaws_is_read_where_it_may_have_them_and_gives_its_bytes_back(
    data: bytes, codec: str, note: str, mark: bytes
) -> None:
    found = find_encoding(lambda: [mark + data], with_flaws=True)
    assert (found.codec, found.mark) == (codec, mark)
    assert re.sub(r"byte (\d+)", lambda each: f"byte {int(each[1]) - len(mark)}", found.note).startswith(note)
    for chunks in ([mark + data], [bytes([byte]) for byte in mark + data]):
        text = "".join(decoded(chunks, found))
        assert found.mark + text.encode(found.codec, ESCAPED) == mark + data


@pytest.mark.parametrize("data", ["We show a thing".encode("utf-16-le"), bytes(range(256)) * 9, bytes(100)])
def test_what_is_no_text_has_no_mere_flaws(data: bytes) -> None:
    with pytest.raises(FileError, match="NUL"):
        find_encoding(lambda: [data], with_flaws=True)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=80), MARKS)
def test_any_bytes_with_flaws_come_back_or_are_refused(data: bytes, mark: bytes) -> None:
    try:
        found = decode(mark + data, with_flaws=True)
    except FileError:
        return
    assert found.mark + found.text.encode(found.encoding, ESCAPED) == mark + data


PRINTABLE = st.lists(st.integers(0x20, 0xFF).filter(lambda byte: byte != 0x7F), max_size=40).map(bytes)


@given(MARKS, st.one_of(PRINTABLE, PLAIN.map(str.encode)), st.lists(st.integers(4, 300), max_size=4))
def test_the_encoding_of_pieces_is_that_of_the_whole(mark: bytes, body: bytes, cuts: list[int]) -> None:
    data = mark + body
    places = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    chunks = [data[start:end] for start, end in pairwise(places)]
    try:
        whole = decode(data)
    except FileError as error:
        with pytest.raises(FileError, match=re.escape(error.message)):
            find_encoding(lambda: chunks)
        return
    found = find_encoding(lambda: chunks)
    text = "".join(decoded(chunks, found))
    assert Decoded(text, found.codec, found.note, found.mark) == whole
    assert found.mark + text.encode(found.codec) == data


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        (b"% Encoding: Cp1250\n", "cp1250"),
        (b"%Encoding:ISO8859_2\r\n", "iso8859-2"),
        (b"% -*- coding: koi8-r -*-\n", "koi8-r"),
        (b"% vim: set fileencoding=latin2 :\n", "iso8859-2"),
    ],
)
def test_a_text_that_is_not_utf_8_is_read_as_it_says_of_itself(head: bytes, codec: str) -> None:
    found = decode(head + "@misc{k, note = {ž}}".encode("cp1250"))
    assert found.encoding == codec
    assert found.note.endswith(f"read as {codec}, as it says of itself")


def test_what_a_text_says_of_itself_does_not_matter_where_it_is_utf_8_or_knows_no_such_encoding() -> None:
    assert decode("% Encoding: Cp1252\né".encode()) == Decoded("% Encoding: Cp1252\né", "utf-8")
    assert decode(b"% Encoding: Klingon\n\xe9").encoding == "cp1252"
