"""A batch that dies at any step or instant loses nothing and counts nothing twice: the next run finishes the work."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from depth import DEPTH
from sitework import Site
from test_notify import Receiver

from .accounts import AS_OF, archived, assert_whole, decisions, inputs, started_site
from .killing import apart, killed_after, killed_at, steps_of

LEAST_STEPS, KILLS_IN_A_ROW = 40, 8
KILLS_WITH_MESSAGES = 3 * DEPTH
STRIDE = max(1, 6 // DEPTH)  # how many steps further the next kill is made
ROWS_OF_KILLS = 2 * DEPTH
ALSO_AT_AN_INSTANT = 0.3  # how often the run after the kill is killed, too
SLICES = 4  # tests that share the kills, for as many processors


class Bench:
    """Copies of one started site, and what an undisturbed batch makes of it."""

    def __init__(self, folder: Path, extra: str = "", more: dict[str, str] | None = None) -> None:
        self.folder, self.copies = folder, 0
        self.start = Site(folder / "start")
        apart(lambda: started_site(folder / "start", extra))
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
def test_killed_at_the_steps(bench: Bench, part: int) -> None:
    assert bench.steps >= LEAST_STEPS
    for step in range(1 + STRIDE * part, bench.steps + 1, STRIDE * SLICES):
        site = bench.copy()
        killed_at(lambda site=site: site.once(AS_OF), site.folder, step)
        bench.assert_sound_after_one_more_run(site)


@pytest.mark.parametrize("part", range(min(SLICES, ROWS_OF_KILLS)))
def test_killed_several_times_in_a_row_at_random_instants(bench: Bench, part: int) -> None:
    chance = random.Random(part)
    for _ in range(part, ROWS_OF_KILLS, SLICES):
        site = bench.copy()
        for _ in range(KILLS_IN_A_ROW):
            killed_after(lambda site=site: site.once(AS_OF), chance.uniform(0.02, 0.4))
        bench.assert_sound_after_one_more_run(site)


PENALTY = {"discipline": "登记编号,日期,工号,条款编号,金额,登记人工号\nJ1,2026-10-10,S1,TS-1,,M001\n"}


def messages(site: Site) -> list[tuple[str, str, bool]]:
    with closing(sqlite3.connect(site.folder / "ledger.db")) as ledger:
        return sorted(ledger.execute("SELECT title, text, sent FROM messages"))


def notices(site: Site) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(site.folder / "ledger.db")) as ledger:
        return sorted(ledger.execute("SELECT notice_id, period, unit, staff_no, lines FROM notices"))


@pytest.mark.timeout(300 + 60 * KILLS_WITH_MESSAGES)
def test_killed_with_messages_and_notices_on_loses_none_and_sends_none_twice_but_the_one_on_its_way(
    tmp_path: Path,
) -> None:
    service = Receiver()
    told = f'[notice]\nrequired = true\n[notify]\nurls = ["{service.url("all")}"]\n'
    bench = Bench(tmp_path, told, PENALTY)
    begun, wanted = messages(bench.start), messages(bench.undisturbed)
    assert len(wanted) > len(begun) and all(sent for _, _, sent in wanted) and notices(bench.undisturbed)
    chance, again = random.Random(0), 0
    for step in spread(bench.steps, KILLS_WITH_MESSAGES):
        site = bench.copy()
        service.got.clear()
        killed_at(lambda site=site: site.once(AS_OF), site.folder, step)
        if chance.random() < ALSO_AT_AN_INSTANT:
            killed_after(lambda site=site: site.once(AS_OF), chance.uniform(0.02, 1))
        apart(lambda site=site: site.once(AS_OF))
        assert [entry for entry in messages(site) if entry in wanted] == wanted
        assert all(sent for _, _, sent in messages(site))
        taken = Counter((entry["title"], entry["message"]) for entry in service.got)
        assert set(taken) == {entry[:2] for entry in messages(site) if entry not in begun}
        assert taken.total() <= len(taken) + 2  # one a kill: taken by the service, but not yet known to be
        again += taken.total() - len(taken)
        assert notices(site) == notices(bench.undisturbed)
        assert decisions(site) == decisions(bench.undisturbed)
        shutil.rmtree(site.folder)
    print(f"{KILLS_WITH_MESSAGES} kills, {again} messages that were on their way came again")
    service.server.shutdown()


def spread(steps: int, kills: int) -> list[int]:
    """So many steps, evenly over all of them, round after round."""
    return [1 + number * steps // min(kills, steps) % steps for number in range(kills)]
