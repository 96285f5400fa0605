"""Dispatch: who holds how many orders against the caps, how evenly they are spread, and who waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from processor.model import Text, joined, say
from processor.report.pages.panels.facts import by_key, figure, month_of, rows, shown_name
from processor.report.pages.view import Bar, Keys, Panel, Picture, Row, Table
from processor.report.snapshot import Line, Snapshot, Unit


def dispatch_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Panel:
    """Each designer's dispatches and proposals by month; the loads against the caps as they are today; the queue."""
    given = _given(snapshot, unit)
    proposed = [line.decision for line in lines if line.decision.effect == "assign"]
    names = snapshot.staff_names
    tables: list[Table] = []
    bars = [
        Bar(shown_name(names, who), count, Keys(month=month, person=who))
        for (month, who), count in sorted(
            Counter(zip(month_of(given["派单日期"]), given["设计师工号"].astype(str), strict=True)).items()
        )
    ]
    bars += [Bar(shown_name(names, d.staff_no), 1, Keys(d.period, d.staff_no, d.clause, d.status)) for d in proposed]
    if bars:
        tables.append(_split(snapshot, unit, given, [d.staff_no for d in proposed], names))
    queue = [line for line in lines if line.decision.effect == "queue"]
    if queue:
        tables.append(_queue(queue))
    return Panel(Picture(say("每位设计师的派单（含建议）"), tuple(bars)) if bars else None, tuple(tables))


def _given(snapshot: Snapshot, unit: Unit) -> pd.DataFrame:
    """Recorded dispatches that name a designer and were not refused."""
    frame = rows(snapshot, unit, "dispatch", ["咨询编号", "派单日期", "设计师工号", "是否拒单"])
    refused = frame["是否拒单"].eq(True).fillna(False).astype(bool)
    return frame[frame["设计师工号"].notna() & frame["派单日期"].notna() & ~refused]


def _split(
    snapshot: Snapshot, unit: Unit, given: pd.DataFrame, proposed: Sequence[str], names: Mapping[str, str]
) -> Table:
    today, monday = snapshot.as_of, snapshot.as_of - timedelta(days=snapshot.as_of.weekday())
    ended = _ended(snapshot, unit)
    loads = {
        "held": _by_designer(given[~given["咨询编号"].isin(ended)], monday, today),
        "today": _by_designer(given, today, today),
        "week": _by_designer(given, monday, today),
        "all": _by_designer(given, date.min, today),
        "proposed": Counter(proposed),
    }
    reach = {who: loads["week"].get(who, 0) + loads["proposed"].get(who, 0) for who in {*loads["all"], *proposed}}
    designers = sorted(reach, key=lambda who: (-reach[who], who))
    return Table(
        say("设计师派单情况（截至{day}）", day=today.isoformat()),
        (say("设计师"), say("在手"), say("今日"), say("本周"), say("各月合计"), say("本批建议")),
        tuple((shown_name(names, who), *(load.get(who, 0) for load in loads.values())) for who in designers),
        note=_caps(unit, today),
        keys=tuple(Keys(person=who) for who in designers),
    )


def _ended(snapshot: Snapshot, unit: Unit) -> set[str]:
    """Orders that are signed or accepted as lost: nobody holds them any more."""
    signed = rows(snapshot, unit, "contracts", ["咨询编号"])["咨询编号"].dropna()
    judged = [line.decision for line in snapshot.lines_by_unit[unit.name]]
    return {*signed, *(d.subject for d in judged if d.family == "lost_orders" and d.effect == "classify")}


def _by_designer(given: pd.DataFrame, first: date, last: date) -> Mapping[str, int]:
    days = given["派单日期"].astype("datetime64[us]")
    inside = days.between(pd.Timestamp(first), pd.Timestamp(last))
    return by_key(given.loc[inside, "设计师工号"].value_counts())


def _caps(unit: Unit, today: date) -> Text | None:
    season = "held_peak" if today.month in (figure(unit, "peak_months", today) or ()) else "held_low"
    worded = {season: "在手满{n}单停派", "day_cap": "每天上限{n}单", "week_cap": "每周上限{n}单"}
    caps = [(words, figure(unit, name, today)) for name, words in worded.items()]
    return joined([say(words, n=cap) for words, cap in caps if cap is not None], "，")


def _queue(queue: Sequence[Line]) -> Table:
    return Table(
        say("排队等候的客户"),
        (say("编号"), say("日期"), say("原因"), say("决定编号")),
        tuple(
            (
                line.thing or line.decision.subject,
                line.decision.date,
                line.decision.text,
                Row(line.decision.decision_id, line.decision.decision_id),
            )
            for line in queue
        ),
        keys=tuple(
            Keys(line.decision.period, line.decision.staff_no, line.decision.clause, line.decision.status)
            for line in queue
        ),
    )
