"""One decision as an HTML row that needs no script.

A site has tens of thousands of cells, so rows do without the closing tags that HTML leaves to its parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from markupsafe import Markup, escape

from processor.model import say
from processor.report.pages import wording
from processor.report.pages.page import Page, row_anchor
from processor.report.pages.telling import Row, row_of
from processor.report.snapshot import Line

_WHY: Final = say("依据")
_RESTS_ON, _WHO_ELSE, _DIFFERENTLY, _HISTORY = say("依据什么"), say("还有谁"), say("若要不同"), say("经过")
_HANGS_ON: Final = say("随附于：")
_SPECIAL = re.compile(r"[&<>\"']")


def short_rows(page: Page, lines: Iterable[Line]) -> Markup:
    """The body of a table with one `<tr>` a line, without what it rests on."""
    told = page.writing.told
    rows = []
    for line in lines:
        known = told.get(line.decision.decision_id)
        text = page.plain(line.decision.text) if known is None else row_of(known, 0).text
        rows.append(_front(page, line, text, _escaped(line.decision.clause)) + _back(page, line))
    return Markup(f"<tbody>{''.join(rows)}</tbody>\n")


def full_row(page: Page, line: Line, values: int) -> str:
    """One `<tr>` with all that it rests on, spread out; what would have changed it stands on the employee's page."""
    row = row_of(page.told(line), values)
    why = f"<div class=why>{_why(page, row, differently=False)}</div>"
    return f"{_front(page, line, row.text, _escaped(row.clause))}{why}{_back(page, line)}"


def folded_row(page: Page, line: Line, values: int) -> str:
    """One `<tr>` with what it rests on behind a click; the bar on top finds it by its clause and status."""
    row = row_of(page.told(line), values)
    front = _front(page, line, row.text, _term(row.clause), who=False)
    return f"{front}<details><summary>{page.show(_WHY)}</summary>{_why(page, row)}</details>{_back(page, line)}"


def _escaped(text: str) -> str:
    """The text for HTML; most have nothing in it that is special there."""
    return str(escape(text)) if _SPECIAL.search(text) else text


def _term(clause: str) -> str:
    said = _escaped(clause)
    return f'<a href="#c-{said}">{said}</a>'


def _front(page: Page, line: Line, text: str, clause: str, *, who: bool = True) -> str:
    """who: with the column of the employee, which a page about one person does without."""
    d = line.decision
    person = f"<td>{page.person(d.unit, d.staff_no, d.staff_name)}" if who else ""
    step = page.step(d.occurrence) if d.occurrence else ""
    return (
        f'<tr id="{_escaped(row_anchor(d.decision_id))}"><th>{d.date.isoformat()}{person}<td>{_escaped(text)}'
        f"<p class=note>{clause} · {page.show(wording.EFFECTS[d.effect])}{step}</p>"
    )


def _back(page: Page, line: Line) -> str:
    d = line.decision
    amount = page.amount(d.amount) if d.amount is not None else ""
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


def _why(page: Page, row: Row, *, differently: bool = True) -> str:
    others = [f"{'✔' if chosen else '○'} {who} {reason}".strip() for chosen, who, reason in row.candidates]
    parts: tuple[tuple[Any, Sequence[str]], ...] = (
        (_RESTS_ON, [*row.places, *_referred(page, tuple(row.readings), row.values), *row.steps]),
        (_WHO_ELSE, others),
        (_DIFFERENTLY, row.otherwise if differently else ()),
        (_HISTORY, row.history),
    )
    said = "".join(
        f"<p><b>{page.show(title)}</b> {'<br>'.join(map(_escaped, texts))}</p>" for title, texts in parts if texts
    )
    linked = f"<p>{page.show(_HANGS_ON)}{page.decision_link(row.linked)}</p>" if row.linked else ""
    return f"{said}{linked}<p>{_escaped(row.thing)} · {_escaped(row.id)}</p>"
