"""How differences of entries are shown: as a diff to people, as tab-separated values to programs."""

from collections.abc import Iterable, Sequence
from typing import Any

from bibman.cli.output import Column, clean, coloured, is_terminal, say, table
from bibman.model.differences import Difference


def show_differences(differences: Iterable[Difference], heading: Sequence[str]) -> None:
    """Shows what differs under a heading; to a program each difference on a line that begins with the `heading`."""
    if not is_terminal():
        columns = [Column("")] * (len(heading) + 3)
        table(columns, ([*heading, _what(each), each.before or "", each.after or ""] for each in differences))
        return
    say(clean("  ".join(heading)))
    for each in differences:
        for text, sign, style in ((each.before, "-", coloured("red")), (each.after, "+", coloured("green"))):
            if text is not None:
                say(f"  {style(f'{sign} {_what(each)}')}  {' '.join(clean(text).split())}")


def as_json(differences: Iterable[Difference]) -> list[dict[str, Any]]:
    """The differences as JSON has them."""
    return [each._asdict() for each in differences]


def _what(difference: Difference) -> str:
    if difference.kind == "field":
        return difference.name or ""
    return f"{difference.kind} {difference.name}" if difference.name else difference.kind
