"""Whether a transfer slip is valid: complete, and signed by the managers of the posts or by deputies in writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Text, say
from processor.rules.job import Job, records
from processor.rules.workforce import called

#: The columns of a slip that are checked or shown.
SLIP = (
    "传递单号 填写日期 业务员工号 客户姓名 联系电话 装修地址 房屋面积 "
    "市场部经理签字工号 市场部经理签字日期 店面经理签字工号 店面经理签字日期"
)

FIELDS = ("客户姓名", "联系电话", "装修地址", "房屋面积")
Signatures = Mapping[str, Parameter]


@dataclass(frozen=True)
class Fault:
    """Why a slip is invalid. deputy: the signature of a deputy does not count (else something is missing)."""

    slip: str
    text: Text
    column: str
    deputy: bool = False
    evidence: tuple[int, ...] = ()


def faults(job: Job, signatures: Signatures) -> list[Fault]:
    """Every fault of every slip, by slip number (REN-S2, REN-S3).

    signatures: stem of the columns <stem>工号 and <stem>日期 -> the post that signs, in the order of signing.
    """
    slips = job.facts["transfer_slips"].sort_values("传递单号", kind="stable")
    found = [
        Fault(slip, say("缺{thing}", thing=column), column)
        for column in FIELDS
        for slip in slips.loc[slips[column].isna(), "传递单号"]
    ]
    for stem, post in signatures.items():
        found += _signature_faults(job, slips, stem, post.at(job.as_of))
    first, second = (f"{stem}日期" for stem in signatures)
    for row in records(slips[slips[second] < slips[first]]):
        days = {"first": row[first].date().isoformat(), "second": row[second].date().isoformat()}
        text = say("签字先后颠倒（{early}{second}早于{late}{first}）", early=second, late=first, **days)
        found.append(Fault(row["传递单号"], text, second))
    return sorted(found, key=lambda fault: fault.slip)


def _signature_faults(job: Job, slips: pd.DataFrame, stem: str, post: str) -> list[Fault]:
    signer, day = f"{stem}工号", f"{stem}日期"
    found = []
    for row in records(slips[slips[signer].isna() | slips[day].isna()]):
        thing = stem if row[signer] is None else day
        found.append(Fault(row["传递单号"], say("缺{thing}", thing=thing), signer if row[signer] is None else day))
    stood_in = slips[signer].notna() & (
        job.roster_column(slips[signer], "岗位", slips[day].fillna(slips["填写日期"])) != post
    )
    orders = job.facts["authorisations"]
    orders = orders[job.roster_column(orders["授权人工号"], "岗位", orders["开始日期"]) == post]
    by_deputy = dict(iter(orders.groupby("被授权人工号")))
    for row in records(slips[stood_in]):
        fault = _deputy_fault(job, row, stem, post, by_deputy.get(row[signer]))
        if fault is not None:
            found.append(fault)
        if row[signer] not in by_deputy:
            found.append(Fault(row["传递单号"], say("缺{thing}", thing=stem), signer))
    return found


def _deputy_fault(job: Job, row: Mapping[str, Any], stem: str, post: str, orders: pd.DataFrame | None) -> Fault | None:
    """What is wrong with a signature by someone who does not hold the post; None where he is a deputy in his term."""
    slip, column, deputy, day = row["传递单号"], f"{stem}工号", row[f"{stem}工号"], row[f"{stem}日期"]
    who = called(job, deputy)
    if orders is None:
        text = say("{stem}由{who}代签，没有{post}的书面授权", stem=stem, who=who, post=post)
        return Fault(slip, text, column, deputy=True)
    if day is None:
        return None
    refs = tuple(int(ref) for ref in orders["_ref"])
    in_term = orders[(orders["开始日期"] <= day) & (orders["截止日期"] >= day)]
    if in_term.empty:
        text = say("{stem}由{who}于{day}代签，不在授权期限内", stem=stem, who=who, day=day.date().isoformat())
        return Fault(slip, text, column, deputy=True, evidence=refs)
    return None
