"""What the figures above a page count, as marks on decisions: Python and the page's script count by the same marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from processor.decision import Decision
from processor.model import PAID_STATUSES, WAITING_STATUSES, Text, say
from processor.report.pages.view import Money, Value
from processor.report.snapshot import Line, MonthCount
from processor.rules.outcomes import parse_points

FINED: Final = frozenset({"fine", "deduction", "wage_day", "bonus_forfeit", "commission_void"})
REMARKS: Final = frozenset({"flag", "remind", "warning"})

_Test = Callable[[str, str, str], bool]

#: Mark -> whether a line of this effect, status and sign of points bears it.
MARKS: Final[Mapping[str, _Test]] = {
    "a": lambda effect, status, sign: status != "revoked",
    "w": lambda effect, status, sign: status in WAITING_STATUSES,
    "d": lambda effect, status, sign: effect == "attribute" and status == "needs_confirmation",
    "f": lambda effect, status, sign: status != "revoked" and (effect in FINED or sign == "-"),
    "r": lambda effect, status, sign: status != "revoked" and (effect == "reward" or sign == "+"),
    "t": lambda effect, status, sign: status != "revoked" and effect in REMARKS,
    "g": lambda effect, status, sign: status != "revoked" and effect == "assign",
    "q": lambda effect, status, sign: status != "revoked" and effect == "queue",
    "p": lambda effect, status, sign: status in PAID_STATUSES and bool(sign),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure above a page. kind: count (lines), money (fen that are final or confirmed), points."""

    mark: str
    kind: str
    title: Text


MEASURES: Final = (
    Measure("w", "count", say("待确认")),
    Measure("f", "money", say("处罚")),
    Measure("r", "money", say("奖励")),
    Measure("p", "points", say("点数")),
    Measure("t", "count", say("提示和提醒")),
    Measure("a", "count", say("全部决定")),
)


class _Alike(NamedTuple):
    """What the lines of a tally have in common."""

    unit: str
    month: str
    person: str
    clause: str
    status: str
    marks: str
    points: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Lines that are alike in all that the bar on top filters by. fen: what of them is final or confirmed."""

    unit: str
    month: str
    person: str
    clause: str
    status: str
    marks: str
    points: str
    count: int
    fen: int


def marks_of(effect: str, status: str, points: str) -> str:
    """The marks of a line, of which only the sign of its points counts."""
    return _marks(effect, status, points[:1])


@lru_cache(maxsize=1024)
def _marks(effect: str, status: str, sign: str) -> str:
    return "".join(mark for mark, bears in MARKS.items() if bears(effect, status, sign))


def marks(decision: Decision) -> str:
    """The marks of a decision."""
    return marks_of(decision.effect, decision.status, decision.points)


def has(mark: str) -> Callable[[Line], bool]:
    """A test for lines that bear a mark."""
    bears = MARKS[mark]
    return lambda line: bears(line.decision.effect, line.decision.status, line.decision.points[:1])


waits = has("w")
is_disputed = has("d")
is_penalty = has("f")
is_reward = has("r")


def tallies(lines: Iterable[Line], counts: Iterable[MonthCount] = ()) -> list[Tally]:
    """Lines of the open months and what is counted of the closed ones, alike ones together."""
    found: dict[_Alike, list[int]] = {}

    def add(key: _Alike, count: int, fen: int) -> None:
        sums = found.setdefault(key, [0, 0])
        sums[0] += count
        sums[1] += fen

    for line in lines:
        d = line.decision
        paid = d.status in PAID_STATUSES
        key = _Alike(d.unit, d.period, d.staff_no, d.clause, d.status, marks(d), d.points if paid else "")
        add(key, 1, (d.amount or 0) if paid else 0)
    for each in counts:
        borne = marks_of(each.effect, each.status, each.sign)
        key = _Alike(each.unit, each.period, each.staff_no, each.clause, each.status, borne, "")
        add(key, each.count, each.fen if each.status in PAID_STATUSES else 0)
    return [Tally(*key, count, fen) for key, (count, fen) in sorted(found.items())]


def value(measure: Measure, found: Sequence[Tally]) -> Value:
    """What a measure says of these tallies."""
    chosen = [tally for tally in found if measure.mark in tally.marks]
    if measure.kind == "count":
        return sum(tally.count for tally in chosen)
    if measure.kind == "money":
        return Money(sum(tally.fen for tally in chosen))
    return added_points((tally.points, tally.count) for tally in chosen)


def added_points(points: Iterable[tuple[str, int]]) -> str:
    """Points with how often each was given, penalties and rewards apart: `-B2C1 +A1`."""
    counts: dict[str, Counter[str]] = {"-": Counter(), "+": Counter()}
    for text, times in points:
        for part in filter(None, text.split("、")):
            for grade, count in parse_points(part).items():
                counts[part[0]][grade] += count * times
    said = ("".join(f"{grade}{count[grade]}" for grade in "ABC" if count[grade]) for count in counts.values())
    return " ".join(f"{sign}{text}" for sign, text in zip(counts, said, strict=True) if text)


def paid(lines: Iterable[Line]) -> Money:
    """Sum of what is final or confirmed."""
    return Money(sum(line.decision.amount or 0 for line in lines if line.decision.status in PAID_STATUSES))


def points_of(lines: Iterable[Line]) -> str:
    """Points of what is final or confirmed, penalties and rewards apart."""
    return added_points((line.decision.points, 1) for line in lines if line.decision.status in PAID_STATUSES)


def count(lines: Iterable[Line], test: Callable[[Line], bool]) -> int:
    """How many lines pass."""
    return sum(map(test, lines))
