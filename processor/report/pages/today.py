"""今天要办: what waits for somebody, the most urgent first, each with its number, who acts, until when, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from processor.model import Text, joined, say
from processor.report.pages import measures
from processor.report.pages.page import Page
from processor.report.pages.view import ToDo
from processor.report.snapshot import TASK_KINDS, Delivered, Snapshot, Task, unit_of_file

LONGEST = 10
_UNITS_OF: Mapping[str, Text] = {
    "unread": say("{n}行"),
    "cells": say("{n}格"),
    "rejected": say("{n}份"),
    "asked": say("{n}份"),
    "closable": say("{n}个月"),
    "sealed": say("{n}个月"),
}
_PLAIN = say("{n}件")
_GRAVE = frozenset({"unread", "rejected"})
_WHOLE_BOOKS = frozenset({"rejected", "asked"})
_OF_BOOKS = _WHOLE_BOOKS | {"unread", "cells"}
_FILLER, _MANAGER, _ADMIN, _STAFF = say("填表人"), say("经理"), say("管理员"), say("经办人")


def tasks_of(snapshot: Snapshot, rejected_pages: Mapping[str, str]) -> list[Task]:
    """Every task of the site: those that others noted, and what the lines and workbooks tell by themselves.

    rejected_pages: delivered file -> its page in the rejected folder, relative to the site's folder.
    """
    found = [*snapshot.tasks]
    told = {(task.kind, task.unit) for task in found}
    units = [unit.name for unit in snapshot.units]
    own = [
        *_unread(snapshot, units),
        *_cells(snapshot, units),
        *_rejected(snapshot, units, rejected_pages),
        *(task for unit in units for task in _open(snapshot, unit)),
        *_closable(snapshot),
    ]
    return [*found, *(task for task in own if (task.kind, task.unit) not in told)]


def blind(snapshot: Snapshot, unit: str) -> int:
    """How many rows of the unit could not be read and are still missing; for the whole site where unit is empty."""
    return sum(book.unreadable for book in snapshot.delivered if not unit or unit in book.units)


def not_read(snapshot: Snapshot, tasks: Iterable[Task], unit: str) -> Text | None:
    """What of the unit (or the site) could not be read, so that no zero of it is sure; None where all was."""
    rows = blind(snapshot, unit)
    books = sum(task.number for task in tasks if task.kind in _WHOLE_BOOKS and (not unit or task.unit == unit))
    said = [
        *([say("{n}行读不出来", n=rows)] if rows else []),
        *([say("{n}份表格没有读全", n=books)] if books else []),
    ]
    return joined(said, "、") if said else None


def listed(
    snapshot: Snapshot, tasks: Iterable[Task], page: Page, unit: str, unit_paths: Mapping[str, str]
) -> list[ToDo]:
    """The lines of a unit's page, or of the site's where unit is empty; there one kind of several units is one line."""
    mine = [task for task in tasks if not unit or task.unit == unit]
    groups: dict[tuple[object, ...], list[Task]] = {}
    for task in mine:
        key = (task.kind,) if task.kind in _TOGETHER else (task.kind, task.unit, str(task.text), task.file)
        groups.setdefault(key, []).append(task)
    ordered = sorted(groups.values(), key=_urgency)
    shown = ordered if len(ordered) <= LONGEST else ordered[: LONGEST - 1]
    todos = [_todo(snapshot, group, page, unit, unit_paths) for group in shown]
    if len(shown) < len(ordered):
        rest = sum(task.number for group in ordered[len(shown) :] for task in group)
        todos.append(ToDo(say("{n}件", n=rest), say("其余事项见下面各处"), "", say(""), "#waiting"))
    return todos


def _urgency(group: Sequence[Task]) -> tuple[int, date, int]:
    first = group[0]
    return TASK_KINDS.index(first.kind), min(task.until or date.max for task in group), -sum(t.number for t in group)


def _todo(snapshot: Snapshot, group: Sequence[Task], page: Page, unit: str, unit_paths: Mapping[str, str]) -> ToDo:
    first = group[0]
    count = sum(task.number for task in group)
    if first.kind == "unread" and len(group) > 1:
        count = sum(book.unreadable for book in _books(snapshot, [task.unit for task in group]))
    number = Text(_UNITS_OF.get(first.kind, _PLAIN).template, {"n": count})
    until = min((task.until for task in group if task.until), default=None)
    what = first.text
    if len(group) > 1:
        what = _of_several(_SHORT[first.kind], group, unit)
    elif not unit and first.unit:
        what = say("{unit}：{what}", unit=first.unit, what=first.text)
    if first.file and len(group) == 1:
        href = page.file(first.file)
    elif len(group) == 1 and first.unit and first.unit != unit:
        href = page.to(unit_paths[first.unit], first.section)
    else:
        href = page.to(page.path, first.section or ("quality" if first.kind in _OF_BOOKS else "waiting"))
    detail = _share(snapshot, [task.unit for task in group]) if first.kind == "unread" else None
    return ToDo(
        number=number,
        what=what,
        who=first.who,
        until=say("{day}前", day=until.isoformat()) if until else say("尽快"),
        href=href,
        grave=first.kind in _GRAVE,
        detail=detail,
    )


def _of_several(what: Text, group: Sequence[Task], unit: str) -> Text:
    """One line for tasks of a kind; on the site's page with the units that have most of them."""
    counts: Counter[str] = Counter()
    for task in group:
        counts[task.unit] += task.number
    named = [say("{unit}{n}", unit=name, n=count) for name, count in counts.most_common() if name]
    if unit or not named:
        return what
    more = say("等") if len(named) > _NAMED else say("")
    return say("{what}（{units}{more}）", what=what, units=joined(named[:_NAMED], "、"), more=more)


