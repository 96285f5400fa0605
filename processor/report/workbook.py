"""The annotated workbook: what became of each row, beside the row, in the workbook as staff delivered it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from processor.annotate import CannotAnnotate, Form, Link, Plan, SheetPlan, Summary, annotate, fresh
from processor.annotate.fresh import Value
from processor.decision import Decision
from processor.filenames import fitted
from processor.issue import Issue, Remark
from processor.model import PAID_STATUSES, Text, yuan
from processor.settle.forms import EFFECTIVE, REFUSED

TITLES = ("处理状态", "处理结果", "金额", "点数", "依据条款")
SUMMARY = "处理汇总"
NORMAL, JUDGED, WAITING, UNREADABLE, REPEATED = "正常", "已判定", "待确认", "无法读取", "重复"
LEGEND = (
    (NORMAL, "读取无误，没有需要说明的事"),
    (JUDGED, "已按规章判定，或有格子没有读懂，见“处理结果”"),
    (WAITING, "有建议或金额须经理确认，见待确认事项"),
    (UNREADABLE, "有单元格看不懂或对不上，整行没有计入，请按批注改正后再放入收件夹"),
    (EFFECTIVE, "答复已经生效，结果见“处理结果”"),
    (REFUSED, "答复没有采纳，原因见“处理结果”，请改正后再放入收件夹"),
    (REPEATED, "同一编号另有一行，内容相同，以最前一行为准"),
)
CANNOT = "处理结果"
Say = Callable[[Text | str], str]


@dataclass
class RegisterSheet:
    """One register sheet of a workbook: where it stands and what is known of its rows.

    columns: header -> column letter. decisions: row number -> the lines that judge it. mark_column: header of the cell
    that is marked where a decision names none. remarks: of cells that count all the same.
    """

    name: str
    title: str
    header_row: int
    columns: Mapping[str, str]
    mark_column: str
    rows: Sequence[int]
    unreadable: frozenset[int]
    repeated: frozenset[int]
    issues: Sequence[Issue]
    decisions: Mapping[int, Sequence[Decision]] = field(default_factory=dict)
    remarks: Sequence[Remark] = ()

    @cached_property
    def told(self) -> Mapping[int, list[str]]:
        """Row number -> what of the remarks stands in its 处理结果."""
        found: dict[int, list[str]] = {}
        for remark in self.remarks:
            if remark.told:
                found.setdefault(remark.row, []).append(remark.message)
        return found

    @cached_property
    def faulty(self) -> frozenset[int]:
        """The numbers of rows with a cell about which there is something to say, though the row counts."""
        return frozenset(issue.row for issue in self.issues) & frozenset(self.rows)

    form: bool = False
    answers: Mapping[int, tuple[str, Text | str]] = field(default_factory=dict)


def write_annotated(source: Path, target: Path, plan: Plan, say: Say) -> str:
    """Annotate a workbook; empty, or the Chinese reason why it could not be done and its results stand beside it, if any."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        annotate(source, target, plan)
    except CannotAnnotate as refusal:
        tables = results_only(plan, say)
        if tables:
            beside = target.with_name(fitted(f"{CANNOT} {target.stem}", ".xlsx"))
            fresh(beside, tables, Plan((), plan.summary and Summary(SUMMARY, _unlinked(plan.summary.rows))))
        target.write_bytes(source.read_bytes())
        return refusal.reason
    return ""


def write_fresh(target: Path, cells: Mapping[str, Sequence[Sequence[Value]]], plan: Plan) -> None:
    """What is no .xlsx comes back as one: the same cells, annotated."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh(target, cells, plan)


Row = tuple[str, str, str, str, str]


def plan_of(
    sheets: Sequence[RegisterSheet],
    heading: Sequence[tuple[str, str]],
    say: Say,
    forms: tuple[Form, ...] = (),
    gone: frozenset[str] = frozenset(),
) -> Plan:
    """All that the writer puts into the workbook. forms: sheets that ask something; gone: the names of sheets that were answered."""
    titles = tuple(say(title) for title in TITLES)
    tables = [results(sheet, say) for sheet in sheets]
    plans = tuple(_sheet_plan(sheet, titles, table, say) for sheet, table in zip(sheets, tables, strict=True))
    return Plan(plans, _summary(sheets, tables, heading, say), forms, gone)


def results(sheet: RegisterSheet, say: Say) -> dict[int, Row]:
    """The cells of the result columns by row number, in order."""
    complaints: dict[int, list[str]] = {}
    for issue in sheet.issues:
        complaints.setdefault(issue.row, []).append(say(issue.message))
    telling = {*sheet.unreadable, *sheet.repeated, *sheet.decisions, *sheet.told, *sheet.faulty, *sheet.answers}
    normal: Row = (say(NORMAL), "", "", "", "")
    return {
        row: _cells(sheet, row, complaints, say) if row in telling else normal
        for row in sorted({*sheet.rows, *sheet.unreadable})
    }


def _sheet_plan(sheet: RegisterSheet, titles: tuple[str, ...], table: Mapping[int, Row], say: Say) -> SheetPlan:
    notes: dict[str, list[str]] = {}
    marks: dict[str, str] = {}
    for row, lines in sheet.decisions.items():
        for line in lines:
            letter = sheet.columns.get(line.column) or sheet.columns.get(sheet.mark_column)
            if letter is None:
                continue
            cell = f"{letter}{row}"
            notes.setdefault(cell, []).append(f"{line.clause}：{say(line.text)}")
            mark = "warning" if line.waits else "judged"
            if marks.get(cell) != "warning":
                marks[cell] = mark
    for remark in sheet.remarks:
        notes.setdefault(remark.cell, []).insert(0, say(remark.message))
        if remark.warning:
            marks[remark.cell] = "warning"
    for issue in sheet.issues:
        notes.setdefault(issue.cell, []).insert(0, say(issue.message))
        marks[issue.cell] = "error"
    joined = {cell: "\n".join(dict.fromkeys(texts)) for cell, texts in notes.items()}
    return SheetPlan(sheet.name, sheet.header_row, titles, table, joined, marks)


def status_of(sheet: RegisterSheet, row: int) -> str:
    """The row's 处理状态."""
    if row in sheet.answers:
        return sheet.answers[row][0]
    if row in sheet.unreadable:
        return REFUSED if sheet.form else UNREADABLE
    if row in sheet.repeated:
        return REPEATED
    lines = sheet.decisions.get(row, ())
    if any(line.waits for line in lines):
        return WAITING
    return JUDGED if lines or row in sheet.told or row in sheet.faulty else NORMAL


