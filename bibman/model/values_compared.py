"""Two values of one field of one work: which of them says more, and in what respect."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from bibman.model.dates import from_fields, to_iso
from bibman.model.entry import Field
from bibman.model.fold import stream
from bibman.model.identifiers import normalise_arxiv, normalise_doi, normalise_isbn, normalise_issn
from bibman.model.latex import decode, imbalance
from bibman.model.names import OTHERS, parse_names
from bibman.model.pages import normalise_pages
from bibman.model.people import Agreement, compare_people, person_of
from bibman.model.titles import Likeness, compare_titles, title_of
from bibman.model.vocabulary import CONTAINER_FIELDS, is_name_list, is_verbatim

JOINED: Final = {
    "keywords": ", ",
    "groups": ", ",
    "file": ";",
    "ids": ",",
    "related": ",",
    "entryset": ",",
    "xdata": ",",
}
"""Fields that hold lists, of which the merged entry has what any has, and what stands between the items."""

_NORMAL: Final = {
    "doi": normalise_doi,
    "isbn": normalise_isbn,
    "issn": normalise_issn,
    "eprint": normalise_arxiv,
}
_FULL: Final = frozenset((*CONTAINER_FIELDS, "publisher", "series", "institution", "organization", "location"))


class Better(NamedTuple):
    """Which of two values is the better: 0 for the first, 1 for the second, None where nothing tells; and why.

    `is_same` says that both say the same.
    """

    prefers: int | None
    reason: str = ""
    is_same: bool = False


_NEITHER: Final = Better(None)
_SAME: Final = Better(None, is_same=True)


def better(name: str, one: Sequence[Field], other: Sequence[Field]) -> Better:
    """Compares what two entries have under `name`, which is one field, or several that are taken together."""
    if [field[1:] for field in one] == [field[1:] for field in other]:
        return _SAME
    if name == "date":
        return _better_date(one, other)
    mine, yours = one[0].value, other[0].value
    for place, value in enumerate((mine, yours)):
        if not value.strip() or imbalance(value) is not None:
            return Better(1 - place, "valid")
    if name in _NORMAL:
        return _better_number(name, mine, yours, one, other)
    if is_verbatim(name):
        return _SAME if mine.strip() == yours.strip() else _NEITHER
    if is_name_list(name):
        return _better_names(mine, yours)
    if name == "pages":
        return _better_pages(mine, yours)
    return _better_text(name, mine, yours)


def joined(name: str, values: Sequence[str]) -> str:
    """The items of lists, each once, in order."""
    between = JOINED[name]
    mark = re.escape(between.strip()) if name != "keywords" else "[,;]"
    items = (item.strip() for value in values for item in re.split(mark, value))
    once = {stream(item) or item: item for item in reversed(list(items)) if item}
    return between.join(reversed(once.values()))


def _better_date(one: Sequence[Field], other: Sequence[Field]) -> Better:
    dates = [from_fields({field.name: field.value for field in fields}) for fields in (one, other)]
    first, second = ("" if date is None else to_iso(date) for date in dates)
    if first == second:
        return _SAME
    if not first or not second:
        return Better(int(not first), "valid")
    if first.startswith(second) or second.startswith(first):
        return Better(int(len(second) > len(first)), "more exact")
    return _NEITHER


def _better_number(name: str, mine: str, yours: str, one: Sequence[Field], other: Sequence[Field]) -> Better:
    normal = [_NORMAL[name](value) for value in (mine, yours)]
    if (normal[0] or "").lower() == (normal[1] or "").lower():
        if normal[0] is None:
            return _SAME if mine.strip().lower() == yours.strip().lower() else _NEITHER
        if len(one) != len(other):
            return Better(int(len(other) > len(one)), "says more")
        # An address is no number.
        return Better(int(len(yours) < len(mine)), "in its normal form") if len(yours) != len(mine) else _SAME
    if None in normal:
        return Better(int(normal[0] is None), "valid")
    return _NEITHER


def _better_names(mine: str, yours: str) -> Better:
    lists = [parse_names(value) for value in (mine, yours)]
    is_cut = [OTHERS in names for names in lists]
    people = [[person_of(type(name)(*map(decode, name))) for name in names if name != OTHERS] for names in lists]
    agreement, _ = compare_people(people[0], people[1], is_cut=any(is_cut))
    if agreement is Agreement.NONE:
        return _NEITHER
    more = [len(each) for each in people]
    if agreement is Agreement.SOME and more[0] == more[1]:
        return _NEITHER
    letters = [sum(len("".join(each.given)) for each in several[: min(more)]) for several in people]
    if more[0] != more[1]:
        longer = int(more[1] > more[0])
        # More names, but in initials: neither is the better in all.
        return _NEITHER if letters[1 - longer] > letters[longer] + 1 else Better(longer, "more names")
    if letters[0] != letters[1]:
        return Better(int(letters[1] > letters[0]), "names in full")
    if is_cut[0] != is_cut[1]:
        return Better(int(is_cut[0]), "no names left out")
    if people[0] == people[1]:
        return _by_letters(mine, yours)
    return _NEITHER


def _better_pages(mine: str, yours: str) -> Better:
    one, other = normalise_pages(mine), normalise_pages(yours)
    if one == other:
        return _SAME
    if one.partition("--")[0] == other.partition("--")[0] and ("--" in one) != ("--" in other):
        return Better(int("--" in other), "first and last page")
    return _NEITHER


def _better_text(name: str, mine: str, yours: str) -> Better:
    one, other = stream(decode(mine)), stream(decode(yours))
    if one == other:
        return _by_letters(mine, yours)
    if name == "title":
        likeness, _ = compare_titles(title_of(decode(mine)), title_of(decode(yours)))
        return Better(int(len(other) > len(one)), "with subtitle") if likeness is Likeness.MAIN else _NEITHER
    if name in _FULL and _is_short_for(mine, yours):
        return Better(int(len(other) > len(one)), "in full")
    if len(one) != len(other) and (one in other or other in one):
        return Better(int(len(other) > len(one)), "says more")
    if name == "abstract":
        from rapidfuzz.fuzz import ratio

        if ratio(one, other) >= _ALIKE:
            return Better(int(len(other) > len(one)), "says more")
    return _NEITHER


_ALIKE: Final = 90


def _is_short_for(mine: str, yours: str) -> bool:
    """Whether one name is the other with words shortened."""
    words = [re.findall(r"\w+", decode(value).casefold()) for value in (mine, yours)]
    words = [[word for word in each if word not in ("of", "the", "and", "on", "in", "for")] for each in words]
    short, long = sorted(words, key=lambda each: sum(map(len, each)))
    return len(short) == len(long) and all(left[:1] == right[:1] for left, right in zip(short, long, strict=True))


def _by_letters(mine: str, yours: str) -> Better:
    """Compares texts that say the same: capitals, accents and protected letters are what one of them may have more."""
    shouts = [text.isupper() and sum(map(str.isalpha, text)) > 3 for text in map(decode, (mine, yours))]
    if shouts[0] != shouts[1]:
        return Better(int(shouts[0]), "not in capitals")
    accents = [sum(not sign.isascii() for sign in decode(text)) for text in (mine, yours)]
    if accents[0] != accents[1]:
        return Better(int(accents[1] > accents[0]), "with accents")
    braces = [text.count("{") for text in (mine, yours)]
    if min(braces) == 0 < max(braces) and "\\" not in mine + yours:
        return Better(int(braces[1] > braces[0]), "capitals protected")
    return _SAME
