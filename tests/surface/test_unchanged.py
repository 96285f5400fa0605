"""Outputs on which nothing changed are not touched: the same bytes and the same time stamp."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.sitework import Site, make_site

ROSTER = """\
工号,姓名,门店,部门,岗位,入职日期,月工资
K1,甲,城东店,客服部,客服,2022-01-01,6000
K2,乙,城西店,客服部,客服,2022-01-01,6000
"""
RECORDS = """\
登记编号,日期,工号,条款编号,情节,登记人工号
{0}1,2026-10-09,{1},DS-S1,轻微,{1}
"""
DAY = "2026-10-31"
BATCH = re.compile(r"2026-10-31-\d{4}")


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site of two units with a decision each, after a batch that brought nothing new."""
    folder = tmp_path_factory.mktemp("quiet")
    site = make_site(folder, {"城东店": ["department_store"], "城西店": ["department_store"]})
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    site.drop({"discipline": RECORDS.format("A", "K1")}, "东.xlsx")
    site.drop({"discipline": RECORDS.format("B", "K2")}, "西.xlsx")
    site.once(DAY)
    site.once(DAY)
    return site


@pytest.fixture
def site(quiet: Site, tmp_path: Path) -> Site:
    """The same, for one test."""
    return Site(Path(shutil.copytree(quiet.folder, tmp_path / "site")))


def _stamps(site: Site) -> dict[str, tuple[int, int]]:
    outbox = site.folder / "outbox"
    files = [path for path in outbox.rglob("*") if path.is_file()]
    return {path.relative_to(outbox).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino) for path in files}


def test_a_batch_that_changes_nothing_touches_nothing(site: Site) -> None:
    before = _stamps(site)
    site.once(DAY)
    assert _stamps(site) == before


def test_only_what_speaks_of_the_changed_unit_is_written(site: Site) -> None:
    before = _stamps(site)
    site.drop({"discipline": RECORDS.format("A", "K1") + "A2,2026-10-10,K1,DS-S1,轻微,K1\n"}, "东.xlsx")
    site.once(DAY)
    after = _stamps(site)
    written = {name for name in after if after[name] != before.get(name)}
    assert {"decisions.csv", "changes.csv", "hr/2026-10.csv", "hr/2026-10.xlsx"} <= written
    assert "pages/units/城东店/people/K1/index.html" in written
    assert not {name for name in written if "城西店/people" in name}
    assert not {name for name in written if "空白登记表" in name}


def test_a_page_names_the_batch_that_last_changed_it(site: Site) -> None:
    page = (site.folder / "outbox/pages/units/城西店/people/K2/index.html").read_text(encoding="utf-8")
    site.once(DAY)
    assert f"批次{DAY}-0001" in page


def test_what_somebody_changed_by_hand_is_written_again(site: Site) -> None:
    names = [
        "decisions.csv",
        "hr/2026-10.csv",
        "pages/units/城西店/people/K2/index.html",
        "pages/units/城西店/months/2026-10.html",
    ]
    files = [site.folder / "outbox" / name for name in names]
    sound = [_but_for_the_batch(file) for file in files]
    for file in files:
        file.write_bytes(file.read_bytes() + b"mine")
    site.once(DAY)
    assert [_but_for_the_batch(file) for file in files] == sound


def test_a_deduction_sheet_that_somebody_deleted_is_there_again(site: Site) -> None:
    file = site.folder / "outbox/hr/2026-10.xlsx"
    sound = file.read_bytes()
    file.unlink()
    site.once(DAY)
    assert file.read_bytes() == sound


def test_a_blank_that_somebody_filled_or_deleted_is_blank_again(site: Site) -> None:
    filled, deleted = sorted((site.folder / "outbox" / "空白登记表").iterdir())[:2]
    sound = filled.read_bytes(), deleted.read_bytes()
    filled.write_bytes(sound[0] + b"mine")
    deleted.unlink()
    site.once(DAY)
    assert (filled.read_bytes(), deleted.read_bytes()) == sound


