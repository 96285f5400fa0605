"""Texts with a form: staff numbers, phones, identity numbers, yes and no, one of a list."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from processor.intake.raw import FAULT, MOMENT, NUMBER, TEXT, TRUTH, AnySeries, RawColumn, fold

EXACT_NUMBERS = 1e15  # Excel keeps 15 digits; a longer number in a cell has lost its last ones
YES_NO: Mapping[str, bool] = {
    **dict.fromkeys(("是", "√", "✓", "✔", "☑", "对", "Y", "YES", "TRUE", "1"), True),
    **dict.fromkeys(("否", "×", "✗", "✘", "☒", "✕", "✖", "X", "错", "N", "NO", "FALSE", "0"), False),
    **dict.fromkeys(("是的", "对的", "有", "有的", "已签", "T"), True),
    **dict.fromkeys(("不是", "没有", "没", "无", "未", "未签", "F"), False),
}
_NOT, _DONE = re.compile(r"^(?:没有|未|不|没|无)"), re.compile(r"^(?:已经?|有|是)")
_NO_ID = r"[^\w]+|同上|同前|待定|待补|待填|待确认|未知|不详|见附件|TBD|tbd"  # of signs alone, or a word for what is not there
_HOW_LONG = r"\(?[0-9]+(?:\.[0-9]+)?(?:分钟?|小时)\)?$"  # 迟到5分钟
_NO_ROW = (
    r"^[(\[]?(?:示例|样例|举例|例(?=[)\]::]))|(?:作废|已取消|已撤销)[)\]]?$"  # of an example, or of a row taken back
)
_MOBILE = r"1[3-9][0-9]{9}"


def plain_texts(raw: RawColumn) -> AnySeries:
    """str, trimmed and else as written; numbers without a needless .0, dates as YYYY-MM-DD."""
    texts = raw.values.copy()
    texts[~raw.where(TEXT)] = None
    result: AnySeries = pd.Series(texts, dtype="str")
    numbers = raw.numbers()
    if len(numbers):
        result.loc[numbers.index] = _number_texts(numbers)
    other = np.flatnonzero((raw.kinds > NUMBER) & (raw.kinds < FAULT))
    result.iloc[other] = [shown(raw.values[place]) for place in other]
    return result


def exact_texts(raw: RawColumn) -> AnySeries:
    """`plain_texts`, but NaN for a number of more digits than Excel keeps."""
    return plain_texts(raw).mask(_too_long(raw))


def ids(raw: RawColumn) -> AnySeries:
    """str with leading zeros, trimmed, full-width folded; NaN where blank, spoilt by Excel, or no number of anything.

    Spoilt is what Excel turned into a date or a truth value, or a number beyond 15 digits.
    """
    result = fold(plain_texts(raw)).str.removeprefix("'")
    spoilt = raw.where(TRUTH) | (raw.kinds >= MOMENT)
    none = result.str.fullmatch(_NO_ID, na=False) | result.str.contains(_NO_ROW, na=False)
    return result.mask(spoilt | _too_long(raw) | none.to_numpy())


def phones(raw: RawColumn) -> AnySeries:
    """Digits only as str, +86 and 0086 dropped; NaN where blank or no phone number that exists in China."""
    result = ids(raw)
    odd = result[result.notna() & ~result.str.fullmatch(_MOBILE, na=False)]
    if len(odd):
        result.loc[odd.index] = _phones(odd)
    return result


def identity_numbers(raw: RawColumn) -> AnySeries:
    """18 characters of GB 11643 as str with a capital X; NaN where blank or the check fails."""
    result = ids(raw)
    filled = result.dropna()
    if len(filled):
        result.loc[filled.index] = _identity_numbers(filled)
    return result


def yes_no(raw: RawColumn, header: str = "") -> AnySeries:
    """Nullable boolean; NA where blank or neither. The header's own word answers too: 不满意 below 客户是否满意."""
    about = header.replace("是否", "")
    known = [_answer(text, about) for text in plain_texts(raw).pipe(fold).str.upper().tolist()]
    return pd.Series(known, dtype="boolean")


def _answer(text: object, about: str) -> bool | None:
    if not isinstance(text, str) or text in YES_NO:
        return YES_NO.get(text) if isinstance(text, str) else None
    if len(text) > 1 and (text in about or _names(_DONE.sub("", text), about)):
        return True
    if len(text) == 2 and text[0] in "已未" and about.startswith(text[1]):  # 已插, 未插 below 是否插旗
        return text[0] == "已"
    return False if _NOT.match(text) and _names(_NOT.sub("", text), about) else None


