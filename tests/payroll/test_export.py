"""The HR workbook, the CSV beside it, and the import files of the profiles: figures, signs and bytes."""

from __future__ import annotations

import openpyxl
import pytest
from sitework import Site, make_site

from payroll.desk import (
    SUGGESTIONS,
    control,
    copy_of,
    deliver,
    discipline,
    employee,
    files,
    line,
    penalty,
    roster,
    rows_of,
    sheet,
    table,
)

UNITS = {"一部": ["technical_service"], "二部": ["online_retail"], "三部": ["department_store"]}
PROFILES = '[export]\nprofiles = ["generic", "wide", "frappe_hrms_additional_salary"]\n'
DETAIL = [
    *("期间", "工号", "姓名", "门店", "部门", "项目编码", "项目名称", "金额", "点数", "条款编号", "事由"),
    "决定编号",
    "状态",
]
REGISTERS = {
    "roster": roster(
        employee("E1", 1000, boss=""), employee("E2", unit="二部", boss=""), employee("E3", unit="三部", boss="")
    ),
    "discipline": discipline(
        penalty("J1", "2026-09-02", "E1", "TS-2"),
        penalty("J2", "2026-09-03", "E1", "TS-1"),
        penalty("J3", "2026-09-04", "E3", "DS-S3"),
        penalty("J4", "2026-09-05", "E3", "DS-S12"),
        penalty("J5", "2026-09-06", "E1", "TS-6", amount=60000),
        penalty("J6", "2026-09-07", "E1", "TS-7"),
        penalty("J7", "2026-09-08", "E2", "OR-10"),
    ),
    "suggestions": table(SUGGESTIONS, "Y1,2026-09-09,E2,好主意,是,60"),
}


@pytest.fixture(scope="module")
def september(tmp_path_factory) -> Site:
    site = make_site(tmp_path_factory.mktemp("exported"), UNITS, managers=["M001"], extra=PROFILES)
    deliver(site, "2026-09-30", REGISTERS)
    return site


@pytest.fixture
def site(september, tmp_path) -> Site:
    return copy_of(september, tmp_path)


def test_the_details_hold_final_and_confirmed_lines_with_money_or_points_and_what_is_carried(september):
    rows = sheet(september, "2026-09")
    assert list(rows[0]) == DETAIL
    paid = [
        row for row in september.lines() if row["status"] in ("final", "confirmed") and (row["amount"] or row["points"])
    ]
    own = [row for row in rows if row["项目编码"] != "结转"]
    assert sorted(row["决定编号"] for row in own) == sorted(row["decision_id"] for row in paid)
    by_id = {row["decision_id"]: row for row in paid}
    for row in own:
        found = by_id[row["决定编号"]]
        assert row["项目编码"] == found["effect"]
        assert (f"{row['金额']:.2f}" if row["金额"] != "" else "") == found["amount"]
        assert (row["点数"], row["条款编号"], row["工号"]) == (found["points"], found["clause"], found["staff_no"])
        assert (row["期间"], row["姓名"], row["门店"]) == ("2026-09", found["staff_name"], found["unit"])
        assert found["text"] in row["事由"]


def test_summary_and_control_are_the_sums_of_the_details(september):
    rows, accounts, figures = (
        sheet(september, "2026-09"),
        sheet(september, "2026-09", "汇总"),
        control(september, "2026-09"),
    )
    assert list(accounts[0]) == ["工号", "姓名", "扣款", "奖励", "实际", "结转", "未扣余额"]
    assert len({row["工号"] for row in accounts}) == len(accounts)
    for own in accounts:
        amounts = [row["金额"] for row in rows if row["工号"] == own["工号"] and row["金额"] != ""]
        assert own["实际"] == pytest.approx(sum(amounts))
        assert own["实际"] == pytest.approx(own["扣款"] + own["奖励"] + own["结转"])
    assert figures["行数"] == len(rows)
    assert figures["扣款"] == pytest.approx(sum(own["扣款"] for own in accounts)) == -310
    assert figures["奖励"] == pytest.approx(sum(own["奖励"] for own in accounts)) == 60
    assert figures["合计"] == pytest.approx(sum(row["金额"] for row in rows if row["金额"] != ""))


def test_everything_is_a_value_and_nothing_a_formula(september):
    book = openpyxl.load_workbook(september.folder / "outbox/hr/2026-09.xlsx")
    assert book.sheetnames == ["明细", "汇总", "控制", "未列入"]
    for page in book:
        assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
    amounts = [row["金额"] for row in sheet(september, "2026-09") if row["金额"] != ""]
    assert all(isinstance(amount, (int, float)) for amount in amounts)


def test_the_csv_says_what_the_workbook_says(september):
    path = september.folder / "outbox/hr/2026-09.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = rows_of(path)
    assert list(rows[0]) == DETAIL
    book = [
        {name: f"{value:.2f}" if name == "金额" and value != "" else str(value) for name, value in row.items()}
        for row in sheet(september, "2026-09")
    ]
    assert rows == book


