"""Who is to be cared for in the coming week, and why: birthdays, festivals, seasons, visits, regular calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.festivals import named_days, solar_terms
from processor.model import Finding, say
from processor.rules.customers import Grading, card_holders, graded
from processor.rules.declared import reads
from processor.rules.job import Job, records

BIRTHDAY, FESTIVAL, SEASON, VISIT, REGULAR = "生日", "节日", "四季养生", "消费回访", "定期回访"
OCCASION = ["customer", "kind", "occasion", "day", "refs"]


@reads(
    complaints="受理时间 联系电话 办结时间",
    consumption="消费日期 卡号",
    members="申请单号 申请日期 卡号 卡类型 姓名 手机 身份证号码 生日 退卡日期",
)
def coming_week(
    job: Job,
    *,
    grading: Mapping[str, Parameter],
    care_by_grade: Parameter,
    channels: Parameter,
    festivals: Parameter,
    seasons: Parameter,
    visit_days: Parameter,
    regular_day: Parameter,
) -> list[Finding]:
    """One remind a customer and occasion of the next Monday to Sunday after the as-of day, best grade first (SA-G2).

    care_by_grade: grade -> kinds of occasions (生日, 节日, 四季养生, 消费回访, 定期回访); channels: kind -> how.
    festivals: name -> day as `festivals.named_days` reads it; seasons: solar terms. visit_days: visits of so many days
    up to the as-of day are followed up. regular_day: day of the month on which regular calls fall.
    The binding reads `members`, `complaints` and `consumption` and needs `due: true`.
    """
    rule = Grading.on(job, grading)
    customers = graded(job, rule)
    monday = job.as_of + timedelta(days=7 - job.as_of.weekday())
    shared = [(FESTIVAL, name, day) for day, name in named_days(festivals.at(job.as_of), monday, _sunday(monday))]
    shared += [(SEASON, name, day) for day, name in solar_terms(seasons.at(job.as_of), monday, _sunday(monday))]
    shared += [(REGULAR, REGULAR, day) for day in _week(monday) if day.day == regular_day.at(job.as_of)]
    parts = [
        _birthdays(customers, monday),
        _visits(job, card_holders(job, rule), monday, visit_days.at(job.as_of)),
        *(_for_all(customers, *occasion) for occasion in shared),
    ]
    due = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True).merge(customers, on="customer")
    owed = pd.DataFrame(
        [(g, kind) for g, kinds in care_by_grade.at(job.as_of).items() for kind in kinds], columns=["grade", "kind"]
    )
    due = due.merge(owed, on=["grade", "kind"]).sort_values(["grade", "day", "subject", "occasion"], kind="stable")
    return [_remind(job, row, channels.at(job.as_of)) for row in records(due)]


def _remind(job: Job, row: Mapping[str, Any], channels: Mapping[str, str]) -> Finding:
    day = row["day"].date().isoformat()
    text = say(
        "{day} {occasion}：{grade}级客户{name}（{card}），请以{channel}方式关怀",
        day=day,
        occasion=row["occasion"],
        grade=row["grade"],
        name=row["姓名"] or row["subject"],
        card=row["卡类型"],
        channel=channels.get(row["kind"]) or say("电话或短信"),
    )
    return Finding(
        clause=job.clause,
        effect="remind",
        date=job.as_of,
        subject=row["subject"],
        text=text,
        row=row["_ref"],
        evidence=(*row["evidence"], *row["refs"]),
        part=f"{row['occasion']}|{day}",
        due=row["day"].date(),
    )


def _birthdays(customers: pd.DataFrame, monday: date) -> pd.DataFrame:
    """Customers whose birthday falls in the week; 29 February is kept on the 28th in a common year."""
    born = customers["生日"].dt.strftime("%m-%d")
    found = []
    for day in _week(monday):
        dates = [f"{day:%m-%d}"]
        if f"{day:%m-%d}" == "02-28" and (day + timedelta(days=1)).month == 3:
            dates.append("02-29")
        found.append(_for_all(customers[born.isin(dates)], BIRTHDAY, BIRTHDAY, day))
    return pd.concat(found, ignore_index=True)


def _visits(job: Job, holders: pd.Series, monday: date, visit_days: int) -> pd.DataFrame:
    """One occasion for each day on which a customer came lately, to be followed up on the week's Monday."""
    rows = job.facts["consumption"]
    age = (pd.Timestamp(job.as_of) - rows["消费日期"]).dt.days
    rows = rows[(age >= 0) & (age < visit_days)]
    rows = rows.assign(customer=rows["卡号"].map(holders)).dropna(subset=["customer"])
    visits = rows.groupby(["customer", "消费日期"])["_ref"].agg(tuple).rename("refs").reset_index()
    occasion = "消费后回访（" + visits["消费日期"].dt.strftime("%Y-%m-%d") + " 消费）"
    return visits.assign(kind=VISIT, occasion=occasion, day=pd.Timestamp(monday))[OCCASION]


def _for_all(customers: pd.DataFrame, kind: str, occasion: str, day: date) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer": customers["customer"],
            "kind": kind,
            "occasion": occasion,
            "day": pd.Timestamp(day),
            "refs": [()] * len(customers),
        },
        columns=OCCASION,
    )


def _week(monday: date) -> list[date]:
    return [monday + timedelta(days=n) for n in range(7)]


def _sunday(monday: date) -> date:
    return monday + timedelta(days=6)
