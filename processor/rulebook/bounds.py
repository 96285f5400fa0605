"""界限 of a row of 自定条款 by method: counts, days in a row, places, shares and terms; and numbers with their units."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from unicodedata import normalize

from processor.catalogue.register import Column
from processor.mechanics.rows import unit_of

NUMBERS = ("money", "number", "count")
_NUMBER = r"(\d+(?:\.\d+)?)"
_PARTED = re.compile(r"\d\s+\d")
_THOUSANDS = re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d,])")
_SECONDS = {"秒": 1, "分钟": 60, "分": 60, "小时": 3600, "天": 86_400}
_COUNTED = "元|次|单|条|个|件|份|人|名|笔|台|户|间|点|日|岁|号|张|位|声|字|倍|米|公里|平方米|月|年"
_MEASURED = re.compile(rf"[¥￥]?(\d+(?:\.\d+)?)(万)?(%|{'|'.join(_SECONDS)}|{_COUNTED})?")
_TERMS = {"秒": "seconds", "分钟": "minutes", "分": "minutes", "小时": "hours", "天": "days", "日": "days"}
_TERMS |= {"个工作日": "workdays", "工作日": "workdays"}
_DAYS = {"当日": 0, "当天": 0, "次日": 1, "第二天": 1}
_PASSED = {"超过": "over", "多于": "over", ">": "over", "达到": "reach", "满": "reach", "≥": "reach", ">=": "reach"}
_SHARES = {"不低于": "from", "高于": "above", "超过": "above", "低于": "below", "不高于": "upto", "不超过": "upto"}
_SHARES |= {"不少于": "from", "少于": "below", "达到": "from"}
_SHARES |= {"≥": "from", ">=": "from", ">": "above", "<": "below", "≤": "upto", "<=": "upto"}
Table = dict[str, Any] | None


def fold(text: str) -> str:
    """A text as it is compared: full-width signs and blanks folded away."""
    return re.sub(r"\s+", "", normalize("NFKC", text))


def number_text(told: str) -> str:
    """A cell with numbers as it is read: folded, without the commas between thousands; any other comma stays.

    Raises ValueError where a blank parts two digits: `3 4` is no 34.
    """
    if _PARTED.search(normalize("NFKC", told)):
        raise ValueError(told)
    return _THOUSANDS.sub(lambda found: found[0].replace(",", ""), fold(told))


def grouped(text: str) -> bool:
    """Whether a number in a folded text has commas between its thousands."""
    return _THOUSANDS.search(text) is not None


def number_of(column: Column | None, told: str) -> float:
    """A number with its unit as the cells of a column count it: `1分钟` is 60 in 响应秒数, `1万元` 10,000.

    Raises ValueError where it is none, and where the column does not say in what it counts time.
    """
    found = _MEASURED.fullmatch(number_text(told))
    if found is None:
        raise ValueError(told)
    value, unit = float(found[1]) * (10_000 if found[2] else 1), found[3]
    if unit == "%":
        return round(value / 100, 12)
    if unit not in _SECONDS or column is None:
        return value
    if not unit_of(column):
        raise ValueError(told)
    return value * _SECONDS[unit] / unit_of(column)


def _count(told: str, column: Column | None) -> Table:
    found = re.fullmatch(rf"({'|'.join(_PASSED)})(.+)", told)
    if found:
        return {"limit": {_PASSED[found[1]]: number_of(column, found[2])}}
    found = re.fullmatch(r"(.+?)(?:及|或)?以上", told)
    return found and {"limit": {"reach": number_of(column, found[1])}}


def _run(told: str, column: Column | None) -> Table:
    found = re.fullmatch(rf"(超过|达到|满)?{_NUMBER}[天日]?", told)
    return found and {"limit": {"reach" if found[1] in ("达到", "满") else "over": found[2]}}


def _beyond(told: str, column: Column | None) -> Table:
    return {"limit": {"over": number_of(column, told.removeprefix("超过"))}}


def _place(told: str, column: Column | None) -> Table:
    found = re.fullmatch(r"(前|后|倒数第?)([1-9]\d*)名?", told)
    return found and {"limit": {"first" if found[1] == "前" else "last": found[2]}}


def _share(told: str, column: Column | None) -> Table:
    found = re.fullmatch(rf"({'|'.join(_SHARES)}){_NUMBER}(%?)", told)
    if not found:
        return None
    value = float(found[2]) / 100 if found[3] else float(found[2])
    return {"limit": {_SHARES[found[1]]: round(value, 12)}} if value <= 1 else None


def _term(told: str, column: Column | None) -> Table:
    told = re.sub(r"(以内|之内|内|之前|以前|前)$", "", told)
    if found := re.fullmatch(rf"({'|'.join(_DAYS)})(\d{{1,2}}:\d{{2}})?", told):
        return {"within": {"days": _DAYS[found[1]], **({"until": found[2]} if found[2] else {})}}
    found = re.fullmatch(rf"{_NUMBER}({'|'.join(_TERMS)})", told)
    return found and {"within": {_TERMS[found[2]]: float(found[1])}}


_BOUNDS: Mapping[str, Callable[[str, Column | None], Table]] = {
    "limit": _count,
    "runs": _run,
    "where": _beyond,
    "ranking": _place,
    "share": _share,
    "deadline": _term,
}
EXAMPLES = {
    "limit": "“超过3”或“达到3”",
    "runs": "“6天”（第7天起算）",
    "where": "“30”（超出的部分从这里算起）",
    "ranking": "“前1”或“后2”",
    "share": "“不低于95%”",
    "deadline": "“2小时”“3天”“3个工作日”或“次日12:00”",
}


def bound(mechanic: str, told: str, measured: Column | None) -> dict[str, Any]:
    """The table of `limit` or `within`, empty for a method without one; measured: the column of 衡量.

    Raises ValueError where it is not understood.
    """
    read = _BOUNDS.get(mechanic)
    found = read(number_text(told), measured) if read is not None else {}
    if found is None:
        raise ValueError(told)
    return found
