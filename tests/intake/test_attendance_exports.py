"""Attendance as systems export it, read into days of the attendance register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook

from processor.catalogue.register_reader import load_registers
from processor.intake import People, Reading, SheetReading, WorkbookRejected, identify_staff
from processor.intake.attendance.clock import punches
from processor.intake.attendance.words import said
from processor.intake.staff import Rows

Read = Callable[..., Reading]
Save = Callable[..., Path]
NAMES = {"Z1": "王芳", "Z2": "李强", "Z3": "张敏", "Z4": "张敏"}
PEOPLE = People(
    pd.DataFrame({"工号": list(NAMES), "姓名": list(NAMES.values()), "别名": None, "门店": "一店"}, dtype="str").assign(
        **dict.fromkeys(("入职日期", "离职日期"), pd.Series([pd.NaT] * 4, dtype="datetime64[us]"))
    )
)

DAILY_HEAD = [
    "姓名",
    "考勤组",
    "部门",
    "工号",
    "职位",
    "UserId",
    "日期",
    "班次",
    "上班1",
    None,
    "下班1",
    None,
    "迟到时长(分钟)",
]
DAILY_SUB = [None] * 8 + ["上班1打卡时间", "上班1打卡结果", "下班1打卡时间", "下班1打卡结果", None]


def identified(sheet: SheetReading) -> SheetReading:
    rows = Rows([None] * len(sheet.frame), [None] * len(sheet.frame))
    return identify_staff(sheet, load_registers()["attendance"], PEOPLE, rows, file="x.xlsx")


def line(name: str, number: str, day: str, shift: str, *clock: str | None) -> list[Any]:
    return [name, "客服组", "客服部", number, "客服", "u1", day, shift, *clock, None]


DAILY = [
    ["每日统计表 统计日期：2026-05-01 至 2026-05-31"], ["报表生成时间：2026-06-01 09:00"], DAILY_HEAD, DAILY_SUB,
    line("王芳", "Z1", "26-05-06 星期三", "早班 09:00-18:00", "08:55", "正常", "18:02", "正常"),
    line("李强（离职）", "--", "26-05-06 星期三", "早班 09:00-18:00", "09:12", "迟到", "17:30", "早退"),
    line("张敏", "", "26-05-06 星期三", "晚班 18:00-次日02:00", "17:58", "正常", "次日 02:03", "正常"),
    line("王芳", "Z1", "26-05-07 星期四", "早班 09:00-18:00", None, "缺卡", "18:00", "正常"),
    line("王芳", "Z1", "26-05-10 星期日", "休息", "--", None, "--", None),
    line("赵六", "X9", "26-05-06 星期三", "早班 09:00-18:00", "09:00", "正常", "18:00", "补卡审批通过"),
]  # fmt: skip


def merge(workbook: Workbook) -> None:
    for area in ("A1:M1", "A2:M2", "I3:J3", "K3:L3", *(f"{letter}3:{letter}4" for letter in "ABCDEFGHM")):
        workbook["每日统计"].merge_cells(area)


def clock(value: Any) -> str:
    return "" if pd.isna(value) else str(value).split()[-1][:5]


def test_dingtalk_daily_lines(save: Save, read: Read) -> None:
    packed = [
        ["打卡时间表 统计日期：2026-05-01 至 2026-05-31"],
        [],
        ["姓名", "考勤组", "工号", *range(1, 32)],
        [],
        ["王芳", "组", "Z1", *[None] * 5, "8:55\n18:02"],
    ]
    reading = read(save({"每日统计": DAILY, "打卡时间": packed, "月度汇总": [["姓名", "考勤组"]]}, merge))
    (sheet,) = reading.sheets
    assert reading.ignored_sheets == ("打卡时间", "月度汇总")
    assert (sheet.register, sheet.header_row, sheet.issues, sheet.needs_roster) == ("attendance", 4, (), True)
    frame = sheet.frame
    assert frame["_row"].tolist() == [5, 6, 7, 8, 9, 10]
    assert frame["姓名"].tolist()[1] == "李强"
    assert frame["日期"].dt.strftime("%Y-%m-%d").tolist()[0] == "2026-05-06"
    assert [clock(v) for v in frame["应到时间"]] == ["09:00", "09:00", "18:00", "09:00", "", "09:00"]
    assert frame["应退时间"].tolist()[2] == pd.Timedelta(hours=26)
    assert [clock(v) for v in frame["上班打卡"]] == ["08:55", "09:12", "17:58", "", "", "09:00"]
    assert frame["下班打卡"].tolist()[2] == pd.Timedelta(hours=26, minutes=3)
    assert frame["状态"].tolist() == ["正常", "迟到早退", "正常", "未打卡", "休息", "正常"]


def test_numbers_come_from_the_roster_by_number_then_by_unique_name(save: Save, read: Read) -> None:
    (sheet,) = read(save({"每日统计": DAILY}, merge)).sheets
    known = identified(sheet)
    assert known.frame["工号"].tolist() == ["Z1", "Z2", "Z1", "Z1"]
    assert known.unreadable == (7, 10)
    namesake, stranger = known.issues
    assert namesake.row == 7 and "有2名“张敏”" in namesake.message
    assert stranger.row == 10 and "花名册里没有“" in stranger.message
    assert not known.needs_roster


def test_dingtalk_punches_packed_by_day(save: Save, read: Read) -> None:
    rows = [
        ["打卡时间表 统计日期：2026-04-30 至 2026-05-02"], ["报表生成时间：2026-06-01"],
        ["姓名", "考勤组", "部门", "工号", "30", "1", "2"], [None, None, None, None, "四", "五", "六"],
        ["王芳", "组", "部", "Z1", "08:55  \n12:01  \n18:05  ", "08:59", None],
    ]  # fmt: skip
    (sheet,) = read(save({"打卡时间": rows})).sheets
    assert sheet.frame["日期"].dt.strftime("%m-%d").tolist() == ["04-30", "05-01"]
    assert [clock(v) for v in sheet.frame["上班打卡"]] == ["08:55", ""]
    assert [clock(v) for v in sheet.frame["下班打卡"]] == ["18:05", ""]
    assert sheet.frame["状态"].fillna("").tolist() == ["", ""]
    assert sheet.frame["_row"].tolist() == [5, 5]


def test_wecom_daily_lines(save: Save, read: Read) -> None:
    rows = [
        ["上下班打卡_日报"], ["统计时间：2026/05/01 - 2026/05/31"],
        ["时间", "姓名", "账号", "部门", "所属规则", "班次", "考勤概况", None, None, None],
        [None, None, None, None, None, None, "最早", "最晚", "打卡时间", "考勤结果"],
        ["2026/05/06 星期三", "王芳", "Z1", "客服部", "规则", "09:00-18:00", "08:38", "18:00",
         "08:38、18:00(补卡)", "正常"],
        ["2026/05/07 星期四", "李强", "liqiang", "客服部", "规则", "09:00-18:00", "08:38", "08:38",
         "08:38", "下班缺卡"],
    ]  # fmt: skip
    (sheet,) = read(save({"日报": rows})).sheets
    known = identified(sheet)
    assert known.frame["工号"].tolist() == ["Z1", "Z2"]
    assert [clock(v) for v in known.frame["下班打卡"]] == ["18:00", ""]
    assert known.frame["状态"].tolist() == ["正常", "未打卡"]


def test_an_ordinary_attendance_register_is_left_alone(save: Save, read: Read) -> None:
    (sheet,) = read(save({"表": [["日期", "工号", "姓名", "上班打卡"], ["2026-05-06", "X9", "王芳", "8:55"]]})).sheets
    assert not sheet.needs_roster
    assert identified(sheet).frame["工号"].tolist() == ["X9"]


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("08:38、18:00", [518, 1080]),
        ("08:38(补卡)\n次日 01:10", [518, 1510]),
        ("01:10(次日)", [1510]),
        ("8：05", [485]),
        ("上午 07:59", [479]),
        ("2026-05-07 01:05", [1505]),
        ("--", []),
        (None, []),
    ],
)
def test_punches(cell: str | None, wanted: list[int]) -> None:
    assert punches(cell, dt.date(2026, 5, 6))[0] == wanted


@pytest.mark.parametrize(
    ("text", "meanings", "unknown"),
    [("严重迟到", {"late"}, ""), ("旷工迟到", {"late"}, ""), ("旷工", {"absent"}, ""), ("补卡审批通过", {"normal"}, ""),
     ("管理员王芳改为正常", {"normal"}, ""), ("迟到1次(12分钟)", {"late"}, ""), ("正常（外勤）", {"normal", "away"}, ""),
     ("外出10-12 09:00到10-12 18:00 8.5小时", {"away"}, ""), ("事假10-12 09:00到10-12 18:00 8小时", {"leave"}, ""),
     ("上班缺卡", {"unclocked"}, ""), ("调休", {"rest"}, ""), ("调休假", {"rest"}, ""), ("未排班", {"unplanned"}, ""),
     ("缺卡(已补卡)", {"normal"}, ""), ("迟到0分钟", set(), ""), ("迟到10分钟", {"late"}, ""), ("缺卡0次", set(), ""),
     ("未排班(迟到)", {"unplanned"}, ""), ("上班正常，下班缺卡", {"normal", "unclocked"}, ""), ("病", {"leave"}, ""), ("旷", set(), "旷"),
     ("旷工0.5天", {"absent"}, "旷工0.5"), ("旷工半天", set(), "旷工半天"), ("旷工1天", {"absent"}, ""),
     ("出差申请10-12 09:00到10-13 18:00 2天", {"away"}, ""), ("休息日加班", {"rest"}, ""), ("外星", set(), "外星"), ("迟到 外星", {"late"}, "外星")],
)  # fmt: skip
def test_words(text: str, meanings: set[str], unknown: str) -> None:
    heard = said(text)
    assert (set(heard.meanings), heard.unknown) == (meanings, unknown)


def days_read(save: Save, read: Read, rows: list[list[Any]], name: str = "Sheet1") -> list[tuple[Any, ...]]:
    """(day, number or name, came, left, state) of every row of a sheet."""
    (sheet,) = read(save({name: rows})).sheets
    frame = sheet.frame
    who = frame["工号"].fillna(frame["姓名"])
    days = frame["日期"].dt.strftime("%m-%d")
    punched = ([clock(value) for value in frame[header]] for header in ("上班打卡", "下班打卡"))
    return list(zip(days, who, *punched, frame["状态"].fillna(""), strict=True))


ONE_A_PUNCH: dict[str, tuple[list[Any], list[list[Any]]]] = {
    "日期和时间": (["姓名", "考勤号码", "日期", "时间", "机器号"], [["甲", "K1", "2026-10-12", "08:52", 1], ["甲", "K1", "2026-10-12", "18:05", 1]]),
    "只有时间": (["工号", "姓名", "时间", "机器号"], [["K1", "甲", "2026-10-12 18:05:09", "门"], ["K1", "甲", "2026-10-12 08:52:31", "门"]]),
    "真日期": (["工号", "姓名", "打卡时间", "打卡地点"],
            [["K1", "甲", dt.datetime(2026, 10, 12, 8, 52), "门"], ["K1", "甲", dt.datetime(2026, 10, 12, 18, 5), "门"]]),
    "外出打卡": (["姓名", "工号", "打卡类型", "打卡时间", "打卡地点"],
             [["甲", "K1", "上班打卡", "2026-10-12 08:52", ""], ["甲", "K1", "外出打卡", "2026-10-12 07:00", ""],
              ["甲", "K1", "下班打卡", "2026-10-12 18:05", ""]]),
    "一天一行": (["工号", "姓名", "日期", "时间1", "时间2", "时间3", "考勤组"], [["K1", "甲", "2026-10-12", "08:52", "12:01", "18:05", "组"]]),
    "挤在一格": (["考勤号码", "姓名", "年月日", "打卡时间"], [["K1", "甲", "2026-10-12", "18:05 12:01 08:52"]]),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE_A_PUNCH, ids=list(ONE_A_PUNCH))
def test_lists_of_punches_are_gathered_to_days(save: Save, read: Read, name: str) -> None:
    head, rows = ONE_A_PUNCH[name]
    (day,) = days_read(save, read, [head, *rows])
    assert day[:4] == ("10-12", "K1", "08:52", "18:05")


def test_a_punch_after_midnight_belongs_to_the_day_of_the_work(save: Save, read: Read) -> None:
    head = ["姓名", "工号", "考勤日期", "考勤时间", "打卡时间", "打卡结果"]
    rows = [
        ["甲", "K1", "26-10-12 星期一", "2026-10-12 18:00", "2026-10-12 17:55", "正常"],
        ["甲", "K1", "26-10-12 星期一", "2026-10-13 02:00", "2026-10-13 02:05", "正常"],
    ]
    (sheet,) = read(save({"原始记录": [["原始记录"], head, *rows]})).sheets
    assert sheet.frame["下班打卡"].tolist() == [pd.Timedelta(hours=26, minutes=5)]
    assert sheet.frame["应退时间"].tolist() == [pd.Timedelta(hours=26)]


def test_day_columns_that_are_dates_need_no_title(save: Save, read: Read) -> None:
    heads = [dt.datetime(2026, 10, 12), dt.datetime(2026, 10, 13)]
    rows = [["姓名", "工号", "考勤组", *heads], ["甲", "K1", "组", "18:05 08:52", "--"]]
    assert days_read(save, read, rows) == [("10-12", "K1", "08:52", "18:05", "")]


def test_our_own_register_is_no_export_whatever_columns_stand_beside_it(save: Save, read: Read) -> None:
    head = ["考勤日期", "工号", "姓名", "考勤组", "应到时间", "应退时间", "上班打卡", "下班打卡", "状态"]
    (sheet,) = read(
        save({"表": [head, ["2026-10-12", "K1", "甲", "组", "9:00", "18:00", "9:30", "18:00", "迟到"]]})
    ).sheets
    assert not sheet.layout and sheet.frame["状态"].tolist() == ["迟到"]


def test_a_missing_punch_without_any_schedule_is_in_doubt(save: Save, read: Read) -> None:
    head = ["姓名", "工号", "日期", "上班1打卡时间", "上班1打卡结果", "下班1打卡时间", "下班1打卡结果"]
    (sheet,) = read(save({"表": [head, ["甲", "K1", "2026-10-12", None, "缺卡", "18:05", "正常"]]})).sheets
    assert (len(sheet.frame), sheet.unreadable, len(sheet.issues)) == (0, (2,), 1)


def test_two_exports_of_one_layout_are_left_to_be_compared(save: Save, read: Read) -> None:
    rows = {name: [*DAILY[:4], line("王芳", "Z1", "26-05-06 星期三", "早班 09:00-18:00", at, "正常", "18:02", "正常")]
            for name, at in (("每日统计", "08:55"), ("每日统计2", "08:50"))}  # fmt: skip
    assert [len(sheet.frame) for sheet in read(save(rows)).sheets] == [1, 1]


def test_a_duty_roster_with_a_column_a_day_is_no_attendance(save: Save, read: Read) -> None:
    rows = [["2026年10月排班表"], ["姓名", "工号", *range(1, 32)], ["甲", "K1", *["早班", "晚班", "休"] * 10, "早班"]]
    assert [sheet.register for sheet in read(save({"排班": rows})).sheets] == []


def test_a_doubtful_line_takes_its_whole_day_out(save: Save, read: Read) -> None:
    head = ["姓名", "工号", "考勤日期", "考勤时间", "打卡时间", "打卡结果"]
    rows = [
        ["甲", "K1", "26-10-12", "2026-10-12 09:00", "2026-10-12 09:40", "迟到"],
        ["甲", "K1", "26-10-12", "2026-10-12 18:00", "2026-10-12 18:05", "外星"],
        ["甲", "K1", "26-10-13", "", "", "缺卡"],
        ["甲", "K1", "26-10-14", "2026-10-14 18:00", "", "缺卡"],
        ["甲", "K1", "26-10-14", "2026-10-14 09:00", "2026-10-14 08:52", "正常"],
    ]
    (sheet,) = read(save({"原始记录": [head, *rows]})).sheets
    assert sheet.frame["日期"].dt.strftime("%m-%d").tolist() == ["10-14"]
    assert sheet.frame["状态"].tolist() == ["未打卡"]
    assert sheet.unreadable == (3, 4)


@pytest.mark.parametrize(
    ("head", "register"),
    [
        (["登记编号", "日期", "工号", "姓名", "条款编号", "登记人工号", "打卡时间"], "discipline"),
        (["编号", "时间", "类型", "部位", "设备编号", "结果", "检查人工号"], "inspections"),
        (["培训编号", "日期", "类型", "工号", "姓名", "出勤", "签到时间", "签退时间", "考勤组"], "trainings"),
    ],
)
def test_another_register_is_no_export_whatever_columns_of_a_clock_it_has(
    save: Save, read: Read, head: list[str], register: str
) -> None:
    cells = {
        "日期": "2026-10-12",
        "时间": "2026-10-12 09:05",
        "类型": "日巡查",
        "结果": "正常",
        "出勤": "出勤",
        "打卡时间": "08:52",
    }
    cells |= {"工号": "K1", "姓名": "甲", "签到时间": "08:52", "签退时间": "18:05"}
    kinds = {"trainings": {"类型": "消防培训"}}
    row = [(cells | kinds.get(register, {})).get(header, "X1") for header in head]
    assert [sheet.register for sheet in read(save({"表": [head, row]})).sheets] == [register]


def test_a_name_merged_over_several_lines_counts_for_each(save: Save, read: Read) -> None:
    head = ["姓名", "考勤组", "工号", "日期", "上班1打卡时间", "上班1打卡结果"]
    rows = [head, ["甲", "组", "K1", "2026-10-12", "08:52", "正常"], [None, None, None, "2026-10-13", "08:53", "正常"]]

    def merge_names(book: Workbook) -> None:
        for area in ("A2:A3", "C2:C3"):
            book["表"].merge_cells(area)

    (sheet,) = read(save({"表": rows}, merge_names)).sheets
    assert sheet.frame["工号"].tolist() == ["K1", "K1"]


PERIODS = [
    "人员编号",
    "姓名",
    "日期",
    "对应时段",
    "上班时间",
    "下班时间",
    "签到时间",
    "签退时间",
    "是否旷工",
    "例外情况",
]


def test_periods_of_one_day_are_one_day(save: Save, read: Read) -> None:
    rows = [
        ["K1", "甲", "2026-10-12", "下午", "13:00", "18:00", "12:55", "18:05", "False", None],
        ["K1", "甲", "2026-10-12", "上午", "09:00", "12:00", "08:52", "12:01", "False", None],
    ]
    (sheet,) = read(save({"考勤明细": [PERIODS, *rows]})).sheets
    (day,) = sheet.frame.to_dict("records")
    assert [clock(day[h]) for h in ("应到时间", "应退时间", "上班打卡", "下班打卡")] == [
        "09:00",
        "18:00",
        "08:52",
        "18:05",
    ]


def test_two_lines_of_one_shift_are_left_to_be_compared(save: Save, read: Read) -> None:
    rows = [
        ["K1", "甲", "2026-10-12", "白班", "09:00", "18:00", at, "18:05", "False", None] for at in ("08:52", "09:30")
    ]
    assert len(days_read(save, read, [PERIODS, *rows])) == 2


FOUR_PUNCHES = {
    "各有各名": [["工号", "姓名", "日期", "上午上班", "上午下班", "下午上班", "下午下班"]],
    "两行表头": [["工号", "姓名", "日期", "时间段一", None, "时间段二", None], [None] * 3 + ["签到", "签退"] * 2],
}


@pytest.mark.parametrize("heads", FOUR_PUNCHES.values(), ids=list(FOUR_PUNCHES))
def test_a_day_of_four_punches_begins_with_the_first_and_ends_with_the_last(
    save: Save, read: Read, heads: list[list[Any]]
) -> None:
    rows = [*heads, ["K1", "甲", "2026-10-12", "08:52", "12:01", "12:55", "18:05"]]
    assert days_read(save, read, rows) == [("10-12", "K1", "08:52", "18:05", "")]


def test_a_period_without_a_punch_proves_nothing(save: Save, read: Read) -> None:
    head = ["工号", "姓名", "日期", "班次", "上午上班", "上午下班", "下午上班", "下午下班"]
    rows = [head, ["K1", "甲", "2026-10-12", "09:00-18:00", None, None, "12:55", "18:05"]]
    (sheet,) = read(save({"表": rows})).sheets
    assert pd.isna(sheet.frame["应到时间"].iat[0]) and clock(sheet.frame["应退时间"].iat[0]) == "18:00"


def block(number: str, name: str, *punched: dict[int, str]) -> list[list[Any]]:
    who = ["工号：", None, number, None, "姓名：", None, name, None, "部门：", None, "卖场"]
    return [who, *([lines.get(day) for day in range(1, 32)] for lines in punched)]


MONTH: list[list[Any]] = [
    ["考 勤 记 录 表"],
    ["考勤日期：2026-10-01～2026-10-31", None, "制表时间：2026-11-01"],
    [*range(1, 32)],
]
BLOCKS = {
    "一格两次": [*MONTH, *block("K1", "甲", {12: "08:52\n18:05"}), *block("K2", "乙", {13: "08:5012:0018:05"})],
    "一行一次": [*MONTH, *block("K1", "甲", {12: "08:52"}, {12: "18:05"}), *block("K2", "乙", {13: "08:50"}, {13: "18:05"})],
    "每人都有日期": [
        *MONTH[:2], ["考勤号码:K1 姓名:甲 部门:卖场"], MONTH[2], ["四五六日一二三"[day % 7] for day in range(31)],
        *block("", "", {12: "08:52 18:05"})[1:], ["考勤号码:K2 姓名:乙"], MONTH[2], *block("", "", {13: "08:50 18:05"})[1:],
    ],
}  # fmt: skip


@pytest.mark.parametrize("rows", BLOCKS.values(), ids=list(BLOCKS))
def test_a_block_an_employee_with_a_column_a_day(save: Save, read: Read, rows: list[list[Any]]) -> None:
    assert days_read(save, read, rows) == [("10-12", "K1", "08:52", "18:05", ""), ("10-13", "K2", "08:50", "18:05", "")]


@pytest.mark.parametrize("change", [{1: ["考勤记录"]}, {1: ["考勤日期：2026-11-01～2026-11-30"], 2: [*range(2, 33)]}])
def test_blocks_of_an_unknown_month_are_refused(save: Save, read: Read, change: dict[int, list[Any]]) -> None:
    rows = [change.get(place, row) for place, row in enumerate(BLOCKS["一格两次"])]
    with pytest.raises(WorkbookRejected, match="标题里"):
        read(save({"表": rows}))


def test_some_days_of_a_month_are_read_by_their_dates(save: Save, read: Read) -> None:
    rows = [
        ["打卡记录 2026-10"],
        ["姓名", "工号", "10/12\n周一", "10/14\n周三"],
        ["甲", "K1", "08:52 18:05", "08:50 18:06"],
    ]
    assert [day[0] for day in days_read(save, read, rows)] == ["10-12", "10-14"]
    rows[1][3] = "10/14\n周四"
    with pytest.raises(WorkbookRejected, match="星期"):
        read(save({"表": rows}))


def month_by_hand(title: str) -> list[list[Any]]:
    days: list[Any] = ["√" if day % 7 in (1, 2, 5, 6, 0) else "休" for day in range(1, 32)]
    days[11:14] = ["旷工", "病假", "○"]
    return [[title], ["工号", "姓名", *range(1, 32)], ["K1", "甲", *days]]


def test_a_month_kept_by_hand_is_read_by_its_words_and_unknown_signs_are_told(save: Save, read: Read) -> None:
    (sheet,) = read(save({"10月": month_by_hand("2026年10月考勤表")})).sheets
    states = dict(zip(sheet.frame["日期"].dt.day, sheet.frame["状态"], strict=True))
    assert (states[1], states[3], states[12], states[13], 14 in states) == ("正常", "休息", "旷工", "请假", False)
    assert [issue.found for issue in sheet.issues] == ["○"]


def test_a_roster_of_shifts_is_no_attendance_even_if_it_says_so(save: Save, read: Read) -> None:
    with pytest.raises(WorkbookRejected):
        read(save({"10月": month_by_hand("2026年10月考勤排班表")}))


def test_a_day_of_two_shifts_takes_no_later_punch_for_the_first_one(save: Save, read: Read) -> None:
    """Where the first punch is missing and excused, and where one between the ends is missing, the ends prove nothing."""
    slots = [f"{end}{nth}打卡{what}" for nth in (1, 2) for end in ("上班", "下班") for what in ("时间", "结果")]
    rows = [
        ["每日统计 统计日期：2026-10-01 至 2026-10-31"],
        ["姓名", "考勤组", "工号", "日期", "班次", *slots],
        ["甲", "组", "K1", "26-10-12", "09:00-12:00 13:00-18:00", None, "补卡审批通过", "12:01", "正常", "12:58", "正常", "18:03", "正常"],
        ["甲", "组", "K1", "26-10-13", "09:00-12:00 13:00-18:00", "08:55", "正常", "12:01", "正常", None, "缺卡", "18:03", "正常"],
        ["甲", "组", "K1", "26-10-14", "09:00-18:00", "00:00", "缺卡", "00:00", "缺卡", None, None, None, None],
    ]  # fmt: skip
    (sheet,) = read(save({"每日统计": rows})).sheets
    frame = sheet.frame
    assert frame["状态"].tolist() == ["正常", "未打卡", "未打卡"]
    assert frame["应到时间"].isna().tolist() == [True, True, False]
    assert frame["应退时间"].isna().tolist() == [False, True, False]
    assert frame["上班打卡"].isna().tolist() == [False, False, True]


def test_a_missing_punch_beside_an_approved_absence_is_asked_about(save: Save, read: Read) -> None:
    """Unless the absence was at another time of the day: then the punch is missing."""
    head = [
        "姓名",
        "工号",
        "日期",
        "班次",
        "上班1应打卡时间",
        "上班1打卡时间",
        "上班1打卡结果",
        "下班1应打卡时间",
        "下班1打卡时间",
        "下班1打卡结果",
        "请假",
    ]

    def line(day: str, approved: str | None, result: str = "缺卡") -> list[Any]:
        return ["甲", "K1", day, "早班", "09:00", None, result, "18:00", "18:05", "正常", approved]

    rows = [
        line("2026-10-12", "年假 10-12 09:00-12:00"),
        line("2026-10-13", "事假10-13 13:00到10-13 15:00"),
        line("2026-10-14", None),
    ]
    (sheet,) = read(save({"每日统计": [["每日统计 2026-10-01 至 2026-10-31"], head, *rows]})).sheets
    assert [issue.row for issue in sheet.issues] == [3]
    assert sheet.frame["日期"].dt.day.tolist() == [13, 14]
    assert sheet.frame["状态"].tolist() == ["未打卡", "未打卡"]
    assert [clock(value) for value in sheet.frame["应到时间"]] == ["09:00", "09:00"]


def test_absent_from_one_half_of_a_day_is_no_day_of_absence(save: Save, read: Read) -> None:
    rows = [
        ["K1", "甲", "2026/10/12", "上午", "09:00", "12:00", None, None, "True", None],
        ["K1", "甲", "2026/10/12", "下午", "13:00", "18:00", "12:59", "18:01", None, None],
        ["K1", "甲", "2026/10/13", "全天", "09:00", "18:00", None, None, "True", "出差"],
        ["K1", "甲", "2026/10/14", "全天", "09:00", "18:00", None, None, "True", None],
    ]
    (sheet,) = read(save({"明细": [["考勤号码", *PERIODS[1:]], *rows]})).sheets
    assert [(issue.row, "另一段有打卡" in issue.message) for issue in sheet.issues] == [(2, True)]
    assert sheet.frame["日期"].dt.day.tolist() == [13, 14]
    assert sheet.frame["状态"].tolist() == ["正常", "旷工"]
