"""Rows of one number with different content: shown and set aside, never decided by chance; copies are compared."""

from __future__ import annotations

import os
import time
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sitework import Site, make_site

from .officefiles import DAY, ROSTER
from .scenes import book_with

HEAD = ["登记编号", "日期", "工号", "姓名", "条款编号", "情节", "数量", "点数", "金额", "说明", "登记人工号"]
UNITS = {"城东店": ["department_store"]}
SENTENCE = "编号相同而内容不同，请改正其中一行"


def started(folder: Path) -> Site:
    made = make_site(folder, UNITS, managers=["M001"], points={"A": 100, "B": 50, "C": 20})
    made.drop({"roster": ROSTER}, "花名册.xlsx")
    return made


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return started(tmp_path)


def row(number: str, employee: str, what: str = "玩闹") -> list[Any]:
    return [number, "2026-10-09", employee, None, "DS-F9", "轻微", 1, None, None, what, "M001"]


def drop(
    site: Site, name: str, sheets: dict[str, list[list[Any]]], age: float = 0, hidden: tuple[str, ...] = ()
) -> Path:
    path = book_with(site.folder / "inbox" / name, {title: [HEAD, *rows] for title, rows in sheets.items()})
    if hidden:
        book = openpyxl.load_workbook(path)
        for title in hidden:
            book[title].sheet_state = "hidden"
        book.save(path)
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def charged(site: Site) -> dict[str, str]:
    return {line["subject"]: line["staff_no"] for line in site.lines() if line["clause"] == "DS-F9"}


def told(site: Site, report: dict[str, Any], name: str, sheet: str) -> dict[int, tuple[str, str]]:
    """Row number -> 处理状态 and 处理结果 in the annotated workbook."""
    path = next(book["annotated"] for book in report["workbooks"] if book["file"] == name)
    table = openpyxl.load_workbook(site.folder / path)[sheet]
    titles = {cell.value: cell.column for cell in table[1]}
    return {
        line: (table.cell(line, titles["处理状态"]).value or "", table.cell(line, titles["处理结果"]).value or "")
        for line in range(2, table.max_row + 1)
    }


def test_two_rows_of_one_number_are_both_shown_and_neither_is_judged(site: Site) -> None:
    drop(site, "奖惩.xlsx", {"奖惩": [row("J1", "K001"), row("J2", "K001"), row("J1", "K002")]})
    report = site.once(DAY)
    assert report["exit"] == 1 and charged(site) == {"J2": "K001"}
    states = told(site, report, "奖惩.xlsx", "奖惩")
    assert states[2][0] == states[4][0] == "无法读取" and states[3][0] == "已判定"
    assert states[2][1].splitlines()[0] == f"与第4行{SENTENCE}"
    assert states[4][1].splitlines()[0] == f"与第2行{SENTENCE}"
    assert "“工号”（K001；K002）" in states[2][1]
    (part,) = next(book for book in report["workbooks"] if book["file"] == "奖惩.xlsx")["registers"]
    assert (part["rows"], part["new"], part["issues"], part["missing"]) == (3, 1, 2, 0)


def test_equal_rows_are_repeated_without_an_issue(site: Site) -> None:
    drop(site, "奖惩.xlsx", {"奖惩": [row("J1", "K001"), row("J1", "K001")], "奖惩2": [row("J1", "K001")]})
    report = site.once(DAY)
    assert report["exit"] == 0 and charged(site) == {"J1": "K001"}
    assert [state for state, _ in told(site, report, "奖惩.xlsx", "奖惩").values()] == ["已判定", "重复"]


def test_what_was_known_stands_until_one_of_the_rows_is_mended(site: Site) -> None:
    drop(site, "奖惩.xlsx", {"奖惩": [row("J1", "K001")]})
    assert site.once(DAY)["exit"] == 0
    drop(site, "奖惩.xlsx", {"奖惩": [row("J1", "K001", "打闹"), row("J1", "K002")]})
    report = site.once(DAY)
    assert report["exit"] == 1 and charged(site) == {"J1": "K001"}
    drop(site, "奖惩.xlsx", {"奖惩": [row("J1", "K002")]})
    assert site.once(DAY)["exit"] == 0 and charged(site) == {"J1": "K002"}


