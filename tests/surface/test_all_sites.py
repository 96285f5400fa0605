"""Every site below a folder in one command: one line each, and the exit code of the worst."""

from __future__ import annotations

from pathlib import Path

import pytest
from sitework import command, make_site

ROSTER = "工号,姓名,门店,部门,岗位,入职日期\nK1,甲,城东店,客服部,客服,2022-01-01\n"
DAY = "2026-10-31"


@pytest.fixture(autouse=True)
def plain_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    """Three sites, one of them in a folder below, and one that is wrong between them."""
    for name in ("甲公司", "丙公司", "集团/乙公司"):
        make_site(tmp_path / name, {"城东店": ["department_store"]}).drop({"roster": ROSTER})
    make_site(tmp_path / "中间", {"城东店": ["nonsense"]})
    return tmp_path


def test_each_site_has_its_batch_and_its_line(sites: Path) -> None:
    code, out, err = command("all", "--sites", str(sites), "--as-of", DAY)
    lines = dict(line.split(": ", 1) for line in out.splitlines())
    assert set(lines) == {"0 丙公司", "2 中间", "0 甲公司", "0 集团/乙公司"}
    assert lines["0 甲公司"] == f"1 workbooks, 0 decisions (batch {DAY}-0001)"
    assert "there is no pack nonsense" in lines["2 中间"]
    assert (code, err) == (2, "")
    for name in ("甲公司", "丙公司", "集团/乙公司"):
        assert (sites / name / "outbox" / "decisions.csv").is_file()


def test_the_site_files_of_an_archive_are_no_sites(sites: Path) -> None:
    command("all", "--sites", str(sites), "--as-of", DAY)
    assert list((sites / "甲公司" / "archive").rglob("site.toml"))
    _, out, _ = command("all", "--sites", str(sites), "--as-of", DAY)
    assert len(out.splitlines()) == 4


def test_a_row_that_cannot_be_read_is_the_worst_of_sound_sites(tmp_path: Path) -> None:
    make_site(tmp_path / "甲", {"城东店": ["department_store"]}).drop({"roster": ROSTER})
    make_site(tmp_path / "乙", {"城东店": ["department_store"]}).drop({"roster": ROSTER.replace("2022-01-01", "去年")})
    assert command("all", "--sites", str(tmp_path), "--as-of", DAY)[0] == 1


def test_a_folder_without_sites_is_a_fault(tmp_path: Path) -> None:
    code, out, err = command("all", "--sites", str(tmp_path))
    assert (code, out) == (2, "")
    assert "there is no site.toml in or below it" in err