def test_pages_that_were_spared_say_what_they_would_say_if_they_were_made_anew(site: Site) -> None:
    site.drop({"discipline": RECORDS.format("A", "K1") + "A2,2026-10-10,K1,DS-S1,轻微,K1\n"}, "东.xlsx")
    site.drop({"roster": ROSTER.replace("乙", "丙")}, "花名册.xlsx")
    site.once(DAY)
    site.once(DAY)
    pages = site.folder / "outbox" / "pages"
    spared = {path: _but_for_the_batch(path) for path in pages.rglob("*.html")}
    assert "丙" in spared[pages / "units/城西店/people/K2/index.html"]
    shutil.rmtree(pages)
    site.once(DAY)
    assert {path: _but_for_the_batch(path) for path in pages.rglob("*.html")} == spared


EARLIER = "A0,2026-09-{day},K1,DS-S1,轻微,K1\n"
ANSWER = """\
决定编号,决定,改为金额,确认人工号,确认日期,说明
{id},撤销,,K2,2026-11-02,
"""
APPEAL = """\
申诉编号,决定编号,申诉人工号,申诉日期,理由
SS1,{id},K1,2026-11-03,不是我
"""
RECEIPT = """\
通知编号,送达日期,送达方式,员工意见,经办人工号
{id},2026-11-04,当面,认可,K2
"""
STAMP = re.compile(r'(?m)\d{4}-\d\d-\d\d-\d{4}|data-day="[^"]*"|截至\d{4}[-年]\d\d?[-月]\d\d?日?|@top-right [{].*')


def _dropped(site: Site, register: str, text: str, day: str) -> None:
    site.drop({register: text}, f"{register}.xlsx")
    site.once(day)


def test_what_was_told_in_many_batches_is_what_is_told_at_once(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["department_store"], "城西店": ["department_store"]}, managers=["K2"])
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    site.drop({"discipline": RECORDS.format("B", "K2")}, "西.xlsx")
    east = RECORDS.format("A", "K1")
    site.drop({"discipline": east}, "东.xlsx")
    site.once("2026-10-31")
    head, *rows = (east + EARLIER.format(day=10)).splitlines(keepends=True)
    site.drop({"discipline": head + "".join(reversed(rows))}, "东.xlsx")  # known rows stand elsewhere now
    site.once("2026-11-01")
    newest = [line["decision_id"] for line in site.lines() if line["staff_no"] == "K1"]
    _dropped(site, "confirmations", ANSWER.format(id=newest[0]), "2026-11-02")
    _dropped(site, "appeals", APPEAL.format(id=newest[-1]), "2026-11-03")
    notice = next((site.folder / "outbox/通知/2026-10/城东店").glob("*.html")).read_text(encoding="utf-8")
    _dropped(site, "receipts", RECEIPT.format(id=re.search(r"TZ\d{6}-\w{8}", notice)[0]), "2026-11-04")
    site.drop({"roster": ROSTER.replace("乙", "丙") + "K3,丁,城西店,客服部,客服,2022-01-01,6000\n"}, "花名册.xlsx")
    site.once("2026-11-05")
    site.drop({"discipline": RECORDS.format("C", "K3").replace("10-09", "11-05")}, "新.xlsx")
    site.once("2026-11-05")
    outbox = site.folder / "outbox"
    told = _pages(outbox)
    table = (outbox / "decisions.csv").read_bytes()
    assert "申诉SS1" in told[outbox / "pages/units/城东店/months/2026-10.html"]
    shutil.rmtree(outbox / "pages")
    shutil.rmtree(outbox / "通知")
    (outbox / "decisions.csv").unlink()
    site.once("2026-11-05")
    anew = _pages(outbox)
    told_daily = {outbox / "pages/index.html", *(outbox / "pages/units").glob("*/index.html")}  # of what the batch did
    for path in told.keys() | anew.keys():
        assert path in told_daily or told[path] == anew[path], path
    assert (outbox / "decisions.csv").read_bytes() == table


def _pages(outbox: Path) -> dict[Path, str]:
    """All pages and notices, but for what they say of their batch."""
    pages = [*(outbox / "pages").rglob("*.html"), *(outbox / "通知").rglob("*.html")]
    return {path: STAMP.sub("", path.read_text(encoding="utf-8")) for path in pages}


def test_a_new_day_leaves_pages_of_months_and_people_alone(site: Site) -> None:
    before = _stamps(site)
    site.once("2026-11-01")
    after = _stamps(site)
    written = {name for name in after if after[name] != before.get(name) and name.startswith("pages/units")}
    assert written == {"pages/units/城东店/index.html", "pages/units/城西店/index.html"}


def _but_for_the_batch(file: Path) -> str:
    return BATCH.sub("", file.read_bytes().decode())
