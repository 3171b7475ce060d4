"""Catalogues: local files of known works to find papers in, apart from the library. Read with sqlite3 alone.

docs/catalogue.md says what a catalogue is; `catalogue_build` makes one.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from math import log
from pathlib import Path
from types import TracebackType

from bibman.errors import FileError
from bibman.model.fold import FOLD_VERSION
from bibman.model.identifiers import Identifier
from bibman.model.matching import Proposal
from bibman.model.record import Record
from bibman.providers.catalogue_format import unpack_record
from bibman.providers.catalogue_index import COUNTED_FROM, FORMAT_VERSION, TITLES, WORDS, telling_words

SUFFIX = ".catalogue"
SEED_NAME = "seed"
# An opening that more works share is a stock phrase ("This paper has been withdrawn by …") and identifies none; nor
# does such an identifier.
LARGEST_BUCKET = 500
# So many of a text's words vote, the rarest first; so many votes are counted, in catalogues up to LARGE and in larger
# ones; so many works come out of it.
_MOST_WORDS = 14
_LARGE = 200_000
_MOST_VOTES = (20_000, 60_000)
_MOST_ELECTED = 50
# A word that more works have only decides between those that rarer words have named.
_COMMON_FROM = 2000
# So many words suffice where the first of the elected has so many times the votes of the second.
_ENOUGH_WORDS = 4
_CLEAR_LEAD = 2.5
# A work with a smaller share of the best one's votes is not it.
_LEAST_SHARE = 0.3

_ADVICE = "Remove it, or build it again with: bibman catalogue build"


@dataclass(frozen=True, slots=True)
class CatalogueInfo:
    """What a catalogue says of itself.

    `sources` are the files it was built from, `checksum` the SHA-256 of their bytes one after the other; `built_at`
    is an ISO 8601 time in UTC; `rejected` counts what in them was no work. `harvested` has the sets of arXiv that were
    harvested into it, each with the day up to which. `fold` and `format` are the versions of the folding and of the
    file.
    """

    name: str
    path: Path
    sources: tuple[str, ...]
    checksum: str
    built_at: str
    works: int
    rejected: int
    harvested: Mapping[str, str]
    fold: int
    format: int


class Catalogue:
    """An open catalogue. Use it in a `with`, or close it."""

    def __init__(self, connection: sqlite3.Connection, info: CatalogueInfo) -> None:
        self._connection = connection
        self.info = info

    @classmethod
    def open(cls, path: Path) -> "Catalogue":
        """Opens the catalogue at `path` for reading.

        Raises FileError where there is none, where it is damaged, and where it was built with another folding or in
        another format, with the advice to build it again.
        """
        if not path.is_file():
            raise FileError(f"no such catalogue: {path}", "Build it with: bibman catalogue build")
        # A catalogue is never written in place: a new one is renamed over it. So no lock is needed to read it.
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            meta = dict(connection.execute("SELECT name, value FROM meta"))
            info = CatalogueInfo(
                name=path.stem,
                path=path,
                sources=tuple(meta["sources"].splitlines()),
                checksum=meta["checksum"],
                built_at=meta["built_at"],
                works=int(meta["works"]),
                rejected=int(meta["rejected"]),
                harvested=dict(json.loads(meta.get("harvested", "{}"))),
                fold=int(meta["fold"]),
                format=int(meta["format"]),
            )
        except (sqlite3.Error, LookupError, TypeError, ValueError, AttributeError):
            connection.close()
            raise FileError(f"{path} is no catalogue, or it is damaged", _ADVICE) from None
        if (info.format, info.fold) != (FORMAT_VERSION, FOLD_VERSION):
            connection.close()
            raise FileError(f"{path} was built by another version of bibman", _ADVICE)
        return cls(connection, info)

    def __enter__(self) -> "Catalogue":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file. Closing twice does no harm."""
        self._connection.close()

    def lookup_opening(self, key: int) -> list[Proposal]:
        """The works whose abstracts begin with the text of this `opening_key`; none where it is a stock phrase.

        Raises FileError where the catalogue is damaged, as every look-up does.
        """
        return self._bucket("opening_key", "h = ?", (key,))

    def lookup_title(self, key: int) -> list[Proposal]:
        """The works that have the title of this `title_key`; none where it is one of hundreds."""
        return self._bucket("title_key", "h = ?", (key,))

    def lookup_identifier(self, identifier: Identifier) -> list[Proposal]:
        """The works that have this identifier."""
        return self._bucket("identifier", "scheme = ? AND value = ?", identifier)

    def elect(self, words: Iterable[str], *, by_title: bool) -> list[Proposal]:
        """The works that most of the rarest of the folded `words` speak for, at most 50, the best first.

        Words speak for the works that have them in title and abstract, or `by_title` in title and names; rare ones
        weigh more. How long it takes does not grow with the catalogue beyond a bound.
        """
        index = TITLES if by_title else WORDS
        telling = telling_words(" ".join(words))
        try:
            votes = self._votes(index, telling)
            least = _LEAST_SHARE * max(votes.values(), default=0)
            elected = [each for each in nlargest(_MOST_ELECTED, votes, key=votes.__getitem__) if votes[each] >= least]
            return self._proposals(elected)
        except (sqlite3.DatabaseError, zlib.error, ValueError, TypeError):
            raise FileError(f"{self.info.path} is damaged", _ADVICE) from None

    def search(self, words: Sequence[str], limit: int) -> list[Record]:
        """The works that have all of the folded `words` in title, names or abstract, those first that have most in
        title and names, and of those the newest; at most `limit`."""
        telling = telling_words(" ".join(words))
        if not telling:
            return []
        parts = " INTERSECT ".join(
            f"SELECT * FROM (SELECT rowid FROM {WORDS} WHERE {WORDS} MATCH ?"
            f" UNION SELECT rowid FROM {TITLES} WHERE {TITLES} MATCH ?)"
            for _ in telling
        )
        try:
            quoted = [_quoted(word) for word in telling for _ in range(2)]
            both = {work_id for (work_id,) in self._connection.execute(parts, quoted)}
            votes = dict.fromkeys(both, 0)
            for word in telling:
                for work_id in self._works_with(TITLES, word, -1):
                    if work_id in votes:
                        votes[work_id] += 1
            # Works that were replaced are still in the indexes: a few more are asked for.
            best = nlargest(2 * limit + 20, votes, key=lambda work_id: (votes[work_id], work_id))
            return [each.record for each in self._proposals(best)][:limit]
        except (sqlite3.DatabaseError, zlib.error, ValueError, TypeError):
            raise FileError(f"{self.info.path} is damaged", _ADVICE) from None

    def _votes(self, index: str, words: Sequence[str]) -> dict[int, float]:
        marks = ", ".join("?" for _ in words)
        found = self._connection.execute(f"SELECT word, of_{index} FROM frequency WHERE word IN ({marks})", words)
        frequency = {word: count or 0 for word, count in found}
        ranked = sorted(words, key=lambda word: (frequency.get(word, 0), -len(word)))
        votes: dict[int, float] = {}
        left, voters = _MOST_VOTES[self.info.works > _LARGE], 0
        for word in ranked:
            count = frequency.get(word, 0)
            if count > left or voters == _MOST_WORDS:
                break
            if count > _COMMON_FROM and voters >= _ENOUGH_WORDS and _is_decided(votes):
                break
            having = self._works_with(index, word, max(left, COUNTED_FROM))
            if having:
                voters += 1
                left -= len(having)
                weight = log(1 + self.info.works / len(having))
                for work_id in votes.keys() & set(having) if votes and count > _COMMON_FROM else having:
                    votes[work_id] = votes.get(work_id, 0.0) + weight
        if not votes and ranked:
            # Each word is in too many works; a few of them together are not.
            together = " ".join(map(_quoted, ranked[:4]))
            rows = self._connection.execute(f"SELECT rowid FROM {index} WHERE {index} MATCH ? LIMIT 5000", (together,))
            votes = {work_id: 1.0 for (work_id,) in rows}
        return votes

    def _works_with(self, index: str, word: str, limit: int) -> list[int]:
        select = f"SELECT rowid FROM {index} WHERE {index} MATCH ? LIMIT ?"
        return [work_id for (work_id,) in self._connection.execute(select, (_quoted(word), limit))]

    def _proposals(self, ids: Sequence[int]) -> list[Proposal]:
        marks = ", ".join("?" for _ in ids)
        stored = dict(self._connection.execute(f"SELECT id, record FROM work WHERE id IN ({marks})", ids).fetchall())
        return [Proposal(unpack_record(stored[each]), self.info.name) for each in ids if each in stored]

    def _bucket(self, index: str, condition: str, values: tuple[str | int, ...]) -> list[Proposal]:
        query = (
            f"SELECT record FROM {index} JOIN work ON id = work_id WHERE {condition} ORDER BY work_id"
            f" LIMIT {LARGEST_BUCKET + 1}"
        )
        try:
            rows = self._connection.execute(query, values).fetchall()
            found = [Proposal(unpack_record(packed), self.info.name) for (packed,) in rows]
        except (sqlite3.DatabaseError, zlib.error, ValueError, TypeError):
            raise FileError(f"{self.info.path} is damaged", _ADVICE) from None
        return found if len(found) <= LARGEST_BUCKET else []


def catalogues(folder: Path) -> list[Path]:
    """The catalogues in a folder, by name, the seed last: what a reader chose goes before what came with bibman."""
    return sorted(folder.glob(f"[!.]*{SUFFIX}"), key=lambda path: (path.stem == SEED_NAME, path.name))


def _is_decided(votes: dict[int, float]) -> bool:
    first, second = nlargest(2, [0.0, 0.0, *votes.values()])
    return first > _CLEAR_LEAD * second


def _quoted(word: str) -> str:
    return f'"{word}"'
