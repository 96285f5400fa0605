"""A unit's page: what waits, what changed, one section a family, workbooks with their issues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from processor.model import Text, say
from processor.report.pages import tally
from processor.report.pages.masking import mask_cell
from processor.report.pages.panels import PANELS
from processor.report.pages.panels.money import money_section
from processor.report.pages.panels.reminders import reminder_section
from processor.report.pages.view import Badge, Decisions, Figure, FileLink, Money, Part, Row, Section, Table, Value
from processor.report.pages.wording import CHANGES, EFFECTS, family_title, status_badge
from processor.report.snapshot import Change, Line, Snapshot, Unit, WorkbookReport


def unit_figures(snapshot: Snapshot, lines: Sequence[Line], path: str) -> tuple[Figure, ...]:
    """The numbers above a unit's or a person's page; those that lead nowhere on a person's page lead to its list."""
    is_person = "/people/" in path
    money, waiting = ("decisions", "decisions") if is_person else ("money", "waiting")
    penalties = [line for line in lines if tally.is_penalty(line)]
    rewards = [line for line in lines if tally.is_reward(line)]
    open_lines = tally.count(lines, tally.waits)
    as_of = snapshot.as_of
    return (
        Figure(say("待确认"), open_lines, None, path, waiting, open_lines > 0),
        Figure(say("处罚"), tally.paid(penalties), tally.week_detail(lines, tally.is_penalty, as_of), path, money),
        Figure(say("奖励"), tally.paid(rewards), tally.week_detail(lines, tally.is_reward, as_of), path, money),
        Figure(say("点数"), tally.points_of(lines) or "–", None, path, money),
        Figure(say("全部决定"), len(lines)),
    )


def unit_sections(
    snapshot: Snapshot, unit: Unit, lines: Sequence[Line], people: Mapping[tuple[str, str], str]
) -> list[Section]:
    """All sections of a unit's page, in the order in which they are read."""
    waiting = sorted(filter(tally.waits, lines), key=lambda line: line.decision.date)
    changes = [change for change in snapshot.changes if _unit_of(change) == unit.name]
    sections = [
        Section("waiting", say("等待确认"), (waiting_table(waiting, {}, None),), _HOW_TO_CONFIRM),
        Section("changes", say("与上一批相比"), (change_table([change_row(change, {}) for change in changes], None),)),
        *reminder_section(snapshot, unit),
        money_section(lines, people),
    ]
    books = [book for book in snapshot.workbooks if unit.name in book.units]
    return [*sections, *_families(snapshot, unit, lines), _workbooks(books)]


_HOW_TO_CONFIRM = say("经理在《待确认事项》工作簿的“决定”一栏填写确认、撤销或改为，填好放回收件箱，下一批生效。")


def _families(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> list[Section]:
    by_family: dict[str, list[Line]] = {}
    for pack in unit.packs:
        for clause in pack.clauses.values():
            by_family.setdefault(clause.family, [])
    for line in lines:
        by_family.setdefault(line.decision.family, []).append(line)
    order = [*(family for family in PANELS if family in by_family), *(f for f in by_family if f not in PANELS)]
    sections = []
    for family in order:
        panels = PANELS[family](snapshot, unit, by_family[family]) if family in PANELS else ()
        section = _family(family, panels, by_family[family])
        if section.parts:
            sections.append(section)
    return sections


def _family(family: str, panels: Sequence[Part], lines: Sequence[Line]) -> Section:
    title = family_title(family)
    ordered = sorted(lines, key=lambda line: (not tally.waits(line), -line.decision.date.toordinal()))
    decisions = (Decisions(say("{family}：决定与提示", family=title), tuple(ordered)),) if ordered else ()
    return Section(family, title, (*panels, *decisions))


def waiting_table(lines: Sequence[Line], unit_paths: Mapping[str, str], note: Text | None) -> Table:
    """What a manager has to answer; with the unit where unit_paths names several."""
    headers: tuple[Value, ...] = (
        say("日期"),
        say("员工"),
        say("事项"),
        say("建议"),
        say("金额"),
        say("状态"),
        say("决定编号"),
    )
    rows = [_waiting_row(line) for line in lines]
    if unit_paths:
        headers = (say("单位"), *headers)
        rows = [(line.decision.unit, *row) for line, row in zip(lines, rows, strict=True)]
    return Table(say("等待经理答复的事项"), headers, tuple(rows), note)


def _waiting_row(line: Line) -> tuple[Value, ...]:
    decision = line.decision
    return (
        decision.date,
        f"{decision.staff_name} {decision.staff_no}".strip(),
        decision.text,
        EFFECTS[decision.effect],
        None if decision.amount is None else Money(decision.amount),
        status_badge(decision.status),
        Row(decision.decision_id, decision.decision_id),
    )


def change_table(rows: Sequence[tuple[Value, ...]], note: Text | None) -> Table:
    """What this batch added, changed or withdrew."""
    headers = (say("变化"), say("单位"), say("员工"), say("事项"), say("原来"), say("现在"), say("决定编号"))
    return Table(say("本批新增、变更和撤回的决定"), headers, tuple(rows), note)


def change_row(change: Change, unit_paths: Mapping[str, str]) -> tuple[Value, ...]:
    """One change as a row of `change_table`."""
    line = change.new or change.old
    assert line is not None, "a change has an old or a new line"
    decision = line.decision
    return (
        Badge(change.kind, CHANGES[change.kind]),
        decision.unit,
        f"{decision.staff_name} {decision.staff_no}".strip(),
        decision.text,
        _state(change.old),
        _state(change.new),
        Row(decision.decision_id, decision.decision_id),
    )


def _state(line: Line | None) -> Value:
    if line is None:
        return "–"
    decision = line.decision
    if decision.amount is not None:
        return Money(decision.amount)
    return decision.points or status_badge(decision.status)


def _unit_of(change: Change) -> str:
    line = change.new or change.old
    return line.decision.unit if line else ""


def _workbooks(books: Sequence[WorkbookReport]) -> Section:
    headers = (say("位置"), say("列"), say("填的是"), say("应为"), say("说明"))
    tables: list[Part] = []
    for book in books:
        missing = [*book.gone_keys, *(key for register in book.registers for key in register.missing_keys)]
        rows = tuple(
            (
                f"{issue.sheet}!{issue.cell}",
                issue.header,
                mask_cell(issue.header, issue.found),
                issue.expected,
                mask_cell(issue.header, issue.message),
            )
            for issue in book.issues
        )
        if rows:
            tables.append(Table(say("{file}：无法读取或需要核对的单元格", file=book.file), headers, rows))
        if missing:
            gone = tuple((key,) for key in missing)
            tables.append(Table(say("{file}：重交后不再出现的行", file=book.file), (say("编号"),), gone))
    listed = Table(
        say("本单位的表格"),
        (say("表格"), say("行数"), say("问题"), say("批注后的表格")),
        tuple(
            (
                book.file,
                sum(register.rows for register in book.registers),
                len(book.issues),
                FileLink(say("打开"), book.annotated) if book.annotated else "–",
            )
            for book in books
        ),
    )
    return Section("workbooks", say("表格与数据问题"), (listed, *tables))
