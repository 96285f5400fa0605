"""Contracts as signings: one for each order, and the champion of a quarter or a year (REN-D5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pandas as pd


def order_key(contracts: pd.DataFrame) -> pd.Series:
    """What makes contracts one order: the 咨询编号; a contract without one stands for itself."""
    return contracts["咨询编号"].where(contracts["咨询编号"].notna(), "|" + contracts["合同编号"])


def first_of_order(contracts: pd.DataFrame) -> pd.DataFrame:
    """The first contract of each order by 签订日期, then 合同编号, in that order."""
    ordered = contracts.sort_values(["签订日期", "合同编号"], kind="stable")
    return ordered[~order_key(ordered).duplicated()]


@dataclass
class Champions:
    """Finds champions among the contracts of one unit, given as in the register, in any span that covers the period."""

    contracts: pd.DataFrame
    _periods: dict[tuple[date, date], pd.DataFrame] = field(default_factory=dict)
    _known: dict[tuple[date, date, int], pd.DataFrame] = field(default_factory=dict)
    _by_day: dict[tuple[date, date, date], pd.DataFrame] = field(default_factory=dict)

    def between(self, first: date, last: date, day: date) -> pd.DataFrame:
        """The champions of the signings from `first` to `last`, without contracts withdrawn by `day`.

        Index 设计师工号 in order; columns count (signings), amount (fen), refs. Several where count and amount are
        equal, none where nothing net was signed.
        """
        if (first, last, day) not in self._by_day:
            self._by_day[first, last, day] = self._as_of(first, last, day)
        return self._by_day[first, last, day]

    def _as_of(self, first: date, last: date, day: date) -> pd.DataFrame:
        if (first, last) not in self._periods:
            self._periods[first, last] = self._of_period(pd.Timestamp(first), pd.Timestamp(last))
        contracts = self._periods[first, last]
        withdrawn = contracts["退单日期"] <= pd.Timestamp(day)
        key = (first, last, int(withdrawn.sum()))
        if key not in self._known:
            self._known[key] = _best(contracts[~withdrawn], pd.Timestamp(first))
        return self._known[key]

    def _of_period(self, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
        """The contracts of every order that was signed, or signed once more, in the period."""
        until = self.contracts[self.contracts["签订日期"] <= last]
        orders = order_key(until)
        return until[orders.isin(orders[until["签订日期"] >= first])]


def _best(live: pd.DataFrame, first: pd.Timestamp) -> pd.DataFrame:
    signings = first_of_order(live)
    signings = signings[signings["签订日期"] >= first]
    designers = signings.groupby("设计师工号")["合同编号"].count().rename("count").to_frame()
    inside = live[live["签订日期"] >= first].groupby("设计师工号")
    designers["amount"] = inside["合同金额"].sum()
    designers["refs"] = inside["_ref"].agg(tuple)
    best = designers[designers["count"] == designers["count"].max()]
    return best[best["amount"] == best["amount"].max()].sort_index()
