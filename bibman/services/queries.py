"""What a query means in a library, now."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bibman.model.fold import fold
from bibman.model.naming import fold_name
from bibman.model.query import And, Identified, Node, Not, Tag, Words, bare_name
from bibman.model.query_fields import Context, years
from bibman.model.query_text import parse
from bibman.model.tags import parse_tags
from bibman.storage.reading import Reader


def understood(reader: Reader, query: str) -> Node:
    """The tree of a query, with the saved searches and the fields of the library.

    Raises QueryError, which tells the column, where it cannot be read.
    """

    def saved(name: str) -> str | None:
        return searches.get(fold_name(name))

    def ago(hours: int) -> str:
        return (datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")

    searches = {fold_name(each.name): each.query for each in reader.saved_searches()} if "@" in query else {}
    return parse(query, Context(ago, saved, reader.has_field))


def listed_only(
    asked: Node | None, tags: Sequence[str], years_asked: str | None, name: str | None, identified: bool | None
) -> Node | None:
    """What is asked, and besides what the options of a list ask for; None where that is nothing.

    Each of `tags` may hold several with commas between them. Raises UsageError for a span of years that is none.
    """
    nodes: list[Node] = [] if asked is None else [asked]
    nodes += [Tag(bare_name(tag), is_prefix=False) for given in tags for tag in parse_tags(given)]
    if years_asked is not None:
        nodes.append(years(years_asked))
    if name is not None and (words := fold(name)):
        nodes.append(Words(("authors", "editors"), words, is_prefix=True, typed=name, column=1))
    if identified is not None:
        nodes.append(Identified() if identified else Not(Identified()))
    return And(tuple(nodes)) if nodes else None
