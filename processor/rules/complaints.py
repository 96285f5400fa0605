"""Complaints by customers (客户投诉处理表) that someone answers for: the ladder of 'second time doubled' (G4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from processor.catalogue.outcome import Outcome
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.ladder import answered_for
from processor.rules.lookup import listed
from processor.rules.remarks import remark


@reads(complaints="投诉编号 受理时间 责任类型 责任人工号 是否争吵")
def service(
    job: Job, *, types: Parameter, steps: Sequence[Sequence[Outcome]], window: str, quarrels: bool = False
) -> list[Finding]:
    """Ladder of the complaints whose 责任类型 is in `types` (and, with quarrels, of all with 是否争吵), by 责任人工号.

    types: list of 责任类型. A complaint without 责任人工号 is flagged. Occurrences by day of 受理时间, then 投诉编号.
    """
    rows = job.facts["complaints"]
    counted = listed(rows["责任类型"], rows["受理时间"], types)
    if quarrels:
        counted |= rows["是否争吵"].fillna(False).astype(bool)
    rows = rows.assign(day=rows["受理时间"].dt.normalize())[counted]
    blamed = rows["责任人工号"].notna()
    findings = [_nobody(job, row) for row in records(rows[~blamed])]
    return findings + answered_for(
        job,
        rows[blamed],
        staff="责任人工号",
        day="day",
        subject="投诉编号",
        window=window,
        steps=steps,
        what=_what,
        column=lambda step: "责任类型" if step.row["责任类型"] in types.at(step.day) else "是否争吵",
    )


def _what(row: Mapping[str, Any]) -> Text:
    day = f"{row['day']:%Y-%m-%d}"
    reason = row["责任类型"] or "未分类"
    if row["是否争吵"]:
        return say("{day} 与客户争吵（投诉编号{no}，责任类型{type}）", day=day, no=row["投诉编号"], type=reason)
    return say("{day} 因{type}原因被客户投诉（投诉编号{no}）", day=day, no=row["投诉编号"], type=reason)


def _nobody(job: Job, row: Mapping[str, Any]) -> Finding:
    text = say("{what}，没有填写责任人，不能处理，请补填", what=_what(row))
    return remark(job, row, text, day=row["day"].date(), subject=row["投诉编号"], column="责任人工号")