_NAMED = 4
_SHORT: Mapping[str, Text] = {
    "unchecked": say("没有登记月工资，扣款限额未核"),
    "unread": say("读不出来，没有计入，要改好重交"),
    "cells": say("读不出来或要核对，要改好重交"),
    "rejected": say("表格被退回，要改好重交"),
    "asked": say("表格的表头看不准，请在发回的表格里填好对照，再放回收件箱"),
    "disputed": say("客户归属有争议，要经理裁定"),
    "waiting": say("等经理确认、撤销或改为"),
    "overdue": say("提醒已经逾期，还没有办"),
    "appeal": say("申诉还没有处理"),
    "notice": say("通知书还没有送达"),
    "proposal": say("规则提案等经理批准"),
}


#: Several tasks of these kinds are one line.
_TOGETHER = frozenset(_SHORT)


def _share(snapshot: Snapshot, units: Sequence[str]) -> Text | None:
    books = _books(snapshot, units)
    rows = sum(book.rows for book in books)
    if not rows:
        return None
    counted = rows - sum(book.unreadable for book in books)
    return say("交来{rows}行，计入{counted}行，占{share}%", rows=rows, counted=counted, share=_percent(counted, rows))


def _books(snapshot: Snapshot, units: Sequence[str]) -> list[Delivered]:
    """The workbooks of these units, each once; an empty unit stands for what belongs to none."""
    known = {unit.name for unit in snapshot.units}
    return [
        book
        for book in snapshot.delivered
        if set(book.units) & set(units) or ("" in units and not set(book.units) & known)
    ]


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole
    return f"{min(share, 99.9):.1f}" if part < whole else "100"


def _unread(snapshot: Snapshot, units: Sequence[str]) -> list[Task]:
    found = []
    for unit in [*units, ""]:
        books = [book for book in snapshot.delivered if book.unreadable and _is_of(book, unit, units)]
        lost = sum(book.unreadable for book in books)
        if lost:
            names = say("《{name}》", name="》《".join(dict.fromkeys(book.register for book in books)))
            text = say("{books}里读不出来，没有计入，要改好重交", books=names)
            found.append(Task("unread", unit, lost, text, _FILLER, snapshot.as_of, "quality"))
    return found


def _cells(snapshot: Snapshot, units: Sequence[str]) -> list[Task]:
    """Cells that could not be read, or need a look, in workbooks of which all rows count."""
    found = []
    for unit in [*units, ""]:
        books = [
            book for book in snapshot.delivered if not book.unreadable and book.faults and _is_of(book, unit, units)
        ]
        lost = sum(count for book in books for count, _ in book.faults.values())
        if lost:
            names = say("《{name}》", name="》《".join(dict.fromkeys(book.register for book in books)))
            text = say("{books}里读不出来或要核对，要改好重交", books=names)
            found.append(Task("cells", unit, lost, text, _FILLER, snapshot.as_of, "quality"))
    return found


def _is_of(book: Delivered, unit: str, units: Sequence[str]) -> bool:
    return unit in book.units if unit else not set(book.units) & set(units)


def _rejected(snapshot: Snapshot, units: Sequence[str], pages: Mapping[str, str]) -> list[Task]:
    return [
        Task(
            "rejected",
            unit_of_file(book.file, units),
            1,
            say("《{file}》被退回：{reason}", file=book.file, reason=book.reason),
            _FILLER,
            snapshot.as_of,
            "quality",
            pages.get(book.file, ""),
        )
        for book in snapshot.workbooks
        if book.status == "rejected"
    ]


def _open(snapshot: Snapshot, unit: str) -> list[Task]:
    lines = snapshot.lines_by_unit[unit]
    disputed = measures.count(lines, measures.is_disputed)
    waiting = measures.count(lines, measures.waits) - disputed
    overdue = [
        reminder
        for reminder in snapshot.reminders
        if reminder.decision.unit == unit and reminder.tick is None and reminder.days_over
    ]
    found = []
    month_end = _next_month(snapshot.as_of)
    if disputed:
        found.append(Task("disputed", unit, disputed, _SHORT["disputed"], _MANAGER, month_end, "waiting"))
    if waiting:
        found.append(Task("waiting", unit, waiting, _SHORT["waiting"], _MANAGER, month_end, "waiting"))
    if overdue:
        text = say("提醒已经逾期，最久的{n}天", n=max(reminder.days_over or 0 for reminder in overdue))
        found.append(Task("overdue", unit, len(overdue), text, _STAFF, snapshot.as_of, "reminders"))
    return found


def _next_month(day: date) -> date:
    """The first day of the next month: until then the month's questions should be answered."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _closable(snapshot: Snapshot) -> list[Task]:
    this_month = snapshot.as_of.isoformat()[:7]
    over = sorted(
        {
            line.decision.period
            for line in snapshot.lines
            if line.decision.period < this_month and (line.decision.paid or measures.waits(line))
        }
    )
    if not over:
        return []
    still = {line.decision.period for line in snapshot.lines if measures.waits(line)}
    months = joined([say("{month}", month=month) for month in over], "、")
    text = say("{months}已经过完，可以结账", months=months)
    if still & set(over):
        text = say("{months}已经过完，答复完待确认事项就可以结账", months=months)
    return [Task("closable", "", len(over), text, _ADMIN, None, "units")]
