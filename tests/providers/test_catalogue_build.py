import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bibman.errors import FileError
from bibman.model.fold import opening_key
from bibman.model.identifiers import Identifier
from bibman.providers import catalogue_build
from bibman.providers.catalogue import Catalogue
from bibman.providers.catalogue_build import RejectedLine, build, ensure_seed
from bibman.providers.catalogue_format import unpack_record

NOW = "2026-01-02T03:04:05Z"


def line(number: int, **fields: object) -> str:
    abstract = f"Work {number} of many shows in a hundred words what nobody has ever shown in more than {number} words."
    work = {"type": "online", "title": f"Work {number}", "abstract": abstract, "eprint": f"2302.{number:05}"}
    return json.dumps(work | {"eprinttype": "arxiv"} | fields)


def written(path: Path, *lines: str) -> Path:
    path.write_text("".join(each + "\n" for each in lines), encoding="utf-8")
    return path


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(".unfinished")]


def run_many(count: int, program: str, *arguments: object) -> list[int]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    running = [subprocess.Popen(command) for _ in range(count)]
    return [process.wait() for process in running]


def test_what_is_built_is_found(tmp_path: Path) -> None:
    source = written(tmp_path / "works.jsonl", *(line(number) for number in range(2500)))
    seen: list[int] = []
    report = build([source], tmp_path / "new" / "mine.catalogue", NOW, seen.append)
    assert (report.works, report.rejected, report.first_rejected) == (2500, 0, ())
    assert seen == sorted(seen)
    assert seen[-1] == source.stat().st_size
    with Catalogue.open(tmp_path / "new" / "mine.catalogue") as catalogue:
        assert (catalogue.info.works, catalogue.info.sources, catalogue.info.built_at) == (2500, ("works.jsonl",), NOW)
        for number in (0, 1234, 2499):
            (by_id,) = catalogue.lookup_identifier(Identifier("arxiv", f"2302.{number:05}"))
            key = opening_key(by_id.record.texts["abstract"])
            assert key is not None
            assert by_id in catalogue.lookup_opening(key)
            assert by_id.record.texts["title"] == f"Work {number}"


def test_lines_that_are_no_works_are_skipped_and_reported(tmp_path: Path) -> None:
    one = written(tmp_path / "one.jsonl", line(1), "", "@misc{x}", line(2), '{"type": "misc"}')
    other = written(tmp_path / "other.jsonl", "7", line(3))
    report = build([one, other], tmp_path / "mine.catalogue", NOW)
    assert (report.works, report.rejected) == (3, 3)
    assert report.first_rejected == (
        RejectedLine(one, 3, "not JSON"),
        RejectedLine(one, 5, "no title"),
        RejectedLine(other, 1, "not a JSON object"),
    )
    with Catalogue.open(tmp_path / "mine.catalogue") as catalogue:
        assert (catalogue.info.works, catalogue.info.rejected) == (3, 3)


def test_a_line_that_is_too_long_is_reported(tmp_path: Path) -> None:
    source = written(tmp_path / "works.jsonl", line(1, note="x" * (16 << 20)), line(2))
    report = build([source], tmp_path / "mine.catalogue", NOW)
    assert (report.works, report.first_rejected) == (1, (RejectedLine(source, 1, "longer than 16 MB"),))


def test_of_very_many_rejected_lines_only_the_first_are_kept(tmp_path: Path) -> None:
    report = build([written(tmp_path / "works.jsonl", line(1), *["x"] * 5000)], tmp_path / "mine.catalogue", NOW)
    assert (report.rejected, len(report.first_rejected), report.first_rejected[-1].line) == (5000, 100, 101)


