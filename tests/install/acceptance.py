"""What every installation must be able to do, wherever it is."""

import json
from pathlib import Path

from tests.declared import CHECKOUT
from tests.install.environment import Environment


def where_bibman_is(environment: Environment) -> Path:
    """The folder of the package that the environment imports."""
    done = environment.run("python", "-c", "import bibman; print(bibman.__file__)")
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip()).parent


def take_the_seed_list_all_the_way(environment: Environment) -> None:
    """Ingests the seed list outside the checkout, lists what was found, and exports it, offline."""
    abstracts = (CHECKOUT / "seeds" / "arxiv-papers.txt").read_bytes()
    (environment.folder / "some list.txt").write_bytes(abstracts)
    ingested = environment.run("bibman", "ingest", "some list.txt")
    assert ingested.returncode == 0, ingested.stderr
    listed = environment.run("bibman", "list", "--json")
    assert len([entry for entry in json.loads(listed.stdout) if entry["title"]]) == 14
    exported = environment.run("bibman", "export", "-o", "refs.bib")
    assert exported.returncode == 0, exported.stderr
    assert (environment.folder / "refs.bib").read_text(encoding="utf-8").count("\n@") == 13
