"""Reads one block of a `.bib` step by step, by BibTeX's rules, and says where it is wrong.

`bibtex_blocks` hands over what is not plainly well formed. The time grows with the length of the text, whatever it is:
no pattern goes back over what it has matched, and `wary_until` keeps a stretch from being read again for each block
in it.
"""

import re
import sys
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, NoReturn

from bibman.formats.bibtex_ends import rest_after
from bibman.formats.bibtex_starts import LEGAL, LINE_END, LINE_OPENS, START, Text
from bibman.model.vocabulary import FIELD_ORDER, canonical

Kind = Literal["entry", "macro", "preamble", "comment", "text", "broken"]

_NAME: Final = re.compile(rf"(?![0-9]){LEGAL}++")
_NUMBER: Final = re.compile(r"[0-9]++")
_KEYS: Final = {"}": re.compile(r"[^\s,}]*+"), ")": re.compile(r"[^\s,]*+")}
_BLANKS: Final = re.compile(r"\s*+(?:%[^\r\n]*+\s*+)*+")

_BRACES: Final = re.compile(rf"\{{|\}}|{LINE_OPENS}")
_BRACES_AND_QUOTES: Final = re.compile(rf"\{{|\}}|\"|{LINE_OPENS}")
_BRACES_AND_PARENTHESES: Final = re.compile(rf"\{{|\}}|\)|{LINE_OPENS}")

_KEY_AND_COMMA: Final = re.compile(r"\s*+([^\s,{}@]++)?+\s*+(,)?+")
_ASSIGNMENT: Final = re.compile(rf"(?:{LEGAL}++\s*+(=)?+)?+")
_SWALLOWED: Final = re.compile(rf"(?:,\s*+|\r[^\S\r\n]*+|\n[^\S\r\n]*+){LEGAL}++\s*+=\s*+(?:[\"{{\w]|\Z)")
_WORDS: Final = re.compile(r"[^,={}()\"\r\n]*+(,)?+")

_LONGEST: Final = 40
_WORD: Final = re.compile(r"\S{0,41}+")


class Parsed(NamedTuple):
    """A block that ends at the place `end`; a broken one with the place where it is wrong, and what is wrong there."""

    kind: Kind
    end: int
    type: str = ""
    key: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    place: int = 0
    message: str = ""


