"""What a month's wage really bears: deductions held to the site's limit, the rest carried on (G12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from processor.calendars import window_key, window_range
from processor.columns import plain_values
from processor.decision import Decision
from processor.ledger.periods import Carry
from processor.roster import HOLDER, STAFF_NO, Roster

#: A staff number, and which of the people who had it one after the other.
Person = tuple[str, int]


@dataclass(frozen=True, slots=True)
class About:
    """What pay must know of a decision beside its amount: whose it is, its nature as the law judges it, its clause."""

    person: Person
    nature: str
    clause: str


@dataclass(frozen=True)
class Bound:
    """The most that a month's wage may bear, in fen: as a whole, and of some natures together."""

    whole: int
    parts: Mapping[tuple[str, ...], int] = field(default_factory=dict)

    def beyond(self, due: Iterable[tuple[str, str, int]]) -> dict[str, int]:
        """Decision id -> fen that find no room. due: decision id, nature, fen; the first are served first.

        A line that moved here out of a closed month may be due twice: what that month carried on, and the line itself.
        """
        whole, parts = self.whole, dict(self.parts)
        rest: dict[str, int] = {}
        for id, nature, amount in due:
            within = [natures for natures in parts if nature in natures]
            fits = min(amount, whole, *(parts[natures] for natures in within))
            whole -= fits
            for natures in within:
                parts[natures] -= fits
            if amount > fits:
                rest[id] = rest.get(id, 0) + amount - fits
        return rest


@dataclass(frozen=True)
class Payee:
    """What payroll must know of an employee. wage: monthly, fen, None = unknown. left: day of leaving."""

    staff_no: str
    name: str
    unit: str
    department: str
    wage: int | None
    left: date | None


@dataclass(frozen=True)
class Month:
    """One month's pay. lines: paid decisions; taken, left_over: what came from the month before and goes to the next.

    stranded: left over by employees who are gone, so that no later month can deduct it. refused: came from the month
    before, closed already, but the employee had left by then; nothing of it is deducted. unchecked: of unknown wage.
    """

    period: str
    lines: tuple[Decision, ...]
    taken: tuple[Carry, ...] = ()
    left_over: tuple[Carry, ...] = ()
    stranded: tuple[Carry, ...] = ()
    refused: tuple[Carry, ...] = ()
    unchecked: frozenset[Person] = field(default_factory=frozenset)


#: The employees as a month (`YYYY-MM`) pays them.
PayeesOf = Callable[[str], Mapping[Person, Payee]]


class Limit(Protocol):
    """The most that may be deducted from a monthly wage (fen) as of a day."""

    def on(self, wage: int, day: date) -> Bound: ...


def months(
    lines: Iterable[Decision],
    about: Mapping[str, About],
    payees: PayeesOf,
    limit: Limit,
    *,
    last: str,
    closed: Iterable[str] = (),
    carries: Mapping[tuple[str, str], Sequence[Carry]] | None = None,
    written: Iterable[str] = (),
) -> list[Month]:
    """The open months in order, up to `last` or the last month with a line.

    about: of every line and of whatever is carried, by decision id. carries: what closed months took over and left, by
    (period, `in` or `out`). What an open month before a closed one carries over differently than at closing goes on to
    the month after it. written: months that once had a sheet and so must have one, if now an empty one.
    """
    carries = carries or {}
    by_period: dict[str, list[Decision]] = {}
    for line in lines:
        if line.paid:
            by_period.setdefault(line.period, []).append(line)
    shut = set(closed)
    known = sorted({*by_period, *shut, *written, *(period for period, _ in carries)})
    found: list[Month] = []
    owed: dict[tuple[str, str], int] = {}
    for period in _span(known, last):
        if period in shut:
            owed = _through_closed(owed, carries.get((period, "in"), ()), carries.get((period, "out"), ()))
            continue
        month = _month(period, by_period.get(period, []), about, owed, payees(period), limit)
        owed = _summed(month.left_over)
        found.append(month)
    return found


