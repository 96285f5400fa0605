"""Terms of complaints: handled in the limit of their grade, answered as promised, followed by whoever took them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from processor import holidays
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job, records

MINUTE = pd.Timedelta(minutes=1)
DAY = pd.Timedelta(days=1)


@reads(complaints="投诉编号 受理时间 受理人工号 投诉级别 客户同意延期 延期至 办结时间")
def handled_in_limit(job: Job, *, limits: Mapping[str, Parameter]) -> list[Finding]:
    """Flag complaints that took longer than their grade allows; with the customer's consent the agreed time counts.

    limits: 投诉级别 -> minutes. An open complaint counts to the end of the as-of day.
    """
    rows = _with_end(job)
    minutes = pd.Series(float("nan"), index=rows.index)
    for grade, limit in limits.items():
        minutes = minutes.where(rows["投诉级别"] != grade, limit.column(rows["受理时间"]).astype("float64"))
    deadline = _extended(rows, rows["受理时间"] + minutes * MINUTE)
    rows = rows.assign(deadline=deadline, limit=minutes, agreed=deadline > rows["受理时间"] + minutes * MINUTE)
    return [
        _late(job, row, _handling(row), column="办结时间", due=_still(row))
        for row in records(rows[rows["end"] > deadline])
    ]


@reads(complaints="投诉编号 受理时间 受理人工号 承诺答复时间 客户同意延期 延期至 办结时间")
def promised(job: Job) -> list[Finding]:
    """Flag complaints answered after 承诺答复时间 (延期至 where the customer agreed), or not yet, with the days late.

    A part of a day counts as one. The binding reads `complaints` and needs `due: true`.
    """
    rows = _with_end(job)
    deadline = _extended(rows, rows["承诺答复时间"])
    rows = rows.assign(deadline=deadline)
    late = rows[rows["end"] > deadline]
    return [_late(job, row, _answer(row), column="承诺答复时间", due=_still(row)) for row in records(late)]


@reads(complaints="投诉编号 受理时间 受理人工号 转交人工号 办结人工号")
def followed_to_the_end(job: Job) -> list[Finding]:
    """Flag complaints closed by someone other than who took them and who they were handed to."""
    rows = job.facts["complaints"]
    closer = rows["办结人工号"]
    strange = closer.notna() & (closer != rows["受理人工号"]) & ~(closer == rows["转交人工号"]).fillna(False)
    findings = []
    for row in records(rows[strange]):
        text = say(
            "{day} 受理的投诉{subject}由{closer}办结，不是受理人{taker}，也没有转交记录",
            day=row["受理时间"].date().isoformat(),
            subject=row["投诉编号"],
            closer=row["办结人工号"],
            taker=row["受理人工号"],
        )
        findings.append(_late(job, row, text, column="办结人工号"))
    return findings


@reads(
    complaints="投诉编号 受理时间 受理人工号 转交人工号 办结时间",
    service_tickets="服务单号 受理时间 受理人工号 服务人员工号 完成时间",
)
def first_asked(job: Job, *, workdays: Parameter) -> list[Finding]:
    """Flag requests and complaints that have neither result nor transfer after so many working days, on who took them.

    A ticket is transferred once another employee is named to serve it. A late result does not undo the breach.
    """
    complaints = job.facts["complaints"].assign(
        subject=lambda f: f["投诉编号"], done=lambda f: f["办结时间"], passed=lambda f: f["转交人工号"], ticket=False
    )
    tickets = job.facts["service_tickets"].assign(
        subject=lambda f: f["服务单号"], done=lambda f: f["完成时间"], passed=lambda f: f["服务人员工号"], ticket=True
    )
    return _unanswered(job, complaints, workdays) + _unanswered(job, tickets, workdays)


def _unanswered(job: Job, rows: pd.DataFrame, workdays: Parameter) -> list[Finding]:
    rows = rows[rows["passed"].isna() | (rows["passed"] == rows["受理人工号"])]
    days = rows["受理时间"].dt.normalize()
    terms = {day: _term(day, workdays) for day in days.unique()}
    rows = rows.assign(deadline=days.map(terms).astype("datetime64[us]"))
    last = rows["done"].fillna(pd.Timestamp(job.as_of)).dt.normalize()
    findings = []
    for row in records(rows[last > rows["deadline"]]):
        text = say(
            "{day} 受理的{kind}{subject}在{count}个工作日内（至{deadline}）既没有结果也没有移交，第一责任人为{taker}",
            day=row["受理时间"].date().isoformat(),
            kind=say("服务请求") if row["ticket"] else say("投诉"),
            subject=row["subject"],
            count=workdays.at(row["受理时间"].date()),
            deadline=row["deadline"].date().isoformat(),
            taker=row["受理人工号"],
        )
        still = row["deadline"].date() if row["done"] is None else None
        findings.append(_late(job, row, text, column="受理时间", subject=row["subject"], due=still))
    return findings


def _term(day: pd.Timestamp, workdays: Parameter) -> pd.Timestamp:
    return pd.Timestamp(holidays.add_workdays(day.date(), workdays.at(day.date())))


def _with_end(job: Job) -> pd.DataFrame:
    """Complaints with `end`: when each was closed, the end of the as-of day for open ones."""
    rows = job.facts["complaints"]
    return rows.assign(end=rows["办结时间"].fillna(pd.Timestamp(job.as_of) + DAY))


def _extended(rows: pd.DataFrame, deadline: pd.Series) -> pd.Series:
    """The later time to which the customer agreed, else the deadline itself."""
    agreed = rows["延期至"].where(rows["客户同意延期"].fillna(False).astype(bool))
    return deadline.where(~(agreed > deadline), agreed)


def _handling(row: Mapping[str, Any]) -> Text:
    if row["agreed"]:
        limit = say("超过客户同意的{deadline}", deadline=_moment(row["deadline"]))
    else:
        used = int((row["end"] - row["受理时间"]) // MINUTE)
        limit = say("用时{used}分钟，超过{limit}分钟的时限", used=used, limit=int(row["limit"]))
    return say(
        "{received} 受理的{grade}投诉{subject}{state}，{limit}",
        received=_moment(row["受理时间"]),
        grade=row["投诉级别"],
        subject=row["投诉编号"],
        state=_state(row),
        limit=limit,
    )


def _answer(row: Mapping[str, Any]) -> Text:
    last = (row["end"] - pd.Timedelta(seconds=1)).normalize()
    return say(
        "投诉{subject}应在{deadline}前答复客户，{state}，逾期{elapsed}天",
        subject=row["投诉编号"],
        deadline=_moment(row["deadline"]),
        state=_state(row),
        elapsed=max(1, (last - row["deadline"].normalize()).days),
    )


def _state(row: Mapping[str, Any]) -> Text:
    if row["办结时间"] is None:
        return say("到{today}结束时尚未办结", today=f"{row['end'] - DAY:%Y-%m-%d}")
    return say("到{end}才办结", end=_moment(row["办结时间"]))


def _still(row: Mapping[str, Any]) -> date | None:
    return row["deadline"].date() if row["办结时间"] is None else None


def _moment(value: pd.Timestamp) -> str:
    return value.strftime("%Y-%m-%d %H:%M")


def _late(
    job: Job, row: Mapping[str, Any], text: Text, *, column: str, subject: str = "", due: date | None = None
) -> Finding:
    return Finding(
        clause=job.clause,
        effect="flag",
        date=row["受理时间"].date(),
        subject=subject or row["投诉编号"],
        staff_no=row["受理人工号"] or "",
        text=text,
        row=row["_ref"],
        column=column,
        evidence=(row["_ref"],),
        due=due,
    )
