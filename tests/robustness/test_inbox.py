"""Which files are read and which wait; one run at a time; what one workbook's failure does to the others."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from sitework import Site, make_site, write_registers

from processor.batch import inbox, receive, work, workbooks
from processor.batch.inbox import CHANGING, FRESH, NEXT, OPEN, SAME_NAME, TRANSFER, Portion, look
from processor.batch.run import WORK, Options, holding, run
from processor.batch.setup import prepare
from processor.site_reader import load_site
from processor.watch import Watcher

from .accounts import AS_OF, HANDOVER, MORE_TICKETS, ROSTER, TICKETS, UNITS, archived, decisions, inputs

NAME = "十月份投诉登记表.xlsx"
BURST = [{"roster": ROSTER}, {"service_tickets": TICKETS}, {"service_tickets": MORE_TICKETS}]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path, UNITS, managers=["M001"])


def waiting(folder: Path, settle_seconds: float = 5, later: float = 60) -> dict[str, str]:
    return {found.file: found.waits for found in look(folder, settle_seconds, time.time() + later)}


@pytest.mark.parametrize("lock", ["~${}", ".~{}", ".~lock.{}#", "~$份投诉登记表.xlsx"])
def test_a_workbook_that_is_open_waits(tmp_path: Path, lock: str) -> None:
    (tmp_path / NAME).touch()
    (tmp_path / lock.format(NAME)).touch()
    assert waiting(tmp_path) == {NAME: OPEN}
    (tmp_path / lock.format(NAME)).unlink()
    assert waiting(tmp_path) == {NAME: ""}


@pytest.mark.parametrize(
    "name",
    ["~$a.xlsx", ".a.xlsx", "A.TMP", "a.xlsx.part", "a.xlsx.crdownload", "Thumbs.db", "a.xlsx.filepart", "a.xlsx.!qB",
     "a.xlsx.baiduyun.p.downloading", "a.xlsx.xltd", "a.xlsx.opdownload", "a.xlsx.aria2", "a.xlsx.td", "a.xlsx.td.cfg",
     "a.xlsx.qkdownloading", "a.xlsx.Download", "a.xlsx.sb-1a2b3c4d-Xy12ab", "a.xlsx.uploading", "6B29FC40", "12345600"],
)  # fmt: skip
def test_lock_and_temporary_files_are_not_listed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04 half of a workbook")
    assert waiting(tmp_path) == {}


def test_a_whole_workbook_is_read_whatever_its_name(tmp_path: Path) -> None:
    for name in ("20261101", "登记表", "DEADBEEF"):
        write_registers(tmp_path / name, {"roster": ROSTER})
    assert waiting(tmp_path) == {"20261101": "", "登记表": "", "DEADBEEF": ""}


@pytest.mark.parametrize("ending", [".aria2", ".part", ".xltd", ".crdownload"])
def test_a_file_waits_while_its_download_lies_beside_it(tmp_path: Path, ending: str) -> None:
    (tmp_path / NAME).touch()
    (tmp_path / f"{NAME}{ending}").touch()
    assert waiting(tmp_path) == {NAME: TRANSFER}


def test_what_has_no_extension_and_still_grows_is_looked_at_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "登记表").write_bytes(b"one")
    os.utime(tmp_path / "登记表", (time.time() - 3600, time.time() - 3600))
    monkeypatch.setattr(time, "sleep", lambda _: (tmp_path / "登记表").write_bytes(b"more and more"))
    assert waiting(tmp_path) == {"登记表": CHANGING}


def test_folders_of_the_storage_itself_are_not_looked_into(tmp_path: Path) -> None:
    (tmp_path / "@eaDir" / NAME).mkdir(parents=True)
    (tmp_path / "@eaDir" / NAME / "SYNOFILE").touch()
    assert waiting(tmp_path) == {}


def test_a_file_is_ready_when_it_stood_still_for_exactly_so_long(tmp_path: Path) -> None:
    (tmp_path / NAME).touch()
    changed = (tmp_path / NAME).stat().st_ctime
    assert [found.waits for found in look(tmp_path, 5, changed + 4.99)] == [FRESH]
    assert [found.waits for found in look(tmp_path, 5, changed + 5)] == [""]


def test_what_arrives_with_an_old_date_is_looked_at_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / NAME).touch()
    os.utime(tmp_path / NAME, (0, 0))
    assert waiting(tmp_path, later=0) == {NAME: ""}
    monkeypatch.setattr(time, "sleep", lambda _: (tmp_path / NAME).write_bytes(b"more"))
    assert waiting(tmp_path, later=0) == {NAME: CHANGING}


def test_a_date_in_the_future_does_not_wait_for_it(tmp_path: Path) -> None:
    (tmp_path / NAME).touch()
    os.utime(tmp_path / NAME, (time.time() + 1e6, time.time() + 1e6))
    assert waiting(tmp_path) == {NAME: ""}
    assert waiting(tmp_path, settle_seconds=0.1, later=-3600) == {NAME: ""}


def test_the_clock_is_that_of_the_folder(tmp_path: Path) -> None:
    assert abs(inbox.clock(tmp_path) - time.time()) < 2
    assert list(tmp_path.iterdir()) == []
    assert abs(inbox.clock(tmp_path / "gone") - time.time()) < 2


def test_a_waiting_workbook_is_tried_again_however_often(site: Site) -> None:
    site.drop({"roster": ROSTER}, NAME)
    lock = site.folder / "inbox" / f"~${NAME}"
    lock.touch()
    for _ in range(3):
        result = site.once(AS_OF)
        assert [(book["status"], book["reason"]) for book in result["workbooks"]] == [("waiting", OPEN)]
        assert result["exit"] == 0
    lock.unlink()
    assert [book["status"] for book in site.once(AS_OF)["workbooks"]] == ["processed"]


def test_the_second_run_exits_3_and_a_dead_one_holds_nothing(site: Site) -> None:
    with holding(load_site(Path(site.config))):
        other = [sys.executable, "run.py", "once", "--config", site.config, "--json"]
        run = subprocess.run(other, capture_output=True, text=True, cwd=Path(__file__).parents[2])
        assert run.returncode == 3 and "error" in run.stdout
    assert (site.folder / ".processor.lock").exists()
    assert site.once(AS_OF)["exit"] == 0


def test_a_newer_file_of_a_name_in_hand_comes_next(site: Site) -> None:
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    held = site.folder / "archive" / WORK / "服务单.xlsx"
    held.parent.mkdir(parents=True)
    write_registers(held, {"service_tickets": TICKETS})
    site.drop({"service_tickets": MORE_TICKETS}, "服务单.xlsx")
    first = {(book["file"], book["status"], book["reason"]) for book in site.once(AS_OF)["workbooks"]}
    assert ("服务单.xlsx", "waiting", SAME_NAME) in first and ("服务单.xlsx", "processed", "") in first
    assert "Q3" not in decisions(site)
    assert [book["status"] for book in site.once(AS_OF)["workbooks"]] == ["processed"]
    assert "Q3" in decisions(site)


def test_a_move_across_file_systems_that_was_cut_short_is_finished(site: Site) -> None:
    source = site.drop({"roster": ROSTER}, "花名册.xlsx")
    held = site.folder / "archive" / WORK / "花名册.xlsx"
    held.parent.mkdir(parents=True)
    shutil.copy2(source, held)
    assert [book["status"] for book in site.once(AS_OF)["workbooks"]] == ["processed"]
    assert not source.exists() and sum(archived(site).values()) == 1


def test_a_subfolder_of_the_same_name_and_odd_names(site: Site) -> None:
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    long = "登 记" * 35 + "表xx.xlsx"
    assert len(long.encode()) == 255
    site.drop({"handover": HANDOVER}, long)
    csv = site.folder / "inbox" / ("登 记" * 35 + "表xxx.csv")
    csv.write_text(TICKETS.strip(), encoding="utf-8")
    assert len(csv.name.encode()) == 255
    for name in ("制表\t换行\n.xlsx", "\u202exslx.倒写.xlsx", "=1+1.xlsx", "<b>粗体</b>.xlsx"):
        site.drop({"service_tickets": TICKETS}, name)
    odd = site.drop({"service_tickets": TICKETS}, "x.xlsx")
    os.rename(odd, os.path.join(os.fsencode(odd.parent), "服务表.xlsx".encode("gb18030")))
    before = inputs(site)
    result = site.once(AS_OF)
    assert "服务表.xlsx" in {book["file"] for book in result["workbooks"]}
    assert {book["status"] for book in result["workbooks"]} <= {"processed", "duplicate"}
    assert archived(site) == before
    pages = "".join(page.read_text(encoding="utf-8") for page in (site.folder / "outbox" / "pages").rglob("*.html"))
    assert "<b>粗体" not in pages


def test_a_rejected_workbook_comes_again_under_the_same_longest_name(site: Site) -> None:
    name = "坏" * 83 + "x.xlsx"
    for _ in range(3):
        (site.folder / "inbox" / name).write_text("只是文字", encoding="utf-8")
        result = site.once(AS_OF)
        assert [book["status"] for book in result["workbooks"]] == ["rejected"]
        assert result["exit"] == 1
    rejected = list((site.folder / "outbox" / "rejected").iterdir())
    assert len(rejected) == 6 and len({path.suffix for path in rejected}) == 2


@pytest.mark.parametrize("culprit", ["keep", "read"])
def test_a_workbook_on_which_the_program_fails_does_not_stop_the_others(
    site: Site, culprit: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault that no known workbook has is put into the program; what staff see of it is real."""
    site.drop({"roster": ROSTER}, "a.xlsx")
    for number in range(5):
        site.drop({"service_tickets": TICKETS.replace("Q", f"Q{number}")}, f"b{number}.xlsx")
    module, name = (receive, "key_of") if culprit == "keep" else (work, "read_workbook")
    sound = getattr(module, name)

    def failing(*arguments, **options):
        if "Q32" in str(arguments[1].get("服务单号", "")) if culprit == "keep" else "b3" in arguments[0].name:
            raise ValueError("客户甲 13900000001")
        return sound(*arguments, **options)

    monkeypatch.setattr(module, name, failing)
    result = site.once(AS_OF)
    statuses = {book["file"]: book["status"] for book in result["workbooks"]}
    assert statuses.pop("b3.xlsx") == "rejected" and set(statuses.values()) == {"processed"}
    assert result["exit"] == 1 and "Q42" in decisions(site) and "Q32" not in decisions(site)
    page = (site.folder / "outbox" / "rejected" / "b3.xlsx.html").read_text(encoding="utf-8")
    assert workbooks.INDIGESTIBLE[0] in page
    assert "ValueError" in caplog.text and "客户甲" not in caplog.text and "13900000001" not in caplog.text


