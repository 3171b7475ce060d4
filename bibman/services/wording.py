"""Words for the history and the reports."""


def counted(number: int, one: str, more: str | None = None) -> str:
    """ "1 entry", "2 entries": the `number` with the noun in its form; `more` is by default `one` with an s."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def listed(names: list[str], limit: int = 3) -> str:
    """The first names with commas between them, and how many more there are."""
    more = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {more:,} more" if more > 0 else "")


def shortened(text: str, length: int = 60) -> str:
    """The text on one line, cut to `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
