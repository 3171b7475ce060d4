"""The third revision: saved searches, entries that look like one work but are two, authors apart in the index.

The words of the index and the keys of titles are derived: bibman derives them anew in an older library after this.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEX = """
    CREATE VIRTUAL TABLE entry_index USING fts5(
        key, title, authors, editors, container, abstract, keywords, tags, notes, other,
        content='entry_text', content_rowid='entry_id', tokenize='unicode61 remove_diacritics 0'
    )
"""


def upgrade() -> None:
    """Makes the tables of saved searches and of works that are distinct, and keys for the titles."""
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("saved_search_primary")),
        sa.UniqueConstraint("folded", name=op.f("saved_search_folded_unique")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "distinct_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("distinct_pair_entry_id_refers")),
        sa.ForeignKeyConstraint(["other_id"], ["entry.id"], name=op.f("distinct_pair_other_id_refers")),
        sa.PrimaryKeyConstraint("id", name=op.f("distinct_pair_primary")),
        sa.UniqueConstraint("entry_id", "other_id", name=op.f("distinct_pair_entry_id_other_id_unique")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("distinct_pair_other", "distinct_pair", ["other_id"], unique=False)
    op.drop_table("entry_index")
    op.drop_table("entry_text")
    op.create_table(
        "entry_text",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("editors", sa.Text(), nullable=False),
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
    op.execute(INDEX)
    op.add_column("entry", sa.Column("title_key", sa.Integer(), nullable=True))
    op.create_index("entry_title", "entry", ["title_key"], unique=False)
    op.add_column("entry", sa.Column("has_parents", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("entry_with_parents", "entry", ["id"], unique=False, sqlite_where=sa.text("has_parents"))
    op.execute("""
        UPDATE change SET image = json_set(image, '$.title_key', NULL, '$.has_parents', 0)
        WHERE "table" = 'entry' AND json_extract(image, '$.id') IS NOT NULL
    """)
