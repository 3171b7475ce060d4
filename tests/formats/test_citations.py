"""What a paper cites: golden pairs for each kind of file, and laws that hold for any text."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.formats.citations import Citations, Include, read

GOLDEN = Path(__file__).with_name("golden_citations")
TEXTS = sorted(path for path in GOLDEN.iterdir() if path.suffix != ".json")

KEYS = st.text(st.sampled_from("abcXYZ019:._-+/éŁ"), min_size=1, max_size=8)


def as_json(found: Citations) -> dict[str, Any]:
    return {
        "items": [list(item) if isinstance(item, Include) else item for item in found.items],
        "sets": {key: list(members) for key, members in found.sets.items()},
        "only": None if found.only is None else sorted(found.only),
        "unclear": list(found.unclear),
    }


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_what_is_cited_is_that_of_the_golden_pair(path: Path) -> None:
    found = as_json(read(path.read_text("utf-8"), path.name))
    assert found == json.loads(path.with_suffix(".json").read_text("utf-8"))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_a_file_with_another_ending_is_known_by_what_stands_in_it(path: Path) -> None:
    text = path.read_text("utf-8")
    assert read(text, "-") == read(text, path.name.upper())


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_any_line_ends_will_do(path: Path, ends: str) -> None:
    text = path.read_text("utf-8")
    assert read(text.replace("\n", ends), path.name) == read(text, path.name)


@given(st.lists(KEYS, min_size=1, unique=True))
def test_each_kind_of_file_gives_the_same_keys(keys: list[str]) -> None:
    tex = f"\\cites{''.join(f'[p]{{{key}}}' for key in keys)} \\citep[see][]{{{', '.join(keys)}}}"
    aux = "".join(f"\\citation{{{key}}}\n\\abx@aux@cite{{0}}{{{key}}}\n" for key in keys)
    bcf = "".join(f'<bcf:citekey order="1">{key}</bcf:citekey>\n' for key in keys)
    for text, name in ((tex, "a.tex"), (aux, "a.aux"), (bcf, "a.bcf")):
        assert read(text, name).items == tuple(keys)


PIECES = [*"\\{}[]()<>%,#*\n \"|a", "\\cite", "\\cites", "\\verb", "\\begin{verbatim}", "\\end{verbatim}", "\\iffalse",
          "\\fi", "\\input", "\\import", "\\newcommand", "\\volcite", "\\end{document}", "\\@input{", "\\citation{",
          "<bcf:citekey ", "</bcf:citekey>", "\\endinput\n"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)).map("".join), st.sampled_from(["a.tex", "a.aux", "a.bcf", "-"]))
def test_any_text_is_read_and_no_key_has_what_ends_one(text: str, name: str) -> None:
    found = read(text, name)
    keys = [item for item in found.items if isinstance(item, str)]
    assert all(key and key == " ".join(key.split()) for key in keys)
    assert not any(mark in key for key in keys for mark in ("{}" if name != "a.bcf" else "<>"))
    assert len(set(found.items)) == len(found.items)
