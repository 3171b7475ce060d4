"""What a shell offers for keys, tags and queries. Nothing here may fail aloud: the user is in the middle of a line."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bibman.cli.session import Session

if TYPE_CHECKING:
    from bibman.storage.reading import Reader

MOST = 200


def complete_key(context: typer.Context, incomplete: str) -> list[str]:
    """The citation keys that begin so."""
    return _offer(context, lambda reader: reader.keys(incomplete))


def complete_tag(context: typer.Context, incomplete: str) -> list[str]:
    """The tags that begin so; of a list with commas, the last."""
    from bibman.model.naming import fold_name

    before, comma, start = incomplete.rpartition(",")
    folded = fold_name(start)
    return _offer(
        context,
        lambda reader: (before + comma + tag.name for tag in reader.tags() if fold_name(tag.name).startswith(folded)),
    )


def complete_saved(context: typer.Context, incomplete: str) -> list[str]:
    """The saved searches that begin so."""
    from bibman.model.naming import fold_name

    folded = fold_name(incomplete)
    names = _offer(context, lambda reader: (each.name for each in reader.saved_searches()))
    return [name for name in names if fold_name(name).startswith(folded)]


def complete_query(context: typer.Context, incomplete: str) -> list[str]:
    """The fields that begin so, and after `tag:`, `key:`, `type:`, `has:`, `is:` or `@` what may stand there."""
    from bibman.model.query_fields import FIELDS, STATES, TYPES

    if incomplete.startswith("@"):
        return [f"@{name}" for name in complete_saved(context, incomplete[1:])]
    field, colon, start = incomplete.partition(":")
    name = field.lower()
    if not colon:
        return [f"{each}:" for each in FIELDS if each.startswith(name)]
    if name == "key":
        return [f"{field}:{key}" for key in complete_key(context, start)]
    if name in ("tag", "tags"):
        return [f"{field}:{_quoted(tag)}" for tag in complete_tag(context, start.lstrip('"'))]
    words = {"type": TYPES, "is": STATES, "has": FIELDS, "missing": FIELDS}.get(name, ())
    return [f"{field}:{each}" for each in words if each.startswith(start.lower())]


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _offer(context: typer.Context, find: "Callable[[Reader], Iterable[str]]") -> list[str]:
    given = context.find_root().params.get("library")
    with suppress(Exception), Session(Path(given) if given else None).reading() as reader:
        return list(islice(find(reader), MOST))
    return []
