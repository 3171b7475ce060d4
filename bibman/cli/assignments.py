"""Options that say something of a field, such as `--set FIELD=VALUE`."""

from collections.abc import Sequence

from bibman.errors import UsageError


def assignments(options: Sequence[str] | None, form: str, example: str) -> dict[str, str]:
    """Field, in lower case → what is said of it, by options of this `form`, of which `example` is one.

    Raises UsageError for one that is not of this form, or where two speak of one field.
    """
    said: dict[str, str] = {}
    for option in options or ():
        name, equals, value = option.partition("=")
        folded = name.strip().lower()
        if not equals:
            raise UsageError(f"not {form}: {option}", f"Say it like {example}")
        if folded in said:
            raise UsageError(f"{folded} is set twice", "Set each field once")
        said[folded] = value
    return said
