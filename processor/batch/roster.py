"""From which day on a changed roster concerns each unit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date

import pandas as pd

#: What may change in the row of an employee who leaves, or of whom it is noted when he will.
OF_LEAVING = ["离职日期", "备注"]
Concern = dict[str, date | None]


def concerned(
    news: pd.DataFrame, before: pd.DataFrame, named_since: Callable[[Collection[str]], Mapping[str, date | None]]
) -> Concern:
    """Unit -> the first day of a decision that can depend on these employees; None: any decision can.

    news: new and changed rows of the roster, before: the roster as it was, both indexed by 工号. named_since: the first
    day in each unit on which a row names one of them. Nothing depends on an employee before he was hired but rows that
    name him and what those cost whom he supervises; on one who leaves, nothing before he does.
    """
    old = before.reindex(news.index)
    leaving = news.index[_leaves(old, news) & news.index.isin(before.index)]
    others = sorted(news.index.difference(leaving))
    found: Concern = {}
    left: dict[str, date] = {}
    for staff_no, was, now in zip(news.index, old.to_dict("records"), news.to_dict("records"), strict=True):
        if staff_no not in leaving:
            for unit in {unit for unit in (was["门店"], now["门店"]) if isinstance(unit, str)}:
                widen(found, unit, _first(was["入职日期"], now["入职日期"]))
        elif day := _first(was["离职日期"], now["离职日期"]):
            left[staff_no] = day
            widen(found, now["门店"], day)
    for unit in named_since(left):
        widen(found, unit, min(left.values()))
    for unit, first in named_since(others).items():
        widen(found, unit, first)
    for roster in (before, news):
        for unit in roster.loc[roster["直接主管工号"].isin(others), "门店"]:
            widen(found, unit, None)
    return found


def widen(found: Concern, unit: str, first: date | None) -> None:
    """Have `found` reach back to the day in the unit, or to all days."""
    known = found.get(unit, first)
    found[unit] = None if known is None or first is None else min(known, first)


def _leaves(old: pd.DataFrame, new: pd.DataFrame) -> pd.Series:
    """Whether nothing changed in a row but when the employee leaves."""
    same = pd.Series(True, index=new.index)
    for column in new.columns.difference(OF_LEAVING):
        if column in old and not column.startswith("_"):
            equal = (old[column] == new[column]).fillna(False).astype(bool)
            same &= equal | (old[column].isna() & new[column].isna())
    return same


def _first(*days: pd.Timestamp) -> date | None:
    return min((day.date() for day in days if not pd.isna(day)), default=None)