def test_a_batch_takes_the_oldest_and_leaves_the_rest_to_the_next(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["gps_service"]})
    names = ["丙.xlsx", "乙.xlsx", "甲.xlsx"]  # as they were written
    for number, (name, registers) in enumerate(zip(names, BURST, strict=True)):
        os.utime(site.drop(registers, name), (1_790_000_000 + number,) * 2)
    setup, told = prepare(load_site(Path(site.config))), []
    for _ in names:
        result = run(setup, Options(date.fromisoformat(AS_OF), most=Portion(2, 1)))
        told.append({book.file: book.status for book in result.workbooks if book.reason != NEXT})
    assert told == [{name: "processed"} for name in names], "more than its bytes, and still one each time"
    assert len(site.lines()) > 0


def test_the_watch_goes_on_at_once_with_what_a_batch_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("processor.batch.inbox.A_BATCH", Portion(1, 1 << 30))
    site = make_site(tmp_path, {"城东店": ["gps_service"]})
    for number, registers in enumerate(BURST):
        site.drop(registers, f"{number}.xlsx")
    watcher = Watcher(Path(site.config), prepare(load_site(Path(site.config))), tmp_path / "heartbeat.json")
    gone_on = []
    for _ in BURST:
        watcher._step(False)
        gone_on.append(watcher.going_on)
    assert gone_on == [True, True, False]
    assert not list((site.folder / "inbox").glob("*.xlsx"))
