"""Canonical frames to ledger rows and back: one JSON object a fact, blanks left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import orjson
import pandas as pd

from processor.catalogue.register import Register, empty_frame
from processor.columns import UNREAD, plain_values

TIME_UNIT: Any = "timedelta64[us]"
_PARSED_AT_ONCE = 500
_NO_TIME = np.iinfo(np.int64).min


def contents(register: Register, frame: pd.DataFrame) -> list[str]:
    """The JSON text of each row. Dates as `2026-10-05`, moments as `2026-10-05 09:30:00`, times as seconds, money as fen."""
    columns = {c.header: _plain(c.type, frame[c.header]) for c in register.columns if not _is_blank(frame[c.header])}
    if UNREAD in frame and frame[UNREAD].any():
        columns[UNREAD] = [text or None for text in frame[UNREAD].tolist()]
    if not columns:
        return ["{}"] * len(frame)
    headers, dumps = tuple(columns), orjson.dumps
    return [
        dumps(
            {header: value for header, value in zip(headers, row, strict=True) if value is not None}
            if None in row
            else dict(zip(headers, row, strict=True))
        ).decode()
        for row in zip(*columns.values(), strict=True)
    ]


def _is_blank(values: pd.Series) -> bool:
    return bool(values.array.isna().all())


def _plain(kind: str, values: pd.Series) -> list[Any]:
    """What JSON can hold of each value, None where it is blank."""
    if kind in ("date", "datetime"):
        values = values.dt.strftime("%Y-%m-%d" if kind == "date" else "%Y-%m-%d %H:%M:%S")
    elif kind == "time":
        values = values.dt.floor("s").dt.total_seconds().astype("Int64")
    return plain_values(values)


def frame_of(register: Register, texts: Sequence[str], more: Mapping[str, Any] = MappingProxyType({})) -> pd.DataFrame:
    """The canonical frame of JSON texts, with `_unread`.

    more: whole columns (arrays) that are not in the texts.
    """
    empty = empty_frame(register)
    if not texts:
        return empty.assign(**{UNREAD: pd.Series([], dtype="str")}, **more)
    cells: dict[str, list[Any]] = {header: [] for header in (*register.headers, UNREAD)}
    for start in range(0, len(texts), _PARSED_AT_ONCE):
        rows = orjson.loads("[" + ",".join(texts[start : start + _PARSED_AT_ONCE]) + "]")
        filled = set().union(*rows)
        for header, values in cells.items():
            values += [row.get(header) for row in rows] if header in filled else [None] * len(rows)
    found = {c.header: _typed(c.type, cells.pop(c.header), empty[c.header].dtype) for c in register.columns}
    found[UNREAD] = pd.array([text or "" for text in cells[UNREAD]], dtype="str")
    return pd.DataFrame({**found, **more})


def _typed(kind: str, values: list[Any], dtype: Any) -> Any:
    """The array of a column; many Series would be fitted to each other row by row."""
    if kind in ("date", "datetime"):
        return np.array(["NaT" if value is None else value for value in values], dtype="datetime64[s]").astype(dtype)
    if kind == "time":
        seconds = np.array([_NO_TIME if value is None else value for value in values], dtype="int64")
        return seconds.astype("timedelta64[s]").astype(TIME_UNIT)
    return pd.array(values, dtype=dtype)
