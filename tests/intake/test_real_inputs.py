"""Attendance exports and registers as offices and their systems really make them, through `run.py`: nobody pays for a misreading.

Layouts were compared with public code that reads them: DingTalk's daily report and list of single punches (column names as in
importers and in its own report tool), WeCom's daily report with groups and its packed punches, Feishu's statistics, and the
punch clocks' 考勤号码 / 登记号码 lists.
"""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.styles import Font
from sitework import Site, make_site

Rows = Sequence[Sequence[Any]]
Make = Callable[..., dict[str, Any]]
ROSTER_HEAD = [
    "工号",
    "姓名",
    "门店",
    "部门",
    "岗位",
    "级别",
    "直接主管工号",
    "入职日期",
    "转正日期",
    "离职日期",
    "月工资",
    "全勤奖",
]
STAFF = {"M001": "经理甲", "K001": "员工甲", "K002": "员工乙", "K003": "员工丙"}
WHO = ["姓名", "考勤组", "部门", "工号", "职位", "UserId"]
TITLES = [["每日统计 统计日期：2026-10-01 至 2026-10-31"], ["报表生成时间：2026-11-01 09:00"]]
DAILY = [*WHO, "日期", "班次", "上班1打卡时间", "上班1打卡结果", "下班1打卡时间", "下班1打卡结果"]
PUNCHES = [*WHO, "考勤日期", "考勤时间", "打卡时间", "打卡结果", "打卡地址", "打卡备注", "异常打卡原因", "打卡设备"]
WEEKDAYS = "四五六日一二三"  # 2026-10-01 is a Thursday


def person(number: str) -> list[Any]:
    return [STAFF[number], "门店组", "卖场", number, "导购", f"u{number}"]


def write(
    folder: Path, name: str, sheets: Mapping[str, Rows], merges: Mapping[str, Sequence[str]] | None = None
) -> None:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        for area in (merges or {}).get(title, ()):
            sheet.merge_cells(area)
    book.save(folder / name)


@pytest.fixture
def store(tmp_path: Path) -> Site:
    """A department store: a lost month's bonus and C1 a breach."""
    site = make_site(tmp_path, {"城东店": ["department_store"]}, managers=["M001"], points={"A": 100, "B": 50, "C": 20})
    employ(site, "花名册.xlsx", STAFF)
    return site


def employ(site: Site, book: str, staff: Mapping[str, str]) -> None:
    """Deliver a roster with these employees, by number, below M001."""
    rows = [ROSTER_HEAD]
    for number, name in staff.items():
        dept, post = ("总经办", "总经理") if number == "M001" else ("卖场", "导购")
        boss = None if number == "M001" else "M001"
        rows.append([number, name, "城东店", dept, post, None, boss, "2020-01-01", "2020-04-01", None, 6000, 200])
    write(site.folder / "inbox", book, {"花名册": rows})


def registers(result: Mapping[str, Any]) -> list[tuple[str, str, int, int]]:
    """(register, sheet, rows, issues) of all but the roster."""
    found = [r for book in result["workbooks"] for r in book["registers"] if r["register"] != "roster"]
    return [(r["register"], r["sheet"], r["rows"], r["issues"]) for r in found]


def charged(site: Site) -> list[tuple[str, str, str]]:
    """(day, staff number, points) of every decision with money or points."""
    return sorted(
        (line["date"], line["staff_no"], line["points"]) for line in site.lines() if line["amount"] or line["points"]
    )


def single_punches(
    times: Mapping[str, Sequence[tuple[str, str]]], days: Sequence[int] = (12, 13, 14)
) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for day in days:
        for number, punched in times.items():
            for due, at in punched:
                date = f"2026-10-{day}"
                when = [f"26-10-{day} 星期{WEEKDAYS[(day - 1) % 7]}", f"{date} {due}", f"{date} {at}"]
                rows.append([*person(number), *when, "正常", "门口", None, None, "考勤机"])
    return rows


KEPT = [("09:00", "08:52"), ("18:00", "18:05")]


def test_one_line_a_punch_is_gathered_to_days(store: Site) -> None:
    rows = [*TITLES, PUNCHES, *single_punches({"K001": KEPT, "K002": KEPT})]
    write(store.folder / "inbox", "考勤报表.xlsx", {"原始记录": rows})
    result = store.once("2026-11-02")
    assert (result["exit"], registers(result)) == (0, [("attendance", "原始记录", 6, 0)])
    assert charged(store) == []


