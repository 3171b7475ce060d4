"""The markers of citation key patterns: what `[auth]`, `[year]`, `[veryshorttitle]` … stand for.

The markers and what they mean are JabRef's (https://docs.jabref.org/setup/citationkeypatterns).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bibman.model.entry import Entry
from bibman.model.key_characters import clean
from bibman.model.latex import decode
from bibman.model.names import OTHERS, Name, parse_names
from bibman.model.vocabulary import (
    CONTAINER_FIELDS,
    DATE_FIELDS,
    FIELD_ALIASES,
    FIELD_ORDER,
    NAME_FIELDS,
    TITLE_FIELDS,
    VERBATIM_FIELDS,
    canonical,
    is_verbatim,
)


def _words(text: str) -> list[str]:
    return text.split()


SMALL_WORDS: Final = frozenset(
    _words(
        "a an the above about across against along among around at before behind below beneath beside between beyond"
        " by down during except for from in inside into like near of off on onto since to toward through under until"
        " up upon with within without and but nor or so yet"
    )
)
"""Articles, prepositions and conjunctions that say nothing of a title's subject."""

_TYPE_NAMES: Final = {
    name.lower(): name
    for name in _words(
        "BookInBook InBook InCollection InProceedings InReference MastersThesis MvBook MvCollection MvProceedings"
        " MvReference PhdThesis SuppBook SuppCollection SuppPeriodical TechReport"
    )
}

_FIELDS: Final = frozenset(
    {
        *CONTAINER_FIELDS,
        *DATE_FIELDS,
        *FIELD_ALIASES,
        *FIELD_ORDER,
        *NAME_FIELDS,
        *TITLE_FIELDS,
        *VERBATIM_FIELDS,
    }
)


def is_marker(name: str) -> bool:
    """Whether `name` is a marker, a field that BibTeX or BibLaTeX know, or a field of one's own in capitals."""
    family, _ = _numbers_apart(name)
    return (
        family in _MARKERS
        or _people_marker(family) is not None
        or name in _FIELDS
        or (name.isupper() and not any(map(str.isspace, name)))
    )


def marker_names() -> list[str]:
    """Every marker and known field, for saying which one was meant; `N` stands for a number."""
    editors = [name.replace("author", "editor").replace("auth", "edtr") for name in _PEOPLE]
    return sorted({*_MARKERS, *_PEOPLE, *editors, *_FIELDS})


def marker_value(name: str, entry: Entry) -> str:
    """What the marker `name` stands for in `entry`, as Unicode text; empty where the entry does not say.

    A name that is no marker is a field (in any case, by either dialect's name), taken as it stands.
    """
    family, numbers = _numbers_apart(name)
    if (marker := _MARKERS.get(family)) is not None:
        return marker(entry, *numbers)
    if (people := _people_marker(family)) is not None:
        field, function = people
        return function(_people(entry, field), *numbers)
    return _text(entry, name.lower())


def title_words(text: str) -> list[str]:
    """The words of a title, hyphenated ones apart; what holds no letter or digit is no word."""
    return [word for word in re.split(r"[\s\-‐‑‒–—]+", text) if any(map(str.isalnum, word))]


def telling_words(text: str) -> list[str]:
    """The words of a title without articles, prepositions and conjunctions; all of them if it has only such."""
    words = title_words(text)
    return [word for word in words if word.lower() not in SMALL_WORDS] or words


def initials(text: str) -> str:
    """The first letters of the words of `text`."""
    return "".join(word[0] for word in re.split(r"[\s()\"{}']+", text) if word)


@lru_cache(maxsize=256)
def _numbers_apart(name: str) -> tuple[str, tuple[int, ...]]:
    """`auth3_1` → `authN_N` and (3, 1)."""
    digits = "[0-9]{1,9}"
    return re.sub(digits, "N", name), tuple(int(each) for each in re.findall(digits, name))


# Fields


def _text(entry: Entry, name: str) -> str:
    """The field `name` in Unicode, under the name that either dialect has for it."""
    value = entry.get(name)
    if value is None:
        wanted = canonical(name)
        value = next((each.value for each in entry.fields if canonical(each.name) == wanted), None)
    if value is None:
        return _from_date(entry, name) if name in ("year", "month", "day") else ""
    # Ligatures such as -- stay: only what has commands or braces is read as LaTeX.
    return decode(value) if re.search(r"[\\{}$~]", value) and not is_verbatim(name) else value


def _from_date(entry: Entry, part: str) -> str:
    found = re.match(r"(-?\d[\dX]{3})(?:-(\d\d)(?:-(\d\d))?)?", entry.get("date") or "")
    return (found[("year", "month", "day").index(part) + 1] or "") if found else ""


