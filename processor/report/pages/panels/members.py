"""Members of a store: what each month did to them (SA-N1), and whom to care for in the coming week (SA-G2).

The figures are those that the decisions state. They look back further than the facts of the open periods reach, so
counting these again would contradict the decisions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from processor.model import Text, say
from processor.report.pages.view import Bar, Keys, Money, Panel, Picture, Table, Value
from processor.report.snapshot import Line, Snapshot, Unit

# Month (YYYY-MM) -> part of the month's figures -> what the decision's sentence names.
_Figures = Mapping[str, Mapping[str, Mapping[str, Any]]]


def analytics_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Panel:
    """Members by month, growth of the best and VIP cards, treatments by frequency, loyal candidates; latest first."""
    figures = _figures(lines)
    tables = (_activity(figures), _growth(figures), _treatments(figures), _loyal(figures))
    return Panel(_moves(figures), tuple(table for table in tables if table is not None))


def care_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Panel:
    """The coming week's list, one table a grade, best grade first."""
    owed = [line for line in lines if line.decision.effect == "remind" and "grade" in line.decision.text.args]
    owed.sort(key=lambda line: (_said(line)["grade"], _said(line)["day"], line.decision.subject))
    by_grade = groupby(owed, key=lambda line: str(_said(line)["grade"]))
    return Panel(tables=tuple(_care(grade, list(group)) for grade, group in by_grade))


def _said(line: Line) -> Mapping[str, Any]:
    return line.decision.text.args


def _figures(lines: Sequence[Line]) -> _Figures:
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for line in sorted(lines, key=lambda line: line.decision.date, reverse=True):
        text = _said(line).get("text")
        if line.decision.part and isinstance(text, Text):
            found.setdefault(f"{line.decision.date:%Y-%m}", {})[line.decision.part] = text.args
    return found


_MEASURES: Mapping[str, Text] = {"new": say("新增会员"), "active": say("有效会员"), "churned": say("流失会员")}


def _moves(figures: _Figures) -> Picture | None:
    bars = tuple(
        Bar(words, parts[name]["n"], Keys(month=month))
        for month, parts in figures.items()
        for name, words in _MEASURES.items()
        if name in parts
    )
    return Picture(say("新增、有效和流失会员"), bars, ordered=True) if bars else None


def _activity(figures: _Figures) -> Table | None:
    months = {
        month: [parts[name]["n"] for name in _MEASURES]
        for month, parts in figures.items()
        if parts.keys() >= _MEASURES.keys()
    }
    if not months:
        return None
    return Table(
        say("各月会员"),
        (say("月份"), *_MEASURES.values(), say("流失率")),
        tuple((month, *counts, figures[month]["churned"]["share"]) for month, counts in months.items()),
        keys=_months(months),
    )


def _growth(figures: _Figures) -> Table | None:
    rows = [(month, parts[name]) for month, parts in figures.items() for name in ("best", "vip") if name in parts]
    if not rows:
        return None
    return Table(
        say("各类卡的增长"),
        (say("月份"), say("卡类型"), say("上月末张数"), say("月末张数"), say("增加"), say("增长率")),
        tuple((month, said["cards"], said["before"], said["now"], said["more"], said["rate"]) for month, said in rows),
        keys=_months(month for month, _ in rows),
    )


def _treatments(figures: _Figures) -> Table | None:
    rows = [(month, said["name"], said["n"]) for month, said in _listed(figures, "treatments")]
    if not rows:
        return None
    headers = (say("月份"), say("项目"), say("次数"))
    return Table(say("各项目的消费频次"), headers, tuple(rows), keys=_months(row[0] for row in rows))


def _months(months: Iterable[str]) -> tuple[Keys, ...]:
    return tuple(Keys(month=month) for month in months)


def _loyal(figures: _Figures) -> Table | None:
    rows = [
        (month, said["card"], said["n"], Money(int(Decimal(said["spend"]).scaleb(2))))
        for month, said in _listed(figures, "loyal")
    ]
    headers = (say("月份"), say("卡号"), say("消费次数"), say("消费金额"))
    if not rows:
        return None
    return Table(say("忠诚客户：可发展的会员"), headers, tuple(rows), keys=_months(row[0] for row in rows))


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
        keys=tuple(Keys(line.decision.period, None, line.decision.clause, line.decision.status) for line in lines),
    )


def _care_row(line: Line) -> tuple[Value, ...]:
    said, subject = _said(line), line.decision.subject
    member = subject if said["name"] == subject else f"{said['name']} {subject}"
    return said["day"], member, said["occasion"], said["channel"]
