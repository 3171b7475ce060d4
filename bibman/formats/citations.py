r"""Which entries a paper cites: read from the `.aux` of BibTeX or BibLaTeX, the `.bcf` of biber, or the `.tex` itself.

`.aux` and `.bcf` say it exactly, as LaTeX wrote them. In a `.tex` every command counts whose name has `cite` in it and
that is given keys, so that the families of natbib, BibLaTeX, jurabib, apacite, multibib and those of one's own are
understood; no macro is expanded.
"""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

EVERYTHING: Final = "*"
r"""The key that stands for every entry, as in `\nocite{*}`."""


class Include(NamedTuple):
    r"""Another file whose citations belong to the paper, as it is named there (`.tex` may be left out).

    `folder` is what `\import` or `\subfile` put in front: a path on which the file's own includes are looked for too.
    `is_chapter` marks an `\include`, which `\includeonly` may leave out.
    """

    path: str
    folder: str = ""
    is_chapter: bool = False


@dataclass(frozen=True, slots=True)
class Citations:
    r"""What one file cites and includes.

    `items` are citation keys as written (EVERYTHING among them) and includes, in order and without repetition.
    `sets` are the sets of entries that it makes up, by the key of each (BibLaTeX manual, 3.13.5). `only` are the names
    in `\includeonly`, None where there is none. `unclear` are includes whose name a macro makes up.
    """

    items: tuple[str | Include, ...]
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    only: frozenset[str] | None = None
    unclear: tuple[str, ...] = ()


def read(text: str, name: str) -> Citations:
    """The citations in the text of a file called `name`: by its ending, or else by what stands in it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _reader(lines, name.lower())(lines)


def _reader(text: str, name: str) -> Callable[[str], Citations]:
    for ending, reader in ((".aux", _read_aux), (".bcf", _read_bcf), (".tex", _read_tex)):
        if name.endswith(ending):
            return reader
    if "<bcf:controlfile" in text:
        return _read_bcf
    return _read_aux if _AUX.search(text) else _read_tex


_AUX: Final = re.compile(
    r"^\\(?:citation\{(?P<keys>[^{}]*)\}"
    r"|abx@aux@cite\{(?P<first>[^{}]*)\}(?:\{(?P<second>[^{}]*)\})?"
    r"|abx@aux@segm\{[^{}]*\}\{[^{}]*\}\{(?P<segment>[^{}]*)\}"
    r"|(?P<all>abx@aux@nociteall)\b"
    r"|@input\{(?P<file>[^{}]*)\})",
    re.MULTILINE,
)

# Entries that packages cite behind the author's back and keep in a `.bib` of their own.
_CONTROL: Final = re.compile(r"(?:biblatex|achemso)-control|(?:REVTEX|aps\w*)4\d?Control")


def _read_aux(text: str) -> Citations:
    r"""The citations in an `.aux`: BibTeX's `\citation` and `\@input` (bibtex.web, "Reading the auxiliary file"), and
    BibLaTeX's `\abx@aux@cite`, in older versions without the number of a section before the key.
    """
    items: list[str | Include] = []
    for found in _AUX.finditer(text):
        if found["file"] is not None:
            items.append(Include(found["file"]))
        elif found["all"] is not None:
            items.append(EVERYTHING)
        else:
            keys = (found[group] for group in ("keys", "second", "first", "segment") if found[group] is not None)
            items += [key for key in _keys(next(keys)) if not _CONTROL.fullmatch(key)]
    return Citations(tuple(dict.fromkeys(items)))


_CITEKEY: Final = re.compile(r"<(?:\w+:)?citekey(?=[\s>])([^<>]*)>([^<>]*)<")
_MEMBERS: Final = re.compile(r"""\smembers\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def _read_bcf(text: str) -> Citations:
    """The citations in the control file of biber, those of all its sections together.

    It is not read as XML, so that one that LaTeX did not finish can be read, and no entity of it can swell.
    """
    items: dict[str, None] = {}
    sets: dict[str, tuple[str, ...]] = {}
    for attributes, content in _CITEKEY.findall(text):
        key = html.unescape(content).strip()
        members = _MEMBERS.search(attributes)
        if members is not None:
            sets[key] = tuple(_keys(html.unescape(members[1] or members[2] or "")))
        elif key:
            items[key] = None
    return Citations(tuple(items), sets)