def test_a_second_sheet_hidden_or_not_is_no_stronger(site: Site) -> None:
    books = {"甲.xlsx": (), "乙.xlsx": ("副本",), "丙.xlsx": ("奖惩",)}
    for name, hidden in books.items():
        one, two = f"{name[0]}1", f"{name[0]}2"
        drop(site, name, {"奖惩": [row(one, "K001")], "副本": [row(one, "K002"), row(two, "K002")]}, hidden=hidden)
    report = site.once(DAY)
    assert report["exit"] == 1 and charged(site) == {"甲2": "K002", "乙2": "K002", "丙2": "K002"}
    for name in books:
        assert told(site, report, name, "副本")[2][1].startswith(f"与工作表“奖惩”第2行{SENTENCE}"), name


def test_a_hidden_sheet_never_changes_what_a_visible_one_said_before(site: Site) -> None:
    drop(site, "奖惩.xlsx", {"奖惩": [row("J1", "K001")]})
    site.once(DAY)
    drop(site, "别的.xlsx", {"封面": [row("J3", "K001")], "旧": [row("J1", "K002"), row("J2", "K002")]}, hidden=("旧",))
    report = site.once(DAY)
    assert report["exit"] == 1 and charged(site) == {"J1": "K001", "J2": "K002", "J3": "K001"}
    drop(site, "别的.xlsx", {"封面": [row("J3", "K001")], "旧": [row("J2", "K001")]}, hidden=("旧",))
    assert site.once(DAY)["exit"] == 0
    assert charged(site)["J2"] == "K001"  # a sheet may correct itself


def test_two_workbooks_name_each_other(site: Site) -> None:
    drop(site, "一店.xlsx", {"表": [row("J1", "K001")]}, age=100)
    drop(site, "二店.xlsx", {"表": [row("J1", "K002")]})
    report = site.once(DAY)
    assert report["exit"] == 1 and charged(site) == {}
    assert told(site, report, "一店.xlsx", "表")[2][1].startswith(f"与“二店.xlsx”工作表“表”第2行{SENTENCE}")
    assert told(site, report, "二店.xlsx", "表")[2][1].startswith(f"与“一店.xlsx”工作表“表”第2行{SENTENCE}")


COPIES = [
    "奖惩(1).xlsx",
    "奖惩 (2).xlsx",
    "奖惩（1）.xlsx",
    "奖惩 - 副本.xlsx",
    "奖惩 - 副本 (2).xlsx",
    "奖惩_冲突.xlsx",
    "奖惩.sync-conflict-20261102-093012-ABCDEFG.xlsx",
    "奖惩 (conflicted copy 2026-11-02 093012).xlsx",
    "奖惩_conflict-20261102-093012.xlsx",
    "奖惩 (张三的冲突副本 2026-11-02).xlsx",
    "奖惩-DESKTOP-A1B2C3D.xlsx",
    "奖惩_DESKTOP-A1B2C3D_Nov-02-093012-2026_Conflict.xlsx",
    "奖惩 (SFConflict admin 2026-11-02-09-30-12).xlsx",
    "奖惩 - Copy.xlsx",
    "复件 奖惩.xlsx",
]


def test_a_copy_of_what_was_read_before_is_compared_row_by_row(site: Site) -> None:
    """Of many workbooks, each with its copy."""
    originals = {f"{place}号奖惩": name.replace("奖惩", f"{place}号奖惩") for place, name in enumerate(COPIES)}
    numbers = {original: (f"{place}-1", f"{place}-2", f"{place}-3") for place, original in enumerate(originals)}
    for original, (one, two, _) in numbers.items():
        drop(site, f"{original}.xlsx", {"奖惩": [row(one, "K001"), row(two, "K001")]}, age=300)
    assert site.once(DAY)["exit"] == 0
    for original, name in originals.items():
        one, two, three = numbers[original]
        drop(site, name, {"奖惩": [row(one, "K002"), row(two, "K001"), row(three, "K002")]})
    report = site.once(DAY)
    assert report["exit"] == 1
    assert charged(site) == {
        number: who for own in numbers.values() for number, who in zip(own, ("K001", "K001", "K002"), strict=True)
    }
    for original, name in originals.items():
        states = told(site, report, name, "奖惩")
        start = f"与“{original}.xlsx”工作表“奖惩”第2行{SENTENCE}"
        assert states[2][0] == "无法读取" and states[2][1].startswith(start), name
        assert f"把它的文件名改成“{original}.xlsx”" in states[2][1], name


