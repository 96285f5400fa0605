"""Figures as managers write them in the rule book: `200.00`, 、 between the parts of a list, `设计师=小单；主任设计师=中单`, `17:30`, 是."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from processor.catalogue.parameter import parse
from processor.rulebook.bounds import fold, grouped, number_text

KINDS = {
    "count": "整数",
    "number": "数字",
    "money": "金额（元）",
    "points": "点数",
    "text": "文字",
    "boolean": "是否",
    "time": "时间",
}
EXPECTED = {
    "count": "不小于0的整数，如 3",
    "number": "数字，如 0.95 或 95%",
    "money": "金额，如 200.00",
    "points": "点数，如 B1",
    "text": "文字",
    "boolean": "是 或 否",
    "time": "时间，如 17:30",
}
_YES = {"是": True, "否": False, "√": True, "×": False, "TRUE": True, "FALSE": False}
_PARTS = re.compile(r"[、，,]")
_ENTRIES = re.compile(r"[；;\n]")
_MONEY = re.compile(r"[¥￥]?(\d+(?:\.\d{1,2})?)元?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")


def kind_name(kind: str) -> str:
    """A figure's type in Chinese: `金额（元）`, `多个文字`, `对照表：金额（元）`."""
    head, _, inner = kind.partition(":")
    if head == "list":
        return f"多个{kind_name(inner)}"
    return f"对照表：{kind_name(inner)}" if head == "table" else KINDS[kind]


def expected(kind: str) -> str:
    """What a cell for a figure of this type should hold, in Chinese."""
    head, _, inner = kind.partition(":")
    if head == "list":
        return f"{expected(inner)}；几个用“、”分开"
    return f"对照表，如 甲=…；乙=…，等号后面是{expected(inner)}" if head == "table" else EXPECTED[kind]


def written(kind: str, value: Any) -> str:
    """A typed value as the rule book shows it; empty for None."""
    if value is None:
        return ""
    head, _, inner = kind.partition(":")
    if head == "list":
        return "、".join(written(inner, item) for item in value)
    if head == "table":
        return "；".join(f"{key}={written(inner, item)}" for key, item in value.items())
    match kind:
        case "money":
            return f"{value // 100}.{value % 100:02d}"
        case "time":
            return f"{value // 3600:02d}:{value % 3600 // 60:02d}"
        case "boolean":
            return "是" if value else "否"
        case "number":
            return format(Decimal(str(value)).normalize(), "f")
    return str(value)


def read(kind: str, text: str, unit: str = "") -> Any:
    """The typed value of a cell; the figure's unit may stand behind it. Raises ValueError where the cell holds no such value."""
    head, _, inner = kind.partition(":")
    if head == "list":
        if inner != "text" and grouped(fold(text)):  # one number, or several?
            raise ValueError(text)
        return [read(inner, part, unit) for part in _PARTS.split(text)]
    if head == "table":
        entries = [entry.replace("＝", "=").partition("=") for entry in _ENTRIES.split(text) if entry.strip()]
        keys = [key.strip() for key, _, _ in entries]
        if not entries or not all(sign for _, sign, _ in entries) or len(set(keys)) < len(keys) or "" in keys:
            raise ValueError(text)
        return {key.strip(): read(inner, value, unit) for key, _, value in entries}
    plain = text.strip() if kind == "text" else _bare(number_text(text), unit)
    if not plain:
        raise ValueError(text)
    return parse(kind, _raw(kind, plain))


def _bare(plain: str, unit: str) -> str:
    """A cell's text without the figure's unit: `3` of `3单`, `20` of `20元/次` and of `20元`."""
    for ending in filter(None, (unit, unit.partition("/")[0])):
        plain = plain.removesuffix(ending)
    return plain.upper()


def is_share(kind: str, unit: str, known: Iterable[Any], value: Any) -> bool:
    """Whether a number without a unit, none of whose known values is above 1, is to become one that is: `5` for 5%."""
    if kind.rpartition(":")[2] != "number" or unit:
        return False
    return max((part for each in known for part in _parts(each)), default=0) <= 1 < max(_parts(value))


def _parts(value: Any) -> list[Any]:
    """The single values in a list or table."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else [value]


def _raw(kind: str, plain: str) -> Any:
    """What `parse` takes for a cell's text."""
    match kind:
        case "money":
            found = _MONEY.fullmatch(plain)
            if found is None:
                raise ValueError(plain)
            return found[1]
        case "number":
            percent = plain.endswith("%")
            value = Decimal(plain.rstrip("%"))
            if not value.is_finite():
                raise ValueError(plain)
            return float(value / 100 if percent else value)
        case "count":
            return Decimal(plain) if re.fullmatch(r"\d+(?:\.0+)?", plain) else plain
        case "boolean":
            return _YES.get(plain)
        case "time":
            found = _CLOCK.fullmatch(plain)
            if found is None:
                raise ValueError(plain)
            return f"{found[1]}:{found[2]}"
    return plain
