"""Each 方法 of 自定条款, proved by examples on both sides of its bound in one rule book."""

from __future__ import annotations

from pathlib import Path

import yaml
from sitework import make_site

from rulebook.book import ROSTER, UNIT, RuleBook, annotated

DAY = "2026-11-30"
METHODS = yaml.safe_load((Path(__file__).parent / "methods.yaml").read_text(encoding="utf-8"))


def test_every_method_holds_on_both_sides_of_its_bound(tmp_path: Path) -> None:
    site = make_site(tmp_path, {UNIT: []}, managers=["M1", "M2"], extra="[rules]\nfour_eyes = false\n")
    site.drop({"roster": ROSTER})
    assert site.once(DAY)["exit"] == 0
    book = RuleBook(site).sign("M1", "自定条款")
    for id, method in METHODS.items():
        book.add("自定条款", 条款编号=id, 名称=f"规定{id}", 自何日起="2026-09-01", 理由="试行", **method["clause"])
        for number, rows in enumerate(method["examples"], 1):
            for register, staff, content, wanted in rows:
                cells = {"登记表": register, "工号": staff, "内容": content, "预期": wanted}
                filled = {header: value for header, value in cells.items() if value}
                book.add("用例", 用例=f"{id}例{number}", 条款编号=id, **filled)
    book.drop()
    result = site.once(DAY)
    told = [row["处理结果"] for sheet in ("自定条款", "用例") for row in annotated(site, "规则簿.xlsx", sheet).values()]
    assert [text for text in told if text and not text.startswith("提案")] == []
    assert (result["exit"], result["rulebook"]["approved"]) == (0, len(METHODS))
