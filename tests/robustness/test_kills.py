"""A batch that dies at any step or instant loses nothing and counts nothing twice: the next run finishes the work."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sitework import Site
from test_notify import Receiver

from .accounts import AS_OF, archived, assert_whole, decisions, inputs, started_site
from .killing import killed_after, killed_at, steps_of

LEAST_STEPS, ROWS_OF_KILLS, KILLS_IN_A_ROW = 40, 16, 10
KILLS_WITH_MESSAGES = 3
SLICES = 4  # tests that share the kills, for as many processors


class Bench:
    """Copies of one started site, and what an undisturbed batch makes of it."""

    def __init__(self, folder: Path, extra: str = "", more: dict[str, str] | None = None) -> None:
        self.folder, self.copies = folder, 0
        self.start = started_site(folder / "start", extra)
        if more:
            self.start.drop(more, "奖惩.xlsx")
        self.undisturbed = self.copy()
        self.steps = steps_of(lambda: self.undisturbed.once(AS_OF), self.undisturbed.folder)

    def copy(self) -> Site:
        self.copies += 1
        target = self.folder / f"{self.copies}"
        shutil.copytree(self.start.folder, target)
        return Site(target)

    def assert_sound_after_one_more_run(self, site: Site) -> None:
        assert inputs(site) == inputs(self.start)
        assert site.once(AS_OF)["exit"] in (0, 1)
        assert decisions(site) == decisions(self.undisturbed)
        assert archived(site) == archived(self.undisturbed) == inputs(self.start)
        assert_whole(site)
        shutil.rmtree(site.folder)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("kills"))


def test_the_undisturbed_batch_does_all(bench: Bench) -> None:
    assert archived(bench.undisturbed) == inputs(bench.start)
    assert decisions(bench.undisturbed) != decisions(bench.start)
    assert_whole(bench.undisturbed)


@pytest.mark.parametrize("part", range(SLICES))
def test_killed_at_every_step(bench: Bench, part: int) -> None:
    assert bench.steps >= LEAST_STEPS
    for step in range(1 + part, bench.steps + 1, SLICES):
        site = bench.copy()
        killed_at(lambda site=site: site.once(AS_OF), site.folder, step)
        bench.assert_sound_after_one_more_run(site)


@pytest.mark.parametrize("part", range(SLICES))
def test_killed_several_times_in_a_row_at_random_instants(bench: Bench, part: int) -> None:
    chance = random.Random(part)
    for _ in range(ROWS_OF_KILLS // SLICES):
        site = bench.copy()
        for _ in range(KILLS_IN_A_ROW):
            killed_after(lambda site=site: site.once(AS_OF), chance.uniform(0.02, 0.6))
        bench.assert_sound_after_one_more_run(site)


PENALTY = {"discipline": "登记编号,日期,工号,条款编号,金额,登记人工号\nJ1,2026-10-10,S1,REN-F1,50,M001\n"}


def messages(site: Site) -> list[tuple[str, str, bool]]:
    with closing(sqlite3.connect(site.folder / "ledger.db")) as ledger:
        return sorted(ledger.execute("SELECT title, text, sent FROM messages"))


def notices(site: Site) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(site.folder / "ledger.db")) as ledger:
        return sorted(ledger.execute("SELECT notice_id, period, unit, staff_no, lines FROM notices"))


def test_killed_with_messages_and_notices_on_loses_none(tmp_path: Path) -> None:
    service = Receiver()
    told = f'[notice]\nrequired = true\n[notify]\nurls = ["{service.url("all")}"]\n'
    bench = Bench(tmp_path, told, PENALTY)
    wanted = {(title, text) for title, text, _ in messages(bench.undisturbed)}
    assert wanted and notices(bench.undisturbed)
    for step in range(2, bench.steps + 1, bench.steps // KILLS_WITH_MESSAGES):
        site = bench.copy()
        service.got.clear()
        killed_at(lambda site=site: site.once(AS_OF), site.folder, step)
        assert site.once(AS_OF)["exit"] in (0, 1)
        assert {(title, text) for title, text, _ in messages(site)} >= wanted
        assert all(sent for _, _, sent in messages(site))
        assert {entry["title"] for entry in service.got} >= {title for title, _ in wanted}
        assert notices(site) == notices(bench.undisturbed)
    service.server.shutdown()
