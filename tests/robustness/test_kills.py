"""A batch that dies at any step or instant loses nothing and counts nothing twice: the next run finishes the work."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from sitework import Site

from .accounts import AS_OF, archived, assert_whole, decisions, inputs, started_site
from .killing import killed_after, killed_at, steps_of

LEAST_STEPS, ROWS_OF_KILLS, KILLS_IN_A_ROW = 40, 16, 10
SLICES = 4  # tests that share the kills, for as many processors


class Bench:
    """Copies of one started site, and what an undisturbed batch makes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.copies = folder, 0
        self.start = started_site(folder / "start")
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
            killed_after(lambda site=site: site.once(AS_OF), chance.uniform(0.02, 1))
        bench.assert_sound_after_one_more_run(site)
