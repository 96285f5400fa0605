"""The only SQL: facts, decisions, answers, runs and periods, in SQLite by default or PostgreSQL by URL.

A batch is one transaction: it is in the ledger whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Dialect, Engine, NullPool, create_engine, event, func, make_url, select
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.util import LRUCache

from processor.catalogue.register import Register
from processor.errors import SiteError, SiteLocked
from processor.ledger.appeals import AppealStore
from processor.ledger.decisions import DecisionStore
from processor.ledger.facts import FactStore
from processor.ledger.held import HeldStore
from processor.ledger.identities import IdentityStore
from processor.ledger.meanings import MeaningStore
from processor.ledger.messages import MessageStore
from processor.ledger.migrations import chain, number
from processor.ledger.notices import NoticeStore
from processor.ledger.periods import PeriodStore
from processor.ledger.places import PlaceStore
from processor.ledger.proposals import ProposalStore
from processor.ledger.rules import RuleStore
from processor.ledger.runs import RunStore
from processor.ledger.stirred import Stirred
from processor.ledger.ticks import TickStore
from processor.ledger.turns import TurnStore
from processor.ledger.units import UnitStore
from processor.ledger.upgrade import Upgrade, ask_first, copy_of, is_current, migrate, version
from processor.ledger.versions import VersionStore
from processor.messages import tell

BUSY_SECONDS = 30
#: What SQLite keeps at hand of a ledger file: rows that come in touch pages all over its indexes.
CACHE_KIB = 16 << 10
#: Statements of SQLite ledgers, put into words.
_COMPILED: LRUCache[Any, Any] = LRUCache(500)


@dataclass(frozen=True)
class Ledger:
    """The stores of one transaction."""

    connection: Connection
    facts: FactStore
    places: PlaceStore
    versions: VersionStore
    decisions: DecisionStore
    periods: PeriodStore
    runs: RunStore
    ticks: TickStore
    turns: TurnStore
    held: HeldStore
    identities: IdentityStore
    rules: RuleStore
    units: UnitStore
    messages: MessageStore
    proposals: ProposalStore
    meanings: MeaningStore
    notices: NoticeStore
    appeals: AppealStore
    stirred: Stirred

    @contextmanager
    def trial(self) -> Iterator[None]:
        """What is written inside is undone at the end."""
        point = self.connection.begin_nested()
        try:
            yield
        finally:
            point.rollback()
            self.runs.forget()
            self.facts.let_go()


@contextmanager
def transaction(url: str, registers: Mapping[str, Register], *, keep: bool = True) -> Iterator[Ledger]:
    """One transaction on the ledger; committed at the end if `keep`, else rolled back, as on any error.

    An older ledger is read as this version would see it; only `upgrade` makes it one of this version.
    Raises SiteError where the database cannot be opened, is locked, is full, or is older and should be written.
    """
    with _connected(url, keep=keep) as connection:
        if not is_current(connection):
            if keep:
                mend = "run `processor upgrade`, or a batch"
                raise SiteError("the ledger is of an older version", where="site.toml site.ledger", mend=mend)
            migrate(connection)
        stirred = Stirred()
        facts = FactStore(connection, registers, stirred)
        yield Ledger(
            connection,
            facts,
            PlaceStore(connection),
            VersionStore(connection, registers),
            DecisionStore(connection, stirred),
            PeriodStore(connection),
            RunStore(connection),
            TickStore(connection),
            TurnStore(connection, stirred),
            HeldStore(connection, registers),
            IdentityStore(connection),
            RuleStore(connection),
            UnitStore(connection, registers),
            MessageStore(connection),
            ProposalStore(connection),
            MeaningStore(connection),
            NoticeStore(connection, stirred),
            AppealStore(facts),
            stirred,
        )


def upgrade(url: str, day: date, *, consent: bool = False, dry_run: bool = False) -> Upgrade | None:
    """Make an older ledger one of this version; None where it is so already. The caller holds the site.

    day: of the copy's name. consent: to do it without a copy, which only SQLite makes by itself.
    Raises SiteError where it cannot be done, or would lose anything; the ledger is then as it was.
    """
    with _connected(url, keep=False) as connection:
        step = version(connection)
        if step is None or step == chain()[-1]:
            return None
        if dry_run:
            return migrate(connection)
    before, parsed = number(step), make_url(url)
    if parsed.get_backend_name() == "sqlite":
        copy = copy_of(url, before, day)
    elif consent:
        copy = None
    else:
        raise ask_first(parsed, before, day)
    with _connected(url, keep=True) as connection:
        return replace(migrate(connection), copy=copy)


@contextmanager
def exclusive(url: str, what: str) -> Iterator[None]:
    """Be the one writer of a ledger on a database server, by its advisory lock; a file is locked by itself.

    what: tells locks of one ledger apart. Raises SiteLocked where another machine holds it.
    """
    if make_url(url).get_backend_name() != "postgresql":
        yield
        return
    key = int.from_bytes(hashlib.sha256(f"processor {what}".encode()).digest()[:8], "big", signed=True)
    with _connected(url, keep=False) as connection:
        if not connection.execute(select(func.pg_try_advisory_lock(key))).scalar():
            raise SiteLocked("another machine holds the ledger", where="site.toml site.ledger")
        yield


@contextmanager
def _connected(url: str, *, keep: bool) -> Iterator[Connection]:
    try:
        engine = _engine(url, keep)
    except (NoSuchModuleError, SQLAlchemyError, ImportError) as error:
        raise SiteError(
            tell("no database can be opened: {error}", error=error), where="site.toml site.ledger"
        ) from error
    try:
        with engine.connect() as connection:
            work = connection.begin()
            try:
                yield connection
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
        raise SiteError(
            tell("the ledger cannot be used: {orig}", orig=error.orig), where="site.toml site.ledger", mend=mend
        ) from error


def _engine(url: str, keep: bool) -> Engine:
    """The engine of a ledger; a transaction that keeps nothing makes no file where there is none."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
    elif parsed.database and parsed.database != ":memory:":
        if keep:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        elif not Path(parsed.database).exists():
            parsed = parsed.set(database=":memory:")
    return _engine_of(parsed)


@lru_cache(maxsize=2)
def _engine_of(url: URL) -> Engine:
    """An engine without open connections: what it learned of its statements serves the next transaction, too."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url, poolclass=NullPool)
    dialect = _sqlite()
    (file,), given = dialect.create_connect_args(url)
    open_file = partial(dialect.connect, file, **given, timeout=BUSY_SECONDS, isolation_level=None)
    engine = Engine(NullPool(open_file, dialect=dialect), dialect, url).execution_options(compiled_cache=_COMPILED)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, record: object) -> None:
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@cache
def _sqlite() -> Dialect:
    """SQLite as this process speaks it to every ledger file, so that a statement is put into words once for all of them."""
    first = create_engine("sqlite://", poolclass=NullPool)
    with first.connect():
        return first.dialect
