"""JabRef's cases of DOIs, ISSNs and ISBNs."""

from typing import Any

from bibman.model.identifiers import normalise_doi, normalise_isbn, normalise_issn
from tests.conformance.cases import judge, load


def agrees(case: dict[str, Any]) -> bool:
    text, expected = case["input"], case["expected"]
    match case["form"]:
        case "doi":
            return bool(normalise_doi(text) == expected["value"])
        case "issn":
            # JabRef's formatter leaves alone what is no ISSN.
            return bool((normalise_issn(text) or text) == expected["text"])
        case "isbn-isValidFormat":
            return bool((normalise_isbn(text) is not None) == expected["valid"])
    return False


def test_identifiers_are_read_as_by_jabref() -> None:
    judge("identifier", {case["id"]: agrees(case) for case in load("identifier")}, 0.9)
