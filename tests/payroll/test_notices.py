"""Notices: what an employee is handed, that he was handed it, and what waits until then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sitework import Site, command, make_site

from payroll.desk import (
    appeal,
    close,
    control,
    copy_of,
    deliver,
    discipline,
    employee,
    line,
    penalty,
    roster,
    sheet,
)
from processor.catalogue.law import load_laws

PACKS = {"一部": ["technical_service"]}
REQUIRED = "[notice]\nrequired = true\nappeal_days = 5\n"


def made(folder: Path, extra: str = REQUIRED) -> Site:
    """A fine of E1 and one of E2 in September, 100 each, and of their supervisor for both."""
    site = make_site(folder, PACKS, managers=["M001"], extra=extra)
    rows = [
        penalty("J1", "2026-09-02", "E1", "TS-1"),
        penalty("J2", "2026-09-03", "E2", "TS-1"),
    ]
    staff = roster(employee("E1"), employee("E2"))
    assert deliver(site, "2026-09-30", {"roster": staff, "discipline": discipline(*rows)})["exit"] == 0
    return site


@pytest.fixture(scope="module")
def issued(tmp_path_factory) -> Site:
    return made(tmp_path_factory.mktemp("issued"))


@pytest.fixture
def site(issued, tmp_path) -> Site:
    return copy_of(issued, tmp_path)


def notice(site: Site, staff_no: str = "E1", period: str = "2026-09") -> str:
    return (site.folder / f"outbox/通知/{period}/一部/{staff_no} {staff_no}名.html").read_text(encoding="utf-8")


def listed(site: Site) -> list[dict[str, Any]]:
    header, *rows = openpyxl.load_workbook(site.folder / "outbox/送达登记表.xlsx").active.values
    return [dict(zip(header, row, strict=True)) for row in rows]


def number(site: Site, staff_no: str = "E1") -> str:
    return [row["通知编号"] for row in listed(site) if row["工号"] == staff_no][-1]


def receipt(site: Site, as_of: str, given: dict[str, tuple[str, ...]]) -> tuple[int, list[tuple[str, str]]]:
    """Fill 送达登记表 (编号 -> 送达日期, 送达方式, 员工意见, 经办人工号), drop it; exit code and what each row says."""
    book = openpyxl.load_workbook(site.folder / "outbox/送达登记表.xlsx")
    found = book.active
    at = {cell.value: cell.column for cell in found[1]}
    for row in range(2, found.max_row + 1):
        values = given.get(found.cell(row, at["通知编号"]).value, ())
        for header, value in zip(("送达日期", "送达方式", "员工意见", "经办人工号"), values, strict=False):
            found.cell(row, at[header]).value = value or None
    book.save(site.folder / "inbox/送达登记表.xlsx")
    code = site.once(as_of)["exit"]
    returned = openpyxl.load_workbook(site.folder / "outbox/annotated/送达登记表.xlsx").active
    header, *rows = returned.values
    at_state = header.index("处理状态")
    return code, [(row[at_state], row[at_state + 1] or "") for row in rows]


def taken(site: Site, period: str = "2026-09", staff_no: str = "E1") -> list[float]:
    return [row["金额"] for row in sheet(site, period) if row["工号"] == staff_no]


def held(site: Site, period: str = "2026-09", staff_no: str = "E1") -> list[tuple[float, str]]:
    return [(row["金额"], row["原因"]) for row in sheet(site, period, "未列入") if row["工号"] == staff_no]


def test_a_notice_says_all_and_nothing_of_others(site):
    text = notice(site)
    for word in (
        "E1名",
        "一部",
        "2026-09-02",
        "TS-1",
        "-100.00",
        "登记表.xlsx",
        "第2行",
        "未填公布日期",
        "认可",
        "异议",
        "员工签名",
    ):
        assert word in text, word
    assert "E2名" not in text
    assert number(site) in text
    assert "@page" in text and "http" not in text.replace("http-equiv", "")
    both = (site.folder / "outbox/通知/2026-09/一部.html").read_text(encoding="utf-8")
    assert "E1名" in both and "E2名" in both
    assert (site.folder / "outbox/通知/2026-09/一部/送达登记表.xlsx").exists()


def test_who_answers_for_others_sees_their_number_without_their_amount(site):
    """The supervisor of E1 and E2: 200 for each of them, and twice the fine of E2 for a promise that he had no right to."""
    deliver(site, "2026-09-30", {"discipline": discipline(penalty("J3", "2026-09-04", "E2", "TS-2"))}, "又.xlsx")
    text = notice(site, "M001")
    assert "下属E1违规" in text and "下属E2违规" in text and "E1名" not in text and "E2名" not in text
    assert "E2因与来访客户谈私事或越权承诺被罚款，主管M001名连带2倍，罚款400.00元" in text
    assert "-200.00" in text and "-400.00" in text and "被罚款200.00元" not in text
    assert "M001名" not in notice(site, "E2") and "某员工" not in notice(site, "E1")


def test_a_name_in_a_typed_text_is_told_to_nobody_else(site):
    typed = "J3,2026-09-04,E1,,TS-2,,,,,和E2名一起，客户电话13900000001,M001,"
    deliver(site, "2026-09-30", {"discipline": discipline(typed)}, "又.xlsx")
    text = notice(site)
    assert "和某员工一起" in text and "E2名" not in text and "13900000001" not in text


def test_the_list_has_a_row_a_notice(site):
    [row] = [row for row in listed(site) if row["工号"] == "E1"]
    assert (row["期间"], row["姓名"], row["门店"], row["金额"], row["点数"]) == (
        "2026-09",
        "E1名",
        "一部",
        "-100.00",
        None,
    )


def test_nothing_is_taken_before_its_notice(site):
    assert taken(site) == []
    assert held(site) == [(-100, "未送达")]
    assert (control(site, "2026-09")["未列入行数"], control(site, "2026-09")["未列入金额"]) == (4, -600)


def test_an_agreed_notice_counts_at_once(site):
    code, told = receipt(site, "2026-10-02", {number(site): ("2026-10-01", "当面", "认可", "M001")})
    assert code == 0
    assert ("已生效", "已生效：2026-10-01送达，认可") in told and ("待确认", "") in told
    assert taken(site) == [-100] and held(site) == []
    assert held(site, staff_no="E2") == [(-100, "未送达")]


def test_without_agreement_the_days_of_appeal_run_first(site):
    receipt(site, "2026-10-02", {number(site): ("2026-10-01", "邮寄", "拒签", "M001")})
    assert held(site) == [(-100, "异议期内至2026-10-06")]
    site.once("2026-10-06")
    assert taken(site) == []
    site.once("2026-10-07")
    assert taken(site) == [-100] and held(site) == []


def test_an_open_appeal_holds_its_line_even_after_agreement(site):
    id = line(site, staff_no="E1")["decision_id"]
    receipt(site, "2026-10-02", {number(site): ("2026-10-01", "当面", "认可", "M001")})
    appeal(site, "2026-10-03", f"A1,{id},E1,2026-10-03,不服,,,,")
    assert held(site) == [(-100, "申诉未处理")]
    appeal(site, "2026-10-04", f"A1,{id},E1,2026-10-03,不服,维持,,M001,2026-10-04")
    assert taken(site) == [-100]


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (("2026-09-29", "当面", "认可", "M001"), "早于"),
        (("2026-10-03", "当面", "认可", "M001"), "晚于"),
        (("2026-10-01", "当面", "认可", "E1"), "员工本人"),
        (("2026-10-01", "当面", "认可", ""), "经办人"),
        (("", "当面", "认可", "M001"), "送达日期"),
        (("2026-10-01", "飞鸽", "认可", "M001"), "飞鸽"),
    ],
)
def test_a_receipt_that_cannot_be_is_refused(site, given, word):
    code, told = receipt(site, "2026-10-02", {number(site): given})
    assert code == 1
    [said] = [text for state, text in told if state == "未采纳"]
    assert word in said
    assert held(site) == [(-100, "未送达")]


def test_a_changed_line_makes_a_new_number_and_after_delivery_a_correction(site):
    first = number(site)
    changed = discipline(penalty("J1", "2026-09-04", "E1", "TS-1"), penalty("J2", "2026-09-03", "E2", "TS-1"))
    deliver(site, "2026-10-01", {"discipline": changed}, "更正.xlsx")
    second = number(site)
    assert second != first and first not in {row["通知编号"] for row in listed(site)}
    receipt(site, "2026-10-02", {second: ("2026-10-01", "当面", "认可", "M001")})
    assert taken(site) == [-100]
    again = discipline(penalty("J1", "2026-09-05", "E1", "TS-1"), penalty("J2", "2026-09-03", "E2", "TS-1"))
    deliver(site, "2026-10-03", {"discipline": again}, "再更正.xlsx")
    text = notice(site)
    assert "更正" in text and second in text and "2026-09-04" in text and "2026-09-05" in text
    assert {second, number(site)} <= {row["通知编号"] for row in listed(site)} and number(site) != second
    assert held(site) == [(-100, "未送达")]


def test_a_line_held_past_closing_is_taken_once_by_the_next_month(site):
    before = number(site)
    code, out, _ = command(
        "close", "2026-09", "--config", site.config, "--as-of", "2026-10-02", "--anyway", "--by", "M001"
    )
    assert code == 0 and "2026-10" in out
    assert taken(site) == []
    assert held(site, "2026-10") == []
    site.once("2026-10-03")
    assert held(site, "2026-10") == [(-100, "未送达")]
    code, _ = receipt(site, "2026-10-05", {before: ("2026-10-04", "当面", "认可", "M001")})
    assert code == 0
    [row] = [row for row in sheet(site, "2026-10") if row["工号"] == "E1"]
    assert (row["期间"], row["金额"], row["项目编码"]) == ("2026-10", -100, "fine")
    command("close", "2026-10", "--config", site.config, "--as-of", "2026-11-02", "--anyway", "--by", "M001")
    site.once("2026-11-03")
    assert taken(site, "2026-10") == [-100] and taken(site, "2026-11") == []
    assert held(site, "2026-11") == []


def test_where_no_notice_is_required_nothing_waits(tmp_path):
    site = made(tmp_path, "")
    assert taken(site) == [-100] and held(site) == []
    assert notice(site)
    assert control(site, "2026-09")["扣款依据"] == "未设置地区，未核对扣款依据"


def test_guangdong_takes_no_fines_and_wants_notice(tmp_path):
    site = made(tmp_path, '[law]\nregion = "广东"\n')
    [(amount, reason)] = held(site)
    assert amount == -100
    assert reason == "广东不得罚款（依据《广东省工资支付条例》第十五条）"
    assert taken(site) == []
    assert line(site, staff_no="E1")["amount"] == "-100.00"
    code, out, _ = command("check", "--config", site.config)
    assert code == 0 and "广东" in out and "书面" in out


def test_nothing_is_taken_for_what_happened_before_the_rules_were_published(tmp_path):
    site = made(tmp_path, "[law]\npublished = {technical_service = 2026-09-03}\n")
    assert [reason for _, reason in held(site)] == ["规章于2026-09-03公布，公布以前的事没有扣款依据"]
    assert taken(site, staff_no="E2") == [-100]
    assert "公布于2026-09-03" in notice(site, "E2")


def test_an_unknown_region_is_a_fault_of_the_site(tmp_path):
    site = make_site(tmp_path, PACKS, extra='[law]\nregion = "火星"\n')
    code, out, _ = command("check", "--config", site.config)
    assert code == 2 and "火星" in out


def test_a_line_that_loses_its_basis_after_closing_is_given_back(tmp_path):
    """The fine of 2 September was taken; it turns out that it was for the 1st, before the rules were published."""
    site = made(tmp_path, "[law]\npublished = {technical_service = 2026-09-02}\n")
    assert taken(site) == [-100]
    close(site, "2026-09", "2026-10-05")
    deliver(site, "2026-10-06", {"discipline": discipline(penalty("J1", "2026-09-01", "E1", "TS-1"))}, "更正.xlsx")
    assert taken(site, "2026-10") == [100] and held(site, "2026-10") == []


def test_what_never_had_a_basis_leaves_no_adjustment(tmp_path):
    site = made(tmp_path, "[law]\npublished = {technical_service = 2026-09-10}\n")
    assert taken(site) == []
    close(site, "2026-09", "2026-10-05")
    deliver(site, "2026-10-06", {"discipline": discipline(penalty("J1", "2026-09-01", "E1", "TS-1"))}, "更正.xlsx")
    assert taken(site, "2026-10") == [] and held(site, "2026-10") == []
    deliver(site, "2026-10-07", {"discipline": discipline(penalty("J1", "2026-09-12", "E1", "TS-1"))}, "更正二.xlsx")
    assert taken(site, "2026-10") == [-100]


@pytest.mark.parametrize(
    ("region", "what"),
    [
        ("广东", "was not verified: the number of the article that forbids fines"),
        ("江苏", "was not verified: the words"),
    ],
)
def test_check_says_what_of_the_law_is_not_verified(tmp_path, region, what):
    site = make_site(tmp_path, PACKS, extra=f'[law]\nregion = "{region}"\n')
    code, out, _ = command("check", "--config", site.config)
    assert code == 0 and what in out and "no lawyer has read" in out


def test_shenzhen_holds_from_its_own_day():
    entries = [entry for entry in load_laws()["深圳"].entries if "深圳" in entry.source]
    assert [entry.since.isoformat() for entry in entries] == ["2004-12-01", "2022-08-04"]
    assert all(entry.found_in for law in load_laws().values() for entry in law.entries)


def test_a_sum_of_somebody_whose_line_is_in_a_closed_month_is_told_to_nobody_else(site):
    """September is closed with 400 of the supervisor for the 100 of each; E2's becomes 50 by an appeal afterwards."""
    deliver(site, "2026-09-30", {"discipline": discipline(penalty("J3", "2026-09-04", "E2", "TS-2"))}, "又.xlsx")
    for staff_no in ("E2", "M001"):
        given = ("2026-10-01", "当面", "认可", "M001" if staff_no == "E2" else "E1")
        receipt(site, "2026-10-01", {number(site, staff_no): given})
    close(site, "2026-09", "2026-10-02")
    id = next(row["决定编号"] for row in sheet(site, "2026-09") if row["工号"] == "E2" and row["条款编号"] == "TS-2")
    appeal(site, "2026-10-03", f"A1,{id},E2,2026-10-02,不服,改为,50,M001,2026-10-03")
    text = notice(site, "M001", "2026-10")
    assert "差额300.00元" in text and "下属E2因与来访客户谈私事或越权承诺被罚款，主管M001名连带2倍" in text
    assert "E2名" not in text and "某员工" not in text and "被罚款50.00元" not in text and "被罚款200.00元" not in text


