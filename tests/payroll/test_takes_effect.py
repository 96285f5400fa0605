"""What a newer pack lists under `changes` holds from its day on; earlier days keep what was said of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sitework import Site, command, make_site

from payroll.desk import close, confirm, copy_of, deliver, discipline, employee, files, lines, penalty, roster

STAFF = roster(employee("E1", boss=""), employee("E2", boss=""))
PACK = """pack: shop
title: 店规
document: 店规
in_force_from: 2000-01-01
{changes}parameters: {{}}
clauses:
{clauses}"""
RECORDED = """  {id}:
    title: 规定{id}
    rule: 违反{id}罚款。
    cites: 第一条
    family: conduct
    kind: recorded
    decided: {{mechanic: recorded, steps: [[{{effect: fine, amount: {yuan}}}]]}}
"""
COUNTED = """  S-9:
    title: 吵架
    rule: 一个月吵架{bound}次以上罚款。
    cites: 第九条
    family: conduct
    kind: computed
    decided:
      mechanic: limit
      of: complaints
      about: [责任人工号]
      date: 受理时间
      where: {{是否争吵: true}}
      window: month
      limit: {{reach: {bound}}}
      outcome: {{effect: fine, amount: {yuan}}}
"""
SINCE = "2026-10-20"


def pack(yuan: int, *, bound: int = 3, since: str = "", clauses: tuple[str, ...] = ("S-1", "S-2")) -> str:
    own = "".join(RECORDED.format(id=id, yuan=yuan) for id in clauses) + COUNTED.format(bound=bound, yuan=yuan)
    told = "".join(f"  - {{clause: {id}, since: {since}, what: 新标准}}\n" for id in ("S-1", "S-9"))
    return PACK.format(changes=f"changes:\n{told}" if since else "", clauses=own)


def newer(site: Site, text: str) -> None:
    (site.folder / "packs/shop.yaml").write_text(text, encoding="utf-8")


def quarrel(number: int, day: str) -> str:
    return f"T{number},{day} 10:00,E2,一般,服务,E2,是"


def quarrels(*rows: str) -> str:
    return "\n".join(("投诉编号,受理时间,受理人工号,投诉级别,责任类型,责任人工号,是否争吵", *rows))


def rows(site: Site, query: str) -> list[tuple]:
    with closing(sqlite3.connect(site.folder / "ledger.db")) as ledger:
        return ledger.execute(query).fetchall()


def amounts(site: Site, clause: str = "S-1") -> dict[str, str]:
    return {line["subject"]: line["amount"] for line in lines(site, clause=clause)}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """September closed; rows of September and October, on both sides of the day."""
    site = make_site(tmp_path_factory.mktemp("since"), {"一部": ["shop"]}, managers=["M001"])
    (site.folder / "packs").mkdir()
    newer(site, pack(10))
    rows = [
        ("J1", "2026-09-02"),
        ("J2", "2026-10-05"),
        ("J3", "2026-10-19"),
        ("J4", "2026-10-20"),
        ("J5", "2026-10-28"),
    ]
    told = discipline(
        *(penalty(number, day, "E1", "S-1") for number, day in rows), penalty("J6", "2026-10-06", "E1", "S-2")
    )
    given = {
        "roster": STAFF,
        "discipline": told,
        "complaints": quarrels(*(quarrel(n, f"2026-10-{n:02}") for n in (1, 2, 3))),
    }
    deliver(site, "2026-10-31", given)
    close(site, "2026-09", "2026-10-31")
    return site


@pytest.fixture
def site(lived: Site, tmp_path: Path) -> Site:
    """The newer pack came: another sum, from the day on."""
    site = copy_of(lived, tmp_path)
    newer(site, pack(70, bound=2, since=SINCE))
    closed = {name: content for name, content in files(site).items() if "2026-09" in name}
    assert site.once("2026-11-02")["exit"] == 0
    assert {name: content for name, content in files(site).items() if "2026-09" in name} == closed
    assert lines(site, effect="adjustment") == []
    return site


def test_days_before_keep_the_version_of_then_and_what_is_not_listed_changes_wholly(site: Site) -> None:
    assert amounts(site) == {"J2": "-10.00", "J3": "-10.00", "J4": "-70.00", "J5": "-70.00"}
    assert amounts(site, "S-2") == {"J6": "-70.00"}
    moved = {row["new_subject"] for row in site.lines("changes.csv") if row["change"] == "changed"}
    assert moved == {"J4", "J5", "J6"}
    assert site.once("2026-11-03")["exit"] == 0
    assert site.lines("changes.csv") == []


def test_late_and_corrected_rows_are_judged_by_the_version_of_their_day(site: Site) -> None:
    rows = [
        penalty("J7", "2026-10-18", "E2", "S-1"),
        penalty("J8", "2026-11-01", "E2", "S-1"),
        penalty("J4", "2026-10-04", "E1", "S-1"),
    ]
    assert deliver(site, "2026-11-03", {"discipline": discipline(*rows)}, "迟到.xlsx")["exit"] == 0
    told = {"J2": "-10.00", "J3": "-10.00", "J4": "-10.00", "J5": "-70.00", "J7": "-10.00", "J8": "-70.00"}
    assert amounts(site) == told


def test_a_threshold_that_was_reached_before_the_day_stays_and_is_charged_once(site: Site) -> None:
    assert [(line["date"], line["amount"]) for line in lines(site, clause="S-9")] == [("2026-10-03", "-10.00")]
    fewer = quarrels(*(quarrel(n, f"2026-10-{n:02}").replace("是", "否") for n in (2, 3)))
    more = quarrel(25, "2026-10-25")
    assert deliver(site, "2026-11-03", {"complaints": f"{fewer}\n{more}"}, "更正.xlsx")["exit"] == 0
    assert [(line["date"], line["amount"]) for line in lines(site, clause="S-9")] == [("2026-10-25", "-70.00")]
    back = quarrels(*(quarrel(n, f"2026-10-{n:02}") for n in (2, 3)))
    assert deliver(site, "2026-11-04", {"complaints": back}, "再更正.xlsx")["exit"] == 0
    assert [(line["date"], line["amount"]) for line in lines(site, clause="S-9")] == [("2026-10-03", "-10.00")]


def test_the_month_keeps_both_versions_when_it_is_closed(site: Site) -> None:
    close(site, "2026-10", "2026-11-05")
    newer(site, pack(500, since="2026-11-20"))
    assert site.once("2026-11-06")["exit"] == 0
    rows = [
        penalty("J9", "2026-10-11", "E2", "S-1"),
        penalty("J10", "2026-10-27", "E2", "S-1"),
        penalty("J11", "2026-11-02", "E2", "S-1"),
    ]
    assert deliver(site, "2026-11-21", {"discipline": discipline(*rows)}, "更晚.xlsx")["exit"] == 0
    assert {line["subject"]: line["amount"] for line in lines(site, effect="adjustment")} == {
        "J9": "-10.00",
        "J10": "-70.00",
    }
    assert amounts(site)["J11"] == "-70.00"


def test_a_clause_that_is_taken_out_unlisted_is_withdrawn_on_every_open_day(site: Site) -> None:
    newer(site, pack(70, since=SINCE, clauses=("S-1",)))
    assert site.once("2026-11-03")["exit"] == 0
    assert lines(site, clause="S-2") == []
    assert amounts(site) == {"J2": "-10.00", "J3": "-10.00", "J4": "-70.00", "J5": "-70.00"}


def test_open_days_whose_version_the_program_lost_stay_until_their_facts_change_and_everybody_is_told(
    lived: Site, tmp_path: Path
) -> None:
    site = copy_of(lived, tmp_path)
    with closing(sqlite3.connect(site.folder / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE rules SET source = replace(source, 'mechanic: limit', 'mechanic: gone_with_the_wind')")
    newer(site, pack(70, bound=2, since=SINCE))
    assert site.once("2026-11-02")["exit"] == 0
    assert amounts(site) == {"J2": "-10.00", "J3": "-10.00", "J4": "-70.00", "J5": "-70.00"}
    assert [(line["date"], line["amount"]) for line in lines(site, clause="S-9")] == [("2026-10-03", "-10.00")]
    told = "2026-10里2026-10-20以前发生的事，条款S-1、S-9应按规则包shop改动以前的版本判定"
    for page in ("index.html", "units/一部/index.html"):
        assert told in (site.folder / "outbox/pages" / page).read_text(encoding="utf-8")
    rows = [penalty("J7", "2026-10-18", "E2", "S-1"), penalty("J3", "2026-10-18", "E1", "S-1")]
    assert deliver(site, "2026-11-03", {"discipline": discipline(*rows)}, "迟到.xlsx")["exit"] == 0
    assert amounts(site) == {"J2": "-10.00", "J3": "-70.00", "J4": "-70.00", "J5": "-70.00", "J7": "-70.00"}
    code, out, _ = command("check", "--config", site.config)
    assert (code, "一部 before 2026-10-20: this program does not have" in out) == (0, True)
    close(site, "2026-10", "2026-11-05")
    site.once("2026-11-06")
    assert told not in (site.folder / "outbox/pages/index.html").read_text(encoding="utf-8")


def test_a_closed_month_whose_rules_the_program_lost_stays_and_everybody_is_told(lived: Site, tmp_path: Path) -> None:
    site = copy_of(lived, tmp_path)
    with closing(sqlite3.connect(site.folder / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE rules SET source = replace(source, 'mechanic: limit', 'mechanic: gone_with_the_wind')")
    newer(site, pack(70))
    closed = {name: content for name, content in files(site).items() if "2026-09" in name}
    assert site.once("2026-11-02")["exit"] == 0
    index = site.folder / "outbox/pages/index.html"
    assert "2026-09是按当时的规则包shop结的账" in index.read_text(encoding="utf-8")
    assert site.once("2026-11-03")["exit"] == 0
    assert "当时的规则包" not in index.read_text(encoding="utf-8")
    late = [penalty("J1", "2026-09-02", "E1", "S-2"), penalty("J7", "2026-09-18", "E2", "S-1")]
    assert deliver(site, "2026-11-04", {"discipline": discipline(*late)}, "迟到.xlsx")["exit"] == 1
    assert "刚交来的这几个月的登记没有判定" in index.read_text(encoding="utf-8")
    assert lines(site, effect="adjustment") == []
    assert {name: content for name, content in files(site).items() if "2026-09" in name} == closed
    code, out, _ = command("check", "--config", site.config)
    assert (code, "closed under a version of pack shop" in out) == (0, True)
    [(id,)] = rows(site, "SELECT decision_id FROM frozen WHERE period = '2026-09'")
    assert confirm(site, "2026-11-05", [f"{id},撤销,,M001,2026-11-05"])["exit"] == 0
    assert [(line["amount"], line["linked_to"]) for line in lines(site, effect="adjustment")] == [("10.00", id)]
