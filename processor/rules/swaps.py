"""Swapped shifts (换班登记表): how many a month, and shifts that a swap left wrong or empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from processor.calendars import month_of
from processor.catalogue.outcome import Outcome
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, joined, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.outcomes import Occurrence, decide
from processor.rules.remarks import remark

SIGNATURES = ("申请人签字", "对方签字")
PARTIES = ("申请人工号", "对方工号")


@reads(swaps="换班编号 申请日期 申请人工号 对方工号 原班日期 申请人签字 对方签字 批准人工号 批准日期")
def over_limit(job: Job, *, limit: Parameter, approved_only: bool = False) -> list[Finding]:
    """A flag on each swap of a requester beyond `limit` in a calendar month, in order of 原班日期.

    Only swaps that hold count: signed by both and approved in time; with approved_only, applied for and approved.
    """
    rows = _in_scope(job)
    rows = _numbered(rows[_applied_and_approved(rows) if approved_only else _signed_and_approved(rows)], limit)
    return [
        _flag(job, row, _over(job, row), column="原班日期", evidence=_upto(rows, row))
        for row in records(rows[rows["over"]])
    ]


@reads(swaps="换班编号 申请日期 申请人工号 对方工号 原班日期")
def unreported(job: Job, *, limit: Parameter) -> list[Finding]:
    """A flag on each swap that was applied for after 原班日期 or lies beyond `limit` in its month; one line for both."""
    rows = _numbered(_in_scope(job), limit)
    late = rows["申请日期"] > rows["原班日期"]
    findings = []
    for row in records(rows.assign(late=late)[late | rows["over"]]):
        words = [_over(job, row)] if row["over"] else [_swap(job, row)]
        if row["late"]:
            words.append(say("{day}才报备，没有提前", day=f"{row['申请日期']:%Y-%m-%d}"))
        column = "申请日期" if row["late"] else "原班日期"
        findings.append(
            _flag(job, row, joined(words, "，"), column=column, evidence=_upto(rows, row) if row["over"] else ())
        )
    return findings


@reads(swaps="换班编号 申请人工号 对方工号 原班日期 交接是否清楚 是否误班空班 误班责任人工号")
def wrong_shift(job: Job, *, outcomes: Sequence[Outcome]) -> list[Finding]:
    """What follows from a swap handed over unclearly that left a shift wrong or empty.

    It falls on 误班责任人工号; where nobody is named, on both parties, each in full.
    """
    rows = job.facts["swaps"]
    rows = rows[~rows["交接是否清楚"].fillna(True) & rows["是否误班空班"].fillna(False)]
    findings: list[Finding] = []
    for row in records(rows):
        named = row["误班责任人工号"]
        for staff_no in (named,) if named else (row[party] for party in PARTIES):
            what = say("{swap}交接不清，造成误班或空班，责任人{name}", swap=_swap(job, row), name=job.name_of(staff_no))
            findings += decide(job, _occurrence(job, row, staff_no, what, "是否误班空班"), outcomes)
    return findings


def _in_scope(job: Job) -> pd.DataFrame:
    rows = job.facts["swaps"]
    return rows[job.in_scope(rows["申请人工号"], rows["原班日期"])]


def _signed_and_approved(rows: pd.DataFrame) -> pd.Series:
    signed = rows[list(SIGNATURES)].fillna(False).all(axis=1)
    return signed & rows["批准人工号"].notna() & (rows["批准日期"] <= rows["原班日期"])


def _applied_and_approved(rows: pd.DataFrame) -> pd.Series:
    applied = (rows["申请日期"] <= rows["原班日期"]) & rows["申请人签字"].fillna(True)
    return applied & (rows["批准日期"] <= rows["原班日期"])


def _numbered(rows: pd.DataFrame, limit: Parameter) -> pd.DataFrame:
    """The rows with month, number (place in the requester's month), limit, and over."""
    rows = rows.sort_values(["原班日期", "换班编号"], kind="stable")
    rows = rows.assign(month=month_of(rows["原班日期"]), limit=limit.column(rows["原班日期"]))
    rows["number"] = rows.groupby(["申请人工号", "month"]).cumcount() + 1
    return rows.assign(over=(rows["number"] > rows["limit"]).fillna(False))


def _upto(rows: pd.DataFrame, row: Mapping[str, Any]) -> tuple[int, ...]:
    """The refs of the requester's swaps of the month up to this one."""
    same = (rows["申请人工号"] == row["申请人工号"]) & (rows["month"] == row["month"])
    return tuple(rows.loc[same & (rows["number"] <= row["number"]), "_ref"])


def _swap(job: Job, row: Mapping[str, Any]) -> Text:
    return say(
        "{giver}与{taker}的换班（换班编号{no}，原班日期{day}）",
        giver=job.name_of(row["申请人工号"]),
        taker=job.name_of(row["对方工号"]),
        no=row["换班编号"],
        day=f"{row['原班日期']:%Y-%m-%d}",
    )


def _over(job: Job, row: Mapping[str, Any]) -> Text:
    return say(
        "{swap}是{name}{month}的第{n}次，超过每月{limit}次的上限",
        swap=_swap(job, row),
        name=job.name_of(row["申请人工号"]),
        month=row["month"],
        n=row["number"],
        limit=int(row["limit"]),
    )


def _occurrence(job: Job, row: Mapping[str, Any], staff_no: str, what: Text, column: str) -> Occurrence:
    return Occurrence(
        clause=job.clause,
        staff_no=staff_no,
        date=row["原班日期"].date(),
        subject=row["换班编号"],
        what=what,
        row=row["_ref"],
        evidence=(row["_ref"],),
        column=column,
    )


def _flag(job: Job, row: Mapping[str, Any], text: Text, column: str, evidence: tuple[int, ...] = ()) -> Finding:
    day, subject = row["原班日期"].date(), row["换班编号"]
    return remark(
        job, row, text, day=day, subject=subject, staff_no=row["申请人工号"], column=column, evidence=evidence
    )
