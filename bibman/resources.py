"""The folders of data that travel with the program: the migrations and the seeds.

An installed bibman has them inside the package; in a checkout, and so in an editable install, they stand beside it.
"""

from pathlib import Path

from bibman.errors import LibraryError


def alembic_folder() -> Path:
    """The folder with the migrations of the library's schema, `env.py` and `versions/` in it.

    Raises `LibraryError` where the installation has lost it.
    """
    return _folder("alembic", "env.py")


def seeds_folder() -> Path:
    """The folder with the seed list `arxiv-papers.txt` and the seed catalogue `catalogue.jsonl`.

    Raises `LibraryError` where the installation has lost it.
    """
    return _folder("seeds", "catalogue.jsonl")


def _folder(name: str, holding: str) -> Path:
    # An installed package may have a stranger's folder of the same name beside it (Alembic itself is one).
    package = Path(__file__).parent
    for folder in (package / f"_{name}", package.parent / name):
        if (folder / holding).is_file():
            return folder
    raise LibraryError(
        f"the folder {name} is missing from the installation of bibman in {package}", "Install bibman again"
    )
