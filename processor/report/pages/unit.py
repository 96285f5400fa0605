"""A unit's page: what has to be done, the month in figures, one picture a family, and all that lies behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from processor.model import say
from processor.report.pages import measures
from processor.report.pages.masking import mask_cell
from processor.report.pages.panels import PANELS, panel_of
from processor.report.pages.panels.money import money_table
from processor.report.pages.panels.reminders import reminder_fold
from processor.report.pages.quality import quality_fold
from processor.report.pages.view import Bar, Family, FileLink, Fold, Keys, Picture, Table
from processor.report.pages.wording import family_title
from processor.report.snapshot import Change, Line, Snapshot, Unit, WorkbookReport

HOW_TO_CONFIRM = say("经理在《待确认事项》工作簿的“决定”一栏填写确认、撤销或改为，填好放回收件箱，下一批生效。")


def families(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> tuple[Family, ...]:
    """The unit's kinds of clauses that have something to show, those with a panel of their own first."""
    by_family: dict[str, list[Line]] = {}
    for pack in unit.packs:
        for clause in pack.clauses.values():
            by_family.setdefault(clause.family, [])
    for line in lines:
        by_family.setdefault(line.decision.family, []).append(line)
    order = [*(family for family in PANELS if family in by_family), *(f for f in by_family if f not in PANELS)]
    shown = (_family(snapshot, unit, family, by_family[family]) for family in order)
    return tuple(family for family in shown if family.lines or family.tables)


def _family(snapshot: Snapshot, unit: Unit, family: str, lines: Sequence[Line]) -> Family:
    panel = panel_of(snapshot, unit, family, lines)
    ordered = sorted(lines, key=lambda line: (not measures.waits(line), -line.decision.date.toordinal()))
    return Family(
        id=family,
        title=family_title(family),
        picture=panel.picture or by_clause(snapshot, lines),
        tables=panel.tables,
        lines=tuple(ordered),
    )


def by_clause(snapshot: Snapshot, lines: Iterable[Line]) -> Picture:
    """How many decisions that still stand each clause has."""
    standing = Counter(keys_of(line) for line in lines if line.decision.status != "revoked")
    return Picture(
        say("各条款的决定数"), tuple(Bar(_clause(snapshot, keys.clause or ""), n, keys) for keys, n in standing.items())
    )


def _clause(snapshot: Snapshot, id: str) -> str:
    clause = snapshot.clauses.get(id)
    return f"{clause.title} {clause.id}" if clause else id


def keys_of(line: Line) -> Keys:
    """What the bar on top filters a decision by."""
    d = line.decision
    return Keys(d.period, d.staff_no, d.clause, d.status)


def unit_folds(
    snapshot: Snapshot, unit: Unit, lines: Sequence[Line], people: Mapping[tuple[str, str], str]
) -> tuple[Fold, ...]:
    """The closed parts of a unit's page, in the order in which they are read."""
    waiting = measures.count(lines, measures.waits)
    changes = snapshot.changes_by_unit[unit.name]
    alone = len(snapshot.units) == 1  # there is no other unit from which to keep anything
    own = [book for book in snapshot.workbooks if unit.name in book.units]
    books = [book if alone else book.of_unit(unit.name) for book in own]
    return (
        Fold("waiting", say("等待确认"), intro=HOW_TO_CONFIRM, shows="waiting", count=waiting),
        *reminder_fold(snapshot, unit, lines),
        Fold("changes", say("与上一批相比"), shows="changes", count=len(changes)),
        Fold("money", say("奖惩（按员工）"), (money_table(lines, people),)),
        quality_fold(snapshot, unit.name, _workbooks(books)),
    )


def gone_of(changes: Iterable[Change]) -> list[Line]:
    """The lines that changes withdrew."""
    return [change.old for change in changes if change.new is None and change.old is not None]


_LISTED = 200


def _workbooks(books: Sequence[WorkbookReport]) -> tuple[Table, ...]:
    headers = (say("位置"), say("列"), say("填的是"), say("应为"), say("说明"))
    tables: list[Table] = []
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
            for issue in book.issues[:_LISTED]
        )
        if rows:
            more = len(book.issues) - len(rows)
            note = say("其余{n}格见批注后的表格。", n=more) if more > 0 else None
            tables.append(Table(say("{file}：无法读取或需要核对的单元格", file=book.file), headers, rows, note))
        if missing:
            gone = tuple((key,) for key in missing)
            tables.append(Table(say("{file}：重交后不再出现的行", file=book.file), (say("编号"),), gone))
    listed = Table(
        say("本批交来的表格"),
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
    return (listed, *tables) if books else ()
