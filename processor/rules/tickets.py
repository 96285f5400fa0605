"""Service on site: who lets somebody leave (安装维修服务单)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark


@reads(service_tickets="服务单号 类型 受理时间 受理人工号 批准人工号 批准时间 服务人员工号 出发时间")
def approved(job: Job, *, approvers: Parameter) -> list[Finding]:
    """Flag slips on which somebody left without approval, before it, or with that of no superior of the department.

    approvers: the 岗位 that may approve for their own 部门 (that of whoever serves or of whoever took the request).
    """
    rows = job.facts["service_tickets"]
    rows = rows[rows["出发时间"].notna()]
    post = job.roster_column(rows["批准人工号"], "岗位", rows["受理时间"])
    own = job.roster_column(rows["批准人工号"], "部门", rows["受理时间"])
    served, took = (job.roster_column(rows[who], "部门", rows["受理时间"]) for who in ("服务人员工号", "受理人工号"))
    same = (own == served) | (own == took)
    rows = rows.assign(
        blank=rows["批准人工号"].isna() | rows["批准时间"].isna(),
        late=rows["批准时间"] > rows["出发时间"],
        strange=~(post.isin(approvers.at(job.as_of)) & same),
    )
    wrong = rows["blank"] | rows["late"] | rows["strange"]
    return [
        remark(
            job,
            row,
            _approval(row),
            day=row["受理时间"].date(),
            subject=row["服务单号"],
            staff_no=row["服务人员工号"] or row["受理人工号"],
            column="批准时间",
        )
        for row in records(rows[wrong])
    ]


def _approval(row: Mapping[str, Any]) -> Text:
    left = f"{row['出发时间']:%Y-%m-%d %H:%M}"
    if row["blank"]:
        return say("{ticket}未经批准，{left}就已出发", ticket=_ticket(row), left=left)
    if row["late"]:
        approved_at = f"{row['批准时间']:%Y-%m-%d %H:%M}"
        return say("{ticket}，{left}出发，{approved}才批准", ticket=_ticket(row), left=left, approved=approved_at)
    return say("{ticket}的批准人{no}不是本部门主管或经理", ticket=_ticket(row), no=row["批准人工号"])


def _ticket(row: Mapping[str, Any]) -> Text:
    day = f"{row['受理时间']:%Y-%m-%d}"
    return say("{day} 受理的{kind}服务单{no}", day=day, kind=say(row["类型"]), no=row["服务单号"])
