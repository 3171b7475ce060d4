"""LaTeX text ↔ Unicode, against what biblib, latexcodec and Better BibTeX expect."""

import re

from bibman.model.latex import decode, encode
from bibman.model.unicode import normalised
from tests.conformance.cases import judge, load


def _without_spelling(text: str) -> str:
    """What latexcodec and bibman spell differently: it keeps braces, and a blank after a command."""
    return normalised("NFC", re.sub(r"(\\[A-Za-z]+) ", r"\1", text.replace("{", "").replace("}", "")))


def _letters(text: str) -> str:
    """Letters and digits alone: Better BibTeX changes case, and adds braces and ties, as it writes."""
    return "".join(sign for sign in normalised("NFKC", decode(text)).casefold() if sign.isalnum())


def test_latex_reads_as_the_unicode_that_others_read() -> None:
    results = {
        case["id"]: _without_spelling(decode(case["input"])) == _without_spelling(case["expected"]["text"])
        for case in load("latex_to_unicode")
    }
    judge("latex_to_unicode", results, bar=0.95)


def test_unicode_is_written_as_latex_that_reads_as_what_others_write() -> None:
    results = {}
    for case in load("unicode_to_latex"):
        read = _letters if case["form"] == "title" else decode
        results[case["id"]] = read(encode(case["input"])) == read(case["expected"]["text"])
    judge("unicode_to_latex", results, bar=0.9)