class _WrongError(Exception):
    def __init__(self, place: int, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message


class Scanner(Text):
    """Reads blocks of a `text`, which goes on after its end unless it is the `whole`.

    Up to the place `wary_until` a line that begins with `@word{` begins a block in any case.
    """

    def __init__(self, text: str, *, whole: bool, wary_until: int = 0) -> None:
        super().__init__(text, whole=whole)
        self.wary_until = wary_until
        self._start = self._at = 0
        self._gap = 0  # where the blanks before `_at` begin
        self._passed_lines = False
        self._block = "the entry"
        self._closing = "}"
        self._type = self._key = ""

    def next(self, start: int) -> Parsed:
        """The block at the place `start`, where the text begins or a block ends, or the text before the next block.

        Raises RanOutError.
        """
        place = self.next_start(start)
        if place > start:
            return Parsed("text", place)
        opening = self.ahead(START, start)
        self._start = start
        self._at = self._gap = opening.end()
        self._passed_lines = False
        self._closing = ")" if opening[2] == "(" else "}"
        self._type, self._key = opening[1] or "", ""
        try:
            return self._read(opening)
        except _WrongError as wrong:
            end = self._end_of_broken(opened=opening[2] is not None)
            if self._passed_lines:
                self.wary_until = max(self.wary_until, self._gap)
            return Parsed("broken", end, self._type, self._key, (), wrong.place, wrong.message)

    def _read(self, opening: re.Match[str]) -> Parsed:
        command = self._type.lower()
        if command == "comment":
            end = self._end_of_comment(opening.start(2)) if opening[2] else 0
            return Parsed("comment", end or self.end_of_bare_comment(opening.end(1)), self._type)
        if not command:
            raise _WrongError(self._start + 1, "the entry type is missing after `@`")
        if not opening[2]:
            raise _WrongError(opening.end(1), f"`{{` is missing after `@{_short(self._type)}`")
        if command == "string":
            self._block = "the macro"
            return self._macro()
        if command == "preamble":
            self._block = "the preamble"
            return self._command("preamble", "the text of the preamble")
        self._block = "the entry"
        return self._entry()

    def _end_of_comment(self, opening: int) -> int:
        """The place after the brace or parenthesis that closes the comment; 0 if none does.

        A comment hides entries, so a wary one does not go beyond the next `@`.
        """
        wary = opening < self.wary_until
        limit = self.text.find("@", opening) if wary else -1
        depth = 0
        for mark in self._marks(opening, len(self.text) if limit < 0 else limit):
            sign = mark[0]
            if sign[-1] == "{":
                depth += 1
            elif sign == "}":
                depth = max(depth - 1, 0)
            if not depth and sign == self._closing:
                return mark.end()
        if limit < 0:
            self.must_be_whole()
        if not wary:
            self.wary_until = len(self.text)
        return 0

    def _macro(self) -> Parsed:
        self._blanks()
        name = _NAME.match(self.text, self._at)
        if name is None:
            raise _WrongError(self._at, "the name of the macro is missing")
        self._key = name[0]
        self._at = name.end()
        self._equals_sign(name[0])
        return self._command("macro", f"the value of the macro `{_short(name[0])}`")

    def _command(self, kind: Literal["macro", "preamble"], what: str) -> Parsed:
        expression = self._expression(what)
        if kind == "macro" and self._peek() == ",":
            self._at += 1
            self._blanks()
            if self.ahead(_ASSIGNMENT, self._at)[1]:
                raise _WrongError(self._at, "one @string defines one macro")
        if self._peek() != self._closing:
            self._wrong_after(what, expression)
        return Parsed(kind, self._at + 1, self._type, self._key, (("", expression),))

    def _entry(self) -> Parsed:
        self._citation_key()
        if not self._key and self._peek() == self._closing:
            self._no_key_follows()
        fields: list[tuple[str, str]] = []
        while self._peek() == ",":
            self._at += 1
            self._blanks()
            if self._peek() == self._closing:
                break
            name = self._field_name()
            what = f"the value of `{_short(name)}`"
            expression = self._expression(what)
            if self._peek() not in (",", self._closing):
                self._wrong_after(what, expression)
            fields.append((name, expression))
        self._at += 1
        rest = rest_after(self, self._at, self._closing)
        if rest:
            raise _WrongError(self._at - 1, f"a `{self._closing}` too many closes the entry before `{_short(rest)}`")
        return Parsed("entry", self._at, self._type, self._key, tuple(fields))

    def _citation_key(self) -> None:
        """Reads the citation key and goes to the comma, or the end of the entry, after it."""
        self._blanks()
        self._must_go_on()
        start = self._at
        key = self.ahead(_KEYS[self._closing], start)[0]
        self._at += len(key)
        self._blanks()
        sign = self._peek()
        name, equals_sign, _ = key.partition("=")
        if equals_sign and canonical(name.lower()) in FIELD_ORDER:
            raise _WrongError(start, f"the citation key is missing before `{name}`")
        if sign == "=":
            raise _WrongError(start, f"the citation key is missing before `{_short(key)}`")
        if ")" in key and self._closing == ")" and sign not in (",", ")"):
            raise _WrongError(start + key.index(")"), "a comma is missing: BibTeX takes the `)` for part of the key")
        if "{" in key:
            raise _WrongError(start + key.index("{"), f"the citation key `{_short(key)}` has a brace in it")
        self._key = key
        if sign in (",", self._closing):
            return
        self._must_go_on()
        words = self.ahead(_WORDS, self._gap)
        if words[1]:
            key += words[0][:-1].rstrip()
            raise _WrongError(self._gap, f"the citation key `{_short(key)}` has a blank in it")
        raise _WrongError(self._gap, f"a comma is missing after the citation key `{_short(key)}`")

    def _no_key_follows(self) -> None:
        """Holds that no citation key with its comma comes after an entry that has none."""
        key = self.ahead(_KEY_AND_COMMA, self._at + 1)
        if key[1] and key[2]:
            self._gap = key.end()
            raise _WrongError(self._at, f"a `{self._closing}` too many closes the entry before `{_short(key[1])}`")

    def _field_name(self) -> str:
        """Reads the name of a field and its equals sign."""
        self._must_go_on()
        match = _NAME.match(self.text, self._at)
        if match is None:
            sign = self._peek()
            if sign == ",":
                raise _WrongError(self._at, "there is a comma too many")
            if sign.isdigit():
                raise _WrongError(self._at, "the name of a field cannot begin with a digit")
            raise _WrongError(self._at, f"the name of a field is missing before `{sign}`")
        self._at = match.end()
        self._equals_sign(match[0])
        return match[0]

    def _equals_sign(self, name: str) -> None:
        self._blanks()
        if self._peek() != "=":
            self._must_go_on()
            raise _WrongError(self._gap, f"`=` is missing after `{_short(name)}`")
        self._at += 1

    def _expression(self, what: str) -> str:
        """Reads an expression, and the blanks before and after it."""
        self._blanks()
        start = self._at
        while True:
            sign = self._peek()
            if sign == "{":
                self._at = self._end_of_braces(what)
            elif sign == '"':
                self._at = self._end_of_quotes(what)
            else:
                match = _NUMBER.match(self.text, self._at) or _NAME.match(self.text, self._at)
                if match is None or self._next_begins():
                    raise _WrongError(self._gap, f"{what} is missing")
                self._at = match.end()
            self._blanks()
            if self._peek() != "#":
                return self.text[start : self._gap]
            self._at += 1
            self._blanks()

    def _end_of_braces(self, what: str) -> int:
        depth = 0
        for mark in _BRACES.finditer(self.text, self._at):
            sign = mark[0]
            if sign == "{":
                depth += 1
            elif sign == "}":
                depth -= 1
                if not depth:
                    return mark.end()
            else:
                self._pass_line(mark, what)
                depth += sign[-1] == "{"
        self.must_be_whole()
        raise self._never_closed(f"{what} is never closed", len(self.text))

    def _end_of_quotes(self, what: str) -> int:
        depth = 0
        for mark in _BRACES_AND_QUOTES.finditer(self.text, self._at + 1):
            sign = mark[0]
            if sign == "{":
                depth += 1
            elif sign == "}":
                depth -= 1
                if depth < 0:
                    raise self._never_closed(f"{what} is never closed, or a brace in it never opened", mark.start())
            elif sign != '"':
                self._pass_line(mark, what)
                depth += sign[-1] == "{"
            elif not depth:
                return mark.end()
        self.must_be_whole()
        raise self._never_closed(f"{what} is never closed", len(self.text))

    def _never_closed(self, message: str, reached: int) -> _WrongError:
        opening, self._at, self._gap = self._at, reached, reached
        return _WrongError(opening, message)

    def _pass_line(self, line: re.Match[str], what: str) -> None:
        """Lets a line that begins with `@word{` be part of a value, if the value or the entry visibly ends after it.

        It does if braces are closed that were open before the line, and that before the next such line.
        """
        if line.start() >= self.wary_until:
            depth = int(line[0][-1] == "{")
            for mark in _BRACES.finditer(self.text, line.end()):
                if mark[0] == "{":
                    depth += 1
                elif mark[0] != "}":
                    break
                elif depth:
                    depth -= 1
                else:
                    self._passed_lines = True
                    return
            else:
                self.must_be_whole()
        raise self._never_closed(f"{what} is never closed", line.start())

    def _wrong_after(self, what: str, expression: str) -> NoReturn:
        """Says what is wrong where neither a comma nor the end of the block follows the `expression`."""
        sign = self._peek()
        start, end = self._gap - len(expression), self._gap
        if expression[0] in '{"' and _SWALLOWED.search(expression, 1, len(expression) - 1):
            raise _WrongError(start, f"{what} is never closed")
        self._must_go_on()
        if sign in ")}":
            raise _WrongError(self._at, f"`{sign}` stands where `{self._closing}` has to close {self._block}")
        if self.ahead(_ASSIGNMENT, self._at)[1]:
            raise _WrongError(end, f"a comma is missing after {what}")
        if expression[-1] in '"}':
            word = _short(self.ahead(_WORD, self._at)[0])
            raise _WrongError(end, f"{what} ends here, but `{word}` follows, and no comma or `{self._closing}`")
        raise _WrongError(start, f"{what} has to stand in braces")

    def _end_of_broken(self, *, opened: bool) -> int:
        """Where a broken block ends: with its own last brace, or before the next line that begins with `@word{`.

        Never before the place that was reached: else the same text would be read again for each block in it.
        """
        depth = int(not opened)
        for mark in self._marks(self._start):
            sign = mark[0]
            if sign == "{":
                depth += 1
            elif sign == "}":
                depth -= 1
            elif sign != ")":
                return self._before_blanks(mark.start())
            if depth <= 0 and sign == self._closing:
                if mark.end() >= self._gap and not rest_after(self, mark.end(), self._closing):
                    return mark.end()
                depth = int(sign == "}")
        self.must_be_whole()
        return self._before_blanks(len(self.text))

    def _before_blanks(self, place: int) -> int:
        return self._start + len(self.text[self._start : place].rstrip())

    def _marks(self, start: int, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        pattern = _BRACES if self._closing == "}" else _BRACES_AND_PARENTHESES
        return pattern.finditer(self.text, start, end)

    def _blanks(self) -> None:
        self._gap = self._at
        self._at = self.ahead(_BLANKS, self._at).end()

    def _peek(self) -> str:
        return self.text[self._at : self._at + 1]

    def _must_go_on(self) -> None:
        """Holds that the block goes on, and neither the text ends here nor the next block begins."""
        if self._at == len(self.text) or self._next_begins():
            raise _WrongError(self._gap, f"{self._block} is never closed")

    def _next_begins(self) -> bool:
        """Whether the next block begins here, in a line of its own."""
        if self._peek() != "@" or not LINE_END.search(self.text, self._gap, self._at):
            return False
        match = self.ahead(START, self._at)
        return match[1] is not None and match[2] is not None


def _short(name: str) -> str:
    """A name for a message, which a mistake may have made as long as the file."""
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…"
