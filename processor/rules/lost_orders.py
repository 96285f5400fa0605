"""Lost orders: invalid or failed, accepted or not, whose account of them is true, and how many there are by what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from processor.calendars import month_of, window_range
from processor.catalogue.parameter import Parameter
from processor.holidays import add_workdays
from processor.model import Finding, Text, joined, say
from processor.rules.declared import reads
from processor.rules.dispatch_book import order_sizes, placed
from processor.rules.job import Job, records
from processor.rules.lookup import looked_up
from processor.rules.losses import LOSS, Confirmers, judged
from processor.rules.remarks import remark
from processor.rules.workforce import called

Row = Mapping[str, Any]
#: what follows an accepted loss -> how it is called
REPORTS = {"报送总经办日期": "报送总经办", "知会店面经理日期": "知会店面经理"}


@reads(
    judges="lost_orders",
    contracts="咨询编号 退单日期",
    lost_orders=f"登记日期 {LOSS}",
)
def judge(job: Job, *, confirmers: Confirmers) -> list[Finding]:
    """What each reported loss is (REN-L1 to REN-L5).

    The binding's clauses: before measuring, after measuring, loss date, completeness, differing statements.
    """
    rows = judged(job, confirmers)
    contracts = job.facts["contracts"]
    live = contracts[~(contracts["退单日期"] <= pd.Timestamp(job.as_of))]
    contract = live.drop_duplicates("咨询编号").set_index("咨询编号")["_ref"]
    rows = rows.assign(contract=looked_up(rows["咨询编号"], contract))
    return [finding for row in records(rows) for finding in _judge(job, row)]


def _judge(job: Job, row: Row) -> Iterator[Finding]:
    invalid, failed, dated, complete, differing = job.clauses
    if row["accepted"]:
        yield _accepted(row, failed if row["是否量房"] else invalid)
        if row["loss_date"] != row["登记日期"]:
            yield _loss_date(row, dated)
        if row["disordered"]:
            yield _disordered(row, failed if row["是否量房"] else invalid)
        if row["contract"] is not None:
            text = say("跑单{order}登记为{to}，但合同登记表上还有未退的合同", order=row["咨询编号"], to=row["客户去向"])
            yield _finding(row, failed, "flag", text, "客户去向", part="contract")
    if row["missing"]:
        text = say("跑单{order}待补：缺{missing}，补齐以前仍算在手", order=row["咨询编号"], missing=row["missing"])
        yield _finding(row, complete, "flag", text, "情况说明")
    if row["misfit"]:
        yield _misfit(row, failed)
    customer, designer = row["客户陈述原因"], row["设计师陈述原因"]
    if customer and designer and customer != designer:
        text = say(
            "跑单{order}待界定责任：客户说是{customer}，设计师说是{designer}，请设计部经理查实",
            order=row["咨询编号"],
            customer=customer,
            designer=designer,
        )
        yield _finding(row, differing, "recommendation", text, "设计师陈述原因")


def _accepted(row: Row, clause: str) -> Finding:
    words = (
        say("{day} {order}量房后跑单，定为签单失败（死单），客户去向：{to}", **_facts(row))
        if row["是否量房"]
        else say("{day} {order}量房前跑单，定为无效单，客户去向：{to}", **_facts(row))
    )
    return _finding(row, clause, "classify", words, "客户去向")


def _facts(row: Row) -> dict[str, str]:
    return {"day": row["loss_date"].date().isoformat(), "order": row["咨询编号"], "to": row["客户去向"]}


def _loss_date(row: Row, clause: str) -> Finding:
    text = say(
        "{order}的跑单时间以客户经理确认的{day}为准，登记日期是{registered}",
        day=row["loss_date"].date().isoformat(),
        order=row["咨询编号"],
        registered=row["登记日期"].date().isoformat(),
    )
    return _finding(row, clause, "classify", text, "客户经理回访日期")


def _disordered(row: Row, clause: str) -> Finding:
    text = say(
        "跑单{order}先由设计部经理在{agreed}确认，客户经理{called}才回访，应先回访再确认",
        order=row["咨询编号"],
        agreed=row["设计部经理确认日期"].date().isoformat(),
        called=row["客户经理回访日期"].date().isoformat(),
    )
    return _finding(row, clause, "flag", text, "设计部经理确认日期", part="order")


def _misfit(row: Row, clause: str) -> Finding:
    if row["是否量房"]:
        text = say("跑单{order}不予认定：已经量房，客户去向却是{to}", order=row["咨询编号"], to=row["客户去向"])
    else:
        text = say("跑单{order}登记有矛盾：没有量房，客户去向却是{to}", order=row["咨询编号"], to=row["客户去向"])
    return _finding(row, clause, "flag", text, "客户去向")


def _finding(row: Row, clause: str, effect: str, text: Text, column: str, part: str = "") -> Finding:
    day = row["登记日期"] if row["loss_date"] is None or not row["accepted"] else row["loss_date"]
    refs = (row["_ref"], row["contract"]) if part == "contract" else (row["_ref"],)
    return Finding(
        clause=clause,
        effect=effect,
        date=day.date(),
        subject=row["咨询编号"],
        text=text,
        row=row["_ref"],
        column=column,
        evidence=tuple(int(ref) for ref in refs),
        part=part,
    )


@reads(lost_orders=f"{LOSS} 报送总经办日期 知会店面经理日期")
def reported(job: Job, *, confirmers: Confirmers, workdays: Parameter) -> list[Finding]:
    """Remind, then flag, of accepted losses not reported to the general office or told the store manager (REN-L7).

    Due so many working days after the later of both confirmations; a column that the site does not keep is not owed.
    """
    steps = [name for name in REPORTS if job.has_column("lost_orders", name)]
    if not steps:
        return []
    rows = judged(job, confirmers)
    findings = []
    for row in records(rows[rows["accepted"]]):
        since = max(row["客户经理回访日期"], row["设计部经理确认日期"]).date()
        deadline = add_workdays(since, workdays.at(since))
        missing = [name for name in steps if row[name] is None]
        late = [name for name in steps if row[name] is not None and row[name].date() > deadline]
        if missing or late:
            findings.append(_report(job, row, deadline, missing, late))
    return findings


def _report(job: Job, row: Row, deadline: date, missing: Sequence[str], late: Sequence[str]) -> Finding:
    """A flag on reports that came late or are overdue, a remind of those that can still be made."""
    over = bool(late) or deadline < job.as_of
    told = [say("{step}没有", step=say(REPORTS[name])) for name in missing]
    told += [say("{step}到{day}才有", step=say(REPORTS[name]), day=f"{row[name]:%Y-%m-%d}") for name in late]
    text = say(
        "跑单{order}应在{deadline}前报送总经办并知会店面经理：{told}",
        order=row["咨询编号"],
        deadline=deadline.isoformat(),
        told=joined(told, "、"),
    )
    return remark(
        job,
        row,
        text,
        day=row["loss_date"].date(),
        subject=row["咨询编号"],
        staff_no=row["客户经理工号"],
        effect="flag" if over else "remind",
        column=[*missing, *late][0],
        readings=("G21",),
        due=deadline if missing else None,
    )


@reads(
    judges="lost_orders",
    dispatch="派单编号 咨询编号 派单日期 设计师工号 是否拒单",
    enquiries="咨询编号 咨询日期 预算金额 来源渠道",
    lost_orders=LOSS,
)
def summary(job: Job, *, floors: Mapping[str, Parameter], confirmers: Confirmers) -> list[Finding]:
    """Loss rate and causes of each past month: in all, by designer, source and size (REN-L6).

    The rate is the orders lost in the month, by loss date, over the orders dispatched in it.
    """
    enquiries = job.facts["enquiries"]
    about = enquiries.assign(size=order_sizes(enquiries["预算金额"], enquiries["咨询日期"], floors)).set_index(
        "咨询编号"
    )
    given = placed(job.facts["dispatch"])
    last_given = given.drop_duplicates("咨询编号", keep="last").set_index("咨询编号")["设计师工号"]
    given = given.assign(month=month_of(given["派单日期"]), designer=given["设计师工号"])
    given = given.drop_duplicates(["month", "咨询编号", "designer"])
    lost = judged(job, confirmers)
    lost = lost[lost["accepted"]]
    lost = lost.assign(
        month=month_of(lost["loss_date"]), designer=looked_up(lost["咨询编号"], last_given), cause=lost["客户陈述原因"]
    )
    found: list[Finding] = []
    for month in sorted(lost["month"].unique()):
        if window_range(month, "month")[1] <= job.as_of:
            found += _month(job, month, *(_described(rows[rows["month"] == month], about) for rows in (lost, given)))
    return found


def _described(rows: pd.DataFrame, about: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(
        source=looked_up(rows["咨询编号"], about["来源渠道"]), size=looked_up(rows["咨询编号"], about["size"])
    )


def _month(job: Job, month: str, lost: pd.DataFrame, given: pd.DataFrame) -> Iterator[Finding]:
    yield _rate(job, month, "", say("全部"), lost, given)
    for designer, rows in lost.groupby("designer", sort=True):
        number = str(designer)
        theirs = given[given["designer"] == designer]
        yield _rate(job, month, number, say("设计师{who}", who=called(job, number)), rows, theirs, number)
    for source, rows in lost.groupby("source", sort=True):
        yield _rate(job, month, str(source), say("来源{source}", source=source), rows, given[given["source"] == source])
    for size, rows in lost.groupby("size", sort=True):
        yield _rate(job, month, str(size), say("{size}", size=size), rows, given[given["size"] == size])


def _rate(
    job: Job, month: str, group: str, title: Text, lost: pd.DataFrame, given: pd.DataFrame, staff_no: str = ""
) -> Finding:
    dispatched = given["咨询编号"].nunique()
    counts = lost["cause"].value_counts()
    causes = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    listed = joined([say("{cause}{n}单", cause=cause, n=int(n)) for cause, n in causes], "、")
    facts = {"month": month, "title": title, "lost": len(lost), "given": dispatched, "causes": listed}
    if dispatched:
        share = say("{percent}%", percent=f"{len(lost) / dispatched:.2%}".removesuffix("%"))
        text = say("{month} {title}跑单{lost}单、派单{given}单，跑单率{share}，原因：{causes}", share=share, **facts)
    else:
        text = say("{month} {title}跑单{lost}单，当月没有派单，原因：{causes}", **facts)
    return Finding(
        clause=job.clause,
        effect="classify",
        date=window_range(month, "month")[1],
        subject=f"{group}|{month}" if group else month,
        staff_no=staff_no,
        text=text,
        row=int(lost["_ref"].iloc[-1]),
        column="客户陈述原因",
        evidence=(*(int(ref) for ref in lost["_ref"]), *(int(ref) for ref in given["_ref"])),
        readings=("G14",),
    )
