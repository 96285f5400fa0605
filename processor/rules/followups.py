"""Follow-up calls: whether every visit of a member was followed by one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from processor.calendars import month_of
from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.months import months_over
from processor.rules.remarks import remark

CALLED = "回访时间"
KEY = "回访编号"
AGENT = "回访人工号"


@reads(consumption="消费单号 消费日期 卡号", followups="回访编号 回访时间 回访人工号 卡号 服务日期")
def uncalled(job: Job, *, days: Parameter) -> list[Finding]:
    """Flag each visit of a member without a call once its term is over, and state each month's shares (EX-1).

    A call is the visit's if it names card and day of service; without that day it is the card's last visit's.
    Shares by agent (subject 工号|month) and store (门店|month) stand on the month's last day. Months for which no call
    was delivered are not judged (G14). The binding reads `consumption` and `followups` and needs `due: true`.
    """
    visits = _called(job)
    delivered = month_of(job.facts["followups"][CALLED]).unique()
    deadline = visits["消费日期"] + pd.to_timedelta(days.column(visits["消费日期"]).astype("float64"), unit="D")
    known = month_of(visits["消费日期"]).isin(delivered) | month_of(deadline).isin(delivered)
    visits = visits[known & (visits["agent"].notna() | (deadline <= pd.Timestamp(job.as_of)))]
    missing = [_uncalled(job, row, days) for row in records(visits[visits["agent"].isna()])]
    return missing + _shares(job, visits)


def _with_service(job: Job) -> pd.DataFrame:
    """Calls with 服务日期, the missing ones from the card's last visit."""
    calls = job.facts["followups"].assign(day=lambda f: f[CALLED].dt.normalize())
    visits = job.facts["consumption"][["卡号", "消费日期"]]
    told = calls["服务日期"].notna() | calls["卡号"].isna()
    found = pd.merge_asof(
        calls[~told].sort_values("day", kind="stable"),
        visits.sort_values("消费日期", kind="stable"),
        left_on="day",
        right_on="消费日期",
        by="卡号",
    )
    return pd.concat([calls[told], found.assign(服务日期=found["消费日期"])], ignore_index=True)


def _called(job: Job) -> pd.DataFrame:
    """Visits with `agent` and `call_ref` of their first call; blank where there is none."""
    calls = _with_service(job).drop(columns="消费日期", errors="ignore")
    calls = calls.rename(columns={"_ref": "call_ref", AGENT: "agent", "服务日期": "消费日期"})
    calls = calls[calls["卡号"].notna() & calls["消费日期"].notna()].sort_values([CALLED, KEY], kind="stable")
    first = calls.drop_duplicates(["卡号", "消费日期"])[["卡号", "消费日期", "agent", "call_ref"]]
    return job.facts["consumption"].merge(first, on=["卡号", "消费日期"], how="left")


def _uncalled(job: Job, row: Mapping[str, Any], days: Parameter) -> Finding:
    day = row["消费日期"].date()
    text = say(
        "{day} 会员卡{card}的消费{visit}没有回访，应在{days}天内（{deadline}前）回访",
        day=day.isoformat(),
        card=row["卡号"],
        visit=row["消费单号"],
        days=days.at(day),
        deadline=(day + timedelta(days=days.at(day))).isoformat(),
    )
    due = day + timedelta(days=days.at(day))
    return remark(job, row, text, day=day, subject=row["消费单号"], column="消费单号", due=due)


def _shares(job: Job, visits: pd.DataFrame) -> list[Finding]:
    findings = []
    for _, last, rows in months_over(job, visits, day="消费日期"):
        month = f"{last:%Y-%m}"
        evidence = (*map(int, rows["call_ref"].dropna().unique()), *map(int, rows["_ref"]))
        calls = {str(agent): int(count) for agent, count in rows["agent"].value_counts().sort_index().items()}
        for agent, count in {"": sum(calls.values()), **calls}.items():
            text = say(
                "{month} {who}回访会员消费{n}次，占应回访{total}次的{share}（截至{day}）",
                month=month,
                who=job.name_of(agent) if agent else job.unit,
                n=count,
                total=len(rows),
                share=f"{count / len(rows):.1%}",
                day=last.isoformat(),
            )
            subject = f"{agent or job.unit}|{month}"
            findings.append(
                remark(job, None, text, day=last, evidence=evidence, subject=subject, staff_no=agent, effect="classify")
            )
    return findings
