"""Who writes into a cell of the rule book that is there to be read is told so; what any book ever said is no change."""

from __future__ import annotations

from pathlib import Path

import pytest
from sitework import Site

from rulebook.book import RuleBook, annotated, approve, copy_of, play_fine, play_site

DAY = "2026-11-20"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site with one decided change and one that waits."""
    site = play_site(tmp_path_factory.mktemp("begun"))
    site.once(DAY)
    play_fine(site).fill("条款", {"条款编号": "OR-12"}, 改为="停用", 自何日起="2026-11-10", 理由="改由行政管").drop()
    site.once(DAY)
    approve(site, "P2026-0002")
    assert site.once(DAY)["exit"] == 0
    return site


@pytest.fixture
def site(begun: Site, tmp_path: Path) -> Site:
    return copy_of(begun, tmp_path)


def told(site: Site, sheet: str, book: str = "规则簿.xlsx") -> list[tuple[str, str]]:
    """处理状态 and 处理结果 of the rows of a returned sheet that were not taken."""
    rows = annotated(site, book, sheet).values()
    return [(row["处理状态"], row["处理结果"]) for row in rows if row["处理状态"] == "未采纳"]


def test_a_cell_that_is_there_to_be_read_cannot_be_written(site: Site) -> None:
    written = [
        ("条款", {"条款编号": "OR-10"}, {"启用": "否"}, "“启用”只供查看"),
        ("条款", {"条款编号": "OR-10"}, {"规则": "玩游戏一次罚100元。"}, "“规则”只供查看"),
        ("条款", {"条款编号": "OR-10"}, {"条款": "别的"}, "“条款”只供查看"),
        ("条款", {"条款编号": "OR-10"}, {"条款编号": "OR-99"}, "规则簿里没有这一行"),
        ("数值", {"代号": "play_fine"}, {"现值": "30"}, "“现值”只供查看"),
        ("数值", {"代号": "play_fine"}, {"单位": "角"}, "“单位”只供查看"),
        ("数值", {"代号": "play_fine"}, {"自何日起": "2026-11-01"}, "规则簿里没有这一行"),
        ("待批准", {"提案编号": "P2026-0001"}, {"内容": "改为15.00元"}, "“内容”只供查看"),
        ("待批准", {"提案编号": "P2026-0001"}, {"影响": "共0人"}, "“影响”只供查看"),
    ]
    for place, (sheet, where, cells, _) in enumerate(written):
        RuleBook(site).sign("M1").fill(sheet, where, **cells).drop(f"规则簿{place}.xlsx")
    assert site.once(DAY)["exit"] == 1
    for place, (sheet, _, cells, mend) in enumerate(written):
        [(_, result)] = told(site, sheet, f"规则簿{place}.xlsx")
        assert mend in result, cells


def test_the_sheets_that_are_only_read_say_so(site: Site) -> None:
    book = RuleBook(site).fill("影响", {"提案编号": "P2026-0001", "月份": "2026-10"}, 新金额="-1.00")
    book.fill("历史", {"提案编号": "P2026-0002"}, 决定="驳回").add("历史", 提案编号="P2026-0009", 内容="不罚了").drop()
    assert site.once(DAY)["exit"] == 1
    assert ["“新金额”只供查看" in result for _, result in told(site, "影响")] == [True]
    decided, added = (result for _, result in told(site, "历史"))
    assert "“决定”只供查看" in decided and "规则簿里没有这一行" in added
    assert RuleBook(site).rows("历史")[0]["决定"] == "批准"


def test_nobody_approves_what_he_rewrote(site: Site) -> None:
    """Who writes another value into 内容 and approves it must not approve the value that was proposed."""
    book = RuleBook(site).fill("待批准", {"提案编号": "P2026-0001"}, 内容="改为15.00元", 决定="批准", 批准人工号="M2")
    book.drop()
    assert site.once(DAY)["rulebook"]["approved"] == 0
    assert "“内容”只供查看" in told(site, "待批准")[0][1]


def test_a_row_of_ones_own_among_the_clauses_is_told_where_it_belongs(site: Site) -> None:
    new = {"门店": "网店", "规则包": "own", "条款编号": "ZD-1", "条款": "迟到", "规则": "迟到罚5元", "启用": "是"}
    RuleBook(site).sign("M1", "条款").add("条款", **new).drop()
    assert site.once(DAY)["exit"] == 1
    assert "自定条款" in told(site, "条款")[0][1]


def test_a_book_from_before_a_change_says_nothing_wrong(begun: Site, tmp_path: Path) -> None:
    """Values, switches and proposals that stood in an earlier book are no change when it is dropped back later."""
    site = play_site(tmp_path)
    site.once(DAY)
    oldest = (site.folder / "outbox/规则簿.xlsx").read_bytes()
    play_fine(site).drop()
    site.once(DAY)
    waiting = (site.folder / "outbox/规则簿.xlsx").read_bytes()
    approve(site)
    site.once(DAY)
    for name, content in (("旧.xlsx", oldest), ("旧二.xlsx", waiting)):
        (site.folder / "inbox" / name).write_bytes(content)
    found = site.once("2026-11-21")
    assert (found["exit"], found["rulebook"]["proposed"]) == (0, 0)


def test_the_nature_of_a_clause_stands_beside_its_rule(site: Site) -> None:
    rules = {row["条款编号"]: row["规则"] for row in RuleBook(site).rows("条款")}
    assert rules["OR-10"].endswith("（性质：罚款）") and "（性质：提成" in rules["OR-7"]
