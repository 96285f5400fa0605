"""Trainings: who had too few in a year, none before he started, none for long (培训演练登记表)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark
from processor.rules.workforce import employed_on

ATTENDED = "出勤"


@reads(trainings="培训编号 日期 类型 工号 出勤")
def quota(job: Job, *, kinds: Parameter, count: Parameter) -> list[Finding]:
    """Each employee with fewer than `count` trainings of `kinds` in a year: reminded of, flagged once it is over (FS-1, G14).

    Only for years in which the unit delivered the register; employed on the as-of day, or at the year's end.
    """
    rows = job.facts["trainings"]
    years = sorted(set(rows["日期"].dt.year))
    attended = _attended(rows, kinds.at(job.as_of))
    done = attended.groupby(["工号", attended["日期"].dt.year])["培训编号"].nunique()
    findings = []
    for year in years:
        last = date(year, 12, 31)
        for row in records(_employed(job, min(last, job.as_of))):
            missing = count.at(last) - int(done.get((row["工号"], year), 0))
            if missing > 0 and date(year, 1, 1) <= job.as_of:
                findings.append(_short(job, row, last, missing, count.at(last)))
    return findings


@reads(trainings="日期 类型 工号 出勤 评分")
def before_starting(job: Job, *, kind: str, score: Parameter) -> list[Finding]:
    """Flag new employees without a training of 类型 `kind` passed with `score` by their 入职日期 (FS-1).

    New are those hired in a year for which the unit delivered the register (G14).
    """
    rows = job.facts["trainings"]
    passed = _attended(rows, [kind])
    passed = passed[passed["评分"] >= score.column(passed["日期"])]
    first = passed.groupby("工号")["日期"].min()
    staff = job.staff(job.as_of)
    hired = staff["入职日期"]
    trained = first.reindex(staff.index)
    late = ~(trained <= hired)
    new = hired.dt.year.isin(rows["日期"].dt.year.unique()) & (hired < pd.Timestamp(job.as_of))
    findings = []
    for row in records(staff[late & new]):
        day = row["入职日期"].date()
        text = say(
            "{name} {day} 入职，入职前没有通过{kind}（{score}分及格）",
            name=row["姓名"],
            day=day.isoformat(),
            kind=say(kind),
            score=f"{score.at(day):g}",
        )
        findings.append(remark(job, row, text, day=day, subject=row["工号"], staff_no=row["工号"], part="starting"))
    return findings


@reads(trainings="日期 类型 工号 出勤")
def yearly(job: Job, *, kind: str, days: Parameter) -> list[Finding]:
    """Flag each employee in scope without a training of 类型 `kind` in the last `days` days (FS-9).

    Dated on the as-of day; only where the unit delivers the register at all (G14).
    """
    rows = job.facts["trainings"]
    if rows.empty:
        return []
    attended = _attended(rows[rows["日期"] <= pd.Timestamp(job.as_of)], [kind])
    last = attended.groupby("工号")["日期"].max()
    findings = []
    for row in records(_employed(job, job.as_of).sort_index()):
        done = last.get(row["工号"])
        if done is not None and (job.as_of - done.date()).days <= days.at(job.as_of):
            continue
        given = {"name": row["姓名"], "post": row["岗位"], "kind": say(kind)}
        if done is None:
            text = say("{name}（{post}）没有参加过{kind}", **given)
        else:
            text = say("{name}（{post}）上次{kind}在{day}，已超过一年", day=f"{done:%Y-%m-%d}", **given)
        subject = f"{row['工号']}|{job.as_of.year}"
        findings.append(remark(job, row, text, day=job.as_of, subject=subject, staff_no=row["工号"]))
    return findings


def _attended(rows: pd.DataFrame, kinds: list[str]) -> pd.DataFrame:
    return rows[rows["类型"].isin(kinds) & (rows["出勤"] == ATTENDED)]


def _employed(job: Job, day: date) -> pd.DataFrame:
    staff = job.staff(day)
    return staff[employed_on(staff, day)]


def _short(job: Job, row: Mapping[str, Any], last: date, missing: int, count: int) -> Finding:
    given = {"name": row["姓名"], "year": last.year, "missing": missing, "count": count, "last": last.isoformat()}
    if last <= job.as_of:
        text = say("{name} {year}年消防培训应不少于{count}次，到{last}还缺{missing}次", **given)
    else:
        text = say("{name} {year}年消防培训应不少于{count}次，还差{missing}次，请在{last}前完成", **given)
    return remark(
        job,
        row,
        text,
        day=last,
        subject=f"{row['工号']}|{last.year}",
        staff_no=row["工号"],
        effect="flag" if last <= job.as_of else "remind",
        due=last,
    )