def test_the_daily_lines_hold_over_the_punches(store: Site) -> None:
    daily = [
        [*person(number), f"26-10-{day} 星期一", "A 09:00-18:00", "08:52", "正常", "18:05", "正常"]
        for day in (12, 13, 14)
        for number in ("K001", "K002")
    ]
    more = {"K001": KEPT, "K002": KEPT, "K003": KEPT}
    punches = [*TITLES, PUNCHES, *single_punches(more)]
    sheets = {"原始记录": punches, "每日统计": [*TITLES, DAILY, *daily]}
    write(store.folder / "inbox", "考勤报表.xlsx", sheets)
    result = store.once("2026-11-02")
    assert (result["exit"], sorted(registers(result))) == (
        0,
        [("attendance", "原始记录", 3, 0), ("attendance", "每日统计", 6, 0)],
    )
    assert charged(store) == []


def test_punches_that_clear_a_late_day_make_it_an_issue(store: Site) -> None:
    daily = [[*person("K001"), "26-10-12 星期一", "A 09:00-18:00", "09:40", "迟到", "18:05", "正常"]]
    daily += [[*person("K002"), "26-10-12 星期一", "A 09:00-18:00", "09:40", "迟到", "18:05", "正常"]]
    punches = single_punches({"K001": KEPT, "K002": [("09:00", "09:40"), ("18:00", "18:05")]}, [12])
    sheets = {"每日统计": [*TITLES, DAILY, *daily], "原始记录": [*TITLES, PUNCHES, *punches]}
    write(store.folder / "inbox", "考勤报表.xlsx", sheets)
    result = store.once("2026-11-02")
    assert (result["exit"], registers(result)) == (1, [("attendance", "每日统计", 2, 1)])
    assert [line[:2] for line in charged(store) if line[2]] == [("2026-10-12", "K002")]


EXCUSES = ["外出", "出差", "外勤", "请假", "年假", "调休", "未排班", "休息", "管理员王芳改为正常", "补卡审批通过", None]
WORKDAYS = [12, 13, 14, 15, 16, 19, 20, 21, 22, 23, 26]


def dated(day: int) -> str:
    """A day of October as an export writes it."""
    return f"26-10-{day} 星期{WEEKDAYS[(day - 1) % 7]}"


def test_a_missing_punch_with_another_meaning_costs_nothing(store: Site) -> None:
    rows = []
    for day, word in zip(WORKDAYS, EXCUSES, strict=True):
        rows += [
            [*person("K001"), dated(day), "A 09:00-18:00", None, word, None, word],
            [*person("K002"), dated(day), "A 09:00-18:00", "08:50", "正常", None, word],
            [*person("K003"), dated(day), "A 09:00-18:00", None, word, "18:20", "正常"],
        ]
    write(store.folder / "inbox", "考勤.xlsx", {"每日统计": [*TITLES, DAILY, *rows]})
    result = store.once("2026-11-02")
    assert (result["exit"], registers(result), store.lines()) == (0, [("attendance", "每日统计", 33, 0)], [])


def test_an_unknown_result_is_told_of_and_never_fined(store: Site) -> None:
    rows = [
        [*person("K001"), "26-10-12 星期一", "A 09:00-18:00", None, "飞行模式", None, "缺卡"],
        [*person("K002"), "26-10-12 星期一", "A 09:00-18:00", None, "缺卡", "18:05", "正常"],
    ]
    write(store.folder / "inbox", "考勤.xlsx", {"每日统计": [*TITLES, DAILY, *rows]})
    result = store.once("2026-11-02")
    assert (result["exit"], registers(result)) == (1, [("attendance", "每日统计", 2, 1)])
    assert [line for line in charged(store) if line[2]] == [("2026-10-12", "K002", "-C1")]


DAY_HEADS = {
    "钉钉": [
        "国庆节" if day <= 7 else WEEKDAYS[(day - 1) % 7] if WEEKDAYS[(day - 1) % 7] in "六日" else str(day)
        for day in range(1, 32)
    ],
    "数字": list(range(1, 32)),
    "企业微信": [f"{day}\n星期{WEEKDAYS[(day - 1) % 7]}" for day in range(1, 32)],
    "日期": [f"10-{day:02}" for day in range(1, 32)],
}


def test_packed_days_whatever_their_headers(store: Site) -> None:
    titles = [
        "打卡时间表 统计日期：2026-10-01 至 2026-10-31",
        "统计时间:10-01 ～ 10-31  制表时间:2026-11-01 09:00:00",
    ]
    cells = ["--" if WEEKDAYS[(day - 1) % 7] in "日" else "08:52;18:05" for day in range(1, 32)]
    sheets = {}
    for place, (title, heads) in enumerate(product(titles, DAY_HEADS.values())):
        header = ["姓名", "考勤组", "部门", "工号", *heads]
        sheets[f"打卡时间{place}"] = [[title], header, [f"店员{place}", "门店组", "卖场", f"P00{place}", *cells]]
    employ(store, "店员.xlsx", {f"P00{place}": f"店员{place}" for place in range(len(sheets))})
    write(store.folder / "inbox", "考勤.xlsx", sheets)
    result = store.once("2026-11-02")
    assert (result["exit"], charged(store)) == (0, [])
    assert registers(result) == [("attendance", sheet, 27, 0) for sheet in sheets]