def _cells(sheet: RegisterSheet, row: int, complaints: Mapping[int, list[str]], say: Say) -> Row:
    status = status_of(sheet, row)
    if row in sheet.answers:
        return say(status), say(sheet.answers[row][1]), "", "", ""
    if status == REFUSED:
        return (
            say(status),
            "\n".join(f"{say('未采纳：')}{why}" for why in dict.fromkeys(complaints.get(row, []))),
            "",
            "",
            "",
        )
    if status in (UNREADABLE, REPEATED):
        return say(status), "\n".join(dict.fromkeys(complaints.get(row, []))), "", "", ""
    lines, faults = sheet.decisions.get(row, ()), dict.fromkeys(complaints.get(row, ()))
    paid = [line for line in lines if line.status in PAID_STATUSES]
    amounts = [line.amount for line in paid if line.amount is not None]
    return (
        say(status),
        "\n".join([*(_result(line, say) for line in lines), *map(say, sheet.told.get(row, ())), *faults]),
        yuan(sum(amounts)) if amounts else "",
        "、".join(line.points for line in paid if line.points),
        "、".join(dict.fromkeys(line.clause for line in lines)),
    )


def _result(line: Decision, say: Say) -> str:
    return f"{say(line.text)}（{say('已撤销')}）" if line.status == "revoked" else say(line.text)


def _summary(
    sheets: Sequence[RegisterSheet], tables: Sequence[Mapping[int, Row]], heading: Sequence[tuple[str, str]], say: Say
) -> Summary:
    rows: list[list[str | Link]] = [[say(name), value] for name, value in heading]
    rows += [[], [say(text) for text in ("工作表", "登记表", "状态", "行数")]]
    for sheet, table in zip(sheets, tables, strict=True):
        counts = Counter(cells[0] for cells in table.values())
        states = [say(status) for status, _ in LEGEND]
        rows += [[sheet.name, sheet.title, state, str(counts[state])] for state in states if state in counts]
    rows += [[], [say("状态"), say("含义")]]
    rows += [[say(status), say(meaning)] for status, meaning in LEGEND]
    rows += [[], [say(text) for text in ("位置", "状态", "处理结果")]]
    normal = say(NORMAL)
    for sheet, table in zip(sheets, tables, strict=True):
        for row, cells in table.items():
            if cells[0] != normal:
                rows.append([Link(f"{sheet.name} {row}", sheet.name, f"A{row}"), cells[0], cells[1]])
        for issue in sheet.issues:
            if issue.row not in sheet.unreadable and issue.row not in sheet.faulty:
                rows.append(
                    [Link(f"{sheet.name} {issue.cell}", sheet.name, issue.cell), say("提示"), say(issue.message)]
                )
    return Summary(say(SUMMARY), rows)


def _unlinked(rows: Iterable[Sequence[str | Link]]) -> list[list[str | Link]]:
    return [[cell.text if isinstance(cell, Link) else cell for cell in row] for row in rows]


def results_only(plan: Plan, say: Say) -> dict[str, list[list[Value]]]:
    """The result columns by themselves, with the row numbers of the untouched original beside."""
    found: dict[str, list[list[Value]]] = {}
    for sheet in plan.sheets:
        table: list[list[Value]] = [[say("行号"), *sheet.columns]]
        table += [[str(row), *cells] for row, cells in sheet.rows.items()]
        found[sheet.name] = table
    return found
