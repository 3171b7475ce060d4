"""What a shell offers for keys, tags and queries. Nothing here may fail aloud: the user is in the middle of a line."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import typer

from bibman.cli.session import Session

if TYPE_CHECKING:
    from bibman.storage.reading import Reader

MOST = 200


class Offered(str):
    """What may stand in place of what was typed. Typer would keep only what begins with that, letter for letter."""

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        """It does, for whoever typed `RL` or `to` and is offered `rlhf` or `"to read"`."""
        return True


def complete_key(context: typer.Context, incomplete: str) -> list[str]:
    """The citation keys that begin so."""
    return _offered("", _asked(context, lambda reader: reader.keys(incomplete)))


def complete_tag(context: typer.Context, incomplete: str) -> list[str]:
    """The tags that begin so; of a list with commas, the last."""
    before, comma, start = incomplete.rpartition(",")
    return _offered(before + comma, _asked(context, lambda reader: reader.offers("tags", start)))


def complete_saved(context: typer.Context, incomplete: str) -> list[str]:
    """The saved searches that begin so."""
    from bibman.model.naming import fold_name

    folded = fold_name(incomplete)
    names = _asked(context, lambda reader: (each.name for each in reader.saved_searches()))
    return _offered("", (name for name in names if fold_name(name).startswith(folded)))


def complete_query(context: typer.Context, incomplete: str) -> list[str]:
    """For the last word of a query: the fields that begin so, and what the library has to stand after `tag:` or `@`."""
    word = last_word(incomplete)
    if not word.field and word.start.startswith("@"):
        return _offered(f"{word.before}@", complete_saved(context, word.start[1:]))
    if word.field:
        return _offered(word.before, map(_quoted, _values(context, word.field.lower(), word.start)))
    from bibman.model.query_fields import FIELDS

    return _offered(word.before, (f"{each}:" for each in FIELDS if each.startswith(word.start.lower())))


class LastWord(NamedTuple):
    """The last word of a query: all before it, with the field and its colon; the field; how the word itself begins."""

    before: str
    field: str
    start: str


def last_word(query: str) -> LastWord:
    """The last word of a query that is being written. A field before parentheses is that of all words in them."""
    fields = [""]
    field, end = "", 0
    for piece in filter(lambda each: each[0], _PIECE.finditer(query)):
        field, end = piece["field"] or fields[-1], piece.start("text")
        if piece["text"] == "(":
            fields.append(field)
        elif piece["text"] == ")" and len(fields) > 1:
            fields.pop()
        if piece["text"] in ("(", ")") or piece["blank"]:
            field, end = fields[-1], piece.end()
    return LastWord(query[:end], field, query[end:].lstrip('"').replace('\\"', '"'))


_PIECE: Final = re.compile(
    r'(?P<blank>\s+)|(?:(?P<field>[A-Za-z][\w-]*):(?!//))?(?P<text>[()]|"(?:[^"\\]|\\.)*"?\*?|[^\s()"]*)', re.DOTALL
)


def _values(context: typer.Context, field: str, start: str) -> Iterable[str]:
    """What may stand after `field:`."""
    from bibman.model.query_fields import HELD, STATES

    if field == "key":
        return complete_key(context, start)
    if field in ("tag", "tags"):
        return complete_tag(context, start)
    if field in _OFFERS:
        return _asked(context, lambda reader: reader.offers(_OFFERS[field], start))
    words = {"is": STATES, "has": sorted(HELD), "missing": sorted(HELD)}.get(field, ())
    return (each for each in words if each.startswith(start.lower()))


_OFFERS: Final = {
    "author": "authors",
    "authors": "authors",
    "name": "authors",
    "journal": "journals",
    "journaltitle": "journals",
    "type": "types",
    "source": "sources",
}


def _quoted(text: str) -> str:
    """A word or phrase as it stands in a query."""
    if re.search(r'[\s()"“„*\\]', text) is None:
        return text
    return '"' + re.sub(r'["\\]', r"\\\g<0>", text) + '"'


def _offered(before: str, found: Iterable[str]) -> list[str]:
    return [Offered(before + each) for each in islice(found, MOST)]


def _asked(context: typer.Context, find: "Callable[[Reader], Iterator[str]]") -> list[str]:
    given = context.find_root().params.get("library")
    with suppress(Exception), Session(Path(given) if given else None).glancing() as reader:
        return list(islice(find(reader), MOST))
    return []
