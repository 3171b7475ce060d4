"""What the commands that may ask services share: they ask before anything is changed, and tell what went wrong."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import typer

from bibman.cli.output import Progress, note, warn
from bibman.cli.session import Session
from bibman.errors import OfflineError, OutsideError, PartialError

if TYPE_CHECKING:
    from bibman.services.asking import Asked
    from bibman.services.identify import Identify


def ask_outside(session: Session, look_up: "Identify", rehearse: "Callable[[Identify], object]") -> "Asked":
    """Asks services about the texts that `rehearse` looks up and that `look_up` does not know, and tells of problems.

    `rehearse` does what is to be done, without keeping it, so that no library is locked while somebody is waited for.
    """
    from bibman.services.asking import Asked, Unknown, ask_about

    unknown = Unknown(look_up)
    rehearse(unknown)
    if not unknown.matches:
        return Asked()
    progress = Progress("Asked")
    try:
        with session.asking() as client:
            asked = ask_about(client, unknown.matches, progress)
    finally:
        progress.close()
    tell_problems(asked.problems, was_answered=asked.was_answered)
    tell_retractions(asked)
    return asked


def tell_problems(problems: Mapping[str, OutsideError], *, was_answered: bool) -> None:
    """Tells which services could not answer, each once, and that nobody was asked where the user wants it so."""
    if any(isinstance(problem, OfflineError) for problem in problems.values()):
        note("bibman is offline: no service was asked")
    failed = [each for each in problems.values() if not isinstance(each, OfflineError)]
    if len(failed) > 1 and len(failed) == len(problems) and not was_answered:
        warn(f"of {len(failed)} services none answered: {failed[0]}")
    else:
        for each in failed:
            warn(str(each))


def tell_retractions(asked: "Asked") -> None:
    """Warns of the works that were identified and that a service says were retracted."""
    from bibman.services.notices import retraction_findings

    for work, said in asked.retracted:
        for finding in retraction_findings([said]):
            warn(f"“{work.texts['title']}”: {finding.message}")


def end(asked: "Asked", *, is_partial: bool) -> None:
    """Ends a command with the exit code of what it could not do."""
    if asked.is_cut_off:
        raise typer.Exit(OutsideError.exit_code)
    if is_partial:
        raise typer.Exit(PartialError.exit_code)


def problems_as_json(problems: Mapping[str, OutsideError]) -> list[dict[str, str]]:
    """The services that could not answer, and why."""
    return [{"service": name, "problem": str(problem)} for name, problem in problems.items()]


def retracted_as_json(asked: "Asked") -> "list[dict[str, Any]]":
    """The works that were retracted, and what is said of that."""
    from bibman.model.identifiers import record_identifiers

    return [
        {
            "title": work.texts["title"],
            "identifiers": [f"{each.scheme}:{each.value}" for each in record_identifiers(work)],
            "notice": None if said.identifier is None else f"{said.identifier.scheme}:{said.identifier.value}",
            "date": said.date or None,
            "text": said.text,
        }
        for work, said in asked.retracted
    ]
