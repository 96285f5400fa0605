"""条件 of a row of 自定条款: comparisons of columns with values or with other columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from unicodedata import normalize

from processor.catalogue.register import Column, Register
from processor.rulebook.bounds import NUMBERS, fold, grouped, number_of
from processor.rulebook.doubt import Doubt
from processor.rulebook.values import read

_PARTS, _LIST = re.compile(r"[;；\n]"), re.compile(r"[、,，]")
_COMPARISON = re.compile(r"(.+?)(>=|<=|!=|<>|≥|≤|≠|=|>|<)(.+)")
_TESTS = {"=": "is", "≠": "not", "!=": "not", "<>": "not", ">": "above", "<": "below"}
_TESTS |= {"≥": "from", ">=": "from", "≤": "upto", "<=": "upto"}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SCALES = {"money": "money", "number": "number", "count": "number", "date": "day", "datetime": "day", "time": "time"}
#: Columns of numbers that are no quantities: they may be the same, but none is greater.
_NUMBERED = ("staff", "id", "phone")


@dataclass(frozen=True)
class Conditions:
    """The cell of 条件 as it was written, and the register whose columns it names."""

    told: str
    register: Register

    def table(self) -> dict[str, dict[str, Any]]:
        """`{header: {test: value}}`. Raises Doubt."""
        found: dict[str, dict[str, Any]] = {}
        for part in _PARTS.split(self.told):
            if part.strip():
                header, test, value = self._comparison(part)
                if test in found.setdefault(header, {}):
                    raise self._unclear(part)
                found[header][test] = value
        return found

    def _comparison(self, part: str) -> tuple[str, str, Any]:
        text = normalize("NFKC", part).strip()
        if blank := re.fullmatch(r"(.+?)\s*(非空|不为空|为空|空)", text):
            return self._column(blank[1]).header, "filled", blank[2] in ("非空", "不为空")
        found = _COMPARISON.fullmatch(text)
        if found is None:
            raise self._unclear(part)
        column, test, told = self._column(found[1].strip()), _TESTS[found[2]], found[3].strip()
        if test not in ("is", "not") and column.type not in _SCALES:
            raise self._wrong(part, f"“{column.header}”不是数字、日期或时间，不能比大小")
        other = self._other(column, test, told)
        if other is not None:
            if _SCALES.get(other.type, "text") != _SCALES.get(column.type, "text"):
                raise self._wrong(part, f"“{column.header}”和“{other.header}”不是同一种内容，不能比")
            return column.header, test, {"column": other.header}
        if test in ("is", "not"):
            if column.type in NUMBERS and grouped(told):
                raise self._wrong(part, f"“{told}”不知道是一个数还是几个数，千位请不加逗号，几个数用“、”分开")
            return column.header, test, [self._value(column, value, part) for value in _LIST.split(told)]
        return column.header, test, self._value(column, told, part)

    def _value(self, column: Column, told: str, part: str) -> Any:
        told = told.strip()
        try:
            match column.type:
                case "yesno":
                    return read("boolean", told)
                case "choice":
                    return next(choice for choice in column.choices if fold(choice) == fold(told))
                case "date" | "datetime":
                    return _day(told).isoformat()
                case "time":
                    return told if read("time", told) is not None else None
            return number_of(column, told) if column.type in NUMBERS else told
        except (ValueError, StopIteration):
            choices = f"，可以是{'、'.join(column.choices)}" if column.choices else ""
            raise self._wrong(part, f"“{column.header}”不会是“{told}”{choices}") from None

    def _other(self, column: Column, test: str, told: str) -> Column | None:
        """The column with which one is compared; a word beside a column of words is a value, whatever it is called."""
        if test in ("is", "not") and column.type not in {*_SCALES, *_NUMBERED}:
            return None
        return next((other for other in self.register.columns if fold(other.header) == fold(told)), None)

    def _known(self, told: str) -> Column | None:
        return next((c for c in self.register.columns if fold(told) in {fold(c.header), *map(fold, c.synonyms)}), None)

    def _column(self, told: str) -> Column:
        found = self._known(told)
        if found is None:
            message = f"{self.register.title}里没有“{told}”这一列。请在“条件”里照登记表的表头填写。"
            raise Doubt("条件", self.told, f"{self.register.title}的表头", message)
        return found

    def _wrong(self, part: str, why: str) -> Doubt:
        message = f"“条件”里的“{part.strip()}”不对：{why}。请改正再放入收件夹。"
        return Doubt("条件", self.told, "列名=值；列名>值", message)

    def _unclear(self, part: str) -> Doubt:
        message = (
            f"看不懂“条件”里的“{part.strip()}”。每个条件写成“列名=值”“列名>值”“列名 空”或“列名 非空”，"
            "几个条件用“；”分开，都成立才算。"
        )
        return Doubt("条件", self.told, "列名=值；列名>值", message)


def _day(told: str) -> date:
    found = _DAY.fullmatch(fold(told))
    if found is None:
        raise ValueError(told)
    return date(*map(int, found.groups()))
