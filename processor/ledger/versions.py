"""Every version of a row that was ever delivered, with the day of the batch that brought it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
from sqlalchemy import Connection, Row, select

from processor.catalogue.register import Register
from processor.catalogue.roles import listing_staff
from processor.ledger.rows import frame_of
from processor.ledger.schema import facts, runs
from processor.roster import Roster, dated


class VersionStore:
    """The versions of rows in one ledger transaction."""

    def __init__(self, connection: Connection, registers: Mapping[str, Register]) -> None:
        self.connection, self.registers = connection, registers
        self._last: tuple[date, Sequence[Row], Roster] | None = None

    def roster(self, as_of: date) -> Roster:
        """The roster as all batches made it; as_of: the day of the batch that is not yet kept."""
        register = listing_staff(self.registers).name
        rows = self._rows(facts.c.register == register)
        if self._last is None or self._last[:2] != (as_of, rows):
            self._last = as_of, rows, dated(self._frame(register, as_of, rows))
        return self._last[2]

    def changed(self, register: str, unit: str, as_of: date) -> pd.DataFrame:
        """All versions of the unit's rows that were delivered with more than one content, in order of delivery.

        The register's columns, `_ref`, `_seen` (as-of day of the batch) and `_current`.
        """
        replaced = select(facts.c.key).where(facts.c.register == register, facts.c.unit == unit, ~facts.c.current)
        return self._frame(register, as_of, self._rows(facts.c.register == register, facts.c.key.in_(replaced)))

    def _rows(self, *where: object) -> Sequence[Row]:
        """id, content, whether it is current, and as-of day of the batch, in order of delivery."""
        columns = (facts.c.id, facts.c.content, facts.c.current, runs.c.as_of)
        joined = facts.outerjoin(runs, facts.c.run == runs.c.number)
        query = select(*columns).select_from(joined).where(*where).order_by(facts.c.id)  # type: ignore[arg-type]
        return self.connection.execute(query).all()

    def _frame(self, register: str, as_of: date, rows: Sequence[Row]) -> pd.DataFrame:
        frame = frame_of(self.registers[register], [row.content for row in rows])
        seen = [row.as_of or as_of.isoformat() for row in rows]
        return frame.assign(
            _ref=pd.Series([row.id for row in rows], dtype="int64"),
            _seen=pd.Series(seen, dtype="str").astype("datetime64[us]"),
            _current=pd.Series([row.current for row in rows], dtype=bool),
        )
