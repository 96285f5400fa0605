"""Files of customers: opened after a visit, and their customers called back, large ones first."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.lookup import looked_up
from processor.rules.remarks import remark
from processor.rules.turnover import TURNOVER, grades


@reads(customer_files="客户编号 客户名称 联系电话 建档日期", visits="拜访编号 拜访日期 业务员工号 客户名称 联系电话")
def opened(job: Job, *, days: Parameter) -> list[Finding]:
    """Flag each visited customer without a file `days` after the visit; a later file does not undo it (EN-4).

    A file is the customer's by phone, by 客户名称 where either has none.
    """
    visits, files = job.facts["visits"], job.facts["customer_files"]
    by_phone = files.dropna(subset=["联系电话"]).groupby("联系电话")["建档日期"].min()
    by_name = files.dropna(subset=["客户名称"]).groupby("客户名称")["建档日期"].min()
    phoneless = files[files["联系电话"].isna()].dropna(subset=["客户名称"]).groupby("客户名称")["建档日期"].min()
    phone, name = visits["联系电话"], visits["客户名称"]
    told = pd.DataFrame({"phone": looked_up(phone, by_phone), "name": looked_up(name, phoneless)}).min(axis=1)
    found = told.where(phone.notna(), looked_up(name, by_name))
    term = pd.to_timedelta(days.column(visits["拜访日期"]).astype("float64"), unit="D")
    visits = visits.assign(found=found, deadline=visits["拜访日期"] + term)
    late = (visits["found"] > visits["deadline"]) | (found.isna() & (visits["deadline"] < pd.Timestamp(job.as_of)))
    findings = []
    for row in records(visits[late]):
        given = {
            "day": f"{row['拜访日期']:%Y-%m-%d}",
            "name": row["客户名称"],
            "deadline": f"{row['deadline']:%Y-%m-%d}",
        }
        if row["found"] is None:
            text = say("{day} 拜访的客户{name}应在{deadline}前建档，没有建档", **given)
        else:
            text = say(
                "{day} 拜访的客户{name}应在{deadline}前建档，到{found}才建档", found=f"{row['found']:%Y-%m-%d}", **given
            )
        findings.append(
            remark(
                job,
                row,
                text,
                day=row["拜访日期"].date(),
                subject=row["拜访编号"],
                staff_no=row["业务员工号"],
                column="客户名称",
                readings=("G21",),
                due=row["deadline"].date() if row["found"] is None else None,
            )
        )
    return findings


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
    files = job.facts["customer_files"]
    files = files[files["建档日期"] <= pd.Timestamp(job.as_of)]
    calls = job.facts["followups"]
    calls = calls[calls["回访时间"] < pd.Timestamp(job.as_of) + pd.Timedelta(days=1)]
    last = calls.dropna(subset=["联系电话"]).groupby("联系电话")["回访时间"].max().dt.normalize()
    terms = intervals.at(job.as_of)
    graded = grades(job, shares)
    grade = files["客户编号"].map(graded).fillna(list(terms)[-1])
    called = looked_up(files["联系电话"], last)
    due = called.fillna(files["建档日期"]) + pd.to_timedelta(grade.map(terms).astype("float64"), unit="D")
    rows = files.assign(grade=grade, called=called, due=due)
    sunday = job.as_of + timedelta(days=13 - job.as_of.weekday())
    rows = rows[rows["due"] <= pd.Timestamp(sunday)].sort_values(["grade", "due", "客户编号"], kind="stable")
    findings = []
    for row in records(rows):
        over = row["due"].date() < job.as_of
        given = {
            "grade": row["grade"],
            "key": say("重点客户") if row["grade"] == next(iter(terms)) else say("客户"),
            "name": row["客户名称"] or row["客户编号"],
            "last": say("上次回访{day}", day=f"{row['called']:%Y-%m-%d}") if row["called"] else say("建档后没有回访"),
            "due": f"{row['due']:%Y-%m-%d}",
        }
        if over:
            text = say("{grade}类{key}{name}应在{due}前回访（{last}），没有回访", **given)
        else:
            text = say("请在{due}前回访{grade}类{key}{name}（{last}）", **given)
        findings.append(
            remark(
                job,
                row,
                text,
                day=row["due"].date(),
                subject=row["客户编号"],
                effect="flag" if over else "remind",
                column="客户编号",
                readings=("G21",),
                due=row["due"].date(),
            )
        )
    return findings
