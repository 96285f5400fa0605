"""The ledger in a real PostgreSQL, started for the test."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from casework import failures, load_cases
from sitework import Site, make_site

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
CASES = [case for folder in ("online_retail", "technical_service") for _, case in load_cases(folder) if "steps" in case]


def _run(*command: str) -> None:
    """PostgreSQL refuses to run as root."""
    words = ["su", "postgres", "-c", shlex.join(command)] if os.geteuid() == 0 else list(command)
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty server on a free port of this machine."""
    if not BINARIES:
        pytest.skip("PostgreSQL is not installed")
    pytest.importorskip("psycopg")
    folder = Path("/var/tmp") / f"processor-postgresql-{os.getpid()}"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    tools = BINARIES[-1].parent
    data = str(folder / "data")
    try:
        _run(str(tools / "initdb"), "-D", data, "-A", "trust", "-U", "postgres")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
        _run(str(tools / "pg_ctl"), "-D", data, "-w", "-o", options, "-l", f"{folder}/log", "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            _run(str(tools / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _database(server: str, name: str) -> str:
    import psycopg

    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"create database {name}")
    return f"{server}/{name}"


def _on_postgresql(site: Site, url: str) -> Site:
    config = site.folder / "site.toml"
    text = config.read_text(encoding="utf-8").replace("settle_seconds = 0", f'settle_seconds = 0\nledger = "{url}"')
    config.write_text(text, encoding="utf-8")
    return site


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case["name"] for case in CASES])
def test_cases_of_several_batches_decide_the_same(server: str, number: int, tmp_path: Path) -> None:
    case = CASES[number]
    sites = [
        make_site(
            tmp_path / kind,
            case["units"],
            managers=case.get("managers"),
            points=case.get("points"),
            parameters=case.get("parameters"),
        )
        for kind in ("sqlite", "postgresql")
    ]
    _on_postgresql(sites[1], _database(server, f"case_{number}"))
    for step_number, step in enumerate(case["steps"], 1):
        for site in sites:
            if step.get("registers"):
                site.drop(step["registers"], f"第{step_number}批.xlsx")
            result = site.once(step.get("as_of") or case["as_of"])
            assert "error" not in result, result
        assert not failures(sites[1].lines(), step)
        assert sites[1].lines() == sites[0].lines()
        assert sites[1].lines("changes.csv") == sites[0].lines("changes.csv")
