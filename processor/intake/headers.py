"""Header texts as staff write them, matched to the columns of the registers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType

from processor.catalogue.register import Register

RESULT_TITLES = ("处理状态", "处理结果", "金额", "点数", "依据条款")
_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_BRACKETS = re.compile(r"[(\[【〔<《](?P<inside>[^)\]】〕>》]*)[)\]】〕>》]")
_ORNAMENT = re.compile(r"^[*#★●○☆※·]+|[*#★●○☆※·:,;、。]+$")
_STROKE_UNIT = re.compile(r"^(?P<name>.+)[/／](?P<unit>[^/／]{1,4})$")


@dataclass(frozen=True)
class HeaderText:
    """A header folded for comparison: `names` from the most to the least literal, and the unit it states."""

    names: tuple[str, ...]
    unit: str = ""


@lru_cache(maxsize=4096)
def fold_header(text: str) -> HeaderText:
    """Spaces, line breaks, full-width signs, ornaments, and bracketed units folded away."""
    plain = _ORNAMENT.sub("", _SPACE.sub("", unicodedata.normalize("NFKC", text))).casefold()
    if not plain:
        return HeaderText(())
    names, unit = [plain], ""
    inside = _BRACKETS.search(plain)
    if inside:
        names.append(_ORNAMENT.sub("", _BRACKETS.sub("", plain)))
        unit = inside.group("inside").removeprefix("单位:").removeprefix("单位")
    stroke = _STROKE_UNIT.match(plain)
    if stroke:
        names.append(stroke.group("name"))
        unit = unit or stroke.group("unit")
    return HeaderText(tuple(name for name in names if name), unit.upper())


def without_result_columns(headers: Sequence[str]) -> int:
    """How many leading headers are staff's own: those before the block of result columns, or all."""
    names = [fold_header(text).names[:1] for text in headers]
    for place in range(len(names) - 1):
        if names[place] == (RESULT_TITLES[0],) and names[place + 1] == (RESULT_TITLES[1],):
            return place
    return len(names)


@dataclass(frozen=True)
class Signature:
    """One register's headers and synonyms, folded: name -> (header, is it the register's own spelling)."""

    register: Register
    names: Mapping[str, tuple[str, bool]]
    needed: frozenset[str]
    expected: frozenset[str]
    unused: frozenset[str] = frozenset()

    @classmethod
    def of(cls, register: Register, said: Mapping[str, str] = MappingProxyType({})) -> Signature:
        """said: folded headers of a site -> the column that they were said to be, or what is no column of the register."""
        names: dict[str, tuple[str, bool]] = {}
        for column in register.columns:
            for synonym in column.synonyms:
                names[fold_header(synonym).names[0]] = (column.header, False)
        for column in register.columns:
            names[fold_header(column.header).names[0]] = (column.header, True)
        by_header = {column.header: column for column in register.columns}
        for name, meaning in said.items():
            names.pop(name, None)
            if meaning in by_header:
                names[name] = (meaning, True)
        needed = {h for h, column in by_header.items() if column.required}
        needed |= {h for h in register.key if not by_header[h].optional}
        expected = {h for h, column in by_header.items() if not column.optional}
        unused = frozenset(name for name, meaning in said.items() if meaning not in by_header)
        return cls(register, names, frozenset(needed), frozenset(expected), unused)


@dataclass(frozen=True, eq=False)
class Signatures:
    """The signatures of all registers, found by the headers that they know."""

    every: tuple[Signature, ...]

    @cached_property
    def _knowing(self) -> Mapping[str, list[int]]:
        knowing: dict[str, list[int]] = {}
        for at, signature in enumerate(self.every):
            for name in signature.names:
                knowing.setdefault(name, []).append(at)
        return knowing

    def sharing(self, headers: Sequence[Sequence[str]]) -> list[Signature]:
        """The signatures that know at least one of the headers: no other can fit them."""
        names = {name for readings in headers for reading in readings for name in fold_header(reading).names}
        known = {at for name in names for at in self._knowing.get(name, ())}
        return [self.every[at] for at in sorted(known)]

    @cached_property
    def spellings(self) -> frozenset[str]:
        """All headers and synonyms of the registers as they are written without ornaments."""
        columns = (column for signature in self.every for column in signature.register.columns)
        return frozenset(name for column in columns for name in (column.header, *column.synonyms))


@dataclass(frozen=True)
class Match:
    """How a header row fits a register: register header -> (place in the row, unit, own spelling)."""

    signature: Signature
    columns: Mapping[str, tuple[int, str, bool]]
    doubled: tuple[tuple[str, int], ...]
    filled: int

    @property
    def missing(self) -> tuple[str, ...]:
        """Headers that must be there and are not, in the register's order; what others stand for need not."""
        register, found = self.signature.register, set(self.columns)
        replaced = {column.names for column in register.columns if column.header in found}
        if any(found.issuperset(group) for group in register.otherwise):
            replaced.add(register.key[0])
        return tuple(h for h in register.headers if h in self.signature.needed - found - replaced)

    @property
    def absent(self) -> tuple[str, ...]:
        """Headers that should be there but need not, and are not."""
        lacking = self.signature.expected - self.signature.needed - set(self.columns)
        return tuple(h for h in self.signature.register.headers if h in lacking)

    @property
    def explained(self) -> float:
        """0 to 1: the share of the sheet's headers that are the register's."""
        return len(self.columns) / max(self.filled, 1)

    @property
    def fit(self) -> float:
        """0 to 1: the share of the sheet's and of the register's headers that found each other."""
        weight = sum(1.0 if own else 0.9 for _, _, own in self.columns.values())
        own_optional = sum(1 for h in self.columns if h not in self.signature.expected)
        return 2 * weight / (self.filled + len(self.signature.expected) + own_optional)


def match_headers(signature: Signature, headers: Sequence[Sequence[str]]) -> Match:
    """Match a header row, given for each place as readings from the most to the least literal."""
    columns: dict[str, tuple[int, str, bool]] = {}
    doubled: list[tuple[str, int]] = []
    unused = 0
    for place, readings in enumerate(headers):
        if signature.unused and readings and not signature.unused.isdisjoint(fold_header(readings[0]).names[:1]):
            unused += 1
            continue
        found = _lookup(signature, readings)
        if found is None:
            continue
        header, own, unit = found
        known = columns.get(header)
        if known is None or (own and not known[2]):
            columns[header] = (place, unit, own)
        elif own == known[2]:
            doubled.append((header, place))
    return Match(signature, columns, tuple(doubled), sum(1 for readings in headers if any(readings)) - unused)


def _lookup(signature: Signature, readings: Sequence[str]) -> tuple[str, bool, str] | None:
    for reading in readings:
        folded = fold_header(reading)
        for name in folded.names:
            if name in signature.names:
                header, own = signature.names[name]
                return header, own, folded.unit
    return None
