"""Terms of complaints: handled in the limit of their grade, answered as promised, followed by whoever took them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark

MINUTE = pd.Timedelta(minutes=1)
DAY = pd.Timedelta(days=1)


#: The columns of a complaint that say whether it was handled in the limit of its grade.
LIMITED = "投诉编号 受理时间 受理人工号 投诉级别 客户同意延期 延期至 办结时间"


@reads(complaints=LIMITED)
def handled_in_limit(job: Job, *, limits: Mapping[str, Parameter]) -> list[Finding]:
    """Flag complaints that took longer than their grade allows; with the customer's consent the agreed time counts (TO-K1).

    limits: 投诉级别 -> minutes. An open complaint counts to the end of the as-of day.
    """
    rows = in_limit(job, limits)
    return [
        remark(
            job,
            row,
            _handling(row),
            day=row["受理时间"].date(),
            subject=row["投诉编号"],
            staff_no=row["受理人工号"],
            column="办结时间",
            due=_still(row),
        )
        for row in records(rows[rows["end"] > rows["deadline"]])
    ]


def in_limit(job: Job, limits: Mapping[str, Parameter]) -> pd.DataFrame:
    """The complaints with end, deadline, limit (minutes), agreed (later, by consent) and inside (closed in time)."""
    rows = _with_end(job)
    minutes = pd.Series(float("nan"), index=rows.index)
    for grade, limit in limits.items():
        minutes = minutes.where(rows["投诉级别"] != grade, limit.column(rows["受理时间"]).astype("float64"))
    own = rows["受理时间"] + minutes * MINUTE
    deadline = _extended(rows, own)
    inside = rows["办结时间"].notna() & (rows["end"] <= deadline)
    return rows.assign(deadline=deadline, limit=minutes, agreed=deadline > own, inside=inside)


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


def _state(row: Mapping[str, Any]) -> Text:
    if row["办结时间"] is None:
        return say("到{today}结束时尚未办结", today=f"{row['end'] - DAY:%Y-%m-%d}")
    return say("到{end}才办结", end=_moment(row["办结时间"]))


def _still(row: Mapping[str, Any]) -> date | None:
    return row["deadline"].date() if row["办结时间"] is None else None


def _moment(value: pd.Timestamp) -> str:
    return value.strftime("%Y-%m-%d %H:%M")
