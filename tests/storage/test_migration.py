"""A filled library is brought to a next revision that rebuilds the table of entries, and an old one to this one."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from bibman.errors import LibraryError
from bibman.resources import alembic_folder
from bibman.storage import schema
from bibman.storage.annotations import add_tags
from bibman.storage.database import Library
from bibman.storage.engine import engine_for
from bibman.storage.entries import add_entries, remove_entries, reserve_ids
from bibman.storage.reading import reading
from bibman.storage.tables import Base
from tests.storage.actors import act, open_at_once
from tests.storage.looking import content, index_is_in_step, looking, operations, rows
from tests.storage.looking import schema as schema_of
from tests.storage.sample import STANDING, entry

ROOT = Path(__file__).parents[2]
OLD = Path(__file__).with_name("libraries")
"""Libraries as earlier versions left them, filled; each is called like its revision."""

THIS, NEXT = schema.REVISION, "9999"

SECOND = '''
"""A next revision, for the tests: entries get a rating, which needs their table to be made anew."""

import sqlalchemy as sa
from alembic import op

revision = "{next}"
down_revision = "{this}"
branch_labels = None
depends_on = None


def upgrade() -> None:
{documented}
    {more}
'''


def documented() -> str:
    """What the documentation shows to those who write a migration."""
    page = (ROOT / "docs" / "storage.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page.partition("## Writing a migration")[2], re.DOTALL)
    assert len(blocks) == 2
    return indent("\n".join(dedent(block) for block in blocks), "    ")


Second = Callable[..., Path]


@pytest.fixture
def second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Second:
    """Makes this bibman one of the next revision, whose migration does `more`; gives the folder of the migrations."""

    def make(more: str = "pass") -> Path:
        folder = Path(shutil.copytree(alembic_folder(), tmp_path / "alembic", dirs_exist_ok=True))
        text = SECOND.replace("{documented}", documented()).replace("{more}", more)
        text = text.replace("{next}", NEXT).replace("{this}", THIS)
        folder.joinpath("versions", f"{NEXT}_rating.py").write_text(text)
        monkeypatch.setattr("bibman.storage.migration.alembic_folder", lambda: folder)
        monkeypatch.setattr("bibman.storage.connection.REVISION", NEXT)
        return folder

    return make


def without_rating(found: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    return {**found, "entry": [row[:-1] for row in found["entry"]]}


def test_no_row_is_lost_when_the_table_of_entries_is_made_anew(filled: Path, second: Second) -> None:
    before = content(filled, history=True)
    assert all(before[table] for table in before), "the library has something in every table"
    second()
    backups: list[Path] = []
    with Library.open(filled, on_upgrade=backups.append) as library:
        assert library.verify() == []
        assert index_is_in_step(filled)
    found = content(filled, history=True)
    assert {row[-1] for row in found["entry"]} == {0}
    changes = {"change": before.pop("change")}
    assert len(found.pop("change")) == len(changes["change"])
    assert without_rating(found) == before
    assert rows(filled, "SELECT version_num FROM alembic_version") == [(NEXT,)]
    assert backups == [filled.with_name(f"filled.bibman.revision-{THIS}")]
    assert content(backups[0], history=True) == {**before, **changes}
    assert {each.name for each in filled.parent.iterdir()} == {"alembic", filled.name, backups[0].name}


def test_views_triggers_foreign_keys_and_the_kind_of_table_are_there_afterwards(filled: Path, second: Second) -> None:
    before = schema_of(filled)
    second()
    Library.open(filled).close()
    after = schema_of(filled)
    assert {(kind, name) for kind, name, _ in after} == {(kind, name) for kind, name, _ in before}
    assert {each for each in after if each[0] in ("view", "trigger", "index")} >= {
        each for each in before if each[0] in ("view", "trigger", "index") and each[2]
    }
    ((made,),) = rows(filled, "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'entry'")
    assert "AUTOINCREMENT" in made
    assert made.rstrip().upper().endswith("STRICT")
    assert "UNIQUE (key_folded)" in made
    assert rows(filled, "PRAGMA foreign_key_check") == []
    with looking(filled) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(Exception, match="FOREIGN KEY constraint failed"):
            connection.execute("DELETE FROM entry WHERE id = 1")
        with pytest.raises(Exception, match="cannot store TEXT value in INTEGER column"):
            connection.execute("UPDATE entry SET rating = 'high'")


def test_an_upgraded_library_is_like_one_that_is_made_anew(filled: Path, second: Second, tmp_path: Path) -> None:
    second()
    Library.open(filled).close()
    Library.open(tmp_path / "new.bibman").close()
    assert schema_of(filled) == schema_of(tmp_path / "new.bibman")


def test_what_was_done_before_an_upgrade_can_be_undone_and_redone_after_it(filled: Path, second: Second) -> None:
    second()
    before = operations(filled)
    with Library.open(filled) as library:
        upgraded = content(filled)
        whole = "SELECT json_extract(image, '$.rating') FROM change WHERE \"table\" = 'entry' AND image LIKE '{\"id\"%'"
        assert rows(filled, whole) == [(0,)]
        while library.undo():
            assert library.verify() == []
        assert rows(filled, "SELECT count(*) FROM entry") == [(0,)]
        for _ in range(STANDING):
            library.redo()
        assert content(filled) == upgraded
        assert operations(filled) == before
        assert library.redo()
        assert library.verify() == []


def test_ids_that_were_used_before_an_upgrade_are_not_used_again(filled: Path, second: Second) -> None:
    ((last,),) = rows(filled, "SELECT max(id) FROM entry")
    with Library.open(filled) as library, library.change("remove") as change:
        remove_entries(change, [last])
    ((used,),) = rows(filled, "SELECT seq FROM sqlite_sequence WHERE name = 'entry'")
    assert used > last
    second()
    with Library.open(filled) as library, library.change("new") as change:
        assert list(reserve_ids(change, 1)) == [used + 1]
        add_entries(change, {used + 1: entry("new", title="New")})
    sequence = "SELECT name, count(*) FROM sqlite_sequence GROUP BY name HAVING count(*) > 1"
    assert rows(filled, sequence) == []


def test_reading_upgrades_as_well_and_says_so(filled: Path, second: Second) -> None:
    second()
    backups: list[Path] = []
    with reading(filled, backups.append) as reader:
        assert len(list(reader.summaries())) == 7
    assert len(backups) == 1
    with reading(filled, backups.append):
        pass
    assert len(backups) == 1


def test_a_backup_of_an_earlier_attempt_is_not_overwritten(filled: Path, second: Second) -> None:
    earlier = filled.with_name(f"filled.bibman.revision-{THIS}")
    earlier.write_text("precious")
    second()
    backups: list[Path] = []
    Library.open(filled, on_upgrade=backups.append).close()
    assert earlier.read_text() == "precious"
    assert backups == [filled.with_name(f"filled.bibman.revision-{THIS}-2")]


FAILURES = {
    "an error of the migration": ('raise RuntimeError("no")', RuntimeError),
    "an error of SQLite": (
        'op.execute("DELETE FROM note")\n    op.execute("INSERT INTO entry (id) VALUES (1)")',
        LibraryError,
    ),
    "a reference that leads nowhere": ('op.execute("DELETE FROM entry WHERE id = 1")', LibraryError),
    "a view that cannot be made": (
        'op.execute("DROP TABLE macro")\n    op.execute("CREATE VIEW entries AS SELECT 1")',
        LibraryError,
    ),
}


@pytest.mark.parametrize(("more", "error"), FAILURES.values(), ids=FAILURES.keys())
def test_a_migration_that_fails_leaves_the_library_as_it_was(
    filled: Path, second: Second, monkeypatch: pytest.MonkeyPatch, more: str, error: type[Exception]
) -> None:
    before, made = content(filled, history=True), schema_of(filled)
    with monkeypatch.context() as patch:
        second(more)
        with pytest.raises(error) as raised:
            Library.open(filled)
        patch.undo()
    assert content(filled, history=True) == before
    assert schema_of(filled) == made
    if isinstance(raised.value, LibraryError):
        assert raised.value.exit_code == 1
        assert str(filled) in raised.value.message
    monkeypatch.undo()
    with Library.open(filled) as library:
        assert library.verify() == []
        with library.change("tag add") as change:
            add_tags(change, [1], ["as before"])


def test_six_processes_that_upgrade_at_once_upgrade_once_and_lose_nothing(filled: Path, second: Second) -> None:
    folder = second()
    before = content(filled)
    assert act(open_at_once, filled, folder, NEXT, 6) == [0] * 6
    assert [each.name for each in filled.parent.glob("*.revision-*")] == [f"filled.bibman.revision-{THIS}"]
    with Library.open(filled) as library:
        assert library.verify() == []
        for _ in range(6):
            library.undo()
    assert without_rating(content(filled)) == before


@pytest.mark.parametrize("old", sorted(OLD.glob("*.bibman")), ids=lambda path: path.stem)
def test_a_library_of_every_earlier_revision_is_upgraded_with_all_that_it_has(old: Path, path: Path) -> None:
    shutil.copy(old, path)
    before = {table: len(found) for table, found in content(path, history=True).items()}
    assert all(before.values())
    with Library.open(path) as library:
        assert library.verify() == []
        after = {table: len(found) for table, found in content(path, history=True).items()}
        assert after == dict.fromkeys(after, 0) | before
        upgraded = content(path)
        steps = 0
        while library.undo():
            steps += 1
        assert rows(path, "SELECT count(*) FROM passage") == [(0,)]
        for _ in range(steps):
            library.redo()
        assert content(path) == upgraded
        assert library.verify() == []


def test_the_latest_migration_is_the_revision_that_the_code_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(alembic_folder()))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [schema.REVISION]
    assert [script.revision for script in scripts.walk_revisions()][-1] == "0001"
    assert all(len(script.revision) == 4 and script.revision.isdigit() for script in scripts.walk_revisions())


def test_the_mapped_classes_describe_the_tables_that_the_migrations_make(path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(alembic_folder()))
    engine = engine_for(path)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.check(config)
    engine.dispose()
    ((made,),) = rows(path, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND instr(sql, 'STRICT')")
    assert made == len(Base.metadata.tables)
    numbered = {
        table.name for table in Base.metadata.tables.values() if table.dialect_kwargs.get("sqlite_autoincrement")
    }
    assert numbered == {
        name
        for (name,) in rows(path, "SELECT name FROM sqlite_master WHERE type = 'table' AND instr(sql, 'AUTOINCREMENT')")
    }
