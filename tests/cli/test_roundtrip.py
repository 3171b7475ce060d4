"""Proof of a file alone: nothing is printed for a sound one."""

import pytest

from tests.cli.calling import Bibman
from tests.cli.test_ingest_bib import REFS


@pytest.mark.parametrize(
    "content",
    [
        REFS.encode(),
        REFS.replace("\n", "\r\n").encode("utf-8-sig"),
        '@misc{a, title={Größe}, author="A"#b}'.encode("latin-1"),
        b'@comment{x} words @misc(k, note = "{"}")',
    ],
)
def test_nothing_is_printed_for_a_sound_file(fresh: Bibman, content: bytes) -> None:
    done = fresh("roundtrip", fresh.file("refs.bib", content))
    assert (done.code, done.out, done.err) == (0, "", "")
    assert not fresh.library.exists()


def test_what_cannot_be_read_is_told_with_its_place(fresh: Bibman) -> None:
    path = fresh.file("refs.bib", REFS + "@misc{b,\n title = {B}\n year = 2000}\n@misc{c, title={C}")
    done = fresh("roundtrip", path)
    assert done.code == 1
    assert [line.split(": ")[0] for line in done.out.splitlines()] == [f"{path}:17:13", f"{path}:19:19"]


def test_each_file_is_looked_at_though_another_is_missing(fresh: Bibman) -> None:
    path = fresh.file("refs.bib", "@misc{c, title={C")
    done = fresh("roundtrip", "missing.bib", path)
    assert (done.code, done.err) == (1, "bibman: no such file: missing.bib\n")
    assert done.out.startswith(f"{path}:1:")
    assert fresh("roundtrip", "missing.bib").code == 1


def test_bytes_that_their_encoding_does_not_give_back_are_told(fresh: Bibman) -> None:
    done = fresh("roundtrip", fresh.file("refs.bib", b"@misc{a, title={+AGE-}}"), "--encoding", "utf-7")
    assert done.code == 1
    assert "byte 16 would not come back from utf-7" in done.out
