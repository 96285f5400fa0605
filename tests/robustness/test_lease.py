"""A shared inbox has one reader: a lease file that its holder renews and that is stale after ten minutes."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from sitework import Site, command, make_site

from processor.batch.lease import LEASE

DAY = "2026-10-31"


def held(tmp_path: Path, age: float = 0.0) -> Site:
    """A site whose inbox another machine holds; age: seconds since that machine renewed its lease."""
    site = make_site(tmp_path, {"一部": ["technical_service"]})
    lease = site.folder / "inbox" / LEASE
    lease.write_text(json.dumps({"machine": "another", "site": "/srv/site.toml", "pid": 1}), encoding="utf-8")
    os.utime(lease, (time.time() - age, time.time() - age))
    return site


def test_an_inbox_that_another_machine_holds_is_exit_3(tmp_path: Path) -> None:
    site = held(tmp_path)
    code, out, _ = command("once", "--config", site.config, "--as-of", DAY, "--json")
    assert (code, list(json.loads(out))) == (3, ["error"])
    assert (site.folder / "inbox" / LEASE).exists()


def test_a_lease_that_nobody_renews_is_stale_after_ten_minutes(tmp_path: Path) -> None:
    site = held(tmp_path, age=601)
    assert site.once(DAY)["exit"] == 0
    assert not (site.folder / "inbox" / LEASE).exists()


def test_a_run_that_was_killed_holds_nobody_up(tmp_path: Path) -> None:
    import platform

    site = make_site(tmp_path, {"一部": ["technical_service"]})
    dead = {"machine": platform.node(), "site": site.config, "pid": 2**22 + 1}
    (site.folder / "inbox" / LEASE).write_text(json.dumps(dead), encoding="utf-8")
    assert site.once(DAY)["exit"] == 0
    assert not (site.folder / "inbox" / LEASE).exists()


@pytest.mark.parametrize("text", ["", '{"machine": "anot'])
def test_a_lease_whose_maker_died_as_it_wrote_it_holds_nobody_up(tmp_path: Path, text: str) -> None:
    site = make_site(tmp_path, {"一部": ["technical_service"]})
    (site.folder / "inbox" / LEASE).write_text(text, encoding="utf-8")
    assert site.once(DAY)["exit"] == 0
    assert not (site.folder / "inbox" / LEASE).exists()