def test_day_columns_that_contradict_the_title_are_refused(store: Site) -> None:
    heads = DAY_HEADS["企业微信"]
    rows = [
        ["统计日期：2026-09-01 至 2026-09-30"],
        ["姓名", "考勤组", "工号", *heads],
        ["员工甲", "组", "K001", *["08:52;18:05"] * 31],
    ]
    write(store.folder / "inbox", "考勤.xlsx", {"打卡时间": rows})
    result = store.once("2026-11-02")
    assert result["exit"] == 1 and result["workbooks"][0]["status"] == "rejected"
    assert "对不上" in result["workbooks"][0]["reason"]


def test_a_summary_without_days_says_what_to_export(store: Site) -> None:
    rows = [
        ["月度汇总 统计日期：2026-10-01 至 2026-10-31"],
        [*WHO, "出勤天数", "迟到次数", "旷工天数"],
        [*person("K001"), 22, 3, 1],
    ]
    write(store.folder / "inbox", "考勤.xlsx", {"月度汇总": rows})
    result = store.once("2026-11-02")
    assert result["exit"] == 1 and "每日统计" in result["workbooks"][0]["reason"]


def test_a_month_of_results_without_punches_charges_no_missing_one(store: Site) -> None:
    cells = ["休息" if WEEKDAYS[(day - 1) % 7] in "六日" else "正常" for day in range(1, 32)]
    cells[11], cells[12], cells[13], cells[14] = (
        "上班迟到12分钟",
        "下班缺卡",
        "外出10-14 09:00到10-14 18:00",
        "事假10-15 09:00到10-15 18:00 8小时",
    )
    rows = [
        ["月度汇总 统计日期：2026-10-01 至 2026-10-31"],
        [*WHO, "出勤天数", *range(1, 32)],
        [*person("K001"), 22, *cells],
    ]
    write(store.folder / "inbox", "考勤.xlsx", {"月度汇总": rows})
    result = store.once("2026-11-02")
    assert (result["exit"], registers(result)) == (1, [("attendance", "月度汇总", 31, 1)])
    assert [line for line in charged(store) if line[2]] == [("2026-10-12", "K001", "-C1")]


CLOCKS = {
    "考勤号码": (
        ["部门", "姓名", "考勤号码", "日期时间", "机器号", "比对方式"],
        lambda n, d, t: ["卖场", PUNCHING[n], n, f"2026-10-{d} {t}", 1, "指纹"],
    ),
    "登记号码": (
        ["部门", "姓名", "登记号码", "日期时间", "机器号"],
        lambda n, d, t: ["卖场", PUNCHING[n], "9", f"2026-10-{d} {_half(t)}", 1],
    ),
    "两列": (
        ["工号", "姓名", "刷卡日期", "刷卡时间", "设备名称"],
        lambda n, d, t: [n, PUNCHING[n], f"2026-10-{d}", t, "大门"],
    ),
    "无名": (["考勤号码", "日期", "刷卡时间"], lambda n, d, t: [n, f"2026/10/{d}", t]),
}


def _half(time: str) -> str:
    return f"上午 {time}" if time < "12" else f"下午 {int(time[:2]) - 12:02}{time[2:]}"


PUNCHING = {f"P{place}{one}": f"店员{place}{one}" for place in "1234" for one in "甲乙"}


def test_punch_clocks_with_one_row_a_punch(store: Site) -> None:
    times = {12: ("08:52", "18:05"), 13: ("08:52", "12:01", "18:05"), 14: ("08:52",)}
    employ(store, "店员.xlsx", PUNCHING)
    for place, (head, line) in zip("1234", CLOCKS.values(), strict=True):
        staff = (f"P{place}甲", f"P{place}乙")
        rows = [line(number, day, time) for day in times for number in staff for time in times[day]]
        write(store.folder / "inbox", f"打卡机{place}.xlsx", {f"Sheet{place}": [["考勤原始数据"], head, *rows]})
    result = store.once("2026-11-02")
    assert (result["exit"], charged(store)) == (0, [])
    assert registers(result) == [("attendance", f"Sheet{place}", 6, 0) for place in "1234"]


REGISTER = ["日期", "工号", "姓名", "班次", "应到时间", "应退时间", "上班打卡", "下班打卡", "状态"]


def test_a_register_of_january_begins_in_december(store: Site) -> None:
    days = ("12月29日", "12.30", "12/31", "1月5日")
    rows = [[day, "K001", "员工甲", "A", "09:00", "18:00", "09:40", "18:05", "迟到"] for day in days]
    write(store.folder / "inbox", "1月考勤.xlsx", {"考勤": [["2026年1月考勤登记表"], REGISTER, *rows]})
    assert store.once("2026-02-02")["exit"] == 0
    late = [day for day, _, points in charged(store) if points]
    assert late == ["2025-12-29", "2025-12-30", "2025-12-31", "2026-01-05"]


