"""Leave: asked for in time, with a reason, and approved by whoever may approve that many days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, joined, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark


@reads(leave="请假编号 申请日期 工号 开始日期 天数 批准人工号 事由")
def asked_and_approved(
    job: Job,
    *,
    notice_days: Parameter,
    head_days: Parameter,
    general_days: Parameter,
    head_posts: Parameter,
    general_posts: Parameter,
) -> list[Finding]:
    """Flag, one line a row of `leave`, whatever is wrong with it.

    notice_days: days between application and first day. head_days: up to so many the applicant's 直接主管 or a post of
    head_posts approves, and in doubt beyond (G7); from general_days on only a post of general_posts, who may always.
    Up to its first day a leave may still be approved (G21); the binding needs `due: true`.
    """
    rows = job.facts["leave"]
    days = rows["申请日期"]
    post = job.roster_column(rows["批准人工号"], "岗位", days)
    general = _among(post, days, general_posts)
    superior = rows["批准人工号"] == job.roster_column(rows["工号"], "直接主管工号", days)
    head = general | superior.fillna(False) | _among(post, days, head_posts)
    itself = rows["批准人工号"] == rows["工号"]
    long = rows["天数"] >= general_days.column(days)
    unapproved = rows["批准人工号"].isna()
    rows = rows.assign(
        post=post,
        short_notice=(rows["开始日期"] - days).dt.days < notice_days.column(days),
        no_reason=rows["事由"].isna(),
        unapproved=unapproved & (rows["开始日期"] < pd.Timestamp(job.as_of)),
        by_wrong=~unapproved & (itself | ~general.where(long, head)),
        doubtful=~long & (rows["天数"] > head_days.column(days)),
        long=long,
    )
    faulty = rows[rows[["short_notice", "no_reason", "unapproved", "by_wrong"]].any(axis=1)]
    rightful = {True: general_posts, False: head_posts}
    return [_flag(job, row, notice_days, rightful[row["long"]]) for row in records(faulty)]


def _among(posts: pd.Series, days: pd.Series, allowed: Parameter) -> pd.Series:
    """Which posts are in the list that is in force on each day."""
    found = pd.Series(False, index=posts.index)
    for day in days.dropna().unique():
        found |= (days == day) & posts.isin(allowed.at(day.date()))
    return found


def _flag(job: Job, row: Mapping[str, Any], notice_days: Parameter, rightful: Parameter) -> Finding:
    day = row["申请日期"].date()
    faults = _faults(job, row, notice_days.at(day), rightful.at(day))
    text = say(
        "{day} {applicant}的请假申请{key}（{start}起{days}天）：{faults}",
        day=day.isoformat(),
        applicant=job.name_of(row["工号"]),
        key=row["请假编号"],
        start=row["开始日期"].date().isoformat(),
        days=f"{row['天数']:g}",
        faults=joined([fault for fault, _ in faults]),
    )
    people = [number for number in (row["工号"], row["批准人工号"]) if number]
    return remark(
        job,
        row,
        text,
        day=day,
        subject=row["请假编号"],
        staff_no=row["工号"],
        column=faults[0][1],
        evidence=tuple(job.roster_ref(number, day) for number in people),
        readings=("G7",) if row["doubtful"] else (),
    )


def _faults(job: Job, row: Mapping[str, Any], notice: int, rightful: Sequence[str]) -> list[tuple[Text, str]]:
    """What is wrong, each with the header of its cell."""
    faults = []
    if row["short_notice"]:
        faults.append((say("没有提前{n}天申请", n=notice), "申请日期"))
    if row["no_reason"]:
        faults.append((say("没有写明事由"), "事由"))
    if row["unapproved"]:
        faults.append((say("没有人批准"), "批准人工号"))
    if row["by_wrong"]:
        approver = say("{number}（{post}）", number=job.name_of(row["批准人工号"]), post=row["post"] or say("岗位不明"))
        wrong = say("应由{posts}批准，却由{approver}批准", posts="或".join(rightful), approver=approver)
        faults.append((wrong, "批准人工号"))
    return faults
