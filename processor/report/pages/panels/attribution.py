"""Attribution: disputed customers first, with every claim side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from processor.model import say
from processor.report.pages.measures import is_disputed
from processor.report.pages.view import Keys, Panel, Row, Table, Value
from processor.report.snapshot import Line, Snapshot, Unit


def attribution_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Panel:
    """One row a disputed customer, one column a claim."""
    disputes = [line for line in lines if is_disputed(line)]
    if not disputes:
        return Panel()
    names = snapshot.staff_names
    claims = max(len(line.decision.candidates) for line in disputes)
    rows = tuple(_row(line, claims, names) for line in disputes)
    headers = (say("编号"), say("暂归"), *(say("主张{n}", n=n) for n in range(1, claims + 1)), say("决定编号"))
    note = say("✔ 表示暂按此归属；请经理在《待确认事项》中裁定。")
    keys = tuple(
        Keys(line.decision.period, line.decision.staff_no, line.decision.clause, line.decision.status)
        for line in disputes
    )
    return Panel(tables=(Table(say("有争议的客户：各方主张"), headers, rows, note, keys=keys),))


def _row(line: Line, claims: int, names: Mapping[str, str]) -> tuple[Value, ...]:
    decision = line.decision
    cells: list[Value] = [
        say(
            "{sign} {name} {staff_no}：{why}",
            sign="✔" if claim.chosen else "○",
            name=names.get(claim.staff_no, ""),
            staff_no=claim.staff_no,
            why=claim.reason,
        )
        for claim in decision.candidates
    ]
    cells += [None] * (claims - len(cells))
    owner = f"{decision.staff_name} {decision.staff_no}".strip()
    return (line.thing or decision.subject, owner, *cells, Row(decision.decision_id, decision.decision_id))
