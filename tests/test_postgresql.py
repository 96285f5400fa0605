"""The ledger in a real PostgreSQL, started for the test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from casework import failures, load_cases
from payroll.desk import close, deliver, discipline, employee, penalty, roster
from postgresql import database
from postgresql import server as server
from robustness.accounts import archived, inputs
from robustness.killing import killed_at, steps_of
from sitework import Site, command, make_site
from test_rebuild import outputs

from processor.batch.run import LOCK
from processor.ledger import exclusive

CASES = [case for folder in ("online_retail", "technical_service") for _, case in load_cases(folder) if "steps" in case]

ROWS = [penalty("J1", "2026-09-02", "E1", "TS-2"), penalty("J2", "2026-09-03", "E1", "TS-6", amount=60000)]
DAY = "2026-10-10"


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
    _on_postgresql(sites[1], database(server, f"case_{number}"))
    for step_number, step in enumerate(case["steps"], 1):
        for site in sites:
            if step.get("registers"):
                site.drop(step["registers"], f"第{step_number}批.xlsx")
            result = site.once(step.get("as_of") or case["as_of"])
            assert "error" not in result, result
        assert not failures(sites[1].lines(), step)
        assert sites[1].lines() == sites[0].lines()
        assert sites[1].lines("changes.csv") == sites[0].lines("changes.csv")


def test_a_second_machine_on_the_same_ledger_gets_exit_3(server: str, tmp_path: Path) -> None:
    url = database(server, "two_machines")
    sites = [_on_postgresql(make_site(tmp_path / name, {"一部": ["technical_service"]}), url) for name in ("a", "b")]
    assert sites[0].once("2026-10-31")["exit"] == 0
    with exclusive(url, LOCK):
        code, _, err = command("once", "--config", sites[1].config, "--as-of", "2026-10-31")
        assert (code, "another machine" in err) == (3, True)
    assert sites[1].once("2026-10-31")["exit"] == 0


def _lived(folder: Path, url: str) -> Site:
    """A site with one batch behind it and workbooks of the next in its inbox."""
    site = _on_postgresql(make_site(folder, {"一部": ["technical_service"]}, managers=["M001"]), url)
    deliver(site, "2026-10-05", {"roster": roster(employee("E1")), "discipline": discipline(*ROWS[:1])})
    site.drop({"discipline": discipline(*ROWS)}, "奖惩.xlsx")
    (site.folder / "inbox/坏.xlsx").write_bytes(b"no workbook at all")
    return site


def _copy(server: str, site: Site, folder: Path) -> Site:
    """The site in another folder, with a database of its own that holds the same."""
    import psycopg

    url = f"{server}/{folder.name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"create database {folder.name} template {site.folder.name}")
    shutil.copytree(site.folder, folder)
    config = folder / "site.toml"
    text = config.read_text(encoding="utf-8").replace(f"{server}/{site.folder.name}", url)
    config.write_text(text, encoding="utf-8")
    return Site(folder)


def test_killed_on_a_server_loses_nothing_and_counts_nothing_twice(server: str, tmp_path: Path) -> None:
    start = _lived(tmp_path / "begun", database(server, "begun"))
    whole = _copy(server, start, tmp_path / "whole")
    steps = steps_of(lambda: whole.once(DAY), whole.folder)
    for number, step in enumerate((steps // 3, 2 * steps // 3, steps)):
        site = _copy(server, start, tmp_path / f"killed_{number}")
        killed_at(lambda site=site: site.once(DAY), site.folder, step)
        assert "error" not in site.once(DAY)
        assert site.lines() == whole.lines()
        assert archived(site) == archived(whole) == inputs(start)


def test_a_site_on_a_server_is_rebuilt_byte_for_byte_without_touching_it(server: str, tmp_path: Path) -> None:
    import psycopg

    site = _lived(tmp_path / "served", url := database(server, "served"))
    assert site.once("2026-09-30")["exit"] == 1
    close(site, "2026-09", DAY)

    def runs() -> list[tuple]:
        with psycopg.connect(url) as connection:
            return connection.execute("select number, run, state from runs order by number").fetchall()

    before = runs()
    code, _, err = command("rebuild", "--from", str(site.folder / "archive"), "--to", str(tmp_path / "anew"))
    assert code == 0, err
    assert outputs(tmp_path / "anew") == outputs(site.folder)
    assert runs() == before
