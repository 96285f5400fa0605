"""A staff number that is given to another person: what was his stays his, and nothing of it counts for the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from sitework import Site, make_site

from payroll.desk import DISCIPLINE, close, copy_of, deliver, files, lines, table

ROSTER = "工号,姓名,门店,部门,岗位,直接主管工号,入职日期,离职日期,月工资,生效日期"
BOSS = "M001,M001名,一部,客服部,经理,,2020-01-01,,9000,"
FORMER = "E1,张三,一部,客服部,客服,,2020-01-01,{left},5000,"
NEXT = "E1,李四,一部,客服部,客服,,2026-10-15,,4000,2026-10-15"
UNDATED = "E1,李四,一部,客服部,客服,,2026-10-15,,4000,"


def breach(number: str, day: str, name: str = "") -> str:
    return f"{number},{day},E1,{name},TS-1,,,,,登记,M001,"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """张三 has two breaches, September is closed."""
    site = make_site(tmp_path_factory.mktemp("handed"), {"一部": ["technical_service"]}, managers=["M001"])
    rows = table(DISCIPLINE, breach("J1", "2026-09-02"), breach("J2", "2026-10-02"))
    deliver(site, "2026-10-05", {"roster": table(ROSTER, BOSS, FORMER.format(left="")), "discipline": rows})
    close(site, "2026-09", "2026-10-05")
    return site


@pytest.mark.parametrize("rows", [(FORMER.format(left="2026-10-10"), NEXT), (UNDATED,)], ids=["dated", "in its place"])
def test_who_takes_a_number_over_begins_anew_and_the_other_keeps_what_is_his(
    lived: Site, tmp_path: Path, rows: tuple[str, ...]
) -> None:
    site = copy_of(lived, tmp_path)
    closed = {name: content for name, content in files(site).items() if "2026-09" in name}
    deliver(site, "2026-10-12", {"roster": table(ROSTER, BOSS, FORMER.format(left="2026-10-10"))}, "离职.xlsx")
    later = {"roster": table(ROSTER, BOSS, *rows), "discipline": table(DISCIPLINE, breach("J3", "2026-10-20"))}
    assert deliver(site, "2026-10-31", later, "新人.xlsx")["exit"] == 0
    found = {row["subject"]: row for row in lines(site, effect="fine")}
    assert {s: (row["staff_name"], row["amount"]) for s, row in found.items()} == {
        "J2": ("张三", "-200.00"),
        "J3": ("李四", "-100.00"),
    }
    assert "张三" in found["J2"]["text"] and "李四" in found["J3"]["text"]
    assert lines(site, effect="adjustment") == []
    assert {name: files(site)[name] for name in closed} == closed
    people = site.folder / "outbox/pages/units/一部/people"
    assert "J2" not in (people / "E1/index.html").read_text(encoding="utf-8")
    assert "J2" in (people / "E1（张三）/index.html").read_text(encoding="utf-8")


def test_a_row_with_the_name_of_the_one_who_left_counts_for_nobody(lived: Site, tmp_path: Path) -> None:
    site = copy_of(lived, tmp_path)
    rows = table(DISCIPLINE, breach("J4", "2026-10-21", "张三"), breach("J5", "2026-10-08", "张三"))
    given = {"roster": table(ROSTER, BOSS, FORMER.format(left="2026-10-10"), NEXT), "discipline": rows}
    assert deliver(site, "2026-10-31", given, "新人.xlsx")["exit"] == 1
    found = {row["subject"]: (row["staff_name"], row["effect"]) for row in lines(site)}
    assert found == {"J2": ("张三", "fine"), "J5": ("张三", "recommendation")}


def test_a_new_name_without_a_leaving_is_the_same_person(lived: Site, tmp_path: Path) -> None:
    site = copy_of(lived, tmp_path)
    renamed = FORMER.format(left="").replace("张三", "张三丰")
    assert deliver(site, "2026-10-31", {"roster": table(ROSTER, BOSS, renamed)}, "改名.xlsx")["exit"] == 0
    assert {(row["staff_name"], row["amount"]) for row in lines(site, effect="fine")} == {("张三丰", "-200.00")}
