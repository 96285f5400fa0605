"""Which of the known layouts a sheet has, and its rows."""

from __future__ import annotations

import re

from processor.intake.attendance.cards import cards
from processor.intake.attendance.daily import daily
from processor.intake.attendance.export import Export, Unusable
from processor.intake.attendance.packed import is_duty_roster, layout_of_days, packed
from processor.intake.attendance.person_blocks import person_blocks
from processor.intake.attendance.punch_lines import is_moment, punch_lines
from processor.intake.attendance.sheet import find_sheet
from processor.intake.grid import Grid
from processor.intake.spans import has_day_columns

_SUMMARY = re.compile(
    r"(?:出勤|应出勤|实际出勤|休息|旷工|工作|缺勤|正常)天数|(?:迟到|早退|缺卡|旷工|上班缺卡|下班缺卡)次数|(?:迟到|早退)(?:时长|分数|分钟)|"
    r"(?:标准|实际)?工作时数(?:标准|实际)?|迟到|早退|旷工|缺勤|加班"
)


def read_export(grid: Grid, file: str) -> Export | Unusable | None:
    """The attendance rows of a sheet that an attendance system wrote, or None for any other sheet.

    `file` is the workbook's name, which may tell the year where the sheet does not.
    """
    blocks = cards(grid, file) or person_blocks(grid, file)
    if blocks is not None:
        return blocks
    sheet = find_sheet(grid)
    if sheet is None:
        return None
    roles = sheet.roles
    if "time" in roles and not {"punch", "in_punch", "out_punch"} & roles.keys() and is_moment(sheet, roles["time"]):
        roles["punch"] = roles.pop("time")
    names = [head.name for head in sheet.heads]
    ends = "in_punch" in roles or "out_punch" in roles
    has_day = sheet.first_of("day", "time") is not None
    if sheet.marked and has_day and ends:
        return daily(sheet)
    if sheet.marked and "punch" in roles and (has_day or is_moment(sheet, roles["punch"])):
        return punch_lines(sheet)
    if has_day_columns(names) and is_duty_roster(sheet):
        return Unusable(
            f"工作表“{grid.sheet}”是排班表，写的是计划的班次，不是打卡的时间，不能据此判定。",
            "请在考勤系统里导出“每日统计”（日报）或“打卡时间”，再放入收件夹。",
            summary=True,
            plan=True,
        )
    layout = layout_of_days(sheet) if has_day_columns(names) else ""
    if layout:
        return packed(sheet, file, layout)
    called = sheet.marked or "考勤" in sheet.title
    if called and sum(1 for name in names if _SUMMARY.fullmatch(name)) >= 2 and not has_day:
        return Unusable(
            f"工作表“{grid.sheet}”是考勤汇总，只有合计，没有每一天的情况，不能据此判定。",
            "请在考勤系统里导出“每日统计”（日报）或“打卡时间”，再放入收件夹。",
            summary=True,
        )
    return None
