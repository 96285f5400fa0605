"""规则簿.xlsx: the rules in force, with the cells in which a manager changes them; dropped into the inbox it proposes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from processor.report.tables import Sheet, write_workbook
from processor.rulebook.sheets import (
    CLAUSES,
    EXAMPLES,
    FIGURES,
    HISTORY,
    IMPACT,
    OWN,
    PROPOSALS,
    SIGNATURE,
    SIGNED,
    headers,
    sheet_registers,
)

_WIDE = {"理由": 30, "内容": 60, "规则": 50, "条款": 22, "数值": 26, "原结果": 46, "新结果": 46, "影响": 34, "句子": 40}
_WIDE |= {"条件": 30, "预期": 20, "名称": 22, "后果": 20}
_CHOICES: Mapping[str, Mapping[str, Sequence[str]]] = {
    CLAUSES: {"改为": ("启用", "停用")},
    OWN: {
        "方法": ("登记", "逐条", "次数", "限时", "应有", "连续", "排名", "比率", "提成", "连带"),
        "周期": ("日", "周", "月", "季", "年"),
    },
    PROPOSALS: {"决定": ("批准", "驳回")},
}
_SPARE = {FIGURES: 1, CLAUSES: 1, OWN: 200, EXAMPLES: 400, PROPOSALS: 1}
_TOLD = {
    PROPOSALS: "请另一位经理在“决定”一栏选批准或驳回，并填写批准人工号",
    IMPACT: "如果改动一直有效，这些人的结果会怎样（只供参考，没有改动任何结果）",
    HISTORY: "已经决定的改动",
}


def write_rule_book(path: Path, sheets: Mapping[str, Sequence[Sequence[str]]]) -> None:
    """Write the workbook; sheets: name of the sheet's register -> its rows, the cells in the order of its columns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_workbook(path, [_sheet(name, rows) for name, rows in sheets.items()])


def _sheet(name: str, rows: Sequence[Sequence[str]]) -> Sheet:
    header = headers(name)
    first = SIGNATURE if name in SIGNED else _TOLD[name]
    sheet = Sheet(
        sheet_registers()[name].title,
        header,
        rows,
        [_WIDE.get(title, 14) for title in header],
        above=[[first], []],
        spare=_SPARE.get(name, 0),
    )
    for column, choices in _CHOICES.get(name, {}).items():
        sheet.offer(column, choices)
    return sheet