def test_a_day_that_cannot_be_meant_is_told_of_and_not_judged(store: Site) -> None:
    days = ["2026-12-29", "9999-12-31", "1900-01-01", "12月29日", "11.1", "#N/A"]
    late = ["K001", "员工甲", "A", "09:00", "18:00", "09:40", "18:05", "迟到"]
    for place, day in enumerate(days):
        write(store.folder / "inbox", f"考勤{place}.xlsx", {f"考勤{place}": [REGISTER, [day, *late]]})
    result = store.once("2026-02-02")
    assert (result["exit"], charged(store)) == (1, [])
    assert registers(result) == [("attendance", f"考勤{place}", 1, 1) for place in range(len(days))]


def test_a_register_without_a_schedule_or_without_punches_accuses_nobody(store: Site) -> None:
    plain = [["2026-10-12", "K001", "09:40", None], ["2026-10-13", "K001", None, None]]
    without_punches = [["2026-10-12", "K002", "09:00", "18:00"]]
    sheets = {
        "无班次": [["日期", "工号", "上班打卡", "下班打卡"], *plain],
        "无打卡": [["日期", "工号", "应到时间", "应退时间"], *without_punches],
    }
    write(store.folder / "inbox", "考勤.xlsx", sheets)
    assert store.once("2026-11-02")["exit"] == 0
    assert charged(store) == []


CASHIER = [
    "日期",
    "工号",
    "笔数",
    "来客数",
    "系统金额",
    "现金",
    "微信",
    "实收金额",
    "多打次数",
    "漏打次数",
    "未消磁次数",
]


@pytest.mark.parametrize("to_calculate", [True, False])
def test_formulas_stored_as_0(tmp_path: Path, to_calculate: bool) -> None:
    """A 0 of a workbook that asks to be calculated was never calculated; elsewhere a calculated 0 stays 0."""
    site = make_site(tmp_path, {"城东店": ["department_store"]}, points={"A": 100, "B": 50, "C": 20})
    staff = ["K001", "员工甲", "城东店", "收银部", "收银员", None, None, "2020-01-01", "2020-04-01", None, 6000, 200]
    write(site.folder / "inbox", "花名册.xlsx", {"花名册": [ROSTER_HEAD, staff]})
    path = site.folder / "inbox" / "收银.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("收银")
    sheet.write_row(0, 0, CASHIER)
    sheet.write_row(1, 0, ["2026-10-12", "K001", 100, 100, 5000 if to_calculate else 0, 0, 0])
    sheet.write_formula(1, 7, "=F2+G2")
    sheet.write_row(1, 8, [0, 0, 0])
    book.close()
    if not to_calculate:
        without_request(path)
    result = site.once("2026-11-02")
    assert (result["exit"], registers(result)) == (
        (1, [("cashier", "收银", 1, 1)]) if to_calculate else (0, [("cashier", "收银", 1, 0)])
    )
    assert [line for line in site.lines() if line["clause"] == "DS-C10"] == []


def without_request(path: Path) -> None:
    """The workbook without its request to be calculated on opening, as a program leaves it that has done so."""
    parts = zipfile.ZipFile(path)
    data = {name: parts.read(name) for name in parts.namelist()}
    with zipfile.ZipFile(path, "w") as package:
        for name, part in data.items():
            package.writestr(name, part.replace(b' fullCalcOnLoad="1"', b""))


def test_a_whole_export_of_an_ordinary_month_charges_nobody(store: Site) -> None:
    """All four sheets of one export, with rest days, leave, work outside, a make-up punch and an empty evening."""
    heads, daily, punches, packed, monthly = DAY_HEADS["钉钉"], [], [], [], []
    for number in ("K001", "K002", "K003"):
        row_packed, row_monthly = [], []
        for day in range(1, 32):
            weekday = WEEKDAYS[(day - 1) % 7]
            rest = weekday in "六日" or day <= 7
            word = {12: "外出", 13: "年假", 14: "出差"}.get(day, "正常")
            clocks = ("08:52", "18:05") if not rest and word == "正常" else (None, None)
            shift = "休息" if rest else "A 09:00-18:00"
            result = None if rest else word
            daily.append(
                [*person(number), f"26-10-{day:02} 星期{weekday}", shift, clocks[0], result, clocks[1], result]
            )
            if clocks[0]:
                punches += single_punches({number: KEPT}, [day])
            row_packed.append("08:52  \n18:05  " if clocks[0] else None)
            row_monthly.append("休息" if rest else word)
        packed.append([*person(number)[:4], *row_packed])
        monthly.append([*person(number), 20, 0, *row_monthly])
    sheets = {
        "月度汇总": [["月度汇总 统计日期：2026-10-01 至 2026-10-31"], [*WHO, "出勤天数", "迟到次数", *heads], *monthly],
        "每日统计": [*TITLES, DAILY, *daily],
        "打卡时间": [["打卡时间表 统计日期：2026-10-01 至 2026-10-31"], [*WHO[:4], *heads], *packed],
        "原始记录": [*TITLES, PUNCHES, *punches],
    }
    write(store.folder / "inbox", "考勤报表.xlsx", sheets)
    result = store.once("2026-11-02")
    assert (result["exit"], registers(result), store.lines()) == (0, [("attendance", "每日统计", 93, 0)], [])


