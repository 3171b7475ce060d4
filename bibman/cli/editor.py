"""A text written in the user's editor."""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bibman.errors import ConflictError, FileError, UsageError


def edit_text(text: str, suffix: str = ".md") -> str:
    """What the user makes of a text in $VISUAL or $EDITOR.

    Raises UsageError without a terminal or an editor, FileError where the editor fails.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not command:
        raise UsageError(
            "no editor is known", "Set EDITOR, or give the text as an argument, by --file or on standard input"
        )
    handle, name = tempfile.mkstemp(prefix="bibman-", suffix=suffix)
    path = Path(name)
    try:
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 - a handle has no path to open
            file.write(text)
        try:
            # A shell is not asked: the command is the user's own, its words are split as a shell would.
            code = subprocess.run([*shlex.split(command), name], check=False).returncode  # noqa: S603
        except (OSError, ValueError) as error:
            raise FileError(f"cannot start the editor {command}: {error}", "Set EDITOR to one that is there") from None
        if code != 0:
            raise FileError(f"the editor {command} ended with the code {code}", "Nothing was changed")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise FileError("the edited text is not UTF-8", "Nothing was changed") from None
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def kept_on_conflict(text: str, suffix: str = ".md") -> Iterator[None]:
    """Keeps a text that was written for nothing, since somebody else changed the same meanwhile, and says where."""
    try:
        yield
    except ConflictError as error:
        handle, name = tempfile.mkstemp(prefix="bibman-", suffix=suffix)
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 - a handle has no path to open
            file.write(text)
        raise ConflictError(error.message, f"Nothing was changed; what you wrote is in {name}") from None


def given_text(text: str | None, file: str | None, old: str, suffix: str = ".md") -> str:
    """The text that was given: as an argument, in a file, on standard input, or else written in the editor.

    `old` is what the editor begins with. Raises UsageError where it is given twice, FileError for what is not UTF-8.
    """
    from bibman.services.files import read_bytes

    if text is not None and file is not None:
        raise UsageError("the text is given twice", "Give it as an argument or by --file")
    if text is not None and text != "-":
        return text
    if file is None and text is None and sys.stdin.isatty():
        return edit_text(old, suffix)
    try:
        return read_bytes(file or "-").decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(f"{file or 'standard input'} is not UTF-8", "Nothing was changed") from None
