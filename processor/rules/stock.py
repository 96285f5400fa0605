"""Material: issue or purchase for each request, the year's need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job, natural_key, records
from processor.rules.remarks import remark, statement

REQUEST_KEY = ("联络单号", "行号")


@reads(
    lambda args: {"material_requests": frozenset(args["required"])},
    material_requests="联络单号 行号 现场 申请日期 物资编码 物资名称 数量 紧急程度 发放日期",
    stock="现场 物资编码 物资名称 账面数量 台账日期",
)
def served(job: Job, *, store: Parameter, urgency: Parameter, required: Sequence[str]) -> list[Finding]:
    """One classify line an open request: how much of it to issue from `store`, how much to purchase (MA-3).

    Served by `urgency` (most urgent first), then 申请日期, then number. Requests with a part of `required` blank are
    rejected and not served; those issued are served already, and still weigh on the books if issued after 台账日期.
    """
    books = job.facts["stock"]
    books = books[books["现场"] == store.at(job.as_of)].set_index("物资编码")
    left = books["账面数量"].to_dict()
    requests = _accepted(job, required)
    order = {name: place for place, name in enumerate(urgency.at(job.as_of))}
    requests = requests.assign(rank=requests["紧急程度"].map(order), subject=natural_key(requests, REQUEST_KEY))
    requests = requests.sort_values(["rank", "申请日期", "联络单号", "行号"], kind="stable")
    issued = requests["发放日期"].notna()
    for row in records(requests[issued]):
        if row["物资编码"] in left and row["发放日期"] > books.at[row["物资编码"], "台账日期"]:
            left[row["物资编码"]] -= row["数量"]
    findings = []
    for row in records(requests[~issued]):
        issue = min(max(left.get(row["物资编码"], 0.0), 0.0), row["数量"])
        left[row["物资编码"]] = left.get(row["物资编码"], 0.0) - issue
        book = (int(books.at[row["物资编码"], "_ref"]),) if row["物资编码"] in books.index else ()
        findings.append(
            remark(
                job,
                row,
                _supply(row, issue),
                day=row["申请日期"].date(),
                subject=row["subject"],
                effect="classify",
                column="数量",
                evidence=book,
            )
        )
    return findings


@reads(
    lambda args: {"material_requests": frozenset(args["required"])}, material_requests="申请日期 物资编码 物资名称 数量"
)
def yearly_need(job: Job, *, required: Sequence[str]) -> list[Finding]:
    """One classify line a material and year: what was requested. Dated the year's end, until then the last request (MA-5)."""
    rows = _accepted(job, required)
    rows = rows[rows["申请日期"] <= pd.Timestamp(job.as_of)]
    findings = []
    for (code, _), group in rows.groupby(["物资编码", rows["申请日期"].dt.year]):
        year = group["申请日期"].iloc[0].year
        last = date(year, 12, 31)
        over = last <= job.as_of
        text = say(
            "{year}年物资{code}{name}需求合计{total}（{count}笔申请{state}）",
            year=year,
            code=str(code),
            name=group["物资名称"].iloc[-1],
            total=_plain(group["数量"].sum()),
            count=len(group),
            state=say("") if over else say("，截至目前"),
        )
        day = last if over else group["申请日期"].max().date()
        findings.append(statement(job, group, text, day=day, subject=f"{code}|{year}", readings=()))
    return findings


@reads(
    lambda args: {"material_requests": frozenset(args["required"])},
    material_requests="联络单号 行号 物资编码 物资名称 数量 紧急程度 经理签字日期 发放日期",
    stock="现场 物资编码 账面数量",
)
def purchase_plan(job: Job, *, store: Parameter, urgency: Parameter, required: Sequence[str]) -> list[Finding]:
    """One classify line a 物资编码 on the as-of day: approved and not issued, less the books of `store` (MA-6)."""
    rows, today = _accepted(job, required), pd.Timestamp(job.as_of)
    rows = rows[(rows["经理签字日期"] <= today) & ~(rows["发放日期"] <= today)]
    books = job.facts["stock"]
    books = books[books["现场"] == store.at(job.as_of)].groupby("物资编码")["账面数量"].sum()
    order = urgency.at(job.as_of)
    findings = []
    for code, own in rows.groupby("物资编码"):
        buy = own["数量"].sum() - max(float(books.get(code, 0.0)), 0.0)
        if round(buy, 6) <= 0:
            continue
        text = say(
            "{day} 采购计划：物资{code}{name}已批准未发放{wanted}，{store}账面{held}，采购{buy}，最高紧急程度{urgency}",
            day=job.as_of.isoformat(),
            code=str(code),
            name=own["物资名称"].iloc[-1],
            wanted=_plain(own["数量"].sum()),
            store=store.at(job.as_of),
            held=_plain(float(books.get(code, 0.0))),
            buy=_plain(buy),
            urgency=next((name for name in order if name in set(own["紧急程度"])), say("未填")),
        )
        findings.append(statement(job, own, text, day=job.as_of, subject=str(code), readings=()))
    return findings


def _plain(amount: float) -> str:
    """A quantity without trailing zeros."""
    return f"{amount:.6f}".rstrip("0").rstrip(".")


def _accepted(job: Job, required: Sequence[str]) -> pd.DataFrame:
    rows = job.facts["material_requests"]
    return rows[rows[list(required)].notna().all(axis=1)]


def _supply(row: Mapping[str, Any], issue: float) -> Text:
    given = {"no": row["subject"], "code": row["物资编码"], "name": row["物资名称"], "site": row["现场"]}
    buy = round(row["数量"] - issue, 6)
    if not buy:
        return say("{site}申请{no}的{code}{name}：库存足够，发放{issue}", issue=_plain(issue), **given)
    if not issue:
        return say("{site}申请{no}的{code}{name}：没有库存，采购{buy}", buy=_plain(buy), **given)
    amounts = {"issue": _plain(issue), "buy": _plain(buy)}
    return say("{site}申请{no}的{code}{name}：库存不足，先发放{issue}，采购{buy}", **amounts, **given)
