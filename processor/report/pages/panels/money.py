"""Rewards and penalties by person, with how far each has climbed which ladder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from processor.model import Text, joined, say
from processor.report.pages import tally
from processor.report.pages.view import Link, Section, Table, Value
from processor.report.snapshot import Line


def money_section(lines: Sequence[Line], people: Mapping[tuple[str, str], str]) -> Section:
    """One row a person who has money, points, or a step on a ladder."""
    by_person: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        decision = line.decision
        if decision.staff_no and (decision.amount is not None or decision.points or decision.occurrence):
            by_person.setdefault((decision.unit, decision.staff_no), []).append(line)
    rows = tuple(_row(key, own, people) for key, own in sorted(by_person.items()))
    headers = (say("员工"), say("处罚"), say("奖励"), say("其他"), say("点数"), say("待确认"), say("累计次数"))
    table = Table(
        say("每位员工的奖惩"),
        headers,
        rows,
        note=say("金额只含已定和已确认的决定；“累计次数”是该条款在计次期内已到第几次，下一次的处理见条款。"),
    )
    return Section("money", say("奖惩（按员工）"), (table,))


def _row(key: tuple[str, str], lines: list[Line], people: Mapping[tuple[str, str], str]) -> tuple[Value, ...]:
    unit, staff_no = key
    page = people[unit, staff_no]
    penalties = [line for line in lines if tally.is_penalty(line)]
    rewards = [line for line in lines if tally.is_reward(line)]
    others = [line for line in lines if not tally.is_penalty(line) and not tally.is_reward(line)]
    return (
        Link(f"{lines[0].decision.staff_name} {staff_no}".strip(), page),
        Link(tally.paid(penalties), page, "decisions"),
        Link(tally.paid(rewards), page, "decisions"),
        Link(tally.paid(others), page, "decisions"),
        tally.points_of(lines),
        tally.count(lines, tally.waits),
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
