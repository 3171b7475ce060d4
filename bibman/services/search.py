"""What answers a query best, with the words of it in context."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bibman.model.excerpt import Excerpt, excerpt
from bibman.model.fold import has_markup
from bibman.model.latex_decode import decode
from bibman.model.query import FieldWords, Words, asked_words
from bibman.model.vocabulary import is_name_list, is_verbatim
from bibman.services.queries import understood
from bibman.storage.answers import Summary
from bibman.storage.reading import Reader

WIDTH = 200
"""About how many characters of a text are shown around the words of a query."""

Asked = Sequence[Words | FieldWords]


class Hit(NamedTuple):
    """An entry that a query means; `score` says how well it answers (the more the better; None where nothing says
    so), and `excerpts`, by the names of fields (or `note`), where its words stand."""

    summary: Summary
    score: float | None
    excerpts: tuple[tuple[str, Excerpt], ...]


class Found(NamedTuple):
    """A page of what answers a query: its `hits`, after the `offset` better ones, how many there are in all, and among
    how many, the newest, the best were looked for. `unknown` has each word of the query that no entry has, with those
    like it that some have."""

    hits: tuple[Hit, ...]
    total: int
    among: int
    offset: int
    asked: tuple[Words | FieldWords, ...]
    unknown: tuple[tuple[str, tuple[str, ...]], ...]


def search(reader: Reader, query: str, limit: int, page: int = 1) -> Found:
    """The entries that answer `query` best, `limit` to a page. Raises QueryError where it cannot be read."""
    reader.hold()
    node = understood(reader, query)
    asked = tuple(asked_words(node))
    best = reader.ranked(node, limit, limit * (page - 1))
    scores = dict(best.hits)
    ids = list(scores)
    notes = reader.notes_of(ids)
    fields = {stored.id: stored.entry.fields for stored in reader.entries(ids)}
    hits = [
        Hit(
            summary,
            scores[summary.id],
            tuple(_excerpts(_texts(summary, fields[summary.id], notes.get(summary.id, ())), asked)),
        )
        for summary in reader.summaries_of(ids)
    ]
    unknown = () if best.total else tuple(_unknown(reader, asked))
    return Found(tuple(hits), best.total, best.among, limit * (page - 1), asked, unknown)


def _texts(
    summary: Summary, fields: Iterable[tuple[str, str, str | None]], notes: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """The texts of an entry in Unicode, with the names of what they are; title and abstract first, notes next."""
    if summary.title:
        yield "title", summary.title
    others = []
    for name, value, _ in fields:
        if name == "abstract":
            yield name, decode(value)
        elif name not in ("title", "subtitle") and not is_verbatim(name) and not is_name_list(name):
            others.append((name, value))
    yield from (("note", note) for note in notes)
    yield from ((name, decode(value) if has_markup(value) else value) for name, value in others)


def _excerpts(texts: Iterable[tuple[str, str]], asked: Asked) -> Iterator[tuple[str, Excerpt]]:
    for name, text in texts:
        found = excerpt(text, asked, max(WIDTH, len(text)) if name == "title" else WIDTH) if asked else None
        if found is not None:
            yield name, found


def _unknown(reader: Reader, asked: Asked) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The words that were asked for and that no entry has, each with those like it."""
    for each in asked:
        if " " not in each.words and not each.is_prefix and not reader.ranked(each, 1).total:
            yield each.typed, tuple(reader.words_like(each.words))
