"""Number the exported rows by when they last changed."""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.create_table('revision',
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'name', name=op.f('pk_revision'))
    )
    op.create_index('ix_revision_n', 'revision', ['kind', 'n'], unique=True)
    op.create_table('marker',
    sa.Column('n', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('word', sa.String(length=8), nullable=False),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_marker'))
    )
    op.execute("INSERT INTO dirty (stratum, key) SELECT 'row', 'copies ' || url FROM copy")
    op.execute("INSERT INTO dirty (stratum, key) SELECT 'row', 'releases ' || cluster FROM release")


def downgrade() -> None:
    """There is no way back: restore the backup that was made before the upgrade."""
    raise NotImplementedError("restore the backup that was made before this upgrade")
