"""What the cells of a column look like, whatever its header says."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from processor.catalogue.register import Column
from processor.intake.texts import YES_NO, shown

_SHOWN = 3
_GAP = r"[ \-.·()（）－—]{0,2}"
_LONG_DIGITS = re.compile(
    rf"\d{{7,}}|1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)|0\d{{2,3}}{_GAP}\d{{3,4}}{_GAP}\d{{4}}(?!\d)|[1-9](?:{_GAP}\d){{16}}{_GAP}[\dXx]"
)  # also phones, mobile or not, and identity numbers in groups
_FORMS = {
    "phone": re.compile(r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}"),
    "idno": re.compile(r"\d{17}[\dXx]"),
    "date": re.compile(r"(?:20)?\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?|\d{1,2}月\d{1,2}[日号]|20[0-3]\d[01]\d[0-3]\d"),
    "datetime": re.compile(r"20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?[ T]*\d{1,2}[:点时]\d{0,2}.*"),
    "time": re.compile(r"(?:上午|下午)?\d{1,2}[:点时]\d{0,2}分?(?::\d\d)?半?"),
    "month": re.compile(r"20\d\d[-/.年]\d{1,2}月?"),
    "money": re.compile(r"[¥￥]?-?\d[\d,]*(?:\.\d+)?(?:元|万元?)?"),
    "number": re.compile(r"-?\d[\d,]*(?:\.\d+)?[^\d\s]{0,3}"),
    "count": re.compile(r"\d{1,6}[次人件个张笔份]?"),
}
_WORDS = frozenset(word for word in YES_NO if not word.isdigit()) | {"有", "无", "没有"}
_UNLIKE_TEXT = ("phone", "idno", "date", "datetime", "time", "yesno")
_TELLING = frozenset({"phone", "idno", "date", "datetime", "month", "time", "yesno", "staff"})


@dataclass(frozen=True)
class Evidence:
    """The share of a column's filled cells that are of each type; `cells` are those looked at, `samples` to show."""

    shares: dict[str, float]
    cells: tuple[str, ...]
    samples: tuple[str, ...]

    def fit(self, column: Column) -> float:
        """How well the cells fit a column: 1 wholly, 0 nothing to say, below 0 not at all."""
        if not self.cells:
            return 0.0
        if column.type == "choice":
            share = sum(cell in column.choices for cell in self.cells) / len(self.cells)
            return share if share else -0.4
        if column.type in ("text", "id", "staff_list"):
            odd = max(self.shares.get(kind, 0.0) for kind in _UNLIKE_TEXT)
            return 0.3 - 0.8 * odd
        share = self.shares.get(column.type, 0.0)
        weight = 1.0 if column.type in _TELLING else 0.6
        return weight * share if share >= 0.5 else -0.6


def evidence_of(cells: Sequence[Any], staff: Collection[str]) -> Evidence:
    """What up to a few dozen filled cells of one column look like. staff: numbers and names of the roster."""
    texts = tuple(cell.strip() if isinstance(cell, str) else shown(cell) for cell in cells)
    counts: dict[str, int] = {}
    for cell, text in zip(cells, texts, strict=True):
        for kind in {*_kinds(cell, text), *(("staff",) if text in staff else ())}:
            counts[kind] = counts.get(kind, 0) + 1
    shares = {kind: count / len(texts) for kind, count in counts.items()}
    samples = dict.fromkeys(map(_masked, texts))
    return Evidence(shares, texts, tuple(list(samples)[:_SHOWN]))


def _kinds(cell: Any, text: str) -> Iterator[str]:
    if isinstance(cell, bool):
        yield "yesno"
    elif isinstance(cell, dt.datetime):
        yield from ("date", "datetime") if cell.time() == dt.time() else ("datetime", "date")
    elif isinstance(cell, dt.date):
        yield from ("date", "datetime")
    elif isinstance(cell, (dt.time, dt.timedelta)):
        yield "time"
    else:
        plain = unicodedata.normalize("NFKC", text)
        yield from (kind for kind, form in _FORMS.items() if form.fullmatch(plain))
        if _FORMS["date"].fullmatch(plain):
            yield "datetime"
        if plain.upper() in _WORDS:
            yield "yesno"


def _masked(text: str) -> str:
    """Long runs of digits, which may be phones or identity numbers, with their middle hidden."""
    return _LONG_DIGITS.sub(lambda found: _ends("".join(sign for sign in found[0] if sign.isalnum())), text)


def _ends(number: str) -> str:
    return number[:3] + "*" * (len(number) - 5) + number[-2:]
