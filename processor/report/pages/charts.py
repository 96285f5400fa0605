"""How long the bars of a picture are. The page's script does the same when somebody picks another month or person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from processor.report.pages.measures import Measure, Tally
from processor.report.pages.view import Money, Picture, Value

#: More labels than this are drawn as one bar `其余`.
LONGEST = 6
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Drawn:
    """One bar: its label as shown, its value, its length in per cent of the longest, whether it is beyond the limit."""

    label: str
    value: float
    length: float
    over: bool


@dataclass(frozen=True)
class Drawing:
    """The bars of a picture in a month. rest: how many labels are not drawn, and what they have together."""

    bars: tuple[Drawn, ...]
    rest: int = 0
    rest_value: float = 0


def draw(picture: Picture, month: str, show: Callable[[Value], str]) -> Drawing:
    """The picture as it is before anything is picked: one month, everybody."""
    sums: dict[str, float] = {}
    over: dict[str, bool] = {}
    for bar in picture.bars:
        if bar.keys.month not in (None, month):
            continue
        label = show(bar.label)
        known = sums.get(label, 0)
        sums[label] = max(known, bar.value) if picture.how == "largest" else known + bar.value
        over[label] = over.get(label, False) or bar.over
    if not any(sums.values()):
        return Drawing(())
    labels = list(sums) if picture.ordered else sorted(sums, key=lambda label: (-sums[label], label))
    shown = labels if picture.ordered else labels[:LONGEST]
    rest = labels[len(shown) :]
    top = max([sums[label] for label in shown] + [picture.limit or 0], default=0) or 1
    bars = tuple(
        Drawn(
            label=label,
            value=sums[label],
            length=round(100 * sums[label] / top, 1),
            over=over[label] or (picture.limit is not None and sums[label] > picture.limit),
        )
        for label in shown
    )
    return Drawing(bars, len(rest), sum(sums[label] for label in rest))


@cache
def last_months(month: str) -> tuple[str, ...]:
    """The twelve months that end with this one, oldest first."""
    year, number = int(month[:4]), int(month[5:])
    months = [year * 12 + number - 1 - back for back in range(MONTHS)]
    return tuple(f"{value // 12}-{value % 12 + 1:02d}" for value in reversed(months))


def spark(measure: Measure, found: Iterable[Tally], month: str) -> list[int]:
    """The measure in each of the twelve months that end with this one; fen for money, lines for the rest."""
    months = last_months(month)
    sums = dict.fromkeys(months, 0)
    for tally in found:
        if measure.mark in tally.marks and tally.month in sums:
            sums[tally.month] += tally.fen if measure.kind == "money" else tally.count
    return [sums[name] for name in months]


def month_before(month: str) -> str:
    """`2026-09` of `2026-10`."""
    return last_months(month)[-2]


def amount(value: Value) -> int:
    """A figure as a number: fen of money, else the count."""
    return value.fen if isinstance(value, Money) else int(value) if isinstance(value, (int, float)) else 0
