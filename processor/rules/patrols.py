"""Projects inspected at regular intervals (项目巡检登记表)."""

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
