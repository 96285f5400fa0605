"""One decision as it stands on a page: as values for the page's script, and as an HTML row that needs no script.

A site has tens of thousands of cells, so rows do without the closing tags that HTML leaves to its parser.
"""

from __future__ import annotations

import re
from typing import Any, Final

from markupsafe import Markup, escape

from processor.model import say
from processor.report.pages import evidence, wording
from processor.report.pages.measures import marks
from processor.report.pages.page import Page, Told, row_anchor
from processor.report.pages.view import Money
from processor.report.snapshot import Change, Line

_OWN_READING: Final = say("本条读法")
_WHY: Final = say("依据")
_RESTS_ON, _WHO_ELSE, _DIFFERENTLY, _HISTORY = say("依据什么"), say("还有谁"), say("若要不同"), say("经过")
_HANGS_ON: Final = say("随附于：")
_SPECIAL = re.compile(r"[&<>\"']")

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
    "values",
    "steps",
    "candidates",
    "otherwise",
    "history",
    "linked",
    "change",
    "before",
)


def row_values(page: Page, line: Line, values: int) -> list[Any]:
    """The row in FIELDS, without the last two, which say what the last batch did to it (`change_values`).

    values: number of the decision's parameter values on this page, 0 where there are none.
    """
    d, told = line.decision, _told(page, line)
    return [
        d.decision_id,
        page.plain(d.unit),
        d.period,
        d.date.isoformat(),
        d.staff_no,
        d.clause,
        d.family,
        d.effect,
        d.status,
        told.text,
        d.amount,
        d.points,
        d.occurrence or 0,
        told.thing,
        marks(d),
        told.places,
        told.readings,
        values,
        told.steps,
        told.candidates,
        told.otherwise,
        told.history,
        d.linked_to,
    ]


def change_values(page: Page, change: Change) -> list[Any]:
    """What the last batch did to a row: the last two of FIELDS."""
    return [change.kind, _before(page, change)]


def _told(page: Page, line: Line) -> Told:
    """What a decision says and rests on, masked and in the site's language: the same on every page, so made once."""
    if line.bare:
        raise ValueError(f"{line.decision.decision_id} is told without what belongs to it")
    known = page.writing.told.get(line.decision.decision_id)
    if known is not None and known.line is line:
        return known
    d, plain = line.decision, page.plain
    codes, own = evidence.reading_codes(line)
    told = Told(
        line=line,
        text=plain(d.text),
        thing=plain(line.thing or d.subject),
        places=[
            plain(say("{file} [{sheet}] 第{rows}行", file=file, sheet=sheet, rows=rows))
            for file, sheet, rows in evidence.places(line)
        ],
        readings=[*codes, *([plain(_OWN_READING)] if own else [])],
        steps=[plain(step) for step in d.steps],
        candidates=[[int(c.chosen), plain(c.staff_no), plain(c.reason)] for c in d.candidates],
        otherwise=[plain(text) for text in line.otherwise],
        history=[plain(text) for text in line.history or ([line.answered] if line.answered else [])],
    )
    page.writing.told[d.decision_id] = told
    return told


def _before(page: Page, change: Change) -> str:
    if change.old is None:
        return ""
    d = change.old.decision
    state = page.plain(wording.status_badge(d.status).label)
    return f"{state} {page.show(Money(d.amount))}" if d.amount is not None else f"{state} {d.points}".strip()


def short_row(page: Page, line: Line) -> Markup:
    """One `<tr>` without what it rests on."""
    return Markup(f"{_front(page, line, _escaped(line.decision.clause))}{_back(page, line)}")


def full_row(page: Page, line: Line, values: int) -> Markup:
    """One `<tr>` with all that it rests on, spread out; what would have changed it stands on the employee's page."""
    why = f"<div class=why>{_why(page, line, values, differently=False)}</div>"
    return Markup(f"{_front(page, line, _escaped(line.decision.clause))}{why}{_back(page, line)}")


def folded_row(page: Page, line: Line, values: int) -> Markup:
    """One `<tr>` with what it rests on behind a click; the bar on top finds it by its clause and status."""
    front = _front(page, line, _term(line), who=False)
    why = f"<details><summary>{page.show(_WHY)}</summary>{_why(page, line, values)}</details>"
    return Markup(f"{front}{why}{_back(page, line)}")


def _escaped(text: str) -> str:
    """The text for HTML; most have nothing in it that is special there."""
    return str(escape(text)) if _SPECIAL.search(text) else text


def _term(line: Line) -> str:
    clause = _escaped(line.decision.clause)
    return f'<a href="#c-{clause}">{clause}</a>'


def _front(page: Page, line: Line, clause: str, *, who: bool = True) -> str:
    """who: with the column of the employee, which a page about one person does without."""
    d = line.decision
    person = f"<td>{page.person(d.unit, d.staff_no, d.staff_name)}" if who else ""
    id = _escaped(row_anchor(d.decision_id))
    step = f" · {page.show(say('第{n}次', n=d.occurrence))}" if d.occurrence else ""
    return (
        f'<tr id="{id}"><th>{d.date.isoformat()}'
        f"{person}<td>{_escaped(page.plain(d.text) if line.bare else _told(page, line).text)}"
        f"<p class=note>{clause} · {page.show(wording.EFFECTS[d.effect])}{step}</p>"
    )


def _back(page: Page, line: Line) -> str:
    d = line.decision
    amount = page.show(Money(d.amount)) if d.amount is not None else ""
    both = " " if amount and d.points else ""
    return f"<td class=n>{amount}{both}{_escaped(d.points)}<td>{page.badge(d.status)}"


def _referred(page: Page, readings: tuple[str, ...], values: int) -> list[str]:
    """The readings and figures that a decision refers to in words; most decisions of a page refer to the same."""
    known = page.referred.get((readings, values))
    if known is None:
        codes = [say("读法：{codes}", codes="、".join(readings))] if readings else []
        figures = [say("适用数值第{n}组", n=values)] if values else []
        known = page.referred[readings, values] = [page.plain(text) for text in (*codes, *figures)]
    return known


def _why(page: Page, line: Line, values: int, *, differently: bool = True) -> str:
    d, told = line.decision, _told(page, line)
    counted = [*told.places, *_referred(page, tuple(told.readings), values)]
    others = [f"{'✔' if chosen else '○'} {who} {reason}".strip() for chosen, who, reason in told.candidates]
    parts = (
        (_RESTS_ON, [*counted, *told.steps]),
        (_WHO_ELSE, others),
        (_DIFFERENTLY, told.otherwise if differently else []),
        (_HISTORY, told.history),
    )
    said = "".join(
        f"<p><b>{page.show(title)}</b> {'<br>'.join(map(_escaped, texts))}</p>" for title, texts in parts if texts
    )
    linked = f"<p>{page.show(_HANGS_ON)}{page.decision_link(d.linked_to)}</p>" if d.linked_to else ""
    return f"{said}{linked}<p>{_escaped(told.thing)} · {_escaped(d.decision_id)}</p>"
