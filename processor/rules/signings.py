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
    """Finds champions among the contracts of one unit. `contracts` as in the register, any span that covers the period."""

    contracts: pd.DataFrame
    _known: dict[tuple[date, date, date], pd.DataFrame] = field(default_factory=dict)

    def between(self, first: date, last: date, day: date) -> pd.DataFrame:
        """The champions of the signings from `first` to `last`, without contracts withdrawn by `day`.

        Index 设计师工号 in order; columns count (signings), amount (fen), refs. Several where count and amount are
        equal, none where nothing net was signed.
        """
        key = (first, last, day)
        if key not in self._known:
            self._known[key] = self._find(pd.Timestamp(first), pd.Timestamp(last), pd.Timestamp(day))
        return self._known[key]

    def _find(self, first: pd.Timestamp, last: pd.Timestamp, day: pd.Timestamp) -> pd.DataFrame:
        live = self.contracts[~(self.contracts["退单日期"] <= day) & (self.contracts["签订日期"] <= last)]
        signings = first_of_order(live)
        signings = signings[signings["签订日期"] >= first]
        designers = signings.groupby("设计师工号")["合同编号"].count().rename("count").to_frame()
        inside = live[live["签订日期"] >= first].groupby("设计师工号")
        designers["amount"] = inside["合同金额"].sum()
        designers["refs"] = inside["_ref"].agg(tuple)
        best = designers[designers["count"] == designers["count"].max()]
        return best[best["amount"] == best["amount"].max()].sort_index()
