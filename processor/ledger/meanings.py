"""What a site said of its own headers and values, and the workbooks that wait for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, delete, insert, select

from processor.ledger.bulk import insert_rows
from processor.ledger.schema import asked, header_rows, meanings


@dataclass(frozen=True)
class Said:
    """One answer, as it was given."""

    register: str
    header: str
    value: str
    meaning: str
    by: str
    file: str
    day: str


@dataclass(frozen=True)
class Asked:
    """A workbook that waits. copy: its place below the outbox; sheets: the folded headers of each sheet asked about."""

    file: str
    copy: str
    sheets: tuple[frozenset[str], ...]
    day: str


class MeaningStore:
    """The answers of one ledger transaction, oldest first."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def all(self) -> list[Said]:
        """Every answer ever given, oldest first."""
        rows = self.connection.execute(select(meanings).order_by(meanings.c.id))
        return [Said(r.register, r.header, r.value, r.meaning, r.by, r.file, r.day) for r in rows]

    def keep(self, answers: Iterable[Said]) -> None:
        """Remember answers after the earlier ones."""
        names = ("register", "header", "value", "meaning", "by", "file", "day")
        insert_rows(self.connection, meanings, [{name: getattr(a, name) for name in names} for a in answers])

    def rows(self) -> list[tuple[str, frozenset[str]]]:
        """(register, folded headers) of the header rows that were read by answers."""
        found = self.connection.execute(select(header_rows).order_by(header_rows.c.register, header_rows.c.headers))
        return [(row.register, frozenset(orjson.loads(row.headers))) for row in found]

    def keep_rows(self, rows: Iterable[tuple[str, frozenset[str]]]) -> None:
        """Remember header rows; a row is of one register, the last that was said."""
        for register, headers in rows:
            text = orjson.dumps(sorted(headers)).decode()
            self.connection.execute(delete(header_rows).where(header_rows.c.headers == text))
            self.connection.execute(insert(header_rows).values(register=register, headers=text))

    def asked(self) -> list[Asked]:
        """The workbooks that wait, by file."""
        return [
            Asked(row.file, row.copy, tuple(frozenset(sheet) for sheet in orjson.loads(row.sheets)), row.day)
            for row in self.connection.execute(select(asked).order_by(asked.c.file))
        ]

    def ask(self, file: str, copy: str, sheets: Sequence[frozenset[str]], day: str) -> None:
        """Note that a workbook waits, in the place of what was noted of that file."""
        self.settle([file])
        listed = orjson.dumps([sorted(sheet) for sheet in sheets]).decode()
        self.connection.execute(insert(asked).values(file=file, copy=copy, sheets=listed, day=day))

    def settle(self, files: Iterable[str]) -> None:
        """Forget that workbooks wait."""
        for file in files:
            self.connection.execute(delete(asked).where(asked.c.file == file))
