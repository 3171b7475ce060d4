"""Formatting `.bib` files in the place where they are, without a library."""

from collections.abc import Callable
from dataclasses import dataclass

from bibman.errors import InvalidValueError
from bibman.formats.bibtex_blocks import Problem
from bibman.formats.bibtex_format import format_text
from bibman.formats.bibtex_layout import Layout
from bibman.formats.encoding import ESCAPED, Decoded, decode
from bibman.model.vocabulary import Dialect
from bibman.services.files import expanded, read_bytes, write_whole


@dataclass(frozen=True, slots=True)
class FormattedFile:
    """A file as it is to be: its text, and its bytes in the encoding, and with the byte order mark, that it had.

    `changed` is whether these are others than before; `problems` are those of blocks that could not be read and stayed.
    """

    name: str
    text: str
    data: bytes
    changed: bool
    problems: tuple[Problem, ...]

    def write(self) -> None:
        """Puts the bytes in the file's place. Raises FileError where that cannot be done."""
        write_whole(expanded(self.name), [self.data])


def format_file(
    name: str,
    layout: Layout,
    dialect: Dialect | None = None,
    encoding: str | None = None,
    on_note: Callable[[str], None] = lambda _: None,
) -> FormattedFile:
    """A `.bib`, or standard input where its name is `-`, formatted as `format_text` does; nothing is written.

    `on_note` is told how the encoding was guessed where that matters: where letters become others. Raises FileError
    where the file cannot be read or is no text, InvalidValueError where its encoding lacks a letter that it would get.
    """
    data = read_bytes(name)
    decoded = decode(data, encoding, name=name, with_flaws=True)
    formatted = format_text(decoded.text, layout, dialect)
    if decoded.note and not decoded.text.isascii() and (layout.letters not in (None, "kept") or dialect == "bibtex"):
        on_note(f"{name}: {decoded.note}")
    new = _encoded(formatted.text, decoded, name)
    return FormattedFile(name, formatted.text, new, new != data, formatted.problems)


def _encoded(text: str, as_read: Decoded, name: str) -> bytes:
    try:
        return as_read.mark + text.encode(as_read.encoding, ESCAPED)
    except UnicodeEncodeError as error:
        raise InvalidValueError(
            f"{name} is in {as_read.encoding}, which has no {text[error.start]}",
            "Convert the file to UTF-8 first, or say --ascii or --keep-letters",
        ) from None
