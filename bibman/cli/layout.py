"""The options that say how a `.bib` looks, for every command that writes one."""

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

from bibman.errors import UsageError

if TYPE_CHECKING:
    from bibman.formats.bibtex_layout import Layout

MOST = 200
"""No indent, column or gap is wider."""


def layout_of(
    sort: Annotated[
        str | None,
        typer.Option("--sort", "-s", metavar="WHAT", help="By key, name, title, type or year, or kept as it is."),
    ] = None,
    ascii_: Annotated[
        bool, typer.Option("--ascii", help="Letters beyond ASCII as LaTeX: {\\'e}; the default for bibtex.")
    ] = False,
    unicode: Annotated[bool, typer.Option("--unicode", help="Letters as themselves, also those in LaTeX: é.")] = False,
    kept: Annotated[bool, typer.Option("--keep-letters", help="Letters as they are; the default otherwise.")] = False,
    fields: Annotated[str | None, typer.Option("--fields", metavar="FIELD[,FIELD]", help="Only these fields.")] = None,
    without: Annotated[
        str | None, typer.Option("--without", metavar="FIELD[,FIELD]", help="All but these fields.")
    ] = None,
    sort_fields: Annotated[
        bool, typer.Option("--sort-fields", help="Fields in the usual order: author, title, … file.")
    ] = False,
    resolve_macros: Annotated[
        bool, typer.Option("--resolve-macros", help="Values in the place of macros; those of months stay.")
    ] = False,
    months: Annotated[bool, typer.Option("--months", help="Months as macros: jan.")] = False,
    numeric: Annotated[bool, typer.Option("--numeric", help="Numbers without braces.")] = False,
    quotes: Annotated[bool, typer.Option("--quotes", help="Values in quotes instead of braces.")] = False,
    indent: Annotated[
        str, typer.Option("--indent", metavar="N|tab", help="So many blanks before a field, or a tab.")
    ] = "2",
    align: Annotated[
        int, typer.Option("--align", metavar="N", min=0, max=MOST, help="Pad names of fields to so many letters.")
    ] = 0,
    blank_lines: Annotated[
        int, typer.Option("--blank-lines", metavar="N", min=0, max=MOST, help="So many blank lines between entries.")
    ] = 1,
    trailing_comma: Annotated[
        bool, typer.Option("--trailing-comma/--no-trailing-comma", help="A comma after the last field.")
    ] = True,
) -> "Layout":
    """The layout that these options ask for. Raises UsageError where they contradict each other or mean nothing."""
    from bibman.formats.bibtex_layout import Layout, Letters, Order

    if sort is not None and sort not in get_args(Order):
        raise UsageError(f"no such order: {sort}", f"--sort is one of {', '.join(sorted(get_args(Order)))}")
    letters = [name for name, wanted in zip(get_args(Letters), (ascii_, unicode, kept), strict=True) if wanted]
    if len(letters) > 1:
        raise UsageError("--ascii, --unicode and --keep-letters exclude each other", "Give one of them")
    if fields is not None and without is not None:
        raise UsageError("--fields and --without exclude each other", "Give one of them")
    return Layout(
        letters=cast("Any", letters[0]) if letters else None,
        order=cast("Any", sort),
        indent=_indent(indent),
        name_width=align,
        blank_lines=blank_lines,
        only=_names(fields),
        left_out=_names(without),
        sort_fields=sort_fields,
        in_quotes=quotes,
        bare_numbers=numeric,
        trailing_comma=trailing_comma,
        month_macros=months,
        resolve_macros=resolve_macros,
    )


def takes_layout(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the options of `layout_of` in the place of its parameter `layout`."""
    options = inspect.signature(layout_of).parameters
    own = inspect.signature(command).parameters
    merged = [each for name, each in own.items() if name != "layout"] + list(options.values())

    @functools.wraps(command)
    def called(**arguments: Any) -> None:
        layout = layout_of(**{name: arguments.pop(name) for name in options})
        command(**arguments, layout=layout)

    called.__signature__ = inspect.Signature(merged)  # type: ignore[attr-defined] # typer reads it
    called.__annotations__ = {each.name: each.annotation for each in merged}
    return called


def _names(text: str | None) -> frozenset[str]:
    return frozenset(name for part in (text or "").split(",") if (name := part.strip().lower()))


def _indent(text: str) -> str:
    if text == "tab":
        return "\t"
    if not text.isdecimal() or int(text) > MOST:
        raise UsageError(f"not an indent: {text}", f"Give a number from 0 to {MOST}, or `tab`")
    return " " * int(text)
