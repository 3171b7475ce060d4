"""Names of people and bodies, split as BibTeX splits them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """One name in Unicode, in the parts of BibLaTeX (manual, section 2.3.3).

    A person has `family` and, where known, `given`, `prefix` ("van der") and `suffix` ("Jr."); a body has only
    `literal` ("NASA Jet Propulsion Laboratory"). Parts that are absent are empty.
    """

    family: str = ""
    given: str = ""
    prefix: str = ""
    suffix: str = ""
    literal: str = ""
