"""Deliveries followed until the customer has signed (订单登记表)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark


@reads(orders="订单号 客服工号 备注工号 承诺送达日期 签收日期 善后处理")
def followed(job: Job) -> list[Finding]:
    """Flag orders signed for after 承诺送达日期, or past it and not signed for; the text says how it was made good."""
    rows = job.facts["orders"]
    late = rows["签收日期"].fillna(pd.Timestamp(job.as_of)) > rows["承诺送达日期"]
    return [
        remark(
            job,
            row,
            _delivery(job, row),
            day=row["承诺送达日期"].date(),
            subject=row["订单号"],
            staff_no=row["客服工号"] or row["备注工号"],
            column="签收日期",
            due=row["承诺送达日期"].date() if row["签收日期"] is None else None,
        )
        for row in records(rows[late])
    ]


def _delivery(job: Job, row: Mapping[str, Any]) -> Text:
    promised = row["承诺送达日期"]
    signed = row["签收日期"]
    days = ((signed or pd.Timestamp(job.as_of)) - promised).days
    given = {"no": row["订单号"], "promised": f"{promised:%Y-%m-%d}", "elapsed": days, "amends": _amends(row)}
    if signed is None:
        return say("订单{no}答应{promised}送达，尚未签收确认，已逾期{elapsed}天，{amends}", **given)
    given["signed"] = f"{signed:%Y-%m-%d}"
    return say("订单{no}答应{promised}送达，{signed}才签收，延误{elapsed}天，{amends}", **given)


def _amends(row: Mapping[str, Any]) -> Text:
    if row["善后处理"] is None:
        return say("没有善后处理记录")
    return say("善后处理：{what}", what=row["善后处理"])
