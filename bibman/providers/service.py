"""What is asked of the services of the world outside, and what they say: the words that every provider shares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol, TypeVar

from bibman.errors import OutsideError
from bibman.model.identifiers import Identifier, record_identifiers
from bibman.model.record import Record

Kind = Literal["title", "reference", "abstract"]
"""What a text is that is searched for: the title of a work, a whole reference, or an abstract, also a piece of one."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service, and how it wants to be asked.

    `name` is for people, `host` is where it answers. Between two requests to the host there are at least `pace`
    seconds. `mail` names the parameter in which it wants the user's address, `key` the header or parameter for the
    user's key; empty where it wants none. `turns` is the host whose turns it shares, where several hosts are one
    service that wants to be asked once at a time.
    """

    name: str
    host: str
    pace: float
    mail: str = ""
    key: str = ""
    key_in_header: bool = False
    turns: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A question to a service: the path, the parameters in order, and the type of answer wanted.

    The user's address and key are no part of it: whoever asks adds them, so that they are in no cache and no message.
    Where it is for `bulk`, a page of thousands of works, it is waited for longer, and its answer is not remembered: it
    is large, and whoever asks for it keeps what is in it.
    """

    service: Service
    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    accept: str = "application/json"
    bulk: bool = False


class RelationKind(StrEnum):
    """What a service says of a work beside its own description."""

    PUBLISHED = "published as"
    PREPRINT = "preprint"
    RETRACTED = "retracted"
    CORRECTED = "corrected"
    CONCERN = "expression of concern"
    NOTICE_OF = "notice of"


@dataclass(frozen=True, slots=True)
class Relation:
    """How a work stands to another: `identifier` is the other's, `text` what the service says of it.

    PUBLISHED leads from a preprint to its publication and PREPRINT back. RETRACTED, CORRECTED and CONCERN lead to the
    notice that says so, `date` is its date; NOTICE_OF leads from a notice to the work that it speaks of.
    """

    kind: RelationKind
    identifier: Identifier | None = None
    text: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """A work as a service describes it. `also` are identifiers of it that the record has no field for."""

    record: Record
    relations: tuple[Relation, ...] = ()
    also: frozenset[Identifier] = frozenset()

    @property
    def identifiers(self) -> frozenset[Identifier]:
        """Every identifier by which the service knows the work."""
        return self.also.union(record_identifiers(self.record))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider answered: the works, none where it knows none, and the problem where it could not answer."""

    provider: str
    works: tuple[Work, ...] = ()
    problem: OutsideError | None = None


class UnreadableError(ValueError):
    """The bytes of an answer are not what the service documents. The message completes "the answer is …"."""


T = TypeVar("T")


class Ask(Protocol):
    """Whoever puts requests to services."""

    def __call__(self, request: Request, read: Callable[[bytes], T]) -> T | None:
        """What `read` makes of the answer, or None where the service knows no such thing.

        `read` raises UnreadableError for what is not an answer in its format. Raises OutsideError where there is none.
        """


class Provider(Protocol):
    """A module of this room that knows how one service is asked; `registry` says which there are."""

    SERVICE: Service

    def lookup(self, ask: Ask, identifiers: Sequence[Identifier]) -> tuple[Work, ...]:
        """The works that have the identifiers, in any order.

        They are of schemes that the registry names for the provider, and no more at once than it says.
        """

    def search(self, ask: Ask, kind: Kind, text: str) -> tuple[Work, ...]:
        """The works that the service ranks first for a text. Its rank says nothing: every one is to be judged."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a user lets be known: `mail` for all services, `keys` by the name of the provider (`openalex`)."""

    mail: str = ""
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
