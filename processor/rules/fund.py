"""The department fund: every fine that was in fact deducted goes in, what was spent goes out (OR-16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from processor.calendars import month_of, window_key, window_range
from processor.catalogue.parameter import Parameter
from processor.model import Finding, say, yuan
from processor.rules.declared import reads
from processor.rules.job import Job


@dataclass(frozen=True)
class Balance:
    """One month of a fund in fen. fines, entries: indices into the frames it was made of."""

    period: str
    opening: int
    fines: int
    income: int
    spending: int
    refs: tuple[int, ...]

    @property
    def closing(self) -> int:
        return self.opening + self.fines + self.income - self.spending


def balances(rows: pd.DataFrame, deducted: pd.DataFrame, opening_words: Sequence[str], last: str) -> list[Balance]:
    """The fund month by month, from its first row or deducted fine to `last`.

    rows: the register fund. deducted: `period`, `amount` (fen of fines deducted in that month). A row of income whose
    事由 names one of opening_words is the balance that the fund opens with.
    """
    period = month_of(rows["日期"])
    amount = rows["金额"].fillna(0).astype("int64")
    income = rows["收支"] == "收入"
    opens = income & rows["事由"].str.contains("|".join(opening_words), regex=True, na=False)
    months = sorted({*period.dropna(), *deducted["period"]})
    if not months:
        return []
    found: list[Balance] = []
    balance, month = 0, months[0]
    while month <= max(last, months[-1]):
        here = period == month
        fines = int(deducted.loc[deducted["period"] == month, "amount"].sum())
        found.append(
            Balance(
                period=month,
                opening=balance + int(amount[here & opens].sum()),
                fines=fines,
                income=int(amount[here & income & ~opens].sum()),
                spending=int(amount[here & ~income].sum()),
                refs=tuple(int(ref) for ref in rows.loc[here, "_ref"]),
            )
        )
        balance = found[-1].closing
        month = window_key(window_range(month, "month")[1] + timedelta(days=1), "month")
    return found


@reads(fund="日期 收支 金额 事由")
def statement(job: Job, *, opening_words: Parameter) -> list[Finding]:
    """One line a month: opening balance, fines deducted, other income, spending, closing balance (OR-16)."""
    words = opening_words.at(job.as_of)
    rows = job.facts["fund"]
    return [
        Finding(
            clause=job.clause,
            effect="classify",
            date=_last_day(balance.period),
            subject=f"{job.unit}|{balance.period}",
            text=say(
                "{unit}{period}部门基金：期初{opening}元，罚款入账{fines}元，其他收入{income}元，支出{spending}元，期末{closing}元",
                unit=job.unit,
                period=balance.period,
                opening=yuan(balance.opening),
                fines=yuan(balance.fines),
                income=yuan(balance.income),
                spending=yuan(balance.spending),
                closing=yuan(balance.closing),
            ),
            row=balance.refs[-1] if balance.refs else None,
            evidence=balance.refs,
            readings=("G12",),
        )
        for balance in balances(rows, job.deducted, words, f"{job.as_of:%Y-%m}")
    ]


def _last_day(period: str) -> date:
    return window_range(period, "month")[1]