def test_exports_of_several_workbooks_tell_each_day_once(store: Site) -> None:
    daily = [
        [*person("K001"), f"26-10-{day} 星期一", "A 09:00-18:00", "08:52", "正常", "18:05", "正常"] for day in (12, 13)
    ]
    write(store.folder / "inbox", "日报.xlsx", {"每日统计": [*TITLES, DAILY, *daily]})
    punches = [*TITLES, PUNCHES, *single_punches({"K001": KEPT, "K002": KEPT}, [12, 13])]
    write(store.folder / "inbox", "打卡记录.xlsx", {"原始记录": punches})
    result = store.once("2026-11-02")
    assert (result["exit"], sorted(registers(result)), charged(store)) == (
        0,
        [("attendance", "原始记录", 2, 0), ("attendance", "每日统计", 2, 0)],
        [],
    )


def test_columns_that_a_sheet_has_not_prove_nothing(tmp_path: Path) -> None:
    """A form without its 性别, 生日 … is incomplete where the cells are empty, not where nobody asked for them."""
    site = make_site(tmp_path, {"城东店": ["salon"]}, points={"A": 100, "B": 50, "C": 20})
    staff = ["K001", "员工甲", "城东店", "门店", "门店经理", None, None, "2020-01-01", "2020-04-01", None, 6000, 200]
    write(site.folder / "inbox", "花名册.xlsx", {"花名册": [ROSTER_HEAD, staff]})
    head = ["申请单号", "申请日期", "门店", "卡类型", "会员本人签名", "门店填写情况", "单据状态", "门店负责人工号"]
    row = ["F1", "2026-09-10", "城东店", "金卡", "是", "完整", "完好", "K001"]
    write(site.folder / "inbox", "会员.xlsx", {"会员卡申请登记表": [head, row]})
    assert site.once("2026-10-31")["exit"] == 0
    assert charged(site) == []


def test_no_cell_is_missing_in_a_column_that_no_sheet_has(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["gps_service"]})
    staff = ["K001", "员工甲", "城东店", "客服部", "客服", None, None, "2020-01-01", "2020-04-01", None, 6000, 200]
    write(site.folder / "inbox", "花名册.xlsx", {"花名册": [ROSTER_HEAD, staff]})
    head = ["服务单号", "类型", "受理时间", "受理人工号", "客户姓名", "联系电话"]
    rows = [
        [number, "维修", "2026-10-05 09:00", "K001", who, "13900000001"] for number, who in (("G1", "甲"), ("G2", None))
    ]
    write(site.folder / "inbox", "工单.xlsx", {"工单": [head, *rows]})
    assert site.once("2026-10-31")["exit"] == 0
    (missing,) = (line for line in site.lines() if line["clause"] == "GP-2")
    assert missing["subject"] == "G2" and "地址" not in missing["text"]


def test_punches_of_a_later_batch_take_nothing_from_a_fuller_day(store: Site) -> None:
    daily = [
        [*person(number), "26-10-12 星期一", "A 09:00-18:00", "09:40", "迟到", "18:05", "正常"]
        for number in ("K001", "K002")
    ]
    write(store.folder / "inbox", "每日统计.xlsx", {"每日统计": [*TITLES, DAILY, *daily]})
    store.once("2026-11-02")
    before = charged(store)
    head = ["工号", "姓名", "打卡时间", "打卡地点"]
    at = {"K001": ("09:40", "18:05"), "K002": ("08:52", "18:05"), "K003": ("08:52", "18:05")}
    rows = [[number, STAFF[number], f"2026-10-12 {time}", "门口"] for number, times in at.items() for time in times]
    write(store.folder / "inbox", "打卡流水.xlsx", {"原始记录": [head, *rows]})
    result = store.once("2026-11-03")
    assert (result["exit"], registers(result)) == (1, [("attendance", "原始记录", 2, 1)])
    assert charged(store) == before


