"""Reads one block of a `.bib` step by step, by BibTeX's rules, and says where it is wrong.

`bibtex_blocks` hands over what is not plainly well formed. The time grows with the length of the text, whatever it is:
no pattern goes back over what it has matched, and `wary_until` keeps a stretch from being read again for each block
in it.
"""

import re
import sys
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, NoReturn

from bibman.model.vocabulary import FIELD_ORDER, canonical, is_known_type

Kind = Literal["entry", "macro", "preamble", "comment", "text", "broken"]

# A name to BibTeX (bibtex.web, section 90, `legal_id_char`); it does not begin with a digit.
_LEGAL: Final = r"""[^\s\x00-\x1f\x7f"#%'(),={}]"""
_NAME: Final = re.compile(rf"(?![0-9]){_LEGAL}++")
_TYPE: Final = rf"(?![0-9@]){_LEGAL}++"
_NUMBER: Final = re.compile(r"[0-9]++")
_KEYS: Final = {"}": re.compile(r"[^\s,}]*+"), ")": re.compile(r"[^\s,]*+")}
_BLANKS: Final = re.compile(r"\s*+(?:%[^\r\n]*+\s*+)*+")
_LINE_END: Final = re.compile(r"[\r\n]")
_LINE_END_OR_AT: Final = re.compile(r"[\r\n@]")
_START: Final = re.compile(rf"@\s*+({_TYPE})?+\s*+([{{(])?+")

# Each alternative begins with a plain character: the expression engine then skips all text that begins none.
_LINE_OPENS: Final = rf"\n[^\S\r\n]*+@\s*+{_TYPE}\s*+[{{(]|\r[^\S\r\n]*+@\s*+{_TYPE}\s*+[{{(]"
_BRACES: Final = re.compile(rf"\{{|\}}|{_LINE_OPENS}")
_BRACES_AND_QUOTES: Final = re.compile(rf"\{{|\}}|\"|{_LINE_OPENS}")
_BRACES_AND_PARENTHESES: Final = re.compile(rf"\{{|\}}|\)|{_LINE_OPENS}")
LINE_OPENS: Final = re.compile(_LINE_OPENS)
"""A line that begins with `@word{` or `@word(`, from the end of the line before it."""

_FOLLOWING: Final = re.compile(rf"\s*+(?:,\s*+({_LEGAL}++)?+\s*+(=)?+)?+")
_ASSIGNMENT: Final = re.compile(rf"(?:{_LEGAL}++\s*+(=)?+)?+")
_SWALLOWED: Final = re.compile(rf"(?:,\s*+|\r[^\S\r\n]*+|\n[^\S\r\n]*+){_LEGAL}++\s*+=\s*+(?:[\"{{\w]|\Z)")
_WORDS: Final = re.compile(r"[^,={}()\"\r\n]*+(,)?+")

_COMMANDS: Final = frozenset(("comment", "preamble", "string"))


class Parsed(NamedTuple):
    """A block that ends at the place `end`; a broken one with the place where it is wrong, and what is wrong there."""

    kind: Kind
    end: int
    type: str = ""
    key: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    place: int = 0
    message: str = ""


class RanOutError(Exception):
    """The text ends before it is known what it says, and it is not the whole text."""


class _WrongError(Exception):
    def __init__(self, place: int, message: str, *, closed_early: bool = False) -> None:
        super().__init__(message)
        self.place = place
        self.message = message
        self.closed_early = closed_early


