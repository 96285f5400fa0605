"""Credits earned at trainings, a line a person and month (培训演练登记表)."""

from __future__ import annotations

import pandas as pd

from processor.calendars import month_of
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, joined, say
from processor.rules.declared import reads
from processor.rules.job import Job
from processor.rules.months import months_over
from processor.rules.remarks import statement

ATTENDED = "出勤"


@reads(trainings="培训编号 日期 类型 工号 出勤 学时")
def earned(job: Job, *, kind: str, interval: Parameter) -> list[Finding]:
    """Credits (学时 attended) of each person and month with the sessions missed, dated the month's last day (TR-2, G14).

    The text also says how many sessions of 类型 `kind`, owed every `interval` days, the unit held too few in the month.
    """
    held = job.facts["trainings"]
    held = held[held["类型"] == kind]
    sessions = held.groupby(month_of(held["日期"]))["培训编号"].nunique()
    findings = []
    for (staff_no,), last, rows in months_over(job, job.facts["trainings"], day="日期", by=["工号"]):
        present = rows["出勤"] == ATTENDED
        owed = last.day // interval.at(last) - int(sessions.get(f"{last:%Y-%m}", 0))
        text = say(
            "{month} {name}学分{credits}（按出勤学时），{missed}{held}",
            month=f"{last:%Y-%m}",
            name=job.name_of(staff_no),
            credits=f"{rows.loc[present, '学时'].sum():g}",
            missed=_missed(rows[~present]),
            held=say("；当月{kind}少安排{count}次", kind=say(kind), count=owed) if owed > 0 else say(""),
        )
        findings.append(statement(job, rows, text, day=last, subject=f"{staff_no}|{last:%Y-%m}", staff_no=staff_no))
    return findings


def _missed(rows: pd.DataFrame) -> Text:
    if rows.empty:
        return say("没有缺课")
    sessions = [
        say("{day} {no}", day=f"{day:%Y-%m-%d}", no=no) for day, no in zip(rows["日期"], rows["培训编号"], strict=True)
    ]
    return say("未参加{count}次（{sessions}）", count=len(rows), sessions=joined(sessions, "、"))
