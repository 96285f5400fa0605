"""Canonical frames to ledger rows and back: one JSON object a fact, blanks left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import pandas as pd

from processor.registers import Register
from processor.rules.job import UNREAD

TIME_UNIT: Any = "timedelta64[us]"


def contents(register: Register, frame: pd.DataFrame) -> list[str]:
    """The JSON text of each row. Dates as `2026-10-05`, moments as `2026-10-05 09:30:00`, times as seconds, money as fen."""
    headers = [column.header for column in register.columns]
    columns = [_plain(column.type, frame[column.header]) for column in register.columns]
    if UNREAD in frame:
        headers.append(UNREAD)
        columns.append([text or None for text in frame[UNREAD]])
    dumps = orjson.dumps
    return [
        dumps({h: v for h, v in zip(headers, row, strict=True) if v is not None}).decode()
        for row in zip(*columns, strict=True)
    ]


def _plain(kind: str, values: pd.Series) -> list[Any]:
    if kind == "date":
        return _texts(values, "%Y-%m-%d")
    if kind == "datetime":
        return _texts(values, "%Y-%m-%d %H:%M:%S")
    if kind == "time":
        values = values.dt.total_seconds()
        return [None if value != value else int(value) for value in values]
    if kind in ("money", "count"):
        return [None if value is pd.NA else int(value) for value in values]
    if kind == "number":
        return [None if value is pd.NA or value != value else float(value) for value in values]
    if kind == "yesno":
        return [None if value is pd.NA else bool(value) for value in values]
    return [None if value is None or value is pd.NA or value != value else str(value) for value in values]


def _texts(values: pd.Series, form: str) -> list[Any]:
    if values.isna().all():
        return [None] * len(values)
    return [text if isinstance(text, str) else None for text in values.dt.strftime(form)]


def frame_of(register: Register, texts: Sequence[str], empty: pd.DataFrame) -> pd.DataFrame:
    """The canonical frame of JSON texts, with `_unread`. `empty` is a frame of the register without rows: it gives columns and types."""
    if not texts:
        return empty.assign(**{UNREAD: pd.Series([], dtype="str")})
    rows = orjson.loads("[" + ",".join(texts) + "]")
    found = {}
    for column in register.columns:
        header = column.header
        found[header] = _typed(column.type, [row.get(header) for row in rows], empty[header].dtype)
    found[UNREAD] = pd.Series([row.get(UNREAD, "") for row in rows], dtype="str")
    return pd.DataFrame(found)


def _typed(kind: str, values: list[Any], dtype: Any) -> pd.Series[Any]:
    if kind in ("date", "datetime"):
        return pd.Series(np.array(values, dtype="datetime64[s]")).astype(dtype)
    if kind == "time":
        seconds = np.array([np.iinfo(np.int64).min if value is None else value for value in values], dtype="int64")
        return pd.Series(seconds.astype("timedelta64[s]")).astype(TIME_UNIT)
    return pd.Series(values, dtype=dtype)
