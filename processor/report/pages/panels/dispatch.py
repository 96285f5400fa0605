"""Dispatch: who holds how many orders against the caps, how evenly they are spread, and who waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from processor.model import Text, joined, say
from processor.report.pages.panels.facts import by_key, figure, rows, staff_names
from processor.report.pages.view import Chart, Mark, Part, Row, Table
from processor.report.snapshot import Line, Snapshot, Unit


def dispatch_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Sequence[Part]:
    """The week's split by designer against the caps as chart and table, then the queue."""
    given = _given(snapshot, unit)
    proposed = [line.decision.staff_no for line in lines if line.decision.effect == "assign"]
    parts: list[Part] = []
    if len(given) or proposed:
        parts.append(_split(snapshot, unit, given, proposed))
    queue = [line for line in lines if line.decision.effect == "queue"]
    if queue:
        parts.append(_queue(queue))
    return parts


def _given(snapshot: Snapshot, unit: Unit) -> pd.DataFrame:
    """Recorded dispatches that name a designer and were not refused."""
    frame = rows(snapshot, unit, "dispatch", ["派单日期", "设计师工号", "是否拒单"])
    refused = frame["是否拒单"].eq(True).fillna(False).astype(bool)
    return frame[frame["设计师工号"].notna() & frame["派单日期"].notna() & ~refused]


def _split(snapshot: Snapshot, unit: Unit, given: pd.DataFrame, proposed: Sequence[str]) -> Chart:
    today, monday = snapshot.as_of, snapshot.as_of - timedelta(days=snapshot.as_of.weekday())
    day_cap, week_cap = figure(unit, "day_cap", today), figure(unit, "week_cap", today)
    names = staff_names(snapshot, unit)
    counts = {
        "today": _by_designer(given, today, today),
        "week": _by_designer(given, monday, today),
        "all": _by_designer(given, date.min, today),
    }
    designers = sorted({*counts["all"], *proposed}, key=lambda staff_no: (-counts["week"].get(staff_no, 0), staff_no))
    labels = {staff_no: f"{names.get(staff_no, '')} {staff_no}".strip() for staff_no in designers}
    table = Table(
        say("设计师派单情况"),
        (say("设计师"), say("今日"), say("本周"), say("本期"), say("本批建议")),
        tuple(
            (
                labels[staff_no],
                counts["today"].get(staff_no, 0),
                counts["week"].get(staff_no, 0),
                counts["all"].get(staff_no, 0),
                proposed.count(staff_no),
            )
            for staff_no in designers
        ),
        note=_caps(day_cap, week_cap),
    )
    marks = tuple(
        Mark(labels[staff_no], week := counts["week"].get(staff_no, 0), week_cap is not None and week > week_cap)
        for staff_no in designers
    )
    label = say("每周上限{n}单", n=week_cap) if week_cap is not None else None
    return Chart("bars", say("本周已派单数（谁多谁少）"), marks, table, week_cap, label)


def _by_designer(given: pd.DataFrame, first: date, last: date) -> Mapping[str, int]:
    within = given.loc[given["派单日期"].between(pd.Timestamp(first), pd.Timestamp(last)), "设计师工号"]
    return by_key(within.value_counts())


def _caps(day_cap: int | None, week_cap: int | None) -> Text | None:
    caps = []
    if day_cap is not None:
        caps.append(say("每天上限{n}单", n=day_cap))
    if week_cap is not None:
        caps.append(say("每周上限{n}单", n=week_cap))
    return joined(caps, "，") if caps else None


def _queue(queue: Sequence[Line]) -> Table:
    return Table(
        say("排队等候的客户"),
        (say("编号"), say("日期"), say("原因"), say("决定编号")),
        tuple(
            (
                line.decision.subject,
                line.decision.date,
                line.decision.text,
                Row(line.decision.decision_id, line.decision.decision_id),
            )
            for line in queue
        ),
    )
