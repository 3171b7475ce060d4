"""Notes written as Markdown: one file for each entry in a folder, or one annotated bibliography."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bibman.errors import FileError
from bibman.formats.markdown import Annotated, Appearance, bibliography_part, file_name, is_untouched, note_file
from bibman.services.files import expanded, write_whole
from bibman.services.selection import Selection
from bibman.storage.door import CHUNK
from bibman.storage.reading import Reader


@dataclass(slots=True)
class Exported:
    """What became of the files of a folder: how many were written and how many were so already, and those kept."""

    written: int = 0
    unchanged: int = 0
    kept: list[Path] = field(default_factory=list)


def export_notes(reader: Reader, folder: Path, selection: Selection | None = None) -> Exported:
    """Writes a file for each of these entries, or each that has notes, into a folder, which is made if need be.

    A file that is there is written again only where it is as bibman wrote it; one that somebody edited, or that is
    another's, is kept. Raises NotFoundError for an unknown key, FileError where the folder cannot be written.
    """
    reader.hold()
    ids = _wanted(reader, selection)
    target = expanded(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"cannot make the folder {folder}: {(error.strerror or str(error)).lower()}") from None
    done = Exported()
    for annotated in _annotated(reader, ids):
        path, text = target / file_name(annotated.entry.key), note_file(annotated)
        there = _there(path)
        if there == text:
            done.unchanged += 1
        elif there is not None and not is_untouched(there):
            done.kept.append(path)
        else:
            write_whole(path, [text.encode("utf-8", "replace")])
            done.written += 1
    return done


def bibliography(reader: Reader, selection: Selection | None = None) -> Iterator[str]:
    """An annotated bibliography of these entries, or all that have notes, by name and year, in pieces.

    Raises NotFoundError for an unknown key.
    """
    reader.hold()
    ids = [entry_id for entry_id, _, _ in reader.listed("name", _wanted(reader, selection))]
    yield "# Annotated bibliography\n"
    for annotated in _annotated(reader, ids):
        yield f"\n{bibliography_part(annotated)}"


def _wanted(reader: Reader, selection: Selection | None) -> list[int]:
    return reader.ids_with_notes() if selection is None else selection.ids(reader)


def _annotated(reader: Reader, ids: Sequence[int]) -> Iterator[Annotated]:
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        tags, notes = reader.tags_of(chunk), reader.notes_of(chunk)
        for (entry_id, _, entry), summary in zip(reader.entries(chunk), reader.summaries_of(chunk), strict=True):
            appearance = Appearance(summary.date or "", summary.year, summary.container or "")
            added = tags.get(entry_id, ()), notes.get(entry_id, ())
            yield Annotated(entry, reader.aliases(entry_id), *added, appearance)


def _there(path: Path) -> str | None:
    """What stands in a file, None where there is none; a file that is no text is nobody's we know."""
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from None
