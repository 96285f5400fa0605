"""Forms and slips on which required parts are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from processor.model import Finding, joined, say
from processor.rules.declared import Columns, reads
from processor.rules.job import Job, natural_key, records


def _columns(args: Mapping[str, Any]) -> Columns:
    named = {*args["key"], args["date"], *args["parts"], *args.get("only", {}), *args.get("filled", ())}
    return {args["register"]: frozenset(named | ({args["staff"]} if args.get("staff") else set()))}


@reads(_columns)
def required_parts(
    job: Job,
    *,
    register: str,
    key: Sequence[str],
    date: str,
    parts: Sequence[str],
    staff: str = "",
    only: Mapping[str, Sequence[Any]] | None = None,
    filled: Sequence[str] = (),
    action: str = "",
) -> list[Finding]:
    """Flag each row on which a part is blank; the text names every missing part.

    key, date, staff: headers of the natural key, of the day of the occurrence, and of the employee concerned.
    only: header -> values for which the parts are owed (`{是否返修: [true]}`). filled: headers that must stand before
    anything is owed. action: what follows, in Chinese.
    """
    rows = job.facts[register]
    for header, values in (only or {}).items():
        rows = rows[rows[header].isin(list(values)).fillna(False)]
    if filled:
        rows = rows[rows[list(filled)].notna().all(axis=1)]
    rows = rows[rows[list(parts)].isna().any(axis=1) & rows[date].notna()]
    rows = rows.assign(subject=natural_key(rows, key))
    return [_flag(job, row, parts=parts, date=date, staff=staff, action=action) for row in records(rows)]


def _flag(job: Job, row: Mapping[str, Any], *, parts: Sequence[str], date: str, staff: str, action: str) -> Finding:
    missing = missing_of(row, parts)
    day = row[date].date()
    text = say(
        "{day} {title}：{subject}缺少{missing}",
        day=day.isoformat(),
        title=say(job.titles[job.clause]),
        subject=row["subject"],
        missing="、".join(missing),
    )
    return Finding(
        clause=job.clause,
        effect="flag",
        date=day,
        subject=row["subject"],
        staff_no=(row[staff] or "") if staff else "",
        text=joined([text, say(action)], "，") if action else text,
        row=row["_ref"],
        column=missing[0],
        evidence=(row["_ref"],),
    )


def missing_of(row: Mapping[str, Any], parts: Sequence[str]) -> list[str]:
    """The parts that are blank on this row, in the order given."""
    return [part for part in parts if pd.isna(row[part])]
