"""Ledgers of earlier versions are taken over: closed months to the byte, open lines as they stood."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command as migrating
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from oldsite import DAY, FEW, closed_files, old_site
from postgresql import database
from postgresql import server as server
from sitework import Site, command
from sqlalchemy import Connection, MetaData, create_engine, insert, select, text

from processor.ledger.migrations import FIRST, chain, number
from processor.ledger.schema import metadata


@pytest.fixture
def old(tmp_path: Path) -> Site:
    return old_site(tmp_path)


@pytest.fixture
def small(tmp_path: Path) -> Site:
    """A few of its units: their first batch under this version takes a tenth of the time."""
    return old_site(tmp_path, FEW)


def lines(site: Site) -> list[dict[str, str]]:
    """The open lines of its units without text and reading, which a release may put in other words."""
    settings = Path(site.config).read_text(encoding="utf-8")
    return [
        {name: cell for name, cell in line.items() if name not in ("text", "reading")}
        for line in site.lines()
        if f'name = "{line["unit"]}"' in settings
    ]


def kept(before: list[dict[str, str]], after: list[dict[str, str]]) -> list[dict[str, str]]:
    """The lines after an upgrade without those of clauses that came with it."""
    known = {line["clause"] for line in before}
    return [line for line in after if line["clause"] in known]


def rows(ledger: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(ledger)) as connection:
        return connection.execute(query).fetchall()


def test_the_first_batch_takes_an_old_ledger_over(old: Site) -> None:
    files, before, bytes_before = closed_files(old), lines(old), (old.folder / "ledger.db").read_bytes()
    assert old.once(DAY)["exit"] == 0
    assert closed_files(old) == files
    assert kept(before, lines(old)) == before
    index = (old.folder / "outbox/pages/index.html").read_text(encoding="utf-8")
    assert "淘宝店：2026-10、2026-11里2026-11-27以前发生的事，条款TB-1应按规则包taobao_shop改动以前的版本判定" in index
    copy = old.folder / f"ledger.db.v2-{DAY}"
    assert rows(copy, "SELECT count(*) FROM decisions") == [(1071,)]
    assert rows(copy, "SELECT value FROM state WHERE name = 'schema'") == [("2",)]
    assert len(bytes_before) == copy.stat().st_size
    assert old.once(DAY)["exit"] == 0
    assert [path.name for path in old.folder.glob("ledger.db.v*")] == [copy.name]


def test_an_upgraded_ledger_has_the_tables_of_a_new_one(old: Site) -> None:
    code, out, _ = command("upgrade", "--config", old.config)
    assert code == 0, out
    assert f"from version 2 to {number(chain()[-1])}" in out
    with create_engine(f"sqlite:///{old.folder / 'ledger.db'}").connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_preview_of_the_upgrade_and_reading_commands_change_nothing(old: Site) -> None:
    before = {path: path.read_bytes() for path in old.folder.rglob("*") if path.is_file()}
    code, out, _ = command("upgrade", "--dry-run", "--config", old.config)
    assert code == 0
    assert "decisions    1071 rows" in out
    line = old.lines()[0]["decision_id"]
    assert command("explain", line, "--config", old.config)[0] == 0
    after = {path: path.read_bytes() for path in old.folder.rglob("*") if path.is_file() and path.suffix != ".lock"}
    assert after == before


def test_a_preview_of_the_first_batch_changes_nothing(small: Site) -> None:
    before = (small.folder / "ledger.db").read_bytes()
    assert small.once(DAY, "--dry-run")["exit"] == 0
    assert (small.folder / "ledger.db").read_bytes() == before


def test_upgrading_what_is_of_this_version_does_nothing(old: Site) -> None:
    assert command("upgrade", "--config", old.config)[0] == 0
    before = (old.folder / "ledger.db").read_bytes()
    code, out, _ = command("upgrade", "--config", old.config)
    assert (code, "nothing to do" in out) == (0, True)
    assert (old.folder / "ledger.db").read_bytes() == before


def test_a_ledger_of_a_newer_program_is_exit_2_and_untouched(old: Site) -> None:
    assert command("upgrade", "--config", old.config)[0] == 0
    with closing(sqlite3.connect(old.folder / "ledger.db")) as ledger:
        ledger.execute("UPDATE alembic_version SET version_num = '9999_the_future'")
        ledger.commit()
    for name in ("once", "upgrade"):
        code, _, err = command(name, "--config", old.config)
        assert (code, "another version" in err) == (2, True)


def test_an_earlier_copy_of_the_same_day_stays(old: Site) -> None:
    ledger = old.folder / "ledger.db"
    before = ledger.read_bytes()
    assert command("upgrade", "--config", old.config)[0] == 0
    (earlier,) = old.folder.glob("ledger.db.v2-*")
    earlier.write_text("an earlier copy")
    ledger.write_bytes(before)
    assert command("upgrade", "--config", old.config)[0] == 0
    assert earlier.read_text() == "an earlier copy"
    assert rows(earlier.with_name(f"{earlier.name}-2"), "SELECT count(*) FROM frozen") == [(539,)]


def test_a_database_wants_a_dump_and_consent_first(small: Site, server: str) -> None:
    url = database(server, "upgrade")
    _copy_into(small.folder / "ledger.db", url)
    config = small.folder / "site.toml"
    settings = config.read_text(encoding="utf-8")
    config.write_text(settings.replace("settle_seconds = 0", f'settle_seconds = 0\nledger = "{url}"'), encoding="utf-8")
    files, before = closed_files(small), lines(small)
    for name in ("once", "upgrade"):
        code, _, err = command(name, "--config", small.config)
        assert (code, "pg_dump" in err, "upgrade --yes" in err) == (2, True, True)
    assert command("upgrade", "--dry-run", "--config", small.config)[0] == 0
    assert command("upgrade", "--config", small.config)[0] == 2
    assert command("upgrade", "--yes", "--config", small.config)[0] == 0
    assert small.once(DAY)["exit"] == 0
    assert (closed_files(small), kept(before, lines(small))) == (files, before)


def _copy_into(ledger: Path, url: str) -> None:
    """The tables and rows of a SQLite ledger in another database."""
    tables = MetaData()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with create_engine(f"sqlite:///{ledger}").connect() as source, engine.begin() as target:
        tables.reflect(source)
        tables.create_all(target)
        for table in tables.sorted_tables:
            found = [dict(row._mapping) for row in source.execute(select(table))]
            if found:
                target.execute(insert(table), found)
        for name in ("superseded", "workbooks"):
            target.execute(text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))"))
    engine.dispose()


def test_each_step_has_a_number_of_its_own() -> None:
    numbers = [number(step) for step in chain()]
    assert numbers == list(range(2, 2 + len(numbers))), "rename the later file to the next free number"
    assert all(len(step) <= 32 for step in chain()), "Alembic keeps 32 letters of a name"


def test_the_step_of_notices_and_closing_keeps_what_answers_and_closed_months_said(old: Site) -> None:
    """Step 0006 alone, on the ledger of version 2 as the step before it left it."""
    config = Config()
    config.set_main_option("script_location", "processor.ledger:migrations")

    def held(connection: Connection) -> dict[str, list[dict]]:
        tables = MetaData()
        tables.reflect(connection)
        assert ("notices" in tables.tables) == ("receipts" in tables.tables)
        names = ("answers", "periods", "frozen")
        return {
            name: [dict(row) for row in connection.execute(select(tables.tables[name])).mappings()] for name in names
        }

    with create_engine(f"sqlite:///{old.folder / 'ledger.db'}").begin() as connection:
        config.attributes["connection"] = connection
        migrating.stamp(config, FIRST)
        migrating.upgrade(config, "0005_rows_held_and_renumbered")
        before = held(connection)
        migrating.upgrade(config, "0006_notices_and_closing")
        after = held(connection)
    assert all(before.values())
    given = {
        "answers": {"owner": ""},
        "periods": {"closed_by": "", "in_the_way": "[]"},
        "frozen": {"held": False},
    }
    assert after == {name: [row | given[name] for row in rows] for name, rows in before.items()}
