"""Single keys and lines from a terminal, in which what is typed ahead is not lost."""

import os
import select
import sys
import termios
import tty
from codecs import getincrementaldecoder
from types import TracebackType
from typing import Self

_AFTER_ESCAPE = 0.05
"""So many seconds a terminal takes at most between the characters that one key sends, such as an arrow."""


class Keyboard:
    """The keyboard of the terminal that is standard input; use it in a `with`, which puts the terminal back."""

    def __init__(self) -> None:
        self._file = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._file)
        self._decoder = getincrementaldecoder("utf-8")("replace")

    def __enter__(self) -> Self:
        # Not at once, as Click does it: that throws away what was typed ahead.
        tty.setcbreak(self._file, termios.TCSADRAIN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        termios.tcsetattr(self._file, termios.TCSADRAIN, self._before)

    def key(self) -> str:
        """The next key as the character it sends: nothing for one that sends several, Ctrl-D where the input ends."""
        while True:
            byte = os.read(self._file, 1)
            if not byte:
                return "\x04"
            char = self._decoder.decode(byte)
            if char == "\x1b" and self._has_more():
                while self._has_more():
                    os.read(self._file, 1)
                return ""
            if char:
                return char

    def line(self, what: str) -> str:
        """The next line, asked for by `what`; empty where it was given up by Escape."""
        typed = ""
        sys.stdout.write(f"{what}: ")
        while True:
            sys.stdout.flush()
            char = self.key()
            if char in ("\r", "\n", "\x04", "\x1b"):
                sys.stdout.write("\n")
                return "" if char == "\x1b" else typed.strip()
            if char in ("\x7f", "\b") and typed:
                typed = typed[:-1]
                sys.stdout.write("\b \b")
            elif char.isprintable():
                typed += char
                sys.stdout.write(char)

    def _has_more(self) -> bool:
        return bool(select.select([self._file], [], [], _AFTER_ESCAPE)[0])
