"""`catalogue build`, `add`, `harvest`, `list`, `info`, `search`, `remove`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bibman.cli.groups import group
from bibman.cli.output import Column, Progress, clean, emit_json, note, say, table, warn
from bibman.cli.session import session_of
from bibman.errors import PartialError

if TYPE_CHECKING:
    from bibman.providers.catalogue_build import BuildReport
    from bibman.providers.harvest import HarvestReport, Step

app = group("Build local files of known works, in which passages are looked up.", no_args_is_help=True)

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="JSON Lines, arXiv's dump, CSL-JSON or .bib; told by content.")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A catalogue.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("build")
def build(
    files: Files,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="The name; the first file's otherwise.")
    ] = None,
) -> None:
    """Build a catalogue, in the place of the one with the same name; one that was stopped goes on."""
    from bibman.services.catalogues import build as make
    from bibman.services.configuration import catalogue_folder
    from bibman.services.wording import counted

    with_progress = _Progress(files)
    called, report = make(catalogue_folder(), files, name, with_progress)
    with_progress.close()
    _tell(report, f"catalogue {clean(called)}: {counted(report.works, 'work')}")


@app.command("add")
def add(name: Name, files: Files) -> None:
    """Add works to a catalogue, and refresh those that it has."""
    from bibman.services.catalogues import add as put
    from bibman.services.configuration import catalogue_folder
    from bibman.services.wording import counted

    with_progress = _Progress(files)
    report = put(catalogue_folder(), name, files, with_progress)
    with_progress.close()
    changed = f"{report.added:,} added, {report.refreshed:,} refreshed"
    _tell(report, f"catalogue {clean(name)}: {changed}; {counted(report.works, 'work')}")


@app.command("harvest")
def harvest(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="The catalogue; made where there is none.")] = "arxiv",
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SET", help="A set of arXiv (cs, cs.AI, hep-th); several; those of before."),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="What changed since that day; since the last harvest.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring what is new on arXiv into a catalogue; a harvest that was stopped goes on."""
    from bibman.services.catalogues import harvest as fetch
    from bibman.services.configuration import catalogue_folder
    from bibman.services.wording import counted

    fetching, writing = _Fetching(), Progress("Works written")
    with session_of(context).asking() as asking:
        report = fetch(asking, catalogue_folder(), name, sets or [], since, fetching.at, writing)
    fetching.close()
    writing.close()
    _warn_of(report)
    if as_json:
        emit_json(_harvest_as_json(name, report))
    else:
        for each in report.sets:
            until = f"to {each.until}" if each.until else "on, not to the end"
            say(f"{each.name} from {each.since} {until}: {counted(each.records, 'record')}")
        changed = f"{report.added:,} added, {report.refreshed:,} refreshed, {report.removed:,} removed"
        say(f"catalogue {clean(name)}: {changed}; {counted(report.works, 'work')}")
    if report.problem is not None or report.rejected:
        raise typer.Exit(PartialError.exit_code)


@app.command("list")
def list_catalogues(as_json: AsJson = False) -> None:
    """List the catalogues in the order in which they are asked."""
    from bibman.services.catalogues import listing
    from bibman.services.configuration import catalogue_folder

    found, wrong = listing(catalogue_folder())
    if as_json:
        emit_json(
            [
                {"name": each.name, "works": each.works, "built_at": each.built_at, "path": str(each.path)}
                for each in found
            ]
        )
    else:
        columns = (Column("name"), Column("works", right=True), Column("built at"), Column("path", least=16))
        table(columns, ((each.name, f"{each.works:,}", each.built_at, str(each.path)) for each in found))
    for error in wrong:
        warn(str(error))
    if wrong:
        raise typer.Exit(PartialError.exit_code)


@app.command("info")
def info(name: Name, as_json: AsJson = False) -> None:
    """Show what is in a catalogue and where it came from."""
    from bibman.services.catalogues import info as told
    from bibman.services.configuration import catalogue_folder

    found = told(catalogue_folder(), name)
    size = found.path.stat().st_size if found.path.exists() else 0
    facts: dict[str, object] = {
        "name": found.name,
        "path": str(found.path),
        "bytes": size,
        "works": found.works,
        "rejected": found.rejected,
        "built_at": found.built_at,
        "sources": list(found.sources),
        "harvested": dict(found.harvested),
        "format": found.format,
        "fold": found.fold,
    }
    if as_json:
        emit_json(facts)
        return
    facts |= {"bytes": f"{size:,}", "works": f"{found.works:,}", "sources": ", ".join(found.sources)}
    facts["harvested"] = ", ".join(f"{each} to {day}" for each, day in found.harvested.items())
    table((Column("what"), Column("value", least=16)), ((what, str(value)) for what, value in facts.items()))


