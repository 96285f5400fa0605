"""Rows that could be read but not placed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from processor.intake import SheetReading
from processor.issue import Issue


class Problems:
    """Faults of rows that could be read but not placed: they yield no decision."""

    def __init__(self, file: str, reading: SheetReading, issues: list[Issue], rows: set[int]) -> None:
        self.file, self.reading, self.issues, self.rows = file, reading, issues, rows

    def add(self, row: int, header: str, found: str, expected: str, message: str) -> None:
        letter = self.reading.columns.get(header) or next(iter(self.reading.columns.values()), "A")
        self.issues.append(Issue(self.file, self.reading.sheet, row, letter, header, found, expected, message))
        self.rows.add(row)

    def strangers(self, cells: pd.DataFrame, frame: pd.DataFrame) -> None:
        rows = frame["_row"].astype(int).to_dict()
        for index, header, found in zip(cells["index"], cells["header"], cells["found"], strict=True):
            message = f"花名册里没有工号“{found}”，这一行不作判定。请核对工号，或先把这名员工补进员工花名册。"
            self.add(rows[index], header, found, "花名册里的工号", message)

    def homeless(self, frame: pd.DataFrame, units: pd.Series, known: Collection[str]) -> None:
        lost = frame[units.isna()]
        for row, named in zip(lost["_row"].astype(int), lost["门店"], strict=True):
            if row in self.rows:
                continue
            found = named if isinstance(named, str) else ""
            what = f"系统里没有门店“{found}”" if found else "看不出这一行属于哪个门店"
            message = f"{what}，这一行不作判定。请在“门店”一列填写：{'、'.join(sorted(known))}。"
            self.add(row, "门店", found, "、".join(sorted(known)), message)

    def ended(
        self, frame: pd.DataFrame, header: str, units: pd.Series, days: Sequence[str | None], ends: Mapping[str, str]
    ) -> pd.Series:
        """The units without those of rows that are later than their unit's last day. header: of the day."""
        late = [
            isinstance(unit, str) and unit in ends and day is not None and day > ends[unit]
            for unit, day in zip(units, days, strict=True)
        ]
        found = pd.Series(list(days), index=units.index, dtype="object")[late]
        for row, unit, day in zip(frame["_row"][late].astype(int), units[late], found, strict=True):
            message = f"{unit}到{ends[unit]}为止，之后的行不作判定。请核对日期，或填写现在的门店。"
            self.add(row, header, str(day), f"{ends[unit]}或更早的日期", message)
        return units.mask(pd.Series(late, index=units.index), None)

    def unknown_clauses(
        self, frame: pd.DataFrame, header: str, units: pd.Series, clauses: Mapping[str, frozenset[str]]
    ) -> None:
        for row, clause, unit in zip(frame["_row"].astype(int), frame[header], units, strict=True):
            if row in self.rows or not isinstance(unit, str) or clause in clauses[unit]:
                continue
            message = f"{unit}的规章里没有条款“{clause}”，这一行不作判定。请核对条款编号。"
            self.add(row, header, clause, "本门店规章里的条款编号", message)
