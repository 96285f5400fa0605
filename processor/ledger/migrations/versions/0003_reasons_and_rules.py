"""Why a line was withdrawn, and under which rules a month was closed (unknown of months closed before)."""

import sqlalchemy as sa
from alembic import op

from processor.ledger.migrations import position

revision, down_revision = position(__file__)


def upgrade() -> None:
    """Two columns."""
    op.add_column("superseded", sa.Column("reason", sa.Text, nullable=False, server_default=""))
    op.add_column("periods", sa.Column("rules", sa.Text, nullable=False, server_default="{}"))