def _short_year(entry: Entry) -> str:
    year = _text(entry, "year")
    if year.lower().startswith(("in", "sub")):
        return "IP"  # "in press", "in preparation", "submitted"
    return year[-2:]


def _pages(entry: Entry) -> list[str]:
    return re.findall(r"\d+", _text(entry, "pages"))


def _page_value(digits: str) -> tuple[int, str]:
    # The value without int(), which refuses thousands of digits.
    stripped = digits.lstrip("0")
    return len(stripped), stripped


def _first_page(entry: Entry) -> str:
    return min(_pages(entry), key=_page_value, default="")


def _last_page(entry: Entry) -> str:
    return max(_pages(entry), key=_page_value, default="")


def _page_prefix(entry: Entry) -> str:
    found = re.match(r"\s*([^\W\d_]+)", _text(entry, "pages"))
    return found[1] if found else ""


def _title(entry: Entry) -> str:
    words = title_words(_text(entry, "title"))
    return " ".join(
        _lower_first(word) if rank and word.lower() in SMALL_WORDS else _upper_first(word)
        for rank, word in enumerate(words)
    )


def _short_title(entry: Entry, count: int) -> list[str]:
    return telling_words(_text(entry, "title"))[:count]


def _camel(entry: Entry, count: int | None = None) -> str:
    return "".join(map(_upper_first, title_words(_text(entry, "title"))[:count]))


def _upper_first(word: str) -> str:
    return word[:1].upper() + word[1:]


def _lower_first(word: str) -> str:
    return word[:1].lower() + word[1:]


def _keywords(entry: Entry) -> list[str]:
    return [word for each in re.split("[,;]", _text(entry, "keywords")) if (word := each.strip())]


def _keyword(entry: Entry, number: int) -> str:
    words = _keywords(entry)
    return words[number - 1] if 1 <= number <= len(words) else ""


_MARKERS: Final[dict[str, Callable[..., str]]] = {
    "": lambda _: "",
    "camel": _camel,
    "camelN": _camel,
    "citationkey": lambda entry: entry.key,
    "entrytype": lambda entry: _TYPE_NAMES.get(entry.type, entry.type.capitalize()),
    "firstpage": _first_page,
    "fulltitle": lambda entry: _text(entry, "title"),
    "keywordN": _keyword,
    "keywords": lambda entry: "".join(_keywords(entry)),
    "keywordsN": lambda entry, count: "".join(_keywords(entry)[:count]),
    "lastpage": _last_page,
    "pageprefix": _page_prefix,
    "shorttitle": lambda entry: " ".join(_short_title(entry, 3)),
    "shorttitleINI": lambda entry: "".join(word[0] for word in _short_title(entry, 3)),
    "shortyear": _short_year,
    "title": _title,
    "veryshorttitle": lambda entry: " ".join(_short_title(entry, 1)),
}


# Names


@dataclass(frozen=True, slots=True)
class _Person:
    """One author or editor, of whom only what is asked for is worked out."""

    name: Name

    @property
    def family(self) -> str:
        """The family name in Unicode; of a body its short form."""
        name = self.name
        if name.literal:
            plain = decode(name.literal)
            return _body(name.literal, plain) if len(plain.split()) > 1 else plain
        return decode(name.family or name.prefix or name.given)

    @property
    def initial(self) -> str:
        return decode(self.name.given)[:1]

    def start(self, count: int) -> str:
        # In ASCII before it is cut, lest three letters of "Mädler" become four.
        return clean(self.family)[:count]

    def words(self) -> list[str]:
        """The words of prefix and family name."""
        prefix = decode(self.name.prefix) if self.name.family else ""
        return f"{prefix} {self.family}".split()


@dataclass(frozen=True, slots=True)
class _People:
    persons: Sequence[_Person]
    others: bool  # the list ends with "and others"

    def families(self, count: int | None = None) -> list[str]:
        return [person.family for person in self.persons[:count]]

    def is_cut_at(self, count: int) -> bool:
        return self.others or len(self.persons) > count

    @property
    def first(self) -> _Person:
        return self.persons[0] if self.persons else _NOBODY

    @property
    def last(self) -> _Person:
        return self.persons[-1] if self.persons else _NOBODY


_NOBODY: Final = _Person(Name())


def _people(entry: Entry, field: str) -> _People:
    value = entry.get(field.removeprefix("pure")) or ""
    if field == "author" and not value.strip():
        value = entry.get("editor") or ""
    names = parse_names(value)
    others = names[-1:] == (OTHERS,)
    return _People([_Person(name) for name in (names[:-1] if others else names)], others)


