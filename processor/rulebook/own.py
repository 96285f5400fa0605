"""A row of 自定条款 as the table by which a mechanic decides it, the same that a pack's file would hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from processor.catalogue.register import Column, Register
from processor.rulebook.consequences import EXPECTED as CONSEQUENCES
from processor.rulebook.consequences import outcomes
from processor.rulebook.doubt import Doubt
from processor.rulebook.values import read

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
_PARTS, _LIST = re.compile(r"[;；\n]"), re.compile(r"[、,，]")
_COMPARISON = re.compile(r"(.+?)(>=|<=|!=|<>|≥|≤|≠|=|>|<)(.+)")
_TESTS = {"=": "is", "≠": "not", "!=": "not", "<>": "not", ">": "above", "<": "below"}
_TESTS |= {"≥": "from", ">=": "from", "≤": "upto", "<=": "upto"}
_NUMBER = r"(\d+(?:\.\d+)?)"
_TERMS = {"秒": "seconds", "分钟": "minutes", "分": "minutes", "小时": "hours", "天": "days", "日": "days"}
_TERMS |= {"个工作日": "workdays", "工作日": "workdays"}
_SHARES = {"不低于": "from", "高于": "above", "超过": "above", "低于": "below", "不高于": "upto", "不超过": "upto"}
_SHARES |= {"不少于": "from", "少于": "below", "达到": "from"}
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


def fold(text: str) -> str:
    """A text as it is compared: full-width signs and blanks folded away."""
    return re.sub(r"\s+", "", normalize("NFKC", text))


def decided(cells: Cells, registers: Mapping[str, Register]) -> dict[str, Any]:
    """The table under `decided`. Raises Doubt naming the cell that is wrong."""
    told = fold(cells["方法"] or "")
    if told not in MECHANICS:
        message = f"没有“{cells['方法'] or ''}”这种方法。请在“方法”里选择：{'、'.join(MECHANICS)}。"
        raise Doubt("方法", cells["方法"] or "", "、".join(MECHANICS), message)
    mechanic = MECHANICS[told]
    for header in ("名称", *_NEEDS[mechanic]):
        if cells[header] is None:
            raise Doubt(header, "", "必须填写", f"方法“{told}”要填“{header}”。请补上再放入收件夹。")
    table: dict[str, Any] = {"mechanic": mechanic, "steps": _steps(cells)}
    if mechanic == "joint":
        return table | {
            "causes": [part for part in re.split(r"[、,，;；]", fold(cells["条件"])) if part],
            **_says(cells, None),
        }
    register = registers["discipline"] if mechanic == "recorded" else _register(cells, registers)
    reader = _Row(cells, register)
    table |= {"of": register.name, "about": reader.about(mechanic), "date": reader.date()}
    table |= {"where": reader.condition()} if cells["条件"] is not None else {}
    table |= {"measure": reader.header("衡量")} if cells["衡量"] is not None else {}
    table |= {"window": _window(cells)} if cells["周期"] is not None else {}
    table |= _limit(cells, mechanic) if cells["界限"] is not None else {}
    return {key: value for key, value in (table | _says(cells, register)).items() if value not in ("", [], {})}


def _steps(cells: Cells) -> list[list[dict[str, Any]]]:
    steps: list[list[dict[str, Any]]] = []
    for header in ("后果", "第二次", "第三次"):
        if cells[header] is None:
            continue
        if header == "第三次" and len(steps) < 2:
            raise Doubt("第二次", "", CONSEQUENCES, "填了“第三次”，也要填“第二次”。")
        try:
            steps.append(outcomes(cells[header]))
        except ValueError as error:
            message = f"看不懂“{header}”里的“{error}”。可以写：{CONSEQUENCES}。"
            raise Doubt(header, cells[header], CONSEQUENCES, message) from None
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


def _limit(cells: Cells, mechanic: str) -> dict[str, Any]:
    told = fold(cells["界限"])
    found = _BOUNDS.get(mechanic, lambda text: None)(told)
    if found is None:
        wanted = _BOUND_EXAMPLES.get(mechanic, "留空")
        message = f"看不懂“界限”里的“{cells['界限']}”，方法“{cells['方法']}”要写成{wanted}。"
        raise Doubt("界限", cells["界限"], wanted, message)
    return found


def _count(text: str) -> dict[str, Any] | None:
    found = re.fullmatch(rf"(超过|达到|满){_NUMBER}\D*", text)
    return found and {"limit": {"over" if found[1] == "超过" else "reach": found[2]}}


def _run(text: str) -> dict[str, Any] | None:
    found = re.fullmatch(rf"(?:超过)?{_NUMBER}[天日]?", text)
    return found and {"limit": {"over": found[1]}}


def _beyond(text: str) -> dict[str, Any] | None:
    found = re.fullmatch(rf"(?:超过)?{_NUMBER}\D*", text)
    return found and {"limit": {"over": found[1]}}


def _place(text: str) -> dict[str, Any] | None:
    found = re.fullmatch(r"(前|后|倒数第?)(\d+)名?", text)
    return found and {"limit": {"first" if found[1] == "前" else "last": found[2]}}


def _share(text: str) -> dict[str, Any] | None:
    found = re.fullmatch(rf"({'|'.join(_SHARES)}){_NUMBER}(%?)", text)
    if not found:
        return None
    value = float(found[2]) / 100 if found[3] else float(found[2])
    return {"limit": {_SHARES[found[1]]: round(value, 12)}} if value <= 1 else None


def _term(text: str) -> dict[str, Any] | None:
    if found := re.fullmatch(r"(当日|次日)(\d{1,2}:\d{2})", text):
        return {"within": {"days": 0 if found[1] == "当日" else 1, "until": found[2]}}
    found = re.fullmatch(rf"{_NUMBER}({'|'.join(_TERMS)})(?:内)?", text)
    return found and {"within": {_TERMS[found[2]]: float(found[1])}}


_BOUNDS: Mapping[str, Callable[[str], dict[str, Any] | None]] = {
    "limit": _count,
    "runs": _run,
    "where": _beyond,
    "ranking": _place,
    "share": _share,
    "deadline": _term,
}
_BOUND_EXAMPLES = {
    "limit": "“超过3”或“达到3”",
    "runs": "“6天”（第7天起算）",
    "where": "“30”（超出的部分从这里算起）",
    "ranking": "“前1”或“后2”",
    "share": "“不低于95%”",
    "deadline": "“2小时”“3天”“3个工作日”或“次日12:00”",
}


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

    def condition(self) -> dict[str, dict[str, Any]]:
        """`{header: {test: value}}`."""
        found: dict[str, dict[str, Any]] = {}
        for part in _PARTS.split(self.cells["条件"]):
            if part.strip():
                header, test, value = self.comparison(part)
                if test in found.setdefault(header, {}):
                    raise self.unclear(part)
                found[header][test] = value
        return found

    def comparison(self, part: str) -> tuple[str, str, Any]:
        text = normalize("NFKC", part).strip()
        if blank := re.fullmatch(r"(.+?)\s*(非空|为空|空)", text):
            return self.column(blank[1], "条件").header, "filled", blank[2] == "非空"
        found = _COMPARISON.fullmatch(text)
        if found is None:
            raise self.unclear(part)
        column, test = self.column(found[1].strip(), "条件"), _TESTS[found[2]]
        told = found[3].strip()
        if test in ("is", "not"):
            return column.header, test, [self.value(column, value, part) for value in _LIST.split(told)]
        other = next((c for c in self.register.columns if fold(c.header) == fold(told)), None)
        return column.header, test, {"column": other.header} if other else self.value(column, told, part)

    def value(self, column: Column, told: str, part: str) -> Any:
        told = told.strip()
        try:
            match column.type:
                case "yesno":
                    return read("boolean", told)
                case "choice":
                    return next(choice for choice in column.choices if fold(choice) == fold(told))
                case "money" | "number" | "count":
                    return float(re.fullmatch(rf"{_NUMBER}\D*", told.replace(",", ""))[1])  # type: ignore[index]
                case "time":
                    return told if read("time", told) is not None else None
            return told
        except (ValueError, StopIteration, TypeError):
            choices = f"，可以是{'、'.join(column.choices)}" if column.choices else ""
            message = f"“条件”里的“{part.strip()}”不对：“{column.header}”不会是“{told}”{choices}。请改正再放入收件夹。"
            raise Doubt("条件", self.cells["条件"], f"{column.header}的内容", message) from None

    def unclear(self, part: str) -> Doubt:
        message = f"看不懂“条件”里的“{part.strip()}”。每个条件写成“列名=值”“列名>值”“列名 空”或“列名 非空”，几个条件用“；”分开。"
        return Doubt("条件", self.cells["条件"], "列名=值；列名>值", message)
