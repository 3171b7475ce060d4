"""Formats are known by what stands in a text, and what plainly is none that can be read is refused."""

import pytest

from bibman.errors import InvalidValueError, UsageError
from bibman.formats.registry import FORMATS, reader_of, recognise


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        ("@article{key,\n  title = {A title}\n}\n", "BibTeX"),
        ("% my references\n\nSome words first.\n  @InProceedings { a:b/c ,\n", "BibTeX"),
        ("words\r@book(key, title = 1)", "BibTeX"),
        ("@misc{,\n title = {No key}}", "BibTeX"),
        ("@article{\n  key,\n}", "BibTeX"),
        ('@string{jan = "January"}\n', "BibTeX"),
        ("@comment{jabref-meta: databaseType:bibtex;}\n", "BibTeX"),
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
        "% 100 of readers agree\n",
    ],
)
def test_everything_else_is_a_list_whatever_its_name(text: str) -> None:
    assert recognise(text, "refs.bib") == "list"


def test_every_format_that_is_recognised_has_a_reader() -> None:
    found = reader_of(recognise("First title\nSecond title\n", "refs.txt"))("First title\nSecond title\n", None)
    assert [each.text for each in found.passages] == ["First title", "Second title"]
    assert all(reader_of(name) is each.read for name, each in FORMATS.items())


def test_the_layout_reaches_the_reader() -> None:
    assert len(reader_of("list")("First title\nand more\n", "block").passages) == 1


@pytest.mark.parametrize("name", ["", "csv", "bibtex"])
def test_a_format_without_a_reader_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(UsageError, match="no such format") as raised:
        reader_of(name)
    assert "list" in raised.value.advice
