"""Closed complaints: called back about the outcome, asked for satisfaction, taken up again where it is lacking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark

CLOSED = "投诉编号 受理时间 受理人工号 办结人工号 办结时间 客户是否满意"


@reads(complaints=f"{CLOSED} 回访日期")
def called_back(job: Job, *, days: Parameter) -> list[Finding]:
    """Remind of the call back within `days` of the closing, flag one not made or made late (TO-K4, WP-4)."""
    rows = _closed(job, days)
    if not job.has_column("complaints", "回访日期"):
        return []
    done, today = rows["回访日期"], pd.Timestamp(job.as_of)
    late = (done > rows["deadline"]) | (done.isna() & (rows["deadline"] < today))
    findings = [_flagged(job, row, _call(row), "回访日期") for row in records(rows[late])]
    for row in records(rows[done.isna() & ~late]):
        text = say(
            "投诉{no}已在{closed}办结，请在{deadline}前回访客户",
            no=row["投诉编号"],
            closed=f"{row['办结时间']:%Y-%m-%d}",
            deadline=f"{row['deadline']:%Y-%m-%d}",
        )
        findings.append(_said(job, row, text, "回访日期", effect="remind"))
    return findings


@reads(complaints=CLOSED)
def asked(job: Job, *, days: Parameter) -> list[Finding]:
    """Flag closed complaints whose customer was not asked for satisfaction within `days` (SA-K1)."""
    rows = _closed(job, days)
    silent = rows["客户是否满意"].isna() & (rows["deadline"] < pd.Timestamp(job.as_of))
    findings = []
    for row in records(rows[silent]):
        text = say(
            "投诉{no}在{closed}办结，到{deadline}没有询问客户是否满意",
            no=row["投诉编号"],
            closed=f"{row['办结时间']:%Y-%m-%d}",
            deadline=f"{row['deadline']:%Y-%m-%d}",
        )
        findings.append(_flagged(job, row, text, "客户是否满意"))
    return findings


@reads(complaints=CLOSED)
def dissatisfied(job: Job, *, days: Parameter) -> list[Finding]:
    """Flag closed complaints whose customer is not content: they are taken up again (TO-K4, SA-K1, WP-4)."""
    rows = _closed(job, days)
    lacking = ~rows["客户是否满意"].fillna(True).astype(bool)
    findings = []
    for row in records(rows[lacking]):
        text = say("投诉{no}办结后客户不满意，须重新处理", no=row["投诉编号"])
        findings.append(_said(job, row, text, "客户是否满意", part="again"))
    return findings


def _closed(job: Job, days: Parameter) -> pd.DataFrame:
    """The complaints closed by the as-of day, with closer and the last day of their aftercare."""
    rows = job.facts["complaints"]
    rows = rows[rows["办结时间"] < pd.Timestamp(job.as_of) + pd.Timedelta(days=1)]
    term = pd.to_timedelta(days.column(rows["办结时间"]).astype("float64"), unit="D")
    closer = rows["办结人工号"].fillna(rows["受理人工号"])
    return rows.assign(closer=closer, deadline=rows["办结时间"].dt.normalize() + term)


def _call(row: Mapping[str, Any]) -> Text:
    given = {"no": row["投诉编号"], "deadline": f"{row['deadline']:%Y-%m-%d}"}
    if row["回访日期"] is None:
        return say("投诉{no}应在{deadline}前回访客户，没有回访", **given)
    return say("投诉{no}应在{deadline}前回访客户，到{day}才回访", day=f"{row['回访日期']:%Y-%m-%d}", **given)


def _flagged(job: Job, row: Mapping[str, Any], text: Text, column: str) -> Finding:
    return _said(job, row, text, column, readings=("G21",))


def _said(job: Job, row: Mapping[str, Any], text: Text, column: str, **fields: Any) -> Finding:
    return remark(
        job,
        row,
        text,
        day=row["办结时间"].date(),
        subject=row["投诉编号"],
        staff_no=row["closer"],
        column=column,
        due=row["deadline"].date() if row[column] is None else None,
        **fields,
    )
