"""What is to be edited of entries, said once for many: fields renamed, texts replaced, fields taken away and set."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import reduce

from bibman.errors import GivenValueError, InvalidValueError, NotFoundError, UsageError
from bibman.formats.bibtex_expressions import expression_parts, in_literals
from bibman.model.editing import with_field
from bibman.model.entry import Entry, Field
from bibman.model.latex import imbalance
from bibman.model.nearest import nearest
from bibman.model.values import checked_field, checked_name, checked_type
from bibman.model.vocabulary import canonical


@dataclass(frozen=True, slots=True)
class Replacement:
    """A text to be replaced in the values of a field, under whatever name either dialect has for it."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Edits:
    """What to do, in this order: rename fields (old name → new), replace texts, take fields away, set fields, and give
    another entry type. Names are in lower case; made and checked by `checked_edits`."""

    renamed: tuple[tuple[str, str], ...] = ()
    replaced: tuple[Replacement, ...] = ()
    unset: frozenset[str] = frozenset()
    set: tuple[Field, ...] = ()
    type: str | None = None


def checked_edits(
    values: Iterable[tuple[str, str]] = (),
    unset: Iterable[str] = (),
    type_: str | None = None,
    renamed: Iterable[tuple[str, str]] = (),
    replaced: Iterable[tuple[str, str, str]] = (),
) -> Edits:
    """The edits that somebody describes; no library is needed to check them.

    Raises UsageError where there are none or nothing is to be replaced, InvalidValueError for a name, type or value
    that LaTeX could not use.
    """
    edits = Edits(
        tuple((checked_name(old), checked_name(new)) for old, new in renamed),
        tuple(Replacement(checked_name(field), old, new) for field, old, new in replaced),
        frozenset(name.strip().lower() for name in unset),
        tuple(checked_field(name, value) for name, value in values),
        checked_type(type_) if type_ is not None else None,
    )
    if edits == Edits():
        raise UsageError(
            "nothing to edit",
            "Say what: --set FIELD=VALUE, --unset FIELD, --type TYPE, --rename-field OLD=NEW, --replace FIELD OLD NEW",
        )
    if not all(each.old for each in edits.replaced):
        raise UsageError("nothing is to be replaced", "Say it like --replace journal 'Proc.' 'Proceedings'")
    return edits


def check_present(edits: Edits, entries: Sequence[Entry]) -> None:
    """Raises NotFoundError where a field is to be renamed, taken away or have its text replaced that no entry has."""
    present = {field.name for entry in entries for field in entry.fields}
    meant = {canonical(name) for name in present}
    wanted = edits.unset | {old for old, _ in edits.renamed}
    later = {new for _, new in edits.renamed}
    missing = sorted(wanted - present - later)
    missing += sorted({each.field for each in edits.replaced if canonical(each.field) not in meant} - later)
    if missing:
        near = dict.fromkeys(each for name in missing for each in nearest(name, present))
        raise NotFoundError.of("field", missing, near)


def edited(entry: Entry, edits: Edits) -> tuple[Entry, int]:
    """The entry with the edits, and how often a text was replaced in it.

    Raises InvalidValueError where that cannot be done: LaTeX could not use a value then, or a field has already the
    name that another is to get.
    """
    entry = reduce(_with_renamed, edits.renamed, entry)
    replacements = 0
    for each in edits.replaced:
        fields = [_with_replaced(entry.key, field, each) for field in entry.fields]
        replacements += sum(count for _, count in fields)
        entry = replace(entry, fields=tuple(field for field, _ in fields))
    kept = tuple(field for field in entry.fields if field.name not in edits.unset)
    entry = reduce(with_field, edits.set, replace(entry, type=edits.type or entry.type, fields=kept))
    return entry, replacements


def _with_renamed(entry: Entry, names: tuple[str, str]) -> Entry:
    old, new = names
    if old == new or entry.get(old) is None:
        return entry
    kept = [field for field in entry.fields if field.name == new]
    moved = [field._replace(name=new) for field in entry.fields if field.name == old]
    if kept and kept != moved:
        raise InvalidValueError(
            f"{entry.key} has {old} and {new}, and they differ", f"Take one of them away first, such as --unset {new}"
        )
    fields = [field._replace(name=new) if field.name == old else field for field in entry.fields if field.name != new]
    return replace(entry, fields=tuple(fields))


def _with_replaced(key: str, field: Field, wanted: Replacement) -> tuple[Field, int]:
    if canonical(field.name) != canonical(wanted.field) or wanted.old not in field.value:
        return field, 0
    count = field.value.count(wanted.old)
    value = field.value.replace(wanted.old, wanted.new)
    _check(key, field, value)
    if field.expression is None:
        return Field(field.name, value), count
    literals = [part[1:-1] for part in expression_parts(field.expression) if part[0] in '{"']
    if sum(literal.count(wanted.old) for literal in literals) == count and '"' not in wanted.new:
        expression = in_literals(field.expression, lambda text: text.replace(wanted.old, wanted.new))
        if all(imbalance(part[1:-1]) is None for part in expression_parts(expression) if part[0] in '{"'):
            return Field(field.name, value, expression), count
    # What is replaced is a macro's text: here alone it becomes another.
    return Field(field.name, value), count


def _check(key: str, field: Field, value: str) -> None:
    """Raises InvalidValueError where LaTeX could use what was there, and not what would be."""
    if not value.strip():
        raise InvalidValueError(f"{field.name} of {key} would be empty", f"`--unset {field.name}` takes the field away")
    try:
        checked_field(field.name, value)
    except GivenValueError as error:
        with suppress(GivenValueError):
            checked_field(field.name, field.value)
            raise InvalidValueError(f"{key} cannot be edited so: {error.message}", error.advice) from error
        if imbalance(value) is not None:
            raise InvalidValueError(f"{key} cannot be edited so: {error.message}", error.advice) from error
