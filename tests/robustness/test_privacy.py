"""Who can read what: pay in the HR folder only, a unit's pages about that unit only, rights of folders, bare logs."""

from __future__ import annotations

import os
import re
import stat
import time
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest
from sitework import Site, command, make_site

from processor.batch import publish

from .accounts import AS_OF, HANDOVER, TICKETS
from .test_watch import emptied, heartbeat, log, until, watching

ROSTER = """
工号,姓名,门店,部门,岗位,入职日期,月工资
S1,业务甲,城东店,市场部,业务员,2020-01-01,6543.21
S2,业务乙,城东店,市场部,业务员,2020-01-01,7654.32
C1,接线丙,城西店,客服部,客服,2020-01-01,5432.10
"""
PEOPLE = ("张三", "业务甲", "业务乙", "接线丙", "客户甲", "客户乙")
WAGES = ("6543", "7654", "5432")
HR_GROUP = 54321
NOT_ROOT = not hasattr(os, "geteuid") or os.geteuid() != 0
needs_root = pytest.mark.skipif(NOT_ROOT, reason="giving a folder away needs root")


def delivered(folder: Path) -> Site:
    site = make_site(
        folder, {"城东店": ["gps_service"], "城西店": ["call_centre"]}, extra="[schedule]\npoll_minutes = 0.01\n"
    )
    fill(site)
    return site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return delivered(tmp_path)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site after a batch, which nobody changes."""
    site = delivered(tmp_path_factory.mktemp("told"))
    site.once(AS_OF)
    return site


def fill(site: Site) -> None:
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    site.drop({"service_tickets": TICKETS, "handover": HANDOVER}, "张三的十月.xlsx")
    (site.folder / "inbox" / "客户甲投诉.xlsx").write_text("客户甲 13900000001", encoding="utf-8")


def text_of(path: Path) -> str:
    if path.suffix != ".xlsx" or not zipfile.is_zipfile(path):
        return path.read_bytes().decode("utf-8", "replace")
    with zipfile.ZipFile(path) as package:
        return "".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())


def test_wages_stand_in_no_output_but_the_roster_itself(told: Site) -> None:
    outbox = told.folder / "outbox"
    for path in outbox.rglob("*.*"):
        if path.is_file() and path.relative_to(outbox).parts[0] != "hr" and path.name != "花名册.xlsx":
            assert not any(wage in text_of(path) for wage in WAGES), path


def test_pay_lines_leave_no_copy_outside_the_hr_folder(told: Site, tmp_path: Path) -> None:
    for path in told.folder.rglob("2026-10*"):
        assert path.is_dir() or {"hr", "months"} & set(path.parts), path
    assert not (told.folder / publish.STAGING).exists()
    assert stat.S_IMODE(publish.stage(tmp_path).stat().st_mode) == 0o700


def test_a_units_pages_are_about_that_unit_only(told: Site) -> None:
    units = told.folder / "outbox" / "pages" / "units"
    east = "".join(page.read_text(encoding="utf-8") for page in (units / "城东店").rglob("*.html"))
    west = "".join(page.read_text(encoding="utf-8") for page in (units / "城西店").rglob("*.html"))
    assert "业务甲" in east and "接线丙" not in east and "城西店" not in east
    assert "T1" in west and "业务甲" not in west and "城东店" not in west and "Q1" not in west


def test_phone_numbers_are_masked_on_pages(told: Site) -> None:
    pages = [page.read_text(encoding="utf-8") for page in (told.folder / "outbox").rglob("*.html")]
    assert pages and not any("13900000001" in page for page in pages)


def test_no_link_of_any_page_holds_a_phone_or_identity_number(tmp_path: Path) -> None:
    phones, identity = ("13900000001", "13912345678", "13900000009"), "330102199003071234"
    site = make_site(tmp_path, {"城东店": ["department_store"]}, managers=["M001"])
    staff = "工号,姓名,门店,部门,岗位,入职日期\nM001,经理,城东店,客服部,经理,2020-01-01\n"
    staff += f"{phones[2]},员工乙,城东店,客服部,客服,2022-01-01\n"
    rows = f"登记编号,日期,工号,条款编号,情节,登记人工号\nJ1,2026-10-09,{phones[2]},DS-F6,轻微,M001\nJ2,坏,{phones[2]},DS-F6,,M001\n"
    site.drop({"roster": staff}, "花名册.xlsx")
    site.drop({"discipline": rows}, f"城东店/{phones[0]} 陈先生/李红{phones[1]}的奖惩.xlsx")
    (site.folder / "inbox" / "城东店" / f"{identity}.xlsx").write_text("没有表格", encoding="utf-8")
    site.once(AS_OF)
    links = [
        unquote(href)
        for page in (site.folder / "outbox").rglob("*.html")
        for href in re.findall(r'href="?([^">]*)', page.read_text(encoding="utf-8"))
    ]
    assert any("people/139" in href for href in links) and "." in links
    assert not [href for href in links if any(number in href for number in (*phones, identity))]


def test_outputs_have_the_rights_of_their_folder(site: Site) -> None:
    before = os.umask(0o027)
    try:
        site.once(AS_OF)
    finally:
        os.umask(before)
    for path in (site.folder / "outbox").rglob("*.*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o750 if path.is_dir() else 0o640), path


@needs_root
def test_outputs_belong_to_the_group_of_their_folder(site: Site) -> None:
    hr = site.folder / "outbox" / "hr"
    hr.mkdir(parents=True)
    os.chown(hr, 0, HR_GROUP)
    hr.chmod(0o2750)
    site.once(AS_OF)
    assert all(path.stat().st_gid == HR_GROUP for path in hr.rglob("*"))
    assert (site.folder / "outbox" / "decisions.csv").stat().st_gid != HR_GROUP


def test_logs_and_heartbeat_hold_no_personal_data(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    with watching(site):
        until(lambda: emptied(site) and "rejected" in log(site))
        (site.folder / "outbox" / "annotated" / "花名册.xlsx").unlink()
        (site.folder / "outbox" / "annotated" / "花名册.xlsx").mkdir()
        fill(site)
        until(lambda: emptied(site) and log(site).count("rejected") == 2)
        time.sleep(0.5)
    told = log(site) + str(heartbeat(site)) + capfd.readouterr().err
    assert "in use" in told
    assert not any(word in told for word in (*PEOPLE, *WAGES, "1390000", "投诉"))


def test_a_failing_once_tells_no_personal_data(site: Site) -> None:
    (site.folder / "ledger.db").write_bytes(b"no database")
    _, out, err = command("once", "--config", site.config, "--as-of", AS_OF)
    assert "error: " in err and not any(word in out + err for word in PEOPLE)


def test_a_shared_roster_tells_a_unit_nothing_of_another(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["gps_service"], "城西店": ["call_centre"]})
    odd = ROSTER.replace("2020-01-01,5432.10", "2020年13月,54x32.10").replace("7654.32", "七千六？")
    site.drop({"roster": odd}, "花名册.xlsx")
    assert site.once(AS_OF)["exit"] == 1
    outbox = site.folder / "outbox"
    east = "".join(page.read_text(encoding="utf-8") for page in (outbox / "pages/units/城东店").rglob("*.html"))
    assert "花名册.xlsx" in east
    assert "13月" not in east
    pages = "".join(page.read_text(encoding="utf-8") for page in outbox.rglob("*.html"))
    for pay in ("54x32", "七千六", *WAGES):
        assert pay not in pages
    with zipfile.ZipFile(outbox / "annotated" / "花名册.xlsx") as package:
        notes = "".join(package.read(name).decode() for name in package.namelist() if "omment" in name)
    assert "月工资" in notes
    assert "54x32" not in notes
    assert "七千六" not in notes
