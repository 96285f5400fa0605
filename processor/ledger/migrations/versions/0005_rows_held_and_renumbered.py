"""Rows that wait for what completes them, and rows that got their registration number later."""

import sqlalchemy as sa
from alembic import op

from processor.ledger.migrations import position

revision, down_revision = position(__file__)


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "held",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("register", sa.String(40), nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("sheet", sa.Text, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("pending", sa.Text, nullable=False),
    )
    op.create_index("held_by_file", "held", ["file"])
    op.create_table(
        "identities",
        sa.Column("register", sa.String(40), primary_key=True),
        sa.Column("natural", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
    )
