"""Rewards and penalties by person, with how far each has climbed which ladder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from processor.model import Text, joined, say
from processor.report.pages import measures
from processor.report.pages.view import Keys, Link, Table, Value
from processor.report.snapshot import Line


def money_table(lines: Sequence[Line], people: Mapping[tuple[str, str], str]) -> Table:
    """One row a person and month that has money, points, or a step on a ladder."""
    by_person: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines:
        d = line.decision
        if d.staff_no and (d.amount is not None or d.points or d.occurrence):
            by_person.setdefault((d.period, d.unit, d.staff_no), []).append(line)
    ordered = sorted(by_person.items())
    return Table(
        say("每位员工的奖惩"),
        (say("员工"), say("处罚"), say("奖励"), say("其他"), say("点数"), say("待确认"), say("累计次数")),
        tuple(_row(key, own, people) for key, own in ordered),
        note=say("金额只含已定和已确认的决定；“累计次数”是该条款在计次期内已到第几次，下一次的处理见条款。"),
        keys=tuple(Keys(month=month, person=staff_no) for (month, _, staff_no), _ in ordered),
    )


def _row(key: tuple[str, str, str], lines: list[Line], people: Mapping[tuple[str, str], str]) -> tuple[Value, ...]:
    _, unit, staff_no = key
    penalties = [line for line in lines if measures.is_penalty(line)]
    rewards = [line for line in lines if measures.is_reward(line)]
    others = [line for line in lines if not measures.is_penalty(line) and not measures.is_reward(line)]
    return (
        Link(f"{lines[0].decision.staff_name} {staff_no}".strip(), people[unit, staff_no]),
        measures.paid(penalties),
        measures.paid(rewards),
        measures.paid(others),
        measures.points_of(lines),
        measures.count(lines, measures.waits),
        _ladders(lines),
    )


def _ladders(lines: Sequence[Line]) -> Text | None:
    reached: dict[str, int] = {}
    for line in lines:
        if line.decision.occurrence:
            clause = line.decision.clause
            reached[clause] = max(reached.get(clause, 0), line.decision.occurrence)
    said = [say("{clause}第{n}次", clause=clause, n=n) for clause, n in sorted(reached.items())]
    return joined(said, "、") if said else None
