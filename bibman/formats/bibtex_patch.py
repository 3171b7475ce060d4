"""An entry of a `.bib` changed where it stands: only what is different is written, in the style of the file."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from bibman.formats.bibtex_places import LINE_END, Places
from bibman.model.entry import Entry, Field
from bibman.model.vocabulary import canonical


def patched(raw: str, before: Entry, after: Entry) -> str:
    """The text `raw` of one entry, changed in that in which `after` differs from `before`.

    `before` is the entry as it was read from `raw`, or as it stood in a library then. Values keep their delimiters.
    What is new is written as the rest of the entry is: line ends, indentation, case and column of names, commas. What
    goes takes its line along. All other text stays to the byte, comments too. Where `before` is what `raw` says, the
    text that is returned says `after`, its fields in their order.

    Raises InvalidValueError for a value with braces that do not match, and where `raw` is no entry.
    """
    changed, added = _edits(Places.of(raw).names(), before.fields, after.fields)
    # From the end to the beginning, so that what stands before keeps its place.
    for index in sorted({*changed, *added}, reverse=True):
        for field in reversed(added[index]):
            raw = _with(Places.of(raw), index, field)
        if index in changed:
            becomes = changed[index]
            raw = _without(Places.of(raw), index) if becomes is None else _set(Places.of(raw), index, becomes)
    places = Places.of(raw)
    if after.key != before.key:
        raw = _put(raw, *places.key, after.key)
    if after.type != before.type:
        raw = _put(raw, *places.type, places.typed(after.type))
    return raw


def _edits(
    names: Sequence[str], before: Sequence[Field], after: Sequence[Field]
) -> tuple[dict[int, Field | None], defaultdict[int, list[Field]]]:
    """What fields of a text that has these `names` become, None for those that go; and what comes after which."""
    indexes = _indexes(names, before)
    changed: dict[int, Field | None] = {}
    added: defaultdict[int, list[Field]] = defaultdict(list)
    last = -1
    for place, new in _pairs(before, after):
        index = None if place is None else indexes[place]
        is_same = place is not None and new is not None and _says_same(before[place], new)
        if index is not None:
            last = index
            if not is_same:
                changed[index] = new
        elif new is not None and not is_same:
            added[last].append(new)
    return changed, added


def _indexes(names: Sequence[str], fields: Sequence[Field]) -> list[int | None]:
    """For each of the fields its place among the names of a text, the first of a name for the first."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for index in reversed(range(len(names))):
        found[names[index].lower()].append(index)
    return [found[field.name].pop() if found[field.name] else None for field in fields]


def _pairs(before: Sequence[Field], after: Sequence[Field]) -> Iterator[tuple[int | None, Field | None]]:
    """Places in `before`, in order, with what becomes of them; None where something goes, or comes."""
    old, new_names = ([field.name for field in fields] for fields in (before, after))
    for _, low, high, start, end in SequenceMatcher(None, old, new_names, autojunk=False).get_opcodes():
        for place, new in zip_longest(range(low, high), after[start:end]):
            if place is None or new is None or canonical(before[place].name) == canonical(new.name):
                yield place, new
            else:
                yield place, None
                yield None, new


def _says_same(old: Field, new: Field) -> bool:
    if old.name != new.name or old.expression != new.expression:
        return False
    return new.expression is not None or old.value == new.value


def _set(places: Places, index: int, field: Field) -> str:
    """The text with another field in the place of the field `index`."""
    raw, place = places.raw, places.fields[index]
    expression = places.expression(field, raw[place.start : place.end])
    if raw[place.name : place.name_end].lower() == field.name:
        return _put(raw, place.start, place.end, expression)
    return _put(raw, place.name, place.end, places.beginning(field.name, index) + expression)


def _with(places: Places, index: int, field: Field) -> str:
    """The text with a field more, after the field `index`, or after the key for -1."""
    raw, end, next_ = places.raw, places.end_before(index + 1), places.next_after(index)
    text = places.beginning(field.name, index) + places.expression(field)
    comma = places.comma_after(index)
    is_last = index + 1 == len(places.fields)
    if places.leading is not None and (comma < 0 or not is_last):
        line_end = LINE_END.search(raw, end, next_ if comma < 0 else comma)
        place = end if line_end is None else line_end.start()
        return _put(raw, place, place, places.leading + text)
    # A new line comes after the line of the field before, with the comment that may end that.
    line = None if places.indent is None else LINE_END.search(raw, max(end, comma), next_)
    if comma < 0 and line is not None:
        return f"{raw[:end]},{raw[end : line.end()]}{places.indent}{text}{places.line_end}{raw[line.end() :]}"
    if line is not None:
        return _put(raw, line.end(), line.end(), f"{places.indent}{text},{places.line_end}")
    gap = raw[comma + 1 : next_] if not is_last else " " if places.indent is None else places.line_end + places.indent
    if comma < 0:
        return _put(raw, end, end, f",{gap}{text}")
    return _put(raw, comma + 1, comma + 1, f"{gap}{text},")


def _without(places: Places, index: int) -> str:
    """The text without the field `index`, and without its line where it has one of its own. Comments stay."""
    raw, place, comma = places.raw, places.fields[index], places.comma_after(index)
    lines = list(LINE_END.finditer(raw, places.end_before(index), place.name))
    if lines and lines[-1].end() <= place.comma:
        # What follows would become a part of the comment in the line before.
        joins = "%" in raw[places.end_before(index) : lines[-1].start()] and not LINE_END.match(raw, place.end)
        return _put(raw, lines[-1].end() if joins else lines[-1].start(), place.end, "")
    start, is_first = (lines[-1].end(), True) if lines else (place.comma + 1, False)
    if comma < 0:
        return _without_last(places, start, is_first=is_first)
    end = comma + 1
    between = raw[place.end : comma]
    comment = between.lstrip() if "%" in between else ""
    next_ = places.next_after(index)
    line_end = LINE_END.search(raw, end, next_)
    if line_end is None:
        is_last = next_ == places.closing and "%" not in raw[place.comma : place.name]
        return _put(raw, place.comma + 1 if is_last else place.name, next_, comment)
    if raw[end : line_end.start()].strip():
        return _put(raw, place.name, raw.index("%", end), comment)
    return _put(raw, start, line_end.end() if is_first else end, comment)


def _without_last(places: Places, start: int, *, is_first: bool) -> str:
    """The text without its last field, which no comma follows; nor is there to be one after the field before."""
    raw, place = places.raw, places.fields[-1]
    before = raw[: place.comma] + ("," if len(places.fields) == 1 else "")
    gap, after = raw[place.comma + 1 : start], raw[place.end :]
    line_end = LINE_END.search(after)
    if not is_first or (line_end is None and "%" not in gap):
        return before + after
    if line_end is not None and not after[: line_end.start()].strip():
        return before + gap + after[line_end.end() :]
    return before + raw[place.comma + 1 : place.name] + after.lstrip()


def _put(raw: str, start: int, end: int, text: str) -> str:
    return raw[:start] + text + raw[end:]
