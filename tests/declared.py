"""The distributions that bibman declares that it needs, and those that are pinned."""

import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = [Requirement(line) for line in PYPROJECT["project"]["dependencies"]]
DEVELOPMENT = [Requirement(line) for line in PYPROJECT["project"]["optional-dependencies"]["dev"]]
BUILD = [Requirement(line) for line in PYPROJECT["build-system"]["requires"]]
PINS = {
    canonicalize_name(pin.name): pin
    for line in (CHECKOUT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
    for pin in [Requirement(line)]
}


def needed_with(requirements: Iterable[Requirement]) -> set[str]:
    """The names of the distributions that `requirements` bring with them, here, themselves among them."""
    found: set[str] = set()
    waiting = [each for each in requirements if is_for_here(each)]
    while waiting:
        name = canonicalize_name(waiting.pop().name)
        if name not in found:
            found.add(name)
            needs = [Requirement(line) for line in distribution(name).requires or []]
            waiting += filter(is_for_here, needs)
    return found


def is_for_here(requirement: Requirement) -> bool:
    """Whether the requirement is one on this machine, with no extras asked for."""
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})
