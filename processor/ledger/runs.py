"""Batches, the workbooks that they read, and small settings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from processor.ledger.schema import runs, state, workbooks

COLUMNS = "columns"
_SETTINGS = select(state.c.name, state.c.value)
_CHANGED = update(state).where(state.c.name == bindparam("setting")).values(value=bindparam("said"))


@dataclass(frozen=True)
class Run:
    """One committed batch. journal: its moves as [from, to] pairs of absolute paths, in the order to make them."""

    number: int
    run: str
    as_of: str
    journal: list[list[str]]


class RunStore:
    """The batches of one ledger transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._settings: dict[str, str] | None = None

    def next(self, as_of: str) -> tuple[int, str]:
        """Number and name of a new batch: `2026-10-31-0007` is the ledger's seventh."""
        number = self.last() + 1
        return number, f"{as_of}-{number:04d}"

    def last(self) -> int:
        """The number of the last batch, 0 before the first."""
        return self.connection.execute(select(func.max(runs.c.number))).scalar() or 0

    def commit(self, number: int, run: str, as_of: str, journal: list[list[str]], counts: dict[str, int]) -> None:
        """Record the batch with the moves that will publish it."""
        row = {"number": number, "run": run, "as_of": as_of, "state": "committed"}
        self.connection.execute(
            insert(runs), [row | {"journal": orjson.dumps(journal).decode(), "counts": orjson.dumps(counts).decode()}]
        )

    def unpublished(self) -> list[Run]:
        """Committed batches whose moves were not all made."""
        rows = self.connection.execute(select(runs).where(runs.c.state == "committed").order_by(runs.c.number))
        return [Run(row.number, row.run, row.as_of, orjson.loads(row.journal)) for row in rows]

    def published(self, number: int) -> None:
        """All moves of the batch are made."""
        self.connection.execute(update(runs).where(runs.c.number == number).values(state="published", journal="[]"))

    def keep_journal(self, number: int, journal: list[list[str]]) -> None:
        """What of the batch's moves is still to be made."""
        self.connection.execute(
            update(runs).where(runs.c.number == number).values(journal=orjson.dumps(journal).decode())
        )

    def days(self) -> dict[int, str]:
        """The as-of day of every batch by its number."""
        return {row.number: row.as_of for row in self.connection.execute(select(runs.c.number, runs.c.as_of))}

    def name(self, number: int) -> str:
        """The name of a batch by its number."""
        return self.connection.execute(select(runs.c.run).where(runs.c.number == number)).scalar() or str(number)

    def seen(self, sha256: str) -> bool:
        """Whether a workbook of these bytes was processed before."""
        query = select(func.count()).where(workbooks.c.sha256 == sha256, workbooks.c.status != "rejected")
        return bool(self.connection.execute(query).scalar())

    def delivered(self, files: Collection[str]) -> bool:
        """Whether a workbook with one of these paths, or with such a name in another folder, was read before."""
        if not files:
            return False
        names = {file.rpartition("/")[2] for file in files}
        elsewhere = [workbooks.c.file.endswith(f"/{name}", autoescape=True) for name in sorted(names)]
        same = or_(workbooks.c.file.in_(sorted({*files, *names})), *elsewhere)
        query = select(func.count()).where(same, workbooks.c.status != "rejected")
        return bool(self.connection.execute(query).scalar())

    def keep_workbook(self, run: int, file: str, sha256: str, status: str) -> None:
        """Record a delivered workbook."""
        self.connection.execute(insert(workbooks), [{"run": run, "file": file, "sha256": sha256, "status": status}])

    def columns(self) -> dict[str, frozenset[str]]:
        """Register -> headers of the columns that its sheets ever had."""
        return {register: frozenset(headers) for register, headers in (self.setting(COLUMNS) or {}).items()}

    def keep_columns(self, columns: Mapping[str, Collection[str]]) -> bool:
        """Note the columns of this batch's sheets; whether a known register got one that it never had."""
        known = self.columns()
        now = {name: known.get(name, frozenset()).union(headers) for name, headers in columns.items()}
        if any(now[name] != known.get(name) for name in now):
            self.keep_setting(COLUMNS, {name: sorted(own) for name, own in sorted({**known, **now}.items())})
        return any(name in known and now[name] != known[name] for name in now)

    def setting(self, name: str) -> Any:
        """A small setting (JSON value), None where it was never kept."""
        found = self._said().get(name)
        return None if found is None else orjson.loads(found)

    def keep_setting(self, name: str, value: Any) -> None:
        """Keep a small setting; one that says what it said is not written."""
        known, text = self._said(), orjson.dumps(value).decode()
        if name not in known:
            self.connection.execute(insert(state), [{"name": name, "value": text}])
        elif known[name] != text:
            self.connection.execute(_CHANGED, {"setting": name, "said": text})
        known[name] = text

    def forget(self) -> None:
        """Look settings up anew: what was written of them was undone."""
        self._settings = None

    def _said(self) -> dict[str, str]:
        """All settings of the transaction as they are written, looked up together."""
        if self._settings is None:
            self._settings = {row.name: row.value for row in self.connection.execute(_SETTINGS)}
        return self._settings
