"""Every error that a user may meet: a sentence that says what is wrong, one that says what to do, an exit code."""

from collections.abc import Iterable
from typing import ClassVar


class BibmanError(Exception):
    """What was asked could not be done.

    `message` names the thing that is wrong; `advice` says what to do about it.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message}. {self.advice}" if self.advice else self.message


class UsageError(BibmanError):
    """The call itself is wrong: options that exclude each other, a value of the wrong form."""

    exit_code = 2


class QueryError(UsageError):
    """A query that cannot be read; the message says at which column, counted from 1."""

    @classmethod
    def at(cls, column: int, problem: str, advice: str = "") -> "QueryError":
        """The error for a `problem` at a column."""
        return cls(f"the query, column {column}: {problem}", advice)


class NotFoundError(BibmanError):
    """A key, tag, note or source that does not exist."""

    exit_code = 3

    @classmethod
    def of(cls, kind: str, missing: Iterable[str], nearest: Iterable[str] = ()) -> "NotFoundError":
        """The error for the `missing` names of one `kind` ("key", "tag" …), naming the `nearest` that exist."""
        names = list(missing)
        near = list(nearest)
        return cls(
            f"no such {kind}: {', '.join(names)}",
            f"Did you mean {' or '.join(near)}?" if near else "",
        )


class PartialError(BibmanError):
    """Something was done, but not all: passages were rejected or still wait."""

    exit_code = 4


class OutsideError(BibmanError):
    """The world outside (a service, a network) did not answer."""

    exit_code = 5


class OfflineError(OutsideError):
    """Nothing was asked of the world outside, because the user wants it so."""


class InvalidValueError(BibmanError):
    """A value that BibTeX or bibman could not use: unbalanced braces, a text of another format, a key that is taken."""


class GivenValueError(InvalidValueError):
    """Such a value as an option or argument: a bad key, tag or name, an unknown entry type, a wrong pattern."""

    exit_code = 2


class ConflictError(BibmanError):
    """Somebody else changed meanwhile what was to be changed."""


class FileError(BibmanError):
    """A file that cannot be read or written, or is not what it should be."""


class LibraryError(BibmanError):
    """A library that cannot be opened, written, upgraded or trusted."""
