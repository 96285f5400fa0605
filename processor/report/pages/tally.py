"""Counts and sums over decision lines that several pages state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from processor.model import PAID_STATUSES, Text, say
from processor.report.pages.view import Money
from processor.report.snapshot import Line
from processor.rules.outcomes import parse_points

OPEN_STATUSES = frozenset({"needs_confirmation", "pending_amount"})
FINED = frozenset({"fine", "deduction", "wage_day", "bonus_forfeit", "commission_void"})


def waits(line: Line) -> bool:
    """Whether a manager has to answer."""
    return line.decision.status in OPEN_STATUSES


def is_disputed(line: Line) -> bool:
    """Whether several people claim one customer."""
    return line.decision.effect == "attribute" and line.decision.status == "needs_confirmation"


def is_penalty(line: Line) -> bool:
    """Money or points that weigh on somebody and were not taken back."""
    decision = line.decision
    lost_points = decision.points.startswith("-")
    return decision.status != "revoked" and (decision.effect in FINED or lost_points)


def is_reward(line: Line) -> bool:
    """Rewards in money or points."""
    decision = line.decision
    return decision.status != "revoked" and (decision.effect == "reward" or decision.points.startswith("+"))


def paid(lines: Iterable[Line]) -> Money:
    """Sum of what is final or confirmed."""
    return Money(sum(line.decision.amount or 0 for line in lines if line.decision.status in PAID_STATUSES))


def points_of(lines: Iterable[Line]) -> str:
    """Points together, penalties and rewards apart: `-B2C1 +A1`."""
    counts: dict[str, Counter[str]] = {"-": Counter(), "+": Counter()}
    for line in lines:
        if line.decision.points and line.decision.status in PAID_STATUSES:
            for part in line.decision.points.split("、"):
                counts[part[0]].update(parse_points(part))
    said = ("".join(f"{grade}{count[grade]}" for grade in "ABC" if count[grade]) for count in counts.values())
    return " ".join(f"{sign}{text}" for sign, text in zip(counts, said, strict=True) if text)


def within_week(line: Line, as_of: date) -> bool:
    """Whether the line is dated in the seven days up to the batch."""
    return as_of - timedelta(days=6) <= line.decision.date <= as_of


def count(lines: Iterable[Line], test: Callable[[Line], bool]) -> int:
    """How many lines pass."""
    return sum(map(test, lines))


def effect_is(*effects: str) -> Callable[[Line], bool]:
    """A test for effects of lines that still stand."""
    return lambda line: line.decision.effect in effects and line.decision.status != "revoked"


def week_detail(lines: Sequence[Line], test: Callable[[Line], bool], as_of: date) -> Text:
    """How many of the counted lines fall into the last seven days."""
    return say("近7天{n}条", n=count(lines, lambda line: test(line) and within_week(line, as_of)))
