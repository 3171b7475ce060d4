"""Braces of BibTeX text: whether they have their partners, and which words of a title need them."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from bibman.model.latex_decode import ACCENTED, BARE_URL, MATH, decode
from bibman.model.latex_tables import LETTERS

_SHOUTED: Final = 3  # words in capitals that may be acronyms; a title of more is merely written in capitals
_LONGER: Final = 4  # letters of a word that Title Case would begin with a capital


def imbalance(text: str) -> int | None:
    r"""The index of the first brace of `text` without a partner, or None where all have one.

    Counted as BibTeX counts: every brace, those of `\{` and `\}` too (`bibtex.web`, `scan_balanced_braces`).
    """
    if "{" not in text and "}" not in text:
        return None
    unpaired: list[int] = []
    for brace in re.finditer("[{}]", text):
        if brace[0] == "{":
            unpaired.append(brace.start())
        elif unpaired:
            unpaired.pop()
        else:
            return brace.start()
    return unpaired[0] if unpaired else None


def protect(title: str) -> str:
    """BibTeX text of a title with braces round the words whose capitals a style would lower and must not.

    Those are words with a capital after their first character ({RLHF}, {GPT-3}, {mRNA}, {O'Brien}), single capitals
    other than the article (vitamin {C}) and, in a title in sentence case, every capital after the first word
    ({Bayes}); in Title Case a name looks like any other word. A title all in capitals has nothing to keep. Math and
    commands with capitals are braced too, for BibTeX would lower them as well. What is in braces already stays as it
    is, and `decode` reads the result as it reads `title`.

    Rule: `change.case$` with "t" lowers every letter outside braces save the first of the title and one that follows a
    colon and white space ("Designing BibTeX Styles", section 5.3).
    """
    if title.islower() or imbalance(title) is not None:
        return title
    pieces = _pieces(title)
    words = _words(title, pieces)
    if len(words) > _SHOUTED and all(word.letters.upper() == word.letters for word in words):
        return title
    ranges = [(piece.start, piece.end) for piece in pieces if piece.lowered]
    protected = _braced(title, sorted(ranges + _chosen(title, words)))
    # In a title that is no sound LaTeX, such as one with a lone dollar, braces might change what is math.
    lone_dollar = any(title[piece.start : piece.end] in {"$", "$$"} for piece in pieces)
    return title if lone_dollar or decode(protected) != decode(title) else protected


@dataclass(slots=True)
class _Piece:
    """A stretch of a title outside all braces, or one group, from `start` to `end`."""

    start: int
    end: int
    letters: str = ""
    """What it reads as, where it is a word or a part of one."""
    fixed: bool = False
    """Not for bracing: it has braces, or it belongs to a command."""
    lowered: bool = False
    """No word, but a style would lower its capitals."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, or one between the hyphens of a compound, from `start` to `end`."""

    start: int
    end: int
    letters: str
    fixed: bool
    leading: bool
    """A style leaves its first letter alone."""


@cache
def _scanner() -> re.Pattern[str]:
    return re.compile(
        rf"""
        (?P<address>{BARE_URL})
        | (?P<math>\$\$[^$]++\$\$|{MATH}|\\\((?:[^\\]|\\[^()])*+\\\))
        | (?P<accent>\\{ACCENTED})
        | (?P<letter>\\(?:{"|".join(LETTERS)})(?![A-Za-z])\s*+)
        | (?P<command>\\[A-Za-z]++\*?[^\S\n]*+\n?[^\S\n]*+)
        | (?P<sign>\\.)
        | (?P<group>\{{)
        | (?P<word>[^\W_]++(?:['’.][^\W_]++)*+)
        | (?P<other>\s++|\$\$|.)
        """,
        re.VERBOSE | re.DOTALL,
    )


@cache
def _special_letter() -> re.Pattern[str]:
    r"""The beginning of a letter as BibTeX's special character (`{\'e}`, `{\ss}`), inside which case is changed."""
    return re.compile(rf"\{{\\(?:{ACCENTED}|(?:{'|'.join(LETTERS)})(?![A-Za-z]))")


def _pieces(title: str) -> list[_Piece]:
    partners = _partners(title)
    pieces: list[_Piece] = []
    command = False  # the piece before is a command, and what comes now may be its argument
    place = 0
    while match := _scanner().match(title, place):
        kind = match.lastgroup
        first_brace = title.find("{", place, match.end()) if kind in {"group", "accent"} else -1
        start, end = place, match.end() if first_brace < 0 else partners[first_brace] + 1
        place = end
        capitals = kind in {"math", "command"} and any(sign.isupper() for sign in match[0])
        if command and kind in {"group", "math", "command"}:
            pieces[-1].end = end
            pieces[-1].lowered |= capitals
            continue
        piece = _Piece(start, end, fixed=command and kind != "other", lowered=capitals)
        if kind == "word":
            piece.letters = match[0]
        elif kind in {"accent", "letter"}:
            piece.letters = _letters(title[start:end])
        elif kind == "group":
            piece.letters = _letters(title[start:end]) if _special_letter().match(title, start) else ""
            piece.fixed = not piece.letters
        elif kind == "address":
            piece.fixed = True
        pieces.append(piece)
        command = kind == "command"
    return pieces


def _letters(latex: str) -> str:
    read = decode(latex).strip()
    return read if read.isalnum() else ""


def _partners(text: str) -> dict[int, int]:
    """The place of each opening brace's partner; `text` is balanced."""
    partners: dict[int, int] = {}
    unpaired: list[int] = []
    for brace in re.finditer("[{}]", text):
        if brace[0] == "{":
            unpaired.append(brace.start())
        else:
            partners[unpaired.pop()] = brace.start()
    return partners


def _words(title: str, pieces: list[_Piece]) -> list[_Word]:
    """The words of the title: pieces that touch and are letters or groups are one."""
    words: list[_Word] = []
    run: list[_Piece] = []
    for piece in [*pieces, _Piece(len(title), len(title))]:
        if piece.letters or piece.lowered or title.startswith("{", piece.start):
            run.append(piece)
            continue
        letters = "".join(each.letters for each in run)
        if letters:
            start = run[0].start
            fixed = any(each.fixed or each.lowered for each in run)
            words.append(_Word(start, run[-1].end, letters, fixed, _is_leading(title, start)))
        run = []
    return words


def _is_leading(title: str, place: int) -> bool:
    before = place
    while before and title[before - 1].isspace():
        before -= 1
    return place == 0 or (before < place and title.endswith(":", 0, before))


def _chosen(title: str, words: list[_Word]) -> list[tuple[int, int]]:
    """Where the words are that need braces; those of one compound that touch share them."""
    names_show = _is_sentence_case(words)
    chosen: list[tuple[int, int]] = []
    for word in words:
        joins = bool(chosen) and chosen[-1][1] + 1 == word.start and title[word.start - 1] == "-"
        number = joins and word.letters[0].isdecimal() and not any(sign.isalpha() for sign in word.letters)
        if word.fixed or not (number or _needs_braces(word, names_show)):
            continue
        start = chosen.pop()[0] if joins else word.start
        chosen.append((start, word.end))
    return chosen


def _needs_braces(word: _Word, names_show: bool) -> bool:
    letters = word.letters
    if any(letter.isupper() for letter in letters[1:]):
        return True
    if word.leading or not letters[0].isupper():
        return False
    return names_show or (len(letters) == 1 and letters != "A")


def _is_sentence_case(words: list[_Word]) -> bool:
    """Whether most of the longer words after the first begin with a small letter; acronyms do not count."""
    longer = [word.letters for word in words if len(word.letters) >= _LONGER and not word.leading and not word.fixed]
    plain = [letters for letters in longer if letters[1:].islower()]
    return 2 * sum(letters[0].islower() for letters in plain) > len(plain)


def _braced(title: str, ranges: list[tuple[int, int]]) -> str:
    """The `title` with each of the `ranges` in braces."""
    parts: list[str] = []
    done = 0
    for start, end in ranges:
        # A group that began with a backslash would be a special character, whose letters BibTeX lowers all the same.
        special = title.startswith("\\", start)
        parts += title[done:start], "{{" if special else "{", title[start:end], "}}" if special else "}"
        done = end
    return "".join([*parts, title[done:]])
