"""Attendance exports of one layout that tell the same days again, in one batch or in later ones under other names."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sitework import Site

from .test_real_inputs import DAILY, STAFF, TITLES, charged, person, registers, store, write

__all__ = ["store"]
STANDING = "select content from facts where register = 'attendance' and current"
CLOCK = ["姓名", "考勤号码", "日期时间", "机器号"]


def daily(site: Site, name: str, *days: tuple[Any, ...]) -> None:
    """An export of 每日统计 with number, day, arrival, its result, leaving, its result."""
    rows = [[*person(number), f"26-10-{day} 星期一", "A 09:00-18:00", *punches] for number, day, *punches in days]
    write(site.folder / "inbox", name, {"每日统计": [*TITLES, DAILY, *rows]})


def accused(site: Site) -> list[tuple[str, str]]:
    return [(day, number) for day, number, points in charged(site) if points]


def test_a_later_export_of_another_name_clears_and_completes_but_does_not_accuse_anew(store: Site) -> None:
    kept = ("08:52", "正常", "18:05", "正常")
    daily(
        store, "前半月.xlsx",
        ("K001", 12, *kept), ("K001", 13, None, "缺卡", "18:05", "正常"), ("K002", 12, "08:52", "正常", None, None),
        ("K003", 12, None, "请假", None, "请假"),
    )  # fmt: skip
    assert store.once("2026-11-02")["exit"] == 0
    assert accused(store) == [("2026-10-13", "K001")]
    later = [
        ("K001", 12, "08:52", "正常", "17:20", "早退"), ("K001", 13, "08:50", "补卡审批通过", "18:05", "正常"),
        ("K002", 12, "08:52", "正常", "17:30", "早退"), ("K003", 12, None, "旷工", None, "旷工"),
    ]  # fmt: skip
    daily(store, "全月.xlsx", *later)
    result = store.once("2026-11-03")
    assert (result["exit"], registers(result)) == (1, [("attendance", "每日统计", 4, 2)])
    assert accused(store) == [("2026-10-12", "K002")]
    daily(store, "前半月.xlsx", *later[:1])
    assert store.once("2026-11-04")["exit"] == 0  # a workbook of the same name corrects itself
    assert accused(store) == [("2026-10-12", "K001"), ("2026-10-12", "K002")]


def clock(site: Site, name: str, punches: Mapping[str, Sequence[str]], sheet: str = "记录") -> None:
    """A punch clock's list of one day, 2026-10-12: number -> times."""
    rows = [["员工", number, f"2026-10-12 {time}", "1"] for number, times in punches.items() for time in times]
    write(site.folder / "inbox", name, {sheet: [CLOCK, *rows]})


def ends(site: Site, name: str, *days: tuple[Any, ...], sheet: str = "报表") -> None:
    """A clock's report of one day with its schedule and no results: number, arrival, leaving."""
    rows = [[number, STAFF[number], "2026-10-12", "09:00", "18:00", *punches, "1"] for number, *punches in days]
    head = ["考勤号码", "姓名", "日期", "上班时间", "下班时间", "签到时间", "签退时间", "机器号"]
    write(site.folder / "inbox", name, {sheet: [head, *rows]})


def days_known(site: Site) -> dict[str, tuple[str, str]]:
    """Number -> arrival and leaving that stand in the ledger."""
    with sqlite3.connect(site.folder / "ledger.db") as ledger:
        cells = [json.loads(text) for (text,) in ledger.execute(STANDING)]
    return {c["工号"]: tuple(_clock(c.get(header)) for header in ("上班打卡", "下班打卡")) for c in cells}  # type: ignore[misc]


def _clock(seconds: int | None) -> str:
    return "" if seconds is None else f"{seconds // 3600:02}:{seconds // 60 % 60:02}"


def test_punches_of_several_clocks_are_one_day_in_one_batch_and_in_later_ones(store: Site) -> None:
    clock(store, "前门.xlsx", {"K001": ("08:52", "18:05"), "K002": ("08:52", "18:05"), "K003": ("08:52",)})
    clock(store, "后门.xlsx", {"K001": ("12:01",), "K002": ("09:52", "19:05"), "K003": ("18:05",), "M001": ("08:40",)})
    result = store.once("2026-11-02")
    assert result["exit"] == 0 and sorted(part[2] for part in registers(result)) == [1, 3]
    whole = {"K001": ("08:52", "18:05"), "K002": ("08:52", "19:05"), "K003": ("08:52", "18:05"), "M001": ("", "")}
    assert days_known(store) == whole
    clock(store, "侧门.xlsx", {"K001": ("07:05", "20:05"), "K003": ("09:05", "17:05"), "M001": ("18:20",)})
    assert store.once("2026-11-03")["exit"] == 0
    whole |= {"K001": ("07:05", "20:05"), "M001": ("08:40", "18:20")}
    assert days_known(store) == whole
    clock(store, "前门.xlsx", {"K001": ("08:52", "18:05"), "K002": ("08:30", "18:05"), "K003": ("08:52",)})
    clock(store, "后门.xlsx", {"K001": ("12:01",), "K002": ("09:52", "19:05"), "K003": ("18:06",), "M001": ("08:40",)})
    assert store.once("2026-11-04")["exit"] == 0
    assert days_known(store) == whole | {"K002": ("08:30", "19:05"), "K003": ("08:52", "18:06")}
    assert charged(store) == []


