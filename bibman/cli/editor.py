"""A text that the user gives, or writes in an editor; what was written there is not lost when something fails."""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from bibman.cli.output import note
from bibman.errors import BibmanError, FileError, InvalidValueError, UsageError

T = TypeVar("T")

_HEAD = "% bibman:"


@contextmanager
def given_text(text: str | None, file: str | None, old: str, suffix: str = ".md") -> Iterator[str]:
    """The text that was given: as an argument, in a file, on standard input, or else written in the editor.

    `old` is what the editor begins with. Whatever is raised while the text is used, what was written in the editor
    stays in a file, which the error names. Raises UsageError where the text is given twice, FileError for what is not
    UTF-8.
    """
    from bibman.services.files import read_bytes

    if text is not None and file is not None:
        raise UsageError("the text is given twice", "Give it as an argument or by --file")
    if text is not None and text != "-":
        yield text
    elif file is None and text is None and sys.stdin.isatty():
        with _edited(old, suffix) as path:
            yield _read(path)
    else:
        try:
            words = read_bytes(file or "-").decode("utf-8-sig")
        except UnicodeDecodeError:
            raise FileError(f"{file or 'standard input'} is not UTF-8", "Nothing was changed") from None
        yield words


def edited_until_right(old: str, advice: str, accept: Callable[[str], T]) -> T | None:
    """What `accept` makes of BibTeX from standard input or, on a terminal, of what the user makes of `old`.

    Where `accept` raises InvalidValueError, the text is shown again with what is wrong in the place of the `advice` in
    its first line, until it is right or left as it is; then the error is raised. None where `old` itself is left so.
    """
    if not sys.stdin.isatty():
        with given_text(None, None, old) as text:
            return accept(text)
    shown = _headed(old, advice)
    wrong: InvalidValueError | None = None
    with _edited(shown, ".bib") as path:
        while (text := _read(path)) != shown:
            try:
                return accept(text)
            except InvalidValueError as error:
                wrong = error
            shown = _headed(text, str(wrong))
            path.write_text(shown, encoding="utf-8")
            _edit(_editor(), path)
        if wrong is not None:
            raise wrong
    return None


def _headed(text: str, remark: str) -> str:
    """The text with a remark as its first line, in the place of an earlier one: the other lines keep their numbers."""
    first, _, rest = text.partition("\n")
    return f"{_HEAD} {' '.join(remark.split())}\n{rest if first.startswith(_HEAD) else text}"


@contextmanager
def _edited(text: str, suffix: str) -> Iterator[Path]:
    """A file that began as `text` and went through $VISUAL or $EDITOR; it stays where what follows fails.

    Raises UsageError where no editor is known, FileError where the editor fails.
    """
    command = _editor()
    handle, name = tempfile.mkstemp(prefix="bibman-", suffix=suffix)
    path = Path(name)
    try:
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 - a handle has no path to open
            file.write(text)
        _edit(command, path)
        yield path
    except BaseException as error:
        if _was_written(path, text):
            _tell(error, path)
        else:
            path.unlink(missing_ok=True)
        raise
    path.unlink(missing_ok=True)


def _editor() -> str:
    named = (os.environ.get(name, "").strip() for name in ("VISUAL", "EDITOR"))
    command = next(filter(None, named), None)
    if command is None:
        raise UsageError(
            "no editor is known", "Set EDITOR, or give the text as an argument, by --file or on standard input"
        )
    return command


def _edit(command: str, path: Path) -> None:
    try:
        # A shell is not asked: the command is the user's own, its words are split as a shell would.
        code = subprocess.run([*shlex.split(command), str(path)], check=False).returncode  # noqa: S603
    except (OSError, ValueError) as error:
        raise FileError(f"cannot start the editor {command}: {error}", "Set EDITOR to one that is there") from None
    if code != 0:
        raise FileError(f"the editor {command} ended with the code {code}", "Nothing was changed")
    if not path.exists():
        raise FileError(f"the editor {command} removed the file that it was given", "Nothing was changed")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise FileError("the edited text is not UTF-8", "Nothing was changed") from None


def _was_written(path: Path, old: str) -> bool:
    """Whether somebody wrote something in the file that began as `old`."""
    try:
        written = path.read_bytes()
    except OSError:
        return False
    return bool(written.strip()) and written != old.encode("utf-8")


def _tell(error: BaseException, path: Path) -> None:
    where = f"hat you wrote is in {path}"
    if not isinstance(error, BibmanError):
        note(f"bibman: w{where}")
    elif error.advice:
        error.advice += f"{'' if error.advice.endswith(('.', '?')) else '.'} W{where}"
    else:
        error.advice = f"W{where}"
