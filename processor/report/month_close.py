"""月结单.xlsx: what is in the way of closing each open month; filled and dropped into the inbox it closes months."""

from __future__ import annotations

from pathlib import Path

from processor.report.tables import Sheet, write_workbook
from processor.settle.settlement import Settlement

TITLE = "月结单"
HEADER = ("期间", "状态", "未尽事项", "关账", "关账人工号", "关账日期", "仍要关账", "说明")
WIDTHS = (10, 12, 80, 8, 14, 14, 10, 40)
READY, PENDING = "可以关账", "尚有事项"


def write_month_close(path: Path, settlement: Settlement) -> None:
    """One line an open month, the matters one a line."""
    rows = [
        (period, PENDING if matters else READY, "\n".join(matters), "", "", "", "", "")
        for period, matters in sorted(settlement.in_the_way.items())
    ]
    write_workbook(path, [Sheet(TITLE, HEADER, rows, WIDTHS).offer("关账", ("是",)).offer("仍要关账", ("是",))])
