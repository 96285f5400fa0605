"""Changes of the rules that managers propose and approve."""

import sqlalchemy as sa
from alembic import op

from processor.ledger.migrations import position

revision, down_revision = position(__file__)


def upgrade() -> None:
    """One table."""
    op.create_table(
        "proposals",
        sa.Column("number", sa.String(12), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("pack", sa.String(40), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("units", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("since", sa.String(10), nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("fact", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_on", sa.String(10)),
        sa.Column("decided_in", sa.Integer),
        sa.Column("tried", sa.Text, nullable=False),
        sa.Column("impacts", sa.Text, nullable=False),
    )
