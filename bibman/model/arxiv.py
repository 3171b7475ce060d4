"""arXiv ids: read from fields, addresses and free text, and put in one form.

Source: arXiv's "Understanding the arXiv identifier": `archive.class/YYMMNNN` until March 2007, `YYMM.NNNN` until 2014,
`YYMM.NNNNN` since.
"""

import re
from collections.abc import Iterator
from functools import cache

from bibman.model.identifier_text import lead, plain


def normalise_arxiv(text: str) -> str | None:
    """The arXiv id that `text` is, without its version (`2302.07459`, `hep-th/9901001`), or None.

    The text may be the id alone or with `arXiv:`, an address of arXiv's, or its DOI. The subject class of an old id
    (`math.GT/0309136`) is no part of it.
    """
    if _usual_arxiv().fullmatch(text):
        return _arxiv_value(text)
    parts = split_arxiv(text)
    return parts[0] if parts is not None else None


def split_arxiv(text: str) -> tuple[str, str] | None:
    """The arXiv id that `text` is and its version (`v2`, or nothing), or None."""
    whole = plain(text).strip(" {}\t\r\n<>")
    match = _arxiv().search(whole)
    if match is None or (value := _arxiv_value(match[1])) is None:
        return None
    before = whole[: match.start()]
    address = r"(?i)(?:(?:https?:)?//)?(?:(?:dx\.|www\.)?doi\.org/)?(?:info:)?(?:doi:?/?\s?)?(?:10\.48550/)?"
    if prefix := re.match(address, before):
        before = before[prefix.end() :]
    is_led = not before or _arxiv_label().fullmatch(before)
    is_ended = re.fullmatch(r"(?i)(?:\.pdf)?/?(?:[?#]\S*)?", whole[match.end() :])
    return (value, (match[2] or "").lower()) if is_led and is_ended else None


def arxiv_doi(value: str) -> str:
    """The DOI that arXiv registers for the id `value`."""
    return f"10.48550/arXiv.{value}"


def arxiv_url(value: str) -> str:
    """The address of the abstract of the id `value`."""
    return f"https://arxiv.org/abs/{value}"


def arxiv_ids_in(text: str) -> Iterator[tuple[int, int, str]]:
    """The arXiv ids in plain text, in order, with where each and what leads to it begin and end."""
    if not _arxiv_number().search(text):
        return
    for match in _arxiv().finditer(text):
        value = _arxiv_value(match[1])
        if value is None:
            continue
        start = match.start()
        label = _arxiv_label().search(text, max(0, start - 60), start)
        if label is not None:
            start = min(label.start(), start - len(lead(text, start)))
        elif not _is_arxiv_without_label(value, text, start, match.end()):
            continue
        yield start, match.end(), value


def _arxiv_value(text: str) -> str | None:
    """The id without subject class, or None for a number that arXiv never gave: the scheme changed twice."""
    archive, slash, number = text.lower().rpartition("/")
    month = number[:4]
    if slash:
        return f"{archive.partition('.')[0]}/{number}" if month >= "9107" or month <= "0703" else None
    digits = 4 if month < "1501" else 5
    return number if month >= "0704" and len(number) == 5 + digits else None


def _is_arxiv_without_label(value: str, text: str, start: int, end: int) -> bool:
    """Whether an id is one that only looks so: not a price, a mass or a part of something longer."""
    if text[max(0, start - 1) : start] in tuple("/.$€£±+=<>~≈^#-"):
        return False
    if "/" in value:
        return True
    if len(value) == 9:
        before = text[max(0, start - 9) : start].rpartition("\n")[2]
        after = text[end : end + 9].partition("\n")[0]
        return not any(map(str.isalnum, before + after))
    is_quantity = re.compile(r"\s?[±%°×]|\(\d|\s?(?:[kMGT]?(?:eV|Hz)|[ckmn]m|[km]?[gs])\b").match(text, end)
    # No work of the next decades has a number beyond; a quantity has any.
    return value < "5" and not is_quantity


@cache
def _arxiv_number() -> re.Pattern[str]:
    """What every arXiv id has, and few other texts: found in a fraction of the time."""
    return re.compile(r"[0-9]{4}(?:\.[0-9]{4}|[0-9]{3})")


@cache
def _usual_arxiv() -> re.Pattern[str]:
    """How most ids are given, alone and without version: read in a quarter of the time."""
    return re.compile(r"[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}")


@cache
def _arxiv() -> re.Pattern[str]:
    archives = (
        "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs"
        "|dg-ga|funct-an|gr-qc|hep-(?:ex|lat|ph|th)|math(?:-ph)?|mtrl-th|nlin|nucl-(?:ex|th)|patt-sol|physics"
        "|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con"
    )
    month = r"\d\d(?:0[1-9]|1[0-2])"
    return re.compile(
        rf"(?i)(?:(?<![\w.])|(?<=arxiv)|(?<=arxiv\.))((?:(?:{archives})(?:\.[a-z]{{2}})?/{month}\d{{3}}|{month}\.\d{{4,5}}))"
        r"(v[1-9]\d?)?(?!\w|\.\d)(?:\s?\[[a-z-]{2,20}(?:\.[a-z]{2,3})?\])?"
    )


@cache
def _arxiv_label() -> re.Pattern[str]:
    """What stands before an arXiv id: its label, or an address of arXiv's up to it."""
    kinds = "abs|pdf|html|format|ps|e-print|eprint|preprint|src|id|no"
    return re.compile(
        rf"(?i)(?:oai:)?(?:(?:www|export|browse|[a-z]{{2}})\.)?(?:arxiv|ar5iv)(?:\.[a-z.]{{2,20}})?[\s:/.]{{0,3}}"
        rf"(?:(?:{kinds})[\s:/.]{{0,3}}){{0,2}}(?:arxiv[:.])?$|(?<!\w)abs/$"
    )
