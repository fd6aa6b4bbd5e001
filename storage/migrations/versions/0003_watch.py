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
    columns = ["state", "site", "breaks"]
    op.create_index("ix_frontier_suspect", "frontier", columns, sqlite_where=suspect, postgresql_where=suspect)
    op.create_table('takedown',
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('shown', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', sa.String(length=20), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'value', name=op.f('pk_takedown'))
    )
    op.create_table('doomed',
    sa.Column('capture', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('capture', name=op.f('pk_doomed'))
    )
    op.create_table('rewriting',
    sa.Column('old', sa.Text(), nullable=False),
    sa.Column('new', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('old', name=op.f('pk_rewriting'))
    )
    op.create_table('translation',
    sa.Column('cluster', sa.String(length=20), nullable=False),
    sa.Column('of', sa.String(length=20), nullable=False),
    sa.Column('sure', sa.Boolean(), nullable=False),
    sa.Column('cosine', sa.Integer(), nullable=False),
    sa.Column('margin', sa.Integer(), nullable=False),
    sa.Column('figures', sa.Integer(), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('cluster', 'of', name=op.f('pk_translation'))
    )
    op.create_index(op.f('ix_translation_of'), 'translation', ['of'], unique=False)
    op.create_table('vector',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('numbers', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vector'))
    )
    op.drop_index('ix_capture_url', table_name='capture')
    op.create_index('ix_capture_url', 'capture', ['url', 'fetched_at'], unique=False)
    op.create_table('watch',
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('since', sa.String(length=20), nullable=False),
    sa.Column('until', sa.String(length=20), nullable=False),
    sa.Column('follows', sa.Text(), nullable=True),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.String(length=20), nullable=True),
    sa.Column('next_at', sa.String(length=20), nullable=True),
    sa.PrimaryKeyConstraint('url', name=op.f('pk_watch'))
    )

    op.create_table('alert',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('release', sa.Text(), nullable=True),
    sa.Column('says', sa.Text(), nullable=False),
    sa.Column('made_at', sa.String(length=20), nullable=False),
    sa.Column('mailed_at', sa.String(length=20), nullable=True),
    sa.Column('posted_at', sa.String(length=20), nullable=True),
    sa.Column('fault', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert'))
    )
    op.create_index('ix_alert_made_at', 'alert', ['made_at'], unique=False)
    op.create_index('ix_capture_payload', 'capture', ['payload_sha256', 'url'], unique=False)
    op.add_column("frontier", sa.Column("lane", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE frontier SET lane = 1 WHERE kind = 'item'")
    op.drop_index("ix_frontier_state", table_name="frontier")
    op.create_index("ix_frontier_state", "frontier", ["state", "site", "not_before"])
    ready = sa.text("state = 'queued' AND breaks = 0")
    columns = ["site", "host", "lane", "depth", "url_key", "not_before"]
    op.create_index("ix_frontier_ready", "frontier", columns, sqlite_where=ready, postgresql_where=ready)
    failing = sa.text("state = 'queued' AND reason IS NOT NULL")
    columns = ["state", "site"]
    op.create_index("ix_frontier_failing", "frontier", columns, sqlite_where=failing, postgresql_where=failing)
    op.execute("DELETE FROM posting WHERE text IN (SELECT id FROM text WHERE pivot IS NULL)")


def downgrade() -> None:
    """There is no way back: restore the backup that was made before the upgrade."""
    raise NotImplementedError("restore the backup that was made before this upgrade")
