"""The dated roster from every version of its rows that the ledger keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd
from sqlalchemy import Connection, select

from processor.catalogue.register import Register
from processor.ledger.rows import frame_of
from processor.ledger.schema import facts, runs
from processor.roster import Roster, dated

ROSTER = "roster"


class RosterStore:
    """The roster of one ledger transaction."""

    def __init__(
        self, connection: Connection, registers: Mapping[str, Register], empty: Mapping[str, pd.DataFrame]
    ) -> None:
        self.connection, self.register, self.empty = connection, registers[ROSTER], empty[ROSTER]

    def known(self, as_of: date) -> Roster:
        """The roster as all batches made it; as_of: the day of the batch that is not yet kept."""
        columns = (facts.c.id, facts.c.content, facts.c.unit, facts.c.current, runs.c.as_of)
        joined = facts.outerjoin(runs, facts.c.run == runs.c.number)
        query = select(*columns).select_from(joined).where(facts.c.register == ROSTER).order_by(facts.c.id)
        rows = self.connection.execute(query).all()
        frame = frame_of(self.register, [row.content for row in rows], self.empty)
        seen = [row.as_of or as_of.isoformat() for row in rows]
        return dated(
            frame.assign(
                _ref=pd.Series([row.id for row in rows], dtype="int64"),
                _seen=pd.Series(seen, dtype="str").astype("datetime64[us]"),
                _current=pd.Series([row.current for row in rows], dtype=bool),
            )
        )
