"""Formats are known by what stands in a text, and what plainly is none that can be read is refused."""

import pytest

from bibman.errors import InvalidValueError, UsageError
from bibman.formats.registry import BIBTEX, checked_format, list_reader, recognise


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        ("TY  - JOUR\nAU  - Author, A.\nER  - \n", "RIS"),
        ("\nTY  - CONF\r\n", "RIS"),
        ("PMID- 31452104\nOWN - NLM\n", "MEDLINE"),
        ("%0 Journal Article\n%T A title\n", "EndNote's tagged format"),
        ('<?xml version="1.0" encoding="UTF-8"?><xml><records><record>', "EndNote XML"),
        ("<xml>\n<records>", "EndNote XML"),
        ('[\n  {"id": "key", "type": "article-journal"}\n]', "CSL-JSON"),
        ('{"id": "key", "type": "book"}', "CSL-JSON"),
        ("<!DOCTYPE html>\n<html><body>", "a web page"),
        ('<?xml version="1.0"?>\n<modsCollection>', "XML"),
    ],
)
def test_another_format_is_named_and_refused(text: str, format_: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        recognise(text, "refs.dat")
    assert raised.value.message.startswith(f"refs.dat looks like {format_}")
    assert "--format list" in raised.value.advice


@pytest.mark.parametrize(
    "text",
    [
        "@article{key,\n  title = {A title}\n}\n",
        "% my references\n\nSome words first.\n  @InProceedings { a:b/c ,\n",
        "words\r@book(key, title = 1)",
        "@misc{,\n title = {No key}}",
        "@article{\n  key,\n}",
        "@article{never closed",
        "@article { a key with blanks, title = {A title}}",
        '@string{jan = "January"}\n',
        "@comment{jabref-meta: databaseType:bibtex;}\n",
    ],
)
def test_bibtex_is_known_by_any_block_even_a_broken_one(text: str) -> None:
    assert recognise(text, "refs.txt") == BIBTEX


@pytest.mark.parametrize(
    "text",
    [
        "",
        "14 papers on arXiv\nWe show a thing...\n",
        "[1] A. Vaswani et al., Attention is all you need.\n",
        "Write to author@example.org, or to @article on the net\n",
        "We parse entries such as @article{key, title = {A title}} fast.\n",
        "@someone (a reader, that is) wrote this\n",
        "{We} brace {words} in titles\n",
        "TY - a study of a syllable\n",
        "<jats:p>We show a thing.</jats:p>\n",
        "PMID: 31452104\n",
    ],
)
def test_everything_else_is_a_list_whatever_its_name(text: str) -> None:
    assert recognise(text, "refs.bib") == "list"


def test_comments_alone_are_bibtex_where_the_file_is_called_so() -> None:
    assert recognise("% 100 of readers agree\nfree text\n", "refs.bib") == BIBTEX
    assert recognise("% 100 of readers agree\nfree text\n", "refs.txt") == "list"


def test_a_list_is_read_by_its_reader() -> None:
    found = list_reader(recognise("First title\nSecond title\n", "refs.txt"))("First title\nSecond title\n", None)
    assert [each.text for each in found.passages] == ["First title", "Second title"]


def test_the_layout_reaches_the_reader() -> None:
    assert len(list_reader("list")("First title\nand more\n", "block").passages) == 1


@pytest.mark.parametrize("name", ["", "csv", "ris"])
def test_a_format_that_cannot_be_read_is_refused_with_those_that_can(name: str) -> None:
    with pytest.raises(UsageError, match="no such format") as raised:
        checked_format(name)
    assert "There are bibtex, list" in raised.value.advice
    assert [checked_format(each) for each in (BIBTEX, "list")] == [BIBTEX, "list"]
