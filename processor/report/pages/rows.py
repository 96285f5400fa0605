"""One decision as it stands on a page: as values for the page's script, and as an HTML row that needs no script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from processor.model import say
from processor.report.pages import evidence, wording
from processor.report.pages.measures import marks
from processor.report.pages.page import Page, row_anchor
from processor.report.pages.view import Money
from processor.report.snapshot import Change, Line

#: The values of a row in the page's data, in this order; the script reads them by these names.
FIELDS = (
    "id",
    "unit",
    "month",
    "day",
    "person",
    "clause",
    "family",
    "effect",
    "status",
    "text",
    "fen",
    "points",
    "step",
    "thing",
    "marks",
    "places",
    "readings",
    "own",
    "values",
    "steps",
    "candidates",
    "history",
    "linked",
    "change",
    "before",
)


def row_values(page: Page, line: Line, values: int, change: Change | None = None) -> list[Any]:
    """The row in FIELDS. values: number of the decision's parameter values on this page, 0 where there are none."""
    d, plain = line.decision, page.plain
    codes, own = evidence.reading_codes(line)
    told = [] if line.history else [line.answered] if line.answered else []
    return [
        d.decision_id,
        plain(d.unit),
        d.period,
        d.date.isoformat(),
        d.staff_no,
        d.clause,
        d.family,
        d.effect,
        d.status,
        plain(d.text),
        d.amount,
        d.points,
        d.occurrence or 0,
        plain(line.thing or d.subject),
        marks(d),
        [plain(place) for place in _places(line)],
        list(codes),
        int(bool(own)),
        values,
        [plain(step) for step in d.steps],
        [[int(c.chosen), plain(c.staff_no), plain(c.reason)] for c in d.candidates],
        [plain(text) for text in (*line.history, *told)],
        d.linked_to,
        change.kind if change else "",
        _before(page, change),
    ]


def _places(line: Line) -> list[Any]:
    return [
        say("{file} [{sheet}] 第{rows}行", file=file, sheet=sheet, rows=rows)
        for file, sheet, rows in evidence.places(line)
    ]


def _before(page: Page, change: Change | None) -> str:
    if change is None or change.old is None:
        return ""
    d = change.old.decision
    state = page.plain(wording.status_badge(d.status).label)
    return f"{state} {page.show(Money(d.amount))}" if d.amount is not None else f"{state} {d.points}".strip()


def short_row(page: Page, line: Line) -> Markup:
    """One `<tr>` without what it rests on."""
    return Markup(f"{_front(page, line, escape(line.decision.clause))}</td>{_back(page, line)}")


def full_row(page: Page, line: Line, values: int) -> Markup:
    """One `<tr>` with all that it rests on, spread out."""
    return Markup(
        f'{_front(page, line, _term(line))}<div class="why">{_why(page, line, values)}</div></td>{_back(page, line)}'
    )


def folded_row(page: Page, line: Line, values: int) -> Markup:
    """One `<tr>` with what it rests on behind a click; the bar on top finds it by its month, clause and status."""
    d = line.decision
    keys = f' data-m="{d.period}" data-c="{escape(d.clause)}" data-s="{d.status}"'
    front = _front(page, line, _term(line)).replace("<tr", f"<tr{keys}", 1)
    why = f"<details><summary>{page.show(say('依据'))}</summary>{_why(page, line, values)}</details>"
    return Markup(f"{front}{why}</td>{_back(page, line)}")


def _term(line: Line) -> Markup:
    clause = escape(line.decision.clause)
    return Markup(f'<a href="#c-{clause}">{clause}</a>')


def _front(page: Page, line: Line, clause: Markup) -> str:
    d = line.decision
    id = escape(row_anchor(d.decision_id))
    step = f" · {page.show(say('第{n}次', n=d.occurrence))}" if d.occurrence else ""
    return (
        f'<tr id="{id}"><th scope="row">{d.date.isoformat()}</th>'
        f"<td>{page.person(d.unit, d.staff_no, d.staff_name)}</td><td>{page.show(d.text)}"
        f'<p class="note">{clause} · {page.show(wording.EFFECTS[d.effect])}{step}</p>'
    )


def _back(page: Page, line: Line) -> str:
    d = line.decision
    amount = page.show(Money(d.amount)) if d.amount is not None else ""
    both = " " if amount and d.points else ""
    return (
        f'<td class="n">{amount}{both}{escape(d.points)}</td><td>{page.show(wording.status_badge(d.status))}</td></tr>'
    )


def _why(page: Page, line: Line, values: int) -> str:
    d, show = line.decision, page.show
    codes, own = evidence.reading_codes(line)
    named = [*codes, *([page.plain(say("本条读法"))] if own else [])]
    counted: list[Any] = _places(line)
    if named:
        counted.append(say("读法：{codes}", codes="、".join(named)))
    if values:
        counted.append(say("适用数值第{n}组", n=values))
    counted += d.steps
    others = [f"{'✔' if c.chosen else '○'} {c.staff_no} {page.plain(c.reason)}".strip() for c in d.candidates]
    told: Sequence[Any] = line.history or ([line.answered] if line.answered else [])
    linked = page.decision_link(d.linked_to) if d.linked_to else ""
    parts = (
        (say("依据什么"), counted),
        (say("还有谁"), others),
        (say("经过"), told),
    )
    said = "".join(
        f"<p><b>{show(title)}</b> {'<br>'.join(str(show(text)) for text in texts)}</p>"
        for title, texts in parts
        if texts
    )
    hangs = f"<p>{show(say('随附于：'))}{linked}</p>" if linked else ""
    return f"{said}{hangs}<p>{show(line.thing or d.subject)} · {escape(d.decision_id)}</p>"