def _names(word: str, about: str) -> bool:
    return len(word) > 1 and word in about


def choices(raw: RawColumn, allowed: Collection[str], words: Mapping[str, str] = MappingProxyType({})) -> AnySeries:
    """The choice as the register spells it (str), blanks inside aside; NaN where blank or none of them.

    words: other word -> choice.
    """
    texts = _tight(plain_texts(raw))
    known = {**words, **{choice: choice for choice in allowed}}
    spellings = dict(zip(_tight(pd.Series(list(known), dtype="str")), known.values(), strict=True))
    result = texts.map(spellings).fillna(texts.str.replace(_HOW_LONG, "", regex=True).map(spellings))
    if {"是", "否"} <= set(allowed):
        result = result.fillna(texts.map({mark: "是" if yes else "否" for mark, yes in YES_NO.items()}))
    return result.astype("str")


def _tight(texts: AnySeries) -> AnySeries:
    """Texts to be compared: folded, in capitals, without blanks; 其它 is 其他."""
    return texts.pipe(fold).str.upper().str.replace(r"\s+", "", regex=True).str.replace("其它", "其他", regex=False)


def restore_leading_zeros(numbers: AnySeries, known: Collection[str]) -> AnySeries:
    """Give back to all-digit ids the zeros that Excel took, where `known` has exactly one such id."""
    by_tail: dict[str, set[str]] = {}
    for number in known:
        if number.isdigit():
            by_tail.setdefault(number.lstrip("0"), set()).add(number)
    single = {tail: found.copy().pop() for tail, found in by_tail.items() if len(found) == 1}
    strange = set(numbers.dropna().unique()).difference(known) & single.keys()
    longer = {bare: single[bare] for bare in strange if bare.isascii() and len(single[bare]) > len(bare)}
    restored = numbers.where(~numbers.isin(list(longer)), numbers.map(longer)) if longer else numbers
    return restored.astype("str")


def shown(value: object) -> str:
    """One cell's value as text for a message or a text column."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}" if abs(value) < EXACT_NUMBERS else f"{value:.0f}"
    return "" if value is None else str(value)


def _number_texts(numbers: AnySeries) -> AnySeries:
    whole = (numbers % 1 == 0) & (numbers.abs() < EXACT_NUMBERS)
    texts = pd.Series(index=numbers.index, dtype="str")
    texts.loc[whole] = numbers[whole].astype("int64").astype("str")
    texts.loc[~whole] = [shown(number) for number in numbers[~whole]]
    return texts


def _too_long(raw: RawColumn) -> np.ndarray:
    long = np.zeros(len(raw), dtype=bool)
    numbers = raw.numbers()
    long[numbers.index] = (numbers.abs() >= EXACT_NUMBERS).to_numpy()
    return long


def _phones(texts: AnySeries) -> AnySeries:
    digits = texts.str.replace(r"[\s()\-–—.]+", "", regex=True)
    national = digits.str.replace(r"^(?:\+86|0086|86(?=1[0-9]{10}$))", "", regex=True)
    mobile = national.str.fullmatch(_MOBILE)
    rest = national[~mobile]
    return national.where(mobile, pd.Series([_landline(text) for text in rest], index=rest.index, dtype="str"))


def _landline(text: str) -> str | None:
    import phonenumbers

    if not text.removeprefix("+").isdigit():
        return None
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return None
    local = number.country_code == 86 and len(text) in (7, 8) and text[0] in "2345678"
    return text.removeprefix("+") if local or phonenumbers.is_valid_number(number) else None


def _identity_numbers(texts: AnySeries) -> AnySeries:
    compact = texts.str.replace(r"[\s\-]+", "", regex=True).str.upper()
    return compact.where(compact.map(_is_identity_number).astype(bool))


def _is_identity_number(text: str) -> bool:
    from stdnum.cn import ric
    from stdnum.exceptions import ValidationError

    if len(text) != 18 or not (text[:17].isascii() and text[:17].isdigit()):
        return False
    try:
        ric.get_birth_date(text)
    except ValidationError:
        return False
    return bool(ric.calc_check_digit(text) == text[17])
