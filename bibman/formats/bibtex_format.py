"""Formats the text of a `.bib`: its entries in one layout, all else at its place."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, NamedTuple

from bibman.errors import InvalidValueError
from bibman.formats.bibtex_blocks import Block, Problem, blocks
from bibman.formats.bibtex_definitions import Definitions
from bibman.formats.bibtex_expressions import end_of_literal, in_literals, macros_in
from bibman.formats.bibtex_layout import Layout
from bibman.formats.bibtex_order import places_with_parents_last, sort_key
from bibman.formats.bibtex_reader import Macros, read_entry
from bibman.formats.bibtex_scanner import Kind
from bibman.formats.bibtex_writer import CONVERTERS, entry_text, macro_text, preamble_text
from bibman.model.dates import MONTH_VALUES
from bibman.model.entry import Entry, Field
from bibman.model.vocabulary import Dialect


@dataclass(frozen=True, slots=True)
class Formatted:
    """The text of a `.bib` as it is to be, and what is wrong with the blocks that could not be read and stayed."""

    text: str
    problems: tuple[Problem, ...]


def format_text(text: str, layout: Layout, dialect: Dialect | None = None) -> Formatted:
    """A `.bib` whose entries, macros and preambles are laid out anew, and converted where a `dialect` is given.

    What they say stays, save what the `layout` leaves out or writes otherwise. Comments, text between blocks and broken
    blocks stay as they are where they are; comments within a block, which only biber allows, go before it. Line ends
    become those that most lines have. Where entries are sorted, or moved because BibTeX finds a parent only after its
    children, comments that touch an entry go with it, and macros go ahead of the first entry; in a file that defines a
    macro twice, or after it is used, nothing is moved past a macro.

    The same again changes nothing: `format_text(formatted.text, …).text == formatted.text`.
    """
    if not layout.letters and dialect == "bibtex":
        layout = replace(layout, letters="ascii")
    line_end = _line_end(text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    problems: list[Problem] = []
    formatted, has_moved_text = _laid_out(text, layout, dialect, problems)
    if has_moved_text:
        # Where it stands now, text may be read otherwise: what looked like the end of an address may begin a comment.
        for _ in range(_MOST_TRIES):
            before, (formatted, _) = formatted, _laid_out(formatted, layout, dialect, [])
            if formatted == before:
                break
        else:
            raise InvalidValueError(*_READ_OTHERWISE)
    if _sorts(layout, dialect) or problems:
        _check_that_blocks_are_the_same(text, formatted, converted=dialect is not None)
    return Formatted(formatted if line_end == "\n" else formatted.replace("\n", line_end), tuple(problems))


_MOST_TRIES: Final = 4
_READ_OTHERWISE: Final = (
    "what is broken between the entries would be read otherwise than now",
    "Mend it first (`bibman format --check` says where), or leave the order as it is",
)


def _sorts(layout: Layout, dialect: Dialect | None) -> bool:
    return layout.order not in (None, "kept") or dialect == "bibtex"


def _laid_out(text: str, layout: Layout, dialect: Dialect | None, problems: list[Problem]) -> tuple[str, bool]:
    """The text laid out, and whether text between blocks stands elsewhere now."""
    items = read = list(_items(text, layout, dialect, problems))
    if _sorts(layout, dialect):
        items = [item for unit in _sorted(_units(items), layout) for item in unit]
    pieces: list[str] = []
    for before, item in zip([None, *items], items, strict=False):
        pieces += _separator(before, item, layout), item.text
    pieces += "\n" if items else ""
    is_moved = any(one is not other for one, other in zip(items, read, strict=True))
    return "".join(pieces), is_moved and any(item.kind not in _LAID_OUT for item in items)


def _check_that_blocks_are_the_same(before: str, after: str, *, converted: bool) -> None:
    """Raises InvalidValueError where a broken block, or text such as `@word`, is read otherwise in its new place."""
    found = [
        Counter(
            (block.kind, block.key, "" if converted else block.type.lower())
            for block in blocks((each,))
            if block.kind in _LAID_OUT or block.kind == "broken"
        )
        for each in (before, after)
    ]
    if found[0] != found[1]:
        raise InvalidValueError(*_READ_OTHERWISE)


def _line_end(text: str) -> str:
    if "\r" not in text:
        return "\n"
    both = text.count("\r\n")
    counts = {"\n": text.count("\n") - both, "\r\n": both, "\r": text.count("\r") - both}
    return max(counts, key=lambda each: counts[each])


class _Item(NamedTuple):
    """A block, or a paragraph of the text between two, with the white space that stood before it.

    `entry` is that of an entry as it was read, `macro` the name of a macro in lower case.
    """

    kind: Kind
    text: str
    space: str
    entry: Entry | None = None
    macro: str = ""


_BLANKS: Final = " \t\n"
_PARAGRAPHS: Final = re.compile(r"([ \t]*\n(?:[ \t]*\n)+)")


def _items(text: str, layout: Layout, dialect: Dialect | None, problems: list[Problem]) -> Iterator[_Item]:
    """The items of the text, as they are to be written; what is wrong with it is added to the `problems`."""
    writer = _Writer(layout, dialect)
    space = ""
    is_first = True
    after_broken = False
    for block in blocks((text,)):
        if block.kind == "text":
            core = block.raw.strip(_BLANKS)
            if not core:
                space += block.raw
                continue
            lead, _, rest = block.raw.partition(core)
            space += lead
            if is_first or "\n" in space:
                space, indent = space[: space.rfind("\n") + 1], space[space.rfind("\n") + 1 :]
                core = indent + core
            for part in _PARAGRAPHS.split(core):
                if part.isspace():
                    space = part
                else:
                    yield _Item("text", part, space)
            space = rest
        else:
            core = block.raw.rstrip(_BLANKS)
            comments = _comments_within(block)
            for comment in () if after_broken else comments:
                space = space if "\n" in space else "\n"
                yield _Item("text", comment, space)
                space = "\n"
            item = writer.item(block, core, space)
            # A broken block would take the comments for a part of itself.
            yield item._replace(text=core) if after_broken and comments else item
            space = block.raw[len(core) :]
            after_broken = block.problem is not None
            if block.problem:
                problems.append(block.problem)
        is_first = False


class _Writer:
    """Writes the blocks of one file, with the macros that are known at each."""

    def __init__(self, layout: Layout, dialect: Dialect | None) -> None:
        self._layout = layout
        self._convert = CONVERTERS[dialect] if dialect else None
        self._macros = Macros()
        self._values = dict(MONTH_VALUES)
        self._defined = Definitions(values=self._values)

    def item(self, block: Block, raw: str, space: str) -> _Item:
        """The block as an item; what is no entry, macro or preamble stays `raw`."""
        if block.kind == "entry":
            entry = read_entry(block, self._macros)
            if any(field.expression is not None for field in entry.fields):
                entry = replace(entry, fields=tuple(map(_spaced, entry.fields)))
            converted = self._convert(entry) if self._convert else entry
            return _Item("entry", entry_text(converted, self._layout, self._defined)[:-1], space, entry)
        if block.kind == "macro":
            macro = _spaced(Field(*self._macros.define(block.key, block.fields[0][1])))
            text = macro_text(macro, self._layout, self._defined)[:-1]
            self._values[macro.name.lower()] = macro.value
            return _Item("macro", text, space, macro=macro.name.lower())
        if block.kind == "preamble":
            preamble = Field("", *self._macros.resolve(block.fields[0][1]))
            return _Item("preamble", preamble_text(preamble, self._layout, self._defined)[:-1], space)
        return _Item(block.kind, raw, space)


def _spaced(field: Field) -> Field:
    """The field with blanks round each `#` of its expression, unless that has lines of its own."""
    if field.expression is None or "\n" in field.expression:
        return field
    return field._replace(expression=in_literals(field.expression, str))


_HEAD: Final = re.compile(r"@[^{(]*+[{(](?:\s*+%[^\n]*+)*+\s*+")
_COMMENT: Final = re.compile(r"%[^\n]*+")
_COMMENT_OR_LITERAL: Final = re.compile(r'%[^\n]*+|[{"]')


def _comments_within(block: Block) -> list[str]:
    """The comments that `%` begins between the parts of an entry, macro or preamble."""
    head = _HEAD.match(block.raw) if block.kind in _LAID_OUT and "%" in block.raw else None
    if head is None:
        return []
    comments = _COMMENT.findall(head[0])
    place = head.end() + len(block.key)
    while mark := _COMMENT_OR_LITERAL.search(block.raw, place):
        if mark[0][0] == "%":
            comments.append(mark[0])
            place = mark.end()
        else:
            place = end_of_literal(block.raw, mark.start())
    return [comment.rstrip() for comment in comments]


_LAID_OUT: Final = frozenset({"entry", "macro", "preamble"})


def _separator(before: _Item | None, item: _Item, layout: Layout) -> str:
    """What stands between two items: of the white space that stood there, whether they touch and share a line."""
    if before is None:
        return ""
    if before.kind == item.kind == "text":
        return item.space
    kinds = {before.kind, item.kind}
    lines = item.space.count("\n")
    if not lines and not kinds <= _LAID_OUT:
        return item.space
    return "\n" if lines < 2 and not (kinds <= _LAID_OUT and "entry" in kinds) else layout.gap


_Unit = list[_Item]
"""Items that go together: a block with the comments that touch it, or one or more that touch only each other.

