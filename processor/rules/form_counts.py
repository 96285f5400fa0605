"""Forms handed in against what the system counts, by store and month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from pandas.tseries.offsets import MonthEnd

from processor.calendars import month_of
from processor.catalogue.parameter import Parameter
from processor.model import Finding, say, yuan
from processor.rules.declared import reads
from processor.rules.job import Job, natural_key, records


@reads(member_system="月份 系统开卡数 门店负责人工号", members="申请日期")
def against_system(job: Job, *, bound: Parameter, upto_rate: Parameter, above_rate: Parameter) -> list[Finding]:
    """Fine the store head for each form by which `members` and `member_system` differ in a month.

    bound: the largest difference at upto_rate a form; above_rate beyond it. A month is judged from its last day on, and
    only where forms were handed in at all (G14); the binding needs `due: true`.
    """
    forms = job.facts["members"]
    months = month_of(forms["申请日期"])
    system = job.facts["member_system"]
    system = system[system["月份"].isin(months)]
    system = system.assign(
        forms=system["月份"].map(months.value_counts()),
        last=pd.to_datetime(system["月份"], format="%Y-%m") + MonthEnd(0),
        subject=natural_key(system, ["门店", "月份"]),
    )
    system = system.assign(off=(system["forms"] - system["系统开卡数"]).abs())
    findings = []
    for row in records(system[(system["off"] > 0) & (system["last"] <= pd.Timestamp(job.as_of))]):
        handed_in = tuple(forms.loc[months == row["月份"], "_ref"])
        findings.append(_fine(job, row, handed_in, bound, upto_rate, above_rate))
    return findings


def _fine(
    job: Job,
    row: Mapping[str, Any],
    handed_in: tuple[int, ...],
    bound: Parameter,
    upto_rate: Parameter,
    above_rate: Parameter,
) -> Finding:
    day = row["last"].date()
    limit, off = bound.at(day), int(row["off"])
    rate = (above_rate if off > limit else upto_rate).at(day)
    text = say(
        "{month} 交来会员卡申请表{forms}份，系统开卡{cards}张，相差{off}份，{band}{limit}份，每份罚{rate}元，罚款{total}元（核对至{day}）",
        month=row["月份"],
        forms=int(row["forms"]),
        cards=int(row["系统开卡数"]),
        off=off,
        band=say("超过") if off > limit else say("不超过"),
        limit=limit,
        rate=yuan(rate),
        total=yuan(rate * off),
        day=day.isoformat(),
    )
    return Finding(
        clause=job.clause,
        effect="fine",
        date=day,
        subject=row["subject"],
        staff_no=row["门店负责人工号"],
        amount=-rate * off,
        text=text,
        row=row["_ref"],
        column="系统开卡数",
        evidence=(*handed_in, row["_ref"]),
    )
