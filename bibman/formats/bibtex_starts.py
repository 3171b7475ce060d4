"""Where the blocks of a `.bib` begin, in a text of which there may be more."""

import re
from typing import Final

from bibman.model.vocabulary import is_known_type

# What a name consists of to BibTeX (bibtex.web, `scan_identifier`); none begins with a digit.
LEGAL: Final = r"""[^\s\x00-\x1f\x7f"#%'(),={}]"""
_TYPE: Final = rf"(?![0-9@]){LEGAL}++"
START: Final = re.compile(rf"@\s*+({_TYPE})?+\s*+([{{(])?+")
"""An `@`, the word after it, and the delimiter that opens the block: one or both of these may be missing."""

# Each alternative begins with a plain character: the expression engine then skips all text that begins none.
LINE_OPENS: Final = rf"\n[^\S\r\n]*+@\s*+{_TYPE}\s*+[{{(]|\r[^\S\r\n]*+@\s*+{_TYPE}\s*+[{{(]"
"""A pattern for a line that begins with `@word{` or `@word(`, from the end of the line before it."""

LINE_END: Final = re.compile(r"[\r\n]")
_LINE_END_OR_AT: Final = re.compile(r"[\r\n@]")
_COMMANDS: Final = frozenset(("comment", "preamble", "string"))


class RanOutError(Exception):
    """The text ends before it is known what it says, and it is not the whole text."""


class Text:
    """A text to look ahead in, which goes on after its end unless it is the `whole`."""

    def __init__(self, text: str, *, whole: bool) -> None:
        self.text = text
        self.whole = whole

    def ahead(self, pattern: re.Pattern[str], place: int) -> re.Match[str]:
        """The match at `place` of a pattern that matches anywhere, if only nothing.

        Raises RanOutError where more of the text could match too.
        """
        match = pattern.match(self.text, place)
        if match is None:
            raise AssertionError(pattern.pattern)
        if match.end() == len(self.text):
            self.must_be_whole()
        return match

    def must_be_whole(self) -> None:
        """Raises RanOutError if there is more of the text."""
        if not self.whole:
            raise RanOutError

    def next_start(self, start: int) -> int:
        """The place of the next `@` that begins a block; the end of the text if none does.

        `start` is where the text begins or a block ends. Raises RanOutError.
        """
        text = self.text
        at = line = start
        while (place := text.find("@", at)) >= 0:
            match = self.ahead(START, place)
            line = max(text.rfind("\n", at, place), text.rfind("\r", at, place)) + 1 or line
            # A second `@` in a line has something before it.
            before = text[line:place].strip() if line >= at else "@"
            if before.startswith("%"):
                at = self._line_end(place)
            elif self._opens(match, first=not before):
                return place
            else:
                at = match.end()
        self.must_be_whole()
        return len(text)

    def end_of_bare_comment(self, start: int) -> int:
        """The end of the line, or the place before it where a block begins. Raises RanOutError."""
        while mark := _LINE_END_OR_AT.search(self.text, start):
            if mark[0] != "@":
                return mark.start()
            match = self.ahead(START, mark.start())
            if self._opens(match, first=False):
                return mark.start()
            start = match.end()
        self.must_be_whole()
        return len(self.text)

    def _opens(self, match: re.Match[str], *, first: bool) -> bool:
        """Whether a START begins a block, as each does that is the `first` of its line, even one that is none.

        Among other text it must look like one: `me@home (or not)` is an address, `\\foo@bar{` is TeX.
        """
        if first:
            return True
        if match[1] is None or match[2] is None:
            return False
        type_ = match[1].lower()
        return type_ in _COMMANDS or is_known_type(type_) or not re.match(r"[\w.\\]", self.text[match.start() - 1])

    def _line_end(self, place: int) -> int:
        match = LINE_END.search(self.text, place)
        if match is None:
            self.must_be_whole()
            return len(self.text)
        return match.start()
