"""Members of a store: what each month did to them (SA-N1), and whom to care for in the coming week (SA-G2).

The figures are those that the decisions state. They look back further than the facts of the open periods reach, so
counting these again would contradict the decisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from processor.model import Text, say
from processor.report.pages.view import Chart, Mark, Money, Part, Table, Value
from processor.report.snapshot import Line, Snapshot, Unit

_CHARTED_MONTHS = 3

# Month (YYYY-MM) -> part of the month's figures -> what the decision's sentence names.
_Figures = Mapping[str, Mapping[str, Mapping[str, Any]]]


def analytics_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Sequence[Part]:
    """Members by month, growth of the best and VIP cards, treatments by frequency, loyal candidates; latest first."""
    figures = _figures(lines)
    parts = (_activity(figures), _growth(figures), _treatments(figures), _loyal(figures))
    return [part for part in parts if part is not None]


def care_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Sequence[Part]:
    """The coming week's list, one table a grade, best grade first."""
    owed = [line for line in lines if line.decision.effect == "remind" and "grade" in line.decision.text.args]
    owed.sort(key=lambda line: (_said(line)["grade"], _said(line)["day"], line.decision.subject))
    return [_care(grade, list(group)) for grade, group in groupby(owed, key=lambda line: str(_said(line)["grade"]))]


def _said(line: Line) -> Mapping[str, Any]:
    return line.decision.text.args


def _figures(lines: Sequence[Line]) -> _Figures:
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for line in sorted(lines, key=lambda line: line.decision.date, reverse=True):
        text = _said(line).get("text")
        if line.decision.part and isinstance(text, Text):
            found.setdefault(f"{line.decision.date:%Y-%m}", {})[line.decision.part] = text.args
    return found


def _activity(figures: _Figures) -> Chart | None:
    measures = {"new": "{n}月新增", "active": "{n}月有效", "churned": "{n}月流失"}
    months = {
        month: [parts[name]["n"] for name in measures]
        for month, parts in figures.items()
        if parts.keys() >= measures.keys()
    }
    if not months:
        return None
    table = Table(
        say("各月会员"),
        (say("月份"), say("新增会员"), say("有效会员"), say("流失会员"), say("流失率")),
        tuple((month, *counts, figures[month]["churned"]["share"]) for month, counts in months.items()),
    )
    marks = tuple(
        Mark(say(words, n=int(month[5:])), count)
        for month in sorted(months)[-_CHARTED_MONTHS:]
        for words, count in zip(measures.values(), months[month], strict=True)
    )
    return Chart("columns", say("新增、有效和流失会员（最近{n}个月）", n=_CHARTED_MONTHS), marks, table)


def _growth(figures: _Figures) -> Chart | None:
    rows = [(month, parts[name]) for month, parts in figures.items() for name in ("best", "vip") if name in parts]
    if not rows:
        return None
    table = Table(
        say("各类卡的增长"),
        (say("月份"), say("卡类型"), say("上月末张数"), say("月末张数"), say("增加"), say("增长率")),
        tuple((month, said["cards"], said["before"], said["now"], said["more"], said["rate"]) for month, said in rows),
    )
    latest = rows[0][0]
    marks = tuple(
        Mark(say(words, cards=said["cards"]), said[name])
        for month, said in rows
        if month == latest
        for words, name in (("{cards} 上月末", "before"), ("{cards} 月末", "now"))
    )
    return Chart("bars", say("{month}各类卡的张数", month=latest), marks, table)


def _treatments(figures: _Figures) -> Chart | None:
    rows = [(month, said["name"], said["n"]) for month, said in _listed(figures, "treatments")]
    if not rows:
        return None
    latest = rows[0][0]
    table = Table(say("各项目的消费频次"), (say("月份"), say("项目"), say("次数")), tuple(rows))
    marks = tuple(Mark(name, count) for month, name, count in rows if month == latest)
    return Chart("bars", say("{month}各项目的消费次数", month=latest), marks, table)


def _loyal(figures: _Figures) -> Table | None:
    rows = [
        (month, said["card"], said["n"], Money(int(Decimal(said["spend"]).scaleb(2))))
        for month, said in _listed(figures, "loyal")
    ]
    headers = (say("月份"), say("卡号"), say("消费次数"), say("消费金额"))
    return Table(say("忠诚客户：可发展的会员"), headers, tuple(rows)) if rows else None


def _listed(figures: _Figures, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Month and values of each item that a month's sentence lists."""
    for month, parts in figures.items():
        items = parts.get(name, {}).get("parts")
        if isinstance(items, Text):
            yield from ((month, item.args) for item in items.args.values())


def _care(grade: str, lines: Sequence[Line]) -> Table:
    return Table(
        say("{grade}级客户：下周的关怀", grade=grade),
        (say("日期"), say("会员"), say("事由"), say("方式")),
        tuple(_care_row(line) for line in lines),
    )


def _care_row(line: Line) -> tuple[Value, ...]:
    said, subject = _said(line), line.decision.subject
    member = subject if said["name"] == subject else f"{said['name']} {subject}"
    return said["day"], member, said["occasion"], said["channel"]
