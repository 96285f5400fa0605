"""The ledger in a real PostgreSQL, started for the test."""

from __future__ import annotations

from pathlib import Path

import pytest
from casework import failures, load_cases
from postgresql import database
from postgresql import server as server
from sitework import Site, command, make_site

from processor.batch.run import LOCK
from processor.ledger import exclusive

CASES = [case for folder in ("online_retail", "technical_service") for _, case in load_cases(folder) if "steps" in case]


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
