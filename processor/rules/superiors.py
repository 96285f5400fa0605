"""Recorded breaches as they concern the superior of whoever committed them (奖惩登记表)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from processor.catalogue.outcome import Outcome
from processor.model import Finding, joined, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.months import months_over
from processor.rules.outcomes import Occurrence, decide
from processor.rules.remarks import statement


@reads(discipline="登记编号 日期 工号 条款编号 责任主管工号")
def answerable(job: Job, *, outcomes: Sequence[Outcome]) -> list[Finding]:
    """Decide each recorded row of the clause on the superior too: 责任主管工号, else the roster's direct supervisor.

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


@reads(discipline="日期 工号 条款编号 责任主管工号")
def summary(job: Job) -> list[Finding]:
    """One flag a superior and month: how many recorded breaches each of his people had. Dated the month's end (G14)."""
    rows = _with_superior(job)
    findings = []
    for (superior,), last, group in months_over(job, rows, day="日期", by=["superior"]):
        counts = group.groupby("工号").size().sort_index()
        people = [say("{name}{count}次", name=job.name_of(str(no)), count=int(count)) for no, count in counts.items()]
        text = say(
            "{month} {superior}所管人员违反接待规定共{total}次：{people}",
            month=f"{last:%Y-%m}",
            superior=job.name_of(superior),
            total=len(group),
            people=joined(people, "、"),
        )
        subject = f"{superior}|{last:%Y-%m}"
        findings.append(statement(job, group, text, day=last, subject=subject, staff_no=superior, effect="flag"))
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
