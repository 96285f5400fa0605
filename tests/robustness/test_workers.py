"""The work of a batch in one process, in several and on a cluster: the same bytes, whoever dies on the way."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pytest
from casework import load_cases

from processor.batch import workers
from processor.batch.run import Options, run
from processor.batch.setup import prepare
from processor.errors import SiteError
from processor.site_reader import load_site
from tests.sitework import Site, command, make_site

AS_OF = date(2026, 9, 30)
CASES = {"城东店": ("department_store", "conduct_recorded"), "城西店": ("department_store", "attendance")}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes are started for the first task, small as it is."""
    monkeypatch.setattr(workers, "PATIENCE", 0.0)
    monkeypatch.setattr(workers, "CONNECT_SECONDS", 2)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with workbooks of two units in its inbox, before its first batch."""
    site = make_site(tmp_path_factory.mktemp("delivered"), {unit: [pack] for unit, (pack, _) in CASES.items()})
    for unit, (pack, name) in CASES.items():
        case = next(case for id, case in load_cases(pack) if f"/{name}.yaml#1" in id)
        for register, text in case["registers"].items():
            site.drop({register: text.replace("城东店", unit)}, f"{unit}/{register}.xlsx")
    return site.folder


@pytest.fixture(scope="module")
def alone(delivered: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process writes."""
    return outputs(batch(delivered, tmp_path_factory.mktemp("alone") / "site", 1))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of two small workers; the last test ends it."""
    distributed = pytest.importorskip("distributed")
    import dask

    dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})  # which has the program loaded
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50, host="127.0.0.1"
    )
    yield cluster
    with suppress(TimeoutError, OSError):  # the last test has ended its scheduler
        cluster.close(timeout=1)


def address(cluster: Any) -> str:
    return str(cluster.scheduler_address).replace("tcp://", "dask://")


def configured(delivered: Path, folder: Path, setting: int | str) -> Site:
    shutil.copytree(delivered, folder)
    config = folder / "site.toml"
    shown = f'"{setting}"' if isinstance(setting, str) else setting
    config.write_text(config.read_text(encoding="utf-8") + f"\n[engine]\nworkers = {shown}\n", encoding="utf-8")
    return Site(folder)


Hear = Callable[[str], None]


def silent(name: str) -> None:
    """Hears nothing."""


def batch(delivered: Path, folder: Path, setting: int | str, stage: Hear = silent, tick: Hear = silent) -> Site:
    site = configured(delivered, folder, setting)
    run(prepare(load_site(Path(site.config))), Options(AS_OF, stage=stage, tick=tick))
    return site


def outputs(site: Site) -> dict[str, bytes]:
    outbox = site.folder / "outbox"
    return {path.relative_to(outbox).as_posix(): path.read_bytes() for path in outbox.rglob("*") if path.is_file()}


def test_one_process_decides_something(alone: dict[str, bytes]) -> None:
    assert alone["decisions.csv"].count(b"\n") > 10
    assert sum(name.startswith("annotated/") for name in alone) == 4


def test_two_processes_write_the_same(delivered: Path, alone: dict[str, bytes], tmp_path: Path) -> None:
    seen: list[int] = []
    site = batch(delivered, tmp_path / "site", 2, lambda stage: seen.append(len(children())))
    assert outputs(site) == alone
    assert max(seen) > 2, "two processes and who starts them"


def test_one_unit_is_decided_by_the_process_that_has_it_at_hand(delivered: Path, tmp_path: Path) -> None:
    site = configured(delivered, tmp_path / "site", 2)
    shutil.rmtree(site.folder / "inbox" / "城西店")
    for small in sorted((site.folder / "inbox" / "城东店").iterdir())[1:]:
        small.unlink()
    seen: list[int] = []
    before = len(children())
    run(prepare(load_site(Path(site.config))), Options(AS_OF, stage=lambda stage: seen.append(len(children()))))
    assert max(seen) == before, "nobody else was started"


def test_a_killed_process_costs_its_tasks_only(delivered: Path, alone: dict[str, bytes], tmp_path: Path) -> None:
    stages: list[str] = []
    killed: dict[str, int] = {}

    def kill(what: str) -> None:
        at_work = [child for child in children() if child.ppid() != os.getpid()]
        if stages[-1] in ("decide", "annotate") and stages[-1] not in killed and at_work:
            victim = at_work[-1]
            victim.kill()
            victim.wait(5)
            killed[stages[-1]] = victim.pid

    assert outputs(batch(delivered, tmp_path / "site", 2, stages.append, kill)) == alone
    assert list(killed) == ["decide", "annotate"]


def test_processes_that_may_rest_finish_their_tasks_and_others_do_the_next() -> None:
    with workers.working(2) as own:
        before = [own.submit(os.getpid) for _ in range(8)]
        own.rest()
        after = [own.submit(os.getpid) for _ in range(8)]
        first, second = ({task.result() for task in tasks} for tasks in (before, after))
    assert first.isdisjoint(second)
    assert os.getpid() not in first | second


def test_processes_that_load_the_program_anew_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where the processes of each stage would take seconds to start."""
    monkeypatch.setattr(workers, "START", "spawn")
    with workers.working(2) as own:
        first = own.submit(os.getpid).result()
        own.rest()
        own.submit(os.getpid).result()
        assert first in {child.pid for child in children()}


