"""How a fact came in: its workbook with the digest of its bytes, the batch that read it, and what the row said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import orjson
from sqlalchemy import and_, select

from processor.ledger import Ledger
from processor.ledger.bulk import chunks
from processor.ledger.schema import facts, runs, workbooks
from processor.model import yuan


@dataclass(frozen=True)
class Delivered:
    """One row as it was delivered. as_of, run: day and name of the batch; sha256: of the workbook, empty where not known."""

    file: str
    sheet: str
    row: int
    as_of: str
    run: str
    sha256: str
    cells: tuple[tuple[str, str], ...]


def deliveries(ledger: Ledger, ids: Iterable[int]) -> dict[int, Delivered]:
    """How each of these facts came in, in the order of the ids."""
    wanted = list(dict.fromkeys(ids))
    found: dict[int, Delivered] = {}
    same = and_(workbooks.c.run == facts.c.run, workbooks.c.file == facts.c.file)
    query = select(facts, runs.c.as_of, runs.c.run.label("name"), workbooks.c.sha256)
    query = query.outerjoin(runs, runs.c.number == facts.c.run).outerjoin(workbooks, same)
    for part in chunks(wanted):
        for row in ledger.connection.execute(query.where(facts.c.id.in_(part))):
            register = ledger.facts.registers.get(row.register)
            money = {column.header for column in register.columns if column.type == "money"} if register else set()
            cells = tuple(
                (header, yuan(int(value)) if header in money else str(value))
                for header, value in orjson.loads(row.content).items()
                if not header.startswith("_")
            )
            found[row.id] = Delivered(
                row.file, row.sheet, row.row, row.as_of or "", row.name or "", row.sha256 or "", cells
            )
    return {id: found[id] for id in wanted if id in found}
