"""Remembers how well workbooks were filled: what of each could not be read, until it is delivered again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from processor.ledger import Ledger
from processor.report.snapshot import BatchQuality, Delivered, WorkbookReport, unit_of_file

BATCHES = 12
_WORDS = 5


def keep(
    ledger: Ledger, reports: Iterable[WorkbookReport], units: Collection[str], as_of: date, closed: Collection[str]
) -> tuple[tuple[Delivered, ...], tuple[BatchQuality, ...]]:
    """Note this batch's workbooks; every register as it was last delivered, and the last batches that were given rows.

    What was delivered in a month that is closed is forgotten: its rows can no longer count there.
    """
    known: dict[str, list[dict[str, Any]]] = ledger.runs.setting("deliveries") or {}
    batches: list[dict[str, Any]] = ledger.runs.setting("quality") or []
    rows: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for report in reports:
        if not report.registers:
            continue
        known[report.file] = entries = _entries(report, units, as_of)
        for entry in entries:
            for unit in ("", *entry["units"]):
                rows[unit] += entry["rows"]
                lost[unit] += entry["unreadable"]
    known = {
        file: kept for file, entries in known.items() if (kept := [e for e in entries if e["day"][:7] not in closed])
    }
    if rows:
        batches = [*batches, {"day": as_of.isoformat(), "rows": dict(rows), "unreadable": dict(lost)}][-BATCHES:]
    ledger.runs.keep_setting("deliveries", known)
    ledger.runs.keep_setting("quality", batches)
    delivered = tuple(_delivered(file, entry) for file, entries in sorted(known.items()) for entry in entries)
    return delivered, tuple(
        BatchQuality(date.fromisoformat(batch["day"]), batch["rows"], batch["unreadable"]) for batch in batches
    )


def _entries(report: WorkbookReport, units: Collection[str], as_of: date) -> list[dict[str, Any]]:
    concerned = list(report.units) or list(filter(None, [unit_of_file(report.file, units)]))
    return [
        {
            "register": register.title,
            "units": concerned,
            "day": as_of.isoformat(),
            "rows": register.rows,
            "unreadable": register.unreadable,
            "faults": _faults(report, register.sheet),
        }
        for register in report.registers
        if register.rows
    ]


def _faults(report: WorkbookReport, sheet: str) -> dict[str, Any]:
    faults: dict[str, Any] = {}
    for issue in report.issues:
        if issue.sheet == sheet:
            entry = faults.setdefault(issue.header, [0, []])
            entry[0] += 1
            told = not (report.shared and issue.found)  # what concerns several units is on the page of none
            if told and issue.found not in entry[1] and len(entry[1]) < _WORDS:
                entry[1].append(issue.found)
    return faults


def _delivered(file: str, entry: dict[str, Any]) -> Delivered:
    return Delivered(
        file=file,
        register=entry["register"],
        units=tuple(entry["units"]),
        day=date.fromisoformat(entry["day"]),
        rows=entry["rows"],
        unreadable=entry["unreadable"],
        faults={column: (count, tuple(words)) for column, (count, words) in entry["faults"].items()},
    )
