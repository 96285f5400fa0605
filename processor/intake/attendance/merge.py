"""Sheets of attendance exports that tell the same day: parts of it are united, else the fullest holds and the others are compared."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from processor.intake.attendance.export import LAYOUTS, LISTS
from processor.intake.attendance.unite import ALONE, LISTED, united, united_all
from processor.issue import Issue, Remark

OF_A_DAY = ("状态", "应到时间", "应退时间", "上班打卡", "下班打卡")
_ACCUSING, _CLEARING = frozenset({"未打卡", "旷工", "迟到", "早退", "迟到早退"}), frozenset({"正常", "请假", "休息"})


Day = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What one sheet tells: `frame` has the columns of the attendance register, ALONE and `_row`.

    rank: of its layout, 0 for the fullest. doubted: row and day of what could not be read, so that it is not taken from
    another sheet either. quiet: a hidden sheet or a copy, of which no other sheet takes a part of its days.
    """

    file: str
    sheet: str
    rank: int
    frame: pd.DataFrame
    letters: Mapping[str, str]
    doubted: Collection[tuple[int, date | None]] = ()
    quiet: bool = False

    @property
    def listed(self) -> bool:
        """Whether it lists punches, not days."""
        return LAYOUTS[self.rank] in LISTS

    @property
    def listed_mark(self) -> Day:
        """What marks the parts of days that it tells, see LISTED."""
        return {LISTED: True} if self.listed else {}


