"""A record: what a catalogue or a provider said of a work, in plain Unicode, not yet an entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bibman.model.names import Name


@dataclass(frozen=True, slots=True)
class Record:
    """A work as a catalogue or a provider describes it.

    `type` is a BibLaTeX entry type; `texts` maps BibLaTeX field names to plain Unicode text (no LaTeX), with
    `date` in EDTF form; `names` maps the name fields (`author`, `editor` …) to names in order.
    """

    type: str
    texts: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)
