"""Many rows at once: one prepared statement, no work per row beside the driver's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert

#: How many values one statement may name.
CHUNK = 800


def chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The items in parts of at most CHUNK."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def insert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same keys (column names); values are what the driver takes as they are."""
    if not rows:
        return
    statement = insert(table).compile(dialect=connection.dialect, column_keys=list(rows[0]))
    if statement.positiontup is None:
        connection.exec_driver_sql(statement.string, list(rows))
        return
    names = statement.positiontup
    connection.exec_driver_sql(statement.string, [tuple(row[name] for name in names) for row in rows])
