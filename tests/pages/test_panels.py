"""The figures above the lists: counted from facts, held against the unit's limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from processor.model import say
from processor.report.pages.charts import lay_out
from processor.report.pages.panels import PANELS
from processor.report.pages.panels.money import money_section
from processor.report.pages.view import Chart, Money, Table
from processor.report.snapshot import Snapshot
from tests.pages import sample


def delivered(**frames: dict[str, list[Any]]) -> Callable[[str, str], pd.DataFrame]:
    """Facts of exactly these registers."""
    return lambda register, unit: pd.DataFrame(frames.get(register, {}))


def panel(family: str, made: Snapshot) -> list[Any]:
    """The parts that a family's panel puts above its list."""
    unit = made.units[0]
    lines = [line for line in made.lines if line.decision.unit == unit.name and line.decision.family == family]
    return list(PANELS[family](made, unit, lines))


@pytest.mark.parametrize("family", PANELS)
def test_a_unit_that_delivered_nothing_has_no_panel(family: str) -> None:
    made = sample.snapshot(0, facts=delivered())
    assert not [part for part in panel(family, made) if not isinstance(part, Table)]


def test_dispatches_of_the_week_are_held_against_the_cap() -> None:
    days = pd.to_datetime(["2026-10-26", "2026-10-26", "2026-10-26", "2026-10-25", "2026-10-26"])
    made = sample.snapshot(
        0,
        facts=delivered(
            dispatch={
                "咨询编号": ["1", "2", "3", "4", "5"],
                "派单日期": list(days),
                "设计师工号": ["S01", "S01", "S01", "S02", "S02"],
                "是否拒单": [False, False, False, False, True],
            }
        ),
    )
    chart = panel("dispatch", made)[0]
    assert [(mark.label, mark.value, mark.over) for mark in chart.marks] == [("S01", 3, True), ("S02", 0, False)]
    assert chart.limit == 2
    assert [row[1:] for row in chart.table.rows] == [(3, 3, 3, 3, 0), (0, 0, 0, 1, 0)]


def test_causes_of_losses_fall_and_their_line_ends_at_a_hundred_per_cent() -> None:
    chart = panel("lost_orders", sample.snapshot(0))[0]
    values = [mark.value for mark in chart.marks]
    assert values == sorted(values, reverse=True) and sum(values) == 15
    assert lay_out(chart).line[-1].share == 100


def test_a_response_on_the_limit_is_inside_it() -> None:
    made = sample.snapshot(
        0,
        facts=delivered(chats={"客服工号": ["S01"] * 3, "首次响应秒数": [0.0, 30.0, 30.5], "最长响应秒数": [None] * 3}),
    )
    chart, agents = panel("response", made)
    assert sum(mark.value for mark in chart.marks if not mark.over) == 2
    assert sum(mark.value for mark in chart.marks if mark.over) == 1
    assert agents.rows[0][1:] == (3, pytest.approx(200 / 3), 30.5)


def test_leave_fills_each_of_its_days_in_the_calendar() -> None:
    first, last = pd.Timestamp("2026-09-30"), pd.Timestamp("2026-10-02")
    made = sample.snapshot(0, facts=delivered(leave={"工号": ["S01"], "开始日期": [first], "结束日期": [last]}))
    calendars = panel("attendance", made)
    assert [sum(cell is not None for cell in table.rows[0][1:]) for table in calendars] == [1, 2]
    assert [len(table.headers) for table in calendars] == [31, 32]


def test_differences_of_a_till_are_summed_in_fen() -> None:
    made = sample.snapshot(
        0,
        facts=delivered(
            cashier={"工号": ["S01", "S01"], "系统金额": [10000, 10000], "实收金额": [9850, 10100], "笔数": [3, 4]}
        ),
    )
    (chart,) = panel("cashier", made)
    assert chart.table.rows[0] == ("S01", 2, 7, Money(-50), Money(150), 0)


def test_a_person_s_row_sums_what_is_paid_and_names_his_highest_step() -> None:
    made = sample.snapshot(200)
    own = [line for line in made.lines if line.decision.unit == "城东店"]
    people = {(line.decision.unit, line.decision.staff_no): "p.html" for line in own}
    (table,) = money_section(own, people).parts
    assert isinstance(table, Table)
    first = [line.decision for line in own if line.decision.staff_no == "S01"]
    fined = sum(
        d.amount or 0 for d in first if d.effect in ("fine", "deduction") and d.status in ("final", "confirmed")
    )
    cell = table.rows[0][1]
    assert getattr(cell, "label", None) == Money(fined)
    assert "第" in str(table.rows[0][-1])


def test_an_empty_chart_is_laid_out_without_bars() -> None:
    empty = Chart("columns", say("空"), (), Table(say("空"), (), ()))
    assert lay_out(empty).bars == ()
