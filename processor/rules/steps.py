"""Procedures whose steps are dated one after the other: what is missing, what is out of order, where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date as Day
from itertools import pairwise
from typing import Any

import pandas as pd

from processor.model import Finding, Text, joined, say
from processor.rules.declared import Columns, reads
from processor.rules.job import Job, natural_key, records


def _columns(args: Mapping[str, Any]) -> Columns:
    named = {*args["key"], args["date"], *args["steps"]}
    return {args["register"]: frozenset(named | {args[name] for name in ("staff", "end") if args.get(name)})}


@reads(_columns)
def in_order(
    job: Job,
    *,
    register: str,
    key: Sequence[str],
    date: str,
    steps: Mapping[str, str],
    staff: str = "",
    end: str = "",
    standing: bool = False,
) -> list[Finding]:
    """Flag each row with a step left out, or dated before an earlier one; equal days are in order.

    steps: header of a date -> name of the step in Chinese, first step first. A blank step is left out once a later
    one is dated, or the date under `end` is. key, date, staff: headers of the natural key, of the day of the
    occurrence, and of the employee concerned. standing: a row in order but still on its way is reminded of, with
    the days it has waited; the binding then needs `due: true`.
    """
    rows = job.facts[register]
    rows = rows[rows[date].notna()]
    days = rows[list(steps)]
    ended = rows[end].notna() if end else pd.Series(False, index=rows.index)
    wrong = (_left_out(days, ended) | _early(days)).any(axis=1)
    waiting = days.iloc[:, -1].isna() & ~ended & standing
    shown = rows.assign(subject=natural_key(rows, key), wrong=wrong, ended=ended)[wrong | waiting]
    return [_finding(job, row, date=date, steps=steps, staff=staff) for row in records(shown)]


def _left_out(days: pd.DataFrame, ended: pd.Series) -> pd.DataFrame:
    followed = days.bfill(axis=1).notna()
    return days.isna() & followed.apply(lambda column: column | ended)


def _early(days: pd.DataFrame) -> pd.DataFrame:
    """Steps dated before one that should have come earlier."""
    latest = days.iloc[:, 0]
    early = {}
    for name in days:
        early[name] = days[name] < latest
        latest = latest.where(latest >= days[name], days[name]).fillna(latest)
    return pd.DataFrame(early, index=days.index)


def _finding(job: Job, row: Mapping[str, Any], *, date: str, steps: Mapping[str, str], staff: str) -> Finding:
    dated = [(header, row[header].date()) for header in steps if row[header] is not None]
    missing, early = _faults(row, steps, dated)
    parts = [say("{title}：{subject}", title=say(job.titles[job.clause]), subject=row["subject"])]
    if missing:
        parts.append(say("缺少步骤{names}", names="、".join(steps[header] for header in missing)))
    for header, day, before, latest in early:
        names = {"name": steps[header], "before": steps[before]}
        parts.append(say("{name}（{day}）早于{before}（{latest}）", day=day, latest=latest, **names))
    parts.append(_stands(job, row, row[date].date(), steps, dated))
    parts += _durations(steps, dated)
    return Finding(
        clause=job.clause,
        effect="flag" if row["wrong"] else "remind",
        date=row[date].date(),
        subject=row["subject"],
        staff_no=(row[staff] or "") if staff else "",
        text=joined(parts),
        row=row["_ref"],
        column=(missing + [header for header, *_ in early] + [date])[0],
        evidence=(row["_ref"],),
    )


def _faults(
    row: Mapping[str, Any], steps: Mapping[str, str], dated: Sequence[tuple[str, Day]]
) -> tuple[list[str], list[tuple[str, str, str, str]]]:
    """Headers left out, and (header, day, header of the later-dated earlier step, its day) of those out of order."""
    headers = list(steps)
    last = len(headers) if row["ended"] else max((headers.index(header) for header, _ in dated), default=0)
    missing = [header for header in headers[:last] if row[header] is None]
    early = []
    for place, (header, day) in enumerate(dated):
        before, latest = max(dated[:place], key=lambda step: step[1], default=(header, day))
        if day < latest:
            early.append((header, day.isoformat(), before, latest.isoformat()))
    return missing, early


def _stands(
    job: Job, row: Mapping[str, Any], start: Day, steps: Mapping[str, str], dated: Sequence[tuple[str, Day]]
) -> Text:
    """Where the row stands now and for how many days."""
    headers = list(steps)
    if row["ended"] or row[headers[-1]] is not None:
        return say("流程已结束")
    header, since = dated[-1] if dated else ("", start)
    place = headers.index(header) + 1 if header else 0
    return say(
        "目前停在{here}，等待{next}已{elapsed}天（自{since}起）",
        here=steps[header] if header else "申请",
        next=steps[headers[place]],
        elapsed=(job.as_of - since).days,
        since=since.isoformat(),
    )


def _durations(steps: Mapping[str, str], dated: Sequence[tuple[str, Day]]) -> list[Text]:
    """Days from each dated step to the next, where that is not the earlier one."""
    parts = [
        say("{start}至{end}{days}天", start=steps[one], end=steps[two], days=(later - earlier).days)
        for (one, earlier), (two, later) in pairwise(dated)
        if later >= earlier
    ]
    return [say("各步用时：{parts}", parts=joined(parts, "、"))] if parts else []
