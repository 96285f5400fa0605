"""Brings a ledger to the version of the program: new tables for an empty one, Alembic's steps for an older one."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sqlalchemy import (
    URL,
    Column,
    Connection,
    MetaData,
    String,
    Table,
    create_mock_engine,
    delete,
    insert,
    inspect,
    make_url,
    select,
    text,
)

from processor.errors import SiteError
from processor.ledger.migrations import FIRST, chain, number
from processor.ledger.schema import metadata, state
from processor.messages import tell

#: Where Alembic keeps the name of the last step; the very table that it makes by itself.
stamp = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))

_UNCOUNTED = {stamp.name, state.name}


@dataclass(frozen=True)
class Upgrade:
    """What an upgrade did. counts: table -> rows, the same before and after. copy: the ledger as it was."""

    before: int
    after: int
    counts: Mapping[str, int]
    copy: Path | None = None


def version(connection: Connection) -> str | None:
    """The last step that a ledger has taken; None for an empty database.

    Raises SiteError where a program made the ledger that is newer than this one, or older than the first release.
    """
    inspector = inspect(connection)
    found = None
    if inspector.has_table(stamp.name):
        found = connection.execute(select(stamp.c.version_num)).scalar()
    elif inspector.has_table(state.name):
        schema = connection.execute(select(state.c.value).where(state.c.name == "schema")).scalar()
        found = FIRST if schema == str(number(FIRST)) else f"schema {schema}"
    if found is None or found in chain():
        return found
    raise SiteError(
        tell("the ledger was made by another version of the product ({found})", found=found),
        where="site.toml site.ledger",
        mend="run the version that last used it, or a newer one",
    )


def is_current(connection: Connection) -> bool:
    """Whether the ledger is of this version; an empty database becomes so here."""
    found = version(connection)
    if found is None:
        for statement in _creation(connection.dialect.name):
            connection.exec_driver_sql(statement)
        connection.execute(insert(stamp), [{"version_num": chain()[-1]}])
        return True
    return found == chain()[-1]


@cache
def _creation(kind: str) -> tuple[str, ...]:
    """What makes the tables in an empty database of this kind (`sqlite`, `postgresql`), put into words once."""
    words: list[str] = []
    dialect = make_url(f"{kind}://").get_dialect()()
    engine = create_mock_engine(f"{kind}://", lambda made, *_: words.append(str(made.compile(dialect=dialect))))
    for tables in (metadata, stamp.metadata):
        tables.create_all(engine, checkfirst=False)
    return tuple(words)


def migrate(connection: Connection) -> Upgrade:
    """Take the missing steps in the connection's transaction. Raises SiteError where a table has not the rows that it had."""
    from alembic import command  # slow to import, and seldom needed
    from alembic.config import Config

    before = version(connection) or chain()[-1]
    counts = _counts(connection)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "processor.ledger:migrations")
    if not inspect(connection).has_table(stamp.name):
        command.stamp(config, before)
        connection.execute(delete(state).where(state.c.name == "schema"))
    command.upgrade(config, "head")
    after = _counts(connection)
    lost = [f"{table}: {rows} -> {after.get(table)}" for table, rows in counts.items() if after.get(table) != rows]
    if lost:
        raise SiteError(
            tell("the upgrade would change what the ledger holds: {lost}", lost="; ".join(lost)), where="upgrade"
        )
    return Upgrade(number(before), number(chain()[-1]), counts)


def copy_of(url: str, before: int, day: date) -> Path:
    """A consistent copy of a SQLite ledger beside it, `ledger.db.v2-2026-11-27`; an earlier copy of that name stays."""
    database = Path(str(make_url(url).database))
    name = f"{database.name}.v{before}-{day.isoformat()}"
    target, again = database.with_name(name), 1
    while target.exists():
        again += 1
        target = database.with_name(f"{name}-{again}")
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise SiteError(
            tell("the ledger cannot be copied: {error}", error=error), where=str(target), mend="free disk space"
        ) from error
    return target


def ask_first(url: URL, before: int, day: date) -> SiteError:
    """The fault that tells how to dump a database before it is upgraded by hand."""
    shown = url.set(drivername="postgresql").render_as_string(hide_password=True)
    return SiteError(
        tell(
            "the ledger is of version {before}, the program of version {number}",
            before=before,
            number=number(chain()[-1]),
        ),
        where="site.toml site.ledger",
        mend=tell(
            "dump it first: pg_dump --format=custom --file=ledger.v{before}-{day} '{shown}'; then run `processor upgrade --yes`",
            before=before,
            day=day.isoformat(),
            shown=shown,
        ),
    )


def _counts(connection: Connection) -> dict[str, int]:
    names = [name for name in inspect(connection).get_table_names() if name not in _UNCOUNTED]
    quoted = connection.dialect.identifier_preparer.quote
    return {
        name: connection.execute(text(f"SELECT count(*) FROM {quoted(name)}")).scalar_one() for name in sorted(names)
    }
