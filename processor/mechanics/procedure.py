"""流程: steps that are dated one after the other: what is left out, what is out of order, where each row stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date as Day
from functools import partial
from itertools import pairwise
from typing import Any

import pandas as pd

from processor.catalogue.provision import Provision
from processor.mechanics.consequence import follow, hits
from processor.mechanics.rows import DAY, SUBJECT, WHO, said, that_hold, took_place
from processor.model import Finding, Text, joined, say
from processor.rules.job import Job, records
from processor.rules.remarks import remark

DEFAULT = "{条款}：{主题}；{各项}"


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What follows from each row with a stage left out, or dated before an earlier one; equal days are in order.

    A blank stage is left out once a later one is dated, or the column `end` is filled. With `remind`, a row in order that
    is still on its way is reminded of, with the days that it has waited.
    """
    rows = that_hold(job, provision)
    if rows.empty:
        return []
    days, ended, wrong = rows[list(provision.stages)], _ended(provision, rows), _wrong(provision, rows)
    rows = rows.assign(_ended=ended)
    unread = took_place(job, provision, [((*provision.stages, provision.end), partial(_wrong, provision))])
    findings: list[Finding] = []
    for hit in hits(job, provision, rows[wrong], unread=unread):
        cell, what = _told(job, provision, hit.row)
        findings += follow(job, provision, hit, what, cell=cell)
    waiting = ~wrong & days.iloc[:, -1].isna() & ~ended & provision.remind
    for row in records(rows[waiting]):
        cell, what = _told(job, provision, row)
        day = row[DAY].date()
        findings.append(
            remark(job, row, what, day=day, subject=row[SUBJECT], staff_no=row[WHO], effect="remind", column=cell)
        )
    return findings


def _ended(provision: Provision, rows: pd.DataFrame) -> pd.Series:
    return rows[provision.end].notna() if provision.end else pd.Series(False, index=rows.index)


def _wrong(provision: Provision, rows: pd.DataFrame) -> pd.Series:
    """Which rows have a step left out, or dated before an earlier one."""
    days = rows[list(provision.stages)]
    return (_left_out(days, _ended(provision, rows)) | _early(days)).any(axis=1)


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


def _told(job: Job, provision: Provision, row: Mapping[str, Any]) -> tuple[str, Text]:
    """The judged cell of a row, and the sentence about it."""
    stages = provision.stages
    dated = [(header, row[header].date()) for header in stages if row[header] is not None]
    missing, early = _faults(row, stages, dated)
    parts: list[Text] = []
    if missing:
        parts.append(say("缺少步骤{names}", names="、".join(stages[header] for header in missing)))
    for header, day, before, latest in early:
        names = {"name": stages[header], "before": stages[before]}
        parts.append(say("{name}（{day}）早于{before}（{latest}）", day=day, latest=latest, **names))
    parts.append(_stands(job, row, row[DAY].date(), stages, dated))
    parts += _durations(stages, dated)
    cell = (missing + [header for header, *_ in early] + [provision.date])[0]
    return cell, said(job, provision, row, DEFAULT, 各项=joined(parts), 主题=row[SUBJECT], 第几次=1)


def _faults(
    row: Mapping[str, Any], steps: Mapping[str, str], dated: Sequence[tuple[str, Day]]
) -> tuple[list[str], list[tuple[str, str, str, str]]]:
    """Headers left out, and (header, day, header of the later-dated earlier step, its day) of those out of order."""
    headers = list(steps)
    last = len(headers) if row["_ended"] else max((headers.index(header) for header, _ in dated), default=0)
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
    if row["_ended"] or row[headers[-1]] is not None:
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
