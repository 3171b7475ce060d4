"""Names of people and bodies, split as BibTeX splits them and written so that BibTeX splits them so again."""

import functools
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Name(NamedTuple):
    """One name, in the parts of BibLaTeX (manual, section 2.3.3).

    A person has `family` and, where known, `given`, `prefix` ("van der") and `suffix` ("Jr."); a body has only
    `literal` ("NASA Jet Propulsion Laboratory"). Parts that are absent are empty. The parts are BibTeX text where
    they come from `parse_name`, and Unicode in a record or once they were decoded.
    """

    family: str = ""
    given: str = ""
    prefix: str = ""
    suffix: str = ""
    literal: str = ""


OTHERS = Name(family="others")
"""What stands at the end of a list that is cut short: `and others`. BibTeX itself reads it as a family name, so it
needs no rule here; the body `{others}` is another name, a literal one."""

_AND = re.compile(r"(?<=\s)[aA][nN][dD](?=\s)")
_AND_OR_BRACE = re.compile(r"[{}]|(?<=\s)[aA][nN][dD](?=\s)")

_SHALLOW = re.compile(r"[^{}]*+(?:\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+\}[^{}]*+)*+")

# What keeps a name from the short way: LaTeX, ties, and a hyphen that is not followed by a capital.
_ODD = re.compile(r"[{}\\~]|-[^A-ZÀ-ÖØ-Þ]|(?:^|[ ,])-|-$")

# One piece is a separator, a comma, or what stands between them, with its groups in braces; a brace alone is a piece
# only where groups lie deeper or never close. `\~` and `\-` are an accent and a hyphenation point, not a tie and a
# hyphen; `\ ` is a blank.
_PIECE = re.compile(
    r"(?:[^\\{}, ~-]++|\\[\\~-]|\\(?![ \\~-])|\{(?:[^{}]++|\{(?:[^{}]++|\{[^{}]*+\})*+\})*+\})++|[ ,~-]|\\ |[{}]"
)
_SEPARATORS = frozenset((" ", "~", "-", "\\ "))

_CONTROL_WORD = re.compile(r"[A-Za-z]*")
_FOREIGN_CAPITALS = frozenset(("OE", "AE", "AA", "O", "L"))
_FOREIGN_LETTERS = frozenset(("i", "j", "oe", "ae", "aa", "o", "l", "ss"))


def split_names(value: str) -> list[str]:
    """The names of a BibTeX name list, in order, each with its outer blanks trimmed.

    The list is cut at every `and`, in any case, that has white space on both sides and stands outside all braces
    (bibtex.web, `name_scan_for_and`). What is empty between two of them is left out.
    """
    value = value.strip()
    if "{" not in value:
        pieces = _AND.split(value)
    else:
        pieces = []
        start = depth = 0
        for match in _AND_OR_BRACE.finditer(value):
            mark = match[0]
            if mark == "{":
                depth += 1
            elif mark == "}":
                depth = max(depth - 1, 0)
            elif not depth:
                pieces.append(value[start : match.start()])
                start = match.end()
        pieces.append(value[start:])
    return [name for piece in pieces if (name := piece.strip())]


def is_whole(piece: str) -> bool:
    """Whether a name list that has this piece between two ` and ` is cut neither within it nor at its ends.

    False also where a brace may reach beyond it, or it is too deep to see.
    """
    if ("{" in piece or "}" in piece) and not _SHALLOW.fullmatch(piece):
        return False
    return "and" not in piece.lower() or not _AND.search(f" {piece} ")


@functools.lru_cache(maxsize=1 << 14)
def parse_name(text: str) -> Name:
    """One name of a name list, in its parts, as BibTeX text.

    The rules are those of BibTeX (bibtex.web, `format.name$`; btxdoc, section 4): `First von Last`,
    `von Last, First` and `von Last, Jr, First`; blanks, ties and hyphens part the words; "von" are words that begin
    with a small letter, where a special character (`{\\'E}`) counts by its letter and any other group in braces has
    no case. Beyond them:

    - letters outside ASCII have the case that Unicode gives them, as in BibLaTeX; BibTeX knows only bytes;
    - `\\~` and `\\-` part no words, as in BibLaTeX (BibTeX would cut `Jo\\~ao` in two), and `\\ ` is a blank;
    - a hyphen between "von" and "Last" stays with the prefix (`al-` `Khwarizmi`); BibTeX drops it;
    - a family, given name or suffix that is one group in braces stands without these braces (`{von Neumann}, John`),
      and a whole name that is one group is a body: `literal`.

    Odd text is read as BibTeX reads it after its warning: a comma at the end, or after two others, counts for nothing,
    and so does a closing brace too many. (A comma at the beginning counts for nothing either, and a brace that is
    never closed ends with the name.) Nothing is raised, and no word is lost; text without a word gives `Name()`.
    """
    text = " ".join(text.split())
    if not _ODD.search(text) and (name := _parse_plain(text)):
        return name

    tokens, gaps, commas = _tokens(text)
    if not tokens:
        return Name()
    if len(tokens) == 1 and not commas and _is_group(tokens[0]):
        return Name(literal=tokens[0][1:-1].strip())
    if commas:
        end = commas[0]
        von = 0
        last = _family_start(tokens, von, end)
        given = _join(tokens, gaps, commas[-1], len(tokens))
        suffix = _join(tokens, gaps, end, commas[1]) if len(commas) == 2 else ""
    else:
        end = len(tokens)
        von = next((at for at in range(end - 1) if _is_von(tokens[at])), end)
        if von < end:
            last = _family_start(tokens, von, end)
        else:
            last = end - 1
            while last and gaps[last] == "-":
                last -= 1
            von = last
        given = _join(tokens, gaps, 0, von)
        suffix = ""
    prefix = _join(tokens, gaps, von, last)
    if prefix and gaps[last] == "-":
        prefix += "-"
    return Name(_unwrapped(_join(tokens, gaps, last, end)), _unwrapped(given), prefix, _unwrapped(suffix))


