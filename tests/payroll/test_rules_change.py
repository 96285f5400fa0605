"""Money stays put: rules, figures, packs and units change; closed months do not, and open lines follow with a reason."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from rulebook.book import RuleBook
from sitework import Site, command, make_site

from payroll.desk import (
    close,
    copy_of,
    deliver,
    discipline,
    employee,
    files,
    lines,
    penalty,
    roster,
)
from processor.packaged import packaged

UNITS = {"一部": ["shop_rules"], "二部": ["department_store"]}
STAFF = roster(employee("E1", boss=""), employee("E2", unit="二部", boss=""), employee("E3", boss=""))
ROWS = [
    penalty("J1", "2026-09-02", "E1", "SX-2"),
    penalty("J2", "2026-09-03", "E3", "SX-1"),
    penalty("J3", "2026-09-04", "E2", "DS-S3"),
    penalty("J4", "2026-10-02", "E1", "SX-2"),
    penalty("J5", "2026-10-03", "E2", "DS-S3"),
]
CLOSED = ("2026-09.xlsx", "2026-09.csv", "generic/2026-09.csv")
DAY = "2026-10-10"


@pytest.fixture(scope="module")
def october(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """September closed, October open."""
    site = make_site(tmp_path_factory.mktemp("rules"), UNITS, managers=["M001"], points={"A": 100, "B": 50, "C": 20})
    (site.folder / "packs").mkdir()
    own = packaged("packs/technical_service.yaml").read_text(encoding="utf-8")
    own = own.replace("technical_service", "shop_rules").replace("TS-", "SX-")
    (site.folder / "packs" / "shop_rules.yaml").write_text(own, encoding="utf-8")
    deliver(site, "2026-10-05", {"roster": STAFF, "discipline": discipline(*ROWS)})
    close(site, "2026-09", "2026-10-05")
    return site


@pytest.fixture
def site(october: Site, tmp_path: Path) -> Site:
    return copy_of(october, tmp_path)


@pytest.fixture(autouse=True)
def september_stays(site: Site):
    """Checks at the end that nothing moved of what was closed."""
    before = {name: files(site)[name] for name in CLOSED}
    yield
    assert {name: files(site)[name] for name in CLOSED} == before


def edit(site: Site, *replaced: tuple[str, str]) -> None:
    """Put other words into the site's own pack."""
    file = site.folder / "packs" / "shop_rules.yaml"
    text = file.read_text(encoding="utf-8")
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def settings(site: Site, old: str, new: str) -> None:
    file = site.folder / "site.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def adjustments(site: Site) -> list[tuple[str, str]]:
    return [(row["subject"], row["amount"]) for row in lines(site, effect="adjustment")]


def withdrawn(site: Site) -> dict[str, str]:
    """Clause and subject -> reason of each withdrawn line."""
    return {
        f"{row['old_clause']} {row['old_subject']}": row["reason"]
        for row in site.lines("changes.csv")
        if row["change"] == "withdrawn"
    }


def test_a_renamed_clause_charges_nobody_twice(site: Site) -> None:
    edit(site, ("SX-2", "SX-22"))
    assert site.once(DAY)["exit"] == 0
    assert [(row["subject"], row["clause"], row["amount"]) for row in lines(site, unit="一部", effect="fine")] == []
    assert "不再有条款SX-2" in withdrawn(site)["SX-2 J4"]
    assert adjustments(site) == []


def test_a_deleted_binding_and_a_pack_that_a_unit_has_no_longer_take_open_lines_back(site: Site) -> None:
    settings(site, '["department_store"]', '["materials"]')
    assert site.once(DAY)["exit"] == 0
    assert "department_store" in withdrawn(site)["DS-S3 J5"]
    assert adjustments(site) == []
    assert lines(site, unit="二部") == []


def test_points_worth_more_count_from_the_first_open_day(site: Site) -> None:
    settings(site, "A = 100", "A = 200\n")
    settings(site, "B = 50", "B = 500")
    settings(site, "C = 20", "C = 200")
    before = {row["subject"]: row["amount"] for row in lines(site, unit="二部", effect="points")}
    assert "points.B: not what closed months used" in command("check", "--config", site.config)[1]
    assert site.once(DAY)["exit"] == 0
    assert (before, adjustments(site)) == ({"J5": "-50.00"}, [])
    assert [row["amount"] for row in lines(site, unit="二部", effect="points")] == ["-500.00"]


def test_a_late_row_of_a_closed_month_is_judged_by_the_rules_of_that_month(site: Site) -> None:
    edit(
        site,
        ("一次罚200元", "一次罚900元"),
        ("values: {2000-01-01: 200}}\n  leak", "values: {2000-01-01: 900}}\n  leak"),
    )
    deliver(site, DAY, {"discipline": discipline(penalty("J9", "2026-09-20", "E3", "SX-2"))}, "迟到.xlsx")
    assert adjustments(site) == [("J9", "-200.00")]
    assert [row["amount"] for row in lines(site, subject="J4", effect="fine")] == ["-900.00"]


def test_dated_points_and_limits_hold_from_their_days(site: Site) -> None:
    settings(site, "B = 50", "B = {2026-01-01 = 50, 2026-10-03 = 70}")
    rows = [penalty("J6", "2026-10-02", "E2", "DS-S3")]
    deliver(site, DAY, {"discipline": discipline(*rows)}, "补.xlsx")
    found = {row["subject"]: row["amount"] for row in lines(site, unit="二部", effect="points")}
    assert (found, adjustments(site)) == ({"J5": "-70.00", "J6": "-50.00"}, [])


