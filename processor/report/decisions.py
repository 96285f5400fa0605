"""decisions.csv and changes.csv: one line a decision, as systems and auditors read them."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from pathlib import Path
from typing import Any

from processor.model import yuan
from processor.report.snapshot import Change, Line
from processor.report.tables import BOM, csv_text, write_csv

#: The columns that a decision fills by itself, named as its fields.
OWN = (
    "decision_id",
    "period",
    "date",
    "unit",
    "pack",
    "clause",
    "family",
    "effect",
    "staff_no",
    "staff_name",
    "subject",
    "amount",
    "points",
    "occurrence",
    "status",
    "text",
    "reading",
    "linked_to",
)
COLUMNS = (*OWN, "file", "sheet", "row")
_OWN, _AMOUNT = attrgetter(*OWN), OWN.index("amount")


def values(line: Line) -> list[Any]:
    """The cells of a line, in COLUMNS."""
    cells, source = list(_OWN(line.decision)), line.source
    cells[_AMOUNT] = yuan(cells[_AMOUNT])
    cells += (source.file, source.sheet, source.row or "") if source else ("", "", "")
    return cells


def decision_head() -> bytes:
    """How decisions.csv begins."""
    return (BOM + csv_text([COLUMNS])).encode()


def decision_rows(lines: Iterable[Line]) -> str:
    """Lines of decisions.csv."""
    return csv_text(values(line) for line in lines)


def write_changes(path: Path, changes: Iterable[Change]) -> None:
    """changes.csv: `change` (added, changed, withdrawn), the old line, the new one, and why a line was withdrawn."""
    header = ["change", *(f"old_{name}" for name in COLUMNS), *(f"new_{name}" for name in COLUMNS), "reason"]
    blank = [""] * len(COLUMNS)
    rows = (
        [c.kind, *(values(c.old) if c.old else blank), *(values(c.new) if c.new else blank), c.reason]
        for c in sorted(changes, key=_order)
    )
    write_csv(path, header, rows)


def _order(change: Change) -> tuple[str, str, str, str]:
    d = change.line.decision
    return d.period, d.unit, d.clause, d.decision_id
