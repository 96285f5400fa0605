"""Parts of one day told by several rows: like one list, whatever their order; a row with more to say only takes what it lacks."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processor.intake.attendance.unite import ALONE, LISTED, united, united_all

TIMES = st.integers(0, 30 * 60)
DUE = {"应到时间": 540, "应退时间": 1080}


def listed(punches: set[int]) -> dict[str, Any]:
    """The row of a list of these punches."""
    if len(punches) == 1:
        return {ALONE: min(punches), LISTED: True}
    return {"上班打卡": min(punches), "下班打卡": max(punches), LISTED: True}


@settings(deadline=None)
@given(st.lists(st.sets(TIMES, min_size=1, max_size=4), min_size=2, max_size=3))
def test_lists_of_punches_are_like_one_list_in_any_order(lists: list[set[int]]) -> None:
    whole = {header: value for header, value in listed(set().union(*lists)).items() if header != LISTED}
    for order in permutations(lists):
        assert united_all(map(listed, order)) == whole


@settings(deadline=None)
@given(st.sets(TIMES, min_size=1, max_size=3), st.sampled_from([{}, {"上班打卡": 530}, {"下班打卡": 1085}]))
def test_a_punch_of_another_clock_never_makes_anybody_later_or_earlier(punches: set[int], told: dict[str, Any]) -> None:
    row = DUE | told
    day = united(row, listed(punches), listed=False)
    assert day is None or day.get("上班打卡", 0) <= told.get("上班打卡", 9999)
    assert day is None or day.get("下班打卡", 9999) >= told.get("下班打卡", 0)
    assert day == united(listed(punches), row, listed=False)


@pytest.mark.parametrize(
    ("row", "other", "day"),
    [
        ({"状态": "未打卡", **DUE, "上班打卡": 530}, {ALONE: 1085}, {"上班打卡": 530, "下班打卡": 1085}),
        ({"状态": "未打卡", **DUE, "上班打卡": 530}, {ALONE: 535}, {"状态": "未打卡", **DUE, "上班打卡": 530}),
        ({"状态": "未打卡", **DUE, "上班打卡": 530, "下班打卡": 1085}, {ALONE: 720}, None),
        ({"状态": "正常", **DUE, "上班打卡": 530}, {"下班打卡": 1085}, {"状态": "正常", **DUE, "上班打卡": 530, "下班打卡": 1085}),
        ({"状态": "迟到", "上班打卡": 600}, {ALONE: 530}, None),
        ({"上班打卡": 530, "应到时间": 540}, {"下班打卡": 1085, "应到时间": 600}, None),
        ({"上班打卡": 1100}, {"下班打卡": 1085}, None),
        ({ALONE: 530}, {ALONE: 530}, {ALONE: 530}),
    ],
)  # fmt: skip
def test_what_two_rows_tell_together(row: dict[str, Any], other: dict[str, Any], day: dict[str, Any] | None) -> None:
    assert united(row, other, listed=False) == day
