"""Watch releases and be polite for months: what a scheduled crawl keeps between its runs."""

import sqlalchemy as sa  # noqa: F401 (until the first table comes)
from alembic import op  # noqa: F401


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""


def downgrade() -> None:
    """There is no way back: restore the backup that was made before the upgrade."""
    raise NotImplementedError("restore the backup that was made before this upgrade")
