"""What a waiting change would have made of the past: unit by unit, over several batches where one has no time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sitework import Site

from processor.batch.run import Options, run
from processor.batch.setup import prepare
from processor.ledger import transaction
from processor.site_reader import load_site
from processor.watch import Watcher
from rulebook.book import RuleBook, approve, copy_of, fines, play_fine, play_site

DAY = date(2026, 11, 20)
TWO = {"网店": ["online_retail"], "二店": ["online_retail"]}
MORE = "工号,姓名,门店,部门,岗位,入职日期,月工资\nE9,孙九,二店,客服部,客服,2020-01-01,4350\n"
ROWS = "登记编号,日期,工号,条款编号,登记人工号,门店\nK1,2026-10-12,E9,OR-10,M1,二店\n"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Two units with fines, tried one at a time, and a proposal in the inbox that concerns both."""
    site = play_site(tmp_path_factory.mktemp("begun"), "[engine]\nworkers = 1\n", units=TWO)
    site.drop({"roster": MORE, "discipline": ROWS}, "二店.xlsx")
    assert site.once(DAY)["exit"] == 0
    play_fine(site).drop()
    return site


@pytest.fixture
def site(begun: Site, tmp_path: Path) -> Site:
    return copy_of(begun, tmp_path)


def waiting(site: Site) -> tuple[str, list[str]]:
    """影响 of the one proposal, and the units of the rows of 影响."""
    book = RuleBook(site)
    [row] = book.rows("待批准")
    return row["影响"], [row["门店"] for row in book.rows("影响")]


def test_a_batch_without_time_tries_one_unit_and_the_next_goes_on(site: Site) -> None:
    setup = prepare(load_site(Path(site.config)))
    run(setup, Options(DAY, enough=lambda: True))
    assert waiting(site) == ("试算中，下一批继续", [])
    run(setup, Options(DAY, enough=lambda: True))
    assert waiting(site) == ("共3人、4条，-40.00元", ["网店", "二店", "网店", "网店"])
    before = (site.folder / "outbox/规则簿.xlsx").read_bytes()
    run(setup, Options(DAY, enough=lambda: True))
    assert (site.folder / "outbox/规则簿.xlsx").read_bytes() == before


def test_all_links_at_once_lead_to_the_same_rows(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Very many rows are joined from all links instead of one look-up after the other."""
    setup = prepare(load_site(Path(site.config)))
    with transaction(setup.site.ledger, setup.registers, keep=False) as ledger:
        every = ledger.facts.between(["discipline"], "网店", [(date(2026, 1, 1), DAY)])
        one = {min(every)}
        looked_up = ledger.facts.links.follow(one, ["工号"])
        monkeypatch.setattr("processor.ledger.links.MANY", 0)
        monkeypatch.setattr("processor.ledger.links.PART", 10**6)
        assert ledger.facts.links.follow(one, ["工号"]) == looked_up > one


def test_two_processes_try_two_units_side_by_side(site: Site) -> None:
    config = Path(site.config)
    config.write_text(config.read_text(encoding="utf-8").replace("workers = 1", "workers = 2"), encoding="utf-8")
    run(prepare(load_site(config)), Options(DAY, enough=lambda: True))
    assert waiting(site) == ("共3人、4条，-40.00元", ["网店", "二店", "网店", "网店"])


def test_what_was_not_tried_to_the_end_can_be_approved(site: Site) -> None:
    run(prepare(load_site(Path(site.config))), Options(DAY, enough=lambda: True))
    approve(site)
    assert site.once(DAY)["rulebook"]["approved"] == 1
    assert fines(site)["K1"] == "-20.00"
    assert RuleBook(site).rows("待批准") == []


def test_a_watch_serves_workbooks_between_two_units(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("processor.watch.TRY_SECONDS", 0.0)
    monkeypatch.setattr("processor.watch.today", lambda: DAY)
    config = Path(site.config)
    watcher = Watcher(config, prepare(load_site(config)), site.folder / "heartbeat.json")
    assert watcher._step(True) and watcher.going_on
    site.drop({"discipline": ROWS.replace("K1", "K2")}, "又一行.xlsx")
    assert watcher._step(True) and not watcher.going_on
    assert "K2" in fines(site) and waiting(site)[0] == "共3人、5条，-50.00元"


def test_a_terminal_sees_what_is_tried(site: Site) -> None:
    seen: list[str] = []
    run(prepare(load_site(Path(site.config))), Options(DAY, tick=seen.append))
    assert "P2026-0001 网店 网店客服（售前售后）" in seen and "P2026-0001 二店 网店客服（售前售后）" in seen


def test_a_preview_proposes_nothing(site: Site) -> None:
    told = site.once(DAY, "--dry-run")
    assert told["rulebook"] == {"path": "preview/规则簿.xlsx", "proposed": 1, "approved": 0, "refused": 0}
    assert (site.folder / "inbox/规则簿.xlsx").exists() and RuleBook(site).rows("待批准") == []
    assert site.once(DAY)["rulebook"]["proposed"] == 1
    assert RuleBook(site).rows("待批准")[0]["提案编号"] == "P2026-0001"


def test_of_very_many_lines_the_first_are_written_out(tmp_path: Path) -> None:
    site = play_site(tmp_path)
    rows = [f"N{number},2026-11-02,E1,OR-10,M1\n" for number in range(12)]
    site.drop({"discipline": "登记编号,日期,工号,条款编号,登记人工号\n" + "".join(rows)}, "多.xlsx")
    site.once(DAY)
    play_fine(site).drop()
    site.once(DAY)
    [told] = [row["新结果"] for row in RuleBook(site).rows("影响") if (row["月份"], row["工号"]) == ("2026-11", "E1")]
    assert told.count("罚款20.00元") == 10 and told.endswith("……共12条")
