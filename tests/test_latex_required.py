import os
import subprocess
import sys
from pathlib import Path

import pytest

SKIPPED = """
import pytest

@pytest.mark.{mark}
def test_prints():
    pytest.skip("not here")
"""
RULES = Path(__file__).with_name("conftest.py")


@pytest.mark.parametrize(("required", "expected"), [("", 0), ("1", 1)])
@pytest.mark.parametrize(("mark", "variable"), [("latex", "BIBMAN_REQUIRE_LATEX"), ("shell", "BIBMAN_REQUIRE_SHELLS")])
def test_a_skipped_test_fails_only_where_its_programs_are_required(
    tmp_path: Path, mark: str, variable: str, required: str, expected: int
) -> None:
    (tmp_path / "conftest.py").write_text(RULES.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_skipped.py").write_text(SKIPPED.format(mark=mark), encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = latex\n  shell\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", tmp_path],
        cwd=tmp_path,
        env=os.environ | {variable: required},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == expected, run.stdout
