"""Notices of rectification that were issued before they were approved (服务整改通知登记表)."""

from __future__ import annotations

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, among, records
from processor.rules.remarks import remark


@reads(rectifications="通知编号 下发日期 整改部门 责任人工号 签批人工号 签批日期")
def unapproved(job: Job, *, approvers: Parameter) -> list[Finding]:
    """Flag notices that nobody of a post in `approvers`, as of his day, approved on or before 下发日期 (TO-Q5)."""
    rows = job.facts["rectifications"]
    rows = rows[rows["下发日期"] <= pd.Timestamp(job.as_of)]
    posts = job.roster_column(rows["签批人工号"], "岗位", rows["签批日期"])
    approved = among(posts, rows["签批日期"], approvers) & (rows["签批日期"] <= rows["下发日期"])
    findings = []
    for row in records(rows[~approved]):
        day = row["下发日期"].date()
        text = say(
            "{day} 下发给{place}的整改通知{no}没有经客服经理事先签批",
            day=day.isoformat(),
            place=row["整改部门"],
            no=row["通知编号"],
        )
        findings.append(
            remark(
                job,
                row,
                text,
                day=day,
                subject=row["通知编号"],
                staff_no=row["责任人工号"],
                column="签批人工号",
                part="approval",
                readings=("G21",),
            )
        )
    return findings
