"""Where bars, labels and lines of a chart lie. Widths are per cent and heights pixels, so that text never shrinks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from processor.report.pages.view import Chart, Mark, Value

ROW = 26
COLUMN_HEIGHT = 120
_LABELS = 30.0
_FULL = 56.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its label and figure. x, width, text_x in per cent; y, height in pixels."""

    label: Value
    value: float
    over: bool
    x: float
    y: float
    width: float
    height: float
    text_x: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a cumulative line: x in per cent, y in pixels; `share` = whole per cent reached at its end."""

    x1: float
    y1: float
    x2: float
    y2: float
    share: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart laid out: total height in pixels; limit = where the limit line stands, in per cent of the width."""

    height: float
    bars: tuple[Bar, ...]
    line: tuple[Segment, ...] = ()
    limit: float | None = None


def lay_out(chart: Chart) -> Drawing:
    """The drawing of any chart; an empty chart has no bars."""
    if chart.kind == "columns":
        return _columns(chart)
    return _rows(chart)


def _rows(chart: Chart) -> Drawing:
    top = _top(chart)
    if chart.kind == "pareto":
        top = sum(mark.value for mark in chart.marks) or 1
    bars = []
    for index, mark in enumerate(chart.marks):
        width = _FULL * mark.value / top
        bars.append(
            Bar(
                label=mark.label,
                value=mark.value,
                over=mark.over,
                x=_LABELS,
                y=index * ROW + 4,
                width=width,
                height=ROW - 8,
                text_x=_LABELS + width + 1,
            )
        )
    limit = None if chart.limit is None else _LABELS + _FULL * chart.limit / top
    line = _cumulative(chart.marks, top) if chart.kind == "pareto" else ()
    return Drawing(len(chart.marks) * ROW + (18 if limit is not None else 4), tuple(bars), line, limit)


def _cumulative(marks: Sequence[Mark], top: float) -> tuple[Segment, ...]:
    points, so_far = [], 0.0
    for index, mark in enumerate(marks):
        so_far += mark.value
        points.append((_LABELS + _FULL * so_far / top, index * ROW + ROW / 2, round(100 * so_far / top)))
    return tuple(
        Segment(x1, y1, x2, y2, share)
        for (x1, y1, _), (x2, y2, share) in zip([points[0], *points], points, strict=False)
    )


def _columns(chart: Chart) -> Drawing:
    top = _top(chart)
    slot = 100 / max(len(chart.marks), 1)
    bars = []
    for index, mark in enumerate(chart.marks):
        height = COLUMN_HEIGHT * mark.value / top
        bars.append(
            Bar(
                label=mark.label,
                value=mark.value,
                over=mark.over,
                x=index * slot + slot * 0.12,
                y=16 + COLUMN_HEIGHT - height,
                width=slot * 0.76,
                height=height,
                text_x=(index + 0.5) * slot,
            )
        )
    return Drawing(COLUMN_HEIGHT + 36, tuple(bars), limit=_boundary(chart, slot))


def _boundary(chart: Chart, slot: float) -> float | None:
    """A limit in columns lies between the last bin inside it and the first bin beyond it."""
    if chart.limit is None:
        return None
    inside = sum(not mark.over for mark in chart.marks)
    return inside * slot


def _top(chart: Chart) -> float:
    values = [mark.value for mark in chart.marks]
    return max([*values, chart.limit or 0] if chart.kind == "bars" else values, default=0) or 1
