"""A row of 自定条款 as the table by which a mechanic decides it, the same that a pack's file would hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from processor.catalogue.register import Column, Register
from processor.catalogue.roles import recording
from processor.rulebook.bounds import EXAMPLES, bound, fold
from processor.rulebook.conditions import Conditions
from processor.rulebook.consequences import EXPECTED, EXPECTED_OF, outcomes
from processor.rulebook.doubt import Doubt

Cells = Mapping[str, Any]
MECHANICS = {
    "登记": "recorded",
    "逐条": "where",
    "次数": "limit",
    "限时": "deadline",
    "应有": "owed",
    "连续": "runs",
    "排名": "ranking",
    "比率": "share",
    "提成": "commission",
    "连带": "joint",
}
WINDOWS = {"日": "day", "周": "week", "月": "month", "季": "quarter", "半年": "half", "年": "year", "季度": "quarter"}
_LIST = re.compile(r"[、,，]")
_NEEDS = {
    "recorded": ("后果",),
    "where": ("登记表", "员工", "日期", "条件", "后果"),
    "limit": ("登记表", "界限", "后果"),
    "deadline": ("登记表", "衡量", "界限", "后果"),
    "owed": ("登记表", "周期", "后果"),
    "runs": ("登记表", "界限", "后果"),
    "ranking": ("登记表", "周期", "界限", "后果"),
    "share": ("登记表", "条件", "周期", "界限", "后果"),
    "commission": ("登记表", "后果"),
    "joint": ("条件", "后果"),
}


def decided(cells: Cells, registers: Mapping[str, Register]) -> dict[str, Any]:
    """The table under `decided`. Raises Doubt naming the cell that is wrong."""
    told = fold(cells["方法"] or "")
    if told not in MECHANICS:
        why = f"没有“{cells['方法']}”这种方法" if told else "没有填“方法”"
        message = f"{why}。请在“方法”里选择：{'、'.join(MECHANICS)}。"
        raise Doubt("方法", cells["方法"] or "", "、".join(MECHANICS), message)
    mechanic = MECHANICS[told]
    for header in ("名称", *_NEEDS[mechanic]):
        if cells[header] is None:
            raise Doubt(header, "", "必须填写", f"方法“{told}”要填“{header}”。请补上再放入收件夹。")
    table: dict[str, Any] = {"mechanic": mechanic, "steps": _steps(cells, mechanic)}
    if mechanic == "joint":
        return table | {
            "causes": [part for part in re.split(r"[、,，;；]", fold(cells["条件"])) if part],
            **_says(cells, None),
        }
    register = recording(registers) if mechanic == "recorded" else _register(cells, registers)
    reader = _Row(cells, register)
    table |= {"of": register.name, "about": reader.about(mechanic), "date": reader.date()}
    table |= {"where": Conditions(cells["条件"], register).table()} if cells["条件"] is not None else {}
    table |= {"measure": reader.header("衡量")} if cells["衡量"] is not None else {}
    table |= {"window": _window(cells)} if cells["周期"] is not None else {}
    table |= _limit(cells, mechanic, reader) if cells["界限"] is not None else {}
    return {key: value for key, value in (table | _says(cells, register)).items() if value not in ("", [], {})}


def _steps(cells: Cells, mechanic: str) -> list[list[dict[str, Any]]]:
    wanted = EXPECTED_OF.get(mechanic, EXPECTED)
    steps: list[list[dict[str, Any]]] = []
    for header in ("后果", "第二次", "第三次"):
        if cells[header] is None:
            continue
        if header == "第三次" and len(steps) < 2:
            raise Doubt("第二次", "", wanted, "填了“第三次”，也要填“第二次”。")
        try:
            steps.append(outcomes(cells[header]))
        except ValueError as error:
            message = f"看不懂“{header}”里的“{error}”。可以写：{wanted}。"
            raise Doubt(header, cells[header], wanted, message) from None
    return steps


def _register(cells: Cells, registers: Mapping[str, Register]) -> Register:
    told = fold(cells["登记表"])
    for register in registers.values():
        if told in (fold(register.title), fold(register.title).removesuffix("表"), register.name) and not register.form:
            return register
    message = f"没有叫“{cells['登记表']}”的登记表。请在“登记表”里填写登记表的名称，如“客户投诉处理表”。"
    raise Doubt("登记表", cells["登记表"], "登记表的名称", message)


def _window(cells: Cells) -> str:
    told = fold(cells["周期"]).removeprefix("每").removesuffix("度")
    if told in ("历次", "不限", "累计"):
        return ""
    if told not in WINDOWS:
        raise Doubt(
            "周期",
            cells["周期"],
            "日、周、月、季、年，或留空",
            f"看不懂周期“{cells['周期']}”。请填写日、周、月、季、年，或留空。",
        )
    return WINDOWS[told]


def _says(cells: Cells, register: Register | None) -> dict[str, str]:
    """The sentence, in which {界限} stands as it was written."""
    says = str(cells["句子"] or "")
    return {"says": says.replace("{界限}", str(cells["界限"] or ""))} if says else {}


def _limit(cells: Cells, mechanic: str, reader: _Row) -> dict[str, Any]:
    measured = reader.column(cells["衡量"], "衡量") if cells["衡量"] is not None else None
    try:
        return bound(mechanic, cells["界限"], measured)
    except ValueError:
        wanted = EXAMPLES[mechanic]
        message = f"看不懂“界限”里的“{cells['界限']}”，方法“{cells['方法']}”要写成{wanted}。"
        raise Doubt("界限", cells["界限"], wanted, message) from None


@dataclass(frozen=True)
class _Row:
    """The cells of a row that name columns of its register."""

    cells: Cells
    register: Register

    def column(self, told: str, cell: str) -> Column:
        for column in self.register.columns:
            if fold(told) in {fold(column.header), *map(fold, column.synonyms)}:
                return column
        message = f"{self.register.title}里没有“{told}”这一列。请在“{cell}”里照登记表的表头填写。"
        raise Doubt(cell, str(self.cells[cell]), f"{self.register.title}的表头", message)

    def header(self, cell: str) -> str:
        return self.column(self.cells[cell], cell).header

    def about(self, mechanic: str) -> list[str]:
        """The columns of 员工; where it is empty, those that the register itself declares, but for a share of the unit."""
        if self.cells["员工"] is None:
            return [] if mechanic == "share" else list(self.register.about)
        found = [self.column(part, "员工") for part in _LIST.split(self.cells["员工"]) if part.strip()]
        for column in found:
            if column.type != "staff":
                message = f"“{column.header}”不是员工的一列。请在“员工”里填写工号一列的表头。"
                raise Doubt("员工", self.cells["员工"], "工号一列的表头", message)
        return [column.header for column in found]

    def date(self) -> str:
        if self.cells["日期"] is not None:
            column = self.column(self.cells["日期"], "日期")
            if column.type not in ("date", "datetime", "month"):
                message = f"“{column.header}”不是日期。请在“日期”里填写日期一列的表头。"
                raise Doubt("日期", self.cells["日期"], "日期一列的表头", message)
            return column.header
        if self.register.date_column is None:
            raise Doubt(
                "日期", "", "日期一列的表头", f"{self.register.title}没有日期，请在“日期”里填写按哪一列算日期。"
            )
        return self.register.date_column
