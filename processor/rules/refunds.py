"""Treatments given back: whose performance and wage are charged (退换登记表)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import InvalidOperation
from typing import Any

from processor.catalogue.parameter import fen
from processor.model import Finding, Text, say, yuan
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark

LISTS = ("扣业绩员工工号", "扣业绩金额", "扣工资金额")
VERIFIED = "客服核实日期"
SEPARATORS = re.compile(r"[、;；,，\n]")


@reads(refunds="退换单号 申请日期 扣业绩员工工号 扣业绩金额 扣工资金额 客服核实日期")
def shared_charges(job: Job) -> list[Finding]:
    """Charge each employee whom a verified row of `refunds` lists with his wage amount; name what a row lacks (SA-T1).

    The performance amount becomes a line without money. Both are dated by 客服核实日期. Lists of unequal length,
    amounts that are no numbers and staff numbers that the roster does not know charge nobody and are flagged.
    """
    rows = job.facts["refunds"]
    findings: list[Finding] = []
    for row in records(rows[rows["申请日期"].notna()]):
        fault = _fault(job, row)
        if fault is not None:
            findings.append(_flag(job, row, *fault))
        elif row[VERIFIED] is not None:
            findings.extend(_charges(job, row))
    return findings


def _fault(job: Job, row: Mapping[str, Any]) -> tuple[Text, str] | None:
    """What keeps the row from being charged, and the header of the cell."""
    missing = [name for name in LISTS if row[name] is None]
    if missing:
        return say("缺少{parts}", parts="、".join(missing)), missing[0]
    lists = [_items(row[name]) for name in LISTS]
    if len({len(items) for items in lists}) > 1:
        counts = "、".join(f"{name}{len(items)}项" for name, items in zip(LISTS, lists, strict=True))
        return say("各项数目不等（{counts}），不予扣款", counts=counts), LISTS[0]
    strangers = [number for number in lists[0] if number not in job.roster]
    if strangers:
        return say("花名册里没有工号{numbers}，不予扣款", numbers="、".join(strangers)), LISTS[0]
    for name, items in zip(LISTS[1:], lists[1:], strict=True):
        unread = [item for item in items if _money(item) is None]
        if unread:
            return say("{name}中的“{items}”不是金额，不予扣款", name=name, items="、".join(unread)), name
    return None


def _charges(job: Job, row: Mapping[str, Any]) -> Iterator[Finding]:
    numbers, performances, wages = (_items(row[name]) for name in LISTS)
    for place, number in enumerate(numbers):
        part = "" if number not in numbers[:place] else f"{place}"
        performance, wage = _money(performances[place]), _money(wages[place])
        if performance:
            text = say(
                "{what}从{staff}的业绩中扣减{yuan}元，不涉及工资",
                what=_what(row),
                staff=job.name_of(number),
                yuan=yuan(performance),
            )
            yield _line(job, row, "classify", text, staff_no=number, column="扣业绩金额", part=part)
        if wage:
            text = say(
                "{what}从{staff}的工资中扣款{yuan}元", what=_what(row), staff=job.name_of(number), yuan=yuan(wage)
            )
            yield _line(job, row, "deduction", text, staff_no=number, amount=-wage, column="扣工资金额", part=part)


def _items(cell: str) -> list[str]:
    """The items of a list in one cell; a separator at the end adds none."""
    return [item.strip() for item in SEPARATORS.split(cell.strip().strip("、;；,，"))]


def _money(item: str) -> int | None:
    """Unsigned fen; None where the item is no amount."""
    try:
        return abs(fen(item.removesuffix("元").strip()))
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _what(row: Mapping[str, Any]) -> Text:
    return say("{day} 疗程退换申请{form}：", day=row["申请日期"].date().isoformat(), form=row["退换单号"])


def _line(job: Job, row: Mapping[str, Any], effect: str, text: Text, **fields: Any) -> Finding:
    verified = say("{text}（{day} 核实）", text=text, day=row[VERIFIED].date().isoformat())
    date = row[VERIFIED].date()
    return Finding(
        job.clause, effect, date, row["退换单号"], verified, row=row["_ref"], evidence=(row["_ref"],), **fields
    )


def _flag(job: Job, row: Mapping[str, Any], reason: Text, column: str) -> Finding:
    text = say("{what}{reason}，请补正", what=_what(row), reason=reason)
    day, subject = row["申请日期"].date(), row["退换单号"]
    return remark(job, row, text, day=day, subject=subject, column=column, part="parts")
