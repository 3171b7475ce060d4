"""Titles whose capitals no style can handle."""

from collections.abc import Iterator
from typing import Final

from bibman.model.checks.finding import Finding, Subject
from bibman.model.latex import decode, imbalance

_SHOUTED: Final = 4  # words in capitals that are no acronyms any more
_SEVERAL: Final = 3


def titles(subject: Subject) -> Iterator[Finding]:
    """A title in capitals, and one that is wholly in braces."""
    title = subject.value("title")
    if title[:1] == "{" and _is_one_group(title) and len(title.split()) >= _SEVERAL and not title.startswith("{\\"):
        yield Finding(
            "braced-title", "title is wholly in braces, so that no style can change its case",
            "brace only the words whose capitals must stay, such as {DNA}", "title",
        )  # fmt: skip
    if title == title.upper() and not title.isnumeric():
        words = [word for word in decode(title).split() if sum(map(str.isalpha, word)) > 1]
        if len(words) >= _SHOUTED and all(word.isupper() for word in words):
            yield Finding(
                "all-caps-title", "title is in capitals, which most styles print so",
                "write it as a sentence, names and acronyms in braces", "title",
            )  # fmt: skip


def _is_one_group(text: str) -> bool:
    inner = text[1:-1]
    return text.endswith("}") and not text.endswith("\\}") and imbalance(inner) is None
