"""Notices of rectification: approved before they are issued, followed until it is put right (服务整改通知登记表)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job, among, records
from processor.rules.remarks import remark


@reads(rectifications="通知编号 下发日期 整改部门 责任人工号 签批人工号 签批日期 限期 整改日期 复查结果")
def followed(job: Job, *, approvers: Parameter) -> list[Finding]:
    """Flag notices issued without the head's approval, remind of those open, flag those past 限期 (TO-Q5).

    Approved: 签批人 of a post in `approvers`, as of his day, on or before 下发日期. Open until 整改日期, and again
    after 复查结果 不合格. Put right late stays a breach.
    """
    rows = job.facts["rectifications"]
    today = pd.Timestamp(job.as_of)
    rows = rows[rows["下发日期"] <= today]
    posts = job.roster_column(rows["签批人工号"], "岗位", rows["签批日期"])
    approved = among(posts, rows["签批日期"], approvers) & (rows["签批日期"] <= rows["下发日期"])
    open_ = rows["整改日期"].isna() | (rows["复查结果"] == "不合格")
    late = (open_ & (rows["限期"] < today)) | (rows["整改日期"] > rows["限期"])
    rows = rows.assign(open=open_)
    findings = []
    for row in records(rows[~approved]):
        text = say("{day} 下发给{place}的整改通知{no}没有经客服经理事先签批", **_given(row))
        findings.append(_said(job, row, text, "签批人工号", part="approval"))
    for row in records(rows[late]):
        findings.append(_said(job, row, _late(row), "整改日期", due=row["限期"].date() if row["open"] else None))
    for row in records(rows[open_ & ~late]):
        text = say("整改通知{no}（{place}）应在{limit}前整改完成，还没有完成", **_given(row))
        findings.append(_said(job, row, text, "整改日期", effect="remind", due=row["限期"].date()))
    return findings


def _late(row: Mapping[str, Any]) -> Text:
    if row["复查结果"] == "不合格":
        return say("整改通知{no}（{place}）应在{limit}前整改完成，复查不合格，须重新整改", **_given(row))
    if row["整改日期"] is None:
        return say("整改通知{no}（{place}）应在{limit}前整改完成，没有完成", **_given(row))
    return say(
        "整改通知{no}（{place}）应在{limit}前整改完成，到{done}才完成",
        done=f"{row['整改日期']:%Y-%m-%d}",
        **_given(row),
    )


def _given(row: Mapping[str, Any]) -> dict[str, str]:
    days = {"day": f"{row['下发日期']:%Y-%m-%d}", "limit": f"{row['限期']:%Y-%m-%d}"}
    return {"no": row["通知编号"], "place": row["整改部门"], **days}


def _said(job: Job, row: Mapping[str, Any], text: Text, column: str, **fields: Any) -> Finding:
    day = row["下发日期"].date()
    return remark(
        job,
        row,
        text,
        day=day,
        subject=row["通知编号"],
        staff_no=row["责任人工号"],
        column=column,
        readings=("G21",),
        **fields,
    )
