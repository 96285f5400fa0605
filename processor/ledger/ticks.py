"""Reminders that staff ticked off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, delete, insert, select

from processor.decision import Tick
from processor.ledger.bulk import chunks
from processor.ledger.schema import ticks


class TickStore:
    """The ticks of one ledger transaction; a reminder has at most one, the last that was given."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def keep(self, given: Iterable[Tick]) -> None:
        """Remember ticks in the place of earlier ones."""
        rows = {
            tick.decision_id: {
                "decision_id": tick.decision_id,
                "day": tick.day.isoformat(),
                "by": tick.by,
                "done_on": tick.done_on.isoformat(),
            }
            for tick in given
        }
        self.drop(rows)
        if rows:
            self.connection.execute(insert(ticks), list(rows.values()))

    def drop(self, ids: Iterable[str]) -> None:
        """Take ticks back."""
        for part in chunks(sorted(set(ids))):
            self.connection.execute(delete(ticks).where(ticks.c.decision_id.in_(part)))

    def all(self) -> dict[str, Tick]:
        """Every tick by decision id."""
        return {
            row.decision_id: Tick(row.decision_id, date.fromisoformat(row.day), row.by, date.fromisoformat(row.done_on))
            for row in self.connection.execute(select(ticks))
        }
