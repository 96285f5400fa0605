"""Attendance exports of one layout that tell the same days again, in one batch or in later ones under other names."""

from __future__ import annotations

from typing import Any

from sitework import Site

from .test_real_inputs import DAILY, TITLES, charged, person, registers, store, write

__all__ = ["store"]
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


def test_punches_of_a_second_clock_lie_within_the_day_or_extend_it(store: Site) -> None:
    def clock(name: str, punches: dict[str, tuple[str, ...]]) -> None:
        rows = [["员工", number, f"2026-10-12 {time}", "1"] for number, times in punches.items() for time in times]
        write(store.folder / "inbox", name, {"记录": [CLOCK, *rows]})

    clock("前门.xlsx", {"K001": ("08:52", "18:05"), "K002": ("08:52", "18:05"), "K003": ("08:52", "18:05")})
    clock("后门.xlsx", {"K001": ("12:01",), "K002": ("09:52", "19:05")})
    result = store.once("2026-11-02")
    assert result["exit"] == 1 and sorted(registers(result)) == [
        ("attendance", "记录", 1, 1),  # K002 came in by one door and left by the other: both are shown
        ("attendance", "记录", 3, 1),
    ]
    clock("侧门.xlsx", {"K001": ("07:05", "20:05"), "K003": ("09:05", "17:05")})
    result = store.once("2026-11-03")
    assert result["exit"] == 0 and registers(result) == [("attendance", "记录", 1, 0)]
    assert charged(store) == []
