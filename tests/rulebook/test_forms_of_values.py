"""New values as managers write them, of every type and for one unit, and managers of one unit only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sitework import Site

from rulebook.book import RuleBook, annotated, copy_of

DAY = "2026-11-20"
#: Figure -> (as a manager writes it, as the next rule book shows it).
WRITTEN = {
    "play_fine": ("￥1,200.5元", "1200.50"),
    "greeting_limit": ("４０", "40"),
    "chores_fine": ("２０ 元/次", "20.00"),
    "held_peak": ("3 单", "3"),
    "held_low": ("3.0", "3"),
    "accuracy_target": ("97％", "0.97"),
    "report_time": ("9:05", "09:05"),
    "clawback": ("√", "是"),
    "peak_months": ("3月，4、12月", "3、4、12"),
    "level_sizes": ("设计师＝小单; 主任设计师=中单；首席设计师=大单", "设计师=小单；主任设计师=中单；首席设计师=大单"),
    "shift_begins": ("白班=8:00；晚班=17:30", "白班=08:00；晚班=17:30"),
    "collection_rate_target": ("97.5%", "0.975"),
    "first_signer": ("片区经理", "片区经理"),
    "complaint_types": ("服务", "服务"),
}
WRONG = {
    "report_time": "下午五点",
    "peak_months": "三月",
    "held_peak": "3天",
    "level_sizes": "设计师小单",
    "collection_rate_target": "很高",
    "clawback": "看情况",
}
STAFF = (
    "工号,姓名,门店,部门,岗位,入职日期\n"
    "M1,王经理,网店,客服部,经理,2020-01-01\nM2,赵经理,网店,客服部,经理,2020-01-01\n"
    "B1,钱经理,北店,客服部,经理,2020-01-01\nB2,孙经理,北店,客服部,经理,2020-01-01\n"
)
UNITS = {
    "网店": (["online_retail", "renovation"], ["M1", "M2"]),
    "北店": (["online_retail", "gas_utility"], ["B1", "B2"]),
}


def made(folder: Path, extra: str = "") -> Site:
    """Two units, each with two managers of its own and nobody over both but where `extra` says so."""
    text = '[site]\nname = "测试公司"\nsettle_seconds = 0\n'
    for unit, (packs, managers) in UNITS.items():
        text += f'[[units]]\nname = "{unit}"\npacks = {packs}\nmanagers = {managers}\n'.replace("'", '"')
    (folder / "inbox").mkdir(parents=True)
    (folder / "site.toml").write_text(text + extra, encoding="utf-8")
    site = Site(folder)
    site.drop({"roster": STAFF}, "花名册.xlsx")
    assert site.once(DAY)["exit"] == 0
    return site


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return made(tmp_path_factory.mktemp("units"))


@pytest.fixture
def site(begun: Site, tmp_path: Path) -> Site:
    return copy_of(begun, tmp_path)


def told(site: Site, sheet: str = "数值", book: str = "规则簿.xlsx") -> dict[str, tuple[str, str]]:
    """代号 or 条款编号 -> 处理状态, 处理结果 of the rows that say something."""
    name = "代号" if sheet == "数值" else "条款编号"
    rows = annotated(site, book, sheet).values()
    return {row[name]: (row["处理状态"], row["处理结果"]) for row in rows if row["处理结果"]}


def test_values_of_every_type_hold_as_they_were_written(tmp_path: Path) -> None:
    site = made(tmp_path / "site", '[confirm]\nmanagers = ["M1"]\n[rules]\nfour_eyes = false\n')
    book = RuleBook(site).sign("王经理")
    for name, (value, _) in WRITTEN.items():
        book.fill("数值", {"代号": name}, 新值=value, 新值自何日起="2026-12-01", 理由="改")
    book.drop()
    assert site.once(DAY)["rulebook"]["approved"] == len(WRITTEN)
    now = {row["代号"]: row["现值"] for row in RuleBook(site).rows("数值") if row["来源"].startswith("P2026-")}
    assert now == {name: shown for name, (_, shown) in WRITTEN.items()}


def test_what_is_no_value_of_the_type_says_what_is_expected(tmp_path: Path) -> None:
    site = made(tmp_path / "site", '[confirm]\nmanagers = ["M1"]\n')
    book = RuleBook(site).sign("M1")
    for name, value in WRONG.items():
        book.fill("数值", {"代号": name}, 新值=value, 新值自何日起="2026-12-01", 理由="改")
    book.drop()
    assert site.once(DAY)["rulebook"]["proposed"] == 0
    for name, value in WRONG.items():
        status, result = told(site)[name]
        assert status == "未采纳" and value in result and "应当是" in result


def test_site_toml_dates_a_table_with_keys_in_chinese(tmp_path: Path) -> None:
    extra = '[parameters.renovation]\nlevel_sizes = {2026-12-01 = {设计师 = "小单", 主任设计师 = "中单", 首席设计师 = "大单"}}\n'
    site = made(tmp_path / "site", extra)
    own = [row for row in RuleBook(site).rows("数值") if row["代号"] == "level_sizes"]
    assert [(row["自何日起"], row["来源"]) for row in own][-1] == ("2026-12-01", "site.toml")


def test_a_share_without_its_sign_is_not_guessed(tmp_path: Path) -> None:
    site = made(tmp_path / "site", '[confirm]\nmanagers = ["M1"]\n')
    book = RuleBook(site).sign("M1")
    book.fill("数值", {"代号": "collection_rate_target"}, 新值=97, 新值自何日起="2026-12-01", 理由="改").drop()
    assert site.once(DAY)["rulebook"]["proposed"] == 0
    assert "不知道是97%还是97倍" in told(site)["collection_rate_target"][1]


def test_names_and_days_are_read_however_they_are_typed(site: Site) -> None:
    given = {"新值": "20", "新值自何日起": "2026年12月1日", "新值门店": " 网 店 ", "理由": "屡禁不止"}
    RuleBook(site).sign("ｍ１ ").fill("数值", {"代号": "play_fine"}, **given).drop()
    assert site.once(DAY)["rulebook"]["proposed"] == 1
    assert "自2026-12-01起（网店）" in RuleBook(site).rows("待批准")[0]["内容"]
    RuleBook(site).fill("待批准", {"提案编号": "P2026-0001"}, 决定="批准", 批准人工号="赵 经理").drop("批复.xlsx")
    assert site.once(DAY)["rulebook"]["approved"] == 1


UNREADABLE: list[tuple[dict[str, str], str]] = [
    ({"新值": "=2+3"}, "“新值”里的“#公式未计算”看不懂"),
    ({"新值门店": "#REF!"}, "“新值门店”里的“#REF!”看不懂"),
    ({"新值自何日起": "下个月"}, "请填写日期"),
    ({"新值自何日起": "2062-12-01"}, "年份像是写错了"),
]


def test_a_row_with_an_unreadable_cell_is_not_taken(site: Site) -> None:
    """An unreadable unit must not make it a change for all units. Each row stands in a rule book of its own."""
    for place, (cells, _) in enumerate(UNREADABLE):
        given = {"新值": "20", "新值自何日起": "2026-12-01", "新值门店": "网店", "理由": "屡禁不止", **cells}
        book = RuleBook(site).sign("M1").fill("数值", {"代号": "play_fine"}, **given)
        book.drop(f"规则簿{place}.xlsx", change=_with_errors)
    result = site.once(DAY)
    assert (result["exit"], result["rulebook"]["proposed"]) == (1, 0)
    for place, (_, mend) in enumerate(UNREADABLE):
        status, text = told(site, book=f"规则簿{place}.xlsx")["play_fine"]
        assert status == "未采纳" and mend in text, mend


def _with_errors(book: Any) -> None:
    """Cells that say #REF! are errors, as Excel leaves them."""
    for row in book["数值"].iter_rows(min_row=4):
        for cell in row:
            if cell.value == "#REF!":
                cell.data_type = "e"


