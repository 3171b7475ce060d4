"""The files that bibman writes: what must not be lost is not replaced."""

from pathlib import Path

import pytest

from tests.cli.calling import Bibman


@pytest.mark.parametrize("is_link", [False, True])
def test_an_export_never_replaces_a_library(seeded: Bibman, is_link: bool) -> None:
    named = seeded.library
    if is_link:
        named = seeded.home / "papers.bib"
        named.symlink_to(seeded.library)
    before = seeded.library.read_bytes()
    done = seeded("export", "--output", str(named))
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        f"bibman: {named} is a bibman library or another SQLite database. Name another file to write to\n"
    )
    assert seeded.library.read_bytes() == before


def test_an_export_never_replaces_the_log_of_a_library(seeded: Bibman) -> None:
    log = Path(seeded.file("papers.bibman-wal", bytes.fromhex("377f0682") + bytes(28)))
    assert seeded("export", "--output", str(log)).code == 1
    assert log.stat().st_size == 32


def test_an_export_does_not_replace_a_read_only_file(seeded: Bibman) -> None:
    target = Path(seeded.file("refs.bib", "mine"))
    target.chmod(0o444)
    done = seeded.without_rights("export", "--output", "refs.bib")
    assert (done.code, done.err) == (
        1,
        "bibman: refs.bib is read-only. Make it writable, or name another file; it is as it was\n",
    )
    assert target.read_text() == "mine"
    target.chmod(0o644)
    assert seeded.without_rights("export", "--output", "refs.bib").code == 0