def test_a_fuller_day_of_a_later_batch_takes_the_place_of_its_punches(store: Site) -> None:
    head = ["工号", "姓名", "打卡时间", "打卡地点"]
    rows = [["K001", "员工甲", f"2026-10-12 {time}", "门口"] for time in ("09:40", "18:05")]
    write(store.folder / "inbox", "打卡流水.xlsx", {"原始记录": [head, *rows]})
    store.once("2026-11-02")
    daily = [[*person("K001"), "26-10-12 星期一", "A 09:00-18:00", "09:40", "迟到", "18:05", "正常"]]
    write(store.folder / "inbox", "每日统计.xlsx", {"每日统计": [*TITLES, DAILY, *daily]})
    assert store.once("2026-11-03")["exit"] == 0
    assert [line for line in charged(store) if line[2]] == [("2026-10-12", "K001", "-C1")]


def test_days_that_are_only_planned_yet_are_no_rows_and_are_judged_once_filled(store: Site) -> None:
    """The register of a week stands filled with the schedule; today and what is to come has no punch."""
    head = ["日期", "工号", "姓名", "班次", "应到时间", "应退时间", "上班打卡", "下班打卡", "状态"]
    past = ["2026-11-01", "K001", "员工甲", "A", "09:00", "18:00", "08:50", "18:02", "正常"]
    plans = [[f"2026-11-0{day}", "K001", "员工甲", "A", "09:00", "18:00", None, None, None] for day in range(2, 8)]
    write(store.folder / "inbox", "考勤.xlsx", {"考勤": [head, past, *plans]})
    result = store.once("2026-11-02")
    assert (result["exit"], registers(result), charged(store)) == (0, [("attendance", "考勤", 1, 0)], [])
    plans[0][6:] = ["09:40", "18:05", "迟到"]
    write(store.folder / "inbox", "考勤.xlsx", {"考勤": [head, past, *plans]})
    result = store.once("2026-11-04")
    assert (result["exit"], registers(result)) == (0, [("attendance", "考勤", 3, 0)])
    assert {line[:2] for line in charged(store) if line[2]} == {("2026-11-02", "K001"), ("2026-11-03", "K001")}


def test_a_day_to_come_that_tells_something_is_told_of(store: Site) -> None:
    head = ["日期", "工号", "姓名", "班次", "应到时间", "应退时间", "上班打卡", "下班打卡", "状态"]
    row = ["2026-11-20", "K001", "员工甲", "A", "09:00", "18:00", None, None, "旷工"]
    write(store.folder / "inbox", "考勤.xlsx", {"考勤": [head, row]})
    result = store.once("2026-11-02")
    assert (result["exit"], registers(result), charged(store)) == (1, [("attendance", "考勤", 1, 1)], [])


def test_a_report_of_blocks_comes_back_and_may_be_dropped_again(store: Site) -> None:
    days = {12: "08:52 18:05", 13: "怪"}
    who = ["工号：", None, "K001", "姓名：", None, "员工甲", "部门：", "卖场"]
    rows = [["考 勤 记 录 表"], ["考勤日期：2026-10-01～2026-10-31"], [*range(1, 32)], who]
    rows.append([days.get(day) for day in range(1, 32)])
    write(store.folder / "inbox", "刷卡记录.xlsx", {"刷卡记录": rows})
    result = store.once("2026-11-02")
    assert (result["exit"], registers(result)) == (1, [("attendance", "刷卡记录", 2, 1)])
    annotated = store.folder / "outbox" / "annotated" / "刷卡记录.xlsx"
    (store.folder / "inbox" / "刷卡记录.xlsx").write_bytes(annotated.read_bytes())
    again = store.once("2026-11-02")
    assert (again["exit"], registers(again)) == (1, [("attendance", "刷卡记录", 2, 1)])
    assert [book["registers"][0]["unchanged"] for book in again["workbooks"]] == [1]


def test_transfers_in_progress_are_left_alone_however_long_they_stand_still(store: Site) -> None:
    names = ["考勤1.xlsx.filepart", "考勤2.xlsx.part", "考勤3.xlsx.baiduyun.p.downloading", "考勤4.xlsx.xltd", "考勤5.xlsx.!qB",
             "考勤6.xlsx.opdownload", "考勤7.xlsx.aria2", "6B29FC40", "~$考勤.xlsx", "考勤8.xlsx.crdownload"]  # fmt: skip
    inbox = store.folder / "inbox"
    half = (inbox / "花名册.xlsx").read_bytes()[:2000]
    for name in names:
        (inbox / name).write_bytes(half)
        os.utime(inbox / name, (time.time() - 90_000,) * 2)
    result = store.once("2026-11-02")
    assert (result["exit"], [book["file"] for book in result["workbooks"]]) == (0, ["花名册.xlsx"])
    assert sorted(path.name for path in inbox.iterdir()) == sorted(names)
    assert all((inbox / name).read_bytes() == half for name in names)


