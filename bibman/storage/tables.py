"""The tables of a library, the only mapped classes. The public reading interface is the views, not these."""

from sqlalchemy import REAL, ForeignKey, Index, LargeBinary, MetaData, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Ids are never used twice (AUTOINCREMENT), so that an id kept in history or in a passage always means the same row.
KEPT = {"sqlite_autoincrement": True, "sqlite_strict": True}
DERIVED = {"sqlite_strict": True}
DERIVED_WITHOUT_ROWID = {"sqlite_strict": True, "sqlite_with_rowid": False}


class Base(DeclarativeBase):
    """What all tables share: text is TEXT, bytes are BLOB, times are ISO 8601 in UTC, truth is 0 or 1."""

    # Later migrations name the constraints that they change.
    metadata = MetaData(
        naming_convention={
            "uq": "%(table_name)s_%(column_0_N_name)s_unique",
            "fk": "%(table_name)s_%(column_0_N_name)s_refers",
            "pk": "%(table_name)s_primary",
        }
    )
    type_annotation_map = {str: Text(), bytes: LargeBinary(), float: REAL()}  # noqa: RUF012 - SQLAlchemy reads it from the class


class PropertyRow(Base):
    """What is true of the library as a whole, such as the version of the folding its index was made with."""

    __tablename__ = "property"
    __table_args__ = DERIVED
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class EntryRow(Base):
    """A stored work. Narrow on purpose: lists scan it; the fields are in `entry_content`.

    `title` to `container` are derived from the fields, in Unicode; `opening` stands in for the title of an entry
    that is not identified. `title_key` finds the entries whose titles fold alike; `has_parents` is 1 for those that
    name entries from which they inherit.
    """

    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    key_folded: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    identified: Mapped[int]
    revision: Mapped[int]
    added_at: Mapped[str]
    changed_at: Mapped[str]
    title: Mapped[str | None]
    opening: Mapped[str | None]
    short_names: Mapped[str]
    date: Mapped[str | None]
    year: Mapped[int | None]
    container: Mapped[str | None]
    title_key: Mapped[int | None]
    has_parents: Mapped[int] = mapped_column(server_default="0")
    __table_args__ = (
        Index("entry_year", "year"),
        Index("entry_title", "title_key"),
        Index("entry_with_parents", "id", sqlite_where=text("has_parents")),
        KEPT,
    )


class EntryContentRow(Base):
    """The fields of an entry in order: a JSON list of [name, value] or [name, value, expression]."""

    __tablename__ = "entry_content"
    __table_args__ = DERIVED
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    fields: Mapped[str]


class EntryTextRow(Base):
    """The folded words of an entry, its tags and its notes: the content of the full-text index `entry_index`."""

    __tablename__ = "entry_text"
    __table_args__ = DERIVED
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str]
    title: Mapped[str]
    authors: Mapped[str]
    editors: Mapped[str]
    container: Mapped[str]
    abstract: Mapped[str]
    keywords: Mapped[str]
    tags: Mapped[str]
    notes: Mapped[str]
    other: Mapped[str]


class EntryNameRow(Base):
    """A name of an entry in Unicode, derived; `role` is the field it stands in."""

    __tablename__ = "entry_name"
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    family: Mapped[str]
    given: Mapped[str]
    prefix: Mapped[str]
    suffix: Mapped[str]
    literal: Mapped[str]
    folded: Mapped[str]
    __table_args__ = (Index("entry_name_folded", "folded"), DERIVED_WITHOUT_ROWID)


class EntryIdentifierRow(Base):
    """An identifier of an entry, normalised, derived."""

    __tablename__ = "entry_identifier"
    scheme: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    __table_args__ = (Index("entry_identifier_entry", "entry_id"), DERIVED_WITHOUT_ROWID)


class AliasRow(Base):
    """A former citation key that still means its entry."""

    __tablename__ = "alias"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    key: Mapped[str]
    key_folded: Mapped[str] = mapped_column(unique=True)
    __table_args__ = (Index("alias_entry", "entry_id"), KEPT)


class TagRow(Base):
    """A tag as it was first typed; `folded` is how tags are compared."""

    __tablename__ = "tag"
    __table_args__ = KEPT
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(unique=True)


class EntryTagRow(Base):
    """A tag on an entry."""

    __tablename__ = "entry_tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"))
    added_at: Mapped[str]
    __table_args__ = (UniqueConstraint("entry_id", "tag_id"), Index("entry_tag_tag", "tag_id"), KEPT)


