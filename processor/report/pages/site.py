"""The site's page: what has to be done everywhere, the month in figures, units side by side, workbooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from processor.model import Text, say
from processor.report.pages import measures
from processor.report.pages.cards import NOT_KNOWN
from processor.report.pages.measures import Tally
from processor.report.pages.quality import quality_fold
from processor.report.pages.unit import HOW_TO_CONFIRM, keys_of
from processor.report.pages.view import (
    Badge,
    Bar,
    Family,
    FileLink,
    Fold,
    Keys,
    Link,
    Money,
    Picture,
    Row,
    Table,
    Value,
)
from processor.report.pages.wording import WORKBOOK_STATUSES, family_title
from processor.report.snapshot import Snapshot, WorkbookReport


def site_families(snapshot: Snapshot) -> tuple[Family, ...]:
    """For each kind of clause how many decisions that still stand each unit has."""
    by_family: dict[str, Counter[tuple[str, Keys]]] = {}
    for line in snapshot.lines:
        if line.decision.status != "revoked":
            by_family.setdefault(line.decision.family, Counter())[line.decision.unit, keys_of(line)] += 1
    return tuple(
        Family(
            id=family,
            title=family_title(family),
            picture=Picture(say("各单位的决定数"), tuple(Bar(unit, n, keys) for (unit, keys), n in counts.items())),
            tables=(),
            lines=(),
        )
        for family, counts in sorted(by_family.items(), key=lambda item: (-item[1].total(), item[0]))
    )


UNIT_MARKS: Mapping[str, Text] = {
    "w": say("待确认"),
    "d": say("归属争议"),
    "f": say("处罚"),
    "r": say("奖励"),
    "g": say("派单建议"),
    "q": say("排队"),
    "t": say("提示和提醒"),
    "a": say("全部决定"),
}
"""Mark of a measure -> its column in the table of units."""


def units_table(
    snapshot: Snapshot,
    unsure: Mapping[str, Text | None],
    unit_paths: Mapping[str, str],
    found: Sequence[Tally],
    month: str,
) -> Table:
    """Units side by side in a month. unsure: unit -> what of it could not be read; such a unit shows no zero."""
    headers = (say("单位"), say("没有读进来的"), *UNIT_MARKS.values())
    rows = []
    for unit in snapshot.units:
        missing = unsure[unit.name]
        here = [tally for tally in found if tally.unit == unit.name and tally.month == month]
        figures = (_figure(here, mark, missing is not None) for mark in UNIT_MARKS)
        rows.append((Link(unit.name, unit_paths[unit.name]), missing, *figures))
    note = say("“–”：有没读进来的行，还不能判定。") if any(unsure.values()) else None
    return Table(say("各单位对照"), headers, tuple(rows), note)


def _figure(here: Sequence[Tally], mark: str, is_unsure: bool) -> Value:
    chosen = [tally for tally in here if mark in tally.marks]
    if is_unsure and not chosen:
        return NOT_KNOWN
    return Money(sum(t.fen for t in chosen)) if mark in "fr" else sum(t.count for t in chosen)


def site_folds(snapshot: Snapshot, rejected_pages: Mapping[str, str]) -> tuple[Fold, ...]:
    """The closed parts of the site's page."""
    waiting = measures.count(snapshot.lines, measures.waits)
    return (
        Fold("waiting", say("等待确认"), intro=HOW_TO_CONFIRM, shows="waiting", count=waiting),
        Fold("changes", say("与上一批相比"), _amended(snapshot), shows="changes", count=len(snapshot.changes)),
        quality_fold(snapshot, "", (_workbooks(snapshot, rejected_pages),)),
    )


def _amended(snapshot: Snapshot) -> tuple[Table, ...]:
    """What newer rule packs brought, a row for each line that changed because of it."""
    if not snapshot.amended:
        return ()
    stands = {line.decision.decision_id for line in snapshot.lines}
    rows = tuple(
        (
            entry.clause,
            entry.pack,
            entry.what,
            entry.since,
            Row(id, id) if id in stands else id or say("没有决定因此变化"),
        )
        for entry in snapshot.amended
        for id in entry.lines or ("",)
    )
    headers = (say("条款"), say("规则包"), say("改了什么"), say("自何日起"), say("因此变化的决定"))
    return (Table(say("规则包更新"), headers, rows),)


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
        say("本批收到的表格"),
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
