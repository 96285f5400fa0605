"""The rates of each reader of meters: paid in time, read, reported without errors (抄表收费登记表)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from processor.catalogue.parameter import Missing, Parameter
from processor.model import Finding, Text, say
from processor.rules.declared import by_employee, reads
from processor.rules.job import Job
from processor.rules.months import months_over
from processor.rules.remarks import statement

DAY = pd.Timedelta(days=1)


@by_employee
@reads(meter_readings="用户编号 月份 抄表日期 抄表员工号 结算单送达日期 缴费日期 报表差错")
def collection_rates(
    job: Job, *, payment_days: Parameter, early_days: Parameter, collection: Parameter, accuracy: Parameter
) -> list[Finding]:
    """Each reader's rates of a month, decided from its last day on (G14), and a flag on each below its target (GA-3).

    Collected: paid within `payment_days` of the slip, among the accounts whose term is over. Accurate: rows without
    报表差错. The share paid within `early_days` of the reading is only shown. Targets: a share (0.95) or percent (95).
    """
    findings = []
    for (reader,), last, rows in months_over(job, _of_month(job), day="month", by=["抄表员工号"]):
        term = rows["结算单送达日期"] + payment_days.at(last) * DAY
        paid = rows["缴费日期"] <= term
        over = term.notna() & (paid | (term < pd.Timestamp(job.as_of)))
        early = rows["缴费日期"] <= rows["抄表日期"] + early_days.at(last) * DAY
        wrong = rows["报表差错"].fillna(False).astype(bool)
        rates = [
            _Rate("collection", say("气费回收率"), int(paid[over].sum()), int(over.sum()), collection.at(last)),
            _Rate("accuracy", say("报表准确率"), int((~wrong).sum()), len(rows), accuracy.at(last)),
        ]
        shown = say(
            "{collection}，{accuracy}，抄表后{days}天内缴费的占{early}%",
            collection=rates[0].text(),
            accuracy=rates[1].text(),
            days=early_days.at(last),
            early=f"{100 * int(early.sum()) / len(rows):.1f}",
        )
        findings += _rates(job, reader, last, rows, shown, rates)
    return findings


@by_employee
@reads(meter_readings="用户编号 月份 抄表日期 抄表员工号")
def reading_rate(job: Job, *, target: Parameter) -> list[Finding]:
    """Each reader's share of users read in a month, and a flag below `target`; nothing while no target is set (GA-4)."""
    findings = []
    for (reader,), last, rows in months_over(job, _of_month(job), day="month", by=["抄表员工号"]):
        wanted = target.on(last)
        if isinstance(wanted, Missing):
            continue
        rate = _Rate("reading", say("抄收率"), int(rows["抄表日期"].notna().sum()), len(rows), wanted)
        findings += _rates(job, reader, last, rows, rate.text(), [rate])
    return findings


@dataclass(frozen=True)
class _Rate:
    """A share of accounts and its target, a share or percent."""

    part: str
    name: Text
    count: int
    total: int
    target: float

    @property
    def percent(self) -> float:
        return self.target if self.target > 1 else self.target * 100

    @property
    def is_below(self) -> bool:
        return self.total > 0 and self.count * 100 < round(self.percent * self.total, 6)

    def text(self) -> Text:
        if not self.total:
            return say("{name}暂无可计算的户数", name=self.name)
        given = {"name": self.name, "count": self.count, "total": self.total}
        return say("{name}{share}%（{count}/{total}户）", share=f"{100 * self.count / self.total:.1f}", **given)


def _of_month(job: Job) -> pd.DataFrame:
    """All rows with `month`, the first day of 月份, and `subject`."""
    rows = job.facts["meter_readings"]
    month = pd.to_datetime(rows["月份"] + "-01").astype("datetime64[us]")
    return rows.assign(month=month, subject=rows["用户编号"] + "|" + rows["月份"])


def _rates(job: Job, reader: str, last: date, rows: pd.DataFrame, shown: Text, rates: list[_Rate]) -> list[Finding]:
    """The line that shows the rates and a flag for each below its target."""
    name = job.name_of(reader)
    month = f"{last:%Y-%m}"
    texts = [("classify", "", say("{month} {name}：{shown}", month=month, name=name, shown=shown))]
    for rate in rates:
        if rate.is_below:
            given = {"month": month, "name": name, "rate": rate.text(), "target": f"{rate.percent:g}"}
            texts.append(("flag", rate.part, say("{month} {name}{rate}，低于{target}%", **given)))
    subject = f"{reader}|{month}"
    return [
        statement(job, rows, text, day=last, subject=subject, staff_no=reader, effect=effect, part=part)
        for effect, part, text in texts
    ]
