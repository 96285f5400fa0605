"""Pictures for docs/hr.zh-CN.md: `python docs/images/hr.py SITE` with SITE made by `python run.py demo SITE`.

Needs LibreOffice and poppler. Writes receipts.png, month_close.png and adjusted.png beside this file.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from manager import picture


def main(site: Path) -> None:
    """What HR got back from the month that ended, the form for the next one, and the sheet that takes corrections."""
    outbox = site / "outbox"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        receipts = outbox / "annotated" / "送达登记表-8月.xlsx"
        picture(receipts, "送达登记表", "receipts", folder, lambda row: bool(row[0].value), hidden="QPOLG", header=1)
        form = outbox / "月结单.xlsx"
        picture(form, "月结单", "month_close", folder, lambda row: bool(row[0].value), hidden="JI", header=1)
        sheet = outbox / "hr" / "2026-09.xlsx"
        picture(sheet, "明细", "adjusted", folder, lambda row: row[5].value == "adjustment", hidden="MIFE", header=1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
