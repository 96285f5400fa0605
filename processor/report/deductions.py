"""The deduction sheet of a month for HR: 明细, 汇总, 控制, and a CSV of the details beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from processor.filenames import whole
from processor.model import yuan
from processor.report.names import EFFECTS, STATUSES
from processor.report.tables import Sheet, money, write_csv, write_workbook
from processor.settle.settlement import PaySheet
from processor.settle.sheet import Entry

DETAIL = (
    "期间",
    "工号",
    "姓名",
    "门店",
    "部门",
    "项目编码",
    "项目名称",
    "金额",
    "点数",
    "条款编号",
    "事由",
    "决定编号",
    "状态",
)
SUMMARY = ("工号", "姓名", "扣款", "奖励", "实际", "结转", "未扣余额")
CONTROL = ("项目", "值")
REASON = "原因"
WIDTHS = (10, 10, 10, 14, 12, 16, 14, 12, 8, 12, 60, 24, 10)


def write_month(folder: Path, sheet: PaySheet) -> None:
    """`YYYY-MM.xlsx` and `YYYY-MM.csv`, complete or not at all, whoever writes them too."""
    with whole(folder / f"{sheet.period}.xlsx") as part:
        _write(part.parent, sheet)


def _write(folder: Path, sheet: PaySheet) -> None:
    period, lines, books = sheet.period, sheet.lines, sheet.books
    out = [entry for entry, _ in sheet.held]
    control = (
        ("行数", len(lines)),
        ("扣款", money(sum(book.deducted for book in books))),
        ("奖励", money(sum(book.rewarded for book in books))),
        ("结转", money(sum(book.carried for book in books))),
        ("合计", money(sum(book.net for book in books))),
        ("期间", period),
        ("未列入行数", len(out)),
        ("未列入金额", money(sum(entry.amount or 0 for entry in out))),
        ("限额未核人数", len(sheet.unchecked)),
        *sheet.remarks,
        ("规则版本", sheet.versions),
        ("批次", sheet.run),
    )
    totals = (
        (
            b.staff_no,
            b.name,
            money(b.deducted),
            money(b.rewarded),
            money(b.net),
            money(b.carried),
            money(b.stranded),
        )
        for b in books
    )
    held = [[*cells, reason] for cells, (_, reason) in zip(_cells(out), sheet.held, strict=True)]
    write_workbook(
        folder / f"{period}.xlsx",
        [
            Sheet("明细", DETAIL, _cells(lines), WIDTHS),
            Sheet("汇总", SUMMARY, totals),
            Sheet("控制", CONTROL, control, (14, 60)),
            Sheet("未列入", (*DETAIL, REASON), held, (*WIDTHS, 44)),
        ],
    )
    write_csv(
        folder / f"{period}.csv",
        DETAIL,
        ([*row[:7], yuan(line.amount), *row[8:]] for row, line in zip(_cells(lines), lines, strict=True)),
    )


def _cells(lines: Sequence[Entry]) -> Iterator[list]:
    for e in lines:
        yield [
            e.period,
            e.staff_no,
            e.name,
            e.unit,
            e.department,
            e.code,
            EFFECTS.get(e.code, e.code),
            money(e.amount),
            e.points,
            e.clause,
            e.reason,
            e.decision_id,
            STATUSES[e.status],
        ]
