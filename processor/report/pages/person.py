"""One person's decisions and how to appeal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from processor.catalogue.pack import Clause
from processor.decision import Decision
from processor.model import INFO_EFFECTS, Text, say
from processor.report.pages.page import Page
from processor.report.pages.view import Fold, Table
from processor.report.snapshot import Line

_SETTLED = frozenset({"info", "revoked"})


def person_folds(page: Page, lines: Sequence[Line], clauses: Mapping[str, Clause]) -> tuple[Fold, ...]:
    """Those that may be appealed, with what to write on the form; what each says stands in its row above."""
    newest = sorted(lines, key=lambda line: line.decision.date, reverse=True)
    open_to_appeal = [line for line in newest if may_be_appealed(line)]
    named = {id: page.show(_named(id, clauses)) for id in {line.decision.clause for line in open_to_appeal}}
    appeal = Table(
        caption=say("可以申诉的决定"),
        headers=(say("决定编号"), say("日期"), say("条款"), say("状态")),
        rows=(),
        note=say(
            "申诉办法：在《申诉登记表》填写申诉编号、决定编号（从上表复制）、本人工号、申诉日期和理由，"
            "交给经理或放进收件箱。经理填写处理结果（维持、撤销或改为）后，下一批处理时生效。"
        ),
        made=Markup("".join(_row(page, line.decision, named) for line in open_to_appeal)),
    )
    return (Fold("appeal", say("申诉"), (appeal,), count=len(open_to_appeal)),)


def _row(page: Page, line: Decision, named: Mapping[str, Markup]) -> str:
    """One `<tr>` of a decision that may be appealed. named: clause -> its number and title."""
    return (
        f"<tr><th class=w>{page.decision_link(line.decision_id)}<td class=w>{line.date.isoformat()}"
        f"<td>{named[line.clause]}<td class=w>{page.badge(line.status)}"
    )


def _named(id: str, clauses: Mapping[str, Clause]) -> Text:
    clause = clauses.get(id)
    return say("{id} {title}", id=id, title=Text(clause.title) if clause else "")


def may_be_appealed(line: Line) -> bool:
    """Whatever weighs on somebody: money, points, warnings and recommendations that still stand."""
    decision = line.decision
    weighs = decision.effect not in INFO_EFFECTS or decision.effect == "warning"
    return weighs and (decision.status not in _SETTLED or decision.effect == "warning")
