"""Notes on online orders (订单登记表): whose order it is, and special wishes marked with a flag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.lookup import listed
from processor.rules.remarks import remark


@reads(orders="订单号 下单时间 客服工号 备注工号 特殊要求 是否插旗")
def unclaimed(job: Job, *, no_wish: Parameter) -> list[Finding]:
    """An order without 备注工号 does not count for its agent; another's number, or a wish without 插旗, is flagged.

    no_wish: words in 特殊要求 that say there is none.
    """
    rows = job.facts["orders"]
    noted, agent = rows["备注工号"], rows["客服工号"]
    blank = noted.isna()
    other = noted.notna() & agent.notna() & (noted != agent)
    wished = rows["特殊要求"].notna() & ~listed(rows["特殊要求"], rows["下单时间"], no_wish)
    unmarked = wished & ~rows["是否插旗"].fillna(False).astype(bool)
    findings = [_not_counted(job, row) for row in records(rows[blank])]
    findings += [_other_agent(job, row) for row in records(rows[other])]
    return findings + [_unmarked(job, row) for row in records(rows[unmarked])]


def _not_counted(job: Job, row: Mapping[str, Any]) -> Finding:
    text = say("{order}没有备注工号，不计业绩提成，少计的由接待客服自己承担", order=_order(row))
    return _finding(job, row, "commission_void" if row["客服工号"] else "flag", text, "备注工号", "")


def _other_agent(job: Job, row: Mapping[str, Any]) -> Finding:
    text = say(
        "{order}由{agent}接待，备注的却是{noted}的工号，请核对业绩归谁",
        order=_order(row),
        agent=job.name_of(row["客服工号"]),
        noted=job.name_of(row["备注工号"]),
    )
    return _finding(job, row, "flag", text, "备注工号", "agent")


def _unmarked(job: Job, row: Mapping[str, Any]) -> Finding:
    text = say("{order}有特殊要求（{wish}），没有插旗", order=_order(row), wish=row["特殊要求"])
    return _finding(job, row, "flag", text, "是否插旗", "wish")


def _order(row: Mapping[str, Any]) -> Text:
    return say("{day} 订单{no}", day=f"{row['下单时间']:%Y-%m-%d}", no=row["订单号"])


def _finding(job: Job, row: Mapping[str, Any], effect: str, text: Text, column: str, part: str) -> Finding:
    staff_no = row["客服工号"] or row["备注工号"]
    day = row["下单时间"].date()
    return remark(
        job, row, text, day=day, subject=row["订单号"], staff_no=staff_no, effect=effect, column=column, part=part
    )
