"""Rows that could not count when they were delivered, kept until the roster or an answer completes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

import orjson
import pandas as pd
from sqlalchemy import Connection, delete, select

from processor.catalogue.register import Register
from processor.ledger.bulk import chunks, insert_rows
from processor.ledger.rows import contents, frame_of
from processor.ledger.schema import held


@dataclass(frozen=True)
class HeldSheet:
    """The held rows of one sheet. frame: like that of a reading, with `_pending` and `_run`, the batch that read the row.

    ids: in the ledger, aligned with the frame.
    """

    register: str
    file: str
    sheet: str
    frame: pd.DataFrame
    ids: list[int]


class HeldStore:
    """The held rows of one ledger transaction."""

    def __init__(self, connection: Connection, registers: Mapping[str, Register]) -> None:
        self.connection, self.registers = connection, registers

    def keep(self, register: Register, file: str, sheet: str, frame: pd.DataFrame, run: int) -> None:
        """Keep rows; frame: canonical columns, `_row`, `_pending` (header -> what stands in the cell) and `_unread`."""
        rows = zip(frame["_row"].tolist(), contents(register, frame), frame["_pending"], strict=True)
        common = {"register": register.name, "file": file, "sheet": sheet, "run": run}
        kept = [
            common | {"row": row, "content": text, "pending": orjson.dumps(pending).decode()}
            for row, text, pending in rows
        ]
        insert_rows(self.connection, held, kept)

    def sheets(self) -> list[HeldSheet]:
        """All held rows by register, file and sheet; those of registers that the site no longer has are left."""
        query = select(held).where(held.c.register.in_(sorted(self.registers)))
        rows = self.connection.execute(query.order_by(held.c.register, held.c.file, held.c.sheet, held.c.id)).all()
        found = []
        for (register, file, sheet), group in groupby(rows, key=lambda row: (row.register, row.file, row.sheet)):
            part = list(group)
            frame = frame_of(self.registers[register], [row.content for row in part])
            frame = frame.assign(
                _row=[row.row for row in part],
                _run=[row.run for row in part],
                _pending=[orjson.loads(row.pending) for row in part],
            )
            found.append(HeldSheet(register, file, sheet, frame, [row.id for row in part]))
        return found

    def drop(self, ids: Iterable[int]) -> None:
        """Forget rows by id."""
        for part in chunks(sorted(ids)):
            self.connection.execute(delete(held).where(held.c.id.in_(part)))

    def drop_files(self, files: Collection[str]) -> None:
        """Forget the rows of workbooks that were delivered again."""
        for part in chunks(sorted(files)):
            self.connection.execute(delete(held).where(held.c.file.in_(part)))
