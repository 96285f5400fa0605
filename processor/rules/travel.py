"""Travellers looked after: confirmed ahead, called and messaged on the day of departure, followed (旅游订单登记表)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, joined, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark

NAMES = {"出发日电话": say("出发日电话"), "出发日短信": say("出发日短信"), "跟踪电话": say("当日跟踪电话")}


@reads(travel_orders="订单号 客户姓名 出发日期 路线酒店 确认日期 出发日电话 出发日短信 跟踪电话 客服工号")
def looked_after(job: Job, *, days_ahead: Parameter) -> list[Finding]:
    """Remind of the orders that depart on the as-of day, and flag on each order all that was missed (TO-R1).

    Confirmed: 确认日期 at least `days_ahead` days before 出发日期. Calls and message are missed where 否 stands, and
    from the day after departure where nothing stands. 跟踪电话 is judged where the unit fills that column at all.
    """
    rows = job.facts["travel_orders"]
    today = pd.Timestamp(job.as_of)
    ahead = pd.to_timedelta(days_ahead.column(rows["出发日期"]).astype("float64"), unit="D")
    deadline = rows["出发日期"] - ahead
    rows = rows.assign(deadline=deadline, unconfirmed=rows["确认日期"].fillna(today) > deadline)
    duties = ["出发日电话", "出发日短信"] + ["跟踪电话"] * bool(rows["跟踪电话"].notna().any())
    gone = (rows["出发日期"] < today).to_numpy()
    for name in duties:
        refused = ~rows[name].fillna(True).to_numpy(dtype=bool)
        blank = rows[name].isna().to_numpy()
        rows = rows.assign(**{f"missed {name}": refused & (rows["出发日期"] <= today).to_numpy() | blank & gone})
    missed = rows[[f"missed {name}" for name in duties]].any(axis=1)
    findings = [_missed(job, row, duties) for row in records(rows[missed | rows["unconfirmed"]])]
    return findings + [_departs(job, row) for row in records(rows[rows["出发日期"] == today])]


def _missed(job: Job, row: Mapping[str, Any], duties: list[str]) -> Finding:
    names = [name for name in duties if row[f"missed {name}"]]
    parts: list[Text] = []
    if row["unconfirmed"]:
        parts.append(_confirmation(row))
    if names:
        parts.append(say("没有{names}", names=joined([NAMES[name] for name in names], "、")))
    text = say("{order}：{parts}", order=_order(row), parts=joined(parts))
    day = row["出发日期"] if names else row["deadline"]
    column = "确认日期" if row["unconfirmed"] else names[0]
    open_ = row["unconfirmed"] and row["确认日期"] is None and row["出发日期"] >= pd.Timestamp(job.as_of)
    return remark(
        job,
        row,
        text,
        day=day.date(),
        subject=row["订单号"],
        staff_no=row["客服工号"],
        column=column,
        part="missed",
        due=row["deadline"].date() if open_ else None,
    )


def _confirmation(row: Mapping[str, Any]) -> Text:
    deadline = f"{row['deadline']:%Y-%m-%d}"
    if row["确认日期"] is None:
        return say("线路和住宿应在{deadline}前与客户确认，没有确认记录", deadline=deadline)
    day = f"{row['确认日期']:%Y-%m-%d}"
    return say("线路和住宿到{day}才与客户确认，最迟应为{deadline}", day=day, deadline=deadline)


def _departs(job: Job, row: Mapping[str, Any]) -> Finding:
    text = say(
        "{order}今天出发，线路酒店：{route}；请电话、短信通知客户并全程跟踪",
        order=_order(row),
        route=row["路线酒店"] or say("未填"),
    )
    return remark(
        job,
        row,
        text,
        day=row["出发日期"].date(),
        subject=row["订单号"],
        staff_no=row["客服工号"],
        effect="remind",
        column="出发日期",
        due=row["出发日期"].date(),
    )


def _order(row: Mapping[str, Any]) -> Text:
    day = f"{row['出发日期']:%Y-%m-%d}"
    return say("{day} 出发的订单{no}（{name}）", day=day, no=row["订单号"], name=row["客户姓名"])
