"""What the product itself wrote into the rule book: whoever writes over it is told that this does nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from processor.catalogue.parameter import Parameter
from processor.rulebook.bounds import fold
from processor.rulebook.doubt import Doubt
from processor.rulebook.sheets import CLAUSES, FIGURES, HISTORY, IMPACT, PROPOSALS, headers
from processor.rulebook.values import read, written

Rows = Sequence[Sequence[str]]
#: Sheet that is read -> the columns that a manager may fill; the others are there to be read.
TO_FILL = {
    FIGURES: ("新值", "新值自何日起", "新值门店", "理由"),
    CLAUSES: ("改为", "自何日起", "理由"),
    PROPOSALS: ("决定", "批准人工号", "批准日期"),
    IMPACT: (),
    HISTORY: (),
}
#: Sheet -> the columns that tell which row it is.
_KEY = {
    FIGURES: ("规则包", "代号", "门店", "自何日起"),
    CLAUSES: ("门店", "规则包", "条款编号"),
    PROPOSALS: ("提案编号",),
    IMPACT: ("提案编号", "月份", "门店", "工号", "条款编号"),
    HISTORY: ("提案编号", "内容"),
}
#: Letters of a cell that are compared: Excel cuts very long texts.
_COMPARED = 10_000
_MEND = {
    FIGURES: "请把新的数值写在“新值”，并填写“新值自何日起”和“理由”。",
    CLAUSES: "启用或停用请填“改为”，并填写“自何日起”和“理由”；自己的条款请写在“自定条款”。",
    PROPOSALS: "这里只填“决定”和“批准人工号”；要改成别的，请驳回后另提一个改动。",
    IMPACT: "同意不同意，请在“待批准”填“决定”。",
    HISTORY: "已经决定的不能改，要更正请另提一个改动。",
}


@dataclass(frozen=True)
class Shown:
    """rows: sheet -> its rows as they stand; ever: sheet -> the marks of all rows that it ever had.

    figures: (pack, name) -> the figure, whose value may be written in several ways.
    """

    rows: Mapping[str, Rows] = field(default_factory=dict)
    ever: Mapping[str, frozenset[str]] = field(default_factory=dict)
    figures: Mapping[tuple[str, str], Parameter] = field(default_factory=dict)

    def check(self, sheet: str, cells: Mapping[str, Any]) -> None:
        """Raises Doubt where a row of a delivered sheet says, outside of what managers fill, what no book ever said.

        A sheet of which nothing is known, as after an upgrade, is not checked.
        """
        known = self.ever.get(sheet)
        if known is None or self._mark(sheet, cells) in known:
            return
        names = headers(sheet)
        rows = [dict(zip(names, row, strict=True)) for row in self.rows.get(sheet, ())]
        told = {name: _text(cells.get(name)) for name in names}
        same = [row for row in rows if all(fold(row[name]) == fold(told[name]) for name in _KEY[sheet])]
        for row in same[:1]:
            for name in names:
                if name not in TO_FILL[sheet] and self._said(sheet, told, name) != self._said(sheet, row, name):
                    message = f"“{name}”只供查看，改了不起作用。{_MEND[sheet]}"
                    raise Doubt(name, told[name], row[name], message)
        if not same:
            name = _KEY[sheet][-1] if sheet == CLAUSES else _KEY[sheet][0]
            message = f"规则簿里没有这一行：请不要改动前面几列，也不要在这里加行。{_MEND[sheet]}"
            raise Doubt(name, told[name], "规则簿里的一行", message)

    def marks(self, sheet: str, rows: Rows) -> set[str]:
        """The marks of rows as the product writes them."""
        names = headers(sheet)
        return {self._mark(sheet, dict(zip(names, row, strict=True))) for row in rows}

    def _mark(self, sheet: str, cells: Mapping[str, Any]) -> str:
        own = [name for name in headers(sheet) if name not in TO_FILL[sheet]]
        told = "|".join(self._said(sheet, cells, name) for name in own)
        return hashlib.sha256(told.encode()).hexdigest()[:10]

    def _said(self, sheet: str, cells: Mapping[str, Any], name: str) -> str:
        """A cell as it is compared: a figure's value however it is written, a day without its time."""
        text = _text(cells.get(name))
        if sheet == FIGURES and name == "现值" and text:
            figure = self.figures.get((_text(cells.get("规则包")), _text(cells.get("代号"))))
            try:
                return written(figure.type, read(figure.type, text)) if figure is not None else fold(text)
            except (ValueError, ArithmeticError):
                return fold(text)
        return fold(text.removesuffix("00:00:00"))[:_COMPARED]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def remembered(shown: Shown, sheets: Mapping[str, Rows], before: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Sheet -> the marks of all rows that the rule book ever had, those of now included, of sheets whose rows come and go."""
    kept = (FIGURES, CLAUSES, HISTORY)
    return {sheet: sorted({*before.get(sheet, ()), *shown.marks(sheet, sheets[sheet])}) for sheet in kept}
