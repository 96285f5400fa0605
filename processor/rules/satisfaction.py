"""Customers who are not content: what should be improved is asked, and written down."""

from __future__ import annotations

from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, records


@reads(followups="回访编号 回访时间 回访人工号 满意度 意见建议 是否转交")
def unasked(job: Job, *, upto: Parameter) -> list[Finding]:
    """Flag each row of `followups` with a 满意度 of `upto` or less and neither an opinion noted nor a transfer."""
    rows = job.facts["followups"]
    low = (rows["满意度"] <= upto.column(rows["回访时间"]).astype("Int64")).fillna(False)
    handed_on = rows["是否转交"].fillna(False).astype(bool)
    findings = []
    for row in records(rows[low & rows["意见建议"].isna() & ~handed_on]):
        day = row["回访时间"].date()
        text = say(
            "{day} 回访{call}客户满意度{score}分（{limit}分及以下），没有记录改进意见，也没有转交处理",
            day=day.isoformat(),
            call=row["回访编号"],
            score=int(row["满意度"]),
            limit=upto.at(day),
        )
        findings.append(
            Finding(
                clause=job.clause,
                effect="flag",
                date=day,
                subject=row["回访编号"],
                staff_no=row["回访人工号"],
                text=text,
                row=row["_ref"],
                column="意见建议",
                evidence=(row["_ref"],),
            )
        )
    return findings
