"""Saved searches, written."""

from sqlalchemy import select

from bibman.model.naming import fold_name
from bibman.storage.change import Change
from bibman.storage.tables import SavedSearchRow


def save_search(change: Change, name: str, query: str) -> None:
    """Gives a query a name, which another may have had."""
    row_id = _id_of(change, name)
    values = {"name": name, "folded": fold_name(name), "query": query}
    if row_id is None:
        change.insert(SavedSearchRow, [values])
    else:
        change.update(SavedSearchRow, {row_id: values})


def remove_search(change: Change, name: str) -> None:
    """Deletes the saved search of this name, if there is one."""
    row_id = _id_of(change, name)
    change.delete(SavedSearchRow, [] if row_id is None else [row_id])


def _id_of(change: Change, name: str) -> int | None:
    query = select(SavedSearchRow.id).where(SavedSearchRow.folded == fold_name(name))
    return change.connection.execute(query).scalar()
