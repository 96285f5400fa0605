"""The monthly report on service: requests received, repairs done, quality, by department."""

from __future__ import annotations

from datetime import date

import pandas as pd

from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job
from processor.rules.months import side_by_side
from processor.rules.remarks import statement


@reads(followups="回访时间 回访人工号 部门 满意度", service_tickets="类型 受理时间 受理人工号 完成时间")
def monthly(job: Job) -> list[Finding]:
    """One classify line a department and month, dated the month's last day and decided from it on (PS-1, G14).

    A ticket belongs to the department of who received it, a revisit to its 部门, else to the department of who called.
    """
    tickets, calls = job.facts["service_tickets"], job.facts["followups"]
    took = job.roster_column(tickets["受理人工号"], "部门", tickets["受理时间"])
    received = tickets.assign(group=took, day=tickets["受理时间"])
    done = received.assign(day=tickets["完成时间"]).dropna(subset=["day"])
    rated = calls[calls["满意度"].notna()]
    called = job.roster_column(rated["回访人工号"], "部门", rated["回访时间"])
    rated = rated.assign(group=rated["部门"].fillna(called), day=rated["回访时间"])
    return [_report(job, name, last, *own) for name, last, own in side_by_side(job, received, done, rated)]


def _quality(rated: pd.DataFrame) -> Text:
    if rated.empty:
        return say("没有满意度回访")
    score = int(rated["满意度"].sum()) / len(rated)
    return say("满意度均分{score}分（{count}份）", score=f"{score:.2f}", count=len(rated))


def _report(
    job: Job, name: str, last: date, received: pd.DataFrame, done: pd.DataFrame, rated: pd.DataFrame
) -> Finding:
    month = f"{last:%Y-%m}"
    text = say(
        "{month} {name}服务监督：受理服务{received}项，办结{done}项（其中维修{repairs}项），{quality}",
        month=month,
        name=name,
        received=len(received),
        done=len(done),
        repairs=int((done["类型"] == "维修").sum()),
        quality=_quality(rated),
    )
    rows = pd.concat([received, done, rated]).drop_duplicates("_ref")
    return statement(job, rows, text, day=last, subject=f"{name}|{month}")
