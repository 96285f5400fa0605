"""The columns of an attendance export by what they tell, with headers of one row or of two with groups above."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from processor.intake.attendance.clock import folded, punches
from processor.intake.grid import Grid, letter_of
from processor.intake.spans import names_day

HEADER_WITHIN = 10
_SPACE = re.compile(r"\s+")
_MEASURE = re.compile(r"\((?:次|天|小时|分钟|分|个|h|min)\)$")
_NOTHING = frozenset({"", "-", "--", "---", "—", "——", "–", "/"})
_TOTAL = re.compile(r"^.{0,8}(?:合计|小计|总计|共计|累计|汇总|总数|平均|[人日]均).{0,8}$")
_LEFT_COMPANY = re.compile(r"\((?:离职|已离职|停用)\)")
_OF_THE_REGISTER = frozenset({"应到时间", "应退时间", "上班打卡", "下班打卡"})  # as our own blank spells them
_PERIOD = re.compile(r"[上下]班\d*|时间?段[一二三四\d]")
_ELSEWHERE = re.compile(r"外出|外勤|加班|请假|假勤|审批|补卡|异常")  # groups whose times are no punches at work

_PATTERNS = {
    name: re.compile(pattern)
    for name, pattern in {
        "name": r"(?:员工|人员|成员|用户)?姓名|名字|成员名称|人员",
        "number": r"工号|员工工号|员工编号|人员编号|员工号|职工号|职工编号|人员工号|工作号",
        "clock_number": r"考勤号码?|登记号码?|自定义编号|用户编号|账号|帐号|打卡号|指纹号|考勤编号|人员ID|用户ID",
        "day": r"(?:考勤|出勤|打卡|刷卡|签到|工作|统计)?日期|工作日|年月日",
        "time": r"时间",
        "shift": r"班次(?:名称)?|考勤班次|当日班次|对应时段|时段(?:名称)?|班别",
        "begins": r"应到时间|应上班时间|上班时间|规定上班时间|应签到时间|上班\d*应(?:打卡|签到)时间",
        "ends": r"应退时间|应下班时间|下班时间|规定下班时间|应签退时间|下班\d*应(?:打卡|签退)时间",
        "in_punch": r"上班\d*(?:打卡|签到|刷卡)(?:时间)?|最早(?:打卡)?(?:时间)?|(?:首次|第一次)(?:打卡|刷卡)(?:时间)?|"
        r"签到时间|签到|签入(?:时间)?|上班卡|最早卡|首卡|[上下]午(?:上班|签到)(?:打卡|刷卡)?|[上下]午上班打卡时间|时间?段[一二三四\d]上班",
        "out_punch": r"下班\d*(?:打卡|签退|刷卡)(?:时间)?|最晚(?:打卡)?(?:时间)?|(?:末次|最后一?次?)(?:打卡|刷卡)(?:时间)?|"
        r"签退时间|签退|签出(?:时间)?|下班卡|最晚卡|末卡|[上下]午(?:下班|签退)(?:打卡|刷卡)?|[上下]午下班打卡时间|时间?段[一二三四\d]下班",
        "in_result": r"上班\d*打卡(?:结果|状态)|签到(?:结果|状态)",
        "out_result": r"下班\d*打卡(?:结果|状态)|签退(?:结果|状态)",
        "result": r"状态|考勤结果|打卡结果|打卡状态|考勤状态|出勤状态|出勤情况|考勤情况|校准状态|例外情况|当日结果",
        "absent_flag": r"是否旷工",
        "due": r"考勤时间|应打卡时间|应刷卡时间|规定打卡时间",
        "punch": r"打卡时间(?:记录)?|(?:打卡|刷卡|考勤|签到)(?:记录|明细|流水)|刷卡时间|日期时间|打卡日期时间|刷卡日期时间|签到时间点|"
        r"(?:事件|通行|识别|认证|出入|进出)时间|实际打卡时间|全部打卡|打卡时刻|(?:时间|打卡|刷卡|签到)\d{1,2}|第[一二三四五六七八九十\d]{1,3}次(?:打卡|刷卡)",
        "kind": r"打卡类型|签到类型|类型",
        "approval": r"关联的?审批单|假勤申请|审批单|请假单?|假勤",
    }.items()
}  # fmt: skip
_MARKS = re.compile(
    r"考勤组|所属规则|打卡规则|考勤规则|UserId|账号|帐号|考勤号码?|登记号码?|自定义编号|是否智能排班|对应时段|打卡设备|打卡地[址点]|打卡备注|"
    r"异常打卡原因|机器号|机号|比对方式|验证方式|打卡方式|刷卡日期|打卡类型|考勤机|标准工作时长|打卡次数|考勤概况|指纹号|门禁点|"
    r"(?:实际)?打卡时间(?:记录)?|(?:打卡|刷卡)(?:记录|明细|流水|时间|时刻)|全部打卡|考勤(?:记录|明细)|(?:(?:上班|下班)\d?)?打卡(?:结果|状态)"
)


@dataclass(frozen=True)
class Head:
    """One column's header: its place in the row, its own text and the text of the group above it, folded."""

    place: int
    name: str
    group: str = ""

    @property
    def role(self) -> str:
        """What the column tells, one of the names of `_PATTERNS`; empty for what nobody reads."""
        return _role(self.name, self.group)