def parse_names(value: str) -> tuple[Name, ...]:
    """The names of a BibTeX name list, in order; `and others` gives `OTHERS` at the end."""
    names = map(parse_name, split_names(value))
    return tuple([name for name in names if name.family or name.literal])


def format_name(name: Name) -> str:
    """One name as BibTeX text that BibTeX and BibLaTeX split rightly, with braces only where they are needed.

    `von Last, Jr, First` with the parts there are, and `{literal}` for a body. Braces go round a part that would be
    read otherwise: a comma, an `and` or odd blanks in it, small words in a family.

    For a name whose parts are clean (braces balanced, no white space but single blanks between words, no control
    space) `parse_name(format_name(name)) == name`, if it is

    - a body, or
    - a family and a given name, also with a suffix or with a prefix whose last word begins with a small letter, or
    - a family alone of one word (also one with hyphens, but then with a capital after each).

    It is also that name for whatever `parse_name` made of a text in which no word is `and`.

    Other names are beyond BibTeX's syntax. A prefix in capitals is written as part of the family; a family alone of
    several words, a suffix without a given name, and a name without family are written whole in braces, as a body:
    that is how they print rightly.
    """
    if name.literal or not name.family:
        body = name.literal or " ".join(part for part in (name.prefix, name.given, name.suffix) if part)
        return f"{{{body}}}" if body else ""
    # BibTeX takes the word before the first comma as family whatever its case; biber does not if all is small.
    family = name.family
    all_small = _is_von(family) and _is_von(name.suffix or name.given)
    plain = ", ".join(part for part in (_headed(name.prefix, family), name.suffix, name.given) if part)
    if not all_small and parse_name(plain) == name and not _has_and(plain):
        return plain
    prefix = name.prefix
    if prefix and not _stands_as_prefix(prefix):
        prefix, family = "", _headed(prefix, family)
    head = _headed(prefix, f"{{{family}}}" if all_small or not _stands_as_family(family) else family)
    if name.given:
        rest = [part if _stands(part) else f"{{{part}}}" for part in (name.suffix, name.given) if part]
        return ", ".join([head, *rest])
    if not name.suffix and parse_name(head) == Name(name.family, prefix=prefix) and not _has_and(head):
        return head
    return f"{{{plain}}}"


def format_names(names: Iterable[Name]) -> str:
    """The names as a BibTeX name list; each as `format_name` writes it, `OTHERS` as `others`."""
    return " and ".join(text for name in names if (text := format_name(name)))


def short_names(names: Sequence[Name], limit: int = 3) -> str:
    """The names for a narrow column: the families of up to `limit`, of more only the first and "et al.".

    Takes names in Unicode: "Ganguli, Askell, Bai"; "Ganguli et al."; "van der Berg"; "NASA et al.".
    """
    shown = [name for name in names[: limit + 1] if name != OTHERS]
    heads = [name.literal or _headed(name.prefix, name.family) or name.given for name in shown]
    if heads and (len(names) > limit or len(shown) < len(names)):
        return f"{heads[0]} et al."
    return ", ".join(heads)


def _parse_plain(text: str) -> Name | None:
    """The name in a text without anything `_ODD`, if it has the usual form; else None, and it needs a closer look."""
    family, comma, given = text.partition(",")
    given = given.removeprefix(" ")
    if comma and (not given or "," in given):
        return None
    words = family.split(" ")
    initials = [word[:1] for word in words]
    if all(map(str.isupper, initials)):
        return Name(family, given) if comma else Name(words[-1], " ".join(words[:-1]))
    if "-" in text or not all(initial.isupper() or initial.islower() for initial in initials):
        return None
    small = [at for at, initial in enumerate(initials[:-1]) if initial.islower()]
    if comma:
        von, last = 0, small[-1] + 1 if small else 0
    else:
        von, last = (small[0], small[-1] + 1) if small else (len(words) - 1, len(words) - 1)
        given = " ".join(words[:von])
    return Name(" ".join(words[last:]), given, " ".join(words[von:last]))


