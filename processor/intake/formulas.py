"""Formula cells of a worksheet part whose stored value no program has calculated."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from processor.intake.extent import column_number

TAG = rb"<(?:[A-Za-z0-9]+:)?"
END = rb"</(?:[A-Za-z0-9]+:)?"
PLACED = TAG + rb'c\b(?=[^<>]*?\sr="([A-Z]+)([0-9]+)")'
FORMULA = TAG + rb"f\b[^<>]*(?:/>|>[^<]*" + END + rb"f>)\s*"
_EMPTY = re.compile(
    PLACED
    + rb'(?![^<>]*?\st="str")[^<>]*>\s*'
    + FORMULA
    + rb"(?:"
    + TAG
    + rb"v\s*(?:/>|>\s*"
    + END
    + rb"v>)\s*)?"
    + END
    + rb"c>"
)
_VALUED = re.compile(PLACED + rb"[^<>]*>\s*" + FORMULA + TAG + rb"v>([^<]+)<")
_ZERO = re.compile(rb"\s*0(?:\.0*)?\s*")

Position = tuple[int, int]


@dataclass
class Formulas:
    """Collects, from windows of a part, the places (row, column) of formulas without a value of their own.

    zeros_doubted: whoever wrote the workbook asks for a calculation when it is opened. There a 0 may stand for a value
    that was never calculated; it counts as calculated only where another formula of its column has another value.
    """

    zeros_doubted: bool
    _found: set[Position] = field(default_factory=set)
    _zeros: dict[int, set[Position]] = field(default_factory=dict)
    _calculated: set[int] = field(default_factory=set)

    def look(self, data: bytes) -> None:
        """Take in one window of the part."""
        self._found |= {position_of(match) for match in _EMPTY.finditer(data)}
        for match in _VALUED.finditer(data) if self.zeros_doubted else ():
            place = position_of(match)
            if _ZERO.fullmatch(match.group(3)):
                self._zeros.setdefault(place[1], set()).add(place)
            else:
                self._calculated.add(place[1])

    @property
    def uncalculated(self) -> set[Position]:
        """Where a formula stands that was never calculated."""
        doubted = (places for column, places in self._zeros.items() if column not in self._calculated)
        return self._found.union(*doubted)


def position_of(match: re.Match[bytes]) -> Position:
    """(row, column) from 1 of a match of `PLACED`."""
    return int(match.group(2)), column_number(match.group(1))
