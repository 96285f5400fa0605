"""Customers on file who are called back, large ones first (EN-5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.lookup import looked_up
from processor.rules.remarks import remark
from processor.rules.turnover import TURNOVER, grades


@reads(
    customer_files="客户编号 客户名称 联系电话 建档日期",
    followups="回访编号 回访时间 联系电话",
    orders=TURNOVER,
)
def revisited(job: Job, *, shares: Parameter, intervals: Parameter) -> list[Finding]:
    """Remind of customers to call back by the end of the coming week, flag those overdue; one line each (EN-5).

    intervals: grade (EN-3; without orders the last one) -> days since the last call by phone, else since 建档日期.
    The first grade is that of key customers and stands first.
    """
    terms = intervals.at(job.as_of)
    rows = _due(job, terms, grades(job, shares))
    sunday = job.as_of + timedelta(days=13 - job.as_of.weekday())
    rows = rows[rows["due"] <= pd.Timestamp(sunday)].sort_values(["grade", "due", "客户编号"], kind="stable")
    return [_line(job, row, is_key=row["grade"] == next(iter(terms))) for row in records(rows)]


def _due(job: Job, terms: Mapping[str, int], graded: Mapping[str, str]) -> pd.DataFrame:
    """The customers on file with grade, called (day of the last call) and due (day by which the next one is owed)."""
    files = job.facts["customer_files"]
    files = files[files["建档日期"] <= pd.Timestamp(job.as_of)]
    calls = job.facts["followups"]
    calls = calls[calls["回访时间"] < pd.Timestamp(job.as_of) + pd.Timedelta(days=1)]
    last = calls.dropna(subset=["联系电话"]).groupby("联系电话")["回访时间"].max().dt.normalize()
    grade = files["客户编号"].map(graded).fillna(list(terms)[-1])
    called = looked_up(files["联系电话"], last)
    term = pd.to_timedelta(grade.map(terms).astype("float64"), unit="D")
    return files.assign(grade=grade, called=called, due=called.fillna(files["建档日期"]) + term)


def _line(job: Job, row: Mapping[str, Any], *, is_key: bool) -> Finding:
    """A flag on a customer who should have been called back, a remind of one who is to be."""
    due = row["due"].date()
    over = due < job.as_of
    given = {
        "grade": row["grade"],
        "key": say("重点客户") if is_key else say("客户"),
        "name": row["客户名称"] or row["客户编号"],
        "last": say("上次回访{day}", day=f"{row['called']:%Y-%m-%d}") if row["called"] else say("建档后没有回访"),
        "due": due.isoformat(),
    }
    if over:
        text = say("{grade}类{key}{name}应在{due}前回访（{last}），没有回访", **given)
    else:
        text = say("请在{due}前回访{grade}类{key}{name}（{last}）", **given)
    return remark(
        job,
        row,
        text,
        day=due,
        subject=row["客户编号"],
        effect="flag" if over else "remind",
        column="客户编号",
        readings=("G21",),
        due=due,
    )
