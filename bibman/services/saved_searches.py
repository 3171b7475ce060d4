"""Saved searches: queries that have a name, by which other queries ask for them (`@name`)."""

import re

from bibman.errors import GivenValueError, NotFoundError
from bibman.model.naming import fold_name
from bibman.model.nearest import nearest
from bibman.services.queries import understood
from bibman.storage.answers import SavedSearch
from bibman.storage.database import Library
from bibman.storage.saved_searches import remove_search, save_search


def add(library: Library, name: str, query: str) -> SavedSearch | None:
    """Gives a query a name; returns what had the name before, None where nothing had it.

    Raises GivenValueError for a name that no query could ask for, QueryError where the query cannot be read.
    """
    if not re.fullmatch(r"[\w][\w./+-]*", name):
        raise GivenValueError(f"not a name for a search: {name!r}", "It is a word of letters, digits and . / + - _")
    with library.change("saved add") as change:
        before = _found(change.reader.saved_searches(), name)
        understood(change.reader, query)
        save_search(change, name, query)
        # Once more with it: it must not ask for itself, through whichever others.
        understood(change.reader, query)
        change.summary = f"saved the search @{name}: {query}"
    return before


def remove(library: Library, name: str) -> SavedSearch:
    """Forgets a saved search, and returns it. Raises NotFoundError where there is none of that name."""
    with library.change("saved remove") as change:
        searches = change.reader.saved_searches()
        found = _found(searches, name.removeprefix("@"))
        if found is None:
            raise NotFoundError.of("saved search", [name], nearest(name, [each.name for each in searches]))
        remove_search(change, found.name)
        change.summary = f"forgot the saved search @{found.name}"
    return found


def _found(searches: list[SavedSearch], name: str) -> SavedSearch | None:
    return next((each for each in searches if fold_name(each.name) == fold_name(name)), None)
