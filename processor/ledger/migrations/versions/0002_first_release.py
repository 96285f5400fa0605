"""The tables of version 0.1.0: every ledger has them, so there is nothing to do."""

from processor.ledger.migrations import position

revision, down_revision = position(__file__)


def upgrade() -> None:
    """Nothing."""
