"""The main job, from the seed list to a `.bib`, by the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bibtexparser.entrypoint import parse_string
from typer.testing import CliRunner, Result

from bibman.cli.main import app
from bibman.errors import BibmanError, NotFoundError

ROOT = Path(__file__).parents[2]
SEED = ROOT / "seeds" / "arxiv-papers.txt"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind))
    monkeypatch.delenv("BIBMAN_LIBRARY", raising=False)

    def call(*arguments: str, **options: Any) -> Result:
        return CliRunner().invoke(app, ["--library", str(tmp_path / "test.bibman"), *arguments], **options)

    return call


def works() -> dict[str, dict[str, Any]]:
    lines = (ROOT / "seeds" / "catalogue.jsonl").read_text(encoding="utf-8").splitlines()
    return {work["eprint"]: work for work in map(json.loads, lines)}


def test_each_line_of_the_seed_list_becomes_its_work(run: Run) -> None:
    assert run("ingest", str(SEED)).exit_code == 0
    entries = json.loads(run("list", "--json").stdout)
    known = works()
    assert len(entries) == 14
    for entry in entries:
        (whole,) = json.loads(run("show", entry["key"], "--json").stdout)
        fields = {field["name"]: field["value"] for field in whole["fields"]}
        work = known.pop(fields["eprint"])
        assert entry["title"] == work["title"]
        assert entry["names"]["author"] == work["author"]
        assert entry["date"] == work["date"]
        assert entry["type"] == work["type"]
        for name in ("doi", "eprintclass", "eprintdate", "volume"):
            assert fields.get(name) == work.get(name)
    assert not known


def test_the_same_list_again_changes_nothing(run: Run) -> None:
    run("ingest", str(SEED))
    before = run("history").stdout
    again = run("ingest", str(SEED), "--json")
    assert again.exit_code == 0
    verdicts = {each["verdict"] for each in json.loads(again.stdout)["sources"][0]["passages"]}
    assert verdicts == {"already here"}
    assert run("history").stdout == before


def test_one_changed_line_is_one_new_entry(run: Run, tmp_path: Path) -> None:
    run("ingest", str(SEED))
    changed = tmp_path / "changed.txt"
    changed.write_text(
        SEED.read_text(encoding="utf-8").replace("We describe our early", "Quite another"), encoding="utf-8"
    )
    assert run("ingest", str(changed)).exit_code == 4
    entries = json.loads(run("list", "--json").stdout)
    assert len(entries) == 15
    assert sum(not entry["identified"] for entry in entries) == 1


def test_undo_takes_an_ingest_back_and_redo_brings_its_keys_and_tags(run: Run) -> None:
    run("ingest", str(SEED), "--tag", "seed")
    before = run("list", "--json").stdout
    run("undo")
    assert json.loads(run("list", "--json").stdout) == []
    run("redo")
    assert run("list", "--json").stdout == before


def test_a_dry_run_makes_no_library(run: Run, tmp_path: Path) -> None:
    assert run("ingest", str(SEED), "--dry-run").exit_code == 0
    assert not (tmp_path / "test.bibman").exists()


def test_bibtexparser_reads_the_export_back(run: Run) -> None:
    run("ingest", str(SEED))
    first = run("export").stdout
    assert run("export").stdout == first
    read = parse_string(first)
    assert len(read.entries) == 14
    assert not read.failed_blocks


def test_tags_and_notes_are_kept_and_shown(run: Run) -> None:
    run("ingest", str(SEED))
    run("tag", "add", "rlhf,to read", "bai2022training")
    run("note", "add", "bai2022training", "Read *this*.")
    (whole,) = json.loads(run("show", "bai2022training", "--json").stdout)
    assert whole["tags"] == ["rlhf", "to read"]
    assert [note["text"] for note in whole["notes"]] == ["Read *this*."]


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "nobody"),
        ("tag", "add", "x", "nobody"),
        ("note", "add", "nobody", "text"),
        ("export", "nobody"),
        ("remove", "nobody"),
        ("edit", "nobody", "--set", "year=2000"),
        ("key", "set", "nobody", "somebody"),
        ("tag", "remove", "no-such-tag", "bai2022training"),
    ],
)
def test_an_unknown_name_does_nothing(run: Run, arguments: tuple[str, ...]) -> None:
    run("ingest", str(SEED))
    before = run("history").stdout
    failed = run(*arguments)
    assert isinstance(failed.exception, NotFoundError)
    assert run("history").stdout == before


@pytest.mark.parametrize("value", ["title={open", "title=A & B", "title=50%", "title=", "month"])
def test_a_value_that_latex_would_stop_at_is_refused(run: Run, value: str) -> None:
    run("ingest", str(SEED))
    assert isinstance(run("edit", "bai2022training", "--set", value).exception, BibmanError)
