"""The site's page: the week at a glance, who is waited for, what changed, units side by side, workbooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from processor.model import INFO_EFFECTS, Text, say
from processor.report.pages import tally
from processor.report.pages.unit import change_row, change_table, waiting_table
from processor.report.pages.view import Badge, Chart, Figure, FileLink, Link, Mark, Section, Table, Value
from processor.report.pages.wording import EFFECTS, WORKBOOK_STATUSES
from processor.report.snapshot import Change, Line, Snapshot, Unit, WorkbookReport

_GLANCE = 12
_TREND = ("assign", "queue", "fine", "reward", "points", "flag")
_WEEKS = 8


def site_figures(snapshot: Snapshot) -> tuple[Figure, ...]:
    """The overview's numbers, each leading to the section that breaks it down."""
    page, lines, as_of = "index.html", snapshot.lines, snapshot.as_of
    fines = [line for line in lines if tally.is_penalty(line)]
    rewards = [line for line in lines if tally.is_reward(line)]
    open_lines = tally.count(lines, tally.waits)
    disputed = tally.count(lines, tally.is_disputed)
    issues = sum(len(book.issues) for book in snapshot.workbooks)
    queue, assign = tally.effect_is("queue"), tally.effect_is("assign")
    return (
        Figure(say("待确认"), open_lines, say("请在《待确认事项》中答复"), page, "waiting", bool(open_lines)),
        Figure(say("本批变化"), len(snapshot.changes), _change_counts(snapshot), page, "changes"),
        Figure(say("派单建议"), tally.count(lines, assign), None, page, "units"),
        Figure(say("排队"), tally.count(lines, queue), None, page, "units", tally.count(lines, queue) > 0),
        Figure(say("归属争议"), disputed, None, page, "units", disputed > 0),
        Figure(say("处罚"), tally.paid(fines), _count_and_week(fines, as_of), page, "units"),
        Figure(say("奖励"), tally.paid(rewards), _count_and_week(rewards, as_of), page, "units"),
        Figure(say("表格问题"), issues, _book_counts(snapshot), page, "workbooks", issues > 0),
    )


def site_sections(
    snapshot: Snapshot, unit_paths: Mapping[str, str], rejected_pages: Mapping[str, str]
) -> list[Section]:
    """Everything on the site's page, in the order in which a manager asks."""
    sections = [
        Section("waiting", say("等待确认"), (_waiting(snapshot, unit_paths),)),
        Section("changes", say("与上一批相比"), (_changes(snapshot, unit_paths),)),
        Section("units", say("各单位"), (_units(snapshot, unit_paths),)),
    ]
    trend = _trend(snapshot)
    if trend:
        sections.append(Section("trend", say("按周走势"), trend))
    return [*sections, Section("workbooks", say("本批表格"), (_workbooks(snapshot, rejected_pages),))]


def _change_counts(snapshot: Snapshot) -> Text:
    kinds = [change.kind for change in snapshot.changes]
    return say(
        "新增{added}，变更{changed}，撤回{gone}",
        added=kinds.count("added"),
        changed=kinds.count("changed"),
        gone=kinds.count("withdrawn"),
    )


def _count_and_week(lines: list[Line], as_of: date) -> Text:
    recent = tally.count(lines, lambda line: tally.within_week(line, as_of))
    return say("{n}条，近7天{recent}条", n=len(lines), recent=recent)


def _book_counts(snapshot: Snapshot) -> Text:
    rejected = sum(book.status == "rejected" for book in snapshot.workbooks)
    return say("{n}份表格，{rejected}份退回", n=len(snapshot.workbooks), rejected=rejected)


def _waiting(snapshot: Snapshot, unit_paths: Mapping[str, str]) -> Table:
    lines = sorted(filter(tally.waits, snapshot.lines), key=lambda line: line.decision.date)
    rest = len(lines) - _GLANCE
    note = say("等得最久的在前；其余{n}条见各单位页面。", n=rest) if rest > 0 else None
    return waiting_table(lines[:_GLANCE], unit_paths, note)


def _changes(snapshot: Snapshot, unit_paths: Mapping[str, str]) -> Table:
    ordered = sorted(snapshot.changes, key=_weight)
    rest = len(ordered) - _GLANCE
    note = say("其余{n}条见各单位页面。", n=rest) if rest > 0 else None
    return change_table([change_row(change, unit_paths) for change in ordered[:_GLANCE]], note)


