"""Many rows at once: one prepared statement, no work per row beside the driver's own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Dialect, Table, insert

#: How many values one statement may name.
CHUNK = 800
#: Rows are looked up as one stretch where one in so many of it is wanted.
DENSE = 4


def chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The items in parts of at most CHUNK."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def around(column: ColumnElement[int], numbers: Collection[int]) -> Iterator[ColumnElement[bool]]:
    """Conditions that together find the rows of these numbers, where most of a stretch are wanted others of it too."""
    ordered = sorted(numbers)
    if len(ordered) > CHUNK and ordered[-1] - ordered[0] < DENSE * len(ordered):
        yield column.between(ordered[0], ordered[-1])
        return
    for part in chunks(ordered):
        yield column.in_(part)


def insert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same keys (column names); values are what the driver takes as they are."""
    if rows:
        insert_columns(connection, table, {name: [row[name] for row in rows] for name in rows[0]})


def insert_columns(connection: Connection, table: Table, columns: Mapping[str, Iterable[Any]]) -> None:
    """Insert as many rows as the shortest column has values; they are what the driver takes as they are."""
    statement, positions = _insert_into(table, connection.dialect, tuple(columns))
    names = positions or tuple(columns)
    rows = zip(*(columns[name] for name in names), strict=False)
    parameters: list[Any] = list(rows) if positions else [dict(zip(names, row, strict=True)) for row in rows]
    if parameters:
        connection.exec_driver_sql(statement, parameters)


@lru_cache(maxsize=64)
def _insert_into(table: Table, dialect: Dialect, columns: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The statement that inserts these columns, and in which order it takes them where it takes them by place."""
    statement = insert(table).compile(dialect=dialect, column_keys=list(columns))
    return statement.string, tuple(statement.positiontup or ())
