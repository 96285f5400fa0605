"""Cells as people type them, through `run.py`: the same row typed in the plain way afterwards is unchanged."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest
from sitework import Site, make_site

from .scenes import book_with

DAY = "2026-11-30"
ROSTER = """
工号,姓名,门店,部门,岗位,级别,入职日期
1001,店长,城东店,门店,店面经理,,2020-01-01
1002,李红,城东店,客户部,客户经理,,2020-01-01
1011,陈磊,城东店,设计部,设计师,首席设计师,2020-01-01
"""
ENQUIRIES = ["咨询编号", "咨询日期", "客户姓名", "联系电话", "房屋面积", "预算金额", "来源渠道", "跟单人"]
CALLS = ["通话编号", "来电时间", "接听人工号", "振铃次数", "等待秒数", "是否致歉"]
TYPED = {
    "咨询": [
        ["2026年11月咨询登记"], ENQUIRIES,
        ["Z1", 11.6, "客甲", "139 0000 0001", "320平", "一万二", "电话", "李红"],
        ["Z2", "11月6", "客乙", "139-0000-0002", "98.5㎡", "1.2万", "电话", "1002.0"],
        ["Z3", "11月21号", "客丙", "+8613900000003", "120平米", "￥8,000元", "电话", "01002"],
        ["Z4", "2026.11.6", "客丁", "139 0000 0004", 88, "3千", "电话", "李 红（１００２）"],
        ["Z5", "26/11/6", "客戊", "010-62345678", "九十", 5000, "电话", "李红-1002"],
    ],
    "电话": [
        CALLS,
        ["T1", "2026-11-06 上午9点半", "陈磊", "3次", "1小时20分", "有"],
        ["T2", "2026-11-06T01:30:00Z", "1011陈磊", 2, "90秒", "没有"],
        ["T3", "2026/11/6 晚上6点", "陈磊/1011", "2", "2分", "是的"],
    ],
}  # fmt: skip
PLAIN = {
    "咨询": [
        ["2026年11月咨询登记"], ENQUIRIES,
        ["Z1", "2026-11-06", "客甲", "13900000001", 320, 12000, "电话", "1002"],
        ["Z2", "2026-11-06", "客乙", "13900000002", 98.5, 12000, "电话", "1002"],
        ["Z3", "2026-11-21", "客丙", "13900000003", 120, 8000, "电话", "1002"],
        ["Z4", "2026-11-06", "客丁", "13900000004", 88, 3000, "电话", "1002"],
        ["Z5", "2026-11-06", "客戊", "01062345678", 90, 5000, "电话", "1002"],
    ],
    "电话": [
        CALLS,
        ["T1", "2026-11-06 09:30", "1011", 3, 4800, "是"],
        ["T2", "2026-11-06 09:30", "1011", 2, 90, "否"],
        ["T3", "2026-11-06 18:00", "1011", 2, 120, "是"],
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = make_site(tmp_path_factory.mktemp("typed"), {"城东店": ["renovation"]}, managers=["1001"])
    made.drop({"roster": ROSTER}, "花名册.xlsx")
    return made


def deliver(site: Site, sheets: dict[str, list[list[Any]]]) -> dict[str, dict[str, Any]]:
    """Register -> its part of the JSON object."""
    book_with(site.folder / "inbox" / "登记.xlsx", sheets)
    report = site.once(DAY)
    return {part["register"]: part for book in report["workbooks"] for part in book["registers"]}


def test_what_people_type_is_what_they_mean(site: Site) -> None:
    typed = deliver(site, TYPED)
    assert (typed["enquiries"]["new"], typed["calls"]["new"]) == (5, 3)
    plain = deliver(site, PLAIN)
    assert (plain["enquiries"]["unchanged"], plain["calls"]["unchanged"]) == (5, 3)


@pytest.mark.parametrize(("header", "cell"), [("预算金额", "约300"), ("预算金额", "3-5万"), ("房屋面积", "#N/A")])
def test_what_is_no_value_is_told_of(site: Site, header: str, cell: str) -> None:
    row = ["Z9", "2026-11-07", "客己", "13900000009", 90, 5000, "电话", "1002"]
    row[ENQUIRIES.index(header)] = cell
    part = deliver(site, {"咨询": [ENQUIRIES, row]})["enquiries"]
    assert (part["rows"], part["issues"]) == (1, 2)  # the cell, and the columns that the sheet has not
    sheet = openpyxl.load_workbook(site.folder / "outbox" / "annotated" / "登记.xlsx")["咨询"]
    told = {sheet.cell(1, at).value: sheet.cell(2, at).value for at in range(1, sheet.max_column + 1)}
    assert told["处理状态"] == "已判定"  # never 正常: the row counts, and one of its cells does not
    assert f"“{header}”" in told["处理结果"]
