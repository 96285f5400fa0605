"""Members who stay away: named while they can still be won back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.customers import Grading, card_holders, graded
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.lookup import looked_up
from processor.rules.remarks import remark


@reads(
    complaints="受理时间 联系电话 办结时间",
    consumption="消费日期 卡号",
    members="申请单号 申请日期 卡号 卡类型 姓名 手机 身份证号码 生日 退卡日期",
)
def members(
    job: Job, *, grading: Mapping[str, Parameter], warn_days: Parameter, active_days: Parameter
) -> list[Finding]:
    """Remind of each member who has not come for `warn_days`, up to twice `active_days`, best grades first (SA-N2)."""
    rule, today = Grading.on(job, grading), pd.Timestamp(job.as_of)
    last = _last_visits(job, rule)
    away = (today - last["消费日期"]).dt.days
    last = last[(away >= warn_days.at(job.as_of)) & (away <= 2 * active_days.at(job.as_of))]
    people = graded(job, rule).merge(last[["customer", "消费日期", "_ref"]], on="customer", suffixes=("", "_visit"))
    return [_line(job, row, (today - row["消费日期"]).days, active_days) for row in records(people)]


def _last_visits(job: Job, rule: Grading) -> pd.DataFrame:
    """The last row of `consumption` up to the as-of day of each customer."""
    visits = job.facts["consumption"]
    visits = visits[visits["消费日期"] <= pd.Timestamp(job.as_of)]
    visits = visits.assign(customer=looked_up(visits["卡号"], card_holders(job, rule))).dropna(subset=["customer"])
    return visits.sort_values("消费日期", kind="stable").drop_duplicates("customer", keep="last")


def _line(job: Job, row: Mapping[str, Any], elapsed: int, active_days: Parameter) -> Finding:
    text = say(
        "{grade}级客户{name}（{card}，卡号{no}）上次消费在{last}，已有{elapsed}天没有来，{state}，请联系挽回",
        grade=row["grade"],
        name=row["姓名"] or row["subject"],
        card=row["卡类型"],
        no=row["subject"],
        last=f"{row['消费日期']:%Y-%m-%d}",
        elapsed=elapsed,
        state=say("已流失") if elapsed > active_days.at(job.as_of) else say("可能流失"),
    )
    return remark(
        job,
        row,
        text,
        day=job.as_of,
        subject=row["subject"],
        effect="remind",
        column="卡号",
        evidence=(*row["evidence"], int(row["_ref_visit"])),
    )