def test_a_copy_beside_its_original_never_wins_by_name_or_time(site: Site) -> None:
    ways = list(product(["奖惩(1).xlsx", "奖惩 - 副本.xlsx", "奖惩_冲突.xlsx"], [True, False]))
    for place, (name, newer) in enumerate(ways):
        one, two, three = (f"{place}-{row}" for row in (1, 2, 3))
        folder = f"第{place}组"
        drop(site, f"{folder}/奖惩.xlsx", {"奖惩": [row(one, "K001"), row(two, "K001")]}, age=300 if newer else 0)
        copied = [row(one, "K002"), row(two, "K001"), row(three, "K002")]
        drop(site, f"{folder}/{name}", {"奖惩": copied}, age=0 if newer else 300)
    report = site.once(DAY)
    assert report["exit"] == 1
    assert charged(site) == {
        f"{place}-{row}": who for place in range(len(ways)) for row, who in ((2, "K001"), (3, "K002"))
    }


def test_a_third_version_does_not_win_while_two_contradict_each_other(site: Site) -> None:
    drop(site, "奖惩.xlsx", {"奖惩": [row("J1", "K001"), row("J2", "K001")]})
    drop(site, "奖惩_冲突.xlsx", {"奖惩": [row("J1", "K002"), row("J2", "K001")]})
    assert site.once(DAY)["exit"] == 1
    drop(site, "奖惩 - 副本.xlsx", {"奖惩": [row("J1", "K002"), row("J3", "K001")]})
    report = site.once(DAY)
    assert report["exit"] == 1 and charged(site) == {"J2": "K001", "J3": "K001"}
    assert told(site, report, "奖惩 - 副本.xlsx", "奖惩")[2][1].startswith(f"与“奖惩.xlsx”工作表“奖惩”第2行{SENTENCE}")
    drop(site, "奖惩.xlsx", {"奖惩": [row("J1", "K002"), row("J2", "K001")]})
    assert site.once(DAY)["exit"] == 0
    assert charged(site) == {"J1": "K002", "J2": "K001", "J3": "K001"}
    drop(site, "奖惩(1).xlsx", {"奖惩": [row("J1", "K002")]})
    assert site.once(DAY)["exit"] == 0


def test_a_copy_of_nothing_that_is_known_is_a_workbook_like_any_other(site: Site) -> None:
    drop(site, "考核(1).xlsx", {"奖惩": [row("J1", "K001")]})
    assert site.once(DAY)["exit"] == 0
    drop(site, "考核(1).xlsx", {"奖惩": [row("J1", "K002")]})
    assert site.once(DAY)["exit"] == 0 and charged(site) == {"J1": "K002"}
    drop(site, "客户冲突登记.xlsx", {"奖惩": [row("J1", "K001")]})
    assert site.once(DAY)["exit"] == 0 and charged(site) == {"J1": "K001"}


def test_a_returned_workbook_downloaded_again_is_compared(site: Site) -> None:
    drop(site, "奖惩.xlsx", {"奖惩": [row("J1", "K001"), row("J2", "K001")]})
    report = site.once(DAY)
    returned = next(book["annotated"] for book in report["workbooks"] if book["file"] == "奖惩.xlsx")
    book = openpyxl.load_workbook(site.folder / returned)
    book["奖惩"]["C2"] = "K002"
    book.save(site.folder / "inbox" / "奖惩(1).xlsx")
    report = site.once(DAY)
    assert report["exit"] == 1 and charged(site) == {"J1": "K001", "J2": "K001"}


def test_a_row_that_has_to_wait_is_compared_like_any_other(site: Site) -> None:
    drop(site, "奖惩.xlsx", {"奖惩": [row("J1", "新人"), row("J1", "K002"), row("J2", "K001")]})
    report = site.once(DAY)
    assert report["exit"] == 1 and charged(site) == {"J2": "K001"}
    states = told(site, report, "奖惩.xlsx", "奖惩")
    assert states[2][0] == states[3][0] == "无法读取"
    assert SENTENCE in states[3][1] and f"第3行{SENTENCE}" in states[2][1]
    more = f"{ROSTER.rstrip()}\nK003,新人,城东店,客服部,客服,M001,2020-01-01,2020-04-01,6000\n"
    site.drop({"roster": more}, "花名册.xlsx")
    assert site.once(DAY)["exit"] == 0 and charged(site) == {"J2": "K001"}


def test_two_rows_that_have_to_wait_are_compared_and_one_alone_still_counts_later(site: Site) -> None:
    drop(site, "奖惩.xlsx", {"奖惩": [row("J1", "新人"), row("J1", "新人", "睡觉"), row("J2", "新人")]})
    assert site.once(DAY)["exit"] == 1 and charged(site) == {}
    more = f"{ROSTER.rstrip()}\nK003,新人,城东店,客服部,客服,M001,2020-01-01,2020-04-01,6000\n"
    site.drop({"roster": more}, "花名册.xlsx")
    site.once(DAY)
    assert charged(site) == {"J2": "K003"}
