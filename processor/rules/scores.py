"""Satisfaction scores by department, partner or aspect, window by window (客户回访登记表)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd

from processor.calendars import window_key, window_range
from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job
from processor.rules.remarks import statement


@reads(lambda args: {"followups": frozenset({"回访编号", "回访时间", "满意度", *args["by"]})})
def by_group(job: Job, *, by: Sequence[str], window: str) -> list[Finding]:
    """One classify line a value of each column of `by` and window: mean of 满意度, number of answers, change.

    The change is to the window before, so the binding reads that one too. Decided from the window's last day on and
    dated on it (G14).
    """
    rows = job.facts["followups"]
    rows = rows[rows["满意度"].notna()]
    days = rows["回访时间"].dt.normalize()
    rows = rows.assign(window=days.map({day: window_key(day.date(), window) for day in days.unique()}))
    findings = []
    for column in by:
        named = rows[rows[column].notna()].sort_values(["回访时间", "回访编号"], kind="stable")
        groups = {(str(name), str(key)): group for (name, key), group in named.groupby([column, "window"])}
        findings += [_score(job, name, key, groups, window) for name, key in sorted(groups) if _over(job, key, window)]
    return findings


def _over(job: Job, key: str, window: str) -> bool:
    return window_range(key, window)[1] <= job.as_of


def _score(job: Job, name: str, key: str, groups: dict[tuple[str, str], pd.DataFrame], window: str) -> Finding:
    first, last = window_range(key, window)
    before = groups.get((name, window_key(first - timedelta(days=1), window)))
    rows = groups[name, key]
    score = _mean(rows)
    text = say(
        "{first}至{last} {name}客户满意度均分{score}分，答卷{count}份，{change}",
        first=first.isoformat(),
        last=last.isoformat(),
        name=name,
        score=f"{score:.2f}",
        count=len(rows),
        change=say("上期没有答卷") if before is None else _change(score - _mean(before)),
    )
    return statement(job, rows, text, day=last, subject=f"{name}|{key}")


def _mean(rows: pd.DataFrame) -> float:
    return int(rows["满意度"].sum()) / len(rows)


def _change(difference: float) -> Text:
    if abs(difference) < 0.005:
        return say("与上期持平")
    change = f"{abs(difference):.2f}"
    return say("比上期提高{change}分", change=change) if difference > 0 else say("比上期下降{change}分", change=change)
