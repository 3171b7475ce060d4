"""A record: what a catalogue or a provider said of a work, in plain Unicode, not yet an entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bibman.model.entry import Field
from bibman.model.latex import escape, imbalance, protect
from bibman.model.names import Name, format_names
from bibman.model.pages import normalise_pages
from bibman.model.vocabulary import DATE_FIELDS, TITLE_FIELDS, field_rank, is_verbatim


@dataclass(frozen=True, slots=True)
class Record:
    """A work as a catalogue or a provider describes it.

    `type` is a BibLaTeX entry type; `texts` maps BibLaTeX field names to plain Unicode text (no LaTeX), with
    `date` in EDTF form; `names` maps the name fields (`author`, `editor` …) to names in order.
    """

    type: str
    texts: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)


def record_fields(record: Record) -> tuple[Field, ...]:
    """The fields of an entry for the work of `record`: BibTeX text by BibLaTeX's names, in the order of FIELD_ORDER.

    What LaTeX would take for a command is escaped, capitals in titles that styles would lower are put into braces,
    names are written so that BibTeX splits them rightly, pages have `--`. Dates and verbatim fields stay as they are,
    save that braces without a partner, which no `.bib` could hold, are written as in an address (`%7B`). Letters
    beyond ASCII stay. Empty texts are left out.
    """
    fields = [Field(name, format_names(map(_escaped, people))) for name, people in record.names.items()]
    fields += [Field(name, _bibtex_text(name, text.strip())) for name, text in record.texts.items()]
    return tuple(sorted((each for each in fields if each.value), key=lambda each: field_rank(each.name)))


def _bibtex_text(name: str, text: str) -> str:
    if is_verbatim(name) or name in DATE_FIELDS:
        return text if imbalance(text) is None else text.replace("{", "%7B").replace("}", "%7D")
    if name in TITLE_FIELDS:
        return protect(escape(text))
    return escape(normalise_pages(text) if name == "pages" else text)


def _escaped(name: Name) -> Name:
    return Name(
        family=escape(name.family),
        given=escape(name.given),
        prefix=escape(name.prefix),
        suffix=escape(name.suffix),
        literal=escape(name.literal),
    )
