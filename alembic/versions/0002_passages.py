"""The second revision: what stands unchanged in a later reading is not kept twice; a passage knows its source's key."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Lets a passage refer to the one that has its bytes, and keep the citation key that its source gave it."""
    op.add_column("passage", sa.Column("raw_of", sa.Integer(), nullable=True))
    op.add_column("passage", sa.Column("source_key", sa.Text(), nullable=True))
    op.execute("""
        UPDATE change SET image = json_set(image, '$.raw_of', NULL, '$.source_key', NULL)
        WHERE "table" = 'passage' AND json_extract(image, '$.id') IS NOT NULL
    """)
    # Blocks of a .bib have no such key: an index over their NULLs would cost each import for nothing.
    op.drop_index("passage_text", "passage")
    op.create_index("passage_text", "passage", ["text_key"], sqlite_where=sa.text("text_key IS NOT NULL"))
