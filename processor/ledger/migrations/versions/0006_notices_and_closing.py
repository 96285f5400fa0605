"""To whom an answer awards a customer; notices and their receipts; who closed a month and what was in the way."""

import sqlalchemy as sa
from alembic import op

from processor.ledger.migrations import position

revision, down_revision = position(__file__)


def upgrade() -> None:
    """Four columns and two tables."""
    op.add_column("answers", sa.Column("owner", sa.Text, nullable=False, server_default=""))
    op.add_column("frozen", sa.Column("held", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("periods", sa.Column("closed_by", sa.Text, nullable=False, server_default=""))
    op.add_column("periods", sa.Column("in_the_way", sa.Text, nullable=False, server_default="[]"))
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.String(40), primary_key=True),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("staff_no", sa.Text, nullable=False),
        sa.Column("issued", sa.String(10), nullable=False),
        sa.Column("corrects", sa.String(40), nullable=False),
        sa.Column("lines", sa.Text, nullable=False),
    )
    op.create_index("notices_by_period", "notices", ["period"])
    op.create_table(
        "receipts",
        sa.Column("notice_id", sa.String(40), primary_key=True),
        sa.Column("delivered", sa.String(10), nullable=False),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("opinion", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("fact", sa.Integer, nullable=False),
    )