@lru_cache(maxsize=4096)
def _role(name: str, group: str) -> str:
    if group and _ELSEWHERE.search(group):
        return ""
    names = [name]
    if _PERIOD.fullmatch(group) and not name.startswith(group[:2]):
        names.insert(0, group + name)
    found = (role for text in names for role, pattern in _PATTERNS.items() if pattern.fullmatch(text))
    return next(found, "")


@dataclass(frozen=True)
class Sheet:
    """A grid with its header found: `header` is the place of the header's last row, `title` all texts above it."""

    grid: Grid
    first: int
    header: int
    heads: tuple[Head, ...]

    @cached_property
    def roles(self) -> dict[str, list[int]]:
        """Role -> places of the columns that have it, from left to right."""
        found: dict[str, list[int]] = {}
        for head in self.heads:
            if head.role:
                found.setdefault(head.role, []).append(head.place)
        if "day" in found and "time" in found:
            found.setdefault("punch", []).extend(found.pop("time"))
        return found

    @property
    def marked(self) -> bool:
        """Whether any header is of those that only attendance systems write, and the sheet is none of our own registers."""
        names = {head.name for head in self.heads}
        if len(names & _OF_THE_REGISTER) >= 3:
            return False
        if min(len(self.roles.get(role, ())) for role in ("in_punch", "out_punch")) > 1:
            return True  # a day of several periods, each with its arrival and its leaving
        return any(_MARKS.fullmatch(head.name) or _MARKS.fullmatch(head.group) for head in self.heads)

    @property
    def title(self) -> str:
        """The texts above the header's last row, then the sheet's name."""
        cells = [folded(cell) for row in self.grid.rows[: self.header] for cell in row]
        return " ".join([*filter(None, cells), self.grid.sheet])

    def first_of(self, *roles: str) -> int | None:
        """The place of the first column that has one of the roles, the first role before the next."""
        return next((self.roles[role][0] for role in roles if role in self.roles), None)

    def letter(self, place: int | None) -> str:
        """Excel's letter of a place in the row; that of the employee's name or number where it is None."""
        at = place if place is not None else self.first_of("name", "number", "clock_number") or 0
        return letter_of(self.grid.first_column + at)

    def body(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Number in the sheet and cells of each row below the header that names somebody, or has punches of nobody."""
        who = [at for role in ("name", "number", "clock_number") for at in self.roles.get(role, ())]
        covered = _merged_down(self.grid, who)
        punched = [at for role in ("in_punch", "out_punch", "punch") for at in self.roles.get(role, ())]
        punched += [head.place for head in self.heads if not head.role and names_day(head.name)]
        for place in range(self.header + 1, len(self.grid.rows)):
            row = list(self.grid.rows[place])
            for at in who:
                above = covered.get((place, at))
                if above is not None and at < len(row):
                    row[at] = self.grid.rows[above][at]
            texts = [folded(row[at]) for at in who if at < len(row)]
            if any(texts):
                if not any(_TOTAL.match(_SPACE.sub("", text)) for text in texts) and texts[0] != self._name_of(who[0]):
                    yield self.grid.first_row + place, row
            elif any(punches(cell(row, at))[0] for at in punched):
                yield self.grid.first_row + place, row

    def who(self, row: Sequence[Any]) -> dict[str, Any]:
        """工号 and 姓名 of a row; a number that the employee's own column does not give comes from the clock's."""
        number = next(
            (c for r in ("number", "clock_number") for at in self.roles.get(r, ()) if (c := cell(row, at))), None
        )
        return {"工号": number, "姓名": _LEFT_COMPANY.sub("", folded(cell(row, self.first_of("name"))))}

    def _name_of(self, place: int) -> str:
        return next((head.name for head in self.heads if head.place == place), "")


def cell(row: Sequence[Any], at: int | None) -> Any:
    """A cell of a row; None where the row is shorter or the cell says nothing."""
    if at is None or at >= len(row):
        return None
    return None if folded(row[at]) in _NOTHING else row[at]


def find_sheet(grid: Grid) -> Sheet | None:
    """The grid with the header that tells most, of one row rather than two, or None where no row names employees."""
    best: tuple[tuple[int, bool], Sheet] | None = None
    for first in range(min(HEADER_WITHIN + 1, len(grid.rows))):
        for last in (first + 1, first):
            if last >= len(grid.rows):
                continue
            sheet = Sheet(grid, first, last, tuple(_heads(grid, first, last)))
            if not any(role in sheet.roles for role in ("name", "number", "clock_number")):
                continue
            worth = sum(map(len, sheet.roles.values())) + sum(1 for head in sheet.heads if names_day(head.name))
            if best is None or (worth, first == last) > best[0]:
                best = ((worth, first == last), sheet)
    return best[1] if best else None


def _heads(grid: Grid, first: int, last: int) -> Iterator[Head]:
    lower = [_header(text) for text in grid.rows[last]]
    if first == last:
        yield from (Head(at, name) for at, name in enumerate(lower) if name)
        return
    upper = [_header(text) for text in grid.rows[first]]
    width = max(len(upper), len(lower))
    upper, lower = (texts + [""] * (width - len(texts)) for texts in (upper, lower))
    groups = _spread(grid, first, upper, lower)
    for at in range(width):
        if lower[at] or upper[at]:
            yield Head(at, lower[at] or upper[at], groups[at] if lower[at] else "")


def _header(cell: Any) -> str:
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d}"
    text = (
        "" if isinstance(cell, bool) else folded(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)
    )
    return _MEASURE.sub("", _SPACE.sub("", text))


def _spread(grid: Grid, place: int, upper: list[str], lower: list[str]) -> list[str]:
    """The upper row's texts over all columns that they head: by merges where there are any, else over what is blank right."""
    spread = list(upper)
    row, shift = grid.first_row + place, grid.first_column
    merges = [(left - shift, right - shift) for (top, left), (_, right) in grid.merges if top == row and left >= shift]
    for left, right in merges:
        last = min(right + 1, len(spread))
        spread[left:last] = upper[left : left + 1] * max(last - left, 0)
    if not merges:
        for at in range(1, len(spread)):
            if not spread[at] and lower[at] and lower[at - 1]:
                spread[at] = spread[at - 1]
    return spread


def _merged_down(grid: Grid, places: Sequence[int]) -> dict[tuple[int, int], int]:
    """(row place, column place) of cells that a merge from above covers -> the row place of its text."""
    covered: dict[tuple[int, int], int] = {}
    for (top, left), (bottom, _) in grid.merges:
        at = left - grid.first_column
        if at in places and bottom > top:
            for row in range(top + 1, min(bottom, grid.first_row + len(grid.rows) - 1) + 1):
                covered[row - grid.first_row, at] = top - grid.first_row
    return covered
