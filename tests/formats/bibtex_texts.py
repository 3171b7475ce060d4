"""Texts of `.bib` files, put together by chance: nonsense of what stands in one, and files that are well formed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from bibman.formats.bibtex_order import places_with_parents_last
from bibman.model.entry import Entry

# What stands in a `.bib`, so that chance puts together much that is nearly one.
SCRAPS = (
    *'@{}()"#,=%\\ \n\r\t',
    *("\r\n", "\n\n", "},", "}\n", "\n}\n", " = ", "={", "= {A}", '= "B"', "@", "\x0c", "\x00", "\u2028", "\u00a0"),
    *("@misc{", "@misc(", "@article{a,", "\n@misc{b,", "\n @misc (", "@comment", "@string{", "@preamble{", "@article"),
    *("title", "year", "jan", "2000", "key", "é", "x@y.z", "\\@x{", "% @misc{e}"),
    *("@misc{c, title={C}}", "\n@misc{d, title={D}}\n", '@misc(f, title="F"),', "\n@x{}}", "title={T},"),
)
texts = st.one_of(st.lists(st.sampled_from(SCRAPS)).map("".join), st.text())


@dataclass(frozen=True)
class Written:
    """An entry as it stands in a file, and what is to be read of it."""

    raw: str
    type: str
    key: str
    fields: tuple[tuple[str, str], ...]


_BLANKS = st.sampled_from(("", " ", "  ", "\n", "\n  ", "\t", " \n\t"))
_WORDS = (
    'Of 12 na{\\"\\i}ve $x^2$ caf\u00e9, {B}races --- {{T}wice} a=b; e.g. (so) \\& 50\\% mail@home.org\n  end'.split(
        " "
    )
)
_TYPES = st.sampled_from(("article", "Book", "INPROCEEDINGS", "misc", "online", "thing"))
_KEYS = st.from_regex(r"[A-Za-z0-9][\w:+./*'&-]{0,8}", fullmatch=True)
_NAMES = st.sampled_from(("author", "Title", "YEAR", "bdsk-url-1", "note", "x_y", "journal"))


@st.composite
def _literals(draw: st.DrawFn) -> str:
    text = " ".join(draw(st.lists(st.sampled_from(_WORDS), max_size=6)))
    if draw(st.booleans()):
        return f"{{{text}}}"
    return '"{}"'.format(text.replace('"', "'"))


parts = st.lists(_literals() | st.sampled_from(("2000", "jan", "JMLR", "x:y")), min_size=1, max_size=3)
"""Literals, numbers and names of macros."""
joints = st.tuples(_BLANKS, _BLANKS).map("#".join)
"""What joins two parts of an expression."""


@st.composite
def written_entries(draw: st.DrawFn) -> Written:
    """An entry as people and programs write it."""
    type_, key = draw(_TYPES), draw(_KEYS)
    names = draw(st.lists(_NAMES, unique_by=str.lower, max_size=5))
    fields = tuple((name, draw(joints).join(draw(parts))) for name in names)
    opening, closing = draw(st.sampled_from((("{", "}"), ("(", ")"))))
    raw = f"@{type_}{draw(st.sampled_from(('', ' ')))}{opening}{draw(_BLANKS)}{key}{draw(_BLANKS)},"
    for number, (name, expression) in enumerate(fields, 1):
        comma = "," if number < len(fields) or draw(st.booleans()) else ""
        raw += f"{draw(_BLANKS)}{name}{draw(_BLANKS)}={draw(_BLANKS)}{expression}{draw(_BLANKS)}{comma}"
    return Written(f"{raw}{draw(_BLANKS)}{closing}", type_, key, fields)


BETWEEN = st.sampled_from(
    ("\n", "\n\n", "\n% a remark\n", "\nText between, at home.\n", "\r\n", "\n@comment{x {y} z}\n")
)


@st.composite
def mistakes(draw: st.DrawFn, raw: str) -> str:
    """The text of an entry with one character missing or one too many."""
    place = draw(st.integers(0, len(raw) - 1))
    if draw(st.booleans()):
        return raw[:place] + raw[place + 1 :]
    return raw[:place] + draw(st.sampled_from('{}"(),=#%\\ax1')) + raw[place:]


def marked(text: str) -> tuple[str, int, int]:
    """The text without its `¶`, and the line and column where it stood."""
    before = text[: text.index("¶")]
    lines = re.split(r"\r\n|\r|\n", before)
    return text.replace("¶", ""), len(lines), len(lines[-1]) + 1


def parents_last(entries: Sequence[Entry]) -> list[Entry]:
    """The entries in an order in which BibTeX finds their parents."""
    crossrefs = {place: entry.get("crossref") or "" for place, entry in enumerate(entries)}
    return [entries[place] for place in places_with_parents_last([entry.key for entry in entries], crossrefs)]
