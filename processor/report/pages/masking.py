"""Hides the middle of phone and identity numbers in whatever staff wrote."""

from __future__ import annotations

import re
from functools import lru_cache

from stdnum import luhn

_GAP = r"[ \-.·－]"
_BIRTHDAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDNO = re.compile(rf"(?<!\d)[1-9](?:{_GAP}?\d){{16}}{_GAP}?[\dXxＸｘ](?![\dXxＸｘ])")
_IDNO_DIGITS = re.compile(rf"\d{{6}}(?:18|19|20)\d{{2}}{_BIRTHDAY}")
_CARD = re.compile(rf"(?<!\d)(?:62|4\d|5[1-5])(?:{_GAP}?\d){{12,17}}(?!\d)")
_IN_FOURS = re.compile(rf"\d{{4}}(?:{_GAP}\d{{4}}){{2,3}}(?:{_GAP}\d{{1,3}})?")
_NAMED_CARD = re.compile(rf"((?:卡|账号|帐号|账户)[^\d\n]{{0,8}})(\d(?:{_GAP}?\d){{14,18}})(?!\d)")
_OLD_IDNO = re.compile(rf"(?<!\d)([1-9]\d{{2}})\d{{5}}{_BIRTHDAY}(\d{{3}})(?!\d)")
_MOBILE = re.compile(
    rf"(?<!\d)([(（]?(?:(?:\+|＋|00)?86[ \-]?)?[1１][3-9３-９]\d[)）]?)"
    rf"(?:{_GAP}?\d{{4}}{_GAP}?(\d{{4}})|{_GAP}\d\d{_GAP}\d\d{_GAP}(\d\d){_GAP}(\d\d))(?!\d)"
)
_LANDLINE = re.compile(r"(?<!\d)([(（]?0(?:10|2\d|[3-9]\d{2})[)）]?[ \-－—]?)\d{3,4}(\d{4})(?!\d)")
#: Words behind which any number is a person's.
_WORDS = ("电话", "手机", "座机", "联系方式", "身份证")
_NAMED = re.compile(rf"((?:{'|'.join(_WORDS)})[^\d\n]{{0,6}})(\d{{2}})\d{{2,}}(\d{{2}})(?!\d)")
#: Ten digits, as many as a landline has with its area code, with no more between them than numbers are written with.
_LONG = re.compile(r"(?:\d[ \-.·－—()（）]{0,2}){9}\d")
_PRIVATE_HEADER = re.compile("|".join(_WORDS))
_DIGITS = re.compile(r"(\d{2})\d[\d \-－]*(\d{2}|\d[Xx])")


@lru_cache(maxsize=4096)
def mask(text: str) -> str:
    """The text with mobiles as 139****0001, landlines as 0571-****5678, identity numbers as 330***********001X, and bank
    cards as 6222****1234, with or without blanks and dots between the digits. A card is known by its check digit, by its
    groups of four, or by the word before it.
    """
    if _LONG.search(text):
        text = _IDNO.sub(_hide_identity, text)
        text = _OLD_IDNO.sub(lambda found: f"{found[1]}********{found[2]}", text)
        text = _NAMED_CARD.sub(lambda found: f"{found[1]}{_ends(found[2])}", text)
        text = _CARD.sub(_hide_card, text)
        text = _MOBILE.sub(lambda found: f"{found[1]}****{found[2] or found[3] + found[4]}", text)
        text = _LANDLINE.sub(lambda found: f"{found[1]}****{found[2]}", text)
    return _NAMED.sub(lambda found: f"{found[1]}{found[2]}****{found[3]}", text)


def may_hide(text: str) -> bool:
    """Whether `mask` may change the text, or any of several texts that line breaks part."""
    return any(word in text for word in _WORDS) or _LONG.search(text) is not None


def _hide_identity(found: re.Match[str]) -> str:
    digits = re.sub(_GAP, "", found[0])
    return f"{digits[:3]}***********{digits[-4:]}" if _IDNO_DIGITS.match(digits) else found[0]


def _hide_card(found: re.Match[str]) -> str:
    is_card = _IN_FOURS.fullmatch(found[0]) is not None or luhn.is_valid(re.sub(_GAP, "", found[0]))
    return _ends(found[0]) if is_card else found[0]


def _ends(number: str) -> str:
    digits = re.sub(_GAP, "", number)
    return f"{digits[:4]}****{digits[-4:]}"


def mask_cell(header: str, text: str) -> str:
    """What stood in a cell: under a header for phones or identity numbers any longer run of digits is hidden."""
    return _DIGITS.sub(r"\1****\2", text) if _PRIVATE_HEADER.search(header) else mask(text)