def owed_ids(carries: Mapping[tuple[str, str], Sequence[Carry]], closed: Iterable[str]) -> set[str]:
    """The decisions of which an open month may have to take something that closed months carried on."""
    shut, found = set(closed), set()
    net: dict[str, int] = {}
    for (period, direction), moved in carries.items():
        sign = {"in": -1, "out": 1}.get(direction, 0)
        before_open = direction == "out" and _next(period) not in shut
        for carry in moved:
            net[carry.decision_id] = net.get(carry.decision_id, 0) + sign * carry.amount
            if before_open:
                found.add(carry.decision_id)
    return found | {id for id, amount in net.items() if amount}


def _next(period: str) -> str:
    return window_key(window_range(period, "month")[1] + timedelta(days=1), "month")


def _span(known: Sequence[str], last: str) -> list[str]:
    if not known:
        return [last]
    end = max(known[-1], last)
    period, found = min(known[0], last), []
    while period <= end:
        found.append(period)
        period = _next(period)
    return found


def _through_closed(
    owed: Mapping[tuple[str, str], int], taken: Sequence[Carry], left: Sequence[Carry]
) -> dict[tuple[str, str], int]:
    after = dict(_summed(left))
    booked = _summed(taken)
    for key in {*owed, *booked}:
        after[key] = after.get(key, 0) + owed.get(key, 0) - booked.get(key, 0)
    return {key: amount for key, amount in after.items() if amount}


def _month(
    period: str,
    lines: Sequence[Decision],
    about: Mapping[str, About],
    owed: Mapping[tuple[str, str], int],
    payees: Mapping[Person, Payee],
    limit: Limit,
) -> Month:
    ordered = sorted(lines, key=lambda d: (d.date, d.decision_id))
    due_in = [Carry(staff, id, amount) for (staff, id), amount in sorted(owed.items())]
    refused = [carry for carry in due_in if _gone_before(payees.get(about[carry.decision_id].person), period)]
    taken = [carry for carry in due_in if carry not in refused]
    left_over: list[Carry] = []
    stranded: list[Carry] = []
    unchecked = set()
    last_day = window_range(period, "month")[1]
    due_of: dict[Person, list[tuple[str, str, int]]] = {}
    due = [(carry.decision_id, carry.amount) for carry in taken]
    for id, amount in [*due, *((line.decision_id, max(0, -(line.amount or 0))) for line in ordered)]:
        due_of.setdefault(about[id].person, []).append((id, about[id].nature, amount))
    for person, own in sorted(due_of.items()):
        payee = payees.get(person)
        if _gone_before(payee, period):
            bound = Bound(0)  # there is no wage any more of which anything could be taken
        elif payee is not None and payee.wage is not None:
            bound = limit.on(payee.wage, last_day)
        else:
            unchecked.add(person)
            continue
        rest = [Carry(person[0], id, amount) for id, amount in bound.beyond(own).items()]
        gone = payee is not None and payee.left is not None and period >= window_key(payee.left, "month")
        (stranded if gone else left_over).extend(rest)
    return Month(
        period, tuple(ordered), tuple(taken), tuple(left_over), tuple(stranded), tuple(refused), frozenset(unchecked)
    )


def _gone_before(payee: Payee | None, period: str) -> bool:
    return payee is not None and payee.left is not None and period > window_key(payee.left, "month")


def _summed(carries: Iterable[Carry]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for carry in carries:
        key = (carry.staff_no, carry.decision_id)
        found[key] = found.get(key, 0) + carry.amount
    return found


def payees(roster: Roster, as_of: date, period: str) -> dict[Person, Payee]:
    """The payees as of the last day of a month, or as of the as-of day before it (G18)."""
    staff = roster.everyone(min(window_range(period, "month")[1], as_of))
    wages = plain_values(staff["月工资"])
    columns = (staff["姓名"], staff["门店"], staff["部门"], wages, plain_values(staff["离职日期"]))
    return {
        (staff_no, holder): Payee(
            staff_no=staff_no,
            name=name,
            unit=unit,
            department=department,
            wage=None if wage is None else int(wage),
            left=None if left is None else left.date(),
        )
        for staff_no, holder, name, unit, department, wage, left in zip(
            staff[STAFF_NO], staff[HOLDER], *columns, strict=True
        )
    }