@app.command("search")
def search(
    words: Annotated[list[str], typer.Argument(metavar="WORD...", help="Words of title, names or abstract, or an id.")],
    name: Annotated[str | None, typer.Option("--in", metavar="NAME", help="Only in this catalogue.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", metavar="N", min=1, help="How many to show; 20.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Find works in the catalogues: all words, or an identifier."""
    from bibman.model.names import short_names
    from bibman.services.catalogues import search as look
    from bibman.services.configuration import catalogue_folder

    hits = look(catalogue_folder(), " ".join(words), name, limit)
    if as_json:
        emit_json(
            [
                {
                    "catalogue": hit.catalogue,
                    "type": hit.record.type,
                    "fields": dict(hit.record.texts),
                    "names": {
                        role: [person._asdict() for person in people] for role, people in hit.record.names.items()
                    },
                }
                for hit in hits
            ]
        )
        return
    columns = (Column("names", least=10), Column("year"), Column("title", least=20), Column("id", least=10))
    rows = []
    for _, record in hits:
        people = next((record.names[role] for role in ("author", "editor") if record.names.get(role)), ())
        texts = record.texts
        said = f"arXiv:{texts['eprint']}" if texts.get("eprinttype") == "arxiv" else texts.get("doi", "")
        rows.append((short_names(people), texts.get("date", "")[:4], texts.get("title", ""), said))
    table(columns, rows)


@app.command("remove")
def remove(name: Name) -> None:
    """Remove a catalogue. Entries that were identified by it stay as they are."""
    from bibman.services.catalogues import remove as take_away
    from bibman.services.configuration import catalogue_folder

    take_away(catalogue_folder(), name)
    say(f"removed the catalogue {clean(name)}")


class _Progress(Progress):
    """How far the files are read."""

    def __init__(self, files: list[Path]) -> None:
        super().__init__("Reading bytes")
        self._size = sum(file.stat().st_size for file in files if file.is_file())

    def __call__(self, done: int, total: int = 0) -> None:
        super().__call__(done, total or self._size)


class _Fetching(Progress):
    """How far the records of arXiv are fetched."""

    def __init__(self) -> None:
        super().__init__("Fetching")

    def at(self, step: "Step") -> None:
        """Tells how far it is."""
        self._doing = f"Fetching {step.name}, {step.since[:7]}"
        self(step.done, step.total)


def _warn_of(report: "HarvestReport") -> None:
    """Says what of a harvest did not come."""
    if report.went_on:
        note("went on where the last harvest had been stopped")
    for reason in report.first_rejected:
        warn(reason)
    if report.rejected > len(report.first_rejected):
        warn(f"and {report.rejected - len(report.first_rejected):,} more records that are no works")
    for each in report.sets:
        if each.is_unknown:
            warn(f"arXiv has nothing of {each.name} since {each.since}, if it has such a set")
    if report.problem is not None:
        warn(f"{report.problem.message}. What came is in the catalogue; the same command goes on from there")


def _harvest_as_json(name: str, report: "HarvestReport") -> dict[str, object]:
    return {
        "catalogue": name,
        "sets": [
            {"set": each.name, "since": each.since, "until": each.until or None, "records": each.records}
            for each in report.sets
        ],
        "pages": report.pages,
        "works": report.works,
        "added": report.added,
        "refreshed": report.refreshed,
        "removed": report.removed,
        "rejected": report.rejected,
        "problem": str(report.problem) if report.problem is not None else None,
    }


def _tell(report: "BuildReport", told: str) -> None:
    """Says what was built and, of what was no work, where it stands."""
    if report.resumed:
        note(f"went on after the first {report.resumed:,} works, where the build had been stopped")
    for line in report.first_rejected:
        warn(f"{line.file}, line {line.line}: {line.reason}")
    if report.rejected > len(report.first_rejected):
        warn(f"and {report.rejected - len(report.first_rejected):,} more lines that are no works")
    say(told)
    if report.rejected:
        raise typer.Exit(PartialError.exit_code)
