"""What a month did to the membership of a store: new, active and lost cards, growth, loyal customers, treatments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from processor.calendars import month_of, window_range
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, joined, say, yuan
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import statement


@reads(consumption="消费日期 卡号 项目", members="申请日期 卡号")
def activity(job: Job, *, active_days: Parameter) -> list[Finding]:
    """For each month that has ended: new cards, active cards, cards lost, and how often each treatment was taken (SA-N1).

    Active = consumed in the active_days up to the month's last day; lost = in the as many days before, and not since.
    Distinct cards are counted. The binding reads `members` of the month and twice active_days of `consumption`.
    """
    members, visits = job.facts["members"], job.facts["consumption"]
    findings = []
    for month, last in _ended_months(job):
        days = active_days.at(last)
        new = members[month_of(members["申请日期"]) == month]
        age = _age(visits, last)
        active = visits[(age >= 0) & (age <= days)]
        before = visits[(age > days) & (age <= 2 * days)]
        gone = before[~before["卡号"].isin(active["卡号"])]
        taken = visits[month_of(visits["消费日期"]) == month]
        figures = [
            ("new", say("新增会员{n}人", n=len(new)), new),
            ("active", say("有效会员{n}人（{days}天内有消费）", n=active["卡号"].nunique(), days=days), active),
            ("churned", _churn(gone, before, days), gone),
            ("treatments", _treatments(taken), taken),
        ]
        findings += [_line(job, month, last, part, text, rows) for part, text, rows in figures]
    return findings


@reads(consumption="消费单号 消费日期 卡号 金额", members="申请日期 卡号 卡类型 退卡日期")
def growth(
    job: Job, *, active_days: Parameter, best_cards: Parameter, vip_cards: Parameter, loyal_share: Parameter
) -> list[Finding]:
    """For each month that has ended: growth of the best cards and of VIP cards, and who might become one of the best (SA-N1).

    best_cards, vip_cards: card types. Loyal candidates: the loyal_share of the active cards below best_cards that come
    most often, then spend most; at least one. The binding reads all `members` and active_days of `consumption`.
    """
    members, visits = job.facts["members"], job.facts["consumption"]
    findings = []
    for month, last in _ended_months(job):
        best = members[members["卡类型"].isin(best_cards.at(last))]
        vip = members[members["卡类型"].isin(vip_cards.at(last))]
        findings.append(
            _line(job, month, last, "best", _growth("、".join(best_cards.at(last)), best, month, last), best)
        )
        findings.append(_line(job, month, last, "vip", _growth("、".join(vip_cards.at(last)), vip, month, last), vip))
        age = _age(visits, last)
        active = visits[(age >= 0) & (age <= active_days.at(last)) & ~visits["卡号"].isin(best["卡号"].dropna())]
        loyal = _loyal(active, loyal_share.at(last))
        if len(loyal):
            counted = active[active["卡号"].isin(loyal.index)]
            findings.append(_line(job, month, last, "loyal", _candidates(loyal, best_cards.at(last)), counted))
    return findings


def _ended_months(job: Job) -> Iterator[tuple[str, date]]:
    """Each month with forms or visits whose last day has come."""
    days = pd.concat([job.facts["members"]["申请日期"], job.facts["consumption"]["消费日期"]]).dropna()
    for month in sorted(month_of(days).unique()):
        last = window_range(month, "month")[1]
        if last <= job.as_of:
            yield month, last


def _age(visits: pd.DataFrame, last: date) -> pd.Series:
    return (pd.Timestamp(last) - visits["消费日期"]).dt.days


def _churn(gone: pd.DataFrame, before: pd.DataFrame, days: int) -> Text:
    lost, all_before = gone["卡号"].nunique(), before["卡号"].nunique()
    share = f"{lost / all_before:.1%}" if all_before else "0.0%"
    return say("流失会员{n}人（此前{days}天内有消费、之后没有），流失率{share}", n=lost, days=days, share=share)


def _treatments(taken: pd.DataFrame) -> Text:
    if taken.empty:
        return say("本月没有消费")
    counts = taken.groupby("项目").size().reset_index(name="n").sort_values(["n", "项目"], ascending=[False, True])
    parts = [say("{name}{n}次", name=name, n=int(n)) for name, n in counts.itertuples(index=False)]
    return say("项目消费频次：{parts}", parts=joined(parts, "、"))


def _growth(cards: str, rows: pd.DataFrame, month: str, last: date) -> Text:
    first = pd.Timestamp(window_range(month, "month")[0])
    before = _held(rows, first - pd.Timedelta(days=1))
    now = _held(rows, pd.Timestamp(last))
    rate = f"{(now - before) / before:+.1%}" if before else "—"
    return say(
        "{cards}共{now}张，上月末{before}张，增加{more}张，增长率{rate}",
        cards=cards,
        now=now,
        before=before,
        more=now - before,
        rate=rate,
    )


def _held(rows: pd.DataFrame, day: pd.Timestamp) -> int:
    """Cards opened and not returned by the end of a day."""
    return int(((rows["申请日期"] <= day) & ~(rows["退卡日期"] <= day)).sum())


def _loyal(active: pd.DataFrame, share: float) -> pd.DataFrame:
    """visits and spend (fen) of the most frequent cards, by 卡号, best first."""
    cards = active.groupby("卡号").agg(visits=("消费单号", "size"), spend=("金额", "sum")).reset_index()
    cards = cards.sort_values(["visits", "spend", "卡号"], ascending=[False, False, True]).set_index("卡号")
    return cards.head(max(1, int(len(cards) * share)))


def _candidates(loyal: pd.DataFrame, best_cards: list[str]) -> Text:
    parts = [
        say("{card}（{n}次，{spend}元）", card=row["卡号"], n=row["visits"], spend=yuan(row["spend"]))
        for row in records(loyal.reset_index())
    ]
    return say("{best}发展对象{n}人：{parts}", best="、".join(best_cards), n=len(loyal), parts=joined(parts, "、"))


def _line(job: Job, month: str, last: date, part: str, text: Text, rows: pd.DataFrame) -> Finding:
    told = say("{unit} {month} {text}（截至{day}）", unit=job.unit, month=month, text=text, day=last.isoformat())
    return statement(job, rows, told, day=last, subject=f"{job.unit}|{month}", part=part, readings=())