def _body(text: str, plain: str) -> str:
    """The short form of a body: its abbreviation where it says it, as in `{Massachusetts … ({MIT})}`.

    Else the parts that commas separate: a university is `Uni` with its other words, a school or department the
    capitals of its words, anything else its words, or their initials from three words on.
    """
    if abbreviation := re.search(r"\(\{([A-Z]+)\}\)", text):
        return abbreviation[1]
    parts = plain.split(",")
    university = department = school = rest = ""
    for rank, part in enumerate(parts):
        words = [word for word in part.split() if _counts(word)]
        telling = [word for word in words if not re.match(_BODY_WORD, word)]
        kinds = {match[0].lower() for word in words if (match := re.match(_BODY_KIND, word))}
        if "uni" in kinds and "tech" not in kinds:
            university = "Uni" + "".join(telling)
            department = department or (parts[rank - 1] if rank and not school else "")
        elif kinds - {"uni", "tech"} and len(parts) > 1:
            capitals = re.sub("[^A-Z]", "", "".join(map(clean, telling)))
            if "school" in kinds:
                school = capitals
            if kinds & {"dep", "dip", "lab"}:
                department = capitals
        elif rank == 0:
            rest = "".join(word[0] for word in words) if len(words) >= 3 else "".join(words)
    return (university or rest) + department + school or plain


_BODY_KIND: Final = r"(?i)uni(?=[vb]|$)|tech|school(?=$)|d[ei]p|lab"
_BODY_WORD: Final = r"(?i)univ|d[ei]p|lab|(?:uni|school|faculty)$"


def _counts(word: str) -> bool:
    is_name = word[0].isupper() and not word.endswith(".") and word.lower() not in ("press", "the")
    return is_name or word[:3].lower() == "uni"


def _short(people: _People) -> str:
    if len(people.persons) == 1:
        return people.first.family
    return "".join(person.start(1) for person in people.persons[:3]) + "+" * people.is_cut_at(3)


def _alpha(people: _People) -> str:
    if len(people.persons) == 1:
        *before, last = people.first.words() or [""]
        return "".join(word[0] for word in before) + last[:3] + "+" * people.others
    shown = people.persons if len(people.persons) <= 4 else people.persons[:3]
    return "".join(word[0] for person in shown for word in person.words()) + "+" * people.is_cut_at(4)


def _et_al(people: _People, between: str, ending: str) -> str:
    if people.is_cut_at(2):
        return people.first.family + ending if people.persons else ""
    return between.join(people.families())


def _and_others(people: _People, ending: str, count: int | None = None) -> str:
    """The family names of the first `count`, with the `ending` where there are more."""
    is_cut = people.others if count is None else people.is_cut_at(count)
    return "".join(people.families(count)) + ending * (is_cut and bool(people.persons))


def _divided(people: _People, count: int) -> str:
    """`count` characters, divided among all; what is over goes to the first ones."""
    share, over = divmod(count, len(people.persons) or 1)
    return "".join(person.start(share + (rank < over)) for rank, person in enumerate(people.persons))


def _nth(people: _People, count: int, number: int) -> str:
    return people.persons[number - 1].start(count) if 1 <= number <= len(people.persons) else ""


_PEOPLE: Final[dict[str, Callable[..., str]]] = {
    "auth": lambda people: people.first.family,
    "auth.auth.ea": lambda people: (
        ".".join(people.families(2)) + ".ea" * (people.is_cut_at(2) and people.first.family != "")
    ),
    "auth.etal": lambda people: _et_al(people, ".", ".etal"),
    "authEtAl": lambda people: _et_al(people, "", "EtAl"),
    "authFirstFull": lambda people: "".join(people.first.words()),
    "authForeIni": lambda people: people.first.initial,
    "authIniN": _divided,
    "authN": lambda people, count: people.first.start(count),
    "authN_N": _nth,
    "authorIni": lambda people: people.first.start(5) + "".join(person.start(1) for person in people.persons[1:]),
    "authorLast": lambda people: people.last.family,
    "authorLastForeIni": lambda people: people.last.initial,
    "authors": lambda people: _and_others(people, "EtAl"),
    "authorsAlpha": _alpha,
    "authorsN": lambda people, count: _and_others(people, "EtAl", count),
    "authshort": _short,
}


def _people_marker(family: str) -> tuple[str, Callable[..., str]] | None:
    """The field and the function of a marker for people: `auth…` for authors, `edtr…` and `editor…` for editors.

    Authors fall back to editors, unless the marker begins with `pure`.
    """
    if family.startswith(("edtr", "editor")):
        field, name = "editor", family.replace("editor", "author").replace("edtr", "auth")
    else:
        name = family.removeprefix("pure")
        field = "author" if name == family else "pureauthor"
    function = _PEOPLE.get(name)
    return None if function is None else (field, function)
