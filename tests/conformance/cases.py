"""Test cases of other projects, read from the folder that the environment variable BIBMAN_CASES names."""

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

DISAGREEMENTS = Path(__file__).with_name("disagreements.toml")


def load(kind: str, form: str | None = None) -> list[dict[str, Any]]:
    """The cases of one `kind`, of one `form` where it is given; the test is skipped where there is no folder."""
    folder = os.environ.get("BIBMAN_CASES")
    if not folder:
        pytest.skip("BIBMAN_CASES names no folder of conformance cases")
    lines = (Path(folder) / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines if line.strip()]
    return [case for case in cases if form is None or case.get("form") == form]


def disagreements(kind: str) -> dict[str, str]:
    """Case id → the reason why bibman reads it otherwise, as the one list of disagreements has them."""
    table: dict[str, dict[str, str]] = tomllib.loads(DISAGREEMENTS.read_text(encoding="utf-8"))
    return table.get(kind, {})


def judge(kind: str, results: dict[str, bool], bar: float) -> None:
    """Holds that every case passes or is a known disagreement, and that the share that passes reaches the `bar`.

    `results` maps case ids to whether bibman agreed. Prints the pass count.
    """
    known = disagreements(kind)
    passed = sum(results.values())
    print(f"\n{kind}: {passed} of {len(results)} cases agree")
    failing = sorted(name for name, agrees in results.items() if not agrees and name not in known)
    stale = sorted(name for name, agrees in results.items() if agrees and name in known)
    assert not stale, f"in the list of disagreements, but they agree: {stale}"
    assert passed >= bar * len(results), f"{kind}: {passed} of {len(results)}; unexplained: {failing}"
    assert not failing, f"{kind}: neither agreeing nor explained: {failing}"