def _weight(change: Change) -> tuple[bool, bool]:
    """Orders changes: what waits for somebody first, then money and points, then remarks."""
    line = change.new or change.old
    return (line is None or not tally.waits(line), line is None or line.decision.effect in INFO_EFFECTS)


def _units(snapshot: Snapshot, unit_paths: Mapping[str, str]) -> Table:
    headers = (
        say("单位"),
        say("派单建议"),
        say("排队"),
        say("归属争议"),
        say("待确认"),
        say("处罚"),
        say("奖励"),
        say("点数"),
        say("提示"),
        say("表格问题"),
    )
    rows = tuple(_unit_row(snapshot, unit, unit_paths[unit.name]) for unit in snapshot.units)
    return Table(say("各单位对照"), headers, rows)


def _unit_row(snapshot: Snapshot, unit: Unit, path: str) -> tuple[Value, ...]:
    lines = [line for line in snapshot.lines if line.decision.unit == unit.name]
    issues = sum(len(book.issues) for book in snapshot.workbooks if unit.name in book.units)
    penalties = [line for line in lines if tally.is_penalty(line)]
    rewards = [line for line in lines if tally.is_reward(line)]
    return (
        Link(unit.name, path),
        _counted(tally.count(lines, tally.effect_is("assign")), path, "dispatch"),
        _counted(tally.count(lines, tally.effect_is("queue")), path, "dispatch"),
        _counted(tally.count(lines, tally.is_disputed), path, "attribution"),
        _counted(tally.count(lines, tally.waits), path, "waiting"),
        Link(tally.paid(penalties), path, "money"),
        Link(tally.paid(rewards), path, "money"),
        Link(tally.points_of(lines) or "–", path, "money"),
        _counted(tally.count(lines, tally.effect_is("flag", "remind")), path),
        _counted(issues, path, "workbooks"),
    )


def _counted(number: int, path: str, anchor: str = "") -> Value:
    return Link(number, path, anchor) if number else 0


def _trend(snapshot: Snapshot) -> tuple[Chart, ...]:
    now: dict[str, int] = {}
    for line in snapshot.lines:
        now[line.decision.effect] = now.get(line.decision.effect, 0) + 1
    by_week: dict[tuple[int, int], tuple[str, Mapping[str, int]]] = {}
    for day, counts in {**snapshot.earlier_counts, snapshot.as_of.isoformat(): now}.items():
        by_week[date.fromisoformat(day).isocalendar()[:2]] = (day, counts)
    weeks = [by_week[week] for week in sorted(by_week)][-_WEEKS:]
    if len(weeks) < 2:
        return ()
    shown = [effect for effect in _TREND if any(counts.get(effect) for _, counts in weeks)]
    return tuple(_trend_chart(effect, weeks) for effect in shown)


def _trend_chart(effect: str, weeks: list[tuple[str, Mapping[str, int]]]) -> Chart:
    caption = say("{effect}：每周最后一批时的条数", effect=EFFECTS[effect])
    marks = tuple(Mark(day[5:], counts.get(effect, 0)) for day, counts in weeks)
    rows = tuple((day, counts.get(effect, 0)) for day, counts in weeks)
    return Chart("columns", caption, marks, Table(caption, (say("批次日期"), say("条数")), rows))


def _workbooks(snapshot: Snapshot, rejected_pages: Mapping[str, str]) -> Table:
    headers = (
        say("表格"),
        say("状态"),
        say("登记表"),
        say("行数"),
        say("新增"),
        say("变更"),
        say("消失"),
        say("问题"),
        say("结果"),
    )
    return Table(
        say("收到的表格"),
        headers,
        tuple(_workbook_row(book, rejected_pages) for book in snapshot.workbooks),
        note=say("“消失”是重交的表格里不再出现的行；它们仍然有效，请核对。"),
    )


def _workbook_row(book: WorkbookReport, rejected_pages: Mapping[str, str]) -> tuple[Value, ...]:
    kind = book.status
    result: Value = book.reason
    if book.annotated:
        result = FileLink(say("打开批注后的表格"), book.annotated)
    elif book.file in rejected_pages:
        result = FileLink(book.reason or say("退回说明"), rejected_pages[book.file])
    return (
        book.file,
        Badge(kind, WORKBOOK_STATUSES[kind]),
        "、".join(dict.fromkeys(register.title for register in book.registers)),
        sum(register.rows for register in book.registers),
        sum(register.new for register in book.registers),
        sum(register.changed for register in book.registers),
        sum(register.missing for register in book.registers) + len(book.gone_keys),
        len(book.issues),
        result,
    )
