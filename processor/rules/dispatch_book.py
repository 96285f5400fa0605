"""The dispatch book of a unit: what each designer holds, and whether he may take one more order on a day.

One computation for both the audit of recorded dispatches and the proposals. Days never run backwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pandas as pd

from processor.calendars import window_key, window_range
from processor.catalogue.parameter import Parameter
from processor.model import Text, joined, say
from processor.rules.signings import Champions
from processor.rules.workforce import employed_on


@dataclass(frozen=True)
class Limits:
    """How much a designer may take: stops while he holds orders, caps a day and a week, the champion's extra."""

    peak_months: Parameter
    held_low: Parameter
    held_peak: Parameter
    day_cap: Parameter
    week_cap: Parameter
    champion_extra: Parameter

    def stop(self, day: date) -> int:
        """How many held orders stop dispatch on this day, the champion's extra left aside."""
        season = self.held_peak if day.month in self.peak_months.at(day) else self.held_low
        return int(season.at(day))


@dataclass
class Load:
    """What one designer was given: order -> fact id, of the day, week and quarter that hold `day`."""

    day: date = date.min
    today: dict[str, int] = field(default_factory=dict)
    week: dict[str, int] = field(default_factory=dict)
    quarter: dict[str, int] = field(default_factory=dict)
    last: date | None = None

    def at(self, day: date) -> Load:
        """The load as it stands on a later day: what lies in another day, week or quarter no longer counts."""
        if day == self.day:
            return self
        return Load(
            day,
            {},
            self.week if window_key(day, "week") == window_key(self.day, "week") else {},
            self.quarter if window_key(day, "quarter") == window_key(self.day, "quarter") else {},
            self.last,
        )


@dataclass(frozen=True)
class Bar:
    """Why a designer may not take an order: the clause, the words before it and after it was broken, the facts."""

    clause: str
    text: Text
    breach: Text
    evidence: tuple[int, ...]


