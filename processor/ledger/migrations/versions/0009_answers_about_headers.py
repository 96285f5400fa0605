"""What a site said of its own headers and values, and the workbooks that wait for it."""

import sqlalchemy as sa
from alembic import op

from processor.ledger.migrations import position

revision, down_revision = position(__file__)


def upgrade() -> None:
    """Three tables."""
    op.create_table(
        "meanings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("register", sa.String(40), nullable=False),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("meaning", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
    )
    op.create_table(
        "header_rows",
        sa.Column("register", sa.String(40), primary_key=True),
        sa.Column("headers", sa.Text, primary_key=True),
    )
    op.create_table(
        "asked",
        sa.Column("file", sa.Text, primary_key=True),
        sa.Column("copy", sa.Text, nullable=False),
        sa.Column("sheets", sa.Text, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
    )
