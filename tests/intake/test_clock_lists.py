"""What punch clocks print and write to memory sticks: cards side by side, and lists of punches without a header.

Compared with public programs that read them: cards of 15 columns, the name in the tenth, days from the twelfth row on, the
span in the second; `attlog.dat` with number, moment and codes between tabs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sitework import Site, make_site

from processor.intake import Reading, WorkbookRejected

from .test_real_inputs import ROSTER_HEAD, registers, write

Read = Callable[..., Reading]
Save = Callable[..., Path]
Days = Mapping[int, Mapping[int, Any]]
WEEKDAYS = "四五六日一二三"  # 2026-10-01 is a Thursday
SPAN = "2026-10-01 ~ 2026-10-31"
LOG = [
    "{0}2026-10-12 08:52:31{1}",
    "{0}2026-10-12 12:01:07{1}",
    "{0}2026-10-12 18:05:00{1}",
    "{0}2026-10-13 08:59:59{1}",
]


def card_sheet(*people: tuple[Any, str, Days], span: str = SPAN) -> list[list[Any]]:
    grid: list[list[Any]] = [[None] * 15 * max(len(people), 3) for _ in range(42)]
    grid[0][0], grid[1][0], grid[1][3] = "考 勤 卡 表", "考勤日期", span
    for nth, (number, name, days) in enumerate(people):
        left = nth * 15
        for row, at, text in ((2, 0, "部门"), (2, 1, "卖场"), (2, 8, "姓名"), (2, 9, name), (3, 8, "工号"), (3, 9, number),
                              (4, 0, "旷工(天)"), (4, 5, "加班(小时)"), (5, 0, 0), (5, 5, "2:30"), (9, 0, "日 星期"),
                              (9, 1, "上午"), (9, 6, "下午"), (9, 10, "加班"), (10, 1, "上班"), (10, 3, "下班"),
                              (10, 13, "加班时长")):  # fmt: skip
            grid[row][left + at] = text
        for day in range(1, 32):
            row = grid[10 + day]
            row[left] = f"{day:02} {WEEKDAYS[(day - 1) % 7]}"
            for at, punch in days.get(day, {}).items():
                row[left + at] = punch
    return grid


TWO = [
    (12, "张三", {12: {1: "08:52", 3: "12:00", 6: "13:00", 8: "18:05", 13: "0:30"}, 13: {1: "09:40"}, 14: {1: "旷工"}}),
    ("K001", "员工甲", {12: {1: "08:50", 8: "18:00"}, 15: {1: "外星"}}),
]


def told(reading: Reading) -> dict[str, list[tuple[Any, ...]]]:
    """Sheet -> (day, number, came, left, state) of its rows, in minutes."""
    found = {}
    for sheet in reading.sheets:
        frame = sheet.frame
        times = ([None if t != t else int(t.total_seconds()) // 60 for t in frame[h]] for h in ("上班打卡", "下班打卡"))
        days = frame["日期"].dt.strftime("%m-%d")
        states = [None if state != state else state for state in frame["状态"].astype("object")]
        found[sheet.sheet] = list(zip(days, frame["工号"], *times, states, strict=True))
    return found


def test_cards_side_by_side(save: Save, read: Read) -> None:
    reading = read(save({"12,K001": card_sheet(*TWO)}))
    assert told(reading) == {
        "12,K001": [
            ("10-12", "12", 532, 1085, None),
            ("10-13", "12", None, None, None),
            ("10-14", "12", None, None, "旷工"),
            ("10-12", "K001", 530, 1080, None),
        ]
    }
    (issue,) = reading.sheets[0].issues
    assert (issue.cell, issue.found) == ("Q26", "外星")


@pytest.mark.parametrize("span", ["", "2026-09-01 ~ 2026-09-30"])
def test_cards_of_no_month_or_of_another_are_refused(save: Save, read: Read, span: str) -> None:
    with pytest.raises(WorkbookRejected, match="考勤卡"):
        read(save({"12,K001": card_sheet(*TWO, span=span)}))


@pytest.mark.parametrize("head", [("刷卡日期", "姓名", "刷卡时间", "设备名称"), ("日期", "工号", "姓名", "打卡时间")])
def test_a_list_whose_days_name_their_weekday_is_no_card(save: Save, read: Read, head: tuple[str, ...]) -> None:
    """`26-10-12 星期一` in each line, as DingTalk writes days; the name stands right of it, below a header."""
    days = range(12, 20)
    cells = {"姓名": "张三", "工号": "K001", "设备名称": "一号机", "刷卡时间": "08:52", "打卡时间": "08:52"}
    rows = [[cells.get(header, f"26-10-{day} 星期{WEEKDAYS[(day - 1) % 7]}") for header in head] for day in days]
    (sheet,) = read(save({"2026年10月": [list(head), *rows]})).sheets
    assert [day.day for day in sheet.frame["日期"]] == list(days)
    assert set(sheet.frame["姓名"]) == {"张三"} and not sheet.issues


def test_a_whole_report_of_a_clock_tells_each_day_once(save: Save, read: Read) -> None:
    """The plan of shifts is no punch, sums are left aside, and the sheets that tell the same day are no rivals."""
    days = [*range(1, 32)]
    weekdays = [WEEKDAYS[(day - 1) % 7] for day in days]
    records = [None] * 11 + ["08:52\n12:00\n13:00\n18:05", "09:40"]
    sheets = {
        "排班信息": [["排班信息表"], ["排班日期", SPAN], ["工号", "姓名", "部门", *days], [None] * 3 + weekdays, [12, "张三", "卖场"] + [1] * 31],
        "汇总表": [["考勤汇总表"], ["统计日期", SPAN], ["工号", "姓名", "部门", "工作时数", None, "迟到", None, "早退", None],
                [None] * 3 + ["标准", "实际"] + ["次数", "分数"] * 2, [12, "张三", "卖场", 176, 170, 1, 40, 0, 0]],
        "刷卡记录": [["刷卡记录表"], ["考勤日期", SPAN], days, ["工号:", None, "12", None, "姓名:", None, "张三"], records],
        "异常统计": [["异常统计表"], ["统计日期", SPAN], ["工号", "姓名", "部门", "日期", "时间段一", None, "时间段二", None, "迟到时间\n(分钟)"],
                 [None] * 4 + ["上班", "下班"] * 2, [12, "张三", "卖场", "2026-10-13", "09:40", None, None, None, 40]],
        "12": card_sheet(TWO[0]),
    }  # fmt: skip
    reading = read(save(sheets))
    days_told = [day[:2] for rows in told(reading).values() for day in rows]
    assert sorted(days_told) == [("10-12", "12"), ("10-13", "12"), ("10-14", "12")]
    assert [issue for sheet in reading.sheets for issue in sheet.issues] == [] and not reading.asked
    assert {"排班信息", "汇总表"} <= set(reading.ignored_sheets)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("1_attlog.dat", [line.format("       12\t", "\t1\t0\t1\t0") for line in LOG]),
        ("attlog.txt", [line.format("12\t", "\t1\t255\t15\t0\t0") for line in LOG]),
        ("2_attlog.dat", [line.format("12  ", "  1 0 1 0") for line in LOG]),
        ("导出.csv", [line.format("0012,", ",1,0").replace("-", "/") for line in LOG]),
        ("GLG_001.TXT", ["No\tMchn\tEnNo\t\tName\t\tMode\tIOMd\tDateTime\t"]
         + [line.format(f"{n:06}\t1\t000000012\tZS        \t1\t0\t", "").replace("-", "/") for n, line in enumerate(LOG)]),
    ],
)  # fmt: skip
def test_a_list_of_punches_as_the_clock_writes_it(tmp_path: Path, name: str, lines: list[str]) -> None:
    site = _site(tmp_path)
    (site.folder / "inbox" / name).write_text("\r\n".join(lines) + "\r\n", encoding="ascii")
    result = site.once("2026-11-02")
    assert (result["exit"], [part[0] for part in registers(result)]) == (0, ["attendance"])
    parts = [part for book in result["workbooks"] for part in book["registers"] if part["register"] == "attendance"]
    assert [(part["new"], part["issues"]) for part in parts] == [(2, 0)]
    assert not [line for line in site.lines() if line["amount"] or line["points"]]


@pytest.mark.parametrize("between", ["\t", "  "])
def test_a_line_of_a_clocks_list_that_is_no_punch_is_told_of(tmp_path: Path, read: Read, between: str) -> None:
    lines = [f"12{between}2026-10-{day:02} 08:52:31{between}1{between}0{between}1{between}0" for day in range(1, 20)]
    path = tmp_path / "1_attlog.dat"
    path.write_text("\n".join([*lines, "garbage line", ""]), encoding="ascii")
    (sheet,) = read(path).sheets
    assert len(sheet.frame) == 19 and [(issue.row, "garbage" in issue.message) for issue in sheet.issues] == [
        (21, True)
    ]


def _site(folder: Path) -> Site:
    site = make_site(folder, {"城东店": ["department_store"]}, managers=["M001"], points={"A": 100, "B": 50, "C": 20})
    rows: list[list[Any]] = [
        ["12", "张三", "城东店", "卖场", "导购", None, None, "2020-01-01", "2020-04-01", None, 6000, 200]
    ]
    write(site.folder / "inbox", "A花名册.xlsx", {"花名册": [ROSTER_HEAD, *rows]})
    return site
