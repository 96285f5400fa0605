"""Decision rows as HTML. A page may hold ten thousand, and a decision stands on several pages: what is the same is made once."""

from __future__ import annotations

from markupsafe import Markup, escape

from processor.model import Text, say
from processor.report.pages import evidence, wording
from processor.report.pages.page import Fixed, Page
from processor.report.pages.view import Money
from processor.report.snapshot import Line


def decision_row(page: Page, line: Line, figures: int) -> Markup:
    """One `<tr>`. figures: number of the decision's parameter values on this page, 0 where there are none."""
    d = line.decision
    made = page.writing.fixed
    fixed = made.get(d.decision_id)
    if fixed is None:
        fixed = made[d.decision_id] = _fixed(page, line)
    clause, id = escape(d.clause), escape(d.decision_id)
    values = f' data-v="{figures}"' if figures else ""
    numbers = _line(page, say("适用数值第{n}组", n=figures)) if figures else ""
    linked = f"{page.show(say('随附于：'))}{_linked(page, d.linked_to)}\n" if d.linked_to else ""
    return Markup(
        f'<tr id="d-{id}"><td>{d.date.isoformat()}</td><td>{page.person(d.unit, d.staff_no, d.staff_name)}</td>'
        f'<td><a href="#c-{clause}">{clause}</a></td>{fixed.effect_and_text}'
        f'<details data-c="{clause}"{values}><summary>{page.show(say("依据"))}</summary>'
        f"{fixed.places}{numbers}{fixed.rest}{linked}{fixed.figures_after}"
    )


def _fixed(page: Page, line: Line) -> Fixed:
    d, show = line.decision, page.show
    codes, own = evidence.reading_codes(line)
    amount = show(Money(d.amount)) if d.amount is not None else ""
    readings = ""
    if codes or own:
        named = "、".join([*(str(escape(code)) for code in codes), *([str(show(say("本条读法")))] if own else [])])
        readings = f"{show(say('读法：'))}{named}\n"
    places = "".join(
        _line(page, say("{file} [{sheet}] 第{rows}行", file=file, sheet=sheet, rows=rows))
        for file, sheet, rows in evidence.places(line)
    )
    steps = "".join(_line(page, step) for step in d.steps)
    candidates = "".join(
        f"{'✔' if candidate.chosen else '○'} {show(candidate.staff_no)} {_line(page, candidate.reason)}"
        for candidate in d.candidates
    )
    answered = _line(page, line.answered) if line.answered else ""
    return Fixed(
        effect_and_text=f"<td>{show(wording.EFFECTS[d.effect])}</td><td>{show(d.text)}",
        places=places + readings,
        rest=steps + candidates,
        figures_after=(
            f"{answered}{show(d.subject)} · {escape(d.decision_id)}</details></td><td>{amount}</td>"
            f"<td>{escape(d.points)}</td><td>{d.occurrence or ''}</td><td>{show(wording.status_badge(d.status))}</td></tr>"
        ),
    )


def _line(page: Page, text: Text | str) -> str:
    return f"{page.show(text)}\n"


def _linked(page: Page, id: str) -> str:
    at = page.writing.rows_at.get(id)
    return f'<a href="{escape(page.to(at, f"d-{id}"))}">{escape(id)}</a>' if at else str(escape(id))
