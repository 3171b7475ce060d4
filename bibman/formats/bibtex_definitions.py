r"""The `@string`s and `@preamble`s that entries need, so that what is written means what was read.

A macro, and a preamble, is a Field here: the macro's name (a preamble has none), its value, and its expression where
that is not one literal. Macros compare without regard to case, and styles define those of the months (btxdoc, 2.1).
"""

import re
from collections import ChainMap, Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from bibman.formats.bibtex_expressions import macros_in, means, resolved
from bibman.model.dates import MONTH_VALUES
from bibman.model.entry import Field


@dataclass(frozen=True, slots=True)
class Definitions:
    """What is defined ahead of the entries of a `.bib`.

    `macros` and `preambles` are to be written, in this order. `values` are those of all known macros, by their names in
    lower case; the months are always among them.
    """

    macros: tuple[Field, ...] = ()
    preambles: tuple[Field, ...] = ()
    values: Mapping[str, str] = field(default_factory=lambda: MONTH_VALUES)

    def faithful(self, given: Field) -> Field:
        """The field with its expression, or without one where its macros now mean something else.

        A macro that nobody knew when the field was read means whatever is known of it now.
        """
        expression = given.expression
        if expression is None or self.values.get(expression.lower()) == given.value:
            return given
        return given if means(expression, given.value, self.values) else Field(given.name, given.value)

    def resolved(self, given: Field) -> Field:
        """The field with literals in the place of macros, save those that styles define and those that are unknown."""
        if given.expression is None:
            return given
        return Field(given.name, *resolved(given.expression, self._own))

    def _own(self, name: str) -> str | None:
        return self.values[name] if self.defines(name) else None

    def defines(self, name: str) -> bool:
        """Whether the macro (in lower case) is known, and not just as styles know it."""
        return name in self.values and self.values[name] != MONTH_VALUES.get(name)


NOTHING: Final = Definitions()
"""Nothing is defined but the months."""


def definitions(fields: Iterable[Field], macros: Sequence[Field], preambles: Sequence[Field]) -> Definitions:
    """What must be defined for these `fields`, which are to be written, of all that is known.

    `macros` and `preambles` are in the order in which they were defined. Several sources may define one macro, each in
    its way: that definition is taken under which most fields keep their value; `Definitions.faithful` keeps that of the
    others. A preamble is needed if a value uses a command that it defines, and where it cannot be told what it defines.
    """
    uses: Counter[tuple[str, str]] = Counter()
    commands = {preamble: set(_DEFINED.findall(preamble.value)) for preamble in preambles}
    pattern = _any_of({name for names in commands.values() for name in names})
    used: set[str] = set()
    for each in fields:
        if each.expression is not None:
            uses[each.expression, each.value] += 1
        if pattern and "\\" in each.value:
            used.update(pattern.findall(each.value))
    chosen = _chosen(uses, macros)
    known = Definitions(values={**MONTH_VALUES, **{name: macro.value for name, macro in chosen.items()}})
    kept = [known.faithful(Field("", value, expression)) for expression, value in uses]
    if pattern:
        used.update(pattern.findall("\n".join(macro.value for macro in _needed_macros(kept, chosen, known))))
    written = tuple(map(known.faithful, _needed_preambles(commands, used)))
    return Definitions(tuple(_needed_macros([*kept, *written], chosen, known)), written, known.values)


def _chosen(uses: Mapping[tuple[str, str], int], macros: Iterable[Field]) -> dict[str, Field]:
    """Name in lower case → the definition that is taken, in the order in which the names were first defined."""
    candidates: dict[str, list[Field]] = {}
    for macro in macros:
        name = macro.name.lower()
        others = candidates.setdefault(name, [Field(name, MONTH_VALUES[name])] if name in MONTH_VALUES else [])
        if all(macro.value != other.value for other in others):
            others.append(macro)
    chosen = {name: each[0] for name, each in candidates.items()}
    values = {name: macro.value for name, macro in chosen.items()}
    for name, concerned in _uses_of({name for name, each in candidates.items() if len(each) > 1}, uses).items():
        chosen[name] = max(candidates[name], key=partial(_votes, uses=concerned, values=values))
    return chosen


