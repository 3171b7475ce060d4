"""What is told of a source that was read: what each of its passages became."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bibman.model.matching import Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a passage: its verdict, and the entry that has its work or stands for it.

    `key` is None where no entry does. `opening` is how the passage begins; `identified` says whether the entry's work
    is known, `title` what it is called, as far as that was asked. `stage`, `score` and `margin` say how the work was
    found. `source_key` is the key that the source gives the work. `detail` says, of what a person should know, what it
    is; it is empty where everything is as one would expect. `looks_like` are the keys of entries that may be the same
    work as a new one, `evidence` what spoke for and against the work that was found.
    """

    line: int
    verdict: Verdict
    key: str | None
    opening: str = ""
    identified: bool = True
    title: str | None = None
    stage: str | None = None
    score: float | None = None
    margin: float | None = None
    source_key: str | None = None
    detail: str = ""
    looks_like: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Taken:
    """A batch of passages taken in: what they became, the ids of their entries, and how many bytes they had."""

    outcomes: list[Outcome] = field(default_factory=list)
    entry_ids: list[int] = field(default_factory=list)
    size: int = 0


@dataclass(slots=True)
class Report:
    """What became of a source: what it promised, what each passage became, and remarks for the user.

    `layout` says what the passages of a list are, and is None for another format. `counts` has all passages by verdict
    and stage; `outcomes` those that are kept to be told one by one. `tagged` counts the entries that were given tags,
    `left_out` those that were surely meant and are kept as text.
    """

    source: str
    format: str
    encoding: str
    layout: str | None = None
    declared: int | None = None
    remarks: list[str] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    counts: Counter[tuple[Verdict, str | None]] = field(default_factory=Counter)
    unidentified: int = 0
    tagged: int = 0
    left_out: int = 0

    def add(self, outcome: Outcome, *, keep: bool = True) -> None:
        """Counts what became of one passage, and keeps it to be told, unless it is not to be."""
        self.counts[outcome.verdict, outcome.stage] += 1
        self.unidentified += not outcome.identified
        if keep:
            self.outcomes.append(outcome)

    @property
    def passages(self) -> int:
        """How many passages there were."""
        return self.counts.total()

    def count(self, verdict: Verdict) -> int:
        """How many passages got this verdict."""
        return sum(number for (each, _), number in self.counts.items() if each is verdict)

    @property
    def is_partial(self) -> bool:
        """Whether something is left for a person to do: works that are not known, passages that wait or are no text."""
        return bool(self.unidentified or self.left_out or self.count(Verdict.WAITING) or self.count(Verdict.REJECTED))