@pytest.mark.parametrize("asked", [False, True])
def test_an_enquiry_sheet_without_slip_numbers_voids_no_commission(tmp_path: Path, asked: bool) -> None:
    site = make_site(tmp_path, {"城西店": ["renovation"]})
    staff = ["S1", "业务甲", "城西店", "市场部", "业务员", None, None, "2020-01-01", "2020-04-01", None, 4000, 200]
    enquiry = ["Q1", "2026-10-12", "甲", "13900000001", "甲路1号", 100, 35000, "市场部"]
    head = [
        "咨询编号",
        "咨询日期",
        "客户姓名",
        "联系电话",
        "装修地址",
        "房屋面积",
        "预算金额",
        "来源渠道",
        *(["传递单号"] if asked else []),
    ]
    contract = ["HT1", "Q1", "2026-10-20", 80000, "S1"]
    sheets = {
        "花名册": [ROSTER_HEAD, staff],
        "咨询": [head, [*enquiry, *([None] if asked else [])]],
        "合同": [["合同编号", "咨询编号", "签订日期", "合同金额", "签单人工号"], contract],
    }
    write(site.folder / "inbox", "登记表.xlsx", sheets)
    site.once("2026-10-31")
    assert bool([line for line in site.lines() if line["clause"] == "REN-S1"]) is asked


def test_small_letters_a_doors_list_and_totals_in_any_word(store: Site) -> None:
    head = ["登记编号", "日期", "工号", "姓名", "条款编号", "情节", "数量", "点数", "金额", "说明", "登记人工号"]
    row = ["J1", "2026-10-09", "k001", None, "ds—f9", "轻微", 1, None, None, "玩闹", "m001"]
    feet = [["人 均", *[None] * 5, 0.5], ["本月合计：", *[None] * 5, 1], ["K001 汇总", *[None] * 5, 1]]
    write(store.folder / "inbox", "奖惩.xlsx", {"奖惩": [head, row, *feet]})
    door = [["人员姓名", "人员编号", "事件时间", "门禁点", "进/出"]]
    door += [
        ["员工乙", "K002", f"2026-10-12 {time}", "大门", way] for time, way in (("08:50:11", "进"), ("18:20:11", "出"))
    ]
    write(store.folder / "inbox", "门禁.xlsx", {"事件": [*door, ["本月 合计", 2], ["人均", 2]]})
    result = store.once("2026-11-02")
    assert (result["exit"], registers(result)) == (
        0,
        [("discipline", "奖惩", 1, 0), ("attendance", "事件", 1, 0)],
    )
    assert [line[:2] for line in charged(store)] == [("2026-10-09", "K001")]


def test_a_row_below_the_header_that_says_it_again_is_no_row(store: Site) -> None:
    head = ["登记编号", "日期", "工号", "姓名", "条款编号", "情节", "数量", "点数", "金额", "说明", "登记人工号"]
    again = {
        "J1": ["", "(年月日)", "", "", "", "", "（次）", "", "(元)"],
        "J2": ["no", "date", "emp_no", "name", "clause", "grade", "qty"],
    }
    row = ["2026-10-09", "K001", None, "DS-F9", "轻微", 1, None, None, "玩闹", "M001"]
    write(
        store.folder / "inbox", "奖惩.xlsx", {number: [head, below, [number, *row]] for number, below in again.items()}
    )
    result = store.once("2026-11-02")
    assert (result["exit"], registers(result)) == (0, [("discipline", number, 1, 0) for number in again])


def test_who_came_the_evening_before_a_shift_of_the_small_hours_was_in_time(store: Site) -> None:
    head = ["日期", "工号", "应到时间", "应退时间", "上班打卡", "下班打卡"]
    rows = [
        ["2026-10-12", "K001", "0:00", "8:00", "23:55", "8:01"],
        ["2026-10-13", "K001", "0:00", "8:00", "0:05", "8:01"],
        ["2026-10-12", "K002", "5:00", "21:00", "18:30", "21:05"],
    ]
    write(store.folder / "inbox", "考勤.xlsx", {"考勤": [head, *rows]})
    assert store.once("2026-11-02")["exit"] == 0
    assert [line[:2] for line in charged(store)] == [("2026-10-12", "K002"), ("2026-10-13", "K001")]


APPROVED = [
    ("迟到", "事假10-{day} 上午到10-{day} 上午 0.5天", False),
    ("迟到", "外出10-{day} 09:00到10-{day} 10:30", False),
    ("迟到", "外出10-{day} 09:00到10-{day} 09:30", True),
    ("迟到", "外出10-{day} 13:00到10-{day} 15:00", True),
    ("迟到", "加班10-{day} 18:00到10-{day} 20:00", True),
    ("缺卡", "补卡申请10-{day} 09:00", False),
    ("缺卡", "加班10-{day} 18:00到10-{day} 20:00", True),
]