def test_what_is_still_to_be_told_of_a_closed_month_lies_with_the_month_that_takes_it(site):
    """E1's line is held past the closing and changed on appeal: the correction can be printed, delivered, and counts."""
    first = number(site)
    receipt(site, "2026-10-01", {first: ("2026-10-01", "当面", "异议", "M001")})
    id = line(site, staff_no="E1", effect="fine")["decision_id"]
    close(site, "2026-09", "2026-10-02")
    appeal(site, "2026-10-03", f"A1,{id},E1,2026-10-02,不服,改为,30,M001,2026-10-03")
    printed = site.folder / "outbox/通知/2026-10/一部/E1 E1名 2026-09.html"
    text = printed.read_text(encoding="utf-8")
    assert "更正" in text and "-30.00" in text and "-100.00元" in text and "2026年9月" in text
    assert "E1名" in (site.folder / "outbox/通知/2026-10/一部.html").read_text(encoding="utf-8")
    assert [row["金额"] for row in listed(site) if row["工号"] == "E1"] == ["-100.00", "-30.00"]
    receipt(site, "2026-10-04", {number(site): ("2026-10-04", "当面", "认可", "M001")})
    assert taken(site, "2026-10") == [-30] and not printed.exists()


def test_a_receipt_is_read_as_people_write_it(site):
    code, told = receipt(site, "2026-10-02", {number(site): ("2026年10月1日", "快递", "不认可", "M001名")})
    assert code == 0 and ("已生效", "已生效：2026-10-01送达，异议") in told
    code, told = receipt(site, "2026-10-02", {number(site): ("", "当面", "无异议", "M001")})
    assert code == 1 and ("未采纳", "未采纳：请填写送达日期") in told
