"""Notes as Markdown: a file for each entry, as Obsidian and Zettlr read it, or one annotated bibliography.

The properties at the head of a file are YAML 1.2; every text in them is a double-quoted scalar (section 7.3.1), which
can hold anything. Tags have the letters that Obsidian allows in them (Obsidian Help, "Tags").
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from bibman.model.derive import Derived, derive
from bibman.model.entry import Entry
from bibman.model.identifiers import Identifier
from bibman.model.latex import decode
from bibman.model.names import OTHERS, Name

_MOST_NAMES = 8
_LONGEST_NAME = 180  # bytes; systems allow 255, and the reader may want to add to it
_RESERVED = re.compile(r"(?i:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*%#^\[\]]|^[. ]|[. ]$')
_UNPRINTABLE = re.compile(
    r'["\\]|[^\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]'
)
_HEADING = re.compile(r"^ {0,3}(#{1,6})(?=[ \t]|$)")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_MARKUP = re.compile(r"[\\`*_\[\]<>$#|~]")
_MARK = re.compile(r'^bibman: "([0-9a-f]{16})"\n', re.MULTILINE)


class Appearance(NamedTuple):
    """When and in what an entry appeared, as `Derived` has it; it may have that from its parents."""

    date: str
    year: int | None
    container: str


class Annotated(NamedTuple):
    """An entry with what the reader added to it: former keys, tags, and notes in Markdown.

    `appearance` is known where it may be another than what the entry's own fields say.
    """

    entry: Entry
    aliases: Sequence[str] = ()
    tags: Sequence[str] = ()
    notes: Sequence[str] = ()
    appearance: Appearance | None = None

    def facts(self) -> Derived:
        """What the entry says, and inherits."""
        own = derive(self.entry)
        return own if self.appearance is None else own._replace(**self.appearance._asdict())


def note_file(annotated: Annotated) -> str:
    """The text of the file of an entry: its properties, title and reference, and the notes with rules between them.

    The property `bibman` is a checksum of all the rest, by which `is_untouched` knows it again.
    """
    facts = annotated.facts()
    parts = [f"# {_escaped(_title(annotated.entry, facts))}", reference(annotated.entry, facts)]
    parts.append("\n\n---\n\n".join(_text(note) for note in annotated.notes))
    body = "\n\n".join(part for part in parts if part)
    head = _properties(annotated, facts)
    rest = f"---\n{head}---\n\n{body}\n"
    return f'---\n{head}bibman: "{_checksum(rest)}"\n---\n\n{body}\n'


def _text(note: str) -> str:
    """A note with one kind of line ending (CommonMark 2.1 has three), and none at its ends."""
    return re.sub(r"\r\n?", "\n", note).strip("\n")


def is_untouched(text: str) -> bool:
    """Whether a text is, but for its ends of lines, one that `note_file` made."""
    plain = text.replace("\r\n", "\n")
    mark = _MARK.search(plain)
    return mark is not None and _checksum(plain[: mark.start()] + plain[mark.end() :]) == mark[1]


def bibliography_part(annotated: Annotated) -> str:
    """An entry in an annotated bibliography: a heading, its reference, its notes."""
    entry, facts = annotated.entry, annotated.facts()
    parts = [f"## {_escaped(_title(entry, facts))}", reference(entry, facts)]
    return "\n\n".join([*filter(None, parts), *(_lowered(_text(note), 2) for note in annotated.notes)]) + "\n"


def file_name(key: str) -> str:
    """The name of the file of an entry: its key, with what some system or Obsidian forbids in names as `%3A`.

    No two keys have one name, whatever the case of letters is to a system.
    """
    name = _UNSAFE.sub(lambda match: quote(match[0], safe="") if match[0] not in ". " else f"%{ord(match[0]):02X}", key)
    if _RESERVED.match(name):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    encoded = name.encode()
    if len(encoded) > _LONGEST_NAME:
        name = f"{encoded[:_LONGEST_NAME].decode(errors='ignore')}%{sha256(encoded).hexdigest()[:12]}"
    return f"{name}.md"


def reference(entry: Entry, facts: Derived) -> str:
    """A readable reference in Markdown: who, when, what, in what, where to find it, and the key as Pandoc cites it."""
    people = facts.names.get("author") or facts.names.get("editor") or ()
    shown = [_sorted_name(name) for name in people[:_MOST_NAMES] if name != OTHERS]
    who = "; ".join(shown) + (" et al." if len(shown) < len(people) else "")
    when = str(facts.year) if facts.year is not None else ""
    volume, number, pages = (decode(entry.get(name) or "") for name in ("volume", "number", "pages"))
    issue = f"{volume}({number})" if volume and number else volume or number
    within = ", ".join(filter(None, (" ".join(filter(None, (facts.container, issue))), pages)))
    title = _title(entry, facts)
    sentences = [
        f"{_escaped(who)} ({when})" if who and when else _escaped(who) or when,
        f"*{_escaped(title)}*" if title else "",
        _escaped(within),
    ]
    address = _address(entry, facts.identifiers)
    told = " ".join(f"{each}{'' if each.rstrip('*')[-1] in '.?!' else '.'}" for each in sentences if each)
    return " ".join(filter(None, (told, f"<{address}>" if address else "", f"`@{entry.key}`")))


def _properties(annotated: Annotated, facts: Derived) -> str:
    entry = annotated.entry
    identifiers = dict(reversed(facts.identifiers))
    whole = f"title: {_quoted(_title(entry, facts))}\n"
    for role in ("author", "editor"):
        whole += _list(f"{role}s", [_plain_name(name) for name in facts.names.get(role, ()) if name != OTHERS])
    whole += f"year: {facts.year}\n" if facts.year is not None else ""
    texts = [("date", facts.date), ("type", entry.type), ("container", facts.container), ("citekey", entry.key)]
    whole += "".join(f"{name}: {_quoted(text)}\n" for name, text in texts if text)
    whole += _list("aliases", [f"@{key}" for key in (entry.key, *annotated.aliases)])
    whole += _list("tags", list(dict.fromkeys(filter(None, map(valid_tag, annotated.tags)))))
    address = " ".join((entry.get("url") or "").split())
    named = [(scheme, identifiers.get(scheme, "")) for scheme in ("doi", "arxiv", "isbn", "pmid")]
    return whole + "".join(f"{name}: {_quoted(text)}\n" for name, text in (*named, ("url", address)) if text)


def valid_tag(tag: str) -> str:
    """A tag as Obsidian takes it: letters, digits, `_`, `-` and `/`, not digits alone; empty where nothing is left."""
    levels = [re.sub(r"[^\w-]+", "-", level.strip()).strip("-") for level in tag.split("/")]
    name = "/".join(filter(None, levels))
    return f"_{name}" if name and not re.search(r"[^\W\d]|-|_", name) else name


def _lowered(text: str, levels: int) -> str:
    """A Markdown text whose headings stand so many levels lower, as far as there are any; code stays as it is."""
    fence = ""
    lines = []
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
            fence = ""
        elif not fence:
            line = _HEADING.sub(lambda heading: "#" * min(6, len(heading[1]) + levels), line)
        lines.append(line)
    return "\n".join(lines)


def _title(entry: Entry, facts: Derived) -> str:
    """The title on one line; of an entry that is not identified its opening words."""
    opening = "" if entry.identified else facts.abstract[:80]
    return " ".join((facts.title or opening or entry.key).split())


def _address(entry: Entry, identifiers: Iterable[Identifier]) -> str:
    known = dict(reversed(list(identifiers)))
    if "doi" in known:
        return f"https://doi.org/{quote(known['doi'], safe='/:;()._-')}"
    if "arxiv" in known:
        return f"https://arxiv.org/abs/{quote(known['arxiv'], safe='/.')}"
    return re.sub(r"[<>\s]", lambda match: quote(match[0]), (entry.get("url") or "").strip())


def _plain_name(name: Name) -> str:
    return name.literal or " ".join(filter(None, (name.given, name.prefix, name.family, name.suffix)))


def _sorted_name(name: Name) -> str:
    family = " ".join(filter(None, (name.prefix, name.family)))
    return name.literal or ", ".join(filter(None, (family, name.given, name.suffix)))


def _list(name: str, texts: Sequence[str]) -> str:
    return f"{name}:\n" + "".join(f"  - {_quoted(text)}\n" for text in texts) if texts else ""


def _quoted(text: str) -> str:
    """A text as a double-quoted scalar, on one line."""
    return f'"{_UNPRINTABLE.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    sign = match[0]
    if sign in '"\\':
        return f"\\{sign}"
    code = ord(sign)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _escaped(text: str) -> str:
    """A text that Markdown shows as it is."""
    return _MARKUP.sub(r"\\\g<0>", text)


def _checksum(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
