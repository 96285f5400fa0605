"""Recorded breaches as they concern the superior of whoever committed them (奖惩登记表)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from processor.catalogue.outcome import Outcome
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.outcomes import Occurrence, decide


@reads(discipline="登记编号 日期 工号 条款编号 责任主管工号")
def answerable(job: Job, *, outcomes: Sequence[Outcome]) -> list[Finding]:
    """Decide each recorded row of the clause on the superior too: 责任主管工号, else the roster's direct supervisor (TO-K3).

    Each line hangs on the offender's line of the same effect; there is none where no superior is known.
    """
    findings: list[Finding] = []
    for row in records(_with_superior(job)):
        name = job.name_of(row["工号"])
        day = row["日期"].date()
        occurrence = Occurrence(
            clause=job.clause,
            staff_no=row["superior"],
            date=day,
            subject=row["登记编号"],
            what=say("{day} 下属{name}{title}", day=day.isoformat(), name=name, title=say(job.titles[job.clause])),
            row=row["_ref"],
            evidence=_evidence(job, row),
            column="条款编号",
            part="superior",
        )
        findings += [
            replace(found, hangs_on=(job.clause, found.effect, found.subject, row["工号"], ""))
            for found in decide(job, occurrence, outcomes)
        ]
    return findings


def _with_superior(job: Job) -> pd.DataFrame:
    """The recorded rows of the clause whose superior is known, with `superior`."""
    rows = job.facts["discipline"]
    rows = rows[rows["条款编号"] == job.clause]
    direct = job.roster_column(rows["工号"], "直接主管工号", rows["日期"])
    rows = rows.assign(superior=rows["责任主管工号"].fillna(direct))
    return rows[rows["superior"].isin(job.roster.numbers)]


def _evidence(job: Job, row: Mapping[str, Any]) -> tuple[int, ...]:
    own = (int(row["_ref"]),)
    return own if row["责任主管工号"] else (*own, job.roster_ref(row["工号"], row["日期"].date()))