class Scanner:
    """Reads blocks of a `text`, which goes on after its end unless it is the `whole`.

    Up to the place `wary_until` a line that begins with `@word{` begins a block in any case.
    """

    def __init__(self, text: str, *, whole: bool, wary_until: int = 0) -> None:
        self.text = text
        self.whole = whole
        self.wary_until = wary_until
        self._start = self._at = 0
        self._gap = 0  # where the blanks before `_at` begin
        self._passed_lines = False
        self._closing = "}"
        self._type = self._key = ""

    def next(self, start: int) -> Parsed:
        """The block at the place `start`, where the text begins or a block ends, or the text before the next block.

        Raises RanOutError.
        """
        place = self._next_block(start)
        return Parsed("text", place) if place > start else self._block(start)

    def _next_block(self, start: int) -> int:
        """The place of the next `@` that begins a block; the end of the text if none does."""
        text = self.text
        at = line = start
        while (place := text.find("@", at)) >= 0:
            match = self._ahead(_START, place)
            line_end = max(text.rfind("\n", at, place), text.rfind("\r", at, place)) + 1
            line = line_end or line
            # A second `@` in a line has something before it.
            before = text[line:place].strip() if line >= at else "@"
            if before.startswith("%"):
                at = self._line_end(place)
            elif self._opens(match, first=not before):
                return place
            else:
                at = match.end()
        if not self.whole:
            raise RanOutError
        return len(text)

    def _block(self, start: int) -> Parsed:
        match = self._ahead(_START, start)
        self._start = start
        self._at = self._gap = match.end()
        self._passed_lines = False
        self._closing = ")" if match[2] == "(" else "}"
        self._type, self._key = match[1] or "", ""
        try:
            if not self._type:
                raise _WrongError(start + 1, "the entry type is missing after `@`")
            command = self._type.lower()
            if command == "comment":
                return self._comment(match)
            if not match[2]:
                raise _WrongError(match.end(1), f"`{{` is missing after `@{self._type}`")
            if command == "string":
                return self._macro()
            if command == "preamble":
                return self._preamble()
            return self._entry()
        except _WrongError as wrong:
            end = self._end_of_broken(closed_early=wrong.closed_early, opened=match[2] is not None)
            if self._passed_lines:
                self.wary_until = max(self.wary_until, self._at)
            return Parsed("broken", end, self._type, self._key, (), wrong.place, wrong.message)

    def _opens(self, match: re.Match[str], *, first: bool) -> bool:
        """Whether the `@` begins a block; `first` of its line it does so more easily."""
        type_, delimiter = match[1], match[2]
        if type_ is None:
            return first and delimiter is not None
        if first and delimiter:
            return True
        known = type_.lower() in _COMMANDS or is_known_type(type_.lower())
        if delimiter is None:
            return known and first
        # `me@home (or not)` is an address, `\foo@bar{` is TeX.
        return known or not re.match(r"[\w.\\]", self.text[match.start() - 1])

    def _line_end(self, place: int) -> int:
        match = _LINE_END.search(self.text, place)
        if match is None and not self.whole:
            raise RanOutError
        return len(self.text) if match is None else match.start()

    def _comment(self, match: re.Match[str]) -> Parsed:
        if match[2] and (end := self._end_of_comment(match.start(2))):
            return Parsed("comment", end, self._type)
        at = match.end(1)
        while (mark := _LINE_END_OR_AT.search(self.text, at)) and mark[0] == "@":
            next_ = self._ahead(_START, mark.start())
            if self._opens(next_, first=False):
                break
            at = next_.end()
        if mark is None and not self.whole:
            raise RanOutError
        return Parsed("comment", mark.start() if mark else len(self.text), self._type)

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
        if not self.whole and limit < 0:
            raise RanOutError
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
        what = f"the value of the macro `{name[0]}`"
        expression = self._expression(what)
        if self._peek() == ",":
            self._at += 1
            self._blanks()
        if self._ahead(_ASSIGNMENT)[1] and not self._next_begins():
            raise _WrongError(self._at, "one @string defines one macro")
        return self._command("macro", what, expression)

    def _preamble(self) -> Parsed:
        what = "the text of the preamble"
        return self._command("preamble", what, self._expression(what))

    def _command(self, kind: Literal["macro", "preamble"], what: str, expression: str) -> Parsed:
        if self._peek() != self._closing:
            self._wrong_after(what, expression, f"the {kind}")
        return Parsed(kind, self._at + 1, self._type, self._key, (("", expression),))

    def _entry(self) -> Parsed:
        self._citation_key()
        fields: list[tuple[str, str]] = []
        while self._peek() == ",":
            self._at += 1
            self._blanks()
            if self._peek() == self._closing:
                break
            name = self._field_name()
            what = f"the value of `{name}`"
            expression = self._expression(what)
            if self._peek() not in (",", self._closing):
                self._wrong_after(what, expression, "the entry")
            fields.append((name, expression))
        self._at += 1
        self._no_more_fields()
        return Parsed("entry", self._at, self._type, self._key, tuple(fields))

    def _citation_key(self) -> None:
        """Reads the citation key and goes to the comma, or the end of the entry, after it."""
        self._blanks()
        start = self._at
        if self._next_begins():
            raise _WrongError(self._gap, "the entry is never closed")
        key = self._ahead(_KEYS[self._closing])[0]
        self._at += len(key)
        self._blanks()
        sign = self._peek()
        name, equals_sign, _ = key.partition("=")
        if equals_sign and canonical(name.lower()) in FIELD_ORDER:
            raise _WrongError(start, f"the citation key is missing before `{name}`")
        if sign == "=":
            raise _WrongError(start, f"the citation key is missing before `{key}`")
        if ")" in key and self._closing == ")" and sign not in (",", ")"):
            raise _WrongError(start + key.index(")"), "a comma is missing: BibTeX takes the `)` for part of the key")
        if "{" in key:
            raise _WrongError(start + key.index("{"), f"the citation key `{key}` has a brace in it")
        self._key = key
        if sign in (",", self._closing):
            return
        if not sign or self._next_begins():
            raise _WrongError(self._gap, "the entry is never closed")
        words = self._ahead(_WORDS, self._gap)
        if words[1]:
            raise _WrongError(self._gap, f"the citation key `{key}{words[0][:-1].rstrip()}` has a blank in it")
        raise _WrongError(self._gap, f"a comma is missing after the citation key `{key}`")

    def _field_name(self) -> str:
        """Reads the name of a field and its equals sign."""
        sign = self._peek()
        if not sign or self._next_begins():
            raise _WrongError(self._gap, "the entry is never closed")
        match = _NAME.match(self.text, self._at)
        if match is None:
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
            raise _WrongError(self._gap, f"`=` is missing after `{name}`")
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
        raise self._never_closed(what)

    def _end_of_quotes(self, what: str) -> int:
        depth = 0
        for mark in _BRACES_AND_QUOTES.finditer(self.text, self._at + 1):
            sign = mark[0]
            if sign == "{":
                depth += 1
            elif sign == "}":
                depth -= 1
                if depth < 0:
                    opening, self._at = self._at, mark.start()
                    raise _WrongError(opening, f"{what} is never closed, or a brace in it never opened")
            elif sign != '"':
                self._pass_line(mark, what)
                depth += sign[-1] == "{"
            elif not depth:
                return mark.end()
        raise self._never_closed(what)

    def _never_closed(self, what: str) -> Exception:
        if not self.whole:
            return RanOutError()
        opening, self._at = self._at, len(self.text)
        return _WrongError(opening, f"{what} is never closed")

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
                if not self.whole:
                    raise RanOutError
        opening, self._at = self._at, line.start()
        raise _WrongError(opening, f"{what} is never closed")

    def _wrong_after(self, what: str, expression: str, block: str) -> NoReturn:
        """Says what is wrong where neither a comma nor the end of the block follows the `expression`."""
        sign = self._peek()
        start, end = self._gap - len(expression), self._gap
        if expression[0] in '{"' and _SWALLOWED.search(expression, 1, len(expression) - 1):
            raise _WrongError(start, f"{what} is never closed")
        if not sign or self._next_begins():
            raise _WrongError(end, f"{block} is never closed")
        if sign in ")}":
            raise _WrongError(self._at, f"`{sign}` stands where `{self._closing}` has to close {block}")
        if self._ahead(_ASSIGNMENT)[1]:
            raise _WrongError(end, f"a comma is missing after {what}")
        if expression[-1] == '"':
            raise _WrongError(end, f'{what} ends here, at a `"` that may have been meant as a part of it')
        if expression[-1] == "}":
            raise _WrongError(end, f"{what} ends here, since BibTeX counts every brace, but more follows")
        raise _WrongError(start, f"{what} has to stand in braces")

    def _no_more_fields(self) -> None:
        """Holds that no fields come after the end of the entry, which BibTeX would leave out without a word."""
        following = self._ahead(_FOLLOWING)
        if following[2] and following[1]:
            message = f"a `{self._closing}` too many closes the entry before `{following[1]}`"
            raise _WrongError(self._at - 1, message, closed_early=True)

    def _end_of_broken(self, *, closed_early: bool, opened: bool) -> int:
        """Where a broken block ends: with its own last brace, or before the next line that begins with `@word{`."""
        depth = int(self._closing == "}" and (closed_early or not opened))
        for mark in self._marks(self._at if closed_early else self._start):
            sign = mark[0]
            if sign == "{":
                depth += 1
            elif sign == "}":
                depth -= 1
            elif sign != ")":
                return self._before_blanks(mark.start())
            if depth <= 0 and sign == self._closing:
                return mark.end()
        if not self.whole:
            raise RanOutError
        return self._before_blanks(len(self.text))

    def _before_blanks(self, place: int) -> int:
        return self._start + len(self.text[self._start : place].rstrip())

    def _marks(self, place: int, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        pattern = _BRACES if self._closing == "}" else _BRACES_AND_PARENTHESES
        return pattern.finditer(self.text, place, end)

    def _blanks(self) -> None:
        self._gap = self._at
        self._at = self._ahead(_BLANKS).end()

    def _ahead(self, pattern: re.Pattern[str], place: int | None = None) -> re.Match[str]:
        """The match here, or at `place`, of a pattern that matches anywhere, if only nothing.

        Raises RanOutError where more of the text could match too.
        """
        match = pattern.match(self.text, self._at if place is None else place)
        if match is None:
            raise AssertionError(pattern.pattern)
        if match.end() == len(self.text) and not self.whole:
            raise RanOutError
        return match

    def _peek(self) -> str:
        return self.text[self._at : self._at + 1]

    def _next_begins(self) -> bool:
        """Whether the next block begins here, in a line of its own."""
        if self._peek() != "@" or not _LINE_END.search(self.text, self._gap, self._at):
            return False
        match = self._ahead(_START)
        return match[1] is not None and match[2] is not None
