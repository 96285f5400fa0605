"""Closed months: their frozen lines, what was carried out of them, and which run last changed a month's sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson
from sqlalchemy import Connection, delete, insert, select

from processor.ledger.bulk import chunks
from processor.ledger.schema import carried, frozen, periods, sheets


@dataclass(frozen=True, slots=True)
class Carry:
    """What of one decision a month's wage could not bear: unsigned fen that move to the next month (G12)."""

    staff_no: str
    decision_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class Frozen:
    """One line of a closed month. adjusts: the line that it adjusts, itself for a line of its own right.

    effect: of the line that it adjusts, for an adjustment. paid: it stood in the deduction sheet. held: a later month takes it. amount: signed fen.
    """

    period: str
    decision_id: str
    adjusts: str
    unit: str
    staff_no: str
    effect: str
    amount: int | None
    points: str
    paid: bool
    held: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """Who closed a month (staff number, may be empty), what was in the way, and what was said of it."""

    by: str = ""
    in_the_way: tuple[str, ...] = ()
    note: str = ""


class PeriodStore:
    """The closed months of one ledger transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def closed(self) -> frozenset[str]:
        """`YYYY-MM` of every closed month."""
        return frozenset(self.connection.execute(select(periods.c.period)).scalars())

    def runs(self) -> dict[str, int]:
        """The batch in which each closed month was closed."""
        found = self.connection.execute(select(periods.c.period, periods.c.run)).all()
        return {row.period: row.run for row in found}

    def close(
        self,
        period: str,
        lines: Sequence[Frozen],
        carries: Mapping[str, Sequence[Carry]],
        closing: Closing,
        run: int,
        as_of: str,
    ) -> None:
        """Freeze a month. carries: `in`, `out`, and `end` for what nobody can deduct any more."""
        self.connection.execute(
            insert(periods),
            [
                {
                    "period": period,
                    "run": run,
                    "as_of": as_of,
                    "closed_by": closing.by,
                    "in_the_way": orjson.dumps(closing.in_the_way).decode(),
                }
            ],
        )
        if lines:
            self.connection.execute(
                insert(frozen), [{name: getattr(line, name) for name in Frozen.__slots__} for line in lines]
            )
        rows = [
            {
                "period": period,
                "direction": direction,
                "staff_no": c.staff_no,
                "decision_id": c.decision_id,
                "amount": c.amount,
            }
            for direction, moved in carries.items()
            for c in moved
        ]
        if rows:
            self.connection.execute(insert(carried), rows)

    def booked(self, ids: Iterable[str]) -> dict[str, list[Frozen]]:
        """What closed months hold of each line: the line itself and its adjustments, by the line's id."""
        found: dict[str, list[Frozen]] = {}
        for part in chunks(sorted(set(ids))):
            for row in self.connection.execute(select(frozen).where(frozen.c.adjusts.in_(part))):
                found.setdefault(row.adjusts, []).append(Frozen(**row._mapping))
        return found

    def held(self) -> frozenset[str]:
        """Lines of closed months that no month has taken yet."""
        taken = select(frozen.c.decision_id).where(frozen.c.paid)
        query = select(frozen.c.decision_id).where(frozen.c.held, frozen.c.decision_id.not_in(taken))
        return frozenset(self.connection.execute(query).scalars())

    def fines(self) -> list[Frozen]:
        """Fines as closed months deducted them: paid lines less what went out or was left, plus what came in."""
        query = select(frozen).where(frozen.c.effect == "fine", frozen.c.paid)
        booked = [Frozen(**row._mapping) for row in self.connection.execute(query)]
        by_id = {entry.decision_id: entry for entry in booked}
        for (period, direction), moves in sorted(self.carries().items()):
            for carry in moves:
                if carry.decision_id in by_id:
                    amount = -carry.amount if direction == "in" else carry.amount
                    booked.append(replace(by_id[carry.decision_id], period=period, amount=amount))
        return booked

    def carries(self) -> dict[tuple[str, str], list[Carry]]:
        """What closed months took over and left, by (period, `in`, `out` or `end`)."""
        found: dict[tuple[str, str], list[Carry]] = {}
        for row in self.connection.execute(select(carried)):
            found.setdefault((row.period, row.direction), []).append(Carry(row.staff_no, row.decision_id, row.amount))
        return found

    def sheet(self, period: str) -> tuple[str, str] | None:
        """(run, digest) of the month's sheet as it was last written."""
        row = self.connection.execute(select(sheets).where(sheets.c.period == period)).first()
        return (row.run, row.digest) if row else None

    def sheet_periods(self) -> frozenset[str]:
        """Every month whose sheet was written."""
        return frozenset(self.connection.execute(select(sheets.c.period)).scalars())

    def keep_sheet(self, period: str, run: str, digest: str) -> None:
        """Remember which run last changed a month's sheet."""
        self.connection.execute(delete(sheets).where(sheets.c.period == period))
        self.connection.execute(insert(sheets), [{"period": period, "run": run, "digest": digest}])
