"""From a delivered file to canonical tables: guard, read, recognise, convert.

The names below are loaded when first used, so that importing the package stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from processor.intake.grid import Grid as Grid
    from processor.intake.guard import Limits as Limits
    from processor.intake.people import People as People
    from processor.intake.reading import Reading as Reading
    from processor.intake.reading import read_workbook as read_workbook
    from processor.intake.rejection import WorkbookRejected as WorkbookRejected
    from processor.intake.sheet_reading import SheetReading as SheetReading
    from processor.intake.staff import identify_staff as identify_staff
    from processor.intake.table import frame_from_csv as frame_from_csv
    from processor.intake.table import key_of as key_of
    from processor.intake.texts import restore_leading_zeros as restore_leading_zeros

_HOMES = {
    "Grid": "grid",
    "Limits": "guard",
    "Reading": "reading",
    "SheetReading": "sheet_reading",
    "read_workbook": "reading",
    "WorkbookRejected": "rejection",
    "People": "people",
    "identify_staff": "staff",
    "frame_from_csv": "table",
    "key_of": "table",
    "restore_leading_zeros": "texts",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
