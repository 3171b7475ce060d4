"""What a paper cites, gathered from its files."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bibman.errors import BibmanError
from bibman.formats.citations import EVERYTHING, Include, read
from bibman.formats.encoding import decode
from bibman.services.files import STANDARD, expanded, read_bytes


@dataclass(slots=True)
class Cited:
    """What papers cite: each key as it is written there with the file that cites it first, in order.

    `everything` is whether some `\\nocite{*}` takes every entry in. `remarks` are sentences for the user, about what
    could not be followed.
    """

    keys: dict[str, str] = field(default_factory=dict)
    everything: bool = False
    remarks: list[str] = field(default_factory=list)


def cited_in(names: Iterable[str]) -> Cited:
    """What the files with these names cite (`.aux`, `.bcf` or `.tex`; `-` is standard input), and those they include.

    An include is looked for as LaTeX does, from the folder of the file that is named here. Raises FileError where one
    of `names` cannot be read; an include that cannot be is a remark.
    """
    cited = Cited()
    for name in names:
        _Paper(name, cited).read()
    return cited


class _Paper:
    """One file that the user names, and all that it includes."""

    def __init__(self, name: str, cited: Cited) -> None:
        self._name = name
        self._cited = cited
        self._home = Path() if name == STANDARD else expanded(name).parent
        self._seen: set[Path] = set()
        self._only: frozenset[str] | None = None
        self._keys: dict[str, str] = {}
        self._sets: dict[str, tuple[str, ...]] = {}

    def read(self) -> None:
        """Adds what the paper cites to what is cited already."""
        if self._name != STANDARD:
            self._seen.add(expanded(self._name).resolve())
        self._take(self._name, self._home)
        for key, name in self._keys.items():
            # The key of a set that the paper makes up itself stands for its members.
            for each in self._sets.get(key, (key,)):
                self._cited.keys.setdefault(each, name)
        if not self._keys and not self._cited.everything:
            self._remark(f"{self._name} cites nothing")

    def _take(self, name: str, folder: Path) -> None:
        text = decode(read_bytes(name), name=name).text
        found = read(text, name)
        self._sets |= found.sets
        if found.only is not None:
            self._only = found.only
        for unclear in found.unclear:
            self._remark(f"{name} includes {unclear}, which only LaTeX can resolve")
        for item in found.items:
            if isinstance(item, Include):
                self._follow(item, name, folder)
            elif item == EVERYTHING:
                self._cited.everything = True
            else:
                self._keys.setdefault(item, name)

    def _follow(self, include: Include, name: str, folder: Path) -> None:
        if include.is_chapter and self._only is not None and include.path not in self._only:
            self._remark(f"{include.path} is left out by \\includeonly in {self._name}")
            return
        path = self._found(include, folder)
        if path is None:
            self._remark(f"{name} includes {include.folder}{include.path}, which is not there")
            return
        if path.resolve() in self._seen:
            return
        self._seen.add(path.resolve())
        try:
            self._take(str(path), path.parent if include.folder else folder)
        except BibmanError as error:
            self._remark(error.message)

    def _found(self, include: Include, folder: Path) -> Path | None:
        for base in dict.fromkeys((folder, self._home)):
            path = base / include.folder / include.path
            for candidate in (path.with_name(f"{path.name}.tex"), path):
                if candidate.is_file():
                    return candidate
        return None

    def _remark(self, remark: str) -> None:
        if remark not in self._cited.remarks:
            self._cited.remarks.append(remark)
