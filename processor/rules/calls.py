"""Telephone calls answered in few rings, with an apology for whoever had to wait (电话接听登记表)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from processor.calendars import month_end, month_of
from processor.catalogue.parameter import Parameter
from processor.model import Finding, joined, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import month_line, remark


@reads(calls="通话编号 来电时间 接听人工号 应接人工号 振铃次数 等待秒数 是否致歉")
def answered(job: Job, *, rings: Parameter, wait: Parameter) -> list[Finding]:
    """Flag calls answered after more than `rings` rings, or with `wait` seconds of waiting or more, without an apology.

    Each agent's share inside `rings` is a line a month, dated the month's last day and decided from that day on (G14).
    """
    rows = job.facts["calls"]
    slow = (rows["振铃次数"] > rings.column(rows["来电时间"])).fillna(False).to_numpy(dtype=bool)
    waited = (rows["等待秒数"] >= wait.column(rows["来电时间"])).fillna(False).to_numpy(dtype=bool)
    silent = ~rows["是否致歉"].fillna(False).to_numpy(dtype=bool)
    rows = rows.assign(slow=slow, waited=waited, agent=rows["接听人工号"].fillna(rows["应接人工号"]))
    findings = [_breach(job, row, rings, wait) for row in records(rows[(slow | waited) & silent])]
    for (agent, _), group in rows.groupby(["agent", month_of(rows["来电时间"])]):
        last = month_end(group["来电时间"].iloc[0].date())
        if last <= job.as_of:
            findings.append(_share(job, str(agent), group, rings))
    return findings


def _breach(job: Job, row: Mapping[str, Any], rings: Parameter, wait: Parameter) -> Finding:
    day = row["来电时间"].date()
    parts = []
    if row["slow"]:
        parts.append(say("响铃{found}声，超过{limit}声", found=row["振铃次数"], limit=rings.at(day)))
    if row["waited"]:
        parts.append(say("客户等待{found}秒，达到{limit}秒", found=f"{row['等待秒数']:g}", limit=wait.at(day)))
    text = say("{day} 来电{no}{parts}，没有致歉", day=day.isoformat(), no=row["通话编号"], parts=joined(parts, "，"))
    column = "振铃次数" if row["slow"] else "等待秒数"
    return remark(job, row, text, day=day, subject=row["通话编号"], staff_no=row["agent"], column=column)


def _share(job: Job, agent: str, rows: pd.DataFrame, rings: Parameter) -> Finding:
    last = month_end(rows["来电时间"].iloc[0].date())
    inside = int((~rows["slow"]).sum())
    text = say(
        "{month} {name}接电话{total}个，{limit}声内接起{inside}个，占{share}%",
        month=f"{last:%Y-%m}",
        name=job.name_of(agent),
        total=len(rows),
        limit=rings.at(last),
        inside=inside,
        share=f"{100 * inside / len(rows):.1f}",
    )
    return month_line(job, agent, last, rows, text, ("G14",))