def _tokens(text: str) -> tuple[list[str], list[str], list[int]]:
    """The words of a name, what stands before each of them, and before which words the (at most two) commas stand."""
    tokens: list[str] = []
    gaps: list[str] = []
    commas: list[int] = []
    word: list[str] = []
    depth = 0
    gap = before = " "
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece == "{":
            depth += 1
        elif piece == "}":
            if not depth:
                # A backslash before it would make a control space of the next blank.
                word = [kept] if (kept := "".join(word).rstrip("\\")) else []
                continue
            depth -= 1
        elif not depth and (piece in _SEPARATORS or piece == ","):
            if word:
                tokens.append("".join(word))
                gaps.append(before)
                word = []
                gap = piece if piece in "~-" else " "
            if piece == ",":
                gap = " "
                if tokens and len(commas) < 2:
                    commas.append(len(tokens))
            continue
        if not word:
            before = gap
        word.append(piece)
    if word:
        tokens.append("".join(word) + "}" * depth)
        gaps.append(before)
    while commas and commas[-1] == len(tokens):
        commas.pop()
    return tokens, gaps, commas


def _join(tokens: list[str], gaps: list[str], start: int, end: int) -> str:
    """The words from `start` to `end` with what stands between them."""
    if end - start <= 1:
        return tokens[start] if start < end else ""
    return tokens[start] + "".join([gaps[at] + tokens[at] for at in range(start + 1, end)])


def _family_start(tokens: list[str], start: int, end: int) -> int:
    """Where "Last" begins between `start` and `end`: after the last "von" word, but it has at least one word."""
    for at in range(end - 1, start, -1):
        if _is_von(tokens[at - 1]):
            return at
    return start


def _is_von(token: str) -> bool:
    """Whether BibTeX takes the word as "von": its first letter outside braces, or in a special character, is small."""
    at = 0
    while at < len(token):
        letter = token[at]
        if letter == "{":
            if token[at + 1] == "\\" and at + 3 < len(token):
                return _is_small_special(token, at + 2)
            at = _group_end(token, at)
        elif letter.islower():
            return True
        elif letter.isupper() or letter.istitle():
            return False
        else:
            at += 1
    return False


def _is_small_special(token: str, at: int) -> bool:
    """Whether the special character whose control sequence begins `at` is a small letter."""
    match = _CONTROL_WORD.match(token, at)
    control = match[0] if match else ""
    if control in _FOREIGN_CAPITALS:
        return False
    if control in _FOREIGN_LETTERS:
        return True
    depth = 1
    for letter in token[at + len(control) :]:
        if letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
            if not depth:
                return False
        elif letter.islower():
            return True
        elif letter.isupper() or letter.istitle():
            return False
    return False


def _group_end(text: str, start: int) -> int:
    """The place after the brace that closes the one at `start`; the end of the text where none does."""
    depth = 0
    for at in range(start, len(text)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if not depth:
                return at + 1
    return len(text)


def _is_group(text: str) -> bool:
    """Whether one pair of braces encloses the whole text, and something in it."""
    return text[:1] == "{" and text[1:-1].strip() != "" and _group_end(text, 0) == len(text)


def _unwrapped(part: str) -> str:
    return part[1:-1].strip() if part[:1] == "{" and _is_group(part) else part


def _headed(prefix: str, family: str) -> str:
    """The family behind its prefix: "van der Berg", "al-Khwarizmi"."""
    joined = not prefix or (prefix.endswith("-") and not prefix.endswith("\\-"))
    return f"{prefix}{family}" if joined else f"{prefix} {family}"


def _has_and(text: str) -> bool:
    """Whether a name list would be cut within the text, or at its ends."""
    return len(split_names(f"x {text} x")) > 1


def _stands(part: str) -> bool:
    """Whether BibTeX reads the text between two commas back as it is."""
    tokens, gaps, commas = _tokens(part)
    same = _join(tokens, gaps, 0, len(tokens)) == part
    return same and not commas and not _is_group(part) and not _has_and(part)


def _stands_as_family(family: str) -> bool:
    """Whether BibTeX reads the text back as it is before a comma, and takes none of it as "von"."""
    return _stands(family) and not any(map(_is_von, _tokens(family)[0][:-1]))


def _stands_as_prefix(prefix: str) -> bool:
    """Whether BibTeX knows the text as "von" when a family follows it."""
    tokens, gaps, commas = _tokens(prefix)
    words = _join(tokens, gaps, 0, len(tokens))
    return prefix in (words, f"{words}-") and not commas and not _has_and(prefix) and _is_von(tokens[-1])
