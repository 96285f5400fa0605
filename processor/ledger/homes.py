"""To which units rows belong, and which of them name an employee who moves between units."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, and_, bindparam, false, func, or_, select, true, update

from processor.catalogue.register import Register
from processor.ledger.rows import frame_of
from processor.ledger.schema import facts

#: Of more employees every row is held to name one of them.
FEW = 50


class HomeStore:
    """The units of the rows of one ledger transaction."""

    def __init__(self, connection: Connection, registers: Mapping[str, Register]) -> None:
        self.connection, self.registers = connection, registers

    def reassign(self, unit_of: Mapping[int, str | None]) -> None:
        """Give facts another unit (the roster says so)."""
        if unit_of:
            statement = update(facts).where(facts.c.id == bindparam("fact")).values(unit=bindparam("home"))
            self.connection.execute(statement, [{"fact": id, "home": unit} for id, unit in unit_of.items()])

    def registers_naming(self, staff: Collection[str]) -> frozenset[str]:
        """The registers with a row that names one of these employees."""
        query = select(facts.c.register).where(facts.c.current, _named(staff)).distinct()
        return frozenset(self.connection.execute(query).scalars())

    def without_own_unit(self, register: str, staff: Collection[str]) -> pd.DataFrame:
        """Facts whose row names no 门店, of sheets that name one of these employees.

        Canonical frame with `_ref`, `_unit` (as assigned), `_file`, `_sheet`, `_day`.
        """
        of_register = and_(facts.c.register == register, facts.c.current)
        naming = select(facts.c.file, facts.c.sheet).where(of_register, _named(staff)).distinct()
        sheets = self.connection.execute(naming).all()
        query = select(facts).where(of_register, ~facts.c.content.contains('"门店":')).order_by(facts.c.id)
        places = (query.where(facts.c.file == file, facts.c.sheet == sheet) for file, sheet in sheets)
        rows = [row for place in places for row in self.connection.execute(place)]
        frame = frame_of(self.registers[register], [row.content for row in rows])
        extra = {"_ref": "id", "_unit": "unit", "_file": "file", "_sheet": "sheet", "_day": "day"}
        return frame.assign(**{name: [getattr(row, column) for row in rows] for name, column in extra.items()})

    def named_since(self, staff: Collection[str]) -> dict[str, date | None]:
        """Unit -> the first day on which a row of another register names one of these employees.

        None: a row without a day does. With many employees, every unit, and None.
        """
        if not staff:
            return {}
        many = len(staff) > FEW
        first, dateless = func.min(facts.c.day), func.count() - func.count(facts.c.day)
        others = [register.name for register in self.registers.values() if not register.roster]
        query = select(facts.c.unit, first, dateless).where(facts.c.register.in_(others), facts.c.unit.is_not(None))
        rows = self.connection.execute(query.where(_named(staff)).group_by(facts.c.unit))
        return {unit: None if many or without else date.fromisoformat(day) for unit, day, without in rows}


def _named(staff: Collection[str]) -> Any:
    """Whether a row names one of these employees; with many employees every row may."""
    if len(staff) > FEW:
        return true()
    return or_(false(), *(facts.c.content.contains(f'"{number}"', autoescape=True) for number in sorted(staff)))
