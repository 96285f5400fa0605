"""A staff number that is given to another person: what was his stays his, and nothing of it counts for the other."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from sitework import Site, command, make_site

from payroll.desk import DISCIPLINE, carried, close, copy_of, deliver, files, lines, rows_of, sheet, table

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


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """张三 (1000 a month, gone on the 10th) and 李四 (4000) both lose 1000 in October under the number E1."""
    extra = '[export]\nprofiles = ["wide"]\n'
    site = make_site(tmp_path_factory.mktemp("shared"), {"一部": ["technical_service"]}, managers=["M001"], extra=extra)
    people = (FORMER.format(left="2026-10-10").replace("5000", "1000"), NEXT)
    leak = "{},{},E1,,TS-4,,,,,{},M001,"
    rows = (leak.format("J1", "2026-10-02", "登记"), leak.format("J2", "2026-10-20", "接手时问过张三"))
    given = {"roster": table(ROSTER, BOSS, *people), "discipline": table(DISCIPLINE, *rows)}
    assert deliver(site, "2026-11-02", given)["exit"] == 0
    return site


def test_each_of_two_people_has_his_own_limit_rest_and_line_of_the_summary(shared: Site) -> None:
    books = [(row["工号"], row["姓名"], row["实际"], row["未扣余额"]) for row in sheet(shared, "2026-10", "汇总")]
    assert [book for book in books if book[0] == "E1"] == [("E1", "张三", -200, 800), ("E1", "李四", -800, 0)]
    assert {row["姓名"]: row["金额"] for row in sheet(shared, "2026-11") if row["工号"] == "E1"} == {"李四": -200}
    [second] = [row["decision_id"] for row in lines(shared, effect="fine") if row["staff_name"] == "李四"]
    assert carried(shared, "2026-11", "E1") == {second: [-200]}
    wide = [row for row in rows_of(shared.folder / "outbox/hr/wide/2026-10.csv") if row["工号"] == "E1"]
    assert [(row["姓名"], row["合计"]) for row in wide] == [("张三", "-200.00"), ("李四", "-800.00")]


def test_each_of_two_people_has_his_own_notice(shared: Site, tmp_path: Path) -> None:
    folder = shared.folder / "outbox/通知/2026-10/一部"
    his, hers = ((folder / f"E1 {name}.html").read_text(encoding="utf-8") for name in ("张三", "李四"))
    assert "李四" not in his and "2026-10-02" in his and "2026-10-20" not in his
    assert "张三" not in hers and "2026-10-20" in hers and "2026-10-02" not in hers
    assert "<b>200.00</b> 元；<b>800.00</b> 元因已离职没有扣" in his
    assert "<b>800.00</b> 元；超过当月扣款限额的 <b>200.00</b> 元以后月份再扣" in hers
    header, *found = openpyxl.load_workbook(shared.folder / "outbox/送达登记表.xlsx").active.values
    listed = [dict(zip(header, row, strict=True)) for row in found]
    assert [(row["姓名"], row["金额"]) for row in listed if row["工号"] == "E1"] == [
        ("张三", "-1000.00"),
        ("李四", "-1000.00"),
    ]
    site = copy_of(shared, tmp_path)
    first = {row["通知编号"] for row in listed}
    site.once("2026-11-03")
    _, *again = openpyxl.load_workbook(site.folder / "outbox/送达登记表.xlsx").active.values
    assert {row[0] for row in again} == first


def test_the_file_for_arbitration_tells_the_limit_of_the_one_whom_it_concerns(shared: Site, tmp_path: Path) -> None:
    for name, wage, most in (("张三", "1000.00", "200.00"), ("李四", "4000.00", "800.00")):
        [id] = [row["decision_id"] for row in lines(shared, effect="fine") if row["staff_name"] == name]
        assert command("dossier", id, "--config", shared.config, "--to", str(tmp_path))[0] == 0
        text = (tmp_path / f"{id}.html").read_text(encoding="utf-8")
        assert f"月工资{wage}元，当月最多可扣{most}元" in text and f"{name}（E1）" in text
