"""Figures that a site dates, clauses that it switches off, and what `check` finds in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sitework import Site, command, make_site

ROSTER = "工号,姓名,门店,部门,岗位,入职日期\nE1,员工甲,城东店,客服部,客户经理,2020-01-01\n"

UNITS = {"城东店": ["renovation"]}


def _base_pay(site: Site) -> dict[str, str]:
    return {line["period"]: line["amount"] for line in site.lines() if line["effect"] == "base_pay"}


def _site(folder: Path, extra: str) -> Site:
    site = make_site(folder, UNITS, extra=extra)
    enquiries = "咨询编号,咨询日期,预算金额,来源渠道\n" + "".join(
        f"Z{month},2026-{month}-05,10000,电话\n" for month in ("10", "11", "12")
    )
    site.drop({"roster": ROSTER, "enquiries": enquiries})
    return site


def test_a_dated_figure_holds_from_its_day_and_before_it_the_packs(tmp_path: Path) -> None:
    site = _site(tmp_path, "[parameters.renovation]\nmanager_base = {2026-12-01 = 5200}\n")
    assert site.once("2026-12-31")["exit"] == 0
    assert _base_pay(site) == {"2026-10": "1200.00", "2026-11": "1200.00", "2026-12": "5200.00"}
    line = next(line for line in site.lines() if line["amount"] == "5200.00")
    assert "自 2026-12-01 起，site.toml" in command("explain", "--config", site.config, line["decision_id"])[1]


def test_a_dated_table_holds_from_its_day(tmp_path: Path) -> None:
    site = make_site(
        tmp_path, UNITS, extra='[parameters.renovation]\nlevel_sizes = {2026-12-01 = {"设计师" = "小单"}}\n'
    )
    assert command("check", "--config", site.config)[0] == 0


def test_a_clause_that_is_off_decides_nothing_in_its_unit(tmp_path: Path) -> None:
    site = _site(tmp_path, "")
    config = Path(site.config)
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace('packs = ["renovation"]', 'packs = ["renovation"]\noff = ["REN-P1"]'), encoding="utf-8"
    )
    site.once("2026-12-31")
    assert not [line for line in site.lines() if line["clause"] == "REN-P1"]
    config.write_text(text, encoding="utf-8")
    site.once("2026-12-31")
    assert [line for line in site.lines() if line["clause"] == "REN-P1"]


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ("manager_base = {2026-02-30 = 5200}", "2026-02-30"),
        ("manager_base = {2026-12-01 = 5200, later = 1}", "later"),
        ("manager_base = {december = 5200}", "manager_base"),
        ('manager_base = {2026-12-01 = "viel"}', "manager_base"),
        ("medium_from = 60000", "overlap"),
        ("medium_from = {2026-12-01 = 50000}", "from 2026-12-01 two bands overlap"),
        ("small_from = 1000", "in no band"),
    ],
)
def test_a_wrong_figure_a_gap_and_an_overlap_stop_check_and_batch(tmp_path: Path, figures: str, told: str) -> None:
    site = make_site(tmp_path, UNITS, extra=f"[parameters.renovation]\n{figures}\n")
    code, out, _ = command("check", "--config", site.config)
    assert code == 2
    assert told in out
    assert site.once("2026-12-31")["exit"] == 2


def test_a_table_must_name_each_kind_that_its_register_knows(tmp_path: Path) -> None:
    tables = 'upgrade_standard = {"至尊卡" = 30000}\n'
    site = make_site(tmp_path, {"城东店": ["salon"]}, extra=f"[parameters.salon]\n{tables}")
    code, out, _ = command("check", "--config", site.config)
    assert code == 2
    assert "体验卡" in out


def test_off_names_a_clause_of_the_units_packs(tmp_path: Path) -> None:
    site = make_site(tmp_path, UNITS)
    config = Path(site.config)
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace('packs = ["renovation"]', 'packs = ["renovation"]\noff = ["SA-F1"]'), encoding="utf-8"
    )
    code, out, _ = command("check", "--config", site.config)
    assert code == 2
    assert "SA-F1" in out
