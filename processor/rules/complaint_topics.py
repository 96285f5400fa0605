"""What customers complain of: topics by the week, estates by the month, and how each agent handles it."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from processor.calendars import week_start
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, joined, say
from processor.rules.complaint_terms import LIMITED, in_limit
from processor.rules.declared import reads
from processor.rules.job import Job
from processor.rules.months import months_over, side_by_side
from processor.rules.remarks import statement

UNTOLD = "未分类"


@reads(complaints=f"{LIMITED} 责任类型")
def weekly(job: Job, *, limits: dict[str, Parameter]) -> list[Finding]:
    """One line a week and 责任类型, on its Sunday: number, share, change, share closed in the limit of its grade (TO-A1)."""
    rows = in_limit(job, limits)
    rows = rows.assign(kind=rows["责任类型"].fillna(UNTOLD), week=week_start(rows["受理时间"]))
    counts = rows.groupby(["week", "kind"]).size()
    totals = rows.groupby("week").size()
    findings = []
    for (week, kind), own in rows.groupby(["week", "kind"]):
        monday = pd.Timestamp(str(week)).date()
        sunday = monday + timedelta(days=6)
        if sunday > job.as_of:
            continue
        before = int(counts.get((pd.Timestamp(monday) - pd.Timedelta(days=7), kind), 0))
        text = say(
            "{monday}这一周{kind}类投诉{count}件，占{share}%，比上周{change}件，{inside}件在时限内办结，占{rate}%",
            monday=monday.isoformat(),
            kind=kind,
            count=len(own),
            share=f"{100 * len(own) / int(totals[pd.Timestamp(monday)]):.1f}",
            change=f"{len(own) - before:+d}",
            inside=int(own["inside"].sum()),
            rate=f"{100 * own['inside'].mean():.1f}",
        )
        subject = f"{monday.isoformat()}|{kind}"
        findings.append(statement(job, own, text, day=sunday, subject=subject, readings=("G2", "G14")))
    return findings


@reads(
    calls="通话编号 来电时间 接听人工号 应接人工号 振铃次数",
    complaints=f"{LIMITED} 办结人工号",
    followups="回访编号 回访时间 回访人工号 满意度",
)
def appraised(job: Job, *, limits: dict[str, Parameter], rings: Parameter) -> list[Finding]:
    """One line an agent and month: complaints closed in time, satisfaction, calls answered within `rings` (TO-Q4).

    A complaint belongs to who closed it, else to who took it, and to the month in which it came.
    """
    complaints = in_limit(job, limits)
    who = complaints["办结人工号"].fillna(complaints["受理人工号"])
    complaints = complaints.assign(group=who, day=complaints["受理时间"])
    rated = job.facts["followups"].dropna(subset=["满意度"])
    rated = rated.assign(group=rated["回访人工号"], day=rated["回访时间"])
    calls = job.facts["calls"]
    quick = calls["接听人工号"].notna() & (calls["振铃次数"] <= rings.column(calls["来电时间"]))
    who = calls["接听人工号"].fillna(calls["应接人工号"])
    calls = calls.assign(group=who, day=calls["来电时间"], quick=quick)
    findings = []
    for agent, last, (closed, scored, rung) in side_by_side(job, complaints, rated, calls):
        told = joined([_closed(closed), _scored(scored), _rung(rung, rings.at(last))])
        month = f"{last:%Y-%m}"
        text = say("{month} {name}：{told}", month=month, name=job.name_of(agent), told=told)
        counted = pd.concat([closed, scored, rung])
        findings.append(statement(job, counted, text, day=last, subject=f"{agent}|{month}", staff_no=agent))
    return findings


def _closed(rows: pd.DataFrame) -> Text:
    if rows.empty:
        return say("没有投诉记录")
    inside = int(rows["inside"].sum())
    share = f"{100 * inside / len(rows):.1f}"
    return say("投诉{count}件，{inside}件在时限内办结，占{share}%", count=len(rows), inside=inside, share=share)


def _scored(rows: pd.DataFrame) -> Text:
    if rows.empty:
        return say("没有满意度回访")
    return say("满意度{count}份，均分{mean}分", count=len(rows), mean=f"{rows['满意度'].astype(float).mean():.2f}")


def _rung(rows: pd.DataFrame, limit: int) -> Text:
    if rows.empty:
        return say("没有电话记录")
    inside = int(rows["quick"].fillna(False).sum())
    share = f"{100 * inside / len(rows):.1f}"
    given = {"count": len(rows), "limit": limit, "inside": inside, "share": share}
    return say("电话{count}个，{limit}声内接起{inside}个，占{share}%", **given)


@reads(complaints="投诉编号 受理时间 小区", surveys="小区 计划月份")
def estates(job: Job, *, min_complaints: Parameter, survey_months: Parameter) -> list[Finding]:
    """One line an estate and month: its complaints, its rank; the first is proposed for a survey (WP-4).

    Proposed where it has min_complaints or more and no survey is planned in the next survey_months months.
    """
    rows = job.facts["complaints"].dropna(subset=["小区"])
    planned = set(zip(job.facts["surveys"]["小区"], job.facts["surveys"]["计划月份"], strict=True))
    findings = []
    for _, last, own in months_over(job, rows, day="受理时间"):
        month = f"{last:%Y-%m}"
        counts = own.groupby("小区").size()
        places = counts.rank(ascending=False, method="min").astype(int)
        coming = [f"{pd.Period(month, 'M') + n}" for n in range(1, survey_months.at(last) + 1)]
        for estate, count, place in zip(counts.index, counts, places, strict=True):
            wanted = place == 1 and count >= min_complaints.at(last)
            wanted = wanted and not any((estate, key) in planned for key in coming)
            text = say(
                "{month} {estate}投诉{count}件，排第{place}{wanted}",
                month=month,
                estate=str(estate),
                count=int(count),
                place=int(place),
                wanted=say("，建议列入满意度调查") if wanted else say(""),
            )
            counted = own[own["小区"] == estate]
            findings.append(statement(job, counted, text, day=last, subject=f"{estate}|{month}"))
    return findings
