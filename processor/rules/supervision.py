"""The monthly report on service: requests received, repairs done, quality, by department."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from processor.calendars import month_end, month_of
from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job
from processor.rules.remarks import statement


@reads(followups="回访时间 回访人工号 部门 满意度", service_tickets="类型 受理时间 受理人工号 完成时间")
def monthly(job: Job) -> list[Finding]:
    """One classify line a department and month, dated the month's last day and decided from it on (G14).

    A ticket belongs to the department of who received it, a revisit to its 部门, else to the department of who called.
    """
    tickets, calls = job.facts["service_tickets"], job.facts["followups"]
    tickets = tickets.assign(department=_department(job, tickets["受理人工号"], tickets["受理时间"]))
    received = tickets.assign(month=month_of(tickets["受理时间"]))
    done = tickets[tickets["完成时间"].notna()]
    done = done.assign(month=month_of(done["完成时间"]))
    rated = calls[calls["满意度"].notna()]
    rated = rated.assign(
        month=month_of(rated["回访时间"]),
        department=rated["部门"].fillna(_department(job, rated["回访人工号"], rated["回访时间"])),
    )
    parts = {"received": received, "done": done, "rated": rated}
    named = pd.concat([part[["department", "month"]] for part in parts.values()]).dropna().drop_duplicates()
    keys = sorted(zip(named["department"], named["month"], strict=True))
    return [_report(job, name, month, parts) for name, month in keys if _last(month) <= job.as_of]


def _department(job: Job, staff_no: pd.Series, days: pd.Series) -> pd.Series:
    return job.roster_column(staff_no, "部门", days)


def _last(month: str) -> date:
    return month_end(date.fromisoformat(f"{month}-01"))


def _quality(rated: pd.DataFrame) -> Text:
    if rated.empty:
        return say("没有满意度回访")
    score = int(rated["满意度"].sum()) / len(rated)
    return say("满意度均分{score}分（{count}份）", score=f"{score:.2f}", count=len(rated))


def _report(job: Job, name: str, month: str, parts: dict[str, Any]) -> Finding:
    own = {key: part[(part["department"] == name) & (part["month"] == month)] for key, part in parts.items()}
    done, rated = own["done"], own["rated"]
    text = say(
        "{month} {name}服务监督：受理服务{received}项，办结{done}项（其中维修{repairs}项），{quality}",
        month=month,
        name=name,
        received=len(own["received"]),
        done=len(done),
        repairs=int((done["类型"] == "维修").sum()),
        quality=_quality(rated),
    )
    rows = pd.concat(own.values()).drop_duplicates("_ref")
    return statement(job, rows, text, day=_last(month), subject=f"{name}|{month}")
