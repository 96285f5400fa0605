"""Shifts (考勤登记表): usual times where the register leaves them blank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from processor.catalogue.derived import weekday
from processor.catalogue.outcome import Outcome
from processor.catalogue.parameter import Parameter
from processor.model import Finding
from processor.rules import attendance
from processor.rules.declared import reads
from processor.rules.job import Job


@reads(attendance="日期 工号 班次 应到时间 应退时间 上班打卡 下班打卡 状态 备注")
def breaches(
    job: Job, *, kinds: Sequence[str], outcome: Outcome, grace: Parameter, begins: Parameter, ends: Parameter
) -> list[Finding]:
    """`attendance.breaches` with blank 应到时间 and 应退时间 filled from the usual times of the shift or weekday (OR-9, TB-1).

    begins, ends: tables of 班次 or weekday (周一 to 周日) -> time; the shift's name goes before the weekday.
    """
    rows = job.facts["attendance"]
    filled = rows.assign(
        应到时间=rows["应到时间"].fillna(_usual(rows, begins)), 应退时间=rows["应退时间"].fillna(_usual(rows, ends))
    )
    usual = replace(job, facts={**job.facts, "attendance": filled})
    return attendance.breaches(usual, kinds=kinds, outcome=outcome, grace=grace)


def _usual(rows: pd.DataFrame, table: Parameter) -> pd.Series:
    times = table.column(rows["日期"])
    names = zip(times, rows["班次"], weekday(rows["日期"]), strict=True)
    seconds = [_named(times, shift, day) for times, shift, day in names]
    return pd.to_timedelta(pd.Series(seconds, index=rows.index, dtype="float64"), unit="s").astype(
        rows["应到时间"].dtype
    )


def _named(times: object, shift: str, day: str) -> float | None:
    if not isinstance(times, dict):
        return None
    return times.get(shift, times.get(day))