def test_what_was_approved_leaves_a_late_day_open(store: Site) -> None:
    """Of each row it is either said that it is open, or it is charged."""
    rows = []
    for day, (result, approved, _) in zip(WORKDAYS, APPROVED, strict=False):
        came = None if result == "缺卡" else "10:02"
        told = [dated(day), "A 09:00-18:00", came, result, "18:05", "正常", approved.format(day=day)]
        rows.append([*person("K001"), *told])
    write(store.folder / "inbox", "考勤.xlsx", {"每日统计": [*TITLES, [*DAILY, "关联的审批单"], *rows]})
    report = store.once("2026-11-02")
    late = [f"2026-10-{day}" for day, (_, _, counts) in zip(WORKDAYS, APPROVED, strict=False) if counts]
    assert (report["exit"], registers(report)) == (1, [("attendance", "每日统计", 7, 7 - len(late))])
    assert sorted({day for day, _, points in charged(store) if points}) == late


FOUND = ["登记编号", "日期", "工号", "条款编号", "数量", "金额", "登记人工号"]


def test_a_months_sheet_takes_its_year_from_the_workbooks_name(store: Site) -> None:
    """Not from an old name; a remark and a total between rows are no rows."""
    september = [FOUND, ["J1", "9月5日", "K001", "DS-F9", 1, None, "M001"]]
    october = [
        FOUND, ["J2", "5日", "K002", "DS-F9", 1, None, "M001"], ["说明：以上均已本人确认"],
        ["J3", "10.06", "K003", "DS-F9", 1, None, "M001"], ["总金额", None, None, None, None, 20],
    ]  # fmt: skip
    write(store.folder / "inbox", "2026年奖惩.xlsx", {"9月": september, "十月份": october})
    write(
        store.folder / "inbox", "2024年奖惩.xlsx", {"9月": [FOUND, ["J9", "9月5日", "K001", "DS-F9", 1, None, "M001"]]}
    )
    result = store.once("2026-11-02")
    read = {(book["file"], part["sheet"]): part["new"] for book in result["workbooks"] for part in book["registers"]}
    assert read == {
        ("花名册.xlsx", "花名册"): 4, ("2026年奖惩.xlsx", "9月"): 1, ("2026年奖惩.xlsx", "十月份"): 2, ("2024年奖惩.xlsx", "9月"): 0,
    }  # fmt: skip
    assert [line[:2] for line in charged(store)] == [
        ("2026-09-05", "K001"),
        ("2026-10-05", "K002"),
        ("2026-10-06", "K003"),
    ]


def test_a_day_below_another_months_title_is_never_one_of_the_first_month(store: Site) -> None:
    """Nor of the first title's year; a row of an example, or one taken back, is nobody's."""
    months = [[["九月份"], FOUND, ["J1", "3日", "K001", "DS-F9", 1, None, "M001"], [None]],
              [["十月份"], FOUND, ["J2", "3日", "K001", "DS-F9", 1, None, "M001"]]]  # fmt: skip
    years = [[["2025年9月"], FOUND, ["J3", "9月3日", "K002", "DS-F9", 1, None, "M001"], [None]],
             [["2026年9月"], FOUND, ["J4", "9月4日", "K002", "DS-F9", 1, None, "M001"]]]  # fmt: skip
    void = [
        [number, "2026-10-09", "K003", "DS-F9", 1, None, "M001"] for number in ("例：J5", "J6（作废）", "示例7", "J8")
    ]
    write(store.folder / "inbox", "2026年奖惩.xlsx", {"奖惩": [*months[0], *months[1]]})
    write(store.folder / "inbox", "两年.xlsx", {"奖惩": [*years[0], *years[1]]})
    write(store.folder / "inbox", "十月.xlsx", {"奖惩": [FOUND, *void]})
    assert store.once("2026-11-02")["exit"] == 1
    assert [line[:2] for line in charged(store)] == [("2026-10-09", "K003")]


def test_what_is_crossed_out_is_told_of_once_a_row_and_never_counts(store: Site) -> None:
    book = Workbook()
    sheet = book.active
    for row in (FOUND, ["J1", "2026-10-09", "K001", "DS-F9", 1, None, "M001"],
                ["J2", "2026-10-09", "K002", "DS-F9", 2, None, "M001"], ["J3", "2026-10-09", "K003", "DS-F9", 1, None, "M001"]):  # fmt: skip
        sheet.append(row)
    for cell in (*sheet[2], sheet["E3"]):
        cell.font = Font(strike=True)
    book.save(store.folder / "inbox" / "奖惩.xlsx")
    result = store.once("2026-11-02")
    (part,) = (part for book in result["workbooks"] for part in book["registers"] if part["register"] == "discipline")
    assert (result["exit"], part["new"], part["issues"]) == (1, 2, 3)  # the row, the number, the columns there are not
    assert [line[:2] for line in charged(store)] == [("2026-10-09", "K003")]