@dataclass
class Outcome:
    """Of one sheet: for each row whether it counts, and an issue for each row that a sheet of another layout contradicts.

    days: place -> what the row tells of its day together with rows of other sheets, which count no more; parts: place
    -> what each of the workbooks told of it; remarks: where the other parts stand.
    """

    counts: list[bool]
    issues: list[Issue] = field(default_factory=list)
    days: dict[int, Day] = field(default_factory=dict)
    parts: dict[int, dict[str, Day]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


def told_once(sheets: Sequence[Told]) -> list[Outcome]:
    """What counts of each sheet: the sound days that no fuller layout tells, and that no other contradicts.

    Days are the same when employee (by number, else by name) and date are. Parts of a day become one. Of sheets of one
    layout the row that tells more of a day counts; what they tell otherwise is left to be compared like any two registers.
    """
    merge = _Merge(sheets, [Outcome(_sound(told)) for told in sheets])
    if len(sheets) == 1:
        return merge.outcomes
    known = _Known()
    numbered = all(told.frame["工号"].notna().all() for told in sheets)
    for nth in sorted(range(len(sheets)), key=lambda at: sheets[at].rank):
        for at, who in enumerate(_who_and_when(sheets[nth].frame, named=not numbered)):
            found = known.row_of(who) or (nth, at)
            known.note(who, merge.compare(found, (nth, at)) if found[0] != nth else found)
    return merge.outcomes


Who = tuple[str | None, str | None, pd.Timestamp]


@dataclass
class _Known:
    """The rows of the days that were told so far; a name tells who is meant only where one of the two has no number.

    named: name and day -> the numbers, or None, of those of that name.
    """

    rows: dict[Who, tuple[int, int]] = field(default_factory=dict)
    named: dict[tuple[str | None, pd.Timestamp], set[str | None]] = field(default_factory=dict)

    def row_of(self, who: Who) -> tuple[int, int] | None:
        """The row of this employee (number, name) and day; None where there is none, or nobody knows which."""
        return self.rows.get(self._same(who)) if who[:2] != (None, None) else None

    def note(self, who: Who, row: tuple[int, int]) -> None:
        self.rows[self._same(who)] = row
        if who[0] is not None:
            self.rows[who[0], None, who[2]] = row
        if who[1] is not None:
            self.named.setdefault(who[1:], set()).add(who[0])

    def _same(self, who: Who) -> Who:
        number, name, day = who
        if number is not None and (number, None, day) in self.rows:
            return number, None, day
        alike = self.named.get((name, day), set()) if name is not None else set()
        if len(alike) == 1 and (number is None or alike == {None}):
            known = next(iter(alike))
            return (known, None, day) if known is not None else (None, name, day)
        return (number, None, day) if number is not None else (None, name, day)


@dataclass(frozen=True)
class _Merge:
    """The rows of the sheets by (number of the sheet, place in its frame). rows: of the sheets of which any was asked for."""

    sheets: Sequence[Told]
    outcomes: list[Outcome]
    rows: dict[int, Sequence[Mapping[Any, Any]]] = field(default_factory=dict)

    def compare(self, known: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
        """Settle what becomes of a row whose day is known; the one that tells of the day from now on."""
        if self._unite(known, other):
            return known
        if self.sheets[known[0]].rank == self.sheets[other[0]].rank:
            return other if self._keep_fuller(known, other) == known else known
        self._leave_out(other)
        if self._counts(known) and clears(self._told(known), self._told(other)):
            told, rival = self.sheets[known[0]], self.sheets[other[0]]
            self.outcomes[known[0]].issues.append(_contradiction(told, known[1], rival, other[1]))
            self._leave_out(known)
        return known

    def _unite(self, known: tuple[int, int], other: tuple[int, int]) -> bool:
        """Whether the known row takes what the other tells beside it; that one is left out."""
        told, rival = self.sheets[known[0]], self.sheets[other[0]]
        if told.quiet or rival.quiet or not (self._counts(known) and self._counts(other)):
            return False
        theirs, mine = of_the_day(self._told(known)), of_the_day(self._told(other))
        day = united(theirs, mine, listed=told.listed and rival.listed)
        if day is None or day in (theirs, mine):
            return False
        outcome, place = self.outcomes[known[0]], known[1]
        parts = outcome.parts.setdefault(place, {told.file: theirs | told.listed_mark})
        before, part = parts.get(rival.file), mine | rival.listed_mark
        parts[rival.file] = part if before is None else united_all([before, part]) or part
        outcome.days[place] = day
        row, where = int(told.frame["_row"].iloc[place]), _place(rival, other[1], told)
        outcome.remarks.append(joined_remark(row, told.letters["上班打卡"], where, theirs, day))
        self._leave_out(other)
        return True

    def _keep_fuller(self, known: tuple[int, int], other: tuple[int, int]) -> tuple[int, int] | None:
        """Leave out the one of two rows of one layout that tells nothing which the other does not tell, too."""
        theirs, mine = self._told(known), self._told(other)
        if of_the_day(mine) == of_the_day(theirs) and self.sheets[known[0]].file != self.sheets[other[0]].file:
            return None  # a repeated row, and said to be one
        for poorer, less, more in ((other, mine, theirs), (known, theirs, mine)):
            if adds_nothing(less, more):
                self._leave_out(poorer)
                return poorer
        return None

    def _told(self, row: tuple[int, int]) -> Day:
        nth, place = row
        day = self.outcomes[nth].days.get(place)
        if nth not in self.rows:
            self.rows[nth] = self.sheets[nth].frame.to_dict("records")
        cells = {header: value for header, value in self.rows[nth][place].items() if pd.notna(value)}
        return cells if day is None else {h: v for h, v in cells.items() if h not in (*OF_A_DAY, ALONE)} | day

    def _counts(self, row: tuple[int, int]) -> bool:
        return self.outcomes[row[0]].counts[row[1]]

    def _leave_out(self, row: tuple[int, int]) -> None:
        self.outcomes[row[0]].counts[row[1]] = False


def with_days(frame: pd.DataFrame, days: Mapping[int, Day]) -> pd.DataFrame:
    """The frame with what its rows at these places tell of their days together with others."""
    if not days:
        return frame
    columns = {header: frame[header].copy() for header in (*OF_A_DAY, ALONE)}
    for header, column in columns.items():
        for place, day in days.items():
            column.iat[place] = day.get(header)
    return frame.assign(**columns)


def joined_remark(row: int, letter: str, where: str, before: Day, day: Day) -> Remark:
    """What is said beside a row that was united with another one; `where` that stands."""
    cleared = before.get("状态") == "未打卡" and "状态" not in day
    message = f"与{where}的打卡合为一天" + ("，不再算未打卡" if cleared else "")
    return Remark(row, letter, message, told=cleared)


def of_the_day(row: Mapping[str, Any]) -> Day:
    """What a row tells of its day, beside whose and which day it is."""
    return {header: row[header] for header in (*OF_A_DAY, ALONE) if row.get(header) is not None}


def adds_nothing(row: Mapping[str, Any], rival: Mapping[str, Any]) -> bool:
    """Whether all that one row tells of a day stands in the other, too: the same, or punches between the other's."""
    told, more = of_the_day(row), of_the_day(rival)
    if told.items() <= more.items():
        return True
    punches = [told.pop(header, None) for header in ("上班打卡", "下班打卡", ALONE)]
    first, last = more.get("上班打卡"), more.get("下班打卡")
    if told or first is None or last is None or clears(more, row):
        return False
    return all(punch is None or bool(first <= punch <= last) for punch in punches)


def accuses_otherwise(row: Mapping[str, Any], rival: Mapping[str, Any]) -> bool:
    """Whether one row of a day speaks against an employee whom the other clears, by its result or by its punches."""
    state, other = row.get("状态") or "", rival.get("状态") or ""
    came, left, first, last = row.get("上班打卡"), row.get("下班打卡"), rival.get("上班打卡"), rival.get("下班打卡")
    if clears(row, rival):
        return True
    if state in _ACCUSING and other in _CLEARING:
        return (first is None) == (last is None)  # a day of one punch was not over when it was told
    fewer = (first is not None and (came is None or bool(came > first))) or (
        last is not None and (left is None or bool(left < last))
    )
    return not state and other not in _ACCUSING and fewer


def _sound(told: Told) -> list[bool]:
    doubted = set(told.doubted)
    days = [(int(row), day.date()) for row, day in zip(told.frame["_row"], told.frame["日期"], strict=True)]
    return [key not in doubted and (key[0], None) not in doubted for key in days]


def _who_and_when(frame: pd.DataFrame, *, named: bool) -> Iterator[Who]:
    """Of each row the number, the name (none where all are known by their numbers) and the day."""
    for number, name, day in zip(frame["工号"], frame["姓名"], frame["日期"], strict=True):
        yield (number if isinstance(number, str) else None), (name if named and isinstance(name, str) else None), day


def clears(row: Mapping[str, Any], rival: Mapping[str, Any]) -> bool:
    """Whether one telling of a day accuses and the other shows punches that would clear the employee.

    Both hold OF_A_DAY and ALONE where they tell them, times in one unit; what they do not tell is None or absent. A day
    without leave is none on which there is any punch; a day without 状态 accuses by its times.
    """
    state = row.get("状态") or ""
    came, left = rival.get("上班打卡"), rival.get("下班打卡")
    if state == "旷工" and not {"上班打卡", "下班打卡", ALONE} & of_the_day(row).keys():
        return bool({"上班打卡", "下班打卡", ALONE} & of_the_day(rival).keys())
    if state in ("未打卡", "旷工"):
        return came is not None and left is not None
    punches = [punch for punch in (came, left, rival.get(ALONE)) if punch is not None]
    earlier = row.get("上班打卡") is not None and any(bool(punch < row["上班打卡"]) for punch in punches)
    later = row.get("下班打卡") is not None and any(bool(punch > row["下班打卡"]) for punch in punches)
    late = "迟到" in state or (not state and _passed(row, "应到时间", "上班打卡"))
    early = "早退" in state or (not state and _passed(row, "下班打卡", "应退时间"))
    return (late and earlier) or (early and later)


def _passed(row: Mapping[str, Any], one: str, other: str) -> bool:
    """Whether both times are told, and the other is the later one."""
    return row.get(one) is not None and row.get(other) is not None and bool(row[one] < row[other])


def _contradiction(told: Told, place: int, other: Told, at: int) -> Issue:
    row, rival = told.frame.iloc[place], other.frame.iloc[at]
    where = _sheet(other, told)
    state = row["状态"] if isinstance(row["状态"], str) else ""
    what = f"考勤结果是“{state}”" if state else "打卡时间有迟到或早退"
    message = (
        f"第{row['_row']}行{row['日期']:%Y-%m-%d}的{what}，但{where}第{rival['_row']}行的打卡时间与此不符，"
        "这一天没有计入。请核对后改正其中一处，再放入收件夹。"
    )
    letter = told.letters["状态" if state else "上班打卡"]
    return Issue(
        told.file, told.sheet, int(row["_row"]), letter, "考勤结果", state, f"与{where}一致的考勤结果", message
    )


def _sheet(other: Told, beside: Told) -> str:
    return f"工作表“{other.sheet}”" if other.file == beside.file else f"“{other.file}”的工作表“{other.sheet}”"


def _place(other: Told, at: int, beside: Told) -> str:
    return f"{_sheet(other, beside)}第{other.frame['_row'].iloc[at]}行"