class DispatchBook:
    """Loads of a unit's designers, brought forward order by order."""

    def __init__(
        self,
        designers: Callable[[date], pd.DataFrame],
        contracts: pd.DataFrame,
        ends: pd.DataFrame,
        limits: Limits,
        clauses: Sequence[str],
    ) -> None:
        """designers: the roster's rows as of a day, by 工号. ends: `losses.order_ends`. clauses: of the held stop, then of the caps."""
        self.designers, self.limits = designers, limits
        self.held_clause, self.cap_clause = clauses
        self.champions = Champions(contracts)
        self.ends: Mapping[str, date] = {str(order): end.date() for order, end in ends["end"].items()}
        self.loads: dict[str, Load] = {}
        self._peers: dict[tuple[date, str | None], list[str]] = {}

    def load(self, staff_no: str, day: date) -> Load:
        """The designer's load on a day, without changing the book."""
        return self.loads.get(staff_no, Load()).at(day)

    def enter(self, staff_no: str, order: str, day: date, ref: int) -> None:
        """Give the designer an order on a day; the same order twice counts once."""
        load = self.loads[staff_no] = self.load(staff_no, day)
        for orders in (load.today, load.week, load.quarter):
            orders.setdefault(order, ref)
        load.last = day

    def held(self, staff_no: str, day: date, order: str = "") -> dict[str, int]:
        """Orders of this week that are neither signed nor lost by the day, `order` itself left aside (REN-D3)."""
        week = self.load(staff_no, day).week
        return {o: ref for o, ref in week.items() if o != order and self.ends.get(o, date.max) > day}

    def bars(self, staff_no: str, day: date, order: str = "") -> list[Bar]:
        """What keeps the designer from taking `order` on the day; empty where he is free."""
        return [bar for bar in (self._held_bar(staff_no, day, order), self._cap_bar(staff_no, day, order)) if bar]

    def extra(self, staff_no: str, day: date) -> tuple[int, Text]:
        """How many orders more a champion may hold on the day, and why; 0 for anyone else (REN-D5)."""
        more = int(self.limits.champion_extra.at(day))
        if staff_no in self._champions(day, "year"):
            return more, say("上一年度签单状元，可多持{n}单", n=more)
        if staff_no in self._champions(day, "quarter") and self._is_short(staff_no, day):
            return more, say("上季度签单状元且本季派单量低于同级平均，可多持{n}单", n=more)
        return 0, say("")

    def _held_bar(self, staff_no: str, day: date, order: str) -> Bar | None:
        held, stop = self.held(staff_no, day, order), self.limits.stop(day)
        if len(held) < stop:
            return None
        more, why = self.extra(staff_no, day)
        if len(held) < stop + more:
            return None
        text = say("本周手中已有{n}单，达到停派数{stop}单", n=len(held), stop=stop + more)
        if more:
            text = say("{text}（{why}）", text=text, why=why)
        return Bar(self.held_clause, text, say("派单前{text}", text=text), tuple(held.values()))

    def _cap_bar(self, staff_no: str, day: date, order: str) -> Bar | None:
        load = self.load(staff_no, day)
        today = {o: ref for o, ref in load.today.items() if o != order}
        week = {o: ref for o, ref in load.week.items() if o != order}
        day_cap, week_cap = self.limits.day_cap.at(day), self.limits.week_cap.at(day)
        over_day, over_week = len(today) >= day_cap, len(week) >= week_cap
        if not over_day and not over_week:
            return None
        texts, breaches = [], []
        if over_day:
            texts.append(say("当日已派{n}单，达到每日上限{cap}单", n=len(today), cap=day_cap))
            breaches.append(say("是当日第{n}单，超过每日上限{cap}单", n=len(today) + 1, cap=day_cap))
        if over_week:
            texts.append(say("本周已派{n}单，达到每周上限{cap}单", n=len(week), cap=week_cap))
            breaches.append(say("是本周第{n}单，超过每周上限{cap}单", n=len(week) + 1, cap=week_cap))
        refs = tuple(week.values()) if over_week else tuple(today.values())
        return Bar(self.cap_clause, joined(texts, "，"), joined(breaches, "，"), refs)

    def _champions(self, day: date, period: str) -> pd.Index[Any]:
        last = window_range(window_key(day, period), period)[0] - timedelta(days=1)
        first = window_range(window_key(last, period), period)[0]
        return self.champions.between(first, last, day).index

    def _is_short(self, staff_no: str, day: date) -> bool:
        """Fewer orders so far this quarter than the mean of his level, or of all where he is alone in it."""
        level = self.designers(day)["级别"].get(staff_no)
        peers = self._level(day, None if pd.isna(level) else level)
        if len(peers) < 2:
            peers = self._level(day, None)
        counts = [len(self.load(peer, day).quarter) for peer in peers]
        return len(self.load(staff_no, day).quarter) * len(counts) < sum(counts)

    def _level(self, day: date, level: str | None) -> list[str]:
        if (day, level) not in self._peers:
            found = self.designers(day)
            found = found[employed_on(found, day)]
            found = found if level is None else found[found["级别"] == level]
            self._peers[day, level] = list(found.index)
        return self._peers[day, level]


def placed(dispatch: pd.DataFrame) -> pd.DataFrame:
    """The dispatches that count: a designer is named and did not refuse; by 派单日期, then 派单编号."""
    counted = dispatch[dispatch["设计师工号"].notna() & ~refused(dispatch)]
    return counted.sort_values(["派单日期", "派单编号"], kind="stable")


def refused(dispatch: pd.DataFrame) -> pd.Series:
    """Which dispatches the designer refused, as a boolean Series."""
    return dispatch["是否拒单"].fillna(False).astype(bool)


def order_sizes(budgets: pd.Series, days: pd.Series, floors: Mapping[str, Parameter]) -> pd.Series:
    """The name of each order's size by its budget (fen) on its day; None where the budget is blank (REN-D1).

    floors: size -> the smallest budget that has it, ascending.
    """
    sizes = pd.Series(None, index=budgets.index, dtype="object")
    for size, floor in floors.items():
        sizes = sizes.mask((budgets >= floor.column(days)).fillna(False).astype(bool), size)
    return sizes
