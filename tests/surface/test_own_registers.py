"""Registers of a site's own: proposed from a workbook, kept beside site.toml, offered as blanks."""

from __future__ import annotations

import openpyxl
import pytest
from sitework import command, make_site

from .scenes import book_with, register

DAY = "2026-10-31"
ROSTER = (
    "工号,姓名,门店,部门,岗位,入职日期\nZ000,主管,一部,客服部,主管,2020-01-01\nZ001,客一,一部,客服部,客服,2020-01-01"
)
LOST = [
    ["失物招领台账"],
    ["序号", "失物编号", "拾到日期", "拾到人", "物品", "是否领取", "存放处"],
    *(
        [number, f"S{number}", f"2026-10-{number:02}", "客一", f"物品{number}", "是", "前台" if number % 2 else "仓库"]
        for number in range(1, 9)
    ),
]


@pytest.fixture
def site(tmp_path):
    site = make_site(tmp_path, {"一部": ["online_retail"]}, managers=["Z000"])
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    return site


def test_learn_proposes_a_register_which_takes_effect_once_it_is_renamed(site):
    path = book_with(site.folder / "样本.xlsx", {"表": LOST})
    code, told, _ = command("learn", str(path), "--as", "lost_things", "--config", site.config)
    assert code == 0 and "失物编号" in told and "拾到人" in told
    draft = site.folder / "registers" / "lost_things.yaml.draft"
    text = draft.read_text(encoding="utf-8")
    assert "title: 失物招领台账" in text and "[前台, 仓库]" in text and "序号" not in text
    book_with(site.folder / "inbox" / "失物.xlsx", {"表": LOST})
    assert site.once(DAY)["workbooks"][0]["status"] != "processed"
    draft.rename(site.folder / "registers" / "lost_things.yaml")
    assert command("check", "--config", site.config)[0] == 0
    book_with(site.folder / "inbox" / "失物二.xlsx", {"表": LOST})
    report = site.once(DAY)
    assert (report["exit"], register(report, "lost_things")["new"]) == (0, 8)


def test_a_known_register_is_extended_by_synonyms_choices_and_columns(site):
    folder = site.folder / "registers"
    folder.mkdir()
    (folder / "mine.yaml").write_text(
        "extends: discipline\nsynonyms: {日期: [哪一天]}\nchoices: {情节: [屡教不改]}\ncolumns: {班组: {type: text}}\n",
        encoding="utf-8",
    )
    titles = ["登记编号", "哪一天", "工号", "条款编号", "情节", "班组", "登记人工号"]
    rows = [["J1", "2026-10-05", "客一", "OR-14", "屡教不改", "甲组", "主管"]]
    book_with(site.folder / "inbox" / "奖惩.xlsx", {"表": [titles, *rows]})
    assert site.once(DAY)["exit"] == 0
    assert [line["staff_no"] for line in site.lines() if line["subject"] == "J1"] == ["Z001"]
    blank = openpyxl.load_workbook(site.folder / "outbox" / "空白登记表" / "奖惩登记表.xlsx").worksheets[0]
    assert "班组" in [cell.value for cell in blank[1]]
    assert any("屡教不改" in rule.formula1 for rule in blank.data_validations.dataValidation)


def test_a_fault_in_an_own_register_is_named_with_its_file_and_key(site):
    folder = site.folder / "registers"
    folder.mkdir()
    (folder / "mine.yaml").write_text("extends: discipline\nchoices: {班组: [甲]}\n", encoding="utf-8")
    code, told, _ = command("check", "--config", site.config)
    assert code == 2 and "mine.yaml" in told and "choices.班组" in told


def test_blank_takes_chinese_titles_and_writes_chinese_names(tmp_path):
    code, _, _ = command("blank", "咨询客户信息统计表", "dispatch", "--to", str(tmp_path))
    assert code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["咨询客户信息统计表.xlsx", "派单登记表.xlsx"]
    book = openpyxl.load_workbook(tmp_path / "咨询客户信息统计表.xlsx")
    rules = book.worksheets[0].data_validations.dataValidation
    assert rules and all(rule.showErrorMessage and rule.errorStyle in (None, "stop") for rule in rules)
    example = book["示例"]
    assert example.page_setup.fitToHeight == 1 and example.sheet_properties.pageSetUpPr.fitToPage


def test_the_outbox_always_holds_the_blanks_that_the_packs_read(site):
    site.once(DAY)
    folder = site.folder / "outbox" / "空白登记表"
    names = {path.name for path in folder.iterdir()}
    assert {"员工花名册.xlsx", "奖惩登记表.xlsx"} <= names and "待确认事项.xlsx" not in names
    (folder / "奖惩登记表.xlsx").unlink()
    site.once(DAY)
    assert (folder / "奖惩登记表.xlsx").exists()
