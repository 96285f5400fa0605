"""Lets tests import the helpers that lie beside them, and deals them out to workers."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from processor.batch.collecting import collect_seldom
from tests.sitework import command

#: Files that share a site, a browser or a cluster that takes long to make; one worker runs them all.
TOGETHER = {
    "tests/test_demo.py": "demo",
    "tests/pages/test_sample.py": "demo",
    "tests/pages/test_browser.py": "browser",
    "tests/pages/test_pages.py": "browser",
    "tests/robustness/test_workers.py": "workers",
}


#: Seconds that the sample site may take to be made, by somebody else, beside the tests.
LONGEST = 600
#: A folder that lies in memory, and how much must be free for it to take what a run writes.
MEMORY, ROOM = Path("/dev/shm"), 4 << 30


def pytest_configure() -> None:
    """Write into memory where there is room: every batch waits dozens of times for a disk to have it safe."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and min(shutil.disk_usage(MEMORY).free, _free_memory()) > ROOM:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of the sample site the time that it may take to be made."""
    for item in items:
        if TOGETHER.get(item.nodeid.partition("::")[0]) == "demo":
            item.add_marker(pytest.mark.timeout(2 * LONGEST))


def pytest_collection_finish() -> None:
    """What was loaded up to here stays: looking through it for cycles, test after test, is a waste."""
    gc.collect()
    gc.freeze()
    collect_seldom()


def _free_memory() -> int:
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two workers more than processors: a part of the time tests wait, for a disk, a browser, a minute or another process."""
    return (os.cpu_count() or 1) + 2


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Deal out single tests, but as one those of TOGETHER and those of a file that makes something for all its tests."""
    from xdist.scheduler import LoadScopeScheduling

    @cache
    def shares(file: str) -> bool:
        text = (config.rootpath / file).read_text(encoding="utf-8")
        return 'scope="module"' in text or "server as server" in text

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return TOGETHER.get(file) or (file if shares(file) else nodeid)

    return Together(config, log)


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample site as a user makes it: the one that SAMPLE_SITE names, once it is there, or one made for all tests."""
    if "SAMPLE_SITE" in os.environ:
        site, until = Path(os.environ["SAMPLE_SITE"]), time.monotonic() + LONGEST
        while not site.exists() and time.monotonic() < until:
            time.sleep(0.5)
        return site
    folder = tmp_path_factory.mktemp("sample") / "site"
    code, out, err = command("demo", str(folder))
    assert code == 0, err
    assert str(folder / "outbox" / "pages" / "index.html") in out
    return folder
