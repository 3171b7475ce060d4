"""What publishers say of a work afterwards: that it was retracted or corrected, or that they are concerned about it."""

from collections.abc import Iterable, Mapping
from typing import Final

from bibman.model.checks.finding import Finding
from bibman.providers.service import Relation, RelationKind

_SAID: Final[Mapping[RelationKind, tuple[str, str, str]]] = {
    RelationKind.RETRACTED: (
        "retracted",
        "the work was retracted",
        "cite another work, or the notice beside it",
    ),
    RelationKind.CONCERN: (
        "concern",
        "its publisher has voiced concern about the work",
        "read the notice before you rely on the work",
    ),
    RelationKind.CORRECTED: (
        "corrected",
        "the work was corrected",
        "read the correction, whether it touches what you cite",
    ),
}


def retraction_findings(relations: Iterable[Relation]) -> list[Finding]:
    """What the `relations` of a work say of it as findings, the worst first, each notice once, with its date and DOI.

    Where several services say the same, those that name no notice add nothing.
    """
    found: list[Finding] = []
    every = list(relations)
    for kind, (code, message, advice) in _SAID.items():
        said = {each.identifier: each for each in reversed(every) if each.kind is kind}
        if len(said) > 1:
            said.pop(None, None)
        found += [Finding(code, f"{message}{_when_and_where(each)}", advice) for each in reversed(said.values())]
    return found


def _when_and_where(relation: Relation) -> str:
    notice = relation.identifier
    named = "" if notice is None else f"{notice.scheme}:{notice.value}"
    words = " ".join(relation.text.split())
    told = ", ".join(filter(None, (relation.date, named, words)))
    return f": {told}" if told else ""
