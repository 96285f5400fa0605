"""How people write the same value: dates, amounts, phones and headers in their many ways."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from processor.catalogue.register import Column, Register

FULL_WIDTH = str.maketrans("0123456789:", "０１２３４５６７８９：")
ODD_CELLS = 0.06
SYNONYMS = 0.22
UNITS_IN_HEADERS = {"money": "（元）", "number": "", "phone": "\n（必填）"}

Writer = Callable[[Any], Any]
MANNERS: Mapping[str, tuple[Writer, ...]] = {
    "date": (
        lambda day: day,
        lambda day: day,
        lambda day: day.isoformat(),
        lambda day: f"{day.year}/{day.month}/{day.day}",
        lambda day: f"{day.year}年{day.month}月{day.day}日",
        lambda day: f"{day:%Y%m%d}",
        lambda day: f"{day.year}.{day.month}.{day.day}",
    ),
    "datetime": (
        lambda moment: moment,
        lambda moment: moment,
        lambda moment: f"{moment:%Y-%m-%d %H:%M}",
        lambda moment: f"{moment.year}/{moment.month}/{moment.day} {moment.hour}:{moment.minute:02d}",
    ),
    "time": (
        lambda moment: moment,
        lambda moment: f"{moment.hour}:{moment.minute:02d}",
        lambda moment: f"{moment.hour}：{moment.minute:02d}",
    ),
    "money": (
        lambda amount: amount,
        lambda amount: amount,
        lambda amount: f"{amount:,.2f}元",
        lambda amount: f"{amount / 10_000:g}万" if amount and amount % 10_000 == 0 else amount,
    ),
    "phone": (
        str,
        str,
        lambda phone: f"{phone[:3]} {phone[3:7]} {phone[7:]}",
        lambda phone: f"+86 {phone}",
        lambda phone: phone.translate(FULL_WIDTH),
        lambda phone: int(phone),
    ),
    "yesno": (str, lambda word: "√" if word == "是" else "×", lambda word: "Y" if word == "是" else "N"),
    "count": (lambda number: number, lambda number: number, lambda number: str(number).translate(FULL_WIDTH)),
    "id": (str, str, lambda number: f"{number} "),
}
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "date": date,
    "datetime": datetime,
    "time": time,
    "money": (int, float),
    "count": int,
}


@dataclass(frozen=True)
class Hand:
    """How one person fills one sheet: a manner for each column, and now and then another.

    loses_zeros: staff numbers of digits only may become numbers, as they do when Excel guesses.
    """

    chance: random.Random
    manners: Mapping[str, Writer]
    loses_zeros: bool

    @classmethod
    def of(cls, register: Register, seed: str) -> Hand:
        chance = random.Random(seed)
        manners = {c.header: chance.choice(MANNERS.get(c.type, (lambda value: value,))) for c in register.columns}
        return cls(chance, manners, loses_zeros=register.name != "roster")

    def write(self, column: Column, value: Any) -> Any:
        """What stands in the cell; None for an empty one, and what is unreadable as it is."""
        if value is None or value == "":
            return None
        if self.loses_zeros and column.type == "staff" and str(value).isdigit() and self.chance.random() < 0.5:
            return int(value)
        if not isinstance(value, TYPES.get(column.type, str)):
            return value
        odd = column.type in MANNERS and self.chance.random() < ODD_CELLS
        manner = self.chance.choice(MANNERS[column.type]) if odd else self.manners[column.header]
        return manner(value)

    def header(self, column: Column) -> str:
        """The column's title as this person writes it."""
        if column.synonyms and self.chance.random() < SYNONYMS:
            return self.chance.choice(column.synonyms)
        if self.chance.random() < SYNONYMS:
            return column.header + UNITS_IN_HEADERS.get(column.type, "")
        return " ".join(column.header) if len(column.header) == 2 and self.chance.random() < SYNONYMS else column.header
