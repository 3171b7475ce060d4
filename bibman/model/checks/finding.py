"""What a check finds, and the table of all checks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Final, Literal, NamedTuple

from bibman.model.entry import Entry, Field
from bibman.model.vocabulary import Dialect

Severity = Literal["error", "warning", "hint"]
"""An error: LaTeX, BibTeX or biber stops at it, or prints something else than is meant. A warning: something is
missing or wrong in what is printed, or is likely to be. A hint: it prints, and could be better."""

SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "hint")
"""The severities, the worst first."""


class Check(NamedTuple):
    """A check: its code, which never changes its meaning, how bad what it finds is, and what that is in a few words.

    `mends` says whether some of what it finds can be mended without asking, `compares` whether it takes others to find
    it: catalogues or services that know the work.
    """

    code: str
    severity: Severity
    meaning: str
    mends: bool = False
    compares: bool = False


CHECKS: Final[Mapping[str, Check]] = {
    check.code: check
    for check in (
        Check("bare-character", "error", "a character at which LaTeX stops, or that it swallows", mends=True),
        Check("cited-nowhere", "error", "a paper cites a key that the library has not"),
        Check("key-character", "error", "a key that LaTeX cannot cite"),
        Check("names-commas", "error", "a name with more commas than a name can have", mends=True),
        Check("names-separator", "error", "names with a semicolon or an ampersand in the place of `and`", mends=True),
        Check("reference-cycle", "error", "an entry that inherits from itself"),
        Check("reference-nowhere", "error", "a reference to an entry that does not exist"),
        Check("unbalanced-braces", "error", "a brace without its partner"),
        Check("bad-date", "warning", "a date that is none", mends=True),
        Check("bad-doi", "warning", "a DOI that is none, or has an address or label before it", mends=True),
        Check("bad-eprint", "warning", "an arXiv number that is none, or has a label before it", mends=True),
        Check("bad-isbn", "warning", "an ISBN of the wrong form, or with a wrong check digit"),
        Check("bad-issn", "warning", "an ISSN of the wrong form, or with a wrong check digit"),
        Check("bad-month", "warning", "a month that is none"),
        Check("bad-pmid", "warning", "a PMID or PMCID of the wrong form"),
        Check("bad-year", "warning", "a year that is none"),
        Check("concern", "warning", "a work about which its publisher has voiced concern", compares=True),
        Check("container-kind", "warning", "a journal where a book belongs, or the other way round"),
        Check("contradicted", "warning", "another work, other names or another year than others know", compares=True),
        Check("control-character", "warning", "a character that nobody sees, or that was lost", mends=True),
        Check("date-conflict", "warning", "a date and a year that differ"),
        Check("duplicate-field", "warning", "a field that stands twice in an entry", mends=True),
        Check("escaped-address", "warning", "an address with backslashes that are no part of it", mends=True),
        Check("html", "warning", "HTML, which LaTeX prints as it stands", mends=True),
        Check("identifier-conflict", "warning", "two identifiers that name different works"),
        Check("ids-taken", "warning", "a second key that another entry has"),
        Check("missing-field", "warning", "a field that the type requires is not there"),
        Check("misspelt-field", "warning", "a field that no style knows, a letter away from one", mends=True),
        Check("misspelt-type", "warning", "an entry type that no style knows, a letter away from one"),
        Check("names-body", "warning", "a body whose name is split as if it were a person's", mends=True),
        Check("names-empty", "warning", "an `and` with no name before or after it", mends=True),
        Check("names-et-al", "warning", "“et al.” among names", mends=True),
        Check("nested-crossref", "warning", "a parent with a crossref of its own, which BibTeX does not follow"),
        Check("non-ascii-address", "warning", "an address or identifier with letters beyond ASCII", mends=True),
        Check("pages-prefix", "warning", "pages with “pp.” before them, which styles add", mends=True),
        Check("pages-reversed", "warning", "pages that end before they begin"),
        Check("reference-spelling", "warning", "a reference to a former key, or in another case", mends=True),
        Check("retracted", "warning", "a work that was retracted or withdrawn", compares=True),
        Check("undefined-macro", "warning", "a macro that nothing defines"),
        Check("unidentified", "warning", "an entry whose work is not known"),
        Check("all-caps-title", "hint", "a title in capitals"),
        Check("braced-title", "hint", "a title wholly in braces, whose case no style can change"),
        Check("corrected", "hint", "a work to which its publisher has printed a correction", compares=True),
        Check("doi-in-url", "hint", "a DOI that only the url has", mends=True),
        Check("empty-field", "hint", "a field without a value", mends=True),
        Check("eprint-in-text", "hint", "an arXiv number that only a url or note has", mends=True),
        Check("eprint-without-type", "hint", "an arXiv number that does not say that it is one", mends=True),
        Check("journal-spelling", "hint", "a journal that other entries spell out, or shorten"),
        Check("missing-name", "hint", "no name to sort and label by"),
        Check("month-text", "hint", "a month that is not written as its macro", mends=True),
        Check("pages-form", "hint", "pages without an en dash in their range", mends=True),
        Check("unknown-type", "hint", "an entry type that neither BibTeX nor BibLaTeX knows"),
        Check("unknown-work", "hint", "a work that nobody knows who was asked", compares=True),
        Check("unset-character", "hint", "a character that pdfLaTeX cannot print"),
        Check("url-in-text", "hint", "an address in howpublished or note", mends=True),
        Check("year-words", "hint", "words in the place of a year"),
    )
}
"""All checks by code, the worst first."""

Fix = Callable[[Entry], Entry]
"""Mends an entry as far as one finding goes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found in an entry: its code, what is wrong, how to mend it, and in which field, if in one.

    `fix` mends it where that is safe: it loses nothing that the entry says.
    """

    code: str
    message: str
    mend: str
    field: str = ""
    fix: Fix | None = attribute(default=None, compare=False, repr=False)

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return CHECKS[self.code].severity


def _no_entry(_: str) -> Entry | None:
    return None


def _no_macros(_: str) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an entry is checked against: the dialect, and the library round it.

    `entry_of` gives the entry that has a key, or had it, in any case of its letters. `undefined` gives the macros of an
    expression that nothing defines. `journals` has, for a journal that is spelt in several ways (as Unicode), another
    way, and how many entries have that.
    """

    dialect: Dialect = "bibtex"
    entry_of: Callable[[str], Entry | None] = _no_entry
    undefined: Callable[[str], Sequence[str]] = _no_macros
    journals: Mapping[str, tuple[str, int]] = attribute(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """An entry that is checked: with its fields by name, of repeated ones the first."""

    entry: Entry
    around: Surroundings
    fields: Mapping[str, Field]

    def value(self, name: str) -> str:
        """The value of a field, trimmed; empty where it is not there."""
        found = self.fields.get(name)
        return found.value.strip() if found is not None else ""
