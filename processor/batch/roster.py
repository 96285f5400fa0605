"""From which day on a changed roster concerns each unit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

import pandas as pd

from processor.columns import UNREAD, plain_values
from processor.roster import LIFELONG, Roster

SUPERVISOR, LEAVING = "直接主管工号", "离职日期"
#: Of what holds for a person once and for all: what decides nothing, or only what comes after he left.
OF_LEAVING = (LEAVING, "备注")
#: What differs where a number passed to another person.
OF_HOLDER = ("姓名", "入职日期", "转正日期")
Concern = dict[str, date | None]
NamedSince = Callable[[Collection[str]], Mapping[str, date | None]]


def concerned(staff: Collection[str], before: Roster, after: Roster, named_since: NamedSince) -> Concern:
    """Unit -> the first day of a decision that can depend on these new or changed employees; None: any decision can.

    named_since: the first day in each unit on which a row names one of them. Nothing depends on an employee before he
    was hired but rows that name him and what those cost whom he supervises; on one who leaves, nothing before he does;
    on what changes from a day on, nothing before that day's month.
    """
    found = _hired(after.spans[after.spans["工号"].isin(set(staff) - before.numbers)])
    wholly = set(staff) - before.numbers
    from_day: dict[str, date] = {}
    for staff_no in sorted(set(staff) & before.numbers):
        old, new = before.stretches(staff_no), after.stretches(staff_no)
        units = {str(unit) for rows in (old, new) for unit in rows["门店"]}
        if _says_otherwise(old, new):
            wholly.add(staff_no)
            _widen_all(found, units, _first(old["入职日期"], new["入职日期"]))
            continue
        left = _first(old[LEAVING], new[LEAVING])
        if left and not _same(old.iloc[-1], new.iloc[-1], [LEAVING]):
            from_day[staff_no] = left
            _widen_all(found, units, left)
        turn = _first_turn(old, new)
        if turn is not None:
            from_day[staff_no] = min(turn, from_day.get(staff_no, turn))
            _widen_all(found, units, turn)
    for unit, first in named_since(wholly).items():
        widen(found, unit, first)
    for unit in _units_below(wholly, before, after):
        widen(found, unit, None)
    return _united(found, in_force(from_day, after, named_since))


def _hired(spans: pd.DataFrame) -> Concern:
    """Unit -> the day from which its first new employee was hired; None: of one of them nobody says when."""
    found: Concern = {}
    first: dict[str, date] = {}
    units: dict[str, set[str]] = {}
    columns = (plain_values(spans[header]) for header in ("工号", "门店", "入职日期"))
    for staff_no, unit, hired in zip(*columns, strict=True):
        units.setdefault(staff_no, set()).add(unit or "")
        if hired is not None:
            first[staff_no] = min(hired.date(), first.get(staff_no, date.max))
    for staff_no, own in units.items():
        _widen_all(found, own, first.get(staff_no))
    return found


def in_force(since: Mapping[str, date], roster: Roster, named_since: NamedSince) -> Concern:
    """The same for employees of whom something else holds from a day on (staff number -> day)."""
    found: Concern = {}
    if since:
        first = min(since.values()).replace(day=1)
        of_staff = roster.spans["工号"].isin(since) | roster.spans[SUPERVISOR].isin(since)
        _widen_all(found, {*roster.spans.loc[of_staff, "门店"], *named_since(since)}, first)
    return found


def moved_home(staff: Collection[str], before: Roster, after: Roster) -> set[str]:
    """Those who are new or belonged on some day to another unit than was known before."""
    return {staff_no for staff_no in staff if before.homes(staff_no) != after.homes(staff_no)}


def widen(found: Concern, unit: str, first: date | None) -> None:
    """Have `found` reach back to the day in the unit, or to all days."""
    known = found.get(unit, first)
    found[unit] = None if known is None or first is None else min(known, first)


def _widen_all(found: Concern, units: Iterable[str], first: date | None) -> None:
    for unit in units:
        widen(found, unit, first)


def _united(found: Concern, other: Concern) -> Concern:
    for unit, first in other.items():
        widen(found, unit, first)
    return found


def _units_below(staff: Collection[str], *rosters: Roster) -> set[str]:
    columns = ((plain_values(roster.spans[header]) for header in (SUPERVISOR, "门店")) for roster in rosters)
    return {unit for above, units in columns for boss, unit in zip(above, units, strict=True) if boss in staff and unit}


def _says_otherwise(old: pd.DataFrame, new: pd.DataFrame) -> bool:
    """Whether the rows differ in what holds for all days, or in what held first."""
    lifelong = [column for column in LIFELONG if column in new and column not in OF_LEAVING]
    return not _same(old.iloc[0], new.iloc[0], [*lifelong, *_lasting(new), UNREAD])


def _first_turn(old: pd.DataFrame, new: pd.DataFrame) -> date | None:
    """The first day on which the rows say something else of what may change, brought back to its month's first."""
    columns = [*_lasting(new), *OF_HOLDER, UNREAD]
    for day in sorted({*old.index, *new.index}):
        if not _same(old[old.index <= day].iloc[-1], new[new.index <= day].iloc[-1], columns):
            return date.fromordinal(day).replace(day=1)
    return None


def _lasting(rows: pd.DataFrame) -> list[str]:
    return [column for column in rows.columns if column not in LIFELONG and not column.startswith("_")]


def _same(old: pd.Series, new: pd.Series, columns: list[str]) -> bool:
    return bool(old[columns].equals(new[columns]))


def _first(*days: pd.Series) -> date | None:
    return min((day.date() for column in days for day in column.dropna()), default=None)