def test_a_unit_that_is_missing_stops_the_site_and_says_what_stands(site: Site) -> None:
    settings(site, '[[units]]\nname = "二部"\npacks = ["department_store"]\n', "")
    before = {path: path.read_bytes() for path in site.folder.rglob("*") if path.is_file() and path.suffix != ".lock"}
    for name in ("once", "once --dry-run", "close 2026-10"):
        code, _, err = command(*name.split(), "--config", site.config, "--as-of", DAY)
        assert code == 2, err
        for part in ("二部", "2 lines", "2026-09, 2026-10", "formerly", "until"):
            assert part in err
    assert {path: path.read_bytes() for path in before} == before
    assert command("check", "--config", site.config)[0] == 2


def test_a_renamed_unit_takes_its_lines_along(site: Site) -> None:
    before = {row["decision_id"]: row["amount"] for row in lines(site, unit="二部")}
    settings(site, 'name = "二部"', 'name = "新二部"\nformerly = ["二部"]')
    assert site.once(DAY)["exit"] == 0
    assert {row["decision_id"]: row["amount"] for row in lines(site, unit="新二部")} == before
    assert lines(site, unit="二部") == []
    assert adjustments(site) == []
    late = [penalty("J8", "2026-09-21", "E2", "DS-S3"), penalty("J3", "2026-09-04", "E2", "DS-S2")]
    deliver(site, DAY, {"roster": STAFF, "discipline": discipline(*ROWS[:2], *late, *ROWS[3:])})
    assert {row["unit"] for row in lines(site)} == {"一部", "新二部"}
    assert {row["decision_id"] for row in lines(site, subject="J5")} <= before.keys()


def test_a_unit_that_ended_counts_its_last_day_and_nothing_later(site: Site) -> None:
    settings(site, 'name = "二部"', 'name = "二部"\nuntil = 2026-10-08')
    rows = [penalty("J10", "2026-10-08", "E2", "DS-S3"), penalty("J11", "2026-10-09", "E2", "DS-S3")]
    result = deliver(site, DAY, {"discipline": discipline(*rows)}, "末日.xlsx")
    assert result["exit"] == 1
    assert {row["subject"] for row in lines(site, unit="二部")} == {"J5", "J10"}
    sheet = openpyxl.load_workbook(site.folder / "outbox/annotated/末日.xlsx").worksheets[0]
    [told] = [cell.column_letter for row in sheet for cell in row if cell.comment and "为止" in cell.comment.text]
    assert sheet[f"{told}1"].value == "日期"


def test_an_ended_unit_that_goes_on_after_all_takes_its_later_rows_back(site: Site) -> None:
    rows = [penalty("J11", "2026-10-09", "E2", "DS-S3")]
    deliver(site, DAY, {"discipline": discipline(*rows)}, "末日.xlsx")
    before = {row["decision_id"]: row["amount"] for row in lines(site, unit="二部")}
    settings(site, 'name = "二部"', 'name = "二部"\nuntil = 2026-10-08')
    site.once(DAY)
    assert {row["subject"] for row in lines(site, unit="二部")} == {"J5"}
    settings(site, "until = 2026-10-08\n", "")
    again = deliver(site, DAY, {"discipline": discipline(*rows)}, "末日.xlsx")
    assert again["exit"] == 0
    assert {row["decision_id"]: row["amount"] for row in lines(site, unit="二部")} == before


def test_two_units_become_one_without_a_line_lost_or_doubled(site: Site) -> None:
    before = {row["decision_id"]: row["amount"] for row in lines(site)}
    settings(site, '[[units]]\nname = "二部"\npacks = ["department_store"]\n', "")
    settings(
        site,
        'name = "一部"\npacks = ["shop_rules"]',
        'name = "一部"\nformerly = ["二部"]\npacks = ["shop_rules", "department_store"]',
    )
    assert site.once(DAY)["exit"] == 0
    assert {row["unit"] for row in lines(site)} == {"一部"}
    assert {row["decision_id"]: row["amount"] for row in lines(site)} == before
    assert adjustments(site) == []


def test_what_a_newer_pack_reads_otherwise_is_told_once_with_the_lines_that_it_changed(site: Site) -> None:
    change = "changes:\n  - {clause: SX-2, since: 2026-10-01, what: 改按新标准}\nparameters:\n"
    edit(site, ("values: {2000-01-01: 200}}\n  leak", "values: {2000-01-01: 900}}\n  leak"), ("parameters:\n", change))
    new = discipline(penalty("J7", "2026-10-06", "E3", "SX-2"))
    assert deliver(site, DAY, {"discipline": new}, "新.xlsx")["exit"] == 0
    moved = line_of(site, "J4")
    (told,) = RuleBook(site).rows("历史")
    assert (told["提案编号"], told["自何日起"], told["批准日期"]) == ("更新", "2026-10-01", DAY)
    assert "SX-2：改按新标准" in told["内容"]
    assert told["新值"] == f"1条决定因此变化：{moved['decision_id']}"
    index = (site.folder / "outbox/pages/index.html").read_text(encoding="utf-8")
    assert "规则包更新" in index and "改按新标准" in index
    assert site.once("2026-10-11")["exit"] == 0
    assert len(RuleBook(site).rows("历史")) == 1
    assert "改按新标准" not in (site.folder / "outbox/pages/index.html").read_text(encoding="utf-8")


def line_of(site: Site, subject: str) -> dict[str, str]:
    (found,) = [row for row in lines(site, subject=subject) if row["effect"] == "fine"]
    return found
