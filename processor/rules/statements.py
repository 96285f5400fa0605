"""Monthly statements: what a register adds up to, by source or agent."""

from __future__ import annotations

import pandas as pd

from processor.calendars import month_of
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job
from processor.rules.losses import LOSS, Confirmers, judged
from processor.rules.months import months_over
from processor.rules.remarks import statement


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%"


@reads(contracts="签订日期 咨询编号", enquiries="咨询编号 咨询日期 来源渠道 到店日期", lost_orders=LOSS)
def by_source(job: Job, *, confirmers: Confirmers) -> list[Finding]:
    """What became of a month's enquiries, one line a 来源渠道; signed and lost as known on the as-of day (REN-A8)."""
    contracts, lost = job.facts["contracts"], judged(job, confirmers)
    today = pd.Timestamp(job.as_of)
    enquiries = job.facts["enquiries"]
    signed = contracts.loc[contracts["签订日期"] <= today, "咨询编号"]
    enquiries = enquiries.assign(
        visited=enquiries["到店日期"] <= today,
        signed=enquiries["咨询编号"].isin(signed),
        lost=enquiries["咨询编号"].isin(lost.loc[lost["accepted"], "咨询编号"]),
    )
    findings = []
    for (source,), last, rows in months_over(job, enquiries, day="咨询日期", by=["来源渠道"]):
        text = say(
            "{month} 来源{source}：咨询{count}个，到店{visited}个，签单{signed}个，跑单{lost}个，签单率{share}",
            month=f"{last:%Y-%m}",
            source=source,
            count=len(rows),
            visited=int(rows["visited"].sum()),
            signed=int(rows["signed"].sum()),
            lost=int(rows["lost"].sum()),
            share=_percent(int(rows["signed"].sum()), len(rows)),
        )
        findings.append(statement(job, rows, text, day=last, subject=f"{source}|{last:%Y-%m}"))
    return findings


@reads(chats="会话编号 开始时间 客服工号 是否成交")
def conversion(job: Job) -> list[Finding]:
    """Each agent's share of served customers who bought, a month, beside the unit's own share (OR-4)."""
    rows = job.facts["chats"].dropna(subset=["是否成交"])
    rows = rows.assign(bought=rows["是否成交"].astype(bool))
    everyone = rows.groupby(month_of(rows["开始时间"]))["bought"].agg(["size", "sum"])
    findings = []
    for (agent,), last, own in months_over(job, rows, day="开始时间", by=["客服工号"]):
        served, all_bought = (int(everyone[name][f"{last:%Y-%m}"]) for name in ("size", "sum"))
        bought = int(own["bought"].sum())
        low = 2 * bought * served < all_bought * len(own)
        text = say(
            "{month} {name}接待{count}人，成交{bought}人，成交率{share}，本店平均{mean}{low}",
            month=f"{last:%Y-%m}",
            name=job.name_of(agent),
            count=len(own),
            bought=bought,
            share=_percent(bought, len(own)),
            mean=_percent(all_bought, served),
            low=say("，低于平均的一半") if low else say(""),
        )
        findings.append(statement(job, own, text, day=last, subject=f"{agent}|{last:%Y-%m}", staff_no=agent))
    return findings
