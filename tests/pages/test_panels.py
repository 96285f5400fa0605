"""The figures above the lists: counted from facts, held against the unit's limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from processor.model import Text, say
from processor.report.pages.charts import draw
from processor.report.pages.panels import PANELS, panel_of
from processor.report.pages.panels.money import money_table
from processor.report.pages.rules import rule_folds
from processor.report.pages.view import Bar, Keys, Money, Panel, Picture
from processor.report.snapshot import Line, Snapshot
from processor.rulebook.sheets import CLAUSES, FIGURES, headers
from tests.pages import sample


def delivered(**frames: dict[str, list[Any]]) -> Callable[[str, str], pd.DataFrame]:
    """Facts of exactly these registers."""
    return lambda register, unit: pd.DataFrame(frames.get(register, {}))


def panel(family: str, made: Snapshot) -> Panel:
    """The picture and the tables of a family."""
    unit = made.units[0]
    lines = [line for line in made.lines if line.decision.unit == unit.name and line.decision.family == family]
    return PANELS[family](made, unit, lines)


@pytest.mark.parametrize("family", PANELS)
def test_a_unit_that_delivered_nothing_has_no_panel(family: str) -> None:
    made = sample.snapshot(0, facts=delivered())
    assert panel(family, made).picture is None


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
    shown = panel("dispatch", made)
    assert shown.picture is not None
    assert [(bar.label, bar.value) for bar in shown.picture.bars] == [("王芳 S01", 3), ("李强 S02", 1)]
    assert [row[1:] for row in shown.tables[0].rows] == [(3, 3, 3, 3, 0), (0, 0, 0, 1, 0)]
    assert "每周上限2单" in str(shown.tables[0].note)


def test_causes_of_losses_are_counted_by_month(tmp_path: Any) -> None:
    picture = panel("lost_orders", sample.snapshot(0)).picture
    assert picture is not None and sum(bar.value for bar in picture.bars) == 15
    drawing = draw(picture, "2026-10", str)
    assert [bar.value for bar in drawing.bars] == sorted((bar.value for bar in drawing.bars), reverse=True)


def test_a_response_on_the_limit_is_inside_it_and_picture_and_table_agree() -> None:
    days = pd.to_datetime(["2026-10-01"] * 3)
    made = sample.snapshot(
        0,
        facts=delivered(
            chats={
                "客服工号": ["S01"] * 3,
                "开始时间": list(days),
                "首次响应秒数": [0.0, 30.0, 30.5],
                "最长响应秒数": [None] * 3,
            }
        ),
    )
    shown = panel("response", made)
    assert shown.picture is not None
    assert sum(bar.value for bar in shown.picture.bars if not bar.over) == 2
    assert sum(bar.value for bar in shown.picture.bars if bar.over) == 1
    (agents,) = shown.tables
    assert agents.rows[0][1:] == (3, pytest.approx(200 / 3), 30.5)


def test_leave_fills_each_of_its_days_in_the_calendar() -> None:
    first, last = pd.Timestamp("2026-09-30"), pd.Timestamp("2026-10-02")
    made = sample.snapshot(0, facts=delivered(leave={"工号": ["S01"], "开始日期": [first], "结束日期": [last]}))
    calendars = panel("attendance", made).tables
    assert [sum(cell is not None for cell in table.rows[0][1:]) for table in calendars] == [1, 2]
    assert [len(table.headers) for table in calendars] == [31, 32]


def test_differences_of_a_till_are_summed_in_fen() -> None:
    made = sample.snapshot(
        0,
        facts=delivered(
            cashier={
                "工号": ["S01", "S01"],
                "日期": list(pd.to_datetime(["2026-10-01", "2026-10-02"])),
                "系统金额": [10000, 10000],
                "实收金额": [9850, 10100],
                "笔数": [3, 4],
            }
        ),
    )
    shown = panel("cashier", made)
    assert shown.tables[0].rows[0] == ("王芳 S01", 2, 7, Money(-50), Money(150), 0)
    assert shown.picture is not None and draw(shown.picture, "2026-10", str).bars[0].value == 1.5


def test_a_person_s_row_sums_what_is_paid_and_names_his_highest_step() -> None:
    made = sample.snapshot(200)
    own = [line for line in made.lines if line.decision.unit == "城东店"]
    people = {(line.decision.unit, line.decision.staff_no): "p.html" for line in own}
    table = money_table(own, people)
    first = [line.decision for line in own if line.decision.staff_no == "S01" and line.decision.period == "2026-10"]
    fined = sum(
        d.amount or 0 for d in first if d.effect in ("fine", "deduction") and d.status in ("final", "confirmed")
    )
    row = next(row for keys, row in zip(table.keys, table.rows, strict=True) if keys == Keys("2026-10", "S01"))
    assert getattr(row[1], "label", row[1]) == Money(fined)
    assert "第" in str(row[-1])


def test_more_labels_than_fit_are_drawn_as_the_rest_and_the_total_stays() -> None:
    bars = tuple(Bar(f"条款{n}", n, Keys(month="2026-10")) for n in range(1, 10))
    drawing = draw(Picture(say("空"), (*bars, Bar("条款1", 5, Keys(month="2026-09")))), "2026-10", str)
    assert sum(bar.value for bar in drawing.bars) + drawing.rest_value == 45 and drawing.rest == 3


def test_a_picture_of_nothing_has_no_bars() -> None:
    assert draw(Picture(say("空"), (Bar("无", 0),)), "2026-10", str).bars == ()


def stated(subject: str, **args: Any) -> Line:
    line = sample.lines(1, "城东店", sample.pack())[0]
    told = say("{month} {name}接待{count}人，成交率{share}；{rest}（至{day}）", **args)
    decision = replace(line.decision, effect="classify", family="statements", text=told, subject=subject, staff_no="")
    return replace(line, decision=decision)


def test_sentences_that_count_stand_side_by_side_whatever_the_clause_is() -> None:
    made, rest = sample.snapshot(0), say("投诉{n}件，{late}件逾期，占{percent}%", n=4, late=1, percent="25.0")
    given = {"month": "2026-10", "name": "王芳", "share": "48.3%", "rest": rest, "day": "2026-10-31"}
    lines = [stated("S01|2026-10", count=29, **given), stated("S02|2026-10", count=8, **given)]
    shown = panel_of(made, made.units[0], "statements", lines)
    (table,) = shown.tables
    assert [str(header) for header in table.headers] == ["期间", "对象", "接待", "成交率", "投诉", "逾期", "逾期占比"]
    assert table.rows[0] == ("2026-10", "王芳 S01", 29, "48.3%", 4, 1, "25.0%")
    assert shown.picture is not None
    assert [(bar.label, bar.value) for bar in shown.picture.bars] == [("王芳 S01", 29.0), ("李强 S02", 8.0)]


def test_an_own_clause_shows_the_calendar_of_the_register_that_it_looks_at() -> None:
    days = pd.to_datetime(["2026-10-08", "2026-10-09"])
    late = {"工号": ["S01", "S01"], "日期": list(days), "状态": ["迟到", "正常"]}
    made = sample.snapshot(0, facts=delivered(attendance=late))
    own = replace(next(iter(made.clauses.values())), id="ZD-1", family="own", registers=("attendance",))
    made = replace(made, clauses={**made.clauses, "ZD-1": own})
    line = sample.lines(1, "城东店", sample.pack())[0]
    line = replace(line, decision=replace(line.decision, clause="ZD-1", family="own"))
    bare = replace(made.units[0], packs=())
    assert [str(table.caption) for table in panel_of(made, bare, "own", [line]).tables] == [
        str(table.caption) for table in PANELS["attendance"](made, bare, [line]).tables
    ]
    assert panel_of(made, made.units[0], "own", [line]).tables == (), "not where the unit has it anyway"


@pytest.mark.parametrize(
    ("sentence", "headers"),
    [
        ("{month}{kind}类投诉{n}件，占{share}%，{m}件在时限内办结", ["投诉", "投诉占比", "在时限内办结"]),
        ("{month} 接电话{n}个，{limit}声内接起{m}个，占{share}%", ["接电话", "3声内接起", "3声内接起占比"]),
        ("{month}的会话{n}个，共{m}个，占应回访{share}%", ["会话", "会话总数", "占应回访"]),
        ("{month} 来源：本周已派{n}单、本季已派{m}单，排第{place}", ["本周已派", "本季已派", "名次"]),
    ],
)
def test_headers_read_like_headers_and_not_like_pieces_of_a_sentence(sentence: str, headers: list[str]) -> None:
    made = sample.snapshot(0)
    args = {"month": "2026-10", "kind": "服务", "n": 4, "m": 2, "limit": 3, "place": 1, "share": "50.0"}
    line = stated("S01|2026-10", count=0, name="", share="", rest="", day="")
    line = replace(line, decision=replace(line.decision, text=Text(sentence, args)))
    (table,) = panel_of(made, made.units[0], "statements", [line]).tables
    assert [str(header) for header in table.headers[2:]] == headers


def test_sentences_without_figures_make_no_table() -> None:
    made = sample.snapshot(0)
    line = stated("S01|2026-10", count="几", month="2026-10", name="王芳", share="一半", rest="没有投诉", day="今天")
    assert panel_of(made, made.units[0], "statements", [line]) == Panel()


def test_units_with_the_same_rules_are_told_together() -> None:
    def row(sheet: str, **cells: str) -> list[str]:
        return [cells.get(header, "") for header in headers(sheet)]

    units = ["甲店", "乙店", "丙店", "丁店", "戊店"]
    fine = {"条款编号": "OR-10", "代号": "play_fine", "现值": "10.00"}
    book = {
        FIGURES: [
            row(FIGURES, **fine, 门店="甲店、乙店、丙店、戊店"),
            row(FIGURES, **fine | {"现值": "20.00"}, 门店="丁店"),
        ],
        CLAUSES: [row(CLAUSES, 门店=unit, 条款编号="OR-10", 启用="是") for unit in units],
    }
    _, same, other, _ = rule_folds(book, units)
    assert str(same.title) == "甲店等4家的规则" and str(same.intro) == "适用于：甲店、乙店、丙店、戊店"
    assert str(other.title) == "丁店的规则" and other.intro is None
    assert ["10.00" in row for row in same.tables[1].rows] == [True]
    assert [str(fold.title) for fold in rule_folds(book, ["甲店", "乙店"])[1:-1]] == ["甲店、乙店的规则"]
