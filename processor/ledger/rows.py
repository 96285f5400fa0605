"""Canonical frames to ledger rows and back: one JSON object a fact, blanks left out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np
import orjson
import pandas as pd

from processor.catalogue.column import DTYPES
from processor.catalogue.register import Register, empty_frame
from processor.columns import UNREAD, plain_values

TIME_UNIT: Any = "timedelta64[us]"
_PARSED_AT_ONCE = 500
_NO_TIME = np.iinfo(np.int64).min
_NO_DAY = "Na "  # NaT, with a blank for its T


def contents(register: Register, frame: pd.DataFrame) -> list[str]:
    """The JSON text of each row. Dates as `2026-10-05`, moments as `2026-10-05 09:30:00`, times as seconds, money as fen."""
    columns = {c.header: _plain(c.type, frame[c.header]) for c in register.columns if not _is_blank(frame[c.header])}
    if UNREAD in frame and frame[UNREAD].any():
        columns[UNREAD] = [text or None for text in frame[UNREAD].tolist()]
    if not columns:
        return ["{}"] * len(frame)
    between, cells = [""], []
    for header, values in columns.items():
        before, told, behind = _members(header, values)
        between[-1] += before
        between.append(behind)
        cells.append(told)
    if between[0]:  # no row lacks the first member
        return _rows(["{" + between[0][1:], *between[1:-1], between[-1] + "}"], cells)
    return [f"{{{text[1:]}}}" for text in _rows(between, cells)]


def _rows(between: Sequence[str], cells: Sequence[Sequence[str]]) -> list[str]:
    """The texts of rows whose cells stand between these texts."""
    columns = zip(map(repeat, between), [*cells, repeat("")], strict=True)
    return list(map("".join, zip(*chain.from_iterable(columns), strict=False)))


def _members(header: str, values: Sequence[Any]) -> tuple[str, list[str], str]:
    """What the rows say under a header, behind a comma: what stands there in each row, and what around it in all of them."""
    kind = next(type(value) for value in values if value is not None)
    quote = '"' if kind is str else ""
    before = f",{orjson.dumps(header).decode()}:{quote}"
    told = _in_json([value for value in values if value is not None], kind)
    if len(told) == len(values):
        return before, told, quote
    rest = iter(told)
    return "", ["" if value is None else f"{before}{next(rest)}{quote}" for value in values], ""


def _in_json(values: Sequence[Any], kind: type) -> list[str]:
    """What stands in JSON for each of these values, of texts without their quotes."""
    text = orjson.dumps(values).decode()
    if kind is not str:
        return text[1:-1].split(",")
    if "\\" not in text:
        return text[2:-2].split('","')
    return [orjson.dumps(value).decode()[1:-1] for value in values]


def _is_blank(values: pd.Series) -> bool:
    return bool(values.array.isna().all())


def _plain(kind: str, values: pd.Series) -> list[Any]:
    """What JSON can hold of each value, None where it is blank."""
    if kind in ("date", "datetime"):
        texts = "|".join(np.datetime_as_string(values.to_numpy(), unit="D" if kind == "date" else "s").tolist())
        return [None if text == _NO_DAY else text for text in texts.replace("T", " ").split("|")]
    if kind == "time":
        values = values.dt.floor("s").dt.total_seconds().astype("Int64")
    return plain_values(values)


def as_kept(register: Register, frame: pd.DataFrame) -> pd.DataFrame:
    """What `frame_of` makes of the texts of these rows, made of the rows themselves."""
    found = {column.header: _as_kept(column.type, frame[column.header]) for column in register.columns}
    unread = frame[UNREAD].tolist() if UNREAD in frame else [""] * len(frame)
    return pd.DataFrame({**found, UNREAD: pd.array([text or "" for text in unread], dtype="str")})


def _as_kept(kind: str, values: pd.Series) -> Any:
    if kind in ("date", "datetime"):
        return values.to_numpy().astype(f"datetime64[{'D' if kind == 'date' else 's'}]").astype(DTYPES[kind])
    if kind == "time":
        return values.dt.floor("s").array
    values = values.astype(DTYPES[kind])
    return values.where(np.isfinite(values)).array if kind == "number" else values.array


def frame_of(register: Register, texts: Sequence[str]) -> pd.DataFrame:
    """The canonical frame of JSON texts, with `_unread`."""
    empty = empty_frame(register)
    if not texts:
        return empty.assign(**{UNREAD: pd.Series([], dtype="str")})
    cells: dict[str, list[Any]] = {header: [] for header in (*register.headers, UNREAD)}
    for start in range(0, len(texts), _PARSED_AT_ONCE):
        rows = orjson.loads("[" + ",".join(texts[start : start + _PARSED_AT_ONCE]) + "]")
        filled = set().union(*rows)
        for header, values in cells.items():
            values += [row.get(header) for row in rows] if header in filled else [None] * len(rows)
    found = {c.header: _typed(c.type, cells.pop(c.header), empty[c.header].dtype) for c in register.columns}
    found[UNREAD] = pd.array([text or "" for text in cells[UNREAD]], dtype="str")
    return pd.DataFrame(found)


def _typed(kind: str, values: list[Any], dtype: Any) -> Any:
    """The array of a column; many Series would be fitted to each other row by row."""
    if kind in ("date", "datetime"):
        return np.array(["NaT" if value is None else value for value in values], dtype="datetime64[s]").astype(dtype)
    if kind == "time":
        seconds = np.array([_NO_TIME if value is None else value for value in values], dtype="int64")
        return seconds.astype("timedelta64[s]").astype(TIME_UNIT)
    return pd.array(values, dtype=dtype)
