"""What a shell offers for keys and tags. Nothing here may fail aloud: the user is in the middle of a line."""

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


def _offer(context: typer.Context, find: "Callable[[Reader], Iterable[str]]") -> list[str]:
    given = context.find_root().params.get("library")
    with suppress(Exception), Session(Path(given) if given else None).reading() as reader:
        return list(islice(find(reader), MOST))
    return []
