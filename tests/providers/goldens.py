"""The answers of services that the tests play, and what is to be read in each."""

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from bibman.providers.catalogue_format import write_record
from bibman.providers.service import Work

ANSWERS = Path(__file__).parent / "answers"
FILES = sorted(file for file in ANSWERS.iterdir() if not file.name.endswith(".expected.json"))
READERS = {
    "arxiv": "read_works",
    "crossref": "read_works",
    "datacite": "read_works",
    "doi_org": "read_works",
    "openalex": "read_works",
    "semantic_scholar": "read_works",
    "dblp": "read_works",
    "pubmed": "read_works",
    "open_library": "read_books",
}
OTHER_READERS = {
    "pubmed-search.json": ("pubmed", "read_numbers"),
    "open-library-search.json": ("open_library", "read_found"),
}


def reader(file: Path) -> Callable[[bytes], Any]:
    """What reads an answer, by the name of its file: the module, a hyphen, and what it is an answer to."""
    module = next(name for name in READERS if file.name.startswith(name.replace("_", "-")))
    module, name = OTHER_READERS.get(file.name, (module, READERS[module]))
    found: Callable[[bytes], Any] = getattr(import_module(f"bibman.providers.{module}"), name)
    return found


def described(work: Work) -> dict[str, Any]:
    """A work, as the files of what is expected have it."""
    return {
        "record": json.loads(write_record(work.record)),
        "relations": [
            [
                each.kind.value,
                ":".join(each.identifier) if each.identifier is not None else "",
                *filter(None, (each.text, each.date)),
            ]
            for each in work.relations
        ],
        "identifiers": sorted(":".join(each) for each in work.identifiers),
    }