_VERBATIM: Final = "verbatim|Verbatim|BVerbatim|LVerbatim|lstlisting|minted|alltt|comment|filecontents"
_NOT_CODE: Final = re.compile(
    r"\\verb(?![A-Za-z])\*?(?P<mark>[^\n])[^\n]*?(?:(?P=mark)|$)"
    r"|\\(?:lstinline|mintinline)(?![A-Za-z])(?:\[[^\]\n]*\])?(?:\{[a-z]*\})?(?P<sign>[^\w\s{])[^\n]*?(?:(?P=sign)|$)"
    rf"|\\begin\{{(?P<environment>(?:{_VERBATIM})\*?)\}}.*?(?:\\end\{{(?P=environment)\}}|\Z)"
    r"|\\iffalse(?![A-Za-z]).*?(?:\\(?:fi|else)(?![A-Za-z])|\Z)"
    r"|^[ \t]*\\endinput(?![A-Za-z])[ \t]*(?:%[^\n]*)?$.*"
    r"|\\end[ \t]*\{document\}.*"
    r"|%[^\n]*(?:\n[ \t]*|\Z)"
    r"|(?P<escaped>\\[^A-Za-z])",
    re.DOTALL | re.MULTILINE,
)

_WORD: Final = re.compile(r"\\([A-Za-z@]+)\*?")
_DEFINED: Final = re.compile(r"\s*\{?\s*\\[A-Za-z@]+\*?\s*\}?")
_DEFINING: Final = frozenset(
    "newcommand renewcommand providecommand DeclareRobustCommand NewDocumentCommand RenewDocumentCommand"
    " ProvideDocumentCommand DeclareDocumentCommand NewCommandCopy RenewCommandCopy def edef gdef xdef let".split()
)
_SPACE: Final = re.compile(r"[ \t]*(?:\n[ \t]*)?")
_KEYS: Final = re.compile(r"\{([^{}\\#]*)\}")
_BARE_NAME: Final = re.compile(r'"([^"\n]*)"|([^\s{}\\%]+)')

_CITES: Final = re.compile(r"[A-Za-z@]*[cC]ite[A-Za-z@]*|bibentry|(?:foreign|hyphen)?(?:text|block)cquote")
# Commands that are called after citing and take no keys, or whose keys are not yet cited.
_CITES_NOT: Final = re.compile(
    r"(?:At|Declare|if|newcite|setcite|defcite)[A-Za-z@]*"
    r"|cite(?:style|text|reset|setup|indextrue|indexfalse|trackertrue|trackerfalse|punct|mid|left|right|dash|form)"
)
# Before the keys comes another argument: the volume, or the language.
_SECOND: Final = re.compile(r"[A-Za-z]*[vV]olcites?|(?:foreign|hyphen)(?:text|block)cquote")
_SEVERAL: Final = re.compile(r"[A-Za-z]*(?:[cC]ites|citetexts)")
_QUOTING: Final = re.compile(r"\{displaycquote\*?\}")
_LONGEST: Final = 4000  # of an argument; in a text where many are never closed each would be sought to its end
_INCLUDING: Final = frozenset({"input", "include", "subfile", "subfileinclude"})
_IMPORTING: Final = frozenset({"import", "subimport", "inputfrom", "subinputfrom", "includefrom", "subincludefrom"})


