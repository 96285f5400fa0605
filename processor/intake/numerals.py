"""Numbers as people write them: Chinese numerals, brackets for a minus, several units in a row."""

from __future__ import annotations

import re
from collections.abc import Mapping

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_MINUS_BEHIND = re.compile(r"^([0-9][0-9,]*\.[0-9]{2})-$")  # as ERP systems print it; `5000-` may be half of a range
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬圆", "一二三四五六七八九十百千万元")
_FEN = re.compile(r"^(.+?)元零?(?:([一二三四五六七八九])角)?零?(?:([一二三四五六七八九])分)?整?$")
_UNITS = {"十": 10, "百": 100, "千": 1000}
ONES = "¤"  # behind a figure: in ones, whatever unit the header states
_CHINESE = re.compile(r"^([〇零一二两三四五六七八九十百千万]+)(.*)$")
_BRACKETS = re.compile(r"^\(((?:¥|RMB)?[0-9][0-9,]*(?:\.[0-9]+)?)\)$")
_TEN_THOUSANDS = re.compile(r"^([0-9]+)万([0-9]{1,4})(千)?(?:元|块)?$")
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)([^0-9.]+)")
_AND_A_HALF = re.compile(r"^(.+?)(天|日|小时|个月|年)半$")


def plain(text: str, units: Mapping[str, int]) -> str:
    """The text with figures in digits, in the column's first unit, as far as it is one of these ways of writing."""
    text = _MINUS_BEHIND.sub(r"-\1", _BRACKETS.sub(r"-\1", text))
    if "元" in units:
        text = _in_words(text.translate(_FORMAL))
    if text in ("半天", "半日") and text[1] in units:
        return "0.5" + text[1]
    half = _AND_A_HALF.match(text)
    if half and half[2] in units:
        whole = _chinese(half[1])
        return f"{whole or half[1]}.5{half[2]}" if (whole or half[1]).isdigit() else text
    return _ten_thousands(text) or _added(text, units) or _chinese(text) or text


def _in_words(text: str) -> str:
    """An amount as contracts write it, 八万零五百元五角整, in digits; any other text as it is."""
    match = _FEN.match(text)
    value = _value(match[1]) if match and _CHINESE.fullmatch(match[1]) else None
    if match is None or value is None:
        return text
    return f"{value}.{_DIGITS.get(match[2], 0)}{_DIGITS.get(match[3], 0)}元"


def _ten_thousands(text: str) -> str:
    """`1万2` and `1万2千` are 12000, `1万2000` too."""
    match = _TEN_THOUSANDS.match(text)
    if match is None:
        return ""
    factor = 1000 if match[3] or len(match[2]) == 1 else 1
    return f"{int(match[1]) * 10_000 + int(match[2]) * factor}{ONES}"


def _added(text: str, units: Mapping[str, int]) -> str:
    """`1小时20分` as the sum in the smallest unit, where each part has a unit smaller than the one before."""
    parts = _PART.findall(text)
    factors = [units.get(unit) for _, unit in parts]
    if len(parts) < 2 or "".join(f"{figure}{unit}" for figure, unit in parts) != text or None in factors:
        return ""
    if sorted(set(factors), reverse=True) != factors:  # type: ignore[type-var]
        return ""
    return (
        f"{sum(float(figure) * (factor or 0) for (figure, _), factor in zip(parts, factors, strict=True)):.10g}{ONES}"
    )


def _chinese(text: str) -> str:
    """The text with the Chinese numeral at its beginning in digits; empty where there is none that makes sense."""
    match = _CHINESE.match(text)
    value = _value(match[1]) if match else None
    if match is None or value is None:
        return ""
    large = any(unit in match[1] for unit in "万千")
    return f"{value}{match[2] or (ONES if large else '')}"


def _value(numeral: str) -> int | None:
    """12000 for 一万二 and 一万二千; None for what is no number, such as 二三 or 十百."""
    if not numeral:
        return None
    if "万" in numeral:
        above, _, below = numeral.partition("万")
        high = _value(above)
        if high is None or "万" in below:
            return None
        if not below:
            return high * 10_000
        low = _DIGITS[below] * 1000 if below in _DIGITS else _value(below.lstrip("零〇"))
        return None if low is None else high * 10_000 + low
    total, last = 0, 10_000
    digit: int | None = None
    for sign in numeral:
        if sign in _UNITS:
            factor = _UNITS[sign]
            if factor >= last or (digit is None and factor > 10):
                return None
            total += (1 if digit is None else digit) * factor
            digit, last = None, factor
        elif digit:
            return None
        else:
            digit = _DIGITS[sign]
            last = min(last, 10) if digit == 0 else last
    if digit and last in (100, 1000) and numeral[-2] in _UNITS:
        digit *= last // 10  # 一百二 is 120
    return total + (digit or 0)