class NoteRow(Base):
    """A note of the reader on an entry, in Markdown."""

    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    text: Mapped[str]
    created_at: Mapped[str]
    changed_at: Mapped[str]
    __table_args__ = (Index("note_entry", "entry_id"), KEPT)


class SourceRow(Base):
    """A file or text that was read, by its path or name."""

    __tablename__ = "source"
    __table_args__ = KEPT
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class ReadingRow(Base):
    """One time that a source was read. `declared` is the number of works that its header promised."""

    __tablename__ = "reading"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    read_at: Mapped[str]
    checksum: Mapped[str]
    size: Mapped[int]
    encoding: Mapped[str]
    format: Mapped[str]
    layout: Mapped[str | None]
    declared: Mapped[int | None]
    __table_args__ = (Index("reading_source", "source_id"), KEPT)


class PassageRow(Base):
    """A line or block of a reading: its raw bytes, what became of it, and why.

    `kind` is `entry` where the passage speaks of a work, else what it is (`header` …); `verdict` is None for those.
    `entry_id` may name an entry that has been removed since: it is no foreign key, so that undoing the removal
    finds the passage as it was. `source_key` is the citation key under which the source has the work. A passage that
    stood in an earlier reading just so has no bytes of its own: `raw` is empty, and `raw_of` is the id of the passage
    that has them.
    """

    __tablename__ = "passage"
    id: Mapped[int] = mapped_column(primary_key=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"))
    position: Mapped[int]
    line: Mapped[int]
    kind: Mapped[str]
    raw: Mapped[bytes]
    raw_of: Mapped[int | None]
    source_key: Mapped[str | None]
    text_key: Mapped[int | None]
    verdict: Mapped[str | None]
    entry_id: Mapped[int | None]
    entry_revision: Mapped[int | None]
    stage: Mapped[str | None]
    score: Mapped[float | None]
    margin: Mapped[float | None]
    evidence: Mapped[str | None]
    __table_args__ = (
        Index("passage_reading", "reading_id", "position"),
        Index("passage_text", "text_key", sqlite_where=text("text_key IS NOT NULL")),
        Index("passage_entry", "entry_id"),
        KEPT,
    )


class MacroRow(Base):
    """A macro that a source defines with `@string`: its value, and its expression where that is not one literal."""

    __tablename__ = "macro"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    name: Mapped[str]
    folded: Mapped[str]
    value: Mapped[str]
    expression: Mapped[str | None]
    __table_args__ = (UniqueConstraint("source_id", "folded"), KEPT)


class PreambleRow(Base):
    """A `@preamble` of a source, in order."""

    __tablename__ = "preamble"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    position: Mapped[int]
    value: Mapped[str]
    expression: Mapped[str | None]
    __table_args__ = (UniqueConstraint("source_id", "position"), KEPT)


class SavedSearchRow(Base):
    """A query that the reader gave a name; `folded` is how the names are compared."""

    __tablename__ = "saved_search"
    __table_args__ = KEPT
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(unique=True)
    query: Mapped[str]


class DistinctPairRow(Base):
    """Two entries that look like one work, and of which the reader has said that they are two; the older one first."""

    __tablename__ = "distinct_pair"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    __table_args__ = (UniqueConstraint("entry_id", "other_id"), Index("distinct_pair_other", "other_id"), KEPT)


class OperationRow(Base):
    """One change of the library as a user sees it: the command, and in words what it did."""

    __tablename__ = "operation"
    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[str]
    command: Mapped[str]
    summary: Mapped[str]
    undone: Mapped[int]
    __table_args__ = (Index("operation_undone", "undone"), KEPT)


class ChangeRow(Base):
    """One row that an operation changed.

    `image` is the row's other state as JSON: what it was before while the operation stands, what it was after while
    it is undone; None where there is no row in that state. Undo and redo are the same exchange. Of a row that is
    there in both states it holds only the columns that differ.
    """

    __tablename__ = "change"
    id: Mapped[int] = mapped_column(primary_key=True)
    operation_id: Mapped[int] = mapped_column(ForeignKey("operation.id", ondelete="CASCADE"))
    table: Mapped[str]
    row_id: Mapped[int]
    image: Mapped[str | None]
    __table_args__ = (Index("change_operation", "operation_id"), KEPT)