@pytest.mark.parametrize("later", [False, True])
def test_nobody_pays_for_a_half_day_whose_other_half_came(store: Site, later: bool) -> None:
    morning, evening = ("08:52", None), (None, "18:05")
    ends(store, "前门.xlsx", ("K001", *morning), ("K002", *evening))
    if later:
        store.once("2026-11-02")
        assert accused(store) == [("2026-10-12", "K001"), ("2026-10-12", "K002")]
    other = ("K001", *evening), ("K002", *morning)
    ends(store, "后门.xlsx", *other)
    whole = {"K001": ("08:52", "18:05"), "K002": ("08:52", "18:05")}
    assert (store.once("2026-11-03")["exit"], accused(store), days_known(store)) == (0, [], whole)
    ends(store, "后门.xlsx", *other, ("K003", "08:52", "18:05"))
    assert (store.once("2026-11-04")["exit"], accused(store)) == (0, [])
    assert days_known(store) == whole | {"K003": ("08:52", "18:05")}


@pytest.mark.parametrize("later", [False, True])
def test_a_punch_of_another_clock_takes_a_missing_one_away_and_never_makes_anybody_late(
    store: Site, later: bool
) -> None:
    missing = ("K001", 12, "08:52", "正常", None, "缺卡"), ("K002", 12, "09:40", "迟到", "18:05", "正常")
    daily(store, "日报.xlsx", *missing, ("K003", 12, None, "旷工", None, "旷工"))
    if later:
        store.once("2026-11-02")
    clock(store, "后门.xlsx", {"K001": ("18:05",), "K002": ("18:20",), "K003": ("12:00",)})
    result = store.once("2026-11-03")
    assert result["exit"] == 1  # K003 is said to have been away all day, and yet there is a punch
    assert accused(store) == [("2026-10-12", "K002")]
    told = {str(cell) for book in result["workbooks"] for cell in cells(store.folder / book["annotated"])}
    assert any("的打卡合为一天，不再算未打卡" in text for text in told)


def cells(path: Path) -> Iterator[Any]:
    return (cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows(values_only=True) for cell in row)


def test_a_hidden_list_and_a_copy_are_compared_and_not_united(store: Site) -> None:
    ends(store, "前门.xlsx", ("K001", "08:52", None))
    ends(store, "前门(1).xlsx", ("K001", None, "18:05"))
    assert store.once("2026-11-02")["exit"] == 1 and accused(store) == []


def test_namesakes_of_two_sheets_are_two_people(store: Site) -> None:
    clock(store, "前门.xlsx", {"K001": ("08:52",), "K002": ("08:40", "18:01")})
    clock(store, "后门.xlsx", {"K003": ("18:05",), "K002": ("08:45", "18:09")}, sheet="员工都叫“员工”")
    assert store.once("2026-11-02")["exit"] == 0
    assert days_known(store) == {"K001": ("", ""), "K002": ("08:40", "18:09"), "K003": ("", "")}


@pytest.mark.parametrize("later", [False, True])
def test_two_reports_that_tell_one_day_otherwise_are_shown_and_not_united(store: Site, later: bool) -> None:
    def report(name: str, *punches: str) -> None:
        head = ["考勤号码", "姓名", "日期", "签到时间", "签退时间", "机器号"]
        write(store.folder / "inbox", name, {"报表": [head, ["K001", "员工甲", "2026-10-12", *punches, 1]]})

    report("一.xlsx", "08:52", "18:05")
    if later:
        assert store.once("2026-11-02")["exit"] == 0
    report("二.xlsx", "09:52", "19:05")
    assert store.once("2026-11-03")["exit"] == 1
    assert days_known(store) == ({"K001": ("08:52", "18:05")} if later else {})


def test_a_list_of_punches_that_clears_a_day_late_by_its_times_leaves_it_unjudged(store: Site) -> None:
    ends(store, "日报.xlsx", ("K001", "09:10", "18:05"), ("K002", "09:10", "18:05"))
    clock(store, "后门.xlsx", {"K001": ("08:50", "18:01"), "K002": ("09:12", "18:01")})
    result = store.once("2026-11-02")
    assert result["exit"] == 1 and accused(store) == [("2026-10-12", "K002")]
