"""The only SQL: facts, decisions, answers, runs and periods, in SQLite by default or PostgreSQL by URL.

A batch is one transaction: it is in the ledger whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    ProgrammingError,
    SQLAlchemyError,
)

from processor.catalogue.register import Register
from processor.errors import SiteError
from processor.ledger.decisions import DecisionStore
from processor.ledger.facts import FactStore
from processor.ledger.periods import PeriodStore
from processor.ledger.runs import RunStore
from processor.ledger.schema import VERSION, metadata
from processor.ledger.ticks import TickStore

BUSY_SECONDS = 30


@dataclass(frozen=True)
class Ledger:
    """The stores of one transaction."""

    connection: Connection
    facts: FactStore
    decisions: DecisionStore
    periods: PeriodStore
    runs: RunStore
    ticks: TickStore


@contextmanager
def transaction(
    url: str, registers: Mapping[str, Register], empty: Mapping[str, pd.DataFrame], *, keep: bool = True
) -> Iterator[Ledger]:
    """One transaction on the ledger; committed at the end if `keep`, else rolled back, as on any error.

    Raises SiteError where the database cannot be opened, is locked, or is full.
    """
    try:
        engine = _engine(url, keep)
    except (NoSuchModuleError, SQLAlchemyError, ImportError) as error:
        raise SiteError(f"no database can be opened: {error}", where="site.toml site.ledger") from error
    try:
        with engine.connect() as connection:
            work = connection.begin()
            try:
                metadata.create_all(connection)
                ledger = Ledger(
                    connection,
                    FactStore(connection, registers, empty),
                    DecisionStore(connection),
                    PeriodStore(connection),
                    RunStore(connection),
                    TickStore(connection),
                )
                _check_version(ledger.runs)
                yield ledger
            except BaseException:
                work.rollback()
                raise
            if keep:
                work.commit()
            else:
                work.rollback()
    except (DataError, IntegrityError, ProgrammingError):
        raise
    except DBAPIError as error:
        mend = "wait until a backup or another program lets go of it, or free disk space; nothing was lost"
        raise SiteError(f"the ledger cannot be used: {error.orig}", where="site.toml site.ledger", mend=mend) from error
    finally:
        engine.dispose()


def _check_version(runs: RunStore) -> None:
    version = runs.setting("schema")
    if version is None and not runs.last():
        runs.keep_setting("schema", VERSION)
    elif version != VERSION:
        raise SiteError(
            "the ledger was made by another version of the product",
            where="site.toml site.ledger",
            mend="move the ledger away and drop the workbooks of archive/ into the inbox again, batch by batch",
        )


def _engine(url: str, keep: bool) -> Engine:
    """The engine of a ledger; a transaction that keeps nothing makes no file where there is none."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        return create_engine(parsed)
    if parsed.database and parsed.database != ":memory:":
        if keep:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        elif not Path(parsed.database).exists():
            parsed = parsed.set(database=":memory:")
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS, "isolation_level": None})

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
