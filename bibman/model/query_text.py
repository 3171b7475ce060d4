"""The query language: words, phrases, fields, ranges, `and`, `or`, `not` and parentheses, read into a tree.

    query     = and-part { "or" and-part }
    and-part  = not-part { [ "and" ] not-part }
    not-part  = { "not" } ( "(" query ")" | "@" name | [ field ":" ] ( word | phrase | "(" query ")" ) )

A word or phrase that ends in `*` is the beginning of more. docs/queries.md says what each field means.
"""

import re
from functools import cache
from typing import Final, NamedTuple

from bibman.errors import QueryError
from bibman.model.query import And, Node, Not, Or
from bibman.model.query_fields import Context, advice_after, term

MOST_TERMS: Final = 200
MOST_DEEP: Final = 50


def parse(text: str, context: Context) -> Node:
    """The tree of a query. Raises QueryError, with the column at which the query goes wrong."""
    return _parsed(text, context, ())


def _parsed(text: str, context: Context, within: tuple[str, ...]) -> Node:
    tokens = _tokens(text)
    if not tokens:
        raise QueryError.at(1, "there is nothing in it", "Say `*` for everything")
    if len(tokens) > MOST_TERMS * 4:
        raise QueryError.at(tokens[-1].column, "it is too long", f"At most {MOST_TERMS} words fit into a query")
    reader = _Reader(tokens, len(text) + 1, context, within)
    node = reader.either("", 0)
    if (rest := reader.next) is not None:
        raise QueryError.at(rest.column, "a `)` that nothing opens", "Take it away, or put it into quotes")
    if node is None:
        raise QueryError.at(1, "there is no word in it", "Say `*` for everything")
    return node


class _Token(NamedTuple):
    """A piece of a query: `kind` is "(", ")", "@", "word" or "phrase"; `field` is what stands before the colon."""

    kind: str
    field: str
    text: str
    is_prefix: bool
    column: int


@cache
def _pattern() -> re.Pattern[str]:
    name = r"(?P<field>[A-Za-z][\w-]*):(?!//)"
    phrase = r'"(?P<quoted>(?:[^"\\]|\\.)*)"(?P<star>\*?)|[“„](?P<curly>[^”“]*)[”“](?P<curly_star>\*?)'
    return re.compile(
        rf'\s*(?:{name})?(?:(?P<mark>[()])|{phrase}|(?P<word>(?:\\.|[^\s()"“„\\]|\\)+)|(?P<end>(?=\s)|$)|(?P<odd>.))',
        re.DOTALL,
    )


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    place = 0
    while place < len(text.rstrip()):
        match = _pattern().match(text, place)
        assert match is not None  # noqa: S101 - one of the alternatives matches whatever there is
        begin, place = match.end() - len(match[0].lstrip()), match.end()
        tokens.append(_token(match, begin + 1))
    return tokens


def _token(match: re.Match[str], column: int) -> _Token:
    field = match["field"] or ""
    if match["mark"]:
        return _Token(match["mark"], field, "", is_prefix=False, column=column)
    if match["odd"]:
        raise QueryError.at(column, "a quote that nothing closes", 'Put `"` after the phrase too')
    if match["end"] is not None:
        raise QueryError.at(column, f"nothing after `{field}:`", advice_after(field))
    quoted = match["quoted"] if match["quoted"] is not None else match["curly"]
    if quoted is not None:
        return _Token("phrase", field, quoted, bool(match["star"] or match["curly_star"]), column)
    word = match["word"]
    if word.startswith("@") and not field:
        return _Token("@", "", word[1:], is_prefix=False, column=column)
    is_prefix = word.endswith("*")
    word = word.removesuffix("*")
    if "*" in word:
        raise QueryError.at(column + match[0].lstrip().index("*"), "a `*` within a word", "It stands at the end only")
    return _Token("word", field, word, is_prefix, column)


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[_Token], end: int, context: Context, within: tuple[str, ...]) -> None:
        self._tokens, self._end, self._context, self._within = tokens, end, context, within
        self._place = 0

    @property
    def next(self) -> _Token | None:
        """The token that comes next; None at the end."""
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def either(self, field: str, depth: int) -> Node | None:
        """Parts with `or` between them; None where there is no word in them."""
        parts = [self._all(field, depth)]
        while self._is("or"):
            self._place += 1
            parts.append(self._all(field, depth))
        return _joined(Or, parts)

    def _all(self, field: str, depth: int) -> Node | None:
        parts = [self._one(field, depth)]
        while (token := self.next) is not None and token.kind != ")" and not self._is("or"):
            if self._is("and"):
                self._place += 1
            parts.append(self._one(field, depth))
        return _joined(And, parts)

    def _one(self, field: str, depth: int) -> Node | None:
        negations = 0
        while self._is("not"):
            self._place += 1
            negations += 1
        token = self.next
        if token is None or token.kind == ")" or self._is("and") or self._is("or"):
            column = token.column if token else self._end
            raise QueryError.at(column, "a word is missing", "Quotes make words of and, or and not")
        self._place += 1
        node = self._term(token, field, depth)
        return Not(node) if negations % 2 and node is not None else node

    def _term(self, token: _Token, field: str, depth: int) -> Node | None:
        if token.field and field:
            raise QueryError.at(token.column, f"`{token.field}:` within `{field}:`", "A field holds words alone")
        field = field or token.field
        if token.kind == "(":
            return self._group(token, field, depth + 1)
        if token.kind == "@":
            return self._saved(token)
        return term(token.text, token.is_prefix, field, token.column, self._context)

    def _group(self, opening: _Token, field: str, depth: int) -> Node | None:
        if depth > MOST_DEEP:
            raise QueryError.at(opening.column, "parentheses within parentheses without end", "Say it with fewer")
        node = self.either(field, depth)
        if self.next is None:
            raise QueryError.at(opening.column, "a `(` that nothing closes", "Put `)` after it, or it into quotes")
        self._place += 1
        return node

    def _saved(self, token: _Token) -> Node:
        name = token.text
        if name in self._within:
            raise QueryError.at(token.column, f"the saved search @{name} asks for itself", "Save it anew without that")
        query = self._context.saved(name)
        if query is None:
            raise QueryError.at(token.column, f"no saved search is called {name!r}", "`bibman saved list` shows all")
        try:
            return _parsed(query, self._context, (*self._within, name))
        except QueryError as error:
            raise QueryError.at(token.column, f"in the saved search @{name}: {error.message}", error.advice) from None

    def _is(self, word: str) -> bool:
        token = self.next
        return token is not None and (token.kind, token.field, token.text.lower()) == ("word", "", word)


def _joined(kind: type[And] | type[Or], parts: list[Node | None]) -> Node | None:
    nodes = [part for part in parts if part is not None]
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    return kind(tuple(nodes))
