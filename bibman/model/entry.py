"""An entry: a stored work with its citation key, entry type and fields."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Field(NamedTuple):
    """One field of an entry.

    `name` is lower case, otherwise as read. `value` is BibTeX text without its outer delimiters, `#` joined and
    macros replaced. `expression` is what was written where that was anything but one literal (`jan`,
    `jmlr # " B"`), else None.
    """

    name: str
    value: str
    expression: str | None = None

    @property
    def written(self) -> str:
        """What stands for the value: the expression where there is one."""
        return self.value if self.expression is None else self.expression


@dataclass(frozen=True, slots=True)
class Entry:
    """A work as it stands in a library or a `.bib`: citation key, entry type (lower case), fields in order.

    `identified` is False while nobody knows which work it is: it then has a provisional key, no title, and the
    passage it came from as its abstract.
    """

    key: str
    type: str
    fields: tuple[Field, ...] = field(default=())
    identified: bool = True

    def get(self, name: str) -> str | None:
        """The value of the first field called `name` (lower case), or None."""
        for each in self.fields:
            if each.name == name:
                return each.value
        return None
