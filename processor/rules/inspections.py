"""Patrols of key places that follow each other too late (消防检查测试登记表)."""

from __future__ import annotations

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark

REGISTER = "inspections"


@reads(inspections="记录编号 时间 类型 部位 检查人工号")
def gaps(job: Job, *, kind: str, minutes: Parameter) -> list[Finding]:
    """Flag two records of 类型 `kind` at one 部位 that follow each other after more than `minutes`, on the later."""
    rows = job.facts[REGISTER]
    rows = rows[(rows["类型"] == kind) & rows["部位"].notna()].sort_values(["部位", "时间", "记录编号"], kind="stable")
    before = rows.groupby("部位")[["时间", "_ref"]].shift()
    rows = rows.assign(before=before["时间"], earlier=before["_ref"])
    allowed = pd.to_timedelta(minutes.column(rows["时间"]).astype("float64"), unit="min")
    findings = []
    for row in records(rows[rows["时间"] - rows["before"] > allowed]):
        limit = minutes.at(row["时间"].date())
        text = say(
            "{place}{before}至{time}之间{found}分钟没有巡查，超过{limit}分钟",
            place=row["部位"],
            before=f"{row['before']:%Y-%m-%d %H:%M}",
            time=f"{row['时间']:%Y-%m-%d %H:%M}",
            found=int((row["时间"] - row["before"]).total_seconds() // 60),
            limit=limit,
        )
        findings.append(
            remark(
                job,
                row,
                text,
                day=row["时间"].date(),
                subject=row["记录编号"],
                staff_no=row["检查人工号"],
                column="时间",
                evidence=(int(row["earlier"]),),
            )
        )
    return findings
