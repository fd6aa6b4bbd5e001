"""Remember blocks: sightings, openings, what sites show under several releases, and what that changes.

Links of releases, and how a copy differs from the text that it was held against, come with it.
And what people decided: overrules, and what they say of texts.
"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version. Every capture is read again: nothing of this was known before."""
    op.create_table('sighting',
    sa.Column('hash', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('family', sa.Text(), nullable=False),
    sa.Column('text', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('capture', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('hash', 'family', 'text', 'capture', name=op.f('pk_sighting')),
    sqlite_with_rowid=False
    )
    op.create_table('opening',
    sa.Column('hash', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('text', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('hash', 'text', name=op.f('pk_opening')),
    sqlite_with_rowid=False
    )
    op.create_table('memory',
    sa.Column('hash', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('family', sa.Text(), nullable=False),
    sa.Column('releases', sa.Integer(), nullable=False),
    sa.Column('families', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('hash', 'family', name=op.f('pk_memory')),
    sqlite_with_rowid=False
    )
    op.create_table('recalled',
    sa.Column('capture', sa.String(length=32), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('capture', name=op.f('pk_recalled'))
    )
    op.create_table('overrule',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('object', sa.Text(), nullable=False),
    sa.Column('at', sa.String(length=20), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('undone_at', sa.String(length=20), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_overrule'))
    )
    op.create_table('change',
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', sa.String(length=20), nullable=False),
    sa.Column('what', sa.String(length=8), nullable=False),
    sa.Column('cluster', sa.String(length=20), nullable=False),
    sa.Column('other', sa.String(length=20), nullable=True),
    sa.Column('why', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_change'))
    )
    op.create_index(op.f('ix_change_cluster'), 'change', ['cluster'])
    op.create_index(op.f('ix_change_other'), 'change', ['other'])
    op.create_table('doubt',
    sa.Column('text', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('other', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('same', sa.Boolean(), nullable=False),
    sa.Column('margin', sa.Integer(), nullable=False),
    sa.Column('cover_text', sa.Integer(), nullable=False),
    sa.Column('cover_other', sa.Integer(), nullable=False),
    sa.Column('agree', sa.Integer(), nullable=False),
    sa.Column('conflict', sa.Integer(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('text', 'other', name=op.f('pk_doubt'))
    )
    op.create_table('ruling',
    sa.Column('text', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('leader', sa.BigInteger(), nullable=True),
    sa.Column('since', sa.Integer(), nullable=False),
    sa.Column('closed', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('text', name=op.f('pk_ruling'))
    )
    op.add_column('text', sa.Column('star', sa.BigInteger(), nullable=True))
    op.execute("UPDATE text SET star = pivot")
    for table, column in (('page', 'sightings'), ('text', 'opening')):
        op.add_column(table, sa.Column(column, sa.LargeBinary(), nullable=False, server_default=sa.text("''")))
    op.add_column('release', sa.Column('supports', sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    for table, column, empty in (('page', 'links', "'[]'"), ('match', 'differences', "'{}'")):
        op.add_column(table, sa.Column(column, sa.JSON(), nullable=False, server_default=sa.text(empty)))
    op.add_column('copy', sa.Column('missing_since', sa.String(length=20), nullable=True))
    op.add_column('match', sa.Column('parent', sa.JSON(), nullable=True))
    op.add_column('match', sa.Column('against', sa.String(length=32), nullable=True))
    op.execute("INSERT INTO dirty (stratum, key) SELECT 'page', id FROM capture"
               " WHERE NOT EXISTS (SELECT 1 FROM dirty WHERE stratum = 'page' AND key = capture.id)")


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError("restore the backup that was made before the upgrade")
