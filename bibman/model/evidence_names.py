"""Whether the names of an entry may be those of a known work: how names change between two honest records of one.

`people` tells whether two lists agree, for finding what is one work. Here the work is known, and the question is
whether what an entry says contradicts it: so whatever happens to right names on their way into a `.bib` is allowed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from bibman.model.fold import fold
from bibman.model.names import OTHERS, Name
from bibman.model.people import Agreement, Person, compare_people, person_of


class Byline(NamedTuple):
    """The names of a work, by the field that has them (`author`, `editor`), and all their words.

    `is_cut` says that others are left out.
    """

    people: Mapping[str, tuple[Person, ...]]
    words: frozenset[str] = frozenset()
    is_cut: bool = False


def byline_of(names: Mapping[str, Sequence[Name]]) -> Byline:
    """The byline that lists of names, in Unicode, are. Who signs as nobody, or in another script, is left out."""
    people = {
        role: tuple(
            [
                person
                for name in each
                if name != OTHERS and _is_readable(person := _person(name)) and not _is_nobody(name)
            ]
        )
        for role, each in names.items()
    }
    words = fold(" ".join(part for each in names.values() for name in each if name != OTHERS for part in name)).split()
    return Byline(people, frozenset(words), any(OTHERS in each for each in names.values()))


def _person(name: Name) -> Person:
    """A person, or a body also where nothing but its spelling says that it is one ("OpenAI", "NASA")."""
    alone = not name.given and not name.prefix and " " not in name.family
    is_body = alone and ((name.family.isupper() and len(name.family) > _SHORT) or _MIXED.fullmatch(name.family))
    return person_of(Name(literal=name.family) if is_body else name)


_MIXED: Final = re.compile(r"(?!Ma?c|De|La|Le|Di|Van|Von|O)[A-Z][a-z]+[A-Z]\w*|Open[A-Z]\w*")


def _is_readable(person: Person) -> bool:
    """Whether a name is in Latin letters, in which it can be compared."""
    return bool(person.family) and "".join(person.family).isascii()


def _is_nobody(name: Name) -> bool:
    return not name.given and fold(name.literal or name.family) in _NOBODIES


_NOBODIES: Final = frozenset(("anonymous", "anon", "unknown", "no author", "n n", "author", "authors", "al"))


def compare_bylines(said: Byline, known: Byline) -> Agreement:
    """How far the names that an entry says agree with those that are known of the work.

    NONE is a contradiction: at least a third of the names are of other people. Editors stand in the place of authors,
    and the other way round, where that agrees better.
    """
    roles = [role for role in _ROLES if said.people.get(role) and known.people.get(role)]
    # Who edited a book is its author elsewhere.
    pairs = [(role, role) for role in roles[:1]] + [(_ROLES[0], _ROLES[1]), (_ROLES[1], _ROLES[0])]
    best = Agreement.UNKNOWN
    for mine, yours in pairs:
        found = _compare(said.people.get(mine, ()), known.people.get(yours, ()), is_cut=said.is_cut or known.is_cut)
        if found >= Agreement.SOME:
            return found
        best = min(best, found)
    return Agreement.SOME if best is Agreement.NONE and _are_words_of(said.words, known.words) else best


def _are_words_of(said: Iterable[str], known: AbstractSet[str]) -> bool:
    """Whether nearly all words of some names are words of the others: a list that is cut wrongly, or "et al." in it."""
    words = {word for word in said if len(word) > _SHORT}
    return bool(words) and len(words & known) >= _NEARLY_ALL * len(words)


_NEARLY_ALL: Final = 0.8


_ROLES: Final = ("author", "editor")


def _compare(said: Sequence[Person], known: Sequence[Person], *, is_cut: bool) -> Agreement:
    agreement, share = compare_people(said, known, is_cut=is_cut)
    if agreement in (Agreement.UNKNOWN, Agreement.SAME):
        return agreement
    mine, yours = _persons(said), _persons(known)
    if bool(mine) != bool(yours):
        # An experiment signs by its name, or by those of its members.
        return Agreement.UNKNOWN
    if not mine:
        return Agreement.SOME if share or _share_word(said, known) else Agreement.NONE
    mine = mine[:_MOST]
    # Some who describe works leave out all but the first names.
    wrong = len(_without_partner(mine, yours)) - max(0, len(mine) - len(yours))
    return Agreement.NONE if wrong > 0 and wrong * _LEAST_WRONG >= min(len(mine), len(yours)) else Agreement.SOME


_MOST: Final = 20
_MOST_ODD: Final = 100
_LEAST_WRONG: Final = 3


def _persons(people: Sequence[Person]) -> list[Person]:
    return [person for person in people if not person.is_body]


def _share_word(said: Sequence[Person], known: Sequence[Person]) -> bool:
    """Whether the names of bodies have a telling word in common ("ATLAS Collaboration", "The ATLAS Experiment")."""
    mine, yours = ({word for body in bodies for word in body.family} - _BODY_WORDS for bodies in (said, known))
    return not mine.isdisjoint(yours)


_BODY_WORDS: Final = frozenset(
    "the of for and on in de collaboration collaborations consortium committee group team experiment project initiative"
    " network university institute international national".split()
)


def _without_partner(said: Sequence[Person], known: Sequence[Person]) -> list[Person]:
    """The people of one list that can be none of the other's."""
    left = list(known)
    without = []
    for person in said:
        # An experiment has thousands of members: those with another family name are not all looked at.
        alike = [each for each in left if each.family == person.family]
        partner = next((each for each in (*alike, *left[:_MOST_ODD]) if _may_be(person, each)), None)
        if partner is None:
            without.append(person)
        else:
            left.remove(partner)
    return without


def _may_be(one: Person, other: Person) -> bool:
    """Whether two names may be one person's: initials, swapped or dropped parts, a nickname, another transcription."""
    if compare_people((one,), (other,))[1] > 0:
        return True
    mine, yours = {*one.family, *one.given}, {*other.family, *other.given}
    if len(mine & yours) > 1:
        return True
    family, other_family = "".join(one.family), "".join(other.family)
    given = _may_be_given(one.given, other.given)
    if family == other_family or one.family[-1:] == other.family[-1:]:
        return given
    from rapidfuzz.fuzz import ratio

    likeness = ratio(family, other_family)
    return likeness >= _TRANSCRIBED if given else likeness >= _ALIKE


_TRANSCRIBED: Final = 60
"""The same given name, and a family that reaches so much, in percent: Chebyshev, Tschebyscheff."""
_ALIKE: Final = 80
"""The same in both names that were transcribed: Yuri and Iurii Yershov, Ershov."""


def _may_be_given(one: Sequence[str], other: Sequence[str]) -> bool:
    if not one or not other:
        return True
    return any(
        _NICKNAMES.get(mine, mine)[0] == _NICKNAMES.get(yours, yours)[0]
        or (min(len(mine), len(yours)) > _SHORT and (mine in yours or yours in mine))
        for mine in one
        for yours in other
    )


_SHORT: Final = 2
_NICKNAMES: Final = {
    nickname: name
    for name, nicknames in {
        "alexander": "sasha sascha sandy",
        "edward": "ted ned",
        "elizabeth": "betty bess",
        "francis": "paco",
        "giuseppe": "beppe",
        "henry": "hank",
        "jacob": "yakov",
        "john": "ivan",
        "joseph": "pepe",
        "margaret": "peggy",
        "mary": "polly",
        "richard": "dick",
        "robert": "bob bobby",
        "william": "bill billy",
    }.items()
    for nickname in nicknames.split()
}
"""Names by which people sign whose own begin with another letter; the others are found by their letters."""
