import io
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibman.model.names import Name
from bibman.model.record import Record
from bibman.providers.catalogue_format import PARTS, pack_record, read_lines, read_record, unpack_record, write_record

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)
ABSENT = st.just("")
PERSONS = st.builds(Name, TEXTS, st.text(max_size=9), st.text(max_size=9), ABSENT, ABSENT)
NAMES = PERSONS | TEXTS.map(lambda literal: Name(literal=literal))


def test_a_line_gives_texts_and_names() -> None:
    line = (
        '{"type": "online", "title": "T", "author": [{"family": "El Showk", "given": "Sheer"}, {"literal": "CERN"}],'
        ' "date": "2023-02-15", "volume": "", "note": null, "editor": []}'
    )
    assert read_record(line) == Record(
        "online",
        {"title": "T", "date": "2023-02-15"},
        {"author": (Name(family="El Showk", given="Sheer"), Name(literal="CERN"))},
    )


def test_a_byte_order_mark_is_no_part_of_the_line() -> None:
    assert read_record(b'\xef\xbb\xbf{"type": "misc", "title": "T"}') == Record("misc", {"title": "T"})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"@article{a, title = {T}}", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"9" * 5000, "not JSON"),
        (b'{"type": "misc", "title": "\xfc"}', "not UTF-8"),
        (b'["T"]', "not a JSON object"),
        (b'{"title": "T"}', 'no "type" that is an entry type in lower case'),
        (b'{"type": 7, "title": "T"}', 'no "type" that is an entry type in lower case'),
        (b'{"type": "Online", "title": "T"}', 'no "type" that is an entry type in lower case'),
        (b'{"type": "misc"}', "no title"),
        (b'{"type": "misc", "title": " "}', "no title"),
        (b'{"type": "misc", "title": "T", "Year": "1999"}', "'Year' is no field name in lower case"),
        (b'{"type": "misc", "title": "T", "year": 1999}', '"year" is neither text nor a list of names'),
        (b'{"type": "misc", "title": "T", "author": ["Ann"]}', 'a name in "author" is not an object of texts'),
        (
            b'{"type": "misc", "title": "T", "author": [{"family": "A", "first": "B"}]}',
            "a name in \"author\" has the unknown part 'first'",
        ),
        (
            b'{"type": "misc", "title": "T", "author": [{"given": "B"}]}',
            'a name in "author" has neither a family name nor a literal alone',
        ),
        (
            b'{"type": "misc", "title": "T", "author": [{"literal": "A", "given": "B"}]}',
            'a name in "author" has neither a family name nor a literal alone',
        ),
        (b'{"type": "misc", "title": "\\ud800"}', "half a surrogate pair, which is no character"),
    ],
)
def test_a_line_that_is_no_work_is_refused_with_its_reason(line: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        pack_record(read_record(line))


@settings(max_examples=60)
@given(TEXTS, st.dictionaries(st.sampled_from(["date", "doi", "x-note"]), TEXTS), st.lists(NAMES, min_size=1))
def test_a_record_comes_back_as_it_was(title: str, texts: dict[str, str], names: list[Name]) -> None:
    record = Record("online", {"title": title} | texts, {"author": tuple(names)})
    assert read_record(write_record(record)) == record
    assert "\n" not in write_record(record)
    assert unpack_record(pack_record(record)) == record


@settings(max_examples=100)
@given(
    st.dictionaries(
        st.sampled_from(["type", "title", "author", "date"]),
        st.none() | st.floats() | st.text() | st.lists(st.dictionaries(st.sampled_from(PARTS), st.none() | st.text())),
    )
)
def test_any_object_is_a_work_or_refused(described: dict[str, object]) -> None:
    try:
        record = read_record(json.dumps(described))
    except ValueError:
        return
    assert (record.type, record.texts["title"]) == (described["type"], described["title"])
    assert all(name.family or name.literal for names in record.names.values() for name in names)


def test_lines_are_counted_and_empty_ones_skipped() -> None:
    assert list(read_lines(io.BytesIO(b"a\n\n \r\nb"), lambda _: None)) == [(1, b"a\n"), (4, b"b")]


def test_a_line_that_is_too_long_is_never_held() -> None:
    seen: list[bytes] = []
    lines = list(read_lines(io.BytesIO(b"a\n" + b"x" * 95 + b"\nb\n" + b"y" * 10), seen.append, longest=10))
    assert lines == [(1, b"a\n"), (2, None), (3, b"b\n"), (4, None)]
    assert max(map(len, seen)) == 10
    assert b"".join(seen) == b"a\n" + b"x" * 95 + b"\nb\n" + b"y" * 10


@settings(max_examples=100)
@given(st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=8))
def test_every_byte_is_seen_and_every_short_line_comes_whole(lines: list[bytes]) -> None:
    seen: list[bytes] = []
    text = b"\n".join(lines)
    read = dict(read_lines(io.BytesIO(text), seen.append, longest=10))
    assert b"".join(seen) == text
    for number, line in enumerate(lines, start=1):
        if line.strip() and len(line) < 9:
            held = read[number]
            assert held is not None
            assert held.rstrip(b"\n") == line