A broken block goes together with the block after it: what else came there might be read as a part of it.
"""


def _units(items: Iterable[_Item]) -> list[_Unit]:
    units: list[_Unit] = []
    comments: _Unit = []
    after_broken = False
    for item in items:
        lines = item.space.count("\n")
        if comments and lines > 1 and not after_broken:
            units.append(comments)
            comments = []
        if item.kind not in ("text", "comment"):
            if after_broken:
                units[-1] += [*comments, item]
            else:
                units.append([*comments, item])
            comments = []
            after_broken = item.kind == "broken"
        elif units and not comments and not lines:
            units[-1].append(item)
        else:
            comments.append(item)
    return [*units, comments] if comments else units


def _is_broken(unit: _Unit) -> bool:
    return any(item.kind == "broken" for item in unit)


def _entry_of(unit: _Unit) -> Entry | None:
    """The entry that may be moved."""
    return None if _is_broken(unit) else next((item.entry for item in unit if item.entry), None)


def _macro_of(unit: _Unit) -> str:
    return next((item.macro for item in unit if item.macro), "")


def _sorted(units: list[_Unit], layout: Layout) -> list[_Unit]:
    """The units with their entries in order; what is no entry stays at its place, save that macros may go ahead."""
    first = next((place for place, unit in enumerate(units) if _entry_of(unit)), len(units))
    late = [unit for unit in units[first:] if _macro_of(unit)]
    if late and not _may_go_ahead(units, late, layout):
        starts = [0, *(place for place, unit in enumerate(units) if place >= first and _macro_of(unit)), len(units)]
        return [unit for start, end in pairwise(starts) for unit in _sorted_run(units[start:end], layout)]
    run = _sorted_run(units, layout)
    if run is units or not late:
        return run
    rest = [_placed(unit, unit[0].space) for unit in run[first:] if not _macro_of(unit)]
    touches = first > 0 and bool(_macro_of(run[first - 1]))
    return [
        *run[:first],
        *(_placed(unit, "\n" if place or touches else "\n\n") for place, unit in enumerate(late)),
        *rest,
    ]


def _may_go_ahead(units: list[_Unit], late: list[_Unit], layout: Layout) -> bool:
    """Whether every field that is written means the same if the `late` macros are defined before all entries."""
    if any(map(_is_broken, late)):
        return False
    defined = set(MONTH_VALUES)
    unknown: set[str] = set()
    for unit in units:
        entry, macro = _entry_of(unit), _macro_of(unit)
        if macro in defined or macro in unknown:
            return False
        if macro:
            defined.add(macro)
        for field in entry.fields if entry else ():
            if field.expression is not None and layout.writes(field.name):
                unknown.update(name for name in macros_in(field.expression) if name not in defined)
    return True


def _sorted_run(units: list[_Unit], layout: Layout) -> list[_Unit]:
    """The units with their entries sorted, parents after their children; the very list where none moves."""
    places = [place for place, unit in enumerate(units) if _entry_of(unit)]
    entries = [entry for unit in units if (entry := _entry_of(unit))]
    sorting = sorted(range(len(places)), key=lambda each: sort_key(entries[each], layout.order or "kept"))
    if layout.writes("crossref"):
        crossrefs = {place: entries[each].get("crossref") or "" for place, each in enumerate(sorting)}
        keys = [entries[each].key for each in sorting]
        sorting = [sorting[place] for place in places_with_parents_last(keys, crossrefs)]
    if sorting == list(range(len(places))):
        return units
    moved = list(units)
    for place, each in zip(places, sorting, strict=True):
        moved[place] = _placed(units[places[each]], units[place][0].space)
    return moved


def _placed(unit: _Unit, space: str) -> _Unit:
    """The unit with another white space before it, on a line of its own."""
    return [unit[0]._replace(space=space if "\n" in space else "\n\n"), *unit[1:]]
