"""bibtexparser, which knows nothing of bibman's reader, finds the same in files that are well formed or mistaken."""

import logging
from collections.abc import Iterator

import pytest
from bibtexparser import model
from bibtexparser.splitter import Splitter
from hypothesis import assume, given
from hypothesis import strategies as st

from bibman.formats.bibtex_blocks import Block, blocks
from tests.formats.bibtex_texts import Written, mistakes, written_entries

Found = tuple[str, str, tuple[tuple[str, str], ...]]

BETWEEN = (
    "\n",
    "\n\nText, at home\n\n",
    "\r\n",
    '\n@string{jmlr = "J {M} LR"}\n',
    "\n@string(acm = {ACM})\n",
    '\n@preamble{"\\x" # "y"}\n',
    "\n@comment{jabref-meta: a{b};}\n",
)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The Splitter logs every block that it gives up."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def by_bibtexparser(text: str) -> list[tuple[str, Found]]:
    return [each for block in Splitter(text).split().blocks if (each := _as_found(block))]


def _as_found(block: model.Block) -> tuple[str, Found] | None:
    if isinstance(block, model.DuplicateBlockKeyBlock | model.DuplicateFieldKeyBlock):
        return _as_found(block.ignore_error_block) if block.ignore_error_block else None
    if isinstance(block, model.Entry):
        return "entry", (block.entry_type, block.key, tuple((each.key, each.value) for each in block.fields))
    if isinstance(block, model.String):
        return "macro", ("string", block.key, (("", block.value),))
    if isinstance(block, model.Preamble):
        return "preamble", ("preamble", "", (("", block.value),))
    if isinstance(block, model.ExplicitComment):
        return "comment", ("comment", "", (("", block.raw or ""),))
    if isinstance(block, model.ImplicitComment):
        return "text", ("", "", (("", (block.raw or "").strip()),))
    return None


def by_bibman(text: str) -> list[tuple[str, Found]]:
    return [(block.kind, _found(block)) for block in blocks([text]) if block.kind != "broken" and block.raw.strip()]


def _found(block: Block) -> Found:
    if block.kind == "comment" or block.kind == "text":
        return block.type.lower(), "", (("", block.raw.strip()),)
    return block.type.lower(), block.key, block.fields


@given(st.lists(st.tuples(written_entries(), st.sampled_from(BETWEEN))))
def test_bibtexparser_finds_the_same_in_a_well_formed_file(entries: list[tuple[Written, str]]) -> None:
    text = "".join(written.raw + between for written, between in entries)
    assert by_bibman(text) == by_bibtexparser(text)


@given(written_entries(), written_entries(), st.data())
def test_bibtexparser_finds_the_same_behind_a_mistake(mistaken: Written, after: Written, data: st.DataObject) -> None:
    text = f"{data.draw(mistakes(mistaken.raw))}\n\n{after.raw}\n"
    theirs = by_bibtexparser(text)
    assume(theirs[-1:] == [("entry", (after.type.lower(), after.key, after.fields))])
    assert by_bibman(text)[-1] == theirs[-1]


@given(written_entries(), st.data())
def test_bibtexparser_reads_a_mistaken_entry_alike_where_both_read_it(written: Written, data: st.DataObject) -> None:
    text = data.draw(mistakes(written.raw))
    # To bibtexparser a backslash takes the meaning from a brace or a comma, and `%` begins no comment.
    assume(all(text.count(sign) <= written.raw.count(sign) for sign in "\\%"))
    ours, theirs = by_bibman(text), by_bibtexparser(text)
    assume([kind for kind, _ in ours] == ["entry"] == [kind for kind, _ in theirs])
    assert ours == theirs
