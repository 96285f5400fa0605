"""Projects inspected at regular intervals, and what is found dealt with (项目巡检登记表)."""

from __future__ import annotations

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.lookup import looked_up
from processor.rules.remarks import remark


@reads(patrols="项目编号 巡检日期", projects="项目编号 项目名称 交付日期")
def regular(job: Job, *, days: Parameter, remind_days: Parameter) -> list[Finding]:
    """Remind of the next inspection `remind_days` ahead, flag one overdue: `days` after the last, else 交付日期 (PS-12)."""
    projects, patrols = job.facts["projects"], job.facts["patrols"]
    today = pd.Timestamp(job.as_of)
    done = patrols[patrols["巡检日期"] <= today].groupby("项目编号")["巡检日期"].max()
    projects = projects[projects["交付日期"] <= today]
    last = looked_up(projects["项目编号"], done)
    since = last.fillna(projects["交付日期"])
    projects = projects.assign(last=last, due=since + pd.to_timedelta(days.column(since).astype("float64"), unit="D"))
    soon = projects["due"] <= today + pd.Timedelta(days=remind_days.at(job.as_of))
    findings = []
    for row in records(projects[soon]):
        over = row["due"] < today
        given = {
            "name": row["项目名称"],
            "due": f"{row['due']:%Y-%m-%d}",
            "last": say("上次巡检{day}", day=f"{row['last']:%Y-%m-%d}") if row["last"] else say("交付后没有巡检"),
        }
        text = (
            say("项目{name}应在{due}前巡检（{last}），没有巡检", **given)
            if over
            else say("项目{name}应在{due}前巡检（{last}）", **given)
        )
        findings.append(
            remark(
                job,
                row,
                text,
                day=row["due"].date(),
                subject=row["项目编号"],
                effect="flag" if over else "remind",
                column="交付日期",
                readings=("G21",),
                due=row["due"].date(),
            )
        )
    return findings


@reads(patrols="巡检编号 项目编号 巡检日期 发现问题 处理日期")
def dealt_with(job: Job, *, days: Parameter) -> list[Finding]:
    """Flag problems found without 处理日期 `days` after the inspection, or dealt with later (PS-12)."""
    rows = job.facts["patrols"]
    rows = rows[rows["发现问题"].notna()]
    term = pd.to_timedelta(days.column(rows["巡检日期"]).astype("float64"), unit="D")
    rows = rows.assign(deadline=rows["巡检日期"] + term)
    done = rows["处理日期"]
    late = (done > rows["deadline"]) | (done.isna() & (rows["deadline"] < pd.Timestamp(job.as_of)))
    findings = []
    for row in records(rows[late]):
        given = {
            "day": f"{row['巡检日期']:%Y-%m-%d}",
            "project": row["项目编号"],
            "problem": row["发现问题"],
            "deadline": f"{row['deadline']:%Y-%m-%d}",
        }
        if row["处理日期"] is None:
            text = say("{day} 巡检项目{project}发现的问题（{problem}）应在{deadline}前处理，没有处理", **given)
        else:
            text = say(
                "{day} 巡检项目{project}发现的问题（{problem}）应在{deadline}前处理，到{done}才处理",
                done=f"{row['处理日期']:%Y-%m-%d}",
                **given,
            )
        due = row["deadline"].date() if row["处理日期"] is None else None
        day = row["巡检日期"].date()
        findings.append(
            remark(job, row, text, day=day, subject=row["巡检编号"], column="处理日期", readings=("G21",), due=due)
        )
    return findings
