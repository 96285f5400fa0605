"""Texts with a form: staff numbers, phones, identity numbers, yes and no, one of a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

import numpy as np

from processor.intake.raw import CLOCK, FAULT, MOMENT, NUMBER, SPAN, TRUTH, AnySeries, Mask, RawColumn, Values, fold

EXACT_NUMBERS = 1e15  # Excel keeps 15 digits; a longer number in a cell has lost its last ones
YES_NO: Mapping[str, bool] = {
    **dict.fromkeys(("是", "√", "✓", "✔", "☑", "对", "Y", "YES", "TRUE", "1"), True),
    **dict.fromkeys(("否", "×", "✗", "✘", "☒", "✕", "✖", "X", "错", "N", "NO", "FALSE", "0"), False),
    **dict.fromkeys(("是的", "对的", "有", "有的", "已签", "T"), True),
    **dict.fromkeys(("不是", "没有", "没", "无", "未", "未签", "F"), False),
}
_NOT, _DONE = re.compile(r"^(?:没有|未|不|没|无)"), re.compile(r"^(?:已经?|有|是)")
_NO_PLAIN_ID = frozenset({"TBD", "tbd"})
_NO_ID = re.compile(
    r"[^\w]+|同上|同前|待定|待补|待填|待确认|未知|不详|见附件|TBD|tbd"
)  # of signs alone, or a word for what is not there
_HOW_LONG = re.compile(r"\(?[0-9]+(?:\.[0-9]+)?(?:分钟?|小时)\)?$")  # 迟到5分钟
_NO_ROW = re.compile(
    r"^[(\[]?(?:示例|样例|举例|例(?=[)\]::]))|(?:作废|已取消|已撤销)[)\]]?$"  # of an example, or of a row taken back
)
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_BETWEEN_DIGITS, _BETWEEN_LETTERS, _BLANKS = re.compile(r"[\s()\-–—.]+"), re.compile(r"[\s\-]+"), re.compile(r"\s+")
_ABROAD = re.compile(r"^(?:\+86|0086|86(?=1[0-9]{10}$))")


def plain_texts(raw: RawColumn) -> Values:
    """str in an object array, None where blank; trimmed and else as written, numbers without a needless .0, dates as YYYY-MM-DD."""
    texts = raw.values.copy()
    texts[raw.where(FAULT)] = None
    for kind, text_of in ((NUMBER, _number_text), *((kind, shown) for kind in (MOMENT, CLOCK, SPAN, TRUTH))):
        places = raw.at(kind)
        texts[places] = [text_of(cell) for cell in texts[places]]
    return texts


def exact_texts(raw: RawColumn) -> Values:
    """`plain_texts`, but None for a number of more digits than Excel keeps."""
    texts = plain_texts(raw)
    texts[_too_long(raw)] = None
    return texts


def ids(raw: RawColumn) -> Values:
    """str with leading zeros, trimmed, full-width folded; None where blank, spoilt by Excel, or no number of anything.

    Spoilt is what Excel turned into a date or a truth value, or a number beyond 15 digits.
    """
    return _each(_written_ids(raw), _id)


def phones(raw: RawColumn) -> Values:
    """Digits only as str, +86 and 0086 dropped; None where blank or no phone number that exists in China."""
    return _each(_written_ids(raw), _phone)


def identity_numbers(raw: RawColumn) -> Values:
    """18 characters of GB 11643 as str with a capital X; None where blank or the check fails."""
    return _each(_written_ids(raw), _identity_number)


def _each(texts: Values, read: Callable[[str], str | None]) -> Values:
    result: Values = np.empty(len(texts), dtype=object)
    result[:] = [None if text is None else read(text) for text in texts]
    return result


def _written_ids(raw: RawColumn) -> Values:
    """The texts that may be the number of anything, as written."""
    texts = exact_texts(raw)
    texts[raw.kinds >= MOMENT] = None
    return texts


def _id(text: str) -> str | None:
    if text.isascii() and text.isalnum():
        return None if text in _NO_PLAIN_ID else text
    folded = fold(text).removeprefix("'")
    return None if _NO_ID.fullmatch(folded) or _NO_ROW.search(folded) else folded


def _phone(text: str) -> str | None:
    if _MOBILE.fullmatch(text):
        return text
    known = _id(text)
    if known is None or _MOBILE.fullmatch(known):
        return known
    national = _ABROAD.sub("", _BETWEEN_DIGITS.sub("", known))
    return national if _MOBILE.fullmatch(national) else _landline(national)


def _identity_number(text: str) -> str | None:
    known = _id(text)
    compact = _BETWEEN_LETTERS.sub("", known or "").upper()
    return compact if _is_identity_number(compact) else None


def yes_no(raw: RawColumn, header: str = "") -> Values:
    """True and False in an object array, None where blank or neither. The header's own word answers too: 不满意 below 客户是否满意."""
    about = header.replace("是否", "")
    return np.array([_answer(text, about) for text in plain_texts(raw)], dtype=object)


def _answer(text: str | None, about: str) -> bool | None:
    if text is None:
        return None
    text = fold(text).upper()
    if text in YES_NO:
        return YES_NO[text]
    if len(text) > 1 and (text in about or _names(_DONE.sub("", text), about)):
        return True
    if len(text) == 2 and text[0] in "已未" and about.startswith(text[1]):  # 已插, 未插 below 是否插旗
        return text[0] == "已"
    return False if _NOT.match(text) and _names(_NOT.sub("", text), about) else None


def _names(word: str, about: str) -> bool:
    return len(word) > 1 and word in about


def choices(raw: RawColumn, allowed: Collection[str], words: Mapping[str, str] = MappingProxyType({})) -> Values:
    """The choice as the register spells it (str in an object array); None where blank or none of them.

    words: other word -> choice.
    """
    known = {**words, **{choice: choice for choice in allowed}}
    spellings = {_tight(word): choice for word, choice in known.items()}
    marks = {mark: "是" if yes else "否" for mark, yes in YES_NO.items()} if {"是", "否"} <= set(allowed) else {}

    def choice_of(text: str) -> str | None:
        tight = _tight(text)
        return spellings.get(tight) or spellings.get(_HOW_LONG.sub("", tight)) or marks.get(tight)

    return _each(plain_texts(raw), choice_of)


def _tight(text: str) -> str:
    """A text to be compared: folded, in capitals, without blanks; 其它 is 其他."""
    return _BLANKS.sub("", fold(text).upper()).replace("其它", "其他")


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


def _number_text(number: float) -> str:
    number = float(number)
    return str(int(number)) if number % 1 == 0 and abs(number) < EXACT_NUMBERS else shown(number)


def _too_long(raw: RawColumn) -> Mask:
    return np.abs(raw.numbers()) >= EXACT_NUMBERS


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
