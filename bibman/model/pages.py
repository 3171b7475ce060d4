"""Pages as BibTeX and BibLaTeX want them: ranges with an en dash, `--`."""

import functools
import re

_HYPHENS = frozenset("-‐‑−")
_NO_BRACES = {ord("{"): None, ord("}"): None}


def normalise_pages(text: str) -> str:
    """The pages with `--` in their ranges, without "pp." before them and without blanks and braces in them.

    "1-2", "1 – 2" and "{1}---{2}" become "1--2", "pp. 7,41,73-97" becomes "7,41,73--97"; "R1-R50", "2:1-2:33",
    "xii-xv" and "1245-1259.e3" are ranges too. A hyphen alone between two that are counted differently ("S1-12",
    "xii-5") may stand within one number, and stays a hyphen. Where anything is not a page number ("-43", "in press",
    "some-text") the text is returned as it is.
    """
    found = _patterns()["prefix"].sub("", text.strip(), count=1)
    pieces = []
    for item in re.split(r"([,;])", found):
        if item in (",", ";"):
            pieces.append(item)
            continue
        pages = _pages(item)
        if not pages:
            return text
        pieces.append(f" {pages}" if pieces and item[0].isspace() else pages)
    return "".join(pieces)


def _pages(item: str) -> str:
    """The page, or the pages from one to another, between two commas; nothing if it is neither."""
    item = item.translate(_NO_BRACES).strip()
    patterns = _patterns()
    if patterns["page"].fullmatch(item):
        return item
    match = patterns["range"].fullmatch(item) or patterns["compound range"].fullmatch(item)
    if not match:
        return ""
    first, dash, last, more = match.groups()
    is_range = dash not in _HYPHENS or _counting(first) == _counting(last)
    return f"{first}{'--' if is_range else '-'}{last}{more}"


def _counting(page: str) -> str:
    """How the page is counted: "roman", or the letters before its number."""
    letters = _patterns()["letters"].match(page)
    return letters[0] if letters and letters.end() < len(page) else "roman"


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    number = r"[A-Za-z]{0,4}[0-9]{1,12}[A-Za-z]?"
    page = rf"(?:{number}(?:[.:]{number}){{0,2}}|[ivxlcdm]{{1,12}}|[IVXLCDM]{{1,12}})"
    more = r"(\+|\s?ff?\.?|)"
    return {
        "prefix": re.compile(r"(?i)(?:pp?\.|(?:pp?|pages?)(?=[\s~]))[\s~]*"),
        "page": re.compile(page + more),
        "range": re.compile(rf"({page})([\s~]*(?:[-‐‑‒–—―−]{{1,4}}|\\textendash)[\s~]*)({page}){more}"),
        # Some journals count the pages of each article: `024001-1--024001-12`.
        "compound range": re.compile(rf"({page}-{number})([\s~]*(?:--|[–—])[\s~]*)({page}-{number}){more}"),
        "letters": re.compile(r"[A-Za-z]*"),
    }