def _votes(candidate: Field, uses: Mapping[tuple[str, str], int], values: dict[str, str]) -> tuple[int, int]:
    """How many of the fields that use a macro keep their value if the `candidate` defines it, and how many of these
    have just that value then: the others may have been read when nobody knew the macro."""
    under = ChainMap({candidate.name.lower(): candidate.value}, values)
    kept = [(use, number) for use, number in uses.items() if means(*use, under)]
    exact = sum(number for (expression, value), number in kept if resolved(expression, under.get)[0] == value)
    return sum(number for _, number in kept), exact


def _uses_of(names: set[str], uses: Mapping[tuple[str, str], int]) -> dict[str, dict[tuple[str, str], int]]:
    """Name → the uses of that macro, and how many there are of each."""
    found: dict[str, dict[tuple[str, str], int]] = {name: {} for name in names}
    for use, number in uses.items() if names else ():
        for name in names.intersection(macros_in(use[0])):
            found[name][use] = number
    return found


def _needed_macros(uses: Iterable[Field], chosen: Mapping[str, Field], known: Definitions) -> Iterable[Field]:
    """The macros that the `uses` need, in the order of their definition, but each after those that it needs itself."""
    wanted = {name for use in uses for name in _macros_in(use, known)}
    written: dict[str, Field] = {}
    begun: set[str] = set()
    for wanted_name in filter(wanted.__contains__, chosen):
        waiting = [wanted_name]
        while waiting:
            name = waiting[-1]
            macro = known.faithful(chosen[name])
            missing = [other for other in _macros_in(macro, known) if other not in written]
            if name in written:
                waiting.pop()
            elif not missing:
                written[name] = macro
            elif name in begun or not begun.isdisjoint(missing):
                written[name] = Field(macro.name, macro.value)  # it would need itself
            else:
                begun.add(name)
                waiting += missing
    return written.values()


def _macros_in(given: Field, known: Definitions) -> list[str]:
    if given.expression is None:
        return []
    return [name for name in macros_in(given.expression) if known.defines(name)]


# What defines a command, and the command: "LaTeX2e for authors" and "for class and package writers"; plain TeX.
_DEFINED: Final = re.compile(
    r"""\\(?:(?:new|renew|provide)command|DeclareRobustCommand|DeclareMathOperator|DeclareTextFontCommand
        |(?:New|Renew|Provide|Declare)(?:Expandable)?DocumentCommand|let|[egx]?def|chardef)
        \*?\s*+\{?\s*+\\([A-Za-z@]++|.)""",
    re.VERBOSE,
)


def _any_of(commands: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern that finds these commands; None where there are none."""
    words = [re.escape(each) + ("(?![A-Za-z@])" if each[0].isalpha() else "") for each in sorted(commands)]
    return re.compile(rf"\\({'|'.join(words)})") if words else None


def _needed_preambles(commands: Mapping[Field, set[str]], used: set[str]) -> list[Field]:
    """The preambles, given with what they define, of which something is `used`, and those that these use in turn.

    Of several that define a command the first is enough: LaTeX would stop at the second `\\newcommand`. Those that
    define nothing that could be told are needed too.
    """
    needed = {preamble for preamble, defined in commands.items() if not defined}
    pattern = _any_of({name for names in commands.values() for name in names})
    missing = set(used)
    while pattern and missing:
        for preamble, defined in commands.items():
            if preamble not in needed and not missing.isdisjoint(defined):
                needed.add(preamble)
                missing -= defined
        provided = {name for preamble in needed for name in commands[preamble]}
        texts = "\n".join(preamble.value for preamble in needed)
        missing = (used | set(pattern.findall(texts))) - provided
        if all(missing.isdisjoint(defined) for defined in commands.values()):
            break
    return [preamble for preamble in commands if preamble in needed]
