"""A `.bib` is cut into blocks that joined are the file, whatever it holds and however it comes."""

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from bibman.formats import bibtex_blocks
from bibman.formats.bibtex_blocks import Block, blocks

# Pieces of what stands in a `.bib`, so that chance puts together what is nearly one.
SCRAPS = (
    *"@{}()\"#,=%\\ \n\r\t",
    "\r\n", "\n\n", "@misc{", "@misc(", "@article{a,", "\n@misc{b,", "\n @misc (", "@comment", "@string{", "@preamble{",
    "title", "year", " = ", "={", "= {A}", "= \"B\"", "jan", "2000", "},", "}\n", "\n}\n", "key", "é", "\u00a0", "à",
    "@misc{c, title={C}}", "\n@misc{d, title={D}}\n", "x@y.z", "\\@x{", "% @misc{e}", "@", "\x0c", "\x00", "\u2028",
)  # fmt: skip
texts = st.one_of(st.lists(st.sampled_from(SCRAPS)).map("".join), st.text())


@given(texts)
def test_the_raws_joined_are_the_text(text: str) -> None:
    found = list(blocks([text]))
    assert "".join(block.raw for block in found) == text
    assert all(block.raw for block in found)


@given(texts, st.data())
def test_blocks_do_not_depend_on_how_the_text_was_cut(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)))))
    size = data.draw(st.integers(1, 8))
    pieces = [text[start:end] for start, end in pairwise([0, *cuts, len(text)])]
    with_small_pieces = _in_small_pieces(pieces, size)
    assert with_small_pieces == list(blocks([text]))


def _in_small_pieces(pieces: list[str], size: int) -> list[Block]:
    usual = bibtex_blocks.PIECE
    try:
        bibtex_blocks.PIECE = size  # type: ignore[misc]  # the law is of interest where blocks are larger than pieces
        return list(blocks(pieces))
    finally:
        bibtex_blocks.PIECE = usual  # type: ignore[misc]


@given(texts)
@example("\r\n@misc{a}\r\r\n\n@misc{b")
def test_a_block_says_in_which_line_it_begins(text: str) -> None:
    before = ""
    for block in blocks([text]):
        ends = before.replace("\r\n", "\n").replace("\r", "\n")
        assert block.line == ends.count("\n") + 1
        before += block.raw
