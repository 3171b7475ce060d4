"""What a query asks: a tree of nodes, each of which can say of an entry whether it is meant.

The same tree is turned into SQL where a library is searched; both select the same entries.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from bibman.model.entry import Field
from bibman.model.naming import fold_name
from bibman.model.unicode import normalised
from bibman.model.vocabulary import CONTAINER_FIELDS, TYPE_ALIASES, canonical, is_name_list


class Subject(NamedTuple):
    """An entry as a query sees it.

    `keys` are its key and aliases, `tags` its tags, `sources` the names of the sources it came from, all as they are
    kept; `texts` are its folded words by the columns of the index; `added_at` and `changed_at` are times in ISO 8601.
    """

    keys: Sequence[str]
    type: str
    identified: bool
    year: int | None
    added_at: str
    changed_at: str
    texts: Mapping[str, str]
    fields: Sequence[Field]
    identifiers: Sequence[tuple[str, str]]
    tags: Sequence[str]
    notes: int
    sources: Sequence[str]
    is_duplicate: bool


class Everything(NamedTuple):
    """Every entry."""

    def matches(self, _: Subject) -> bool:
        """Whether an entry is meant: each is."""
        return True


class Words(NamedTuple):
    """Folded words that follow one another in one of the columns of the index, or in any.

    `is_prefix` says that the last of them is the beginning of a word. `typed` is how it was written, at which `column`.
    """

    columns: tuple[str, ...]
    words: str
    is_prefix: bool
    typed: str
    column: int

    def matches(self, subject: Subject) -> bool:
        """Whether an entry has the words."""
        texts = (subject.texts[name] for name in self.columns) if self.columns else subject.texts.values()
        return any(has_words(text, self.words, is_prefix=self.is_prefix) for text in texts)


class FieldWords(NamedTuple):
    """Folded words in the field `name` (BibLaTeX's name), under whatever name an entry has it."""

    name: str
    words: str
    is_prefix: bool
    typed: str
    column: int

    def matches(self, subject: Subject) -> bool:
        """Whether an entry has the words in that field."""
        # Most queries need nothing of this, and it is heavy.
        from bibman.model.derive import words_of_field

        return has_words(words_of_field(subject.fields, self.name), self.words, is_prefix=self.is_prefix)


class FieldText(NamedTuple):
    """Characters in the verbatim field `name`, without regard to case; `is_prefix` says that it begins with them."""

    name: str
    text: str
    is_prefix: bool

    def matches(self, subject: Subject) -> bool:
        """Whether an entry has the characters in that field."""
        return has_text(subject.fields, self.name, self.text, is_prefix=self.is_prefix)


class Year(NamedTuple):
    """Years from the `first` to the `last`, either open."""

    first: int | None
    last: int | None

    def matches(self, subject: Subject) -> bool:
        """Whether an entry appeared in them."""
        if subject.year is None:
            return False
        return (self.first is None or self.first <= subject.year) and (self.last is None or subject.year <= self.last)


class When(NamedTuple):
    """A span of time in which an entry was added (`added_at`) or last changed (`changed_at`): from `start` on, before
    `end`, either open, in ISO 8601."""

    what: str
    start: str | None
    end: str | None

    def matches(self, subject: Subject) -> bool:
        """Whether it happened to an entry in that span."""
        time = subject.added_at if self.what == "added_at" else subject.changed_at
        return (self.start is None or self.start <= time) and (self.end is None or time < self.end)


class Tag(NamedTuple):
    """A tag, as `bare_name` makes it comparable, or one below it; `is_prefix` says that it is the beginning of one."""

    name: str
    is_prefix: bool

    def matches(self, subject: Subject) -> bool:
        """Whether an entry has it."""
        return any(is_tag(tag, self.name, is_prefix=self.is_prefix) for tag in subject.tags)


class Key(NamedTuple):
    """A key or alias, folded; `is_prefix` says that it is the beginning of one."""

    folded: str
    is_prefix: bool

    def matches(self, subject: Subject) -> bool:
        """Whether it is that of an entry."""
        keys = map(fold_name, subject.keys)
        return any(key.startswith(self.folded) if self.is_prefix else key == self.folded for key in keys)


class Type(NamedTuple):
    """An entry type, in any dialect; `is_prefix` says that it is the beginning of one."""

    name: str
    is_prefix: bool

    def matches(self, subject: Subject) -> bool:
        """Whether an entry is of it."""
        if self.is_prefix:
            return subject.type.startswith(self.name)
        return subject.type in self.names()

    def names(self) -> tuple[str, ...]:
        """The types that are meant: `thesis` means `phdthesis` too, and `conference` what `inproceedings` does."""
        name, kind = TYPE_ALIASES.get(self.name, (self.name, ""))
        if kind:
            return (self.name,)
        return (name, *(alias for alias, (target, _) in TYPE_ALIASES.items() if target == name))


class HasIdentifier(NamedTuple):
    """An identifier in its normal form; `is_prefix` says that it is the beginning of one."""

    scheme: str
    value: str
    is_prefix: bool

    def matches(self, subject: Subject) -> bool:
        """Whether an entry has it."""
        return any(
            scheme == self.scheme and (value.startswith(self.value) if self.is_prefix else value == self.value)
            for scheme, value in subject.identifiers
        )


class HasField(NamedTuple):
    """A value in the field `name` (BibLaTeX's name), under whatever name an entry has it."""

    name: str

    def matches(self, subject: Subject) -> bool:
        """Whether an entry has a value there."""
        return has_value(subject.fields, self.name)


class HasNote(NamedTuple):
    """A note of the reader."""

    def matches(self, subject: Subject) -> bool:
        """Whether an entry has one."""
        return subject.notes > 0


class HasTag(NamedTuple):
    """A tag, whichever."""

    def matches(self, subject: Subject) -> bool:
        """Whether an entry has one."""
        return bool(subject.tags)


class Source(NamedTuple):
    """The end of a source's path, in whole parts; `is_prefix` says that the last part only begins so."""

    name: str
    is_prefix: bool

    def matches(self, subject: Subject) -> bool:
        """Whether an entry came from it."""
        return any(is_source(source, self.name, is_prefix=self.is_prefix) for source in subject.sources)


class Identified(NamedTuple):
    """That it is known which work an entry is."""

    def matches(self, subject: Subject) -> bool:
        """Whether it is known of an entry."""
        return subject.identified


class Duplicate(NamedTuple):
    """That there is another entry that looks like the same work."""

    def matches(self, subject: Subject) -> bool:
        """Whether there is one like an entry."""
        return subject.is_duplicate


class And(NamedTuple):
    """What all of the nodes mean."""

    nodes: tuple["Node", ...]

    def matches(self, subject: Subject) -> bool:
        """Whether all mean an entry."""
        return all(node.matches(subject) for node in self.nodes)


class Or(NamedTuple):
    """What any of the nodes means."""

    nodes: tuple["Node", ...]

    def matches(self, subject: Subject) -> bool:
        """Whether one of them means an entry."""
        return any(node.matches(subject) for node in self.nodes)


class Not(NamedTuple):
    """What a node does not mean."""

    node: "Node"

    def matches(self, subject: Subject) -> bool:
        """Whether it does not mean an entry."""
        return not self.node.matches(subject)


Node = (
    Everything | Words | FieldWords | FieldText | Year | When | Tag | Key | Type | HasIdentifier | HasField | HasNote
    | HasTag | Source | Identified | Duplicate | And | Or | Not
)  # fmt: skip


def asked_words(node: Node) -> Iterator[Words | FieldWords]:
    """The words that the entries that are meant have, or some of them: those to rank by and to show in context."""
    if isinstance(node, And | Or):
        for each in node.nodes:
            yield from asked_words(each)
    elif isinstance(node, Words | FieldWords):
        yield node


def has_words(text: str, words: str, *, is_prefix: bool) -> bool:
    """Whether folded `words` follow one another in a folded `text`.

    Of a script that writes no blanks between words they may stand anywhere.
    """
    if is_unspaced(words):
        return words in text
    return f" {words}{'' if is_prefix else ' '}" in f" {text} "


def is_unspaced(words: str) -> bool:
    """Whether there is a letter in `words` of a script that writes no blanks between words."""
    return not words.isascii() and _UNSPACED.search(words) is not None


# Thai, Lao, Burmese, Khmer; kana and ideographs.
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def has_text(fields: Sequence[Field], name: str, text: str, *, is_prefix: bool) -> bool:
    """Whether the first of an entry's fields of the canonical `name` has `text` in it, or begins so."""
    value = next((each.value for each in fields if canonical(each.name) == name), "").casefold()
    return value.startswith(text) if is_prefix else text in value


def has_value(fields: Sequence[Field], name: str) -> bool:
    """Whether one of an entry's fields of the canonical `name` has more in it than blanks."""
    values = (each.value for each in fields if canonical(each.name) == name)
    return any(value and not value.isspace() for value in values)


def bare_name(text: str) -> str:
    """A tag as a query compares it: without regard to case, spacing and accents."""
    folded = fold_name(text)
    return folded if folded.isascii() else _ACCENTS.sub("", normalised("NFD", folded))


_ACCENTS: Final = re.compile("[\u0300-\u036f]+")


def is_tag(tag: str, name: str, *, is_prefix: bool) -> bool:
    """Whether `tag` is the tag of the bare `name`, or one below it, or begins so."""
    bare = bare_name(tag)
    return bare.startswith(name) if is_prefix else bare == name or bare.startswith(f"{name}/")


def is_source(source: str, name: str, *, is_prefix: bool) -> bool:
    """Whether the path or name of a `source` ends in `name`, in whole parts, or has a last part that begins so."""
    path, asked = f"/{_slashed(source)}", f"/{_slashed(name)}".replace("//", "/")
    if is_prefix:
        start, _, last = asked.rpartition("/")
        folder, _, file = path.rpartition("/")
        return file.startswith(last) and folder.endswith(start)
    return path.endswith(asked)


def _slashed(path: str) -> str:
    return path.replace("\\", "/").casefold()


def searched_in(name: str) -> tuple[str, ...]:
    """The columns of the index in which the words of a field stand, by its canonical name; other words do too."""
    if is_name_list(name):
        return ("editors",)
    return ("container", "other") if name in CONTAINER_FIELDS else ("other",)
