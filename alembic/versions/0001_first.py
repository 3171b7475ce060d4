"""The first revision: entries with their fields, names, identifiers, tags and notes; sources; history; the index."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The words are folded before they get here: the tokenizer takes them as they are.
INDEX = """
    CREATE VIRTUAL TABLE entry_index USING fts5(
        key, title, names, container, abstract, keywords, tags, notes, other,
        content='entry_text', content_rowid='entry_id', tokenize='unicode61 remove_diacritics 0'
    )
"""


def upgrade() -> None:
    """Makes a new library."""
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("key_folded", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("identified", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("opening", sa.Text(), nullable=True),
        sa.Column("short_names", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("container", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("entry_primary")),
        sa.UniqueConstraint("key_folded", name=op.f("entry_key_folded_unique")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("entry_year", "entry", ["year"], unique=False)
    op.create_table(
        "operation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("undone", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("operation_primary")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("operation_undone", "operation", ["undone"], unique=False)
    op.create_table(
        "property",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("property_primary")),
        sqlite_strict=True,
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("source_primary")),
        sa.UniqueConstraint("name", name=op.f("source_name_unique")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("tag_primary")),
        sa.UniqueConstraint("folded", name=op.f("tag_folded_unique")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("key_folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("alias_entry_id_refers")),
        sa.PrimaryKeyConstraint("id", name=op.f("alias_primary")),
        sa.UniqueConstraint("key_folded", name=op.f("alias_key_folded_unique")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("alias_entry", "alias", ["entry_id"], unique=False)
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.Integer(), nullable=False),
        sa.Column("table", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("image", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name=op.f("change_operation_id_refers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("change_primary")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("change_operation", "change", ["operation_id"], unique=False)
    op.create_table(
        "entry_content",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("entry_content_entry_id_refers")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("entry_content_primary")),
        sqlite_strict=True,
    )
    op.create_table(
        "entry_identifier",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("entry_identifier_entry_id_refers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scheme", "value", "entry_id", name=op.f("entry_identifier_primary")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("entry_identifier_entry", "entry_identifier", ["entry_id"], unique=False)
    op.create_table(
        "entry_name",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("suffix", sa.Text(), nullable=False),
        sa.Column("literal", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("entry_name_entry_id_refers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", "role", "position", name=op.f("entry_name_primary")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("entry_name_folded", "entry_name", ["folded"], unique=False)
    op.create_table(
        "entry_tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("entry_tag_entry_id_refers")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("entry_tag_tag_id_refers")),
        sa.PrimaryKeyConstraint("id", name=op.f("entry_tag_primary")),
        sa.UniqueConstraint("entry_id", "tag_id", name=op.f("entry_tag_entry_id_tag_id_unique")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("entry_tag_tag", "entry_tag", ["tag_id"], unique=False)
    op.create_table(
        "entry_text",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("container", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("keywords", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("entry_text_entry_id_refers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("entry_text_primary")),
        sqlite_strict=True,
    )
    op.create_table(
        "macro",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("expression", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("macro_source_id_refers")),
        sa.PrimaryKeyConstraint("id", name=op.f("macro_primary")),
        sa.UniqueConstraint("source_id", "folded", name=op.f("macro_source_id_folded_unique")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("note_entry_id_refers")),
        sa.PrimaryKeyConstraint("id", name=op.f("note_primary")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("note_entry", "note", ["entry_id"], unique=False)
    op.create_table(
        "preamble",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("expression", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("preamble_source_id_refers")),
        sa.PrimaryKeyConstraint("id", name=op.f("preamble_primary")),
        sa.UniqueConstraint("source_id", "position", name=op.f("preamble_source_id_position_unique")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.Text(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=True),
        sa.Column("declared", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("reading_source_id_refers")),
        sa.PrimaryKeyConstraint("id", name=op.f("reading_primary")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("reading_source", "reading", ["source_id"], unique=False)
    op.create_table(
        "passage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("text_key", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("entry_revision", sa.Integer(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("score", sa.REAL(), nullable=True),
        sa.Column("margin", sa.REAL(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("passage_reading_id_refers")),
        sa.PrimaryKeyConstraint("id", name=op.f("passage_primary")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("passage_entry", "passage", ["entry_id"], unique=False)
    op.create_index("passage_reading", "passage", ["reading_id", "position"], unique=False)
    op.create_index("passage_text", "passage", ["text_key"], unique=False)
    op.execute(INDEX)
