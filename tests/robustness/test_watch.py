"""The watch as a process: many writers, folders that vanish, schedules missed, signals, what it says of itself."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from depth import DEPTH
from sitework import Site, command, make_site, write_registers

import processor.logs
from processor.batch.lease import LEASE
from processor.batch.setup import prepare
from processor.cli import main
from processor.ledger import transaction
from processor.site_reader import load_site
from processor.timetable import SHANGHAI, last_due
from processor.voice import voice

from .accounts import ROSTER, TICKETS, archived, decisions, inputs

ROOT = Path(__file__).parents[2]
WRITERS, WORKBOOKS, CHUNKS = 20, 60 * DEPTH, 8


class Forked:
    """The watch as a fork of this process, which has everything imported already."""

    def __init__(self, site: Site) -> None:
        self._process = multiprocessing.get_context("fork").Process(target=_watch, args=(site.config,))
        self._process.start()
        self.pid = self._process.pid
        self.kill = self._process.kill

    def send_signal(self, number: signal.Signals) -> None:
        os.kill(self._process.pid, number)

    def wait(self, seconds: float) -> int | None:
        """Its exit code."""
        self._process.join(seconds)
        return self._process.exitcode


def _watch(config: str) -> None:
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    raise SystemExit(main(["watch", "--config", config]))


def begun_as_users_do(site: Site) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), "watch", "--config", site.config], stderr=subprocess.DEVNULL
    )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    schedule = '[schedule]\nrun = ["daily 08:00"]\npoll_minutes = 0.01\n'
    return make_site(tmp_path, {"城东店": ["gps_service"]}, extra=schedule)


@contextmanager
def watching(site: Site, wait: bool = True, begin: Callable[[Site], Any] = Forked) -> Iterator[Any]:
    """The watch in a process of its own, killed at the end; `wait` until it has looked once."""
    process = begin(site)
    try:
        if wait:
            until(lambda: heartbeat(site).get("pid") == process.pid)
        yield process
    finally:
        process.kill()
        process.wait(60)


def until(done: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.1)


def heartbeat(site: Site) -> dict[str, Any]:
    file = site.folder / "heartbeat.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def log(site: Site) -> str:
    return (site.folder / "processor.log").read_text(encoding="utf-8")


def emptied(site: Site) -> bool:
    files = (path for path in (site.folder / "inbox").rglob("*") if path.is_file())
    return all(path.name == LEASE for path in files)


def test_twenty_writers_copy_workbooks_slowly(site: Site, tmp_path: Path) -> None:
    text = Path(site.config).read_text(encoding="utf-8").replace("settle_seconds = 0", "settle_seconds = 1.5")
    Path(site.config).write_text(text, encoding="utf-8")
    (site.folder / "inbox").mkdir(exist_ok=True)
    site.drop({"roster": ROSTER}, "0 花名册.xlsx")
    sources = tmp_path / "sources"
    sources.mkdir()
    for number in range(WORKBOOKS):
        write_registers(
            sources / f"服务单 {number:03}.xlsx", {"service_tickets": TICKETS.replace("Q", f"Q{number:03}")}
        )

    def copy(writer: int) -> None:
        chance = random.Random(writer)
        for number in range(writer, WORKBOOKS, WRITERS):
            name = f"服务单 {number:03}.xlsx"
            content = (sources / name).read_bytes()
            step = len(content) // CHUNKS + 1
            with (site.folder / "inbox" / name).open("wb", buffering=0) as file:
                for place in range(0, len(content), step):
                    file.write(content[place : place + step])
                    time.sleep(chance.uniform(0, 0.1))

    with watching(site) as process:
        writers = [threading.Thread(target=copy, args=(number,)) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        until(lambda: emptied(site) and heartbeat(site)["state"] == "waiting", 120)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    workbooks = [line for line in log(site).splitlines() if " batch " in line]
    assert (
        sum(int(line.split(" processed")[0].split()[-1]) for line in workbooks if " processed" in line) == WORKBOOKS + 1
    )
    assert not any("rejected" in line or "duplicate" in line for line in workbooks)
    assert set(archived(site).values()) == {1} and len(archived(site)) == WORKBOOKS + 1
    assert all(f"Q{number:03}1" in decisions(site) for number in range(WORKBOOKS))


def test_a_folder_that_vanishes_and_comes_back(site: Site) -> None:
    inbox, away = site.folder / "inbox", site.folder / "away"
    with watching(site):
        inbox.rename(away)
        until(lambda: "the folder is gone" in heartbeat(site)["trouble"])
        assert not inbox.exists()
        write_registers(away / "花名册.xlsx", {"roster": ROSTER})
        away.rename(inbox)
        until(lambda: emptied(site) and heartbeat(site)["trouble"] == "")
    assert log(site).count("the folder is gone") == 1


def test_a_batch_that_fails_is_tried_again(site: Site) -> None:
    with watching(site):
        text = Path(site.config).read_text(encoding="utf-8")
        Path(site.config).write_text("[site", encoding="utf-8")
        until(lambda: "not readable as TOML" in heartbeat(site)["trouble"])
        site.drop({"roster": ROSTER})
        Path(site.config).write_text(text, encoding="utf-8")
        until(lambda: emptied(site) and heartbeat(site)["trouble"] == "")


@pytest.mark.parametrize(("days", "batches"), [(-9, 1), (0, 0), (400, 0)])
def test_missed_runs_are_made_up_once_also_when_the_clock_was_set_back(site: Site, days: int, batches: int) -> None:
    setup = prepare(load_site(Path(site.config)))
    due = last_due(setup.site.schedule)
    assert due is not None
    with transaction(setup.site.ledger, setup.registers) as ledger:
        ledger.runs.keep_setting("scheduled", (due + timedelta(days=days)).isoformat())
    with watching(site):
        until(lambda: heartbeat(site)["state"] == "waiting" and log(site).count(" batch ") == batches)
        time.sleep(1.5)
    assert log(site).count(" batch ") == batches
    with transaction(setup.site.ledger, setup.registers, keep=False) as ledger:
        assert ledger.runs.setting("scheduled") == due.isoformat()


def test_a_scheduled_minute_that_comes_is_run(site: Site) -> None:
    soon = datetime.now(SHANGHAI) + timedelta(seconds=62)
    text = Path(site.config).read_text(encoding="utf-8").replace("daily 08:00", f"daily {soon:%H:%M}")
    Path(site.config).write_text(text.replace("poll_minutes = 0.01", "poll_minutes = 60"), encoding="utf-8")
    with watching(site):
        assert " batch " not in log(site)
        until(lambda: " batch " in log(site), 100)
        until(lambda: heartbeat(site)["last_batch"] and heartbeat(site)["state"] == "waiting", 5)


@pytest.mark.parametrize(
    ("number", "begin"), [(signal.SIGTERM, begun_as_users_do), (signal.SIGINT, Forked)], ids=["SIGTERM", "SIGINT"]
)
def test_a_signal_ends_it_cleanly(site: Site, number: signal.Signals, begin: Callable[[Site], Any]) -> None:
    for place in range(15):
        site.drop({"roster": ROSTER, "service_tickets": TICKETS}, f"{place:02}.xlsx")
    before = inputs(site)
    with watching(site, wait=False, begin=begin) as process:
        until(lambda: heartbeat(site).get("state") == "running")
        process.send_signal(number)
        assert process.wait(60) == 0
    assert heartbeat(site)["state"] == "stopped"
    assert inputs(site) == before
    assert site.once("2026-10-31")["exit"] == 0 and archived(site) == before


def test_a_second_watch_exits_3_and_a_killed_one_does_not_block(site: Site) -> None:
    with watching(site):
        code, _, err = command("watch", "--config", site.config)
        assert code == 3 and "another run" in err
    with watching(site):
        pass


def test_nothing_listens_on_the_network(site: Site) -> None:
    with watching(site, begin=begun_as_users_do) as process:
        site.drop({"roster": ROSTER})
        until(lambda: emptied(site))
        assert psutil.Process(process.pid).net_connections(kind="inet") == []


@pytest.mark.parametrize("entry", ["monday 8:00", "daily", "montag 08:00", "daily 24:00", "daily 08:60", "08:00"])
def test_a_wrong_entry_of_the_schedule_is_named(site: Site, entry: str) -> None:
    text = Path(site.config).read_text(encoding="utf-8").replace("daily 08:00", entry)
    Path(site.config).write_text(text, encoding="utf-8")
    code, out, _ = command("check", "--config", site.config)
    assert code == 2 and "schedule.run" in out and entry in out
    assert command("watch", "--config", site.config)[0] == 2


def test_the_log_rotates(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor.logs, "LOG_BYTES", 1000)
    with processor.logs.logging_to(site.folder / "processor.log", voice("en")):
        for number in range(300):
            logging.getLogger("processor.watch").info("line %d", number)
    logs = sorted(site.folder.glob("processor.log*"))
    assert len(logs) == 6 and all(path.stat().st_size <= 1000 for path in logs)


def test_the_heartbeat_counts_messages_that_no_service_took(site: Site) -> None:
    config = site.folder / "site.toml"
    told = '\n[notify]\nurls = ["json://127.0.0.1:9/all"]\n'
    config.write_text(config.read_text(encoding="utf-8") + told, encoding="utf-8")
    site.drop({"roster": ROSTER, "service_tickets": TICKETS})
    with watching(site, wait=False):
        until(lambda: heartbeat(site).get("unsent_messages"))
    assert heartbeat(site)["trouble"] == ""
