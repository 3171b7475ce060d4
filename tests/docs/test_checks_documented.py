"""The page on checks has every check, with its severity and whether it mends, and none that does not exist."""

import re
from pathlib import Path

from bibman.model.checks.finding import CHECKS

PAGE = Path(__file__).parents[2] / "docs" / "check.md"
HEADINGS = {"error": "Errors", "warning": "Warnings", "hint": "Hints"}


def test_every_check_is_documented_under_its_severity_and_no_other() -> None:
    text = PAGE.read_text(encoding="utf-8")
    documented = {
        severity: re.findall(r"^- \*\*`([a-z-]+)`\*\*( \(\*fix\*\))?: ", _section(text, heading), re.MULTILINE)
        for severity, heading in HEADINGS.items()
    }
    assert documented == {
        severity: [
            (code, " (*fix*)" if check.mends else "") for code, check in CHECKS.items() if check.severity == severity
        ]
        for severity in HEADINGS
    }


def _section(text: str, heading: str) -> str:
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
