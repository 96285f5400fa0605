"""Messages to be sent."""

import sqlalchemy as sa
from alembic import op

from processor.ledger.migrations import position

revision, down_revision = position(__file__)


def upgrade() -> None:
    """One table."""
    op.create_table(
        "messages",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("run", sa.String(40), nullable=False),
        sa.Column("receiver", sa.String(64), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sent", sa.Boolean, nullable=False, server_default=sa.false()),
    )
