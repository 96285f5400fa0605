"""Service on site: promised times, permission for remote work, approval, money taken (安装维修服务单)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark

REMOTE = "远程"


@reads(
    service_tickets="服务单号 类型 受理时间 受理人工号 服务人员工号 承诺到达时间 到达时间 方式 客户授权远程 完成时间"
)
def escalated(job: Job) -> list[Finding]:
    """Flag arrivals after 承诺到达时间 (or none yet, work not done), and remote work without permission."""
    rows = job.facts["service_tickets"]
    now = pd.Timestamp(job.as_of) + pd.Timedelta(days=1)
    open_ = rows["到达时间"].isna() & rows["完成时间"].isna()
    arrived = rows["到达时间"].where(~open_, now)
    unasked = (rows["方式"] == REMOTE) & ~rows["客户授权远程"].fillna(False).astype(bool)
    findings = [_late(job, row) for row in records(rows[arrived > rows["承诺到达时间"]])]
    for row in records(rows[unasked]):
        text = say("{ticket}未经客户授权就做了远程服务", ticket=_ticket(row))
        findings.append(_flag(job, row, text, "客户授权远程", "remote"))
    return findings


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
    return [_flag(job, row, _approval(row), "批准时间", "") for row in records(rows[wrong])]


def _late(job: Job, row: Mapping[str, Any]) -> Finding:
    promised = f"{row['承诺到达时间']:%Y-%m-%d %H:%M}"
    if row["到达时间"] is None:
        text = say("{ticket}答应{promised}到达，至今没有到达", ticket=_ticket(row), promised=promised)
    else:
        arrived = f"{row['到达时间']:%Y-%m-%d %H:%M}"
        text = say("{ticket}答应{promised}到达，{arrived}才到", ticket=_ticket(row), promised=promised, arrived=arrived)
    still = row["承诺到达时间"].date() if row["到达时间"] is None and row["完成时间"] is None else None
    return _flag(job, row, text, "到达时间", "arrival", due=still)


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


def _flag(
    job: Job,
    row: Mapping[str, Any],
    text: Text,
    column: str,
    part: str,
    day: pd.Timestamp | None = None,
    due: date | None = None,
) -> Finding:
    return remark(
        job,
        row,
        text,
        day=(day or row["受理时间"]).date(),
        subject=row["服务单号"],
        staff_no=row["服务人员工号"] or row["受理人工号"],
        column=column,
        part=part,
        due=due,
    )
