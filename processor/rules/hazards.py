"""Fire hazards put right by their day, and guarded against until then (火灾隐患登记表)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark


@reads(hazards="隐患编号 发现日期 部位 内容 责任人工号 限期 整改日期 防范措施")
def put_right(job: Job) -> list[Finding]:
    """Flag hazards put right after 限期 or not yet, with a recommendation on who is responsible; put right late counts.

    A hazard that is not put right and has no 防范措施 is flagged too.
    """
    rows = job.facts["hazards"]
    overdue = rows["整改日期"].fillna(pd.Timestamp(job.as_of)) > rows["限期"]
    findings = []
    for row in records(rows[overdue]):
        day = row["限期"].date()
        owner = {"subject": row["隐患编号"], "staff_no": row["责任人工号"], "column": "整改日期"}
        still = day if row["整改日期"] is None else None
        findings.append(remark(job, row, _overdue(job, row), day=day, due=still, **owner))
        text = say("{what}，建议按奖惩制度处罚责任人", what=_overdue(job, row))
        findings.append(remark(job, row, text, day=day, effect="recommendation", readings=("G6",), **owner))
    for row in records(rows[rows["整改日期"].isna() & rows["防范措施"].isna()]):
        findings.append(
            remark(
                job,
                row,
                say("{hazard}尚未整改，也没有防范措施", hazard=_hazard(row)),
                day=row["发现日期"].date(),
                subject=row["隐患编号"],
                staff_no=row["责任人工号"],
                column="防范措施",
                part="guard",
            )
        )
    return findings


def _overdue(job: Job, row: Mapping[str, Any]) -> Text:
    given = {
        "hazard": _hazard(row),
        "limit": f"{row['限期']:%Y-%m-%d}",
        "name": job.name_of(row["责任人工号"]),
    }
    if row["整改日期"] is None:
        days = (job.as_of - row["限期"].date()).days
        return say("{hazard}限{limit}整改，至今没有整改，逾期{elapsed}天，责任人{name}", elapsed=days, **given)
    given["done"] = f"{row['整改日期']:%Y-%m-%d}"
    days = (row["整改日期"] - row["限期"]).days
    return say("{hazard}限{limit}整改，{done}才整改，逾期{elapsed}天，责任人{name}", elapsed=days, **given)


def _hazard(row: Mapping[str, Any]) -> Text:
    return say(
        "{day} 发现的隐患{no}（{place}：{what}）",
        day=f"{row['发现日期']:%Y-%m-%d}",
        no=row["隐患编号"],
        place=row["部位"],
        what=row["内容"],
    )
