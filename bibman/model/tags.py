"""Tags: the reader's own words for entries. `/` nests them: `alignment/rlhf` is below `alignment`."""

import re

from bibman.errors import GivenValueError

SEPARATOR = "/"


def parse_tags(text: str) -> list[str]:
    """The tags in a list with commas between them, blanks trimmed and collapsed, none twice in a row of words.

    Raises GivenValueError for an empty tag, an empty level (`a//b`) or a control character.
    """
    tags = [_tag(part) for part in text.split(",")]
    return list(dict.fromkeys(tags))


def _tag(text: str) -> str:
    levels = [" ".join(level.split()) for level in text.split(SEPARATOR)]
    tag = SEPARATOR.join(levels)
    if not all(levels):
        raise GivenValueError(
            f"not a tag: {text.strip()!r}", "A tag is a word or more; `/` between words nests, a comma parts tags"
        )
    if re.search(r"[\x00-\x1f\x7f-\x9f]", tag):
        raise GivenValueError(f"not a tag: {tag!r}", "It holds a control character")
    return tag
