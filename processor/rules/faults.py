"""Grave faults: told at once with all that is known, reported fully after they end (重大故障登记表)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from processor import holidays
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, joined, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark


@reads(lambda args: {"faults": frozenset(args["parts"])}, faults="故障编号 发生时间 通知时间 责任人工号")
def told(job: Job, *, minutes: Parameter, parts: Sequence[str]) -> list[Finding]:
    """Flag faults told later than `minutes` after they began, not told at all, or told without one of `parts`."""
    rows = job.facts["faults"]
    now = pd.Timestamp(job.as_of) + pd.Timedelta(days=1)
    allowed = pd.to_timedelta(minutes.column(rows["发生时间"]).astype("float64"), unit="min")
    rows = rows.assign(late=rows["通知时间"].fillna(now) - rows["发生时间"] > allowed)
    findings = []
    for row in records(rows[rows["late"] | rows[list(parts)].isna().any(axis=1)]):
        missing = [part for part in parts if row[part] is None]
        found: list[Text] = []
        if row["late"]:
            found.append(_telling(row, minutes.at(row["发生时间"].date())))
        if missing:
            found.append(say("通报缺少{parts}", parts="、".join(missing)))
        column = "通知时间" if row["late"] else missing[0]
        findings.append(_fault(job, row, found, column, "told"))
    return findings


@reads(lambda args: {"faults": frozenset(args["parts"])}, faults="故障编号 发生时间 结束时间 报告日期 责任人工号")
def reported(job: Job, *, workdays: Parameter, parts: Sequence[str]) -> list[Finding]:
    """Flag faults whose report came later than `workdays` after they ended, or not at all, or lacks one of `parts`."""
    rows = job.facts["faults"]
    rows = rows[rows["结束时间"].notna()]
    ends = {end: _deadline(end, workdays) for end in rows["结束时间"].unique()}
    rows = rows.assign(deadline=rows["结束时间"].map(ends).astype("datetime64[us]"))
    late = rows["报告日期"].fillna(pd.Timestamp(job.as_of)) > rows["deadline"]
    incomplete = rows["报告日期"].notna() & rows[list(parts)].isna().any(axis=1)
    rows = rows.assign(late=late, incomplete=incomplete)
    findings = []
    for row in records(rows[late | incomplete]):
        missing = [part for part in parts if row[part] is None] if row["incomplete"] else []
        found: list[Text] = [_reporting(job, row)] if row["late"] else []
        if missing:
            found.append(say("故障分析报告缺少{parts}", parts="、".join(missing)))
        still = row["deadline"].date() if row["late"] and row["报告日期"] is None else None
        findings.append(_fault(job, row, found, "报告日期" if row["late"] else missing[0], "reported", still))
    return findings


def _deadline(end: pd.Timestamp, workdays: Parameter) -> pd.Timestamp:
    return pd.Timestamp(holidays.add_workdays(end.date(), workdays.at(end.date())))


def _telling(row: Mapping[str, Any], limit: int) -> Text:
    if row["通知时间"] is None:
        return say("没有通报记录，应在{limit}分钟内通报", limit=limit)
    taken = (row["通知时间"] - row["发生时间"]) // timedelta(minutes=1)
    return say("发生后{taken}分钟才通报，超过{limit}分钟", taken=taken, limit=limit)


def _reporting(job: Job, row: Mapping[str, Any]) -> Text:
    deadline = f"{row['deadline']:%Y-%m-%d}"
    if row["报告日期"] is None:
        days = (job.as_of - row["deadline"].date()).days
        text = "故障分析报告应在{deadline}前提交，至今没有提交，逾期{elapsed}天"
        return say(text, deadline=deadline, elapsed=days)
    day = f"{row['报告日期']:%Y-%m-%d}"
    return say("故障分析报告到{day}才提交，最迟应为{deadline}", day=day, deadline=deadline)


def _fault(
    job: Job, row: Mapping[str, Any], found: Sequence[Text], column: str, part: str, due: date | None = None
) -> Finding:
    began = f"{row['发生时间']:%Y-%m-%d %H:%M}"
    text = say("{began} 发生的重大故障{no}：{found}", began=began, no=row["故障编号"], found=joined(list(found)))
    return remark(
        job,
        row,
        text,
        day=row["发生时间"].date(),
        subject=row["故障编号"],
        staff_no=row["责任人工号"],
        column=column,
        part=part,
        due=due,
    )
