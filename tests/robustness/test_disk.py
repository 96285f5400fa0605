"""Full disks, folders that cannot be written, a ledger that is held: a clear word, nothing lost, done next time."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sitework import Site, command

import processor.ledger

from .accounts import AS_OF, archived, assert_whole, decisions, inputs, started_site

needs_mount = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting needs root")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return started_site(tmp_path_factory.mktemp("started") / "site")


@pytest.fixture(scope="module")
def expected(started: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """What an undisturbed batch makes of the site."""
    undisturbed = Site(shutil.copytree(started.folder, tmp_path_factory.mktemp("undisturbed") / "site"))
    undisturbed.once(AS_OF)
    return undisturbed


@pytest.fixture
def site(started: Site, tmp_path: Path) -> Site:
    return Site(shutil.copytree(started.folder, tmp_path / "site"))


@contextmanager
def mounted(folder: Path, *arguments: str) -> Iterator[None]:
    if subprocess.run(["mount", *arguments, str(folder)], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def told(site: Site) -> str:
    """What a failing batch says; it must leave every input where it can be found, and the outputs as they were."""
    inputs_before, decisions_before = inputs(site), decisions(site)
    code, out, err = command("once", "--config", site.config, "--as-of", AS_OF)
    assert (code, out) == (2, "") and err.startswith("error: ") and err.count("\n") == 1
    assert inputs(site) == inputs_before
    assert decisions(site) == decisions_before
    return err


def assert_done_next_time(site: Site, expected: Site) -> None:
    assert site.once(AS_OF)["exit"] == 1
    assert decisions(site) == decisions(expected)
    assert archived(site) == archived(expected)
    assert_whole(site)


@needs_mount
def test_an_outbox_on_a_full_disk(site: Site, expected: Site) -> None:
    outbox, kept = site.folder / "outbox", site.folder / "kept"
    outbox.rename(kept)
    outbox.mkdir()
    with mounted(outbox, "-t", "tmpfs", "-o", "size=2m", "tmpfs"):
        shutil.copytree(kept, outbox, dirs_exist_ok=True)
        filler = outbox / "filler"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(bytes(4 << 20))
        assert "No space left" in told(site)
        filler.unlink()
        assert_done_next_time(site, expected)


@needs_mount
def test_a_site_on_a_full_disk(site: Site, expected: Site, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with mounted(disk, "-t", "tmpfs", "-o", "size=6m", "tmpfs"):
        small = Site(disk / "site")
        shutil.copytree(site.folder, small.folder)
        filler = disk / "filler"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(bytes(8 << 20))
        assert "nothing was lost" in told(small)
        filler.unlink()
        assert_done_next_time(small, expected)


@needs_mount
def test_an_outbox_that_is_read_only(site: Site, expected: Site) -> None:
    outbox = site.folder / "outbox"
    with mounted(outbox, "--bind", str(outbox)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(outbox)], check=True)
        assert "Read-only" in told(site)
    assert_done_next_time(site, expected)


def test_a_file_in_the_place_of_the_outbox(site: Site, expected: Site) -> None:
    outbox, kept = site.folder / "outbox", site.folder / "kept"
    outbox.rename(kept)
    outbox.touch()
    code, _, err = command("once", "--config", site.config, "--as-of", AS_OF)
    assert code == 2 and "site.outbox" in err
    outbox.unlink()
    kept.rename(outbox)
    assert_done_next_time(site, expected)


def test_a_ledger_that_another_program_holds(site: Site, expected: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor.ledger, "BUSY_SECONDS", 0.2)
    backup = sqlite3.connect(site.folder / "ledger.db")
    backup.execute("BEGIN IMMEDIATE")
    assert "database is locked" in told(site)
    backup.close()
    assert_done_next_time(site, expected)


def test_a_ledger_that_is_no_database(site: Site) -> None:
    (site.folder / "ledger.db").write_bytes(b"no database " * 1000)
    assert "not a database" in told(site)


def test_an_output_that_another_program_holds_is_placed_later(site: Site, expected: Site) -> None:
    """On Windows an open file cannot be replaced; a folder in its place refuses the same way everywhere."""
    output = site.folder / "outbox" / "待确认事项.xlsx"
    output.unlink()
    output.mkdir()
    assert site.once(AS_OF)["exit"] == 1
    assert decisions(site) == decisions(expected)
    assert site.once(AS_OF)["workbooks"] == []
    output.rmdir()
    assert site.once(AS_OF)["workbooks"] == []
    assert output.is_file()
    assert archived(site) == archived(expected)
    assert_whole(site)


def test_an_archive_place_that_is_held_counts_nothing_twice(site: Site, expected: Site) -> None:
    held = site.folder / "archive" / f"{AS_OF}-0002" / "花名册.csv"
    (held / "held").mkdir(parents=True)
    held.joinpath("held", "x").write_text("x", encoding="utf-8")
    first = site.once(AS_OF)
    assert {book["file"] for book in first["workbooks"]} >= {"花名册.csv", "服务单.xlsx"}
    shutil.rmtree(held)
    assert site.once(AS_OF)["workbooks"] == []
    assert decisions(site) == decisions(expected)
    assert archived(site) == archived(expected)


def test_outputs_left_over_survive_a_batch_that_fails(site: Site, expected: Site) -> None:
    output = site.folder / "outbox" / "annotated" / "花名册.xlsx"
    output.unlink()
    output.mkdir()
    assert site.once(AS_OF)["exit"] == 1
    (site.folder / ".staging").touch()
    code, _, _ = command("once", "--config", site.config, "--as-of", AS_OF)
    assert code == 2
    (site.folder / ".staging").unlink()
    output.rmdir()
    assert site.once(AS_OF)["exit"] == 0
    assert output.is_file() and decisions(site) == decisions(expected)
