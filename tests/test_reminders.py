"""提醒清单: what is due stands on it until it is done or ticked off; decisions.csv keeps every line."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sitework import Site, command, make_site

ROSTER = """
工号,姓名,门店,部门,岗位,入职日期
A1,安一,消防组,安保部,客服,2020-01-01
G1,管一,燃气站,营业部,客服,2020-01-01
"""
HAZARDS = """
隐患编号,发现日期,部位,内容,责任人工号,限期,整改日期,防范措施,门店
H1,2026-10-01,一层,通道堵塞,A1,2026-10-10,,派人值守,消防组
H2,2026-10-01,二层,应急灯坏,A1,2026-10-10,2026-10-12,派人值守,消防组
H3,2026-10-01,三层,门锁坏,A1,2026-10-20,,派人值守,消防组
"""
METERS = """
用户编号,月份,用户类别,抄表日期,抄表员工号,应收金额,客户签字,结算单送达日期,电话通知日期,门店
U1,2026-10,居民,2026-10-05,G1,100,是,2026-10-05,{called},燃气站
"""
HEADER = ["提醒编号", "门店", "日期", "事项", "员工", "对象", "超期天数", "是否已办", "办理日期", "办理人工号", "备注"]
DAY = "2026-10-20"


def delivered(folder: Path) -> Site:
    """A site with workbooks in its inbox, before its first batch."""
    site = make_site(folder, {"消防组": ["fire_safety"], "燃气站": ["gas_utility"]})
    site.drop({"roster": ROSTER, "hazards": HAZARDS, "meter_readings": METERS.format(called="")})
    return site


@pytest.fixture(scope="module")
def reminded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = delivered(tmp_path_factory.mktemp("reminded"))
    assert site.once(DAY)["exit"] == 0
    return site.folder


@pytest.fixture
def waiting(tmp_path: Path) -> Site:
    return delivered(tmp_path)


@pytest.fixture
def site(reminded: Path, tmp_path: Path) -> Site:
    """The site after its first batch, on DAY."""
    return Site(Path(shutil.copytree(reminded, tmp_path / "site")))


def rows_of(site: Site) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(site.folder / "outbox" / "提醒清单.xlsx").active
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def listed(site: Site) -> dict[str, int | None]:
    """对象 -> 超期天数."""
    return {row["对象"]: row["超期天数"] for row in rows_of(site)}


def drop_back(site: Site, changes: dict[str, dict[str, Any]], name: str = "提醒清单.xlsx") -> None:
    """Fill the rows of these 对象 in the list that lies in the outbox and put it into the inbox."""
    book = openpyxl.load_workbook(site.folder / "outbox" / "提醒清单.xlsx")
    for row in book.active.iter_rows(min_row=2):
        for header, value in changes.get(row[HEADER.index("对象")].value, {}).items():
            row[HEADER.index(header)].value = value
    book.save(site.folder / "inbox" / name)


def page(site: Site, unit: str) -> str:
    return (site.folder / "outbox" / "pages" / "units" / unit / "index.html").read_text(encoding="utf-8")


def test_open_things_are_listed_with_the_days_they_are_over(site: Site) -> None:
    assert listed(site) == {"H1": 10, "U1|2026-10": 7}
    first = rows_of(site)[0]
    assert list(first) == HEADER
    line = next(line for line in site.lines() if line["subject"] == "H1" and line["effect"] == "flag")
    assert (first["提醒编号"], first["门店"], first["日期"]) == (line["decision_id"], "消防组", "2026-10-10")
    assert (first["事项"], first["员工"], first["是否已办"]) == (line["text"], "A1 安一", None)
    site.once("2026-10-21")
    assert listed(site) == {"H1": 11, "H3": 1, "U1|2026-10": 8}


def test_the_list_offers_yes_and_no_and_its_bytes_are_the_same_again(site: Site) -> None:
    path = site.folder / "outbox" / "提醒清单.xlsx"
    before = path.read_bytes()
    (rule,) = openpyxl.load_workbook(path).active.data_validations.dataValidation
    assert (rule.formula1, str(rule.sqref)) == ('"是,否"', "H2:H3")
    site.once(DAY)
    assert path.read_bytes() == before


def test_what_is_ticked_leaves_the_list_but_not_the_decisions(site: Site) -> None:
    before = site.lines()
    drop_back(site, {"H1": {"是否已办": "是", "办理日期": "2026-10-19", "办理人工号": "A1"}})
    result = site.once(DAY)
    (book,) = result["workbooks"]
    assert (result["exit"], book["status"]) == (0, "processed")
    assert [r["register"] for r in book["registers"]] == ["reminders"]
    assert listed(site) == {"U1|2026-10": 7}
    assert site.lines() == before
    assert site.lines("changes.csv") == []
    assert "2026-10-19 安一 A1 已办" in page(site, "消防组")
    site.once("2026-10-25")
    assert set(listed(site)) == {"H3", "U1|2026-10"}


def test_a_copy_in_which_a_colleague_ticked_nothing_takes_no_tick_back_but_no_does(site: Site) -> None:
    drop_back(site, {"H1": {"是否已办": "是"}}, "甲.xlsx")
    drop_back(site, {"U1|2026-10": {"是否已办": "是"}}, "乙.xlsx")
    drop_back(site, {"H1": {"是否已办": "否"}}, "丙.xlsx")
    held = (site.folder / "inbox" / "丙.xlsx").rename(site.folder / "丙.xlsx")
    assert site.once(DAY)["exit"] == 0
    assert listed(site) == {}
    held.rename(site.folder / "inbox" / "丙.xlsx")
    assert site.once(DAY)["exit"] == 0
    assert listed(site) == {"H1": 10}


def test_what_falls_due_again_is_open_again(waiting: Site) -> None:
    waiting.once("2026-10-15")
    drop_back(waiting, {"U1|2026-10": {"是否已办": "是", "办理人工号": "G1"}})
    waiting.once("2026-10-15")
    assert "U1|2026-10" not in listed(waiting)
    waiting.drop({"meter_readings": METERS.format(called="2026-10-14")}, "抄表.xlsx")
    waiting.once("2026-10-18")
    assert listed(waiting)["U1|2026-10"] == 1
    assert next(row for row in rows_of(waiting) if row["对象"] == "U1|2026-10")["日期"] == "2026-10-17"


def test_what_is_done_leaves_the_list_by_itself_and_its_old_tick_is_no_fault(site: Site) -> None:
    drop_back(site, {"H1": {"是否已办": "是"}, "U1|2026-10": {"是否已办": "是"}})
    held = (site.folder / "inbox" / "提醒清单.xlsx").rename(site.folder / "提醒清单.xlsx")
    paid = METERS.format(called="").replace("客户签字,", "客户签字,缴费日期,").replace("是,2026", "是,2026-10-20,2026")
    site.drop({"meter_readings": paid}, "抄表.xlsx")
    site.once("2026-10-21")
    assert "U1|2026-10" not in listed(site)
    held.rename(site.folder / "inbox" / "提醒清单.xlsx")
    assert site.once("2026-10-21")["exit"] == 0
    assert listed(site) == {"H3": 1}


def test_unknown_reminders_and_unknown_staff_mark_their_cells(site: Site) -> None:
    drop_back(
        site,
        {
            "H1": {"提醒编号": "FS-3-000000000000", "是否已办": "是"},
            "U1|2026-10": {"是否已办": "是", "办理人工号": "X9"},
        },
    )
    result = site.once(DAY)
    (book,) = result["workbooks"]
    assert (result["exit"], book["registers"][0]["issues"]) == (1, 2)
    assert listed(site) == {"H1": 10, "U1|2026-10": 7}
    sheet = openpyxl.load_workbook(site.folder / book["annotated"])["提醒清单"]
    assert "FS-3-000000000000" in sheet["A2"].comment.text
    assert "X9" in sheet["J3"].comment.text


def test_the_horizon_is_the_sunday_of_the_coming_week(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"消防组": ["fire_safety"]})
    trainings = "培训编号,日期,类型,工号,出勤,门店\nT1,2026-01-05,消防培训,A1,出勤,消防组"
    site.drop({"roster": ROSTER.rsplit("\n", 2)[0], "trainings": trainings})
    subject = "A1|2026"
    site.once("2026-12-20")
    assert subject in {line["subject"] for line in site.lines()}
    assert subject not in listed(site)
    site.once("2026-12-21")
    assert listed(site)[subject] is None
    assert "2026-12-31" in page(site, "消防组")


def test_ticks_open_no_month_and_gone_rows_are_no_news(site: Site) -> None:
    drop_back(site, {"H1": {"是否已办": "是"}})
    site.once(DAY)
    drop_back(site, {"U1|2026-10": {"是否已办": "是"}})
    (book,) = site.once(DAY)["workbooks"]
    assert book["registers"][0]["missing"] == 0
    assert listed(site) == {}


def test_there_is_no_blank_of_the_list(tmp_path: Path) -> None:
    code, _, err = command("blank", "reminders", "--to", str(tmp_path))
    assert (code, "reminders" in err) == (2, True)
    assert command("blank", "--to", str(tmp_path))[0] == 0
    assert len(list(tmp_path.glob("*.xlsx"))) == 51


def test_a_preview_ticks_nothing(site: Site) -> None:
    drop_back(site, {"H1": {"是否已办": "是"}})
    site.once(DAY, "--dry-run")
    site.once(date(2026, 10, 20))
    assert set(listed(site)) == {"U1|2026-10"}


def test_what_stays_open_for_months_keeps_counting_its_days(
    site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for day in ("2027-04-01", "2027-04-08"):
        site.once(day)
    assert listed(site)["H1"] == 180
    fresh = delivered(tmp_path_factory.mktemp("fresh"))
    fresh.once("2027-04-08")
    assert fresh.lines() == site.lines()


def test_one_more_day_overdue_is_no_change_but_the_first_day_is(site: Site) -> None:
    site.once("2026-10-21")
    changed = {(row["change"], row["new_subject"]) for row in site.lines("changes.csv")}
    assert changed == {("added", "H3")}
    site.once("2026-10-23")
    assert site.lines("changes.csv") == [], "nothing but days went by"
    assert any("逾期13天" in row["text"] for row in site.lines()), "decisions.csv keeps counting"


def test_one_more_day_overdue_is_no_change(waiting: Site) -> None:
    waiting.once("2026-10-31")
    waiting.once("2026-11-01")
    assert waiting.lines("changes.csv") == []
    assert "已逾期20天" in "".join(line["text"] for line in waiting.lines()), "which is counted on all the same"
