"""待确认事项: named managers confirm, revoke or change what waits, in the workbook that the batch itself wrote."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest
from sitework import Site, make_site

from payroll.desk import (
    answer,
    confirm,
    copy_of,
    deliver,
    discipline,
    employee,
    explain,
    line,
    lines,
    penalty,
    roster,
    sheet,
    waiting,
)

PACKS = {"一部": ["technical_service"], "二部": ["online_retail"]}
CHANGES = ("确认", None, "M001", date(2026, 9, 30))


@pytest.fixture(scope="module")
def decided(tmp_path_factory) -> Site:
    """A coercion of 60000 yuan and a leak without figure, each with a dismissal, all waiting."""
    site = make_site(tmp_path_factory.mktemp("decided"), PACKS, managers=["M001", "HR01"])
    rows = [penalty("J1", "2026-09-02", "E1", "TS-6", amount=60000), penalty("J2", "2026-09-03", "E1", "TS-5")]
    staff = roster(employee("E1"), employee("E2", unit="二部"))
    assert deliver(site, "2026-09-30", {"roster": staff, "discipline": discipline(*rows)})["exit"] == 0
    return site


@pytest.fixture
def site(decided, tmp_path) -> Site:
    return copy_of(decided, tmp_path)


def coercion(site: Site) -> dict[str, str]:
    return line(site, clause="TS-6", effect="fine")


def test_the_workbook_lists_what_waits_and_offers_the_three_answers(site):
    expected = {row["decision_id"] for row in site.lines() if row["status"] in ("needs_confirmation", "pending_amount")}
    assert set(waiting(site)) == expected
    book = openpyxl.load_workbook(site.folder / "outbox/待确认事项.xlsx").active
    assert [cell.value for cell in book[1]] == [
        *("决定编号", "事项", "员工", "建议", "决定", "改为金额", "确认人工号", "确认日期", "说明", "归属人"),
    ]
    [offered] = book.data_validations.dataValidation
    assert offered.formula1 == '"确认,撤销,改为,归属"'
    assert all(f"E{row}" in offered.sqref for row in range(2, book.max_row + 1))
    assert sheet(site, "2026-09") == []


def test_confirming_makes_the_line_count_under_its_id_and_takes_it_off_the_list(site):
    id = coercion(site)["decision_id"]
    result = answer(site, "2026-09-30", {id: CHANGES})
    assert (result["exit"], result["workbooks"][0]["registers"][0]["issues"]) == (0, 0)
    assert (coercion(site)["decision_id"], coercion(site)["status"], coercion(site)["amount"]) == (
        *(id, "confirmed", "-60000.00"),
    )
    assert id not in waiting(site)
    assert [row["金额"] for row in sheet(site, "2026-09") if row["决定编号"] == id and row["项目编码"] == "fine"] == [
        -60000
    ]
    told = explain(site, id)
    assert "M001" in told and "确认" in told and "待确认事项.xlsx" in told


def test_the_other_rows_of_the_same_workbook_still_wait(site):
    before = set(waiting(site))
    id = coercion(site)["decision_id"]
    answer(site, "2026-09-30", {id: CHANGES})
    linked = {row["decision_id"] for row in lines(site, linked_to=id)}
    assert set(waiting(site)) == before - {id} - linked


def test_an_old_copy_of_the_workbook_with_the_answer_left_blank_takes_nothing_back(site):
    id, other = coercion(site)["decision_id"], line(site, clause="TS-6", effect="recommendation")["decision_id"]
    blank = (site.folder / "outbox/待确认事项.xlsx").read_bytes()
    answer(site, "2026-09-30", {id: CHANGES})
    (site.folder / "outbox/待确认事项.xlsx").write_bytes(blank)
    answer(site, "2026-09-30", {other: CHANGES})
    assert coercion(site)["status"] == "confirmed"
    assert line(site, decision_id=other)["status"] == "confirmed"


def test_revoking_empties_the_amount_and_takes_linked_lines_along(site):
    id = coercion(site)["decision_id"]
    answer(site, "2026-09-30", {id: ("撤销", None, "M001", date(2026, 9, 30))})
    assert (coercion(site)["status"], coercion(site)["amount"]) == ("revoked", "")
    [joint] = lines(site, linked_to=id)
    assert (joint["clause"], joint["status"], joint["amount"]) == ("TS-9", "revoked", "")
    assert not {id, joint["decision_id"]} & set(waiting(site))


def test_changing_confirms_with_the_new_amount_entered_without_sign(site):
    entered = {"E1": 50000, "E3": -50000, "E4": "50000"}
    more = [penalty(f"J{no}", "2026-09-02", no, "TS-6", amount=60000) for no in ("E3", "E4")]
    registers = {"roster": roster(employee("E3"), employee("E4")), "discipline": discipline(*more)}
    deliver(site, "2026-09-30", registers, "更多.xlsx")
    ids = {no: line(site, clause="TS-6", effect="fine", staff_no=no)["decision_id"] for no in entered}
    answer(site, "2026-09-30", {ids[no]: ("改为", said, "M001", date(2026, 9, 30)) for no, said in entered.items()})
    for id in ids.values():
        changed = line(site, decision_id=id)
        assert (changed["status"], changed["amount"]) == ("confirmed", "-50000.00")
        [joint] = lines(site, linked_to=id)
        assert (joint["amount"], joint["status"]) == ("-100000.00", "final")


def test_a_missing_figure_is_given_by_changing_and_stays_open_when_only_confirmed(site):
    id = line(site, clause="TS-5", effect="fine")["decision_id"]
    answer(site, "2026-09-30", {id: CHANGES}, "一.xlsx")
    assert line(site, decision_id=id)["status"] == "pending_amount"
    answer(site, "2026-09-30", {id: ("改为", None, "M001", date(2026, 9, 30))}, "二.xlsx")
    assert line(site, decision_id=id)["status"] == "pending_amount"
    answer(site, "2026-09-30", {id: ("改为", 3000, "M001", date(2026, 9, 30))}, "三.xlsx")
    assert (line(site, decision_id=id)["status"], line(site, decision_id=id)["amount"]) == ("confirmed", "-3000.00")
    [joint] = lines(site, linked_to=id)
    assert (joint["amount"], joint["status"]) == ("-6000.00", "final")


def test_an_unnamed_person_marks_a_cell_and_changes_nothing(site):
    id = coercion(site)["decision_id"]
    for number, name in enumerate(["E1", "E9", None]):
        result = answer(site, "2026-09-30", {id: ("确认", None, name, date(2026, 9, 30))}, f"{number}.xlsx")
        assert result["exit"] == 1
        assert result["workbooks"][0]["registers"][0]["issues"] == 1
        assert coercion(site)["status"] == "needs_confirmation"
        assert id in waiting(site)
    marked = openpyxl.load_workbook(site.folder / "outbox/annotated/1.xlsx")["待确认事项"]
    assert any(row[6].comment for row in marked.iter_rows(min_row=2))


def test_a_manager_counts_though_the_roster_does_not_know_him(site):
    id = coercion(site)["decision_id"]
    assert answer(site, "2026-09-30", {id: ("确认", None, "HR01", date(2026, 9, 30))})["exit"] == 0
    assert coercion(site)["status"] == "confirmed"


def test_what_an_unnamed_person_says_later_leaves_the_manager_s_answer(site):
    id = coercion(site)["decision_id"]
    confirm(site, "2026-09-30", [f"{id},确认,,M001,2026-09-30"])
    assert confirm(site, "2026-09-30", [f"{id},撤销,,E1,2026-10-01"])["exit"] == 1
    assert coercion(site)["status"] == "confirmed"


def test_a_later_answer_supersedes_the_earlier_one_from_whatever_workbook(site):
    id = coercion(site)["decision_id"]
    confirm(site, "2026-09-30", [f"{id},确认,,M001,2026-09-10"], "一.xlsx")
    confirm(site, "2026-09-30", [f"{id},撤销,,M001,2026-09-11"], "二.xlsx")
    assert coercion(site)["status"] == "revoked"
    confirm(site, "2026-09-30", [f"{id},改为,70000,M001,2026-09-11"], "一.xlsx")
    assert (coercion(site)["status"], coercion(site)["amount"]) == ("confirmed", "-70000.00")
    told = explain(site, id)
    given = [line for line in told.splitlines() if line.startswith("答复")]
    assert [word for line in given for word in ("确认", "撤销", "改为") if f" {word}" in line] == [
        "确认",
        "撤销",
        "改为",
    ]
    assert coercion(site)["text"].endswith("经理改为70000.00元")
    assert "曾为" in told


def test_the_same_answer_again_changes_nothing(site):
    id = coercion(site)["decision_id"]
    confirm(site, "2026-09-30", [f"{id},确认,,M001,2026-09-10"], "一.xlsx")
    confirm(site, "2026-09-30", [f"{id},确认,,M001,2026-09-10"], "二.xlsx")
    assert site.lines("changes.csv") == []
    assert coercion(site)["status"] == "confirmed"


def test_a_decision_that_changed_after_it_was_answered_asks_again(site):
    id = coercion(site)["decision_id"]
    confirm(site, "2026-09-30", [f"{id},确认,,M001,2026-09-30"])
    corrected = discipline(penalty("J1", "2026-09-02", "E1", "TS-6", amount=80000))
    deliver(site, "2026-09-30", {"discipline": corrected}, "更正.xlsx")
    assert (coercion(site)["decision_id"], coercion(site)["status"], coercion(site)["amount"]) == (
        *(id, "needs_confirmation", "-80000.00"),
    )
    assert id in waiting(site)
    answer(site, "2026-09-30", {id: CHANGES})
    assert (coercion(site)["status"], coercion(site)["amount"]) == ("confirmed", "-80000.00")


def test_a_revoked_decision_asks_again_when_its_row_is_corrected(site):
    id = coercion(site)["decision_id"]
    confirm(site, "2026-09-30", [f"{id},撤销,,M001,2026-09-30"])
    corrected = discipline(penalty("J1", "2026-09-02", "E1", "TS-6", amount=80000))
    deliver(site, "2026-09-30", {"discipline": corrected}, "更正.xlsx")
    assert coercion(site)["status"] == "needs_confirmation"


def test_an_answer_that_comes_before_its_line_holds_when_the_line_appears(site, tmp_path):
    id = coercion(site)["decision_id"]
    other = make_site(tmp_path / "other", PACKS, managers=["M001"])
    early = confirm(other, "2026-09-30", [f"{id},确认,,M001,2026-09-30"])
    assert early["exit"] == 1
    rows = discipline(penalty("J1", "2026-09-02", "E1", "TS-6", amount=60000))
    deliver(other, "2026-09-30", {"roster": roster(employee("E1")), "discipline": rows}, "二.xlsx")
    assert (coercion(other)["decision_id"], coercion(other)["status"]) == (id, "confirmed")


def test_a_recommendation_that_is_confirmed_brings_no_money_to_the_sheet(site):
    id = line(site, clause="TS-6", effect="recommendation")["decision_id"]
    answer(site, "2026-09-30", {id: CHANGES})
    assert line(site, decision_id=id)["status"] == "confirmed"
    assert sheet(site, "2026-09") == []


def test_answers_count_from_the_folder_of_the_units_managers_alone(tmp_path):
    site = make_site(tmp_path, {"一部": ["technical_service"]}, managers=["M001"])
    config = site.folder / "site.toml"
    text = config.read_text(encoding="utf-8").replace('name = "一部"', 'name = "一部"\nanswers = "inbox/经理"')
    config.write_text(text, encoding="utf-8")
    rows = discipline(penalty("J1", "2026-09-03", "E1", "TS-6", amount=60000))
    deliver(site, "2026-09-30", {"roster": roster(employee("E1", boss="")), "discipline": rows})
    fine = line(site, subject="J1", effect="fine")["decision_id"]
    answer = [f"{fine},确认,,M001,2026-10-02"]
    assert confirm(site, "2026-10-02", answer)["exit"] == 1
    assert line(site, subject="J1", effect="fine")["status"] == "needs_confirmation"
    assert confirm(site, "2026-10-02", answer, "经理/答复.xlsx")["exit"] == 0
    assert line(site, subject="J1", effect="fine")["status"] == "confirmed"


def test_a_line_that_falls_with_its_cause_was_nothing_else_in_between(site):
    """While the cause is taken back and the line confirmed in one batch, another unit is done in the middle of it."""
    cause, line_of_boss = coercion(site), line(site, clause="TS-9", subject="J1")
    site.drop({"discipline": discipline(penalty("J9", "2026-09-04", "E2", "OR-10"))}, "二部/登记表.xlsx")
    answers = [f"{cause['decision_id']},撤销,,M001,2026-09-30", f"{line_of_boss['decision_id']},确认,,HR01,2026-09-30"]
    confirm(site, "2026-09-30", answers)
    assert line(site, clause="TS-9", subject="J1")["status"] == "revoked"
    assert explain(site, line_of_boss["decision_id"]).count("曾为") == 1
