"""The packs under which months were closed."""

import sqlalchemy as sa
from alembic import op

from processor.ledger.migrations import position

revision, down_revision = position(__file__)


def upgrade() -> None:
    """One table."""
    op.create_table(
        "rules",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("pack", sa.String(40), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("own", sa.Text, nullable=False),
    )
