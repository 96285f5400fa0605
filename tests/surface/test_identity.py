"""Rows that have no registration number yet, and references that lead nowhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from sitework import Site, make_site

from .scenes import book_with, register

DAY = "2026-10-31"
ROSTER = """
工号,姓名,门店,部门,岗位,级别,入职日期
S001,店长,城东店,门店,店面经理,,2020-01-01
D001,设一,城东店,设计部,设计师,首席设计师,2020-01-01
D002,设二,城东店,设计部,设计师,首席设计师,2020-01-01
C001,经理,城东店,客户部,客户经理,,2020-01-01
"""
TITLES = ["咨询编号", "咨询日期", "客户姓名", "联系电话", "来源渠道", "期望设计师工号", "到店日期"]


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A site that has read its roster."""
    site = make_site(tmp_path_factory.mktemp("begun"), {"城东店": ["renovation"]}, managers=["S001"])
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    assert site.once(DAY)["exit"] == 0
    return site


@pytest.fixture
def site(begun, tmp_path):
    return Site(Path(shutil.copytree(begun.folder, tmp_path / "site")))


def enquiry(number, *, phone="13900000001", name="客甲", day="2026-10-20", wish=None):
    return [number, day, name, phone, "自然进店", wish, day]


def deliver(site, *rows, titles=TITLES, name="咨询.xlsx"):
    book_with(site.folder / "inbox" / name, {"表一": [titles, *rows]})
    return site.once(DAY)


def subjects(site):
    return {line["subject"] for line in site.lines() if line["subject"].startswith(("13", "客", "Z"))}


def test_without_a_number_a_row_is_known_by_what_else_it_says(site):
    report = deliver(site, enquiry(None), enquiry("", phone=None, name="客乙"), enquiry(None, phone=None, name=None))
    part = register(report, "enquiries")
    assert (report["exit"], part["rows"], part["new"], part["issues"]) == (1, 3, 2, 2)  # one of them of absent columns
    assert {"13900000001|2026-10-20", "客乙|2026-10-20"} <= subjects(site)


def test_the_column_of_the_number_may_be_absent(site):
    report = deliver(site, enquiry(None)[1:], titles=TITLES[1:])
    assert (report["exit"], register(report, "enquiries")["new"]) == (0, 1)
    assert "13900000001|2026-10-20" in subjects(site)


def test_a_serial_number_is_no_registration_number(site):
    report = deliver(site, [1, *enquiry(None)[1:]], titles=["序号", *TITLES[1:]])
    assert report["exit"] == 0
    assert "13900000001|2026-10-20" in subjects(site)


def test_the_row_keeps_its_identity_when_the_number_comes(site):
    deliver(site, enquiry(None))
    before = {line["decision_id"] for line in site.lines() if line["subject"] == "13900000001|2026-10-20"}
    assert before
    report = deliver(site, enquiry("Z1"), name="后来.xlsx")
    part = register(report, "enquiries")
    assert (part["new"], part["changed"]) == (0, 1)
    after = {line["decision_id"] for line in site.lines() if line["subject"] == "13900000001|2026-10-20"}
    assert before == after and "Z1" not in subjects(site)
    report = deliver(site, enquiry("Z1", phone="13900000009"), name="再后来.xlsx")
    assert register(report, "enquiries")["changed"] == 1
    assert "Z1" not in subjects(site)


def test_another_number_with_the_same_customer_and_day_is_another_row(site):
    deliver(site, enquiry(None))
    report = deliver(site, enquiry("Z1"), enquiry("Z2"), name="后来.xlsx")
    part = register(report, "enquiries")
    assert (part["new"], part["changed"]) == (1, 1)
    assert "Z2" in subjects(site)


def test_a_reference_that_leads_nowhere_is_marked_and_told(site):
    deliver(site, enquiry("Z1"))
    titles = ["派单编号", "咨询编号", "派单日期", "设计师工号", "派单人工号", "派单方式", "是否拒单", "拒单理由"]
    rows = [["P1", "Z9", "2026-10-21", "D001", "C001", "正常", "否", None]]
    rows += [["P2", "Z1", "2026-10-21", "D002", "C001", "正常", "否", None]]
    report = deliver(site, *rows, titles=titles, name="派单.xlsx")
    assert report["exit"] == 0
    sheet = openpyxl.load_workbook(site.folder / "outbox" / "annotated" / "派单.xlsx")["表一"]
    results = [cell.value for cell in sheet[1]].index("处理结果")
    assert "咨询编号Z9在咨询登记里没有" in sheet[2][results].value
    assert "咨询编号" not in (sheet[3][results].value or "")
    assert "咨询编号Z9在咨询登记里没有" in sheet["B2"].comment.text and sheet["B2"].fill.fgColor.rgb != "00000000"


def test_the_reference_may_arrive_in_the_same_batch(site):
    titles = ["派单编号", "咨询编号", "派单日期", "设计师工号", "派单人工号", "派单方式", "是否拒单", "拒单理由"]
    book_with(
        site.folder / "inbox" / "A派单.xlsx",
        {"表一": [titles, ["P1", "Z1", "2026-10-21", "D001", "C001", "正常", "否", None]]},
    )
    deliver(site, enquiry("Z1"), name="咨询.xlsx")
    sheet = openpyxl.load_workbook(site.folder / "outbox" / "annotated" / "A派单.xlsx")["表一"]
    results = [cell.value for cell in sheet[1]].index("处理结果")
    assert "里没有" not in (sheet[2][results].value or "")
