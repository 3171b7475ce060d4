from collections.abc import Callable
from pathlib import Path

import pytest

from bibman import resources
from bibman.errors import LibraryError
from bibman.resources import alembic_folder, seeds_folder

FOLDERS = pytest.mark.parametrize(
    ("folder", "name", "holding"),
    [(alembic_folder, "alembic", "env.py"), (seeds_folder, "seeds", "catalogue.jsonl")],
)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package with nothing inside and nothing beside it."""
    package = tmp_path / "site-packages" / "bibman"
    package.mkdir(parents=True)
    monkeypatch.setattr(resources, "__file__", str(package / "resources.py"))
    return package


def fill(folder: Path, holding: str) -> Path:
    folder.mkdir()
    (folder / holding).touch()
    return folder


def test_this_installation_has_the_migrations_and_the_seeds() -> None:
    assert (alembic_folder() / "versions").is_dir()
    assert (seeds_folder() / "arxiv-papers.txt").is_file()


@FOLDERS
def test_in_a_checkout_the_folder_stands_beside_the_package(
    package: Path, folder: Callable[[], Path], name: str, holding: str
) -> None:
    beside = fill(package.parent / name, holding)
    assert folder() == beside


@FOLDERS
def test_the_folder_inside_the_package_comes_first(
    package: Path, folder: Callable[[], Path], name: str, holding: str
) -> None:
    fill(package.parent / name, holding)
    inside = fill(package / f"_{name}", holding)
    assert folder() == inside


@pytest.mark.parametrize(("folder", "name"), [(alembic_folder, "alembic"), (seeds_folder, "seeds")])
def test_a_stranger_of_the_same_name_beside_the_package_is_not_taken_for_ours(
    package: Path, folder: Callable[[], Path], name: str
) -> None:
    fill(package.parent / name, "__init__.py")
    with pytest.raises(LibraryError, match=f"the folder {name} is missing.*Install bibman again") as raised:
        folder()
    assert str(package) in raised.value.message
