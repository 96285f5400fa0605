"""decisions.csv and changes.csv: one line a decision, as systems and auditors read them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from processor.model import yuan
from processor.report.snapshot import Change, Line
from processor.report.tables import write_csv

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


def values(line: Line) -> list[str]:
    """The cells of a line, in COLUMNS."""
    source = line.source
    return [
        *(_cell(name, getattr(line.decision, name)) for name in OWN),
        source.file if source else "",
        source.sheet if source else "",
        str(source.row) if source and source.row else "",
    ]


def _cell(name: str, value: Any) -> str:
    if name == "amount":
        return yuan(value)
    return "" if value is None else str(value)


def write_decisions(path: Path, lines: Iterable[Line]) -> None:
    """decisions.csv."""
    write_csv(path, COLUMNS, (values(line) for line in lines))


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
