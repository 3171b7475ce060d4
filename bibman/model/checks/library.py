"""What is wrong between entries: keys, references, macros, and journals spelt in two ways."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from shlex import quote
from typing import Final

from bibman.model.checks.finding import Finding, Subject
from bibman.model.checks.mending import turned
from bibman.model.entry import Entry
from bibman.model.key_characters import ILLEGAL, ILLEGAL_IN_BIBTEX, is_legal
from bibman.model.latex import decode
from bibman.model.naming import fold_name
from bibman.model.vocabulary import REFERENCE_FIELDS

_INHERITING: Final = ("crossref", "xdata")


def key(subject: Subject) -> Iterator[Finding]:
    """A key that cannot be cited, and second keys (`ids`) that another entry has."""
    own = subject.entry.key
    illegal = ILLEGAL if subject.around.dialect == "biblatex" else ILLEGAL_IN_BIBTEX
    usual = own.isascii() and own.replace(":", "").replace("-", "").replace("_", "").isalnum()
    bad = [] if usual else [char for char in own if char in illegal or not (is_legal(char) or char in ILLEGAL)]
    if bad or own in ("", "*"):
        suggestion = "".join(filter(is_legal, own)).replace("*", "") or "KEY"
        yield Finding(
            "key-character", f"LaTeX cannot cite a key with {', '.join(map(repr, dict.fromkeys(bad)))}" if bad
            else f"LaTeX cannot cite the key {own!r}",
            f"`bibman key set {quote(own)} {suggestion}`",
        )  # fmt: skip
    if "ids" not in subject.fields:
        return
    for other in subject.value("ids").split(","):
        holder = subject.around.entry_of(other.strip()) if other.strip() else None
        # A former key of another entry is free: that entry is written under its own.
        if holder is not None and fold_name(holder.key) == fold_name(other) != fold_name(own):
            yield Finding(
                "ids-taken", f"ids has {other.strip()}, which is the key of another entry", "take it out of ids", "ids"
            )  # fmt: skip


def references(subject: Subject) -> Iterator[Finding]:
    """References that lead nowhere, to a former key, or round in a circle."""
    for name in REFERENCE_FIELDS:
        field = subject.fields.get(name)
        if field is None:
            continue
        keys = [each.strip() for each in field.value.split(",")]
        found = {each: subject.around.entry_of(each) for each in keys if each}
        compared: Callable[[str], str] = str if subject.around.dialect == "biblatex" else fold_name
        renamed = {
            each: entry.key
            for each, entry in found.items()
            if entry is not None and compared(entry.key) != compared(each)
        }
        if renamed:
            value = ",".join(renamed.get(each, each) for each in keys)
            first, now = next(iter(renamed.items()))
            yield Finding(
                "reference-spelling", f"{name} has {first}, but the key is {now}",
                f"write {now}", name, turned(field, value),
            )  # fmt: skip
        for each in [each for each, entry in found.items() if entry is None]:
            yield Finding(
                "reference-nowhere", f"{name} has {each}, which is no entry",
                f"correct the key, or `bibman edit {subject.entry.key} --unset {name}`", name,
            )  # fmt: skip
    if "crossref" in subject.fields or "xdata" in subject.fields:
        yield from _cycle(subject)


def _cycle(subject: Subject) -> Iterator[Finding]:
    entry = subject.entry
    own = fold_name(entry.key)
    seen: set[str] = set()
    waiting = list(_parents(entry, subject))
    for parent in waiting:
        if fold_name(parent.key) == own:
            yield Finding(
                "reference-cycle", "the entry inherits from itself, at which biber stops",
                "take one of the crossrefs away", "crossref" if "crossref" in subject.fields else "xdata",
            )  # fmt: skip
            return
        if fold_name(parent.key) not in seen:
            seen.add(fold_name(parent.key))
            waiting += _parents(parent, subject)
    parent_key = subject.value("crossref")
    first = subject.around.entry_of(parent_key) if parent_key else None
    if subject.around.dialect == "bibtex" and first is not None and (first.get("crossref") or "").strip():
        yield Finding(
            "nested-crossref", f"the parent {first.key} has a crossref itself, which BibTeX does not follow",
            "give the entry the fields of its grandparent, or use BibLaTeX", "crossref",
        )  # fmt: skip


def _parents(entry: Entry, subject: Subject) -> Iterator[Entry]:
    for name in _INHERITING:
        for each in (entry.get(name) or "").split(","):
            parent = subject.around.entry_of(each.strip()) if each.strip() else None
            if parent is not None:
                yield parent


# The macros that the standard styles define beside the months (btxbst.doc), and those of IEEEabrv.bib.
_OF_STYLES: Final = frozenset(
    "acmcs acta cacm ibmjrd ibmsj ieeese ieeetc ieeetcad ipl jacm jcss scp sicomp tocs tods tog toms toois toplas tcs"
    .split()
)  # fmt: skip
_IEEE: Final = "ieee_"


def macros(subject: Subject) -> Iterator[Finding]:
    """Macros that neither the library nor the styles define."""
    for field in subject.entry.fields:
        if field.expression is None:
            continue
        for name in subject.around.undefined(field.expression):
            if subject.around.dialect == "bibtex" and (name in _OF_STYLES or name.startswith(_IEEE)):
                continue
            yield Finding(
                "undefined-macro", f"{field.name} has the macro {name}, which nothing defines: it prints as nothing",
                f"define it with @string in a .bib that is read, or `bibman edit {subject.entry.key} --set"
                f" {field.name}=…`", field.name,
            )  # fmt: skip


def journals(subject: Subject) -> Iterator[Finding]:
    """A journal that other entries spell out, or shorten."""
    if not subject.around.journals:
        return
    for name in ("journal", "journaltitle"):
        value = subject.value(name)
        other = subject.around.journals.get(decode(value)) if value else None
        if other is not None:
            spelt, count = other
            yield Finding(
                "journal-spelling", f"{name} is {value}, and {count} {'entry has' if count == 1 else 'entries have'}"
                f" {spelt}", "decide on one; a macro (@string) has it in one place", name,
            )  # fmt: skip


_SMALL: Final = frozenset("a an and de der des die for für in la le of on the to und".split())
# Words that are so short a beginning that they begin other words too: what they do stand for (ISO 4).
_MEANT: Final = {"phys": ("physics", "physical", "physica", "physique", "physik", "physicae")}


def spellings(counts: Mapping[str, int]) -> dict[str, tuple[str, int]]:
    """Journals (Unicode) that are spelt in several ways → the way that most entries have, with their number.

    `counts` says how many entries have each. Two are one journal where they have the same words, save small ones, each
    of which is in one of them the beginning of that in the other, followed by a full stop: `Phys. Rev. A`, `Physical
    Review A`.
    """
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    words = {journal: _words(journal) for journal in counts}
    for journal in counts:
        if words[journal]:
            groups[tuple(word[0] for word in words[journal])].append(journal)
    found: dict[str, tuple[str, int]] = {}
    for group in groups.values():
        for journal in (each for each in group if "." in each):
            others = [each for each in group if each != journal and _shortens(words[journal], words[each])]
            # What may be short for several is not for us to decide.
            if len({tuple(word.rstrip(".") for word in words[each]) for each in others}) != 1:
                continue
            other = max(others, key=lambda each: counts[each])
            rarer, commoner = sorted((journal, other), key=lambda each: counts[each])
            found[rarer] = (commoner, counts[commoner])
    return found


def _words(journal: str) -> tuple[str, ...]:
    words = re.findall(r"[^\W\d_]+\.?|\d+", journal.lower())
    return tuple(word for word in words if word not in _SMALL)


def _shortens(short: Iterable[str], long: Iterable[str]) -> bool:
    """Whether each word of one journal is, or is short for, that of the other, and one is shorter."""
    shorter = False
    one, other = tuple(short), tuple(long)
    if len(one) != len(other):
        return False
    for word, whole in zip(one, other, strict=True):
        stem = word.rstrip(".")
        if stem == whole.rstrip("."):
            continue
        if not word.endswith(".") or whole.endswith(".") or not whole.startswith(stem):
            return False
        if whole not in _MEANT.get(stem, (whole,)):
            return False
        shorter = True
    return shorter
