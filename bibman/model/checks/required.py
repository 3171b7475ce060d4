"""Types and fields: those that are required, misspelt, empty, or there twice."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final

from bibman.model.checks.finding import Finding, Fix, Subject
from bibman.model.checks.mending import instead
from bibman.model.entry import Entry
from bibman.model.inheritance import title_field
from bibman.model.naming import fold_name
from bibman.model.vocabulary import (
    BIBLATEX_MARKS,
    KNOWN_FIELDS,
    KNOWN_TYPES,
    REQUIRED_BIBLATEX,
    REQUIRED_BIBTEX,
    STYLE_TYPES,
    Required,
    biblatex_type,
    bibtex_field,
    bibtex_type,
    canonical,
    required,
)

_AUTHOR: Final = ("author",)
_EITHER: Final = ("author", "editor")
_COLLECTIONS: Final = {"book": "collection", "mvbook": "mvcollection"}

# biber's data model has no names among what these types require (blx-dm.def), though the manual (2.1.1) has.
_NAME_IS_OPTIONAL: Final = frozenset({"dataset", "manual", "misc", "online", "software"})

# Beside an author, what the standard styles of BibTeX sort and label by (plain.bst, `presort`).
_SORTED_BY: Final = {
    "book": ("editor",),
    "inbook": ("editor",),
    "proceedings": ("editor", "organization"),
    "manual": ("organization",),
}

# A child of these in BibTeX is printed with a reference to its parent, of which any of these names it (plain.bst).
_NAMED_BY: Final = {"booktitle": ("editor", "key"), "journal": ("key",), "publisher": ("editor", "key", "series")}

_NOT_INHERITED: Final = frozenset({"crossref", "xref", "ids", "entryset", "xdata", "key", "sortkey", "shorthand"})

_IN_BOOKS: Final = frozenset({"inproceedings", "conference", "incollection"})
_ANAGRAMS: Final = ("year", "note", "date", "isbn", "issn")
_OFTEN_MISSPELT: Final = (
    "author", "editor", "translator", "title", "subtitle", "booktitle", "journal", "journaltitle", "month", "volume",
    "number", "pages", "publisher", "address", "location", "institution", "organization", "school", "edition", "series",
    "chapter", "howpublished",
)  # fmt: skip


def type_and_fields(subject: Subject) -> Iterator[Finding]:
    """An unknown type, required fields that are missing, fields that are misspelt, empty or repeated."""
    yield from _type(subject)
    yield from _missing(subject)
    yield from _misspelt(subject)
    yield from _empty(subject)
    if len(subject.fields) < len(subject.entry.fields):
        yield from _repeated(subject.entry)


def _inherited(subject: Subject) -> dict[str, str]:
    """The fields that an entry inherits, under BibLaTeX's names, with their values.

    BibTeX knows only `crossref`, and follows it only once (btxdoc, 2.1, point 9); biber also knows `xdata`.
    """
    is_bibtex = subject.around.dialect == "bibtex"
    found: dict[str, str] = {}
    seen = {fold_name(subject.entry.key)}
    waiting = [subject.entry]
    for child in waiting:
        for name in ("crossref",) if is_bibtex else ("crossref", "xdata"):
            for key in (child.get(name) or "").split(","):
                parent = subject.around.entry_of(key.strip()) if key.strip() else None
                if parent is None or fold_name(parent.key) in seen:
                    continue
                seen.add(fold_name(parent.key))
                by_biber = name == "crossref" and not is_bibtex
                for target, value in _given(parent, title_field(parent.type, child.type) if by_biber else None):
                    found.setdefault(target, value)
                if not is_bibtex:
                    waiting.append(parent)
    return found


def _given(parent: Entry, title_as: str | None) -> Iterator[tuple[str, str]]:
    """What a parent gives to a child: all under the same names, save that its title may become another field."""
    for field in parent.fields:
        name = canonical(field.name)
        if field.value.strip() and name not in _NOT_INHERITED:
            yield (title_as or name) if name == "title" else name, field.value


def _type(subject: Subject) -> Iterator[Finding]:
    type_ = subject.entry.type
    if type_ in KNOWN_TYPES or type_ in STYLE_TYPES or type_ in REQUIRED_BIBLATEX:
        return
    near = _near_type(type_)
    if near:
        yield Finding(
            "misspelt-type", f"no style knows the type {type_}",
            f"`bibman edit {subject.entry.key} --type {near}`, if that is meant",
        )  # fmt: skip
    else:
        yield Finding(
            "unknown-type", f"neither BibTeX nor BibLaTeX knows the type {type_}: it is printed as misc",
            "give it a type of theirs, unless your style has this one",
        )  # fmt: skip


@lru_cache(1 << 10)
def _near_type(type_: str) -> str:
    from rapidfuzz.distance import OSA

    near = [known for known in sorted(KNOWN_TYPES) if len(known) > 4 and OSA.distance(type_, known) <= 1]
    return near[0] if len(near) == 1 else ""


def _required(subject: Subject) -> Required:
    """What is required of the type that the entry has when it is written in the dialect."""
    type_, names = subject.entry.type, subject.fields.keys()
    if subject.around.dialect == "bibtex":
        # An `inbook` of BibLaTeX has a title of its own; that is BibTeX's `incollection` (manual, 2.3.1).
        is_part = type_ == "inbook" and "booktitle" in names and not BIBLATEX_MARKS.isdisjoint(names)
        return required("incollection" if is_part else bibtex_type(type_), "bibtex")
    if type_ == "inbook" and names.isdisjoint(("booktitle", "crossref", "xdata")):
        type_ = "book"  # one of BibTeX has none
    return required(type_, "biblatex") or required(biblatex_type(type_)[0], "biblatex")


def _missing(subject: Subject) -> Iterator[Finding]:
    entry, dialect = subject.entry, subject.around.dialect
    own = {canonical(name) for name, field in subject.fields.items() if field.value.strip() or field.expression}
    has_parent = "crossref" in own or ("xdata" in own and dialect == "biblatex")
    there = own | _inherited(subject).keys() if has_parent else own
    if "date" in there:
        there = there | {"year"}
    by_reference = dialect == "bibtex" and "crossref" in own
    for group in _required(subject):
        if any(canonical(name) in there for name in group):
            continue
        if by_reference and any(canonical(name) in there for name in _NAMED_BY.get(group[0], ())):
            continue
        if group == _EITHER and dialect == "biblatex" and biblatex_type(entry.type)[0] in _NAME_IS_OPTIONAL:
            continue  # said below
        if has_parent and _lacks_parent(subject):
            continue  # that is the mistake, and is said
        yield _missing_one(subject, group, there)
    yield from _missing_name(subject, there)


def _lacks_parent(subject: Subject) -> bool:
    keys = [key.strip() for name in ("crossref", "xdata") for key in subject.value(name).split(",")]
    return any(subject.around.entry_of(key) is None for key in keys if key)


def _missing_one(subject: Subject, group: tuple[str, ...], there: frozenset[str] | set[str]) -> Finding:
    key, type_ = subject.entry.key, subject.entry.type
    names = [bibtex_field(name, type_) if subject.around.dialect == "bibtex" else name for name in group]
    said = " or ".join(dict.fromkeys(names))
    if canonical(group[0]) == "journaltitle" and "booktitle" in there:
        return Finding(
            "container-kind", f"{type_} has a booktitle, and no {names[0]}",
            f"`bibman edit {key} --type inproceedings` or `--type incollection`, or name the field {names[0]}",
            "booktitle",
        )  # fmt: skip
    if group[0] == "booktitle" and type_ in _IN_BOOKS and "journaltitle" in there:
        return Finding(
            "container-kind", f"{type_} has a journal, and no booktitle",
            f"`bibman edit {key} --type article`, or name the field booktitle", "journal",
        )  # fmt: skip
    if group == _AUTHOR and "editor" in there and type_ in _COLLECTIONS:
        return Finding(
            "missing-field", f"{type_} requires author, and has an editor",
            f"`bibman edit {key} --type {_COLLECTIONS[type_]}`, or name an author", names[0],
        )  # fmt: skip
    return Finding(
        "missing-field", f"{type_} requires {said}", f"`bibman edit {key} --set {names[0]}=…`", names[0]
    )  # fmt: skip


def _missing_name(subject: Subject, there: frozenset[str] | set[str]) -> Iterator[Finding]:
    type_ = subject.entry.type
    if subject.around.dialect == "bibtex":
        known = bibtex_type(type_)
        if known not in REQUIRED_BIBTEX:
            return
        wanted = ("author", *_SORTED_BY.get(known, ()), "key")
        groups = required(known, "bibtex")
    else:
        wanted, groups = ("author", "editor", "sortname", "label", "shorthand", "sortkey", "organization"), ()
        if biblatex_type(type_)[0] not in _NAME_IS_OPTIONAL:
            return
    # Where a name is required at all, it is missing-field's to say.
    if any("author" in group for group in groups) or any(canonical(name) in there for name in wanted):
        return
    yield Finding(
        "missing-name", f"{type_} has nothing to be sorted and labelled by",
        f"`bibman edit {subject.entry.key} --set author=…`, with a body in braces; or set {wanted[-1]}", "author",
    )  # fmt: skip


def _misspelt(subject: Subject) -> Iterator[Finding]:
    for name, field in subject.fields.items():
        if name in KNOWN_FIELDS or not (near := _near_fields(name)):
            continue
        free = [each for each in near if canonical(each) not in map(canonical, subject.fields)]
        fix: Fix | None = instead(field, field._replace(name=near[0])) if len(near) == 1 == len(free) else None
        yield Finding(
            "misspelt-field", f"no style knows the field {name}",
            f"name it {' or '.join(near)}, if that is meant", name, fix,
        )  # fmt: skip


@lru_cache(1 << 12)
def _near_fields(name: str) -> tuple[str, ...]:
    """The known fields that a name is surely meant for: one letter is wrong, missing, too many, or in another place.

    A letter ahead (`xtitle`) is how people put a field out of use.
    """
    if not name.isalpha() or len(name) < 4 or name[1:] in KNOWN_FIELDS:
        return ()
    if len(name) == 4:
        return tuple(each for each in _ANAGRAMS if sorted(each) == sorted(name))
    from rapidfuzz.distance import OSA

    return tuple(each for each in _OFTEN_MISSPELT if OSA.distance(name, each, score_cutoff=1) <= 1)


def _empty(subject: Subject) -> Iterator[Finding]:
    # In BibLaTeX an empty field is how a child refuses to inherit one (manual, 2.4.1.1).
    if "crossref" in subject.fields or "xdata" in subject.fields:
        return
    for name, field in subject.fields.items():
        if field.expression is None and not field.value.strip("{} \t\r\n~"):
            yield Finding("empty-field", f"{name} is empty", "take it away, or fill it in", name, instead(field))


def _repeated(entry: Entry) -> Iterator[Finding]:
    counts = Counter(field.name for field in entry.fields)
    for name in [name for name, count in counts.items() if count > 1]:
        alike = [field for field in entry.fields if field.name == name]
        same = len(set(alike)) == 1
        yield Finding(
            "duplicate-field",
            f"{name} stands there {counts[name]} times"
            + ("" if same else ", and BibTeX takes the first, biber the last"),
            "take the other away" if same else "decide on one with `bibman edit`",
            name,
            _once(name) if same else None,
        )


def _once(name: str) -> Fix:
    def fix(entry: Entry) -> Entry:
        first = next(place for place, field in enumerate(entry.fields) if field.name == name)
        kept = (field for place, field in enumerate(entry.fields) if field.name != name or place == first)
        return replace(entry, fields=tuple(kept))

    return fix
