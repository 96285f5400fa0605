"""Whether the cells of a row of 自定条款 fit each other: a cell that would say nothing must not stand there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from processor.catalogue.outcome import MONEY
from processor.catalogue.register import Column, Register
from processor.catalogue.roles import recording
from processor.mechanics.rows import unit_of
from processor.rulebook.bounds import NUMBERS, fold
from processor.rulebook.consequences import EXPECTED_OF
from processor.rulebook.doubt import Doubt

Cells = Mapping[str, Any]
Table = Mapping[str, Any]
_LADDER = ("第二次", "第三次")
#: mechanic -> cells that mean nothing to it
_IDLE: Mapping[str, tuple[str, ...]] = {
    "recorded": ("衡量", "界限"),
    "owed": ("衡量", "界限"),
    "runs": ("衡量",),
    "share": ("衡量",),
    "commission": ("衡量", "界限"),
    "joint": ("衡量", "周期", "界限", *_LADDER),
}
#: mechanic -> cell -> the only things that may stand there
_FIXED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "recorded": {"员工": ("工号",), "日期": ("日期",)},
    "joint": {"员工": ("责任主管工号", "直接主管工号", "工号")},
}
#: mechanics that sum or compare 衡量 as a number; those in which 衡量 and 界限 stand together
_SUMMED, _TOGETHER = ("where", "limit", "ranking"), ("where",)
_WHOLE = ("owed", "ranking", "share")


def check(cells: Cells, table: Table, registers: Mapping[str, Register]) -> None:
    """Raises Doubt on the first cell that does not fit the others. table: what the row comes to."""
    mechanic, method = table["mechanic"], fold(cells["方法"])
    for header in _IDLE.get(mechanic, ()):
        if cells[header] is not None:
            message = f"方法“{method}”用不到“{header}”，写了也不起作用。请留空，或者换一种方法。"
            raise Doubt(header, cells[header], "留空", message)
    for header, only in {**_FIXED.get(mechanic, {}), **_recorded_in(mechanic, registers)}.items():
        if cells[header] is not None and fold(cells[header]) not in only:
            message = f"方法“{method}”的“{header}”只能是“{only[0]}”，写别的不起作用。请留空，或者换一种方法。"
            raise Doubt(header, cells[header], f"{only[0]}，或留空", message)
    if mechanic in _WHOLE and "window" not in table:
        raise Doubt(
            "周期", cells["周期"] or "", "日、周、月、季、年", f"方法“{method}”要有周期。请填写日、周、月、季或年。"
        )
    register = registers.get(table.get("of", ""))
    if register is not None:
        _check_measure(cells, table, register)
    for header, outcome in _outcomes(cells, table):
        _check_outcome(Doubtful(cells, header, method), outcome, table, register)


def _recorded_in(mechanic: str, registers: Mapping[str, Register]) -> Mapping[str, tuple[str, ...]]:
    """登记表 -> what the register of recorded rows may be called."""
    if mechanic != "recorded":
        return {}
    register = recording(registers)
    return {"登记表": (register.title, register.title.removesuffix("表"), register.name)}


class Doubtful:
    """A cell of a row, about which something may be said."""

    def __init__(self, cells: Cells, header: str, method: str) -> None:
        self.cells, self.header, self.method = cells, header, method

    def doubt(self, why: str, expected: str) -> Doubt:
        """The cell as it cannot be taken."""
        return Doubt(self.header, str(self.cells[self.header] or ""), expected, why)


def _outcomes(cells: Cells, table: Table) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each outcome with the cell in which it stands."""
    for header, step in zip(("后果", *_LADDER), table["steps"], strict=False):
        for outcome in step:
            yield header, outcome


def _check_measure(cells: Cells, table: Table, register: Register) -> None:
    mechanic, method = table["mechanic"], fold(cells["方法"])
    cell = Doubtful(cells, "衡量", method)
    if "measure" not in table:
        if mechanic in _TOGETHER and "limit" in table:
            raise cell.doubt(f"方法“{method}”填了“界限”，也要在“衡量”里填写拿哪一列去比。", "数字一列的表头")
        return
    column = register.column(table["measure"])
    if mechanic in _SUMMED and column.type not in NUMBERS:
        raise cell.doubt(
            f"“{column.header}”不是数字或金额，不能合计、排名或比多少。请填写数字一列的表头。", "数字一列的表头"
        )
    if mechanic == "deadline" and column.type not in ("date", "datetime", "time"):
        raise cell.doubt(
            f"“{column.header}”不是日期或时间，看不出是不是按时。请填写日期或时间一列的表头。", "时间一列的表头"
        )
    if mechanic in _TOGETHER and "limit" not in table:
        message = f"方法“{method}”填了“衡量”，也要在“界限”里填写超过多少才算，如 30。"
        raise Doubtful(cells, "界限", method).doubt(message, "30")


def _check_outcome(cell: Doubtful, outcome: Mapping[str, Any], table: Table, register: Register | None) -> None:
    mechanic, method = table["mechanic"], cell.method
    if mechanic == "joint":
        if outcome["effect"] in MONEY and not {"times", "amount"} & set(outcome):
            known = EXPECTED_OF["joint"]
            raise cell.doubt(f"方法“连带”的后果可以是：{known}。", known)
        return
    if "times" in outcome:
        raise cell.doubt(f"“同额”和“几倍”只用在方法“连带”里，方法“{method}”请写明数额，如 罚款50元。", "罚款50元")
    if outcome["effect"] in MONEY and not table.get("about") and mechanic != "recorded":
        message = "“员工”空着，按门店算，钱和点数落不到人身上。请填写“员工”，或者后果写提示。"
        raise cell.doubt(message, "提示，或填写员工")
    if "of" in outcome and register is not None:
        _check_share(cell, outcome["of"], register)
    if "per" in outcome:
        _check_per(cell, outcome, table, register)


def _check_share(cell: Doubtful, told: str, register: Register) -> None:
    column = _named(register, told)
    if column is None or column.type != "money":
        why = f"“{told}”不是{register.title}里金额的一列，不能算提成。"
        raise cell.doubt(f"{why}请写金额一列的表头，如 合同金额×1%。", "金额一列的表头×1%")


def _check_per(cell: Doubtful, outcome: Mapping[str, Any], table: Table, register: Register | None) -> None:
    measure = register.column(table["measure"]) if register is not None and "measure" in table else None
    if table["mechanic"] not in ("where", "deadline") or measure is None:
        message = "“每满…罚款…”只用在方法“逐条”（要填衡量和界限）和“限时”里。请补上，或者写成 罚款50元。"
        raise cell.doubt(message, "罚款50元")
    if table["mechanic"] == "where" and outcome.get("per_unit") and not unit_of(measure):
        message = f"“{measure.header}”没有写明是秒、分钟、小时还是天，算不出满几个。请换一列，或者写成 罚款50元。"
        raise cell.doubt(message, "罚款50元")


def _named(register: Register, told: str) -> Column | None:
    return next((c for c in register.columns if fold(told) in {fold(c.header), *map(fold, c.synonyms)}), None)
