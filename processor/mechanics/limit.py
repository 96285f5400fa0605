"""次数: the row with which an employee's rows, or the sum of a column over them, pass a limit in a window (G14)."""

from __future__ import annotations

import pandas as pd

from processor.calendars import window_key
from processor.catalogue.provision import Provision
from processor.mechanics.consequence import Hit, follow, hits
from processor.mechanics.rows import DAY, SUBJECT, WHO, figure_shown, said, that_hold
from processor.model import Finding
from processor.rules.job import Job

DEFAULT = "{日期} {姓名}{条款}：{周期}累计{数}，界限{界限}"


def decide(job: Job, provision: Provision) -> list[Finding]:
    """One occurrence an employee and window, on the row that passes; subject `工号|window`, only `工号` without a window.

    Revoked rows do not count. A ladder counts how often it came to that, over all windows.
    """
    assert provision.limit is not None
    rows = that_hold(job, provision)
    if rows.empty:
        return []
    rows = rows[rows[WHO].notna()].sort_values([DAY, SUBJECT], kind="stable")
    revoked = [job.is_revoked(who, subject) for who, subject in zip(rows[WHO], rows[SUBJECT], strict=True)]
    rows = rows[~pd.Series(revoked, rows.index, dtype=bool)]
    weight = pd.to_numeric(rows[provision.measure]).fillna(0) if provision.measure else pd.Series(1, index=rows.index)
    rows = rows.assign(_window=_windows(rows[DAY], provision.window), _weight=weight)
    rows["_running"] = rows.groupby([WHO, "_window"])["_weight"].cumsum()
    bound = pd.to_numeric(provision.limit.figure.column(rows[DAY])).astype("float64")
    running = rows["_running"].astype("float64")
    passed = rows[(running > bound) if provision.limit.test == "over" else (running >= bound)]
    first = passed.drop_duplicates([WHO, "_window"]).assign(_row_subject=lambda f: f[SUBJECT])
    first[SUBJECT] = _subjects(first, provision.window)
    findings: list[Finding] = []
    for hit in hits(job, provision, first, window="ever"):
        counted = rows[(rows[WHO] == hit.row[WHO]) & (rows["_window"] == hit.row["_window"])]
        upto = counted[counted["_running"] <= hit.row["_running"]]
        findings += _found(job, provision, hit, tuple(int(ref) for ref in upto["_ref"]))
    return findings


def _found(job: Job, provision: Provision, hit: Hit, counted: tuple[int, ...]) -> list[Finding]:
    assert provision.limit is not None
    figure = provision.limit.figure
    what = said(
        job,
        provision,
        hit.row,
        DEFAULT,
        第几次=hit.number or 1,
        界限=figure_shown(figure.type, figure.at(hit.day)),
        数=figure_shown(figure.type, hit.row["_running"]),
        周期=window_words(hit.row["_window"], provision.window),
    )
    excess = float(hit.row["_running"]) - float(figure.at(hit.day))
    cell = provision.measure or provision.date
    return follow(job, provision, hit, what, cell=cell, readings=("G14",), evidence=counted, excess=excess)


def _windows(days: pd.Series, window: str) -> pd.Series:
    keys = {day: window_key(day.date(), window or "ever") for day in days.unique()}
    return days.map(keys).astype("str")


def _subjects(rows: pd.DataFrame, window: str) -> pd.Series:
    return rows[WHO] + "|" + rows["_window"] if window else rows[WHO].astype("str")


def window_words(key: str, window: str) -> str:
    """A window as staff call it: `2026-10-05起的一周`, `2026-10`, `2026-10-05`, `历次`."""
    if window == "week":
        return f"{key}起的一周"
    return key if window else "历次"
