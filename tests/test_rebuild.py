"""The archive is the whole truth: ledger and outputs are made anew from it, byte for byte."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from oldsite import DAY, FEW, closed_files, old_site
from payroll.desk import close, confirm, deliver, discipline, employee, line, lines, penalty, roster
from sitework import Site, command, make_site

from processor.catalogue import catalogue
from processor.commands.rebuild import _at_home
from processor.packaged import packaged

UNITS = {"一部": ["technical_service"], "二部": ["department_store"]}
STAFF = roster(employee("E1", boss=""), employee("E2", unit="二部", boss=""), employee("E3", boss=""))
ROWS = [
    penalty("J1", "2026-09-02", "E1", "TS-2"),
    penalty("J2", "2026-09-03", "E1", "TS-6", amount=60000),
    penalty("J3", "2026-09-04", "E2", "DS-S3"),
]
LAST = "2026-10-20"
#: what tells of one run of the program rather than of the site
UNTOLD = {"state", "alembic_version"}


def rows(ledger: Path) -> dict[str, list[tuple]]:
    with closing(sqlite3.connect(ledger)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in set(tables) - UNTOLD}


def outputs(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in (folder / "outbox").rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site with deliveries, a rejected file, an answer, a closed month, a correction, and another site.toml."""
    site = make_site(tmp_path_factory.mktemp("lived"), UNITS, managers=["M001"], points={"A": 100, "B": 50, "C": 20})
    (site.folder / "inbox" / "坏.xlsx").write_bytes(b"no workbook at all")
    site.drop({"roster": STAFF, "discipline": discipline(*ROWS)}, "一部/九月.xlsx")
    assert site.once("2026-09-30")["exit"] == 1
    fine = line(site, subject="J2", effect="fine")["decision_id"]
    assert confirm(site, "2026-10-02", [f"{fine},确认,,M001,2026-10-02"])["exit"] == 0
    close(site, "2026-09", "2026-10-05")
    shutil.copyfile(site.folder / "ledger.db", site.folder / "backup.db")
    rest = [penalty("J1", "2026-09-02", "E1", "TS-4"), penalty("J5", "2026-10-02", "E2", "DS-S3")]
    deliver(site, "2026-10-10", {"discipline": discipline(*rest)}, "二.xlsx")
    config = site.folder / "site.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("B = 50", "B = 80"), encoding="utf-8")
    assert site.once("2026-10-15")["exit"] == 0
    close(site, "2026-10", "2026-10-16")
    assert site.once(LAST)["exit"] == 0
    return site


def test_everything_is_made_anew_byte_for_byte(lived: Site, tmp_path: Path) -> None:
    before = (lived.folder / "ledger.db").read_bytes()
    code, _, err = command("rebuild", "--from", str(lived.folder / "archive"), "--to", str(tmp_path / "anew"))
    assert code == 0, err
    assert outputs(tmp_path / "anew") == outputs(lived.folder)
    anew, lived_rows = rows(tmp_path / "anew" / "ledger.db"), rows(lived.folder / "ledger.db")
    assert {name: anew[name] for name in anew} == lived_rows
    assert (lived.folder / "ledger.db").read_bytes() == before


