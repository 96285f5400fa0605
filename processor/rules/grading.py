"""Grades of customers, one classify line each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say
from processor.rules.customers import Grading, graded
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark


@reads(
    complaints="受理时间 联系电话 办结时间", members="申请单号 申请日期 卡号 卡类型 姓名 手机 身份证号码 生日 退卡日期"
)
def by_card(job: Job, *, grading: Mapping[str, Parameter]) -> list[Finding]:
    """Grade each customer of `members` by the best card; open `complaints` and returned cards override (SA-G1).

    grading: the parameters of `customers.Grading`. Dated on the as-of day; the binding needs `due: true`.
    """
    findings = []
    for row in records(graded(job, Grading.on(job, grading))):
        text = say(
            "截至{day}，{name}持{card}{why}，评为{grade}级客户",
            day=job.as_of.isoformat(),
            name=row["姓名"] or say("该会员"),
            card=row["卡类型"],
            why=_why(row),
            grade=row["grade"],
        )
        line = remark(job, row, text, day=job.as_of, subject=row["subject"], effect="classify", column="卡类型")
        findings.append(replace(line, evidence=row["evidence"]))
    return findings


def _why(row: Mapping[str, Any]) -> Text:
    if row["complained"]:
        return say("，但有投诉尚未办结")
    return say("，但近期退卡") if row["returned"] else say("")
