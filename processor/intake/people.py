"""Whom a cell means that names an employee: by number, by name, or by both."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from processor.columns import plain_values

NAME_JOINTS = re.compile(r"[、,;；，/\s]+")
_SPACE = re.compile(r"\s+")
_SEVERAL = re.compile(r"[、,;&+\n]")
_LOOSE_JOINTS = re.compile(r"[、,;&+/\\\s]+")
_EDGES = "()[]{}<>【】〔〕《》/\\-–—_:·.,# "
_AROUND, _CALLED = "@#。、，,;； ", re.compile(r"^(?:员工)?工号[::]?|(?<=[0-9])号$")
_PARTS = re.compile(r"[()\[\]/\-–—\s]+")
_EXCEL_TAIL = re.compile(r"^(\d+)\.0+$")
_MOST_SIMILAR, _LEAST_SIMILAR = 3, 40


@dataclass(frozen=True)
class Found:
    """The employee whom a cell means; `by_name` where it did not hold the plain number."""

    number: str
    by_name: bool


@dataclass(frozen=True)
class Doubt:
    """Why a cell means nobody; `message` is the Chinese sentence with the mend."""

    message: str


@dataclass(frozen=True)
class _Spell:
    """Where an employee was from one day until before another."""

    unit: str
    since: date
    until: date


@dataclass(frozen=True)
class _Names:
    """What somebody who had a number is called, and from which day he had it."""

    since: date
    keys: set[str] = field(default_factory=set)


class People:
    """The employees of the roster, found by number or name as of a day and near a unit."""

    def __init__(self, roster: pd.DataFrame) -> None:
        """roster: columns 工号, 姓名, 别名, 门店, 入职日期, 离职日期; with `_since` several rows an employee, oldest first."""
        self._spells: dict[str, list[_Spell]] = {}
        self._holders: dict[str, list[_Names]] = {}
        self._shown: dict[str, str] = {}
        self._by_name: dict[str, dict[str, None]] = {}
        self._posts: dict[str, frozenset[str]] = {}
        self._by_tail: dict[str, set[str]] = {}
        self._by_case: dict[str, set[str]] = {}
        for row in _rows(roster):
            self._learn(*row)
        for number, *posts in zip(
            *(_texts(roster, header) for header in ("工号", "门店", "部门", "岗位")), strict=True
        ):
            self._posts[number] = self._posts.get(number, frozenset()) | (frozenset(posts) - {""})
        self.numbers = frozenset(self._spells)

    def _learn(
        self, number: str, name: str, aliases: str, unit: str, since: date, hired: date | None, left: date | None
    ) -> None:
        spells = self._spells.setdefault(number, [])
        if spells:
            spells[-1] = _Spell(spells[-1].unit, spells[-1].since, min(max(since, spells[-1].since), spells[-1].until))
        else:
            since = hired or date.min
        spells.append(_Spell(unit, since, date.max if left is None else date.fromordinal(left.toordinal() + 1)))
        holders = self._holders.setdefault(number, [])
        if self._shown.get(number) != name:
            holders.append(_Names(since if holders else date.min))
        self._shown[number] = name
        for text in (name, *NAME_JOINTS.split(aliases)):
            if key := _key(text):
                holders[-1].keys.add(key)
                self._by_name.setdefault(key, {})[number] = None
        self._by_case.setdefault(number.casefold(), set()).add(number)
        if number.isdigit():
            self._by_tail.setdefault(number.lstrip("0"), set()).add(number)

    def number(self, text: str) -> str | None:
        """The known number that a text is, also in small letters, with zeros lost or added at the front, or with Excel's .0 behind."""
        if text in self.numbers:
            return text
        bare = _EXCEL_TAIL.sub(r"\1", text)
        if bare in self.numbers:
            return bare
        plain = bare.isascii() and bare.isdigit()
        alike = self._by_tail.get(bare.lstrip("0"), set()) if plain else self._by_case.get(bare.casefold(), set())
        return next(iter(alike)) if len(alike) == 1 else None

    def bears(self, number: str, name: str, day: date | None = None) -> bool:
        """Whether the employee is called so; on a day, whether he is who has the number on that day."""
        held = self._holders.get(number, [])
        if day is not None:
            held = [names for names in held if names.since <= day][-1:]
        return any(_key(name) in names.keys for names in held)

    def called(self, name: str) -> bool:
        """Whether any employee is called so."""
        return _key(name) in self._by_name

    def introduce(self, number: str) -> str:
        """`李红（1002）`."""
        return f"{self._shown[number]}（{number}）"

    def read(self, cell: str, day: date | None, unit: str | None) -> Found | Doubt | None:
        """Whom a cell means in a row of a day and unit (None where not known); None for a number of nobody."""
        text = unicodedata.normalize("NFKC", cell).strip()
        if number := self.number(text):
            return Found(number, False)
        text = _CALLED.sub("", text).strip(_AROUND) or text
        if number := self.number(text):
            return Found(number, True)
        compact = _SPACE.sub("", text)
        if self.called(compact):
            return self._of_name(text, day, unit)
        pair = self._number_and_name(compact, day) or self._name_and_post(text, day, unit)
        if pair is not None:
            return pair
        if self._means_several(text):
            return Doubt(f"“{text}”是几个人，这里只能填一个人，这一行不作判定。请只写一个工号或姓名。")
        if text.isascii() and any(sign.isdigit() for sign in text):
            return None
        return Doubt(self._nobody(text, day, unit))

    def _of_name(self, name: str, day: date | None, unit: str | None) -> Found | Doubt:
        named = [number for number in self._by_name[_key(name)] if self.bears(number, name, day)]
        if not named:  # his number is somebody else's by then
            return Doubt(self._nobody(name, day, unit))
        numbers = self._nearest(named, day, unit)
        if len(numbers) == 1:
            return Found(numbers[0], True)
        listed = "、".join(f"{number}（{self._unit(number, day)}）" for number in sorted(numbers))
        return Doubt(f"有{len(numbers)}名“{name}”：{listed}，请写工号。")

    def _nearest(self, numbers: Sequence[str], day: date | None, unit: str | None) -> Sequence[str]:
        """Of namesakes those employed on the day in the unit, else on that day anywhere, else all."""
        employed = [number for number in numbers if self._spell(number, day) is not None]
        here = [number for number in employed if self._unit(number, day) == unit]
        return here or employed or numbers

    def _spell(self, number: str, day: date | None) -> _Spell | None:
        spells = self._spells[number]
        if day is None:
            return spells[-1]
        return next((spell for spell in spells if spell.since <= day < spell.until), None)

    def _unit(self, number: str, day: date | None) -> str:
        return (self._spell(number, day) or self._spells[number][-1]).unit

    def _number_and_name(self, compact: str, day: date | None) -> Found | Doubt | None:
        """`李红(1002)`, `1002李红`, `李红-1002` …; None where the text is no such pair."""
        doubt = None
        for cut in range(1, len(compact)):
            left, right = compact[:cut].strip(_EDGES), compact[cut:].strip(_EDGES)
            for number_text, name in ((left, right), (right, left)):
                number = self.number(number_text)
                if number is not None and self.bears(number, name, day):
                    return Found(number, True)
                if number is not None and _like_name(name):
                    doubt = Doubt(
                        f"工号{number}是{self._shown[number]}，不是“{name}”，这一行不作判定。请改正其中一个。"
                    )
                elif doubt is None and self.called(name) and _like_number(number_text):
                    known = "、".join(map(self.introduce, self._by_name[_key(name)]))
                    doubt = Doubt(
                        f"花名册里没有工号“{number_text}”，“{name}”是{known}，这一行不作判定。请改正其中一个。"
                    )
        return doubt

    def _name_and_post(self, text: str, day: date | None, unit: str | None) -> Found | Doubt | None:
        """`李红（店长）`, `李红-客服部`: a name beside what the roster says of whoever bears it; None for anything else."""
        name, *rest = [part for part in _PARTS.split(text) if part]
        if len(rest) != 1 or not self.called(name):
            return None
        bearers = [number for number in self._by_name[_key(name)] if rest[0] in self._posts.get(number, ())]
        return self._of_name(name, day, unit) if len(bearers) == len(self._by_name[_key(name)]) else None

    def _means_several(self, text: str) -> bool:
        parts = [part for part in _LOOSE_JOINTS.split(text) if part]
        known = sum(self.called(part) or self.number(part) is not None for part in parts)
        return len(parts) > 1 and (known == len(parts) or (known > 0 and bool(_SEVERAL.search(text))))

    def _nobody(self, name: str, day: date | None, unit: str | None) -> str:
        similar = self._similar(name, day, unit)
        nearest = f"最接近的是：{'、'.join(similar)}。" if similar else ""
        return f"花名册里没有“{name}”，这一行不作判定。{nearest}请写工号，或先把这名员工补进员工花名册。"

    def _similar(self, name: str, day: date | None, unit: str | None) -> list[str]:
        from rapidfuzz import fuzz, process

        found: dict[str, None] = {}
        hits = process.extract(
            _key(name), list(self._by_name), scorer=fuzz.ratio, limit=10, score_cutoff=_LEAST_SIMILAR
        )
        for key, _, _ in hits:
            for number in self._nearest(list(self._by_name[key]), day, unit):
                found[f"{self._shown[number]}（{number}，{self._unit(number, day)}）"] = None
        return list(found)[:_MOST_SIMILAR]


def _rows(roster: pd.DataFrame) -> Iterator[tuple[str, str, str, str, date, date | None, date | None]]:
    days = [
        [None if day is None else day.date() for day in plain_values(roster[header])]
        if header in roster
        else [None] * len(roster)
        for header in ("_since", "入职日期", "离职日期")
    ]
    texts = [_texts(roster, header) for header in ("工号", "姓名", "别名", "门店")]
    for number, name, aliases, unit, since, hired, left in zip(*texts, *days, strict=True):
        yield number, name, aliases, unit, since or date.min, hired, left


def _texts(roster: pd.DataFrame, header: str) -> list[str]:
    """A column of texts, empty where it is blank or is not there."""
    if header not in roster:
        return [""] * len(roster)
    return list(map(str, plain_values(roster[header], blank="")))


def _key(name: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", name)).replace("•", "·").replace("・", "·").casefold()


def _like_number(text: str) -> bool:
    return text.isascii() and text.isalnum() and any(sign.isdigit() for sign in text)


def _like_name(text: str) -> bool:
    return 2 <= len(text) <= 20 and not any(sign.isdigit() for sign in text)
