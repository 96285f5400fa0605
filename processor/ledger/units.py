"""What becomes of a unit's facts and lines when it is renamed or ends."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, and_, func, select, update

from processor.catalogue.register import Register
from processor.catalogue.roles import listing_staff
from processor.ledger.facts import Touch
from processor.ledger.schema import decisions, facts, frozen


class UnitStore:
    """The units of one ledger transaction."""

    def __init__(self, connection: Connection, registers: Mapping[str, Register]) -> None:
        self.connection, self.registers = connection, registers

    def holds(self, unit: str) -> bool:
        """Whether a fact or a line belongs to the unit."""
        return any(
            self.connection.execute(select(table.c.unit).where(table.c.unit == unit).limit(1)).first()
            for table in (facts, decisions, frozen)
        )

    def rename(self, old: str, new: str) -> None:
        """Give what belongs to a unit its new name, also in the rows that staff wrote."""
        for table in (facts, decisions, frozen):
            self.connection.execute(update(table).where(table.c.unit == old).values(unit=new))
        written = func.replace(facts.c.content, f'"门店":"{old}"', f'"门店":"{new}"')
        named = facts.c.content.contains(f'"门店":"{old}"', autoescape=True)
        self.connection.execute(update(facts).where(named).values(content=written))
        key = func.replace(facts.c.key, f"{old}|", f"{new}|")
        self.connection.execute(update(facts).where(facts.c.key.startswith(f"{old}|", autoescape=True)).values(key=key))

    def end(self, unit: str, last: str) -> list[Touch]:
        """Leave out the rows of a unit that are later than its last day; what they had touched."""
        roster = listing_staff(self.registers).name
        late = and_(facts.c.unit == unit, facts.c.day > last, facts.c.register != roster)
        rows = self.connection.execute(select(facts).where(late)).all()
        self.connection.execute(update(facts).where(late).values(unit=None))
        return [Touch(row.register, unit, row.day, row.id) for row in rows]