def test_a_manager_of_one_unit_changes_the_rules_of_his_unit_alone(site: Site) -> None:
    for_all = {"新值": "20", "新值自何日起": "2026-12-01", "理由": "屡禁不止"}
    off = {"改为": "停用", "自何日起": "2026-12-01", "理由": "不适用"}
    book = RuleBook(site).sign("M1").fill("数值", {"代号": "play_fine"}, **for_all)
    book.fill("数值", {"代号": "chores_fine"}, **for_all, 新值门店="网店")
    book.fill("条款", {"门店": "北店", "条款编号": "OR-12"}, **off)
    book.fill("条款", {"门店": "网店", "条款编号": "OR-12"}, **off).drop()
    assert site.once(DAY)["rulebook"]["proposed"] == 2
    assert told(site)["play_fine"][0] == "未采纳" and "不是网店、北店的经理" in told(site)["play_fine"][1]
    rows = annotated(site, "规则簿.xlsx", "条款").values()
    clauses = {row["门店"]: row["处理状态"] for row in rows if row["条款编号"] == "OR-12"}
    assert clauses == {"北店": "未采纳", "网店": "待批准"}
    waiting = {row["提案编号"]: row["内容"] for row in RuleBook(site).rows("待批准")}
    assert [number for number, content in waiting.items() if "（网店）" in content] == ["P2026-0001"]

    book = RuleBook(site).fill("待批准", {"提案编号": "P2026-0001"}, 决定="批准", 批准人工号="B1")
    book.fill("待批准", {"提案编号": "P2026-0002"}, 决定="批准", 批准人工号="赵经理").drop("批复.xlsx")
    decided = site.once(DAY)
    assert (decided["exit"], decided["rulebook"]["approved"]) == (1, 1)
    assert [row["提案编号"] for row in RuleBook(site).rows("待批准")] == ["P2026-0001"]


def test_a_change_for_all_needs_somebody_over_all(tmp_path: Path) -> None:
    """With managers of one unit each, a change for both is for two proposals; whoever is over both may propose it."""
    site = made(tmp_path / "site", '[confirm]\nmanagers = ["M1", "B1"]\n')
    given = {"新值": "20", "新值自何日起": "2026-12-01", "理由": "屡禁不止"}
    RuleBook(site).sign("M1").fill("数值", {"代号": "play_fine"}, **given).drop()
    assert site.once(DAY)["rulebook"]["proposed"] == 1
    RuleBook(site).fill("待批准", {"提案编号": "P2026-0001"}, 决定="批准", 批准人工号="M2").drop("一.xlsx")
    assert site.once(DAY)["rulebook"]["approved"] == 0
    RuleBook(site).fill("待批准", {"提案编号": "P2026-0001"}, 决定="批准", 批准人工号="B1").drop("二.xlsx")
    assert site.once(DAY)["rulebook"]["approved"] == 1
