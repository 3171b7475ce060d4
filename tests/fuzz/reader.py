"""A process of its own: lets chance, guided by what the code does with it, look for a text that breaks the reader.

Its arguments are those of libFuzzer. It ends with an error, and the text, where a promise is broken.
"""

import sys

import atheris

with atheris.instrument_imports(include=["bibman.formats"]):
    from bibman.formats import bibtex_blocks
    from bibman.formats.bibtex_blocks import blocks
    from bibman.formats.bibtex_reader import read


def keeps_its_promises(data: bytes) -> None:
    """Reads the text of any bytes: nothing is lost, and neither the cutting nor the way of reading matters."""
    size = 1 + len(data) % 7
    text = data.decode("utf-8", "surrogateescape")
    found = list(blocks([text]))
    if "".join(block.raw for block in found) != text:
        raise AssertionError("the blocks joined are not the text")
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    if _in_small_pieces(pieces) != found:
        raise AssertionError("cut into pieces the text reads otherwise")
    if _scanned(text) != found:
        raise AssertionError("the scanner reads the text otherwise than the short way")
    read(text)


def _scanned(text: str) -> list[bibtex_blocks.Block]:
    usual = bibtex_blocks._plain_entry
    vars(bibtex_blocks)["_plain_entry"] = lambda _text, _head: None
    try:
        return list(blocks([text]))
    finally:
        bibtex_blocks._plain_entry = usual


def _in_small_pieces(pieces: list[str]) -> list[bibtex_blocks.Block]:
    usual = bibtex_blocks.PIECE
    bibtex_blocks.PIECE = 8  # type: ignore[misc]  # blocks larger than the pieces that are taken are of interest
    try:
        return list(blocks(pieces))
    finally:
        bibtex_blocks.PIECE = usual  # type: ignore[misc]


if __name__ == "__main__":
    atheris.Setup(sys.argv, keeps_its_promises)
    atheris.Fuzz()