def test_points_without_a_value_have_no_amount_and_with_a_value_have_one(september, tmp_path):
    found = {row["条款编号"]: row for row in sheet(september, "2026-09") if row["工号"] == "E3"}
    assert (found["DS-S3"]["点数"], found["DS-S3"]["金额"]) == ("-B1", "")
    assert (found["DS-S12"]["点数"], found["DS-S12"]["金额"]) == ("+A1", "")
    worth = make_site(tmp_path, UNITS, points={"A": 100, "B": 50.5})
    deliver(worth, "2026-09-30", REGISTERS)
    found = {row["条款编号"]: row for row in sheet(worth, "2026-09") if row["工号"] == "E3"}
    assert (found["DS-S3"]["点数"], found["DS-S3"]["金额"]) == ("-B1", -50.5)
    assert (found["DS-S12"]["点数"], found["DS-S12"]["金额"]) == ("+A1", 100)
    assert line(worth, clause="DS-S3")["amount"] == "-50.50"


def test_the_generic_profile_has_one_line_for_each_amount(september):
    rows = rows_of(september.folder / "outbox/hr/generic/2026-09.csv")
    details = [row for row in rows_of(september.folder / "outbox/hr/2026-09.csv") if row["金额"]]
    assert [(row["工号"], row["金额"], row["决定编号"]) for row in rows] == [
        (row["工号"], row["金额"], row["决定编号"]) for row in details
    ]


def test_the_frappe_profile_pays_and_deducts_by_different_components_in_positive_amounts(september):
    rows = rows_of(september.folder / "outbox/hr/frappe_hrms_additional_salary/2026-09.csv")
    assert list(rows[0]) == [
        *("Series", "Employee", "Company", "Salary Component", "Amount", "Currency", "Payroll Date"),
        "Overwrite Salary Structure Amount",
        "Remarks",
    ]
    details = [row for row in rows_of(september.folder / "outbox/hr/2026-09.csv") if row["金额"]]
    assert [row["Employee"] for row in rows] == [row["工号"] for row in details]
    assert [float(row["Amount"]) for row in rows] == [abs(float(row["金额"])) for row in details]
    paid = {row["Salary Component"] for row, own in zip(rows, details, strict=True) if float(own["金额"]) > 0}
    kept = {row["Salary Component"] for row, own in zip(rows, details, strict=True) if float(own["金额"]) < 0}
    assert paid and kept and not paid & kept
    for row in rows:
        assert (row["Series"], row["Company"], row["Currency"]) == ("HR-ADS-.YY.-.MM.-", "测试公司", "CNY")
        assert (row["Payroll Date"], row["Overwrite Salary Structure Amount"]) == ("2026-09-30", "0")


def test_the_wide_profile_has_one_line_an_employee_and_one_column_an_item(september):
    rows = {row["工号"]: row for row in rows_of(september.folder / "outbox/hr/wide/2026-09.csv")}
    accounts = {row["工号"]: row for row in sheet(september, "2026-09", "汇总")}
    assert set(rows) == {"E1", "E2"}
    assert (rows["E1"]["罚款"], rows["E1"]["结转"], rows["E1"]["合计"]) == ("-300.00", "100.00", "-200.00")
    assert (rows["E2"]["罚款"], rows["E2"]["奖励"], rows["E2"]["合计"]) == ("-10.00", "60.00", "50.00")
    for staff_no, row in rows.items():
        assert float(row["合计"]) == accounts[staff_no]["实际"]


def test_the_same_month_written_twice_is_the_same_to_the_byte_and_keeps_its_batch(site):
    before = {name: data for name, (data, _) in files(site).items()}
    site.once("2026-09-30")
    assert {name: data for name, (data, _) in files(site).items()} == before
    assert control(site, "2026-09")["批次"] == "2026-09-30-0001"
    site.once("2026-10-02")
    after = {name: data for name, (data, _) in files(site).items()}
    assert {name: after[name] for name in before} == before
    assert control(site, "2026-10")["批次"] == "2026-10-02-0003"
    deliver(site, "2026-10-02", {"discipline": discipline(penalty("J8", "2026-09-10", "E2", "OR-14"))}, "补.xlsx")
    assert control(site, "2026-09")["批次"] == "2026-10-02-0004"
    assert files(site)["2026-10.xlsx"][0] == after["2026-10.xlsx"]


def test_two_sites_with_the_same_rows_write_the_same_bytes(september, tmp_path):
    other = make_site(tmp_path, UNITS, managers=["M001"], extra=PROFILES)
    deliver(other, "2026-09-30", REGISTERS)
    assert {name: data for name, (data, _) in files(other).items()} == {
        name: data for name, (data, _) in files(september).items()
    }


def test_no_line_is_exported_under_two_ids_or_in_two_months(site):
    deliver(site, "2026-11-30", {"discipline": discipline(penalty("J9", "2026-10-10", "E1", "TS-4"))}, "补.xlsx")
    exported = [
        (row["决定编号"], row["期间"])
        for period in ("2026-09", "2026-10", "2026-11")
        for row in sheet(site, period)
        if row["项目编码"] != "结转"
    ]
    assert len({id for id, _ in exported}) == len(exported)
    facts = [(row["clause"], row["effect"], row["staff_no"], row["subject"]) for row in site.lines()]
    assert len(set(facts)) == len(facts)
