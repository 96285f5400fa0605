"""The month's membership forms, handed in together after its end (会员卡申请登记表)."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job
from processor.rules.months import months_over
from processor.rules.remarks import remark


@reads(members="申请单号 申请日期 上交日期 门店负责人工号")
def forms(job: Job, *, day: Parameter) -> list[Finding]:
    """Remind of the month's forms not handed in, flag them after day `day` of the next month; one line a month (SA-M6)."""
    if not job.has_column("members", "上交日期"):
        return []
    findings = []
    for _, last, own in months_over(job, job.facts["members"], day="申请日期"):
        deadline = last + timedelta(days=day.at(last))
        missing, late = own[own["上交日期"].isna()], own[own["上交日期"] > pd.Timestamp(deadline)]
        if len(missing) or len(late):
            findings.append(_month(job, own, last, deadline, missing, late))
    return findings


def _month(
    job: Job, own: pd.DataFrame, last: date, deadline: date, missing: pd.DataFrame, late: pd.DataFrame
) -> Finding:
    """A flag on a month's forms of which some came late or are overdue, a remind of those that can still come in time."""
    over = len(late) > 0 or deadline < job.as_of
    text = say(
        "{month} 的会员卡申请表共{count}份，应在{deadline}前集中上交，还有{missing}份没有上交{late}",
        month=f"{last:%Y-%m}",
        count=len(own),
        deadline=deadline.isoformat(),
        missing=len(missing),
        late=say("，{n}份逾期才上交", n=len(late)) if len(late) else say(""),
    )
    return remark(
        job,
        None,
        text,
        day=last,
        subject=f"{job.unit}|{last:%Y-%m}",
        staff_no=str(own["门店负责人工号"].iloc[-1]),
        effect="flag" if over else "remind",
        column="上交日期",
        evidence=tuple(int(ref) for ref in pd.concat([missing, late])["_ref"]),
        readings=("G21",),
        due=deadline if len(missing) else None,
    )
