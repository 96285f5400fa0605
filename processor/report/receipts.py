"""送达登记表.xlsx: the notices of the open months, filled where known; filled further and dropped back it registers receipts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from processor.ledger.notices import Notice
from processor.model import yuan
from processor.report.notices import FOLDER, total_points, unit_folder
from processor.report.tables import Sheet, write_workbook
from processor.settle.notices import Group, Notices
from processor.settle.settlement import Settlement

TITLE = "送达登记表"
HEADER = (
    "通知编号",
    "期间",
    "工号",
    "姓名",
    "门店",
    "金额",
    "点数",
    "送达日期",
    "送达方式",
    "员工意见",
    "经办人工号",
    "备注",
)
Row = tuple[str, ...]
WIDTHS = (20, 10, 10, 12, 14, 12, 12, 12, 10, 10, 14, 24)
WAYS = ("当面", "微信", "邮件", "邮寄")
OPINIONS = ("认可", "异议", "拒签", "未返回")


def receipt_tables(settlement: Settlement, name_of: Callable[[Notice], str]) -> dict[str, list[Row]]:
    """Path below the outbox -> rows: of all notices that can still be delivered, and of each month and unit beside its notices."""
    notices = settlement.notices
    standing: dict[Group, list[Notice]] = {}
    for notice in notices.standing:
        standing.setdefault(notices.group(notice), []).append(notice)
    own: dict[tuple[str, str], set[Group]] = {}
    for month, notice in settlement.handed_over:
        own.setdefault((month, notice.unit), set()).add(notices.group(notice))
    tables = {f"{TITLE}.xlsx": [_row(notice, notices, name_of) for notice in settlement.listed]}
    for (month, unit), groups in sorted(own.items()):
        place = f"{FOLDER}/{month}/{unit_folder(unit)}/{TITLE}.xlsx"
        tables[place] = [
            _row(notice, notices, name_of) for group in sorted(groups) for notice in standing.get(group, ())
        ]
    return tables


def write_receipts(path: Path, rows: Iterable[Row]) -> None:
    """One of these tables."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet = Sheet(TITLE, HEADER, rows, WIDTHS).offer("送达方式", WAYS).offer("员工意见", OPINIONS)
    write_workbook(path, [sheet])


def _row(notice: Notice, notices: Notices, name_of: Callable[[Notice], str]) -> Row:
    receipt = notices.receipts.get(notice.notice_id)
    amounts = [line.amount for line in notice.lines if line.amount is not None]
    points = total_points(line.points for line in notice.lines)
    given = ("", "", "", "", "")
    if receipt is not None:
        given = (receipt.delivered.isoformat(), receipt.way, receipt.opinion, receipt.by, receipt.remark)
    who = (notice.notice_id, notice.period, notice.staff_no, name_of(notice), notice.unit)
    return (*who, yuan(sum(amounts)) if amounts else "", points, *given)
