"""The figures above a page: the month's, with the change against the month before and the last twelve months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from processor.model import Text, joined, say
from processor.report.pages import charts, measures
from processor.report.pages.measures import MEASURES, Measure, Tally
from processor.report.pages.page import Page
from processor.report.pages.view import Money, Value

NOT_KNOWN = "–"


@dataclass(frozen=True)
class Card:
    """One figure. value: as shown; columns: height of each of twelve months in per cent of the highest; said: these in words."""

    mark: str
    kind: str
    title: Text
    value: Value
    detail: Text | None
    waits: bool
    columns: tuple[float, ...] = ()
    said: str = ""

    @property
    def says_something(self) -> bool:
        """Whether there was anything of it, or there is less than in the month before."""
        return self.value not in (0, NOT_KNOWN, Money(0)) or self.detail is not None


def cards(page: Page, found: Sequence[Tally], month: str, not_read: Text | None) -> list[Card]:
    """One card a measure, with its last twelve months. not_read: what could not be read, on account of which no zero is sure."""
    figures = zip(MEASURES, sums(page, found, month, not_read), strict=True)
    return [_with_months(page, card, measure, found, month) for measure, card in figures]


def sums(page: Page, found: Sequence[Tally], month: str, not_read: Text | None) -> list[Card]:
    """The same without these months."""
    return [_card(page, measure, found, month, not_read) for measure in MEASURES]


def _with_months(page: Page, card: Card, measure: Measure, found: Sequence[Tally], month: str) -> Card:
    months = charts.spark(measure, found, month)
    top = max(map(abs, months)) or 1
    named = zip(charts.last_months(month), months, strict=True)
    return replace(
        card,
        columns=tuple(round(100 * abs(n) / top, 1) for n in months),
        said="，".join(f"{name} {page.show(Money(n)) if measure.kind == 'money' else n}" for name, n in named),
    )


def _card(page: Page, measure: Measure, found: Sequence[Tally], month: str, not_read: Text | None) -> Card:
    here = [tally for tally in found if tally.month == month]
    value = measures.value(measure, here)
    lines = sum(tally.count for tally in here if measure.mark in tally.marks)
    is_unsure = not_read is not None and not lines
    details = (
        [say("{not_read}，还不能判定", not_read=not_read)]
        if is_unsure
        else _details(page, measure, found, month, lines)
    )
    if not_read is not None and lines:
        details.append(say("另有{not_read}", not_read=not_read))
    return Card(
        mark=measure.mark,
        kind=measure.kind,
        title=measure.title,
        value=NOT_KNOWN if is_unsure or value == "" else value,
        detail=joined(details, " · ") if details else None,
        waits=measure.mark == "w" and bool(lines),
    )


def _details(page: Page, measure: Measure, found: Sequence[Tally], month: str, lines: int) -> list[Text]:
    details = [say("{n}条", n=lines)] if measure.kind != "count" and lines else []
    before = charts.month_before(month)
    if any(tally.month == before for tally in found):
        details.append(_change(page, measure, found, month, before))
    return details


def _change(page: Page, measure: Measure, found: Sequence[Tally], month: str, before: str) -> Text:
    now, then = (
        abs(sum(_number(measure, t) for t in found if t.month == each and measure.mark in t.marks))
        for each in (month, before)
    )
    name = page.month_name(before)
    if now == then:
        return say("与{month}相同", month=name)
    more = abs(now - then)
    told = page.show_plain(Money(more)) if measure.kind == "money" else say("{n}条", n=more)
    return (
        say("比{month}多{more}", month=name, more=told)
        if now > then
        else say("比{month}少{more}", month=name, more=told)
    )


def _number(measure: Measure, tally: Tally) -> int:
    return tally.fen if measure.kind == "money" else tally.count
