"""Satisfaction surveys by estate: progress against the plan, answers against the target (满意度调查登记表)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from processor.calendars import month_end
from processor.model import Finding, Text, joined, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark


@reads(surveys="小区 计划月份 目标份数 上门份数 电话份数 满意份数 整改方案")
def progress(job: Job) -> list[Finding]:
    """One line a survey whose month has begun: classify, or a flag once the month is over and something is missing.

    Missing are answers (上门份数 and 电话份数 together against 目标份数) and, where not all were satisfied, 整改方案.
    """
    findings = []
    for row in records(job.facts["surveys"]):
        first = date.fromisoformat(f"{row['计划月份']}-01")
        if first > job.as_of:
            continue
        last = month_end(first)
        lacks = _lacks(row) if last <= job.as_of else []
        text = say("{what}{lacks}", what=_progress(row), lacks=joined([say(""), *lacks], "；"))
        subject = f"{row['小区']}|{row['计划月份']}"
        effect = "flag" if lacks else "classify"
        findings.append(
            remark(
                job, row, text, day=last, subject=subject, effect=effect, column="目标份数", due=last if lacks else None
            )
        )
    return findings


def _answers(row: Mapping[str, Any]) -> int:
    return int(row["上门份数"] or 0) + int(row["电话份数"] or 0)


def _progress(row: Mapping[str, Any]) -> Text:
    answers, target = _answers(row), int(row["目标份数"])
    counts = say(
        "已收{answers}份（上门{visits}份、电话{calls}份），满意{content}份",
        answers=answers,
        visits=int(row["上门份数"] or 0),
        calls=int(row["电话份数"] or 0),
        content=int(row["满意份数"] or 0),
    )
    return say(
        "{estate} {month}满意度调查目标{target}份，{counts}，完成{share}%",
        estate=row["小区"],
        month=row["计划月份"],
        target=target,
        counts=counts,
        share=f"{100 * answers / target:.1f}" if target else "100.0",
    )


def _lacks(row: Mapping[str, Any]) -> list[Text]:
    answers, target = _answers(row), int(row["目标份数"])
    lacks = []
    if answers < target:
        lacks.append(say("份数不足，还差{missing}份，请电话回访补足", missing=target - answers))
    if row["满意份数"] is not None and row["满意份数"] < answers and row["整改方案"] is None:
        lacks.append(say("有{count}份不满意，没有整改方案", count=answers - int(row["满意份数"])))
    return lacks
