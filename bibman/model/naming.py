"""How citation keys and tags are compared."""

from bibman.model.unicode import normalised


def fold_name(text: str) -> str:
    """A citation key or tag as it is compared: blanks trimmed and collapsed, without regard to case, accents kept."""
    words = " ".join(text.split())
    if words.isascii():
        return words.lower()
    return normalised("NFC", normalised("NFD", words).casefold())
