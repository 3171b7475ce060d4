"""The third revision: queries that have a name, and entries that look like one work but are two."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables of saved searches and of works that are distinct."""
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
