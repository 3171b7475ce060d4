"""What no catalogue knows is asked of the services outside: by the identifiers in a text, then by its words.

Nothing here touches a library: whoever changes one has asked before.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bibman.errors import OfflineError, OutsideError
from bibman.model.identifiers import Identifier, record_identifiers
from bibman.model.likeness import Shape, Text, judge_identifiers
from bibman.model.matching import MOST_CANDIDATES, THRESHOLDS, Match, Proposal, Verdict
from bibman.model.record import Record
from bibman.model.titles import titles_agree
from bibman.providers.registry import PROVIDERS, agency, lookup_each, owners, search_at, searchers
from bibman.providers.service import Answer, Ask, Kind, Relation, RelationKind
from bibman.providers.tour import Tour
from bibman.services.identify import JUDGES, Identify, best_of

Progress = Callable[[int, int], object]
"""Is told how many questions of how many are answered."""

_KINDS: Mapping[Shape, Kind] = {"passage": "abstract", "title": "title", "reference": "reference"}
# What a service that found a work knows of it, and the agency that describes it may not.
_ADDED = ("abstract", "doi", "pmid", "pmcid")
_EPRINT = ("eprint", "eprinttype", "eprintclass")


class Unknown:
    """Looks texts up, and remembers those whose work is not known: `matches` has what was said of each."""

    def __init__(self, look_up: Identify) -> None:
        self.matches: dict[str, Match] = {}
        self._look_up = look_up

    def __call__(self, text: str) -> Match:
        """What is said of a text."""
        match = self._look_up(text)
        if match.verdict is not Verdict.IDENTIFIED:
            self.matches[text] = match
        return match


@dataclass(frozen=True, slots=True)
class Asked:
    """What services said: the match of each text, and of each service that could not answer the first problem.

    `was_answered` says whether any service answered anything; `retracted` are the works that were identified and that
    a service says were retracted or withdrawn, each with what it says.
    """

    matches: Mapping[str, Match] = field(default_factory=dict)
    problems: Mapping[str, OutsideError] = field(default_factory=dict)
    was_answered: bool = False
    retracted: Sequence[tuple[Record, Relation]] = ()

    @property
    def is_offline(self) -> bool:
        """Whether services would have been asked, had it not been for the user's wish that none is."""
        return any(isinstance(each, OfflineError) for each in self.problems.values())

    @property
    def is_cut_off(self) -> bool:
        """Whether services were asked and none could answer."""
        return not (self.was_answered or self.is_offline or not self.problems)

    def look_up(self, otherwise: Identify) -> Identify:
        """A function that says which work a text speaks of, by what was answered, or `otherwise`."""
        return lambda text: self.matches.get(text) or otherwise(text)


class Problems:
    """What could not be answered, by the name of the service, the first of each; and whether anything was.

    `retracted` has what is said of works that were retracted, by their identifiers.
    """

    def __init__(self) -> None:
        self.first: dict[str, OutsideError] = {}
        self.was_answered = False
        self.retracted: dict[Identifier, Relation] = {}

    def note(self, answer: Answer) -> Answer:
        """Notes how a service answered."""
        if answer.problem is None:
            self.was_answered = True
        else:
            self.first.setdefault(answer.provider, answer.problem)
        for work in answer.works:
            said = [each for each in work.relations if each.kind is RelationKind.RETRACTED]
            for identifier in work.identifiers if said else ():
                # One that names its notice says most.
                known = self.retracted.get(identifier)
                if known is None or known.identifier is None:
                    self.retracted[identifier] = max(said, key=lambda each: each.identifier is not None)
        return answer


def ask_about(ask: Ask, unknown: Mapping[str, Match], on_progress: Progress = lambda _done, _total: None) -> Asked:
    """Asks which works texts speak of that no catalogue knows; `unknown` has what the catalogues said of each.

    Identifiers are looked up first, then the words are searched for, at one service after the other until one has
    what is beyond doubt by the thresholds that hold for catalogues. Services are asked side by side. Nothing is raised
    where they fail. `on_progress` is told how much of the work is done, in steps of one question at most.
    """
    asking = _Asking(ask, unknown, on_progress)
    asking.look_up_identifiers()
    asking.search_for_words()
    asking.complete()
    problems = asking.problems
    return Asked(asking.matches, problems.first, problems.was_answered, asking.retracted())


@dataclass(slots=True)
class _Sought:
    """A text on its way: what of it was tried, what was proposed, and what is left to be tried where."""

    text: Text
    by_identifier: Match
    tried: list[Match]
    proposals: list[Proposal]
    steps: deque[tuple[str, Shape]]


