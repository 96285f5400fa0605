"""Closing a month: what is in the way, by command and by 月结单, and who may."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest
from sitework import Site, command, make_site

from payroll.desk import (
    ROSTER,
    appeal,
    confirm,
    control,
    copy_of,
    deliver,
    discipline,
    employee,
    files,
    line,
    penalty,
    roster,
    table,
)

PACKS = {"一部": ["technical_service"], "二部": ["technical_service"]}


@pytest.fixture(scope="module")
def delivered(tmp_path_factory) -> Site:
    """August: a fine; September: a fine, and a coercion that waits; October: a fine."""
    site = make_site(tmp_path_factory.mktemp("delivered"), PACKS, managers=["M001"], extra="")
    text = (site.folder / "site.toml").read_text(encoding="utf-8")
    text = text.replace('managers = ["M001"]', 'managers = ["M001"]\npayroll = ["HR01"]')
    (site.folder / "site.toml").write_text(text, encoding="utf-8")
    rows = [
        penalty("J0", "2026-08-05", "E1", "TS-1"),
        penalty("J1", "2026-09-02", "E1", "TS-1"),
        penalty("J2", "2026-09-03", "E2", "TS-6", amount=500),
        penalty("J3", "2026-10-03", "E2", "TS-1"),
    ]
    staff = roster(employee("E1"), employee("E2"), employee("HR01"))
    assert deliver(site, "2026-10-05", {"roster": staff, "discipline": discipline(*rows)})["exit"] == 0
    return site


@pytest.fixture
def site(delivered, tmp_path) -> Site:
    return copy_of(delivered, tmp_path)


def close(site: Site, period: str, as_of: str, *options: str) -> tuple[int, str]:
    code, out, err = command("close", period, "--config", site.config, "--as-of", as_of, *options)
    return code, out + err


def settle_all(site: Site) -> None:
    ids = [row["decision_id"] for row in site.lines() if row["status"] in ("needs_confirmation", "pending_amount")]
    confirm(site, "2026-10-06", [f"{id},撤销,,M001,2026-10-06" for id in ids])


def form(site: Site) -> dict[str, dict[str, Any]]:
    header, *rows = openpyxl.load_workbook(site.folder / "outbox/月结单.xlsx").active.values
    return {row[0]: dict(zip(header, row, strict=True)) for row in rows}


def drop(site: Site, as_of: str, given: dict[str, dict[str, Any]]) -> tuple[int, dict[str, tuple[str, str]]]:
    """Fill the outbox's own 月结单 and drop it; exit code and what each row says."""
    book = openpyxl.load_workbook(site.folder / "outbox/月结单.xlsx")
    found = book.active
    at = {cell.value: cell.column for cell in found[1]}
    for row in range(2, found.max_row + 1):
        for header, value in given.get(found.cell(row, 1).value, {}).items():
            found.cell(row, at[header]).value = value
    book.save(site.folder / "inbox/月结单.xlsx")
    code = site.once(as_of)["exit"]
    header, *rows = openpyxl.load_workbook(site.folder / "outbox/annotated/月结单.xlsx").active.values
    state = header.index("处理状态")
    return code, {row[0]: (row[state], row[state + 1] or "") for row in rows}


def test_everything_in_the_way_is_listed_and_nothing_changes(site):
    id = line(site, clause="TS-1", period="2026-09", staff_no="E1")["decision_id"]
    appeal(site, "2026-10-06", f"A1,{id},E1,2026-10-06,不服,,,,")
    site.drop({"discipline": discipline(penalty("J9", "2026-09-09", "E1", "TS-1"))}, "没读.xlsx")
    before = files(site, "outbox")
    code, told = close(site, "2026-09", "2026-09-30")
    assert code == 1
    for word in ("2026-09还没有结束", "更早的2026-08还没有关账", "待确认", "申诉A1未处理", "没读.xlsx"):
        assert word in told, word
    assert files(site, "outbox") == before
    assert (site.folder / "inbox/没读.xlsx").exists()


def test_the_form_lists_the_open_months_with_the_same_matters(site):
    rows = form(site)
    assert rows["2026-08"]["状态"] == "可以关账" and not rows["2026-08"]["未尽事项"]
    assert rows["2026-09"]["状态"] == "尚有事项"
    assert "更早的2026-08还没有关账" in rows["2026-09"]["未尽事项"] and "待确认" in rows["2026-09"]["未尽事项"]
    assert "2026-10还没有结束" in rows["2026-10"]["未尽事项"]


def test_a_month_with_nothing_in_the_way_closes_and_says_which_month_takes_what_comes(site):
    code, told = close(site, "2026-08", "2026-10-05")
    assert code == 0 and "2026-09" in told
    assert "2026-08" not in form(site)
    code, told = close(site, "2026-08", "2026-10-05")
    assert code == 0 and "2026-09" in told