def test_processes_end_with_the_batch(delivered: Path, tmp_path: Path) -> None:
    before, during = set(children()), set[psutil.Process]()
    batch(delivered, tmp_path / "site", 2, lambda stage: during.update(children()))
    started = during - before
    assert len(started) >= 2
    assert len([child for child in started if child.is_running()]) <= 2, "who starts them, and who cleans up behind"


def test_a_scheduler_that_is_not_there_is_a_fault_of_the_site(delivered: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    site = configured(delivered, tmp_path / "site", "dask://127.0.0.1:9")
    code, _, err = command("once", "--config", site.config, "--as-of", AS_OF.isoformat())
    assert code == 2
    assert "engine.workers" in err
    assert len(list((site.folder / "inbox").rglob("*.xlsx"))) == 4


@pytest.mark.parametrize("setting", ["0", "-2", "true", '"dask://"', '"http://a:1"', "1.5"])
def test_a_number_or_an_address(delivered: Path, tmp_path: Path, setting: str) -> None:
    shutil.copytree(delivered, tmp_path / "site")
    config = tmp_path / "site" / "site.toml"
    config.write_text(config.read_text(encoding="utf-8") + f"\n[engine]\nworkers = {setting}\n", encoding="utf-8")
    code, out, err = command("check", "--config", str(config))
    assert code == 2
    assert "engine.workers" in out + err


def test_a_cluster_writes_the_same_also_when_a_worker_dies(
    delivered: Path, alone: dict[str, bytes], tmp_path: Path, cluster: Any
) -> None:
    def kill(stage: str) -> None:
        if stage == "decide":
            psutil.Process(next(iter(cluster.workers.values())).pid).kill()

    assert outputs(batch(delivered, tmp_path / "site", address(cluster), kill)) == alone


def test_a_scheduler_that_goes_ends_the_batch_and_nothing_is_lost(
    delivered: Path, alone: dict[str, bytes], tmp_path: Path, cluster: Any
) -> None:
    def close(stage: str) -> None:
        if stage == "decide":
            cluster.sync(cluster.scheduler.close)

    with pytest.raises(SiteError, match="the cluster at dask://"):
        batch(delivered, tmp_path / "site", address(cluster), close)
    site = Site(tmp_path / "site")
    assert not outputs(site)
    config = Path(site.config)
    config.write_text(config.read_text(encoding="utf-8").replace(f'"{address(cluster)}"', "1"), encoding="utf-8")
    assert "error" not in site.once(AS_OF)
    found = outputs(site)
    assert found["decisions.csv"] == alone["decisions.csv"]
    assert found.keys() == alone.keys()


def children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)
