"""Customers graded by what they bring: A, B, C by their place in the year's turnover (订单登记表)."""

from __future__ import annotations

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, say, yuan
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark


@reads(orders="订单号 下单时间 订单金额 客户编号")
def graded(job: Job, *, shares: Parameter) -> list[Finding]:
    """One classify line a customer: the grade in which the middle of his stretch of the turnover lies.

    Customers stand in a row, most turnover of the as-of year first; equal turnover shares one stretch. shares: grade ->
    share of the turnover that it reaches up to, best first (G1); what lies beyond gets the letter after the last.
    Dated the customer's last order.
    """
    rows = job.facts["orders"]
    year = rows["下单时间"].dt.year == job.as_of.year
    rows = rows[rows["客户编号"].notna() & year & (rows["下单时间"] < pd.Timestamp(job.as_of) + pd.Timedelta(days=1))]
    customers = rows.groupby("客户编号", as_index=False).agg(
        turnover=("订单金额", "sum"), last=("下单时间", "max"), orders=("订单号", "count")
    )
    total = int(customers["turnover"].sum())
    customers = customers.sort_values(["turnover", "客户编号"], ascending=[False, True], kind="stable")
    middles = {own: _middle(customers["turnover"], own) for own in customers["turnover"].unique()}
    customers = customers.assign(middle=customers["turnover"].map(middles))
    refs = {str(name): tuple(int(ref) for ref in group["_ref"]) for name, group in rows.groupby("客户编号")}
    findings = []
    for row in records(customers):
        text = say(
            "客户{no}本年成交{amount}元，占全部成交额{share}%，评为{grade}类客户",
            no=row["客户编号"],
            amount=yuan(int(row["turnover"])),
            share=f"{100 * row['turnover'] / total:.1f}" if total else "0.0",
            grade=_grade(row["middle"], total, shares.at(job.as_of)),
        )
        findings.append(
            remark(
                job,
                None,
                text,
                day=row["last"].date(),
                subject=row["客户编号"],
                effect="classify",
                evidence=refs[row["客户编号"]],
            )
        )
    return findings


def _middle(turnover: pd.Series, own: int) -> float:
    """The middle of the stretch of the customers with this turnover, in fen from the top."""
    return int(turnover[turnover > own].sum()) + int(turnover[turnover == own].sum()) / 2


def _grade(middle: float, total: int, shares: dict[str, float]) -> str:
    for grade, share in shares.items():
        if middle <= round(share * total):
            return grade
    return chr(ord(max(shares)) + 1)
