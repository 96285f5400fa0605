"""How quickly customers are answered: fines by full steps of delay, shares inside a limit, typing tests."""

from __future__ import annotations

from typing import Any

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark


@reads(typing="测试日期 工号 每分钟字数 错字数")
def typing(job: Job, *, minimum: Parameter, errors_allowed: Parameter | None = None) -> list[Finding]:
    """A flag on each test below `minimum` characters a minute or, if bound, with more than `errors_allowed` errors."""
    rows = job.facts["typing"]
    slow = rows["每分钟字数"] < minimum.column(rows["测试日期"])
    wrong = pd.Series(False, index=rows.index)
    if errors_allowed is not None:
        wrong = (rows["错字数"] > errors_allowed.column(rows["测试日期"])).fillna(False).astype(bool)
    rows = rows.assign(slow=slow, wrong=wrong)
    findings = []
    for row in records(rows[slow | wrong]):
        day = row["测试日期"].date()
        text = _typing_text(row, minimum.at(day), errors_allowed.at(day) if errors_allowed else 0)
        subject = f"{row['工号']}|{day.isoformat()}"
        column = "每分钟字数" if row["slow"] else "错字数"
        findings.append(remark(job, row, text, day=day, subject=subject, staff_no=row["工号"], column=column))
    return findings


def _typing_text(row: dict[str, Any], minimum: int, errors_allowed: int) -> Text:
    given = {"day": f"{row['测试日期']:%Y-%m-%d}", "speed": _plain(row["每分钟字数"]), "minimum": minimum}
    if not row["wrong"]:
        return say("{day} 打字测试每分钟{speed}字，不到{minimum}字", **given)
    counts = {"errors": int(row["错字数"]), "allowed": errors_allowed}
    if not row["slow"]:
        return say("{day} 打字测试有{errors}个错字，多于允许的{allowed}个", day=given["day"], **counts)
    return say(
        "{day} 打字测试每分钟{speed}字，不到{minimum}字，并有{errors}个错字，多于允许的{allowed}个", **given, **counts
    )


def _plain(number: float) -> str:
    return f"{number:g}"
