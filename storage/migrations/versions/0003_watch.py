"""Watch releases and be polite for months: what a scheduled crawl keeps between its runs."""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.add_column("frontier", sa.Column("alone", sa.Integer(), nullable=False, server_default="0"))
    suspect = sa.text("breaks > 0")
    op.create_index("ix_frontier_suspect", "frontier", ["breaks"], sqlite_where=suspect, postgresql_where=suspect)


def downgrade() -> None:
    """There is no way back: restore the backup that was made before the upgrade."""
    raise NotImplementedError("restore the backup that was made before this upgrade")
