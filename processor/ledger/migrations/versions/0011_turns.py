"""What would have changed each decision."""

import sqlalchemy as sa
from alembic import op

from processor.ledger.migrations import position

revision, down_revision = position(__file__)


def upgrade() -> None:
    """One table."""
    op.create_table(
        "turns",
        sa.Column("decision_id", sa.String(40), primary_key=True),
        sa.Column("told", sa.Text, nullable=False),
    )
