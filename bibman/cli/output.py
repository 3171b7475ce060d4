"""What a person or a program reads: tables on a terminal, lines of tab-separated values elsewhere, JSON on request."""

import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import typer

Style = Callable[[str], str]

# What a terminal would obey rather than show: control characters, and marks that turn the direction of the text.
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_GAP = "  "


class Column(NamedTuple):
    """A column of a table: its heading, how its cells are coloured, on which side they stand.

    `least` is how narrow it may become where space is short; a column without it gives way only after all that have it.
    The blanks at the head of a cell count where the column `is_indented`.
    """

    heading: str
    style: Style | None = None
    least: int | None = None
    right: bool = False
    is_indented: bool = False


def is_terminal() -> bool:
    """Whether a person reads standard output."""
    return sys.stdout.isatty()


def coloured(colour: str, *, bold: bool = False) -> Style:
    """A style: the text in a colour of the terminal, where colours are wanted."""
    return lambda text: typer.style(text, fg=colour, bold=bold or None) if _wants_colour() else text


def clean(text: str) -> str:
    """The text without control characters, as it may go to a terminal."""
    return _UNSHOWN.sub("", text)


def marked(text: str, spans: Iterable[tuple[int, int]], style: Style) -> str:
    """The text, clean, with its `spans` in a style, or in brackets where there are no colours."""
    shown, place = "", 0
    for start, end in spans:
        word = clean(text[start:end])
        styled = style(word)
        shown += clean(text[place:start]) + (styled if styled != word else f"[{word}]")
        place = end
    return shown + clean(text[place:])


def say(text: str = "") -> None:
    """Prints a line on standard output. What stands in it from outside must be `clean`."""
    typer.echo(text)


def note(text: str) -> None:
    """Prints a remark on standard error: it is not part of the data."""
    typer.echo(clean(text), err=True)


def warn(text: str) -> None:
    """Prints a warning on standard error."""
    typer.echo(f"bibman: warning: {clean(text)}", err=True)


def emit_json(value: Any) -> None:
    """Prints a value as JSON; what a terminal would obey is escaped."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=2)
    typer.echo(_UNSHOWN.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """Prints rows: as a table on a terminal, else as tab-separated values without headings, nothing cut."""
    cells = (list(map(_cell, columns, row)) for row in rows)
    if not is_terminal():
        for row in cells:
            typer.echo("\t".join(row))
        return
    found = list(cells)
    if not found:
        return
    widths = _widths(columns, found)
    heading = _line(columns, widths, [column.heading.upper() for column in columns], coloured("bright_black"))
    typer.echo(heading)
    for row in found:
        typer.echo(_line(columns, widths, row))


def _cell(column: Column, text: str) -> str:
    blank = " " * (len(text) - len(text.lstrip(" "))) if column.is_indented else ""
    return blank + " ".join(clean(text).split())


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[int]:
    """The widths of the columns: what their cells need, less what those give way that can."""
    needed = [max(len(column.heading), *(_width(row[place]) for row in rows)) for place, column in enumerate(columns)]
    excess = sum(needed) + len(_GAP) * (len(columns) - 1) - shutil.get_terminal_size().columns
    while excess > 0:
        # The widest gives way first, so that what is short stays whole.
        spare = [
            (needed[place], place)
            for place, column in enumerate(columns)
            if column.least is not None and needed[place] > column.least
        ]
        # On a narrow terminal all give way.
        spare = spare or [(width, place) for place, width in enumerate(needed) if width > 1]
        if not spare:
            break
        needed[max(spare)[1]] -= 1
        excess -= 1
    return needed


def _line(columns: Sequence[Column], widths: Sequence[int], row: Sequence[str], style: Style | None = None) -> str:
    shown = []
    for column, width, cell in zip(columns, widths, row, strict=True):
        text = _cut(cell, width)
        blank = " " * (width - _width(text))
        styled = (style or column.style or str)(text) if text else text
        shown.append(blank + styled if column.right else styled + blank)
    return _GAP.join(shown).rstrip()


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    return max(0, wcswidth(text))


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    kept = text[: width - 1]
    while kept and _width(kept) > width - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _wants_colour() -> bool:
    return is_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def write_out(output: str, pieces: Iterable[bytes]) -> None:
    """Writes to a file, as a whole, or to standard output: with nothing that a terminal would obey, if it is one."""
    from pathlib import Path

    from bibman.services.files import STANDARD, write_whole

    if output != STANDARD:
        write_whole(Path(output), pieces)
    elif is_terminal():
        for piece in pieces:
            say(clean(piece.decode("utf-8", "replace")).rstrip("\n"))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()


class Progress:
    """How far a long work is, on standard error, on a terminal and only after a second."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._started = time.monotonic()
        self._shown_at = 0.0
        self._is_shown = False

    def __call__(self, done: int, total: int) -> None:
        """Tells that `done` of `total` are done; 0 is a total that is not known."""
        now = time.monotonic()
        if now - self._started < 1 or now - self._shown_at < 0.1 or not sys.stderr.isatty():
            return
        self._shown_at = now
        self._is_shown = True
        of_total = f" of {total:,} ({100 * done // total} %)" if total else ""
        sys.stderr.write(f"\r{self._doing}: {done:,}{of_total}\x1b[K")
        sys.stderr.flush()

    def close(self) -> None:
        """Takes the line away."""
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
