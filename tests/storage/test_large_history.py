"""A large import is taken back and done again in memory that does not grow with it."""

from pathlib import Path

from tests.storage.actors import act, import_undo_redo


def test_undoing_and_redoing_a_large_import_needs_no_more_memory_than_making_it(path: Path) -> None:
    found = act(import_undo_redo, path, 20_000)
    assert found["entries"] == [20_000, 0, 20_000]
    assert found["same"]
    # It is 4 more; with all rows of the operation at once it would be 24.
    assert found["megabytes"]["undo and redo"] < found["megabytes"]["import"] + 12
