"""The department fund: every fine that was in fact deducted goes in, what was spent goes out (OR-16)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from processor.calendars import month_of, window_key, window_range
from processor.catalogue.parameter import Parameter
from processor.columns import plain_values
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
    fines, opening, income, spending = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    refs: dict[str, list[int]] = {}
    for period, fen in zip(deducted["period"], deducted["amount"], strict=True):
        fines[period] += int(fen)
    columns = [month_of(rows["日期"]), *(rows[header] for header in ("收支", "事由", "金额", "_ref"))]
    for period, kind, reason, fen, ref in zip(*map(plain_values, columns), strict=True):
        if period is None:
            continue
        opens = any(word in (reason or "") for word in opening_words)
        moved = spending if kind != "收入" else opening if opens else income
        moved[period] += fen or 0
        refs.setdefault(period, []).append(ref)
    months = sorted({*refs, *fines})
    if not months:
        return []
    found: list[Balance] = []
    balance, month = 0, months[0]
    while month <= max(last, months[-1]):
        found.append(
            Balance(
                period=month,
                opening=balance + opening[month],
                fines=fines[month],
                income=income[month],
                spending=spending[month],
                refs=tuple(refs.get(month, ())),
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
