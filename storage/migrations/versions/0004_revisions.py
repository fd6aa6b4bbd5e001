"""Number the exported rows by when they last changed, and index the terms of releases and what pages ask for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


_FTS = (
    "CREATE VIRTUAL TABLE searched USING fts5(terms, content='searchable', content_rowid='n', detail=none, "
    "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* M* Co'\")",
    "CREATE TRIGGER searchable_comes AFTER INSERT ON searchable BEGIN "
    "INSERT INTO searched(rowid, terms) VALUES (new.n, new.terms); END",
    "CREATE TRIGGER searchable_goes AFTER DELETE ON searchable BEGIN "
    "INSERT INTO searched(searched, rowid, terms) VALUES ('delete', old.n, old.terms); END",
)
"""SQLite's own index: it keeps no text, and forgets a row only when it is told what the row said."""


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
    is_server = op.get_context().dialect.name == "postgresql"
    op.create_table('searchable',
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('cluster', sa.String(length=20), nullable=False),
    sa.Column('terms', postgresql.TSVECTOR() if is_server else sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_searchable')),
    sa.UniqueConstraint('cluster', name=op.f('uq_searchable_cluster'))
    )
    if is_server:
        op.create_index('ix_searchable_terms', 'searchable', ['terms'], postgresql_using="gin")
    else:
        for statement in _FTS:
            op.execute(statement)
    op.create_index(op.f('ix_copy_capture'), 'copy', ['capture'], unique=False)
    op.create_index(op.f('ix_match_release'), 'match', ['release'], unique=False)
    op.create_index(op.f('ix_match_key'), 'match', ['key'], unique=False)
    op.execute("INSERT INTO dirty (stratum, key) SELECT 'row', 'copies ' || url FROM copy")
    op.execute("INSERT INTO dirty (stratum, key) SELECT 'row', 'releases ' || cluster FROM release")


def downgrade() -> None:
    """There is no way back: restore the backup that was made before the upgrade."""
    raise NotImplementedError("restore the backup that was made before this upgrade")
