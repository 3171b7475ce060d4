"""Name lists and names of other projects' tests, split as they expect."""

from typing import Any

from bibman.model.names import Name, parse_name, split_names
from tests.conformance.cases import judge, load

PARTS = ("family", "given", "prefix", "suffix")


def without_outer_braces(part: str) -> str:
    """The part without the pair of braces round the whole of it, which other projects keep and a `Name` does not."""
    if not (part.startswith("{") and part.endswith("}")):
        return part
    depth = 0
    for letter in part[:-1]:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if not depth:
            return part
    return part[1:-1]


def agrees(case: dict[str, Any]) -> bool:
    [expected] = case["expected"]["names"]
    name = parse_name(case["input"])
    found = {"family": name.literal} if name.literal else {part: getattr(name, part) for part in PARTS}
    return {part: text for part, text in found.items() if text} == {
        part: text if part == "prefix" else without_outer_braces(text) for part, text in expected.items()
    }


def test_names_are_parted_as_bibtex_parts_them() -> None:
    results = {case["id"]: agrees(case) for case in load("names", "bibtex")}
    judge("names", results, bar=0.97)


def test_malformed_names_are_read_as_tolerant_parsers_read_them() -> None:
    results = {case["id"]: agrees(case) for case in load("names", "invalid-tolerated")}
    judge("names", results, bar=0.75)


def test_no_malformed_name_is_refused() -> None:
    """These cases want an error; bibman reads every name, for a library must take what a file holds."""
    for case in load("names", "invalid"):
        assert isinstance(parse_name(case["input"]), Name)


def test_name_lists_are_cut_as_bibtex_cuts_them() -> None:
    results = {case["id"]: split_names(case["input"]) == case["expected"]["names"] for case in load("names_split")}
    judge("names_split", results, bar=0.97)
