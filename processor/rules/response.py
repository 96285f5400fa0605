"""How quickly customers are answered: fines by full steps of delay, shares inside a limit, typing tests."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from processor.calendars import month_end, month_of
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say, yuan
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import month_line, remark


@reads(chats="会话编号 开始时间 客服工号 首次响应秒数")
def stepped_fine(job: Job, *, limit: Parameter, step: Parameter, fine: Parameter) -> list[Finding]:
    """One fine a conversation: `fine` for each full `step` of seconds by which 首次响应秒数 passes `limit` (G7)."""
    rows = job.facts["chats"]
    over = rows["首次响应秒数"] - limit.column(rows["开始时间"])
    rows = rows.assign(steps=over // step.column(rows["开始时间"]))
    findings = []
    for row in records(rows[rows["steps"] >= 1]):
        day = row["开始时间"].date()
        amount = int(row["steps"]) * fine.at(day)
        text = say(
            "{day} 会话{no}首次响应用了{seconds}秒，超过{limit}秒满{n}个{step}秒，罚款{yuan}元",
            day=day.isoformat(),
            no=row["会话编号"],
            seconds=_plain(row["首次响应秒数"]),
            limit=limit.at(day),
            n=int(row["steps"]),
            step=step.at(day),
            yuan=yuan(amount),
        )
        finding = Finding(
            clause=job.clause,
            effect="fine",
            date=day,
            subject=row["会话编号"],
            text=text,
            staff_no=row["客服工号"],
            amount=-amount,
            row=row["_ref"],
            column="首次响应秒数",
            evidence=(row["_ref"],),
        )
        findings.append(finding)
    return findings


@reads(lambda args: {"chats": frozenset({"会话编号", "开始时间", "客服工号", args["column"]})})
def within(job: Job, *, column: str, limit: Parameter) -> list[Finding]:
    """A flag on each conversation whose `column` (seconds) passes `limit`, and each agent's share inside it by month.

    A blank cell is not counted. The share waits for the month's last day and is dated on it (G14).
    """
    rows = job.facts["chats"]
    rows = rows[rows[column].notna()]
    allowed = limit.column(rows["开始时间"])
    rows = rows.assign(inside=rows[column] <= allowed)[allowed.notna()]
    title = say(job.titles[job.clause])
    findings = [_breach(job, row, column, title, limit) for row in records(rows[~rows["inside"]])]
    for (staff_no, _), group in rows.groupby(["客服工号", month_of(rows["开始时间"])]):
        last = month_end(group["开始时间"].iloc[-1].date())
        if last <= job.as_of:
            findings.append(_share(job, str(staff_no), group, title, limit.at(last)))
    return findings


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


def _breach(job: Job, row: dict[str, Any], column: str, title: Text, limit: Parameter) -> Finding:
    day = row["开始时间"].date()
    text = say(
        "{day} 会话{no}{title}用了{seconds}秒，超过{limit}秒",
        day=day.isoformat(),
        no=row["会话编号"],
        title=title,
        seconds=_plain(row[column]),
        limit=limit.at(day),
    )
    return remark(job, row, text, day=day, subject=row["会话编号"], staff_no=row["客服工号"], column=column)


def _share(job: Job, staff_no: str, rows: pd.DataFrame, title: Text, limit: int) -> Finding:
    last = month_end(rows["开始时间"].iloc[-1].date())
    inside, total = int(rows["inside"].sum()), len(rows)
    text = say(
        "{name}{month}{title}不超过{limit}秒的会话{inside}个，共{total}个，占{share}%",
        name=job.name_of(staff_no),
        month=f"{last:%Y-%m}",
        title=title,
        limit=limit,
        inside=inside,
        total=total,
        share=str((Decimal(100 * inside) / total).quantize(Decimal("0.1"), ROUND_HALF_UP)),
    )
    return month_line(job, staff_no, last, rows, text, ("G2", "G14"))


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