def test_anyway_needs_somebody_who_may_close(site):
    assert close(site, "2026-09", "2026-10-05", "--anyway")[0] == 2
    assert close(site, "2026-09", "2026-10-05", "--anyway", "--by", "M001")[0] == 2
    code, _ = close(site, "2026-09", "2026-10-05", "--anyway", "--by", "HR01")
    assert code == 0
    assert control(site, "2026-09")["关账人"] == "HR01"
    _, *rows = openpyxl.load_workbook(site.folder / "outbox/hr/2026-09.xlsx")["控制"].values
    matters = [value for name, value in rows if name == "关账时未尽事项"]
    assert any("2026-08" in matter for matter in matters) and any("待确认" in matter for matter in matters)


def test_several_months_of_one_form_close_the_earlier_first(site):
    settle_all(site)
    yes = {"关账": "是", "关账人工号": "HR01", "关账日期": "2026-10-06"}
    code, told = drop(site, "2026-10-07", {"2026-08": yes, "2026-09": yes})
    assert code == 0
    assert told["2026-08"] == ("已生效", "已生效：2026-08已关账，之后的更改记入2026-10") or told["2026-08"][1].endswith(
        "2026-09"
    )
    assert told["2026-09"] == ("已生效", "已生效：2026-09已关账，之后的更改记入2026-10")
    assert told["2026-10"] == ("待确认", "")
    assert set(form(site)) == {"2026-10"}


def test_a_refused_row_says_the_list(site):
    yes = {"关账": "是", "关账人工号": "HR01"}
    code, told = drop(site, "2026-10-07", {"2026-09": yes})
    assert code == 1
    assert told["2026-09"][0] == "未采纳"
    assert "更早的2026-08还没有关账" in told["2026-09"][1]
    assert "2026-09" in form(site)


@pytest.mark.parametrize(("by", "word"), [("M001", "M001无权关账"), ("", "关账人工号")])
def test_only_payroll_closes_by_form(site, by, word):
    code, told = drop(site, "2026-10-07", {"2026-08": {"关账": "是", "关账人工号": by or None}})
    assert code == 1 and told["2026-08"][0] == "未采纳" and word in told["2026-08"][1]


def test_a_day_of_closing_that_cannot_be_read_closes_nothing(site):
    code, told = drop(site, "2026-10-07", {"2026-08": {"关账": "是", "关账人工号": "HR01", "关账日期": "2026-13-45"}})
    assert code == 1 and told["2026-08"] == ("未采纳", "未采纳：“2026-13-45”看不懂，请改正“关账日期”")
    assert "2026-08" in form(site)


def test_a_form_may_close_whatever_is_in_the_way(site):
    anyway = {"关账": "是", "关账人工号": "HR01", "仍要关账": "是", "说明": "先发工资"}
    code, told = drop(site, "2026-10-07", {"2026-09": anyway})
    assert code == 0 and told["2026-09"][0] == "已生效"
    assert control(site, "2026-09")["关账说明"] == "先发工资"


def test_the_same_form_dropped_again_changes_nothing(site):
    yes = {"关账": "是", "关账人工号": "HR01"}
    drop(site, "2026-10-07", {"2026-08": yes})
    before = files(site)["2026-08.xlsx"]
    book = site.folder / "outbox/annotated/月结单.xlsx"
    (site.folder / "inbox/月结单.xlsx").write_bytes(book.read_bytes())
    assert site.once("2026-10-08")["exit"] == 0
    assert files(site)["2026-08.xlsx"] == before


def test_what_waits_for_a_manager_stands_on_no_notice(site):
    names = {path.name for path in (site.folder / "outbox/通知/2026-09/一部").glob("*.html")}
    assert "E1 E1名.html" in names and "E2 E2名.html" not in names


def test_the_only_manager_answers_about_himself_and_who_manages_every_unit_closes(tmp_path):
    units = [("甲店", '["D1"]'), ("乙店", '["D1", "D2"]')]
    text = '[site]\nname = "测试公司"\nsettle_seconds = 0\n' + "".join(
        f'[[units]]\nname = "{name}"\npacks = ["technical_service"]\nmanagers = {managers}\n'
        for name, managers in units
    )
    (tmp_path / "inbox").mkdir()
    (tmp_path / "site.toml").write_text(text, encoding="utf-8")
    site = Site(tmp_path)
    staff = (employee("D1", unit="甲店", boss=""), employee("D2", unit="乙店", boss=""))
    rows = discipline(penalty("J1", "2026-09-02", "D1", "TS-6", amount=60000).replace("M001", "D1"))
    assert deliver(site, "2026-10-01", {"roster": table(ROSTER, *staff), "discipline": rows})["exit"] == 0
    waits = [row["decision_id"] for row in site.lines() if row["status"] == "needs_confirmation"]
    confirm(site, "2026-10-02", [f"{id},确认,,D1,2026-10-02" for id in waits])
    assert line(site, effect="fine")["status"] == "confirmed"
    asked = {"关账": "是", "关账人工号": "D2"}
    assert drop(site, "2026-10-03", {"2026-09": asked})[1]["2026-09"] == ("未采纳", "未采纳：D2无权关账")
    code, told = drop(site, "2026-10-03", {"2026-09": asked | {"关账人工号": "D1名"}})
    assert code == 0 and told["2026-09"][0] == "已生效"
    assert control(site, "2026-09")["关账人"] == "D1"