def test_files_with_no_work_leave_the_old_catalogue(tmp_path: Path) -> None:
    target = tmp_path / "mine.catalogue"
    build([written(tmp_path / "works.jsonl", line(1))], target, NOW)
    wrong = written(tmp_path / "refs.txt", "no work at all")
    with pytest.raises(FileError, match=r"no work in .*refs\.txt \(line 1: not JSON\)"):
        build([wrong], target, NOW)
    with Catalogue.open(target) as catalogue:
        assert catalogue.info.sources == ("works.jsonl",)
    assert leftovers(tmp_path) == []


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for source, reason in ((tmp_path / "none.jsonl", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(FileError, match=f"cannot read {source}: {reason}"):
            build([source], tmp_path / "mine.catalogue", NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    source = written(tmp_path / "works.jsonl", line(1))
    with pytest.raises(FileError, match="cannot write the catalogue"):
        build([source], source / "mine.catalogue", NOW)
    (tmp_path / "taken.catalogue").mkdir()
    with pytest.raises(FileError, match="cannot write the catalogue"):
        build([source], tmp_path / "taken.catalogue", NOW)
    assert leftovers(tmp_path) == []


def test_a_full_disk_is_one_line_and_leaves_the_old_catalogue(tmp_path: Path) -> None:
    target = tmp_path / "mine.catalogue"
    build([written(tmp_path / "old.jsonl", line(1))], target, NOW)
    source = written(tmp_path / "works.jsonl", *(line(number, note=os.urandom(500).hex()) for number in range(1000)))
    program = (
        "import resource, sys; from pathlib import Path; from bibman.errors import FileError;"
        "from bibman.providers.catalogue_build import build;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: build([Path(sys.argv[1])], Path(sys.argv[2]), '')\n"
        "except FileError as error: sys.exit(0 if 'cannot write the catalogue' in str(error) else 1)\n"
        "sys.exit(2)"
    )
    assert run_many(1, program, source, target) == [0]
    with Catalogue.open(target) as catalogue:
        assert catalogue.info.sources == ("old.jsonl",)
    assert leftovers(tmp_path) == []


def test_a_killed_build_leaves_the_old_catalogue(tmp_path: Path) -> None:
    target = tmp_path / "mine.catalogue"
    build([written(tmp_path / "old.jsonl", line(1))], target, NOW)
    source = written(tmp_path / "works.jsonl", *(line(number) for number in range(2000)))
    program = (
        "import os, sys; from pathlib import Path; from bibman.providers.catalogue_build import build;"
        f"build([Path(sys.argv[1])], Path(sys.argv[2]), '', lambda _: os.kill(os.getpid(), {int(signal.SIGKILL)}))"
    )
    assert run_many(1, program, source, target) == [-signal.SIGKILL]
    assert len(leftovers(tmp_path)) == 1
    with Catalogue.open(target) as catalogue:
        assert catalogue.info.sources == ("old.jsonl",)
    build([source], target, NOW)
    with Catalogue.open(target) as catalogue:
        assert catalogue.info.works == 2000


KILLED = (
    "import os, sys; from pathlib import Path; from bibman.providers import catalogue_build\n"
    "catalogue_build._BATCH, catalogue_build._COMMITTED = 10, 100\n"
    "calls = []\n"
    f"def told(read): calls.append(read); len(calls) == 55 and os.kill(os.getpid(), {int(signal.SIGKILL)})\n"
    "catalogue_build.build([Path(sys.argv[3])], Path(sys.argv[1]), '', told, adding=sys.argv[2] == 'add')"
)


def content(path: Path) -> tuple[list[str], str]:
    """The titles of the works, and the checksum."""
    connection = sqlite3.connect(path)
    titles = sorted(unpack_record(packed).texts["title"] for (packed,) in connection.execute("SELECT record FROM work"))
    (checksum,) = connection.execute("SELECT value FROM meta WHERE name = 'checksum'").fetchone()
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    return titles, checksum


@pytest.mark.parametrize("kind", ["jsonl", "bib", "csl"])
@pytest.mark.parametrize("how", ["build", "add"])
def test_a_killed_build_goes_on_where_it_stopped(tmp_path: Path, kind: str, how: str) -> None:
    numbers = range(1000)
    lines = {
        "jsonl": ["x", *map(line, numbers)],
        "bib": ["@misc{x}", "@string{t = {Work}}", *(f"@misc{{k{n}, title = t # {{ {n}}}}}" for n in numbers)],
        "csl": ["[", *(json.dumps({"type": "book", "title": f"Work {n}"}) + "," for n in numbers), "]"],
    }[kind]
    source, target = written(tmp_path / f"works.{kind}", *lines), tmp_path / "mine.catalogue"
    build([written(tmp_path / "old.jsonl", line(5, title="Old"))], target, NOW)
    build([source], whole := tmp_path / "whole.catalogue", NOW)
    before = content(target)
    assert run_many(1, KILLED, target, how, source) == [-signal.SIGKILL]
    assert content(target) == before
    report = build([source], target, NOW, adding=how == "add")
    titles, checksum = content(target)
    expected, digest = content(whole)
    assert checksum == digest
    assert titles == (sorted([*expected, "Old"]) if how == "add" and kind != "jsonl" else expected)
    assert report.resumed == (500 if kind == "csl" else 499)
    assert report.rejected == (0 if kind == "csl" else 1)
    assert len(report.first_rejected) == report.rejected
    assert leftovers(tmp_path) == []


def test_a_build_of_changed_files_begins_anew(tmp_path: Path) -> None:
    source, target = written(tmp_path / "works.jsonl", *map(line, range(1000))), tmp_path / "mine.catalogue"
    assert run_many(1, KILLED, target, "build", source) == [-signal.SIGKILL]
    written(source, *map(line, range(500, 900)))
    report = build([source], target, NOW)
    assert (report.works, report.resumed) == (400, 0)


def catalogue_of(tmp_path: Path, *lines: str) -> Path:
    target = tmp_path / "mine.catalogue"
    build([written(tmp_path / "works.jsonl", *lines)], target, NOW)
    return target


def add(tmp_path: Path, *lines: str) -> tuple[int, int, int]:
    report = build([written(tmp_path / "new.jsonl", *lines)], tmp_path / "mine.catalogue", NOW, adding=True)
    return report.added, report.refreshed, report.works


def test_works_are_added_and_refreshed(tmp_path: Path) -> None:
    target = catalogue_of(tmp_path, line(1), line(2))
    assert add(tmp_path, line(2, title="Work twice", abstract=None), line(3)) == (1, 1, 3)
    with Catalogue.open(target) as catalogue:
        assert catalogue.info.sources == ("works.jsonl", "new.jsonl")
        (two,) = catalogue.lookup_identifier(Identifier("arxiv", "2302.00002"))
        assert two.record.texts["title"] == "Work twice"
        assert two.record.texts["abstract"].startswith("Work 2 of many")
        assert [each.texts["title"] for each in catalogue.search(["twice"], 5)] == ["Work twice"]
        assert len(catalogue.search(["many"], 5)) == 3
        key = opening_key(two.record.texts["abstract"])
        assert key is not None
        assert catalogue.lookup_opening(key) == [two]


def test_what_is_known_already_changes_nothing(tmp_path: Path) -> None:
    catalogue_of(tmp_path, line(1), line(2), line(3, eprint=None))
    assert add(tmp_path, line(3, eprint=None), line(1), line(1)) == (0, 0, 3)


@pytest.mark.parametrize(
    ("known", "new", "is_same"),
    [
        ({}, {"title": "Another title"}, True),
        ({"doi": "10.1000/1", "eprint": None}, {"doi": "10.1000/1", "eprint": None}, True),
        ({"doi": "10.1000/1", "eprint": None}, {"doi": "10.1000/1", "title": "Cats", "eprint": None}, False),
        ({"eprint": None, "date": "1999"}, {"eprint": None, "date": "1999-05"}, True),
        ({"eprint": None, "date": "1999"}, {"eprint": None, "date": "2000"}, False),
        ({"eprint": None}, {"eprint": None, "author": [{"family": "Doe"}]}, False),
        ({"eprint": None}, {"eprint": None, "abstract": "Quite another abstract " * 9}, False),
        ({}, {"eprint": None}, True),
    ],
)
def test_what_one_work_is(tmp_path: Path, known: dict[str, object], new: dict[str, object], is_same: bool) -> None:
    catalogue_of(tmp_path, line(1, **known))
    assert add(tmp_path, line(1, **(new | {"note": "new"})))[2] == (1 if is_same else 2)
    build([written(tmp_path / "both.jsonl", line(1, **known), line(1, **new))], tmp_path / "both.catalogue", NOW)
    with Catalogue.open(tmp_path / "both.catalogue") as catalogue:
        assert catalogue.info.works == (1 if is_same else 2)


def test_nothing_is_added_to_a_catalogue_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such catalogue"):
        add(tmp_path, line(1))


def test_words_are_counted_again_when_many_have_come(tmp_path: Path) -> None:
    def of_work() -> int:
        connection = sqlite3.connect(tmp_path / "mine.catalogue")
        ((found,),) = connection.execute("SELECT of_titles FROM frequency WHERE word = 'work'")
        connection.close()
        return int(found)

    catalogue_of(tmp_path, *map(line, range(200)))
    assert of_work() == 200
    add(tmp_path, *map(line, range(200, 210)))
    assert of_work() == 200
    add(tmp_path, *map(line, range(210, 230)))
    assert of_work() == 230


def test_what_killed_builds_left_is_removed_in_time(tmp_path: Path) -> None:
    source, target = written(tmp_path / "works.jsonl", line(1)), tmp_path / "mine.catalogue"
    for name in (".mine.catalogue.1-aa.unfinished", ".mine.catalogue.2-bb.unfinished", ".other.catalogue.1.unfinished"):
        (tmp_path / name).touch()
    old = time.time() - 2 * 24 * 60 * 60
    for name in (".mine.catalogue.1-aa.unfinished", ".other.catalogue.1.unfinished"):
        os.utime(tmp_path / name, (old, old))
    build([source], target, NOW)
    assert sorted(leftovers(tmp_path)) == [".mine.catalogue.2-bb.unfinished", ".other.catalogue.1.unfinished"]


def test_processes_that_build_at_once_all_end_well(tmp_path: Path) -> None:
    source = written(tmp_path / "works.jsonl", *(line(number) for number in range(1500)))
    program = (
        "import sys; from pathlib import Path; from bibman.providers.catalogue_build import build;"
        "build([Path(sys.argv[1])], Path(sys.argv[2]), '')"
    )
    assert run_many(3, program, source, tmp_path / "mine.catalogue") == [0, 0, 0]
    with Catalogue.open(tmp_path / "mine.catalogue") as catalogue:
        assert len(catalogue.lookup_identifier(Identifier("arxiv", "2302.01499"))) == 1
    assert leftovers(tmp_path) == []


def test_a_reader_keeps_the_catalogue_it_opened(tmp_path: Path) -> None:
    target = tmp_path / "mine.catalogue"
    build([written(tmp_path / "old.jsonl", line(1))], target, NOW)
    with Catalogue.open(target) as before:
        build([written(tmp_path / "new.jsonl", line(2))], target, NOW)
        assert len(before.lookup_identifier(Identifier("arxiv", "2302.00001"))) == 1
    with Catalogue.open(target) as after:
        assert len(after.lookup_identifier(Identifier("arxiv", "2302.00002"))) == 1


def test_the_seed_is_built_once_and_again_when_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seed, folder = written(tmp_path / "catalogue.jsonl", line(1)), tmp_path / "data" / "catalogues"
    target = ensure_seed(seed, folder)
    first = target.stat().st_ino
    assert target == folder / "seed.catalogue"
    assert ensure_seed(seed, folder).stat().st_ino == first
    written(seed, line(1), line(2))
    second = ensure_seed(seed, folder).stat().st_ino
    assert second != first
    for module in ("catalogue", "catalogue_file"):
        monkeypatch.setattr(f"bibman.providers.{module}.FOLD_VERSION", -1)
    third = ensure_seed(seed, folder).stat().st_ino
    assert third != second
    target.write_bytes(b"no catalogue at all")
    ensure_seed(seed, folder)
    with Catalogue.open(target) as catalogue:
        assert catalogue.info.works == 2


def test_processes_that_need_the_seed_at_once_all_get_it(tmp_path: Path) -> None:
    seed = written(tmp_path / "catalogue.jsonl", *(line(number) for number in range(20)))
    program = (
        "import sys; from pathlib import Path; from bibman.model.identifiers import Identifier;"
        "from bibman.providers.catalogue import Catalogue; from bibman.providers.catalogue_build import ensure_seed\n"
        "with Catalogue.open(ensure_seed(Path(sys.argv[1]), Path(sys.argv[2]))) as catalogue:\n"
        "    found = catalogue.lookup_identifier(Identifier('arxiv', '2302.00019'))\n"
        "sys.exit(len(found) != 1)"
    )
    assert run_many(8, program, seed, tmp_path / "data") == [0] * 8
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["seed.catalogue"]


def test_a_missing_seed_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"cannot read .*catalogue\.jsonl: No such file.*Install bibman again"):
        ensure_seed(tmp_path / "catalogue.jsonl", tmp_path)


def test_a_catalogue_is_one_sound_file(tmp_path: Path) -> None:
    target = tmp_path / "mine.catalogue"
    build([written(tmp_path / "works.jsonl", *(line(number) for number in range(100)))], target, NOW)
    connection = sqlite3.connect(target)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.catalogue", "works.jsonl"]


def test_building_imports_no_orm() -> None:
    program = "import sys, bibman.providers.catalogue_build; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
    assert catalogue_build.__doc__