class _Asking:
    def __init__(self, ask: Ask, unknown: Mapping[str, Match], on_progress: Progress) -> None:
        self.matches: dict[str, Match] = {}
        self.problems = Problems()
        self._ask = ask
        self._unknown = unknown
        self._on_progress = on_progress
        self._texts = {text: Text(text) for text in unknown}
        # A text that has more names more works than could be proposed.
        self._present = {text: each.identifiers[:MOST_CANDIDATES] for text, each in self._texts.items()}
        named = [each for present in self._present.values() for each in present if owners(each)]
        self._named = list(dict.fromkeys(named))
        self._total = len(self._named) + len(unknown)

    def look_up_identifiers(self) -> None:
        """Judges the works that have the identifiers in the texts."""
        answers = self._looked_up(self._named, lambda done, _: self._on_progress(done, self._total))
        for text, match in self._unknown.items():
            known = [each.proposal for each in match.candidates] if match.stage == "identifier" else []
            found = [
                Proposal(work.record, answer.provider)
                for each in self._present[text]
                for answer in answers.get(each, ())
                for work in answer.works
            ]
            self.matches[text] = judge_identifiers(self._texts[text], [*found, *known]) if found else match

    def search_for_words(self) -> None:
        """Searches for the texts that are more than identifiers, and whose works are not known yet."""
        left = {text: self._sought(text) for text, match in self.matches.items() if _is_open(match)}
        left = {text: sought for text, sought in left.items() if sought.steps}
        before = self._total - len(left)

        def put(provider: str, texts: Sequence[str]) -> Iterator[bool]:
            for text in texts:
                yield self._is_found(provider, left[text])

        routes = {text: [provider for provider, _ in sought.steps] for text, sought in left.items()}
        Tour(routes, put).run(lambda done, _: self._on_progress(before + done, self._total))
        for text, sought in left.items():
            self.matches[text] = best_of(sought.by_identifier, sought.tried)

    def complete(self) -> None:
        """Takes works that others described from the agencies that they are registered at, which know them best."""
        wanted = {
            text: identifier
            for text, match in self.matches.items()
            if (identifier := _registered(match)) and identifier not in self._texts[text].identifiers
        }
        answers = self._looked_up(list(dict.fromkeys(wanted.values())))
        for text, identifier in wanted.items():
            match = self.matches[text]
            works = ((answer.provider, work.record) for answer in answers[identifier] for work in answer.works)
            self.matches[text] = next(
                (_taken_from(match, provider, record) for provider, record in works if _agree(match, record)), match
            )

    def retracted(self) -> list[tuple[Record, Relation]]:
        """The works that were identified and that are said to be retracted, each once."""
        found: dict[Relation, Record] = {}
        for match in self.matches.values():
            if match.verdict is Verdict.IDENTIFIED and match.record is not None:
                said = (self.problems.retracted.get(each) for each in record_identifiers(match.record))
                relation = next(filter(None, said), None)
                if relation is not None:
                    found.setdefault(relation, match.record)
        return [(record, relation) for relation, record in found.items()]

    def _looked_up(
        self, identifiers: Sequence[Identifier], on_progress: Progress | None = None
    ) -> dict[Identifier, list[Answer]]:
        answers = lookup_each(self._ask, identifiers, on_progress)
        for each in answers.values():
            for answer in each:
                self.problems.note(answer)
        return answers

    def _sought(self, text: str) -> _Sought:
        sought, match = self._texts[text], self.matches[text]
        by_identifier = match if match.stage == "identifier" else Match(Verdict.NOT_FOUND, "identifier")
        shapes = sought.shapes()
        # A text of this length that is cut off is no title, and nobody need be asked whether it is one.
        if sought.is_cut and len(sought.stream) >= THRESHOLDS["opening"][0].length:
            shapes = [each for each in shapes if each == "passage"]
        steps = deque((provider, shape) for shape in shapes for provider in searchers(_KINDS[shape]))
        known = [each.proposal for each in self._unknown[text].candidates]
        return _Sought(sought, by_identifier, [by_identifier, self._unknown[text]], known, steps)

    def _is_found(self, provider: str, sought: _Sought) -> bool:
        """Asks a service for a text as its next step says, and judges all that was proposed so far."""
        _, shape = sought.steps.popleft()
        answer = self.problems.note(search_at(self._ask, provider, _KINDS[shape], sought.text.text))
        if not answer.works:
            return False
        sought.proposals += [Proposal(work.record, provider) for work in answer.works]
        match = JUDGES[shape](sought.text, sought.proposals)
        sought.tried.append(match)
        return match.verdict is Verdict.IDENTIFIED


def _is_open(match: Match) -> bool:
    return match.verdict is not Verdict.IDENTIFIED


def _registered(match: Match) -> Identifier | None:
    """By which identifier an agency knows a work that a service described at which none of them is registered."""
    provider = match.evidence.get("provider")
    if match.verdict is not Verdict.IDENTIFIED or match.record is None or provider not in PROVIDERS:
        return None
    agencies = {each: name for each in record_identifiers(match.record) if (name := agency(each))}
    return None if provider in agencies.values() else next(iter(agencies), None)


def _agree(match: Match, record: Record) -> bool:
    found = match.record
    return found is not None and titles_agree(found.texts.get("title", ""), record.texts.get("title", ""))


def _taken_from(match: Match, provider: str, record: Record) -> Match:
    """The match of a work that one service found, as another describes it."""
    found = match.record
    if found is None:
        return match
    names = (*_ADDED, *(() if record.texts.get("eprint") else _EPRINT))
    added = {name: found.texts[name] for name in names if found.texts.get(name) and not record.texts.get(name)}
    described = replace(record, texts={**record.texts, **added})
    evidence = {**match.evidence, "provider": provider, "found_by": match.evidence["provider"]}
    return replace(match, record=described, evidence=evidence)
