"""The audit of recorded dispatches: levels, held stops, caps, refusals, and who is champion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from processor.calendars import window_key, window_range
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say, yuan
from processor.rules.declared import reads
from processor.rules.dispatch_book import Bar, DispatchBook, Limits, order_sizes, placed
from processor.rules.job import Job, records
from processor.rules.losses import LOSS, Confirmers, order_ends
from processor.rules.remarks import remark, statement
from processor.rules.signings import Champions
from processor.rules.workforce import called


@reads(
    contracts="签订日期 咨询编号",
    dispatch="派单编号 咨询编号 派单日期 设计师工号 是否拒单",
    enquiries="咨询编号 咨询日期 房屋面积 约访人工号 装修日期",
    lost_orders=LOSS,
)
def works_known(job: Job, *, confirmers: Confirmers) -> list[Finding]:
    """Flag enquiries, dispatched or to be, without the day of the works or the area of the flat (REN-D10)."""
    rows = job.facts["enquiries"]
    parts = [name for name in ("装修日期", "房屋面积") if job.has_column("enquiries", name)]
    if not parts:
        return []
    open_ = (rows["咨询日期"] <= pd.Timestamp(job.as_of)) & ~rows["咨询编号"].isin(order_ends(job, confirmers).index)
    due = open_ | rows["咨询编号"].isin(placed(job.facts["dispatch"])["咨询编号"])
    findings = []
    for row in records(rows[due & rows[parts].isna().any(axis=1)]):
        missing = [name for name in parts if row[name] is None]
        day = row["咨询日期"].date()
        text = say(
            "{day} 的咨询{number}派单前应问清{missing}，登记表上没有",
            day=day.isoformat(),
            number=row["咨询编号"],
            missing="、".join(missing),
        )
        findings.append(
            remark(job, row, text, day=day, subject=row["咨询编号"], staff_no=row["约访人工号"], column=missing[0])
        )
    return findings


@reads(dispatch="派单编号 咨询编号 派单日期 设计师工号", enquiries="咨询编号 预算金额")
def levels(job: Job, *, floors: Mapping[str, Parameter], level_sizes: Parameter) -> list[Finding]:
    """Dispatches to a designer whose level takes orders of another size (REN-D2).

    floors: size -> smallest budget. level_sizes: level -> size. Orders without a known budget are passed over.
    """
    enquiries = job.facts["enquiries"].rename(columns={"_ref": "enquiry"})
    rows = job.facts["dispatch"].merge(enquiries[["咨询编号", "预算金额", "enquiry"]], on="咨询编号")
    rows = rows[rows["设计师工号"].notna()]
    rows = rows.assign(
        size=order_sizes(rows["预算金额"], rows["派单日期"], floors),
        level=job.roster_column(rows["设计师工号"], "级别", rows["派单日期"]),
    )
    takes = [level_sizes.at(day.date()).get(level) for day, level in zip(rows["派单日期"], rows["level"], strict=True)]
    rows = rows.assign(takes=pd.Series(takes, index=rows.index, dtype="object"))
    return [_level_finding(job, row) for row in records(rows[rows["size"].notna() & (rows["size"] != rows["takes"])])]


def _level_finding(job: Job, row: Mapping[str, Any]) -> Finding:
    facts = {
        "day": row["派单日期"].date().isoformat(),
        "order": row["咨询编号"],
        "size": row["size"],
        "budget": yuan(row["预算金额"]),
        "who": called(job, row["设计师工号"]),
    }
    if row["takes"] is None:
        text = say("{day} 把{size}{order}（预算{budget}元）派给{who}，花名册上没有此人可接单的级别", **facts)
    else:
        text = say(
            "{day} 把{size}{order}（预算{budget}元）派给{who}，其级别{level}应接{takes}",
            level=row["level"],
            takes=row["takes"],
            **facts,
        )
    return _flag(
        job,
        row,
        job.clause,
        text,
        (row["_ref"], row["enquiry"], job.roster_ref(row["设计师工号"], row["派单日期"].date())),
    )


@reads(
    contracts="合同编号 签订日期 咨询编号 合同金额 设计师工号 退单日期",
    dispatch="派单编号 咨询编号 派单日期 设计师工号 是否拒单",
    lost_orders=LOSS,
)
def caps(
    job: Job,
    *,
    peak_months: Parameter,
    held_low: Parameter,
    held_peak: Parameter,
    day_cap: Parameter,
    week_cap: Parameter,
    champion_extra: Parameter,
    confirmers: Confirmers,
) -> list[Finding]:
    """Dispatches beyond the held stop (first clause) or beyond the caps of a day and a week (second clause) (REN-D3, REN-D4)."""
    limits = Limits(peak_months, held_low, held_peak, day_cap, week_cap, champion_extra)
    contracts = job.facts["contracts"]
    ends = order_ends(job, confirmers)
    book = DispatchBook(job.staff, contracts, ends, limits, job.clauses)
    findings = []
    for row in records(placed(job.facts["dispatch"])):
        staff_no, order, day = row["设计师工号"], row["咨询编号"], row["派单日期"].date()
        findings += [_beyond(job, row, bar) for bar in book.bars(staff_no, day, order)]
        book.enter(staff_no, order, day, row["_ref"])
    return findings


def _beyond(job: Job, row: Mapping[str, Any], bar: Bar) -> Finding:
    text = say(
        "{day} 派给{who}的{order}超出上限：{why}",
        day=row["派单日期"].date().isoformat(),
        who=called(job, row["设计师工号"]),
        order=row["咨询编号"],
        why=bar.breach,
    )
    return _flag(job, row, bar.clause, text, (*bar.evidence, row["_ref"]))


@reads(contracts="合同编号 签订日期 咨询编号 合同金额 设计师工号 退单日期")
def champions_of_quarter(job: Job) -> list[Finding]:
    """Who signed most in each past quarter (REN-D5)."""
    return _champions(job, "quarter", say("季度签单状元"))


@reads(contracts="合同编号 签订日期 咨询编号 合同金额 设计师工号 退单日期")
def champions_of_year(job: Job) -> list[Finding]:
    """Who signed most in each past year (REN-D5)."""
    return _champions(job, "year", say("年度签单状元"))


def _champions(job: Job, period: str, title: Text) -> list[Finding]:
    contracts = job.facts["contracts"]
    board = Champions(contracts)
    found = []
    for key in sorted({window_key(day.date(), period) for day in contracts["签订日期"].unique()}):
        first, last = window_range(key, period)
        if last <= job.as_of:
            best = board.between(first, last, job.as_of)
            found += [_champion(job, key, last, title, str(no), row) for no, row in best.iterrows()]
    return found


def _champion(job: Job, key: str, last: date, title: Text, staff_no: str, row: pd.Series) -> Finding:
    text = say(
        "{who}是{period}的{title}：净签{count}单，合同金额{amount}元",
        who=called(job, staff_no),
        period=key,
        title=title,
        count=int(row["count"]),
        amount=yuan(int(row["amount"])),
    )
    rows = pd.DataFrame({"_ref": row["refs"]})
    return statement(job, rows, text, day=last, subject=f"{staff_no}|{key}", staff_no=staff_no)


def _flag(
    job: Job,
    row: Mapping[str, Any],
    clause: str,
    text: Text,
    evidence: Sequence[int | None],
    column: str = "设计师工号",
) -> Finding:
    day, refs = row["派单日期"].date(), tuple(ref for ref in evidence if ref is not None)
    return remark(
        job,
        row,
        text,
        day=day,
        evidence=refs,
        subject=row["派单编号"],
        staff_no=row["设计师工号"],
        column=column,
        clause=clause,
    )
