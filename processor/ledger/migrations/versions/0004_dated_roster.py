"""A row of the roster is known by 工号 and 生效日期, blank in every row so far."""

from alembic import op

from processor.ledger.migrations import position

revision, down_revision = position(__file__)


def upgrade() -> None:
    """The keys get their second, empty part."""
    op.execute("UPDATE facts SET key = key || '|' WHERE register = 'roster' AND key NOT LIKE '%|%'")
