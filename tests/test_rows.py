"""Rows as the ledger keeps them: one JSON object a row, and the same columns whether they were just kept or are read back."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processor.catalogue.column import DTYPES, Column
from processor.catalogue.register import Register
from processor.columns import UNREAD
from processor.ledger import decoded
from processor.ledger.decoded import Decoded
from processor.ledger.rows import as_kept, contents, frame_of

HEADERS = {"编号": "id", "说明": "text", "100%": "text", "日期": "date", "时间": "datetime", "打卡": "time", "金额": "money",
           "分数": "number", "次数": "count", "是否": "yesno", "门店": "text"}  # fmt: skip
REGISTER = Register("own", "自用", ("编号",), tuple(Column(header, kind) for header, kind in HEADERS.items()))
TEXTS = st.text(st.sampled_from('甲b",\\%{}|\n0T'), min_size=1, max_size=8)
MOMENTS = st.datetimes(pd.Timestamp("1900-01-01"), pd.Timestamp("2100-12-31")).map(
    lambda moment: moment.replace(microsecond=0)
)
VALUES = {
    "id": TEXTS,
    "text": TEXTS,
    "date": MOMENTS.map(lambda moment: moment.replace(hour=0, minute=0, second=0)),
    "datetime": MOMENTS,
    "time": st.integers(0, 172_799).map(lambda seconds: np.timedelta64(seconds, "s")),
    "money": st.integers(-(10**12), 10**12),
    "number": st.floats(-1e9, 1e9),
    "count": st.integers(0, 10**6),
    "yesno": st.booleans(),
}


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Up to a few rows with any cell filled or blank, and what of them could not be read."""
    count = draw(st.integers(1, 4))
    columns = {
        header: pd.Series(draw(st.lists(st.none() | VALUES[kind], min_size=count, max_size=count)), dtype=DTYPES[kind])
        for header, kind in HEADERS.items()
    }
    unread = draw(st.lists(st.sampled_from(["", "金额", "日期|是否"]), min_size=count, max_size=count))
    return pd.DataFrame({**columns, UNREAD: pd.Series(unread, dtype="str")})


@settings(max_examples=60, deadline=None)
@given(frames())
def test_rows_just_kept_are_those_that_are_read_back(frame: pd.DataFrame) -> None:
    texts = contents(REGISTER, frame)
    told = [json.loads(text) for text in texts]
    assert all(None not in row.values() for row in told)
    assert [row.get("说明") for row in told] == [None if pd.isna(text) else text for text in frame["说明"]]
    assert [list(row) for row in told] == [[name for name in (*HEADERS, UNREAD) if name in row] for row in told]
    pd.testing.assert_frame_equal(frame_of(REGISTER, texts), as_kept(REGISTER, frame), check_exact=True)


def test_rows_are_given_in_the_order_in_which_they_are_asked_for() -> None:
    frame = pd.DataFrame(
        {header: pd.Series([None, None, None], dtype=DTYPES[kind]) for header, kind in HEADERS.items()}
    )
    frame["编号"] = pd.Series(["a", "b", "c"], dtype="str")
    rows = Decoded(REGISTER)
    rows.keep(7, frame.iloc[1:])
    assert rows.kept_from == 7
    read = rows.read([8, 3, 7], [None, '{"编号":"old"}', None], ["甲店", None, "乙店"])
    assert read["编号"].tolist() == ["c", "old", "b"]
    assert read["_ref"].tolist() == [8, 3, 7]
    assert read["门店"].isna().tolist() == [False, True, False]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.lists(st.integers(1, 60), max_size=8, unique=True)), max_size=8))
def test_whatever_was_kept_and_read_before_each_row_is_found_by_its_id(steps: list[tuple[int, list[int]]]) -> None:
    rows, next_id = Decoded(REGISTER), 21
    for kept, wanted in steps:
        if kept:
            frame = frame_of(REGISTER, [f'{{"编号":"{id}"}}' for id in range(next_id, next_id + kept)])
            rows.keep(next_id, frame)
            next_id += kept
        ids = [id for id in wanted if id < next_id]
        texts = [f'{{"编号":"{id}"}}' if id <= 20 else None for id in ids]
        assert rows.read(ids, texts, [None] * len(ids))["编号"].tolist() == [str(id) for id in ids]


def test_of_many_rows_that_were_read_only_the_last_ones_stay_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass over all units reads the whole ledger, and must not hold it; what a batch brought it cannot read again."""
    monkeypatch.setattr(decoded, "MOST_READ", 4)
    rows = Decoded(REGISTER)
    rows.keep(50, frame_of(REGISTER, ['{"编号":"brought"}']))

    def said(ids: list[int], word: str) -> list[str]:
        return rows.read(ids, [None if id == 50 else f'{{"编号":"{word}"}}' for id in ids], [None] * len(ids))[
            "编号"
        ].tolist()

    assert said([1, 2, 3, 4, 50], "first") == [*["first"] * 4, "brought"]
    assert said([4, 50], "second") == ["first", "brought"], "four are not too many"
    assert said([5, 1, 50], "third") == ["third", "third", "brought"], "a fifth one is"
    assert said([1, 2, 3, 4, 5, 6, 50], "fourth") == [*["fourth"] * 6, "brought"], (
        "more of them at once are had all the same"
    )
    assert said([6, 1], "fifth") == ["fourth", "fourth"]
