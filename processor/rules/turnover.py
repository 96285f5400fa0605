"""Customers graded by what they bring: A, B, C by their place in the year's turnover (订单登记表)."""

from __future__ import annotations

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, say, yuan
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import statement

#: The columns of an order that its customer's grade needs.
TURNOVER = "订单号 下单时间 订单金额 客户编号"


@reads(orders=TURNOVER)
def graded(job: Job, *, shares: Parameter) -> list[Finding]:
    """One classify line a customer: the grade in which the middle of his stretch of the turnover lies (EN-3).

    Customers stand in a row, most turnover of the as-of year first; equal turnover shares one stretch. shares: grade ->
    share of the turnover that it reaches up to, best first (G1); what lies beyond gets the letter after the last.
    Dated the customer's last order.
    """
    rows = _orders(job)
    customers = _customers(rows, shares.at(job.as_of))
    total = int(customers["turnover"].sum())
    orders = dict(iter(rows.groupby("客户编号")))
    findings = []
    for row in records(customers):
        text = say(
            "客户{no}本年成交{amount}元，占全部成交额{share}%，评为{grade}类客户",
            no=row["客户编号"],
            amount=yuan(int(row["turnover"])),
            share=f"{100 * row['turnover'] / total:.1f}" if total else "0.0",
            grade=row["grade"],
        )
        own, day = orders[row["客户编号"]], row["last"].date()
        findings.append(statement(job, own, text, day=day, subject=row["客户编号"], readings=()))
    return findings


def grades(job: Job, shares: Parameter) -> dict[str, str]:
    """客户编号 -> grade on the as-of day, of every customer with orders this year."""
    customers = _customers(_orders(job), shares.at(job.as_of))
    return dict(zip(customers["客户编号"], customers["grade"], strict=True))


def _orders(job: Job) -> pd.DataFrame:
    """The orders of the as-of year up to the as-of day that name their customer."""
    rows = job.facts["orders"]
    year = rows["下单时间"].dt.year == job.as_of.year
    return rows[rows["客户编号"].notna() & year & (rows["下单时间"] < pd.Timestamp(job.as_of) + pd.Timedelta(days=1))]


def _customers(rows: pd.DataFrame, shares: dict[str, float]) -> pd.DataFrame:
    """One row a customer, most turnover first: 客户编号, turnover (fen), last (order), orders, grade."""
    customers = rows.groupby("客户编号", as_index=False).agg(
        turnover=("订单金额", "sum"), last=("下单时间", "max"), orders=("订单号", "count")
    )
    customers = customers.sort_values(["turnover", "客户编号"], ascending=[False, True], kind="stable")
    turnover = customers["turnover"]
    found = {own: _grade(_middle(turnover, own), int(turnover.sum()), shares) for own in turnover.unique()}
    return customers.assign(grade=turnover.map(found))


def _middle(turnover: pd.Series, own: int) -> float:
    """The middle of the stretch of the customers with this turnover, in fen from the top."""
    return int(turnover[turnover > own].sum()) + int(turnover[turnover == own].sum()) / 2


def _grade(middle: float, total: int, shares: dict[str, float]) -> str:
    for grade, share in shares.items():
        if middle <= round(share * total):
            return grade
    return chr(ord(max(shares)) + 1)