def _read_tex(text: str) -> Citations:
    r"""The citations in a `.tex`.

    Comments, verbatim texts and what follows `\end{document}` are no part of it. A key or file name that is an
    argument of a macro (`#1`) is passed over.
    """
    code = _NOT_CODE.sub(lambda found: found["escaped"] or ("" if found[0][0] == "%" else " "), text)
    items: dict[str | Include, None] = {}
    sets: dict[str, tuple[str, ...]] = {}
    only: frozenset[str] | None = None
    unclear: dict[str, None] = {}
    place = 0
    while found := _WORD.search(code, place):
        name, place = found[1], found.end()
        if name in _DEFINING:
            defined = _DEFINED.match(code, place)
            place = defined.end() if defined is not None else place
        elif name in _INCLUDING:
            path = _file_name(code, place)
            items |= dict.fromkeys(_include(name, path))
            unclear |= dict.fromkeys([path] if _is_unclear(path) else [])
        elif name in _IMPORTING:
            folder, path = _groups(code, place, 2)
            items |= dict.fromkeys([Include(path.strip(), folder.strip())] if _is_plain(folder + path) else [])
            unclear |= dict.fromkeys([folder + path] if _is_unclear(folder + path) else [])
        elif name == "includeonly":
            only = frozenset(_keys(_groups(code, place, 1)[0]))
        elif name == "defbibentryset":
            key, members = _groups(code, place, 2)
            sets[key.strip()] = tuple(_keys(members))
        elif name == "begin" and (quoting := _QUOTING.match(code, place)):
            items |= dict.fromkeys(_cited("textcquote", code, quoting.end()))
        elif _CITES.fullmatch(name) and not _CITES_NOT.fullmatch(name):
            items |= dict.fromkeys(_cited(name, code, place))
    return Citations(tuple(items), sets, only, tuple(unclear))


def _cited(name: str, code: str, place: int) -> Iterator[str]:
    """The keys that a command called `name` is given, whose arguments begin at `place`."""
    is_several = _SEVERAL.fullmatch(name) is not None
    while True:
        if _SECOND.fullmatch(name):
            place = _after_options(code, place, is_several=is_several)
            end = _closing(code, place, "{", "}")
            if end is None:
                return
            place = end
        place = _after_options(code, place, is_several=is_several)
        keys = _KEYS.match(code, place)
        if keys is None or "\n\n" in keys[1]:
            return
        yield from _keys(keys[1])
        if not is_several:
            return
        place = keys.end()


def _after_options(code: str, place: int, *, is_several: bool) -> int:
    """The place of the next argument that is not optional: not `[…]`, nor `<…>` of beamer and apacite.

    Commands for several citations, such as `\\textcites`, have options in parentheses too.
    """
    pairs = (("[", "]"), ("<", ">"), ("(", ")")) if is_several else (("[", "]"), ("<", ">"))
    while True:
        place = _after_space(code, place)
        ends = (end for pair in pairs if (end := _closing(code, place, *pair)) is not None)
        end = next(ends, None)
        if end is None:
            return place
        place = end


def _closing(code: str, place: int, opening: str, closing: str) -> int | None:
    """The place after the argument that begins at `place`; None where none begins there, or a paragraph cuts it off.

    Braces within it nest, and hide what stands in them.
    """
    if not code.startswith(opening, place):
        return None
    depth = 0
    for found in re.compile(rf"[{{}}\{closing}]|\\.|\n[ \t]*\n", re.DOTALL).finditer(code, place + 1, place + _LONGEST):
        char = found[0]
        if char[0] == "\n":
            return None
        if char == closing and depth == 0:
            return found.end()
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth < 0:
                return None
    return None


def _groups(code: str, place: int, count: int) -> list[str]:
    """The next `count` arguments in braces; empty texts for those that are missing."""
    found = []
    for _ in range(count):
        place = _after_space(code, place)
        end = _closing(code, place, "{", "}")
        found.append("" if end is None else code[place + 1 : end - 1])
        place = place if end is None else end
    return found


def _file_name(code: str, place: int) -> str:
    """The name of a file in braces, or without as TeX itself reads it; quotes around it are no part of it."""
    place = _after_space(code, place)
    if code.startswith("{", place):
        return _groups(code, place, 1)[0].strip().strip('"')
    bare = _BARE_NAME.match(code, place)
    return "" if bare is None else bare[1] or bare[2] or ""


def _include(command: str, path: str) -> list[Include]:
    if not _is_plain(path):
        return []
    if command.startswith("subfile"):
        folder, slash, name = path.rpartition("/")
        return [Include(name, folder + slash)]
    return [Include(path, is_chapter=command == "include")]


def _is_plain(path: str) -> bool:
    return bool(path.strip()) and not re.search(r"[\\#{}\n]", path)


def _is_unclear(path: str) -> bool:
    return "\\" in path and "#" not in path


def _after_space(code: str, place: int) -> int:
    space = _SPACE.match(code, place)
    return place if space is None else space.end()


def _keys(text: str) -> list[str]:
    return [key for part in text.split(",") if (key := " ".join(part.split()))]
