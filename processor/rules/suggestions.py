"""Suggestions by staff (合理化建议登记表) that were adopted."""

from __future__ import annotations

from collections.abc import Sequence

from processor.catalogue.outcome import Outcome
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.outcomes import Occurrence, decide


@reads(suggestions="建议编号 日期 工号 是否采纳 奖励金额")
def adopted(job: Job, *, outcomes: Sequence[Outcome]) -> list[Finding]:
    """What follows from each adopted suggestion; 奖励金额 is its recorded amount."""
    rows = job.facts["suggestions"]
    findings: list[Finding] = []
    for row in records(rows[rows["是否采纳"].fillna(False)]):
        day = row["日期"].date()
        occurrence = Occurrence(
            clause=job.clause,
            staff_no=row["工号"],
            date=day,
            subject=row["建议编号"],
            what=say("{day} 建议被采纳（建议编号{no}）", day=day.isoformat(), no=row["建议编号"]),
            row=row["_ref"],
            evidence=(row["_ref"],),
            column="奖励金额",
            recorded_amount=None if row["奖励金额"] is None else int(row["奖励金额"]),
        )
        findings += decide(job, occurrence, outcomes)
    return findings
