"""Where known rows were delivered: file, sheet and row, and of which register and unit they are."""

from __future__ import annotations

from collections.abc import Iterable
from sys import intern
from typing import Any

from sqlalchemy import Connection, select

from processor.ledger.bulk import around, chunks
from processor.ledger.schema import facts
from processor.model import Source


class PlaceStore:
    """The places of the rows of one ledger transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def registers_of(self, ids: Iterable[int]) -> dict[int, str]:
        """The register of each fact."""
        found: dict[int, str] = {}
        for part in chunks(sorted(set(ids))):
            query = select(facts.c.id, facts.c.register).where(facts.c.id.in_(part))
            found |= {row.id: row.register for row in self.connection.execute(query)}
        return found

    def sources(self, ids: Iterable[int]) -> dict[int, Source]:
        """Where each fact was delivered."""
        wanted = set(ids)
        query = select(facts.c.id, facts.c.file, facts.c.sheet, facts.c.row)
        return {
            fact: Source(intern(file), intern(sheet), row)
            for part in around(facts.c.id, wanted)
            for fact, file, sheet, row in self.connection.execute(query.where(part)).all()
            if fact in wanted
        }

    def sheets_of(self, file: str) -> dict[str, dict[str, str]]:
        """Register -> key -> sheet of every known row that a workbook of this name delivered."""
        query = select(facts.c.register, facts.c.key, facts.c.sheet).where(facts.c.file == file, facts.c.current)
        found: dict[str, dict[str, str]] = {}
        for register, key, sheet in self.connection.execute(query.order_by(facts.c.id)):
            found.setdefault(register, {})[key] = sheet
        return found

    def rows_of(self, register: str, file: str, sheet: str) -> set[int]:
        """The numbers of the rows of a sheet that are known as they stand there."""
        return set(self.connection.execute(self._of_sheet(facts.c.row, register, file, sheet)).scalars())

    def units_of(self, register: str, file: str, sheet: str) -> set[str]:
        """The units to which the known rows of a sheet belong."""
        query = self._of_sheet(facts.c.unit, register, file, sheet).where(facts.c.unit.is_not(None))
        return set(self.connection.execute(query.distinct()).scalars())

    def _of_sheet(self, column: Any, register: str, file: str, sheet: str) -> Any:
        query = select(column).where(facts.c.register == register, facts.c.file == file, facts.c.current)
        return query.where(facts.c.sheet == sheet)