def test_a_backup_and_the_later_batches_give_the_same(lived: Site, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    shutil.copytree(lived.folder, folder)
    shutil.copyfile(folder / "backup.db", folder / "ledger.db")
    archive = folder / "archive"
    later = sorted(path for path in archive.iterdir() if path.name > "2026-10-05-0003")
    assert len(later) == 4
    for batch in later:
        shutil.copytree(batch, folder / "inbox", dirs_exist_ok=True)
        result = Site(folder).once(batch.name[:10])
        assert (result["exit"], result["run"]) == (0, batch.name)
    assert outputs(folder) == outputs(lived.folder)
    assert sorted(path.name for path in archive.iterdir()) == sorted(
        path.name for path in (lived.folder / "archive").iterdir()
    )
    assert not [path for path in (folder / "inbox").rglob("*") if path.is_file()]


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A program whose packs charge otherwise, and whose other ones are gone."""
    packs = tmp_path / "packs"
    shutil.copytree(packaged("packs"), packs)
    file = packs / "technical_service.yaml"
    text = file.read_text(encoding="utf-8")
    assert "{2000-01-01: 200}" in text
    file.write_text(text.replace("{2000-01-01: 200}", "{2000-01-01: 900}"), encoding="utf-8")
    monkeypatch.setattr(catalogue, "packaged", lambda name: packs if name == "packs" else packaged(name))
    catalogue._catalogue.cache_clear()
    yield
    catalogue._catalogue.cache_clear()


def test_what_an_earlier_program_decided_is_made_again_by_its_packs(lived: Site, tmp_path: Path, newer: None) -> None:
    archive, folder = lived.folder / "archive", tmp_path / "restored"
    code, _, err = command("rebuild", "--from", str(archive), "--to", str(tmp_path / "anew"))
    assert (code, outputs(tmp_path / "anew")) == (0, outputs(lived.folder)), err
    shutil.copytree(lived.folder, folder)
    shutil.copyfile(folder / "backup.db", folder / "ledger.db")
    for batch in sorted(path for path in (folder / "archive").iterdir() if path.name > "2026-10-05-0003"):
        shutil.copytree(batch, folder / "inbox", dirs_exist_ok=True)
        assert Site(folder).once(batch.name[:10])["run"] == batch.name
    assert outputs(folder) == outputs(lived.folder)
    late = [penalty("J8", "2026-11-02", "E1", "TS-2"), penalty("J9", "2026-10-02", "E3", "TS-2")]
    deliver(Site(tmp_path / "anew"), "2026-11-03", {"discipline": discipline(*late)}, "三.xlsx")
    assert [row["amount"] for row in lines(Site(tmp_path / "anew"), subject="J8", effect="fine")] == ["-900.00"]
    assert [row["amount"] for row in lines(Site(tmp_path / "anew"), subject="J9")] == ["-200.00"]


def test_nobody_closes_a_month_by_a_file_of_his_own(lived: Site, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    shutil.copytree(lived.folder, folder)
    record = json.loads((folder / "archive" / "2026-10-16-0006" / "batch.json").read_text(encoding="utf-8"))
    record["close"]["period"] = "2026-11"
    (folder / "inbox" / "batch.json").write_text(json.dumps(record), encoding="utf-8")
    site = Site(folder)
    assert site.once("2026-11-30")["exit"] == 1
    late = deliver(site, "2026-11-30", {"discipline": discipline(penalty("J9", "2026-11-02", "E1", "TS-2"))}, "三.xlsx")
    assert late["exit"] == 0
    assert [row["period"] for row in lines(site, subject="J9", effect="fine")] == ["2026-11"]


def test_it_writes_below_its_folder_only(lived: Site, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("x")
    for target in (tmp_path / "full", lived.folder / "archive" / "anew"):
        code, _, err = command("rebuild", "--from", str(lived.folder / "archive"), "--to", str(target))
        assert code == 2, err
    archive = tmp_path / "archive"
    shutil.copytree(lived.folder / "archive", archive)
    shutil.rmtree(archive / "2026-10-10-0004")
    code, _, err = command("rebuild", "--from", str(archive), "--to", str(tmp_path / "anew"))
    assert (code, "4" in err) == (2, True)
    assert not (tmp_path / "anew").exists()


@pytest.mark.parametrize(
    "text",
    ['[site]\nname = "x"\ninbox = "/away"\nledger = "postgresql://h/d"  # live\n[points]\nA = 1\n',
     '[ "site" ]\nname = "x"\n"inbox" = \'/away\'\n  archive="/away"\n',
     'site.name = "x"\nsite.outbox = "/away"\nsite."ledger" = "sqlite:////away.db"\n[points]\nA = 1\n'],
)  # fmt: skip
def test_no_place_that_the_archived_site_names_is_used(tmp_path: Path, text: str) -> None:
    at_home = _at_home(text, tmp_path)
    assert "away" not in at_home and "postgresql" not in at_home and '"x"' in at_home


def test_an_older_ledger_is_rebuilt_from_its_upgrade(tmp_path: Path) -> None:
    site = old_site(tmp_path, FEW)
    assert site.once(DAY)["exit"] == 0
    files = closed_files(site)
    code, _, err = command("rebuild", "--from", str(site.folder / "archive"), "--to", str(tmp_path / "anew"))
    assert code == 0, err
    assert closed_files(Site(tmp_path / "anew")) == files
    told = outputs(site.folder)
    assert {name: content for name, content in outputs(tmp_path / "anew").items() if name in told} == told
