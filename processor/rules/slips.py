"""Transfer slips of the marketing department: valid, signed for, brought by whoever needs one, told on after dispatch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from processor.calendars import week_start
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, joined, say
from processor.rules.declared import reads
from processor.rules.dispatch_book import placed
from processor.rules.job import Job, records
from processor.rules.lookup import looked_up
from processor.rules.ownership import decided_owners
from processor.rules.remarks import remark
from processor.rules.slip_faults import SLIP, Fault, Signatures, faults
from processor.rules.workforce import called

#: what tells one customer from another
CUSTOMER = ("联系电话", "客户姓名", "装修地址")


@reads(authorisations="授权人工号 被授权人工号 开始日期 截止日期", transfer_slips=SLIP)
def invalid(job: Job, *, signatures: Signatures, by_deputy: bool) -> list[Finding]:
    """Slips that are no good, one line each that names why: what is missing (REN-S2), or deputies who do not count (REN-S3)."""
    found: dict[str, list[Fault]] = {}
    for fault in faults(job, signatures):
        if fault.deputy == by_deputy:
            found.setdefault(fault.slip, []).append(fault)
    slips = job.facts["transfer_slips"]
    findings = []
    for row in records(slips[slips["传递单号"].isin(list(found))]):
        own, day = found[row["传递单号"]], row["填写日期"].date()
        text = say(
            "{day} 填写的传递单{slip}无效：{faults}，补正以前不作数",
            day=day.isoformat(),
            slip=row["传递单号"],
            faults=joined([fault.text for fault in own], "、"),
        )
        findings.append(
            remark(
                job,
                row,
                text,
                day=day,
                evidence=tuple(ref for fault in own for ref in fault.evidence),
                subject=row["传递单号"],
                staff_no=row["业务员工号"],
                column=own[0].column,
            )
        )
    return findings


@reads(
    authorisations="授权人工号 被授权人工号 开始日期 截止日期",
    contracts="合同编号 签订日期 咨询编号 客户姓名",
    enquiries="咨询编号 咨询日期 客户姓名 联系电话 装修地址 房屋面积 来源渠道 传递单号",
    transfer_slips=SLIP,
)
def required(job: Job, *, slip_sources: Parameter, signatures: Signatures) -> list[Finding]:
    """Marketing enquiries without a valid slip: the commission of each contract is void, before any a flag (REN-S1).

    A slip of which a cell could not be read may be valid.
    """
    invalid = {fault.slip for fault in faults(job, signatures)}
    slips = job.facts["transfer_slips"]
    valid = slips.loc[~slips["传递单号"].isin(invalid), "传递单号"]
    enquiries = job.facts["enquiries"]
    rows = _with_slip(enquiries[enquiries["来源渠道"].isin(slip_sources.at(job.as_of))], slips)
    rows = rows[rows["strange"] | ~rows["传递单号"].isin([*valid, *job.unread("transfer_slips", "传递单号")])]
    signed = job.facts["contracts"][["咨询编号", "合同编号", "签订日期", "_ref"]].rename(columns={"_ref": "contract"})
    rows = rows.merge(signed, on="咨询编号", how="left")
    rows["owner"] = looked_up(rows["咨询编号"], decided_owners(job)["staff_no"]).fillna(rows["业务员工号"])
    return [_no_slip(job, row) for row in records(rows)]


def _with_slip(enquiries: pd.DataFrame, slips: pd.DataFrame) -> pd.DataFrame:
    """The enquiries with 业务员工号 and slip (fact id) of the slip whose number they name, and whether it is strange.

    A slip serves one customer: strange is one whose phone (else name and address, as far as both know them) is another.
    """
    told = slips[["传递单号", "业务员工号", *CUSTOMER, "_ref"]].rename(columns={"_ref": "slip"})
    rows = enquiries.merge(told, on="传递单号", how="left", suffixes=("", "_slip"))
    differs = {
        column: rows[column].notna() & rows[f"{column}_slip"].notna() & (rows[column] != rows[f"{column}_slip"])
        for column in CUSTOMER
    }
    phones = rows["联系电话"].notna() & rows["联系电话_slip"].notna()
    by_name = ~phones & (differs["客户姓名"] | differs["装修地址"])
    return rows.assign(strange=differs["联系电话"] | by_name)


def _no_slip(job: Job, row: Mapping[str, Any]) -> Finding:
    """The void commission of a contract whose enquiry has no valid slip; a flag on the enquiry as long as there is none."""
    given = {"source": row["来源渠道"], "order": row["咨询编号"], "why": _why_no_slip(row)}
    is_signed = row["合同编号"] is not None
    if is_signed:
        day, subject, judged = row["签订日期"].date(), row["合同编号"], row["contract"]
        template = "{day} 签订的合同{contract}（来自{source}的咨询{order}），{why}，取消此单提成"
        text = say(template, day=day.isoformat(), contract=subject, **given)
    else:
        day, subject, judged = row["咨询日期"].date(), row["咨询编号"], row["_ref"]
        text = say("{day} 来自{source}的咨询{order}，{why}，补齐以前不计业绩、不提成", day=day.isoformat(), **given)
    return Finding(
        clause=job.clause,
        effect="commission_void" if is_signed else "flag",
        date=day,
        subject=subject,
        staff_no=row["owner"] or "",
        text=text,
        row=int(judged),
        column="咨询编号" if is_signed else "传递单号",
        evidence=tuple(int(ref) for ref in (judged, row["_ref"], row["slip"]) if ref is not None),
    )


def _why_no_slip(row: Mapping[str, Any]) -> Text:
    if row["传递单号"] is None:
        return say("没有登记传递单号")
    if row["slip"] is None:
        return say("传递单{slip}没有交来", slip=row["传递单号"])
    if row["strange"]:
        return say("传递单{slip}是另一位客户的", slip=row["传递单号"])
    return say("传递单{slip}无效", slip=row["传递单号"])


@reads(
    judges="transfer_slips",
    dispatch="派单编号 咨询编号 派单日期 设计师工号 是否拒单",
    enquiries="咨询编号 传递单号 客户姓名 联系电话 装修地址",
    transfer_slips="传递单号 业务员工号 客户姓名 联系电话 装修地址 设计师工号",
)
def notices(job: Job, *, copies_to: Parameter) -> list[Finding]:
    """For each week: which salesperson is to be told of which designer, and which slips go to HR in copy (REN-S4).

    copies_to: the department that gets the copies. A list is dated on its last dispatch.
    """
    slips = job.facts["transfer_slips"].rename(columns={"_ref": "slip", "设计师工号": "named"})
    orders = _with_slip(job.facts["enquiries"], job.facts["transfer_slips"])
    orders = orders.loc[~orders["strange"], ["咨询编号", "传递单号"]]
    rows = (
        placed(job.facts["dispatch"]).merge(orders, on="咨询编号").merge(slips, on="传递单号", suffixes=("", "_slip"))
    )
    rows = rows.assign(week=week_start(rows["派单日期"]).dt.strftime("%Y-%m-%d"))
    by_seller: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    by_week: dict[str, list[Mapping[str, Any]]] = {}
    for row in records(rows):
        by_seller.setdefault((row["week"], row["业务员工号"]), []).append(row)
        by_week.setdefault(row["week"], []).append(row)
    found = []
    for (week, seller), theirs in sorted(by_seller.items()):
        found.append(_notice(job, week, seller, seller, theirs, say("请告知业务员{who}", who=called(job, seller))))
    for week, all_ in sorted(by_week.items()):
        office = copies_to.at(all_[-1]["派单日期"].date())
        found.append(_notice(job, week, "", office, all_, say("传递单复印件请转{office}", office=office)))
    return found


def _notice(job: Job, week: str, staff_no: str, whose: str, rows: Sequence[Mapping[str, Any]], what: Text) -> Finding:
    """One list. rows: its dispatches in order, with week and slip (the slip's fact id)."""
    lines = [
        say(
            "{order}（传递单{slip}）派给{who}",
            order=row["咨询编号"],
            slip=row["传递单号"],
            who=called(job, row["设计师工号"]),
        )
        for row in rows
    ]
    return Finding(
        clause=job.clause,
        effect="remind",
        date=rows[-1]["派单日期"].date(),
        subject=f"{whose}|{week}",
        staff_no=staff_no,
        text=say("{week} 这一周的派单，{what}：{lines}", week=week, what=what, lines=joined(lines)),
        row=rows[-1]["_ref"],
        column="设计师工号",
        evidence=(*(row["_ref"] for row in rows), *(row["slip"] for row in rows)),
    )
