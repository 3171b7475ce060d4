"""Commands that are killed at any moment: `python -m tests.cli.kills HOME KILLS` prints how the library was left.

A process of its own does it: it has one thread, so that it may be copied, and each copy has all imported already.
"""

import json
import os
import random
import re
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

# What a command imports only when it needs it is imported before the process is copied.
import bibman.storage.history
import bibman.storage.trail
import bibman.storage.upkeep  # noqa: F401
from bibman.storage.database import Library
from tests.cli.calling import Bibman, Done
from tests.storage.looking import content, index_is_in_step

ENTRIES = 100
KEYS = [f"k{number}" for number in range(ENTRIES)]
FIELDS = (
    "author = {{Doe, Jane{0}}}, title = {{Work {0} on Trees}}, journal = {{Proc. {0}}}, keywords = {{trees, wood{1}}},"
    " pages = {{1-9}}"
)
BIB = "".join(
    f"@article{{{key}, {FIELDS.format(number, number % 7)}, year = {1900 + number}}}\n"
    for number, key in enumerate(KEYS)
)
MORE = BIB.replace("@article{k", "@article{m").replace("Work", "Other work")

COMMANDS: dict[str, tuple[str, ...]] = {
    "ingest": ("ingest", "more.bib", "--tag", "new"),
    "tag add": ("tag", "add", "x,y/z", *KEYS),
    "tag remove": ("tag", "remove", "old", *KEYS),
    "tag rename": ("tag", "rename", "old", "older"),
    "tag merge": ("tag", "merge", "old,older/still", "kept"),
    "tag delete": ("tag", "delete", "old,older"),
    "tag suggest": ("tag", "suggest", "--apply", *KEYS),
    "note add": ("note", "add", "k0", "More words"),
    "note remove": ("note", "remove", "1", "2"),
    "edit": ("edit", *KEYS, "--replace", "journal", "Proc.", "Proceedings", "--set", "note=Fine"),
    "remove": ("remove", *KEYS[20:]),
    "merge": ("merge", "k0", "k1", "k2", "--yes"),
    "distinct": ("distinct", "k0", "k1", "k2"),
    "check --fix": ("check", "--fix", "--only", "pages-form"),
    "saved add": ("saved", "add", "trees", "title:trees"),
    "key generate": ("key", "generate", "--all"),
    "undo": ("undo", "3"),
    "redo": ("redo", "2"),
    "history prune": ("history", "prune", "--keep", "1", "--yes"),
}
"""What is killed: every command that changes a library in which there is something for it to change."""

MADE = (
    ("ingest", "refs.bib"),
    ("tag", "add", "old,old/er", *KEYS),
    ("tag", "add", "older/still,kept", *KEYS[:50]),
    ("note", "add", "k1", "Some words"),
    ("note", "add", "k2", "Some words"),
    ("tag", "add", "undone", *KEYS),
    ("edit", *KEYS, "--unset", "keywords"),
    ("undo", "2"),
)


def told(bibman: Bibman) -> dict[str, Any]:
    """Everything in a library, without the times."""
    text = json.dumps(content(bibman.library, history=True), default=repr)
    whole: dict[str, Any] = json.loads(re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "T", text))
    return whole


def call(bibman: Bibman, arguments: tuple[str, ...], lives: float | None = None) -> float:
    """Calls bibman in a copy of this process, and kills that after so many seconds; returns how long it lived."""
    begun = time.monotonic()
    child = os.fork()
    if not child:
        try:
            done = bibman(*arguments)
            os._exit(done.code)
        finally:
            os._exit(70)
    if lives is not None:
        time.sleep(lives)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert lives is not None or status == 0, arguments
    return time.monotonic() - begun


def left(bibman: Bibman, before: dict[str, Any], after: dict[str, Any]) -> str:
    """How a library was left: as it was `before` a command or `after` it, or what is wrong with it."""
    with Library.open(bibman.library) as library:
        findings = library.verify()
    if findings or not index_is_in_step(bibman.library):
        return f"unsound: {findings}"
    now = told(bibman)
    return "before" if now == before else "after" if now == after else "something else"


def main(home: str, kills: str) -> None:
    """Kills the commands in turn, each as often, and prints for each how the library was left each time."""
    bibman = Bibman(Path(home))
    bibman.file("refs.bib", BIB)
    bibman.file("more.bib", MORE)
    for arguments in MADE:
        done: Done = bibman(*arguments)
        assert done.code == 0, done
    made = Path(home, "made.bibman")
    shutil.copy(bibman.library, made)
    before = told(bibman)
    found: dict[str, list[str]] = {}
    chance = random.Random(1)  # noqa: S311 - any moment will do
    for name, arguments in COMMANDS.items():
        lasts = call(bibman, arguments)
        after = told(bibman)
        assert after != before, name
        found[name] = []
        for _ in range(-(-int(kills) // len(COMMANDS))):
            for suffix in ("-wal", "-shm"):
                bibman.library.with_name(bibman.library.name + suffix).unlink(missing_ok=True)
            shutil.copy(made, bibman.library)
            call(bibman, arguments, chance.random() * lasts * 1.1)
            found[name].append(left(bibman, before, after))
        shutil.copy(made, bibman.library)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
