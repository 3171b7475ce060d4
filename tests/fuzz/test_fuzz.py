"""A fuzzer finds no text that breaks the promises of the reader."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.formats.bibtex_texts import SCRAPS

RUNS = 20_000
CHECKOUT = Path(__file__).parents[2]


def in_hexadecimal(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="there is no atheris for this machine")
def test_no_text_breaks_the_reader(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "entry").write_text('@misc{a,\n title = {A {b} C} # jan,\n year = "2000"\n}\n', encoding="utf-8")
    (corpus / "broken").write_text("@misc(a, t={\n@string{a=2}}\n@comment{\n@misc{b}\n}% @", encoding="utf-8")
    dictionary = tmp_path / "words"
    dictionary.write_text("".join(f'"{in_hexadecimal(scrap)}"\n' for scrap in SCRAPS), encoding="ascii")
    options = (f"-runs={RUNS}", "-seed=1", "-max_len=400", "-timeout=20", f"-dict={dictionary}", str(corpus))
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.reader", f"-artifact_prefix={tmp_path}/", *options],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert f"Done {RUNS} runs" in done.stderr
