"""What lies in the inbox is opened once and nothing is followed; a reader that takes too long is tried again, not for ever."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest
from sitework import Site, make_site, write_registers

from processor.batch import taking
from processor.batch.inbox import BUSY, Found, claim
from processor.filenames import portable
from processor.intake import isolated

from .accounts import AS_OF, ROSTER, TICKETS, UNITS

OLD = Path(__file__).parents[1] / "intake" / "files" / "dispatch.xls"
links = pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="the system knows no such links")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = make_site(tmp_path, UNITS, managers=["M001"])
    made.drop({"roster": ROSTER}, "花名册.xlsx")
    return made


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


@links
def test_links_in_the_inbox_lead_nowhere(site: Site) -> None:
    secret = site.folder / "hr"
    secret.mkdir()
    (secret / "工资.csv").write_text("工号,实发\nK001,秘密\n", encoding="utf-8")
    (site.folder / "inbox" / "工资.csv").symlink_to(secret / "工资.csv")
    (site.folder / "inbox" / "城东").symlink_to(secret)
    report = site.once(AS_OF)
    assert [book["file"] for book in report["workbooks"]] == ["花名册.xlsx"]
    assert "秘密".encode() not in everything(site.folder / "outbox") + everything(site.folder / "archive")


@links
@pytest.mark.parametrize("what", ["file", "folder", "pipe", "dangling"])
def test_a_name_that_was_exchanged_after_it_was_seen_is_not_taken(tmp_path: Path, what: str) -> None:
    inbox, work, secret = (tmp_path / name for name in ("inbox", "work", "secret"))
    for folder in (inbox / "店", work, secret):
        folder.mkdir(parents=True)
    (secret / "a.csv").write_text("秘密", encoding="utf-8")
    found = Found(inbox / "店" / "a.csv", "店/a.csv", "")
    if what == "file":
        found.path.symlink_to(secret / "a.csv")
    elif what == "dangling":
        found.path.symlink_to(secret / "gone.csv")
    elif what == "pipe":
        os.mkfifo(found.path)
    else:
        (inbox / "店").rmdir()
        (inbox / "店").symlink_to(secret)
    assert claim(found, inbox, work, []) == BUSY
    assert (secret / "a.csv").read_text(encoding="utf-8") == "秘密"
    assert not [path for path in work.rglob("*") if not path.is_dir()]


@links
def test_a_name_that_is_exchanged_all_the_time_yields_nothing_else(tmp_path: Path) -> None:
    inbox, work, secret = (tmp_path / name for name in ("inbox", "work", "secret"))
    for folder in (inbox, work, secret):
        folder.mkdir()
    (secret / "a.csv").write_text("秘密", encoding="utf-8")
    path, ended = inbox / "a.csv", threading.Event()

    def exchange() -> None:
        while not ended.is_set():
            (inbox / ".new").write_text("公开", encoding="utf-8")
            os.replace(inbox / ".new", path)
            (inbox / ".link").symlink_to(secret / "a.csv")
            os.replace(inbox / ".link", path)

    thread = threading.Thread(target=exchange)
    thread.start()
    try:
        for number in range(200):
            target = work / f"{number}.csv"
            try:
                taking.take(inbox, Path("a.csv"), target)
            except OSError:
                assert not target.exists() or target.is_symlink()
            else:
                assert target.read_text(encoding="utf-8") == "公开" and not target.is_symlink()
    finally:
        ended.set()
        thread.join()


@links
def test_the_archive_holds_a_copy_of_its_own_of_a_file_with_two_names(site: Site) -> None:
    other = site.folder / "别处.xlsx"
    write_registers(other, {"service_tickets": TICKETS})
    os.utime(other, (1_700_000_000, 1_700_000_000))
    before = other.read_bytes()
    os.link(other, site.folder / "inbox" / "服务单.xlsx")
    assert site.once(AS_OF)["exit"] == 0
    with other.open("r+b") as file:
        file.write(b"changed afterwards")
    (kept,) = (site.folder / "archive").rglob("服务单.xlsx")
    assert kept.read_bytes() == before and kept.stat().st_mtime == 1_700_000_000


def test_a_preview_reads_copies_and_leaves_the_inbox(site: Site) -> None:
    before = everything(site.folder / "inbox")
    assert [book["status"] for book in site.once(AS_OF, "--dry-run")["workbooks"]] == ["processed"]
    assert everything(site.folder / "inbox") == before


def test_a_workbook_that_cannot_be_read_in_time_waits_three_batches(site: Site) -> None:
    text = (site.folder / "site.toml").read_text(encoding="utf-8")
    (site.folder / "site.toml").write_text(f"{text}[limits]\nseconds = 1\n", encoding="utf-8")
    slow = site.folder / "inbox" / "慢.xls"
    shutil.copy(OLD, slow)
    tried = []

    def dying(path: Path, *rest: object) -> object:
        tried.append(path.name)
        raise isolated.late(isolated.Limits(seconds=1))

    patched = pytest.MonkeyPatch()
    patched.setattr(isolated, "read_isolated", dying)
    try:
        for batch in range(1, 5):
            report = site.once(AS_OF)
            (book,) = [book for book in report["workbooks"] if book["file"] == "慢.xls"]
            assert book["status"] == ("waiting" if batch < 4 else "rejected")
            assert "没有能在规定时间" in book["reason"] and "损坏" not in book["reason"]
            assert slow.exists() == (batch < 4) and report["exit"] == (0 if batch < 4 else 1)
            assert len(tried) == 2 * batch  # once more alone, in each batch
    finally:
        patched.undo()
    page = (site.folder / "outbox" / "rejected" / "慢.xls.html").read_text(encoding="utf-8")
    assert "试了4批" in page
    shutil.copy(OLD, slow)
    assert "慢.xls" in {book["file"] for book in site.once(AS_OF)["workbooks"]}


def test_a_process_that_really_takes_too_long_is_late(site: Site) -> None:
    text = (site.folder / "site.toml").read_text(encoding="utf-8")
    (site.folder / "site.toml").write_text(f"{text}[limits]\nseconds = 1\n", encoding="utf-8")
    endless = Path(__file__).parents[1] / "intake" / "files" / "found" / "broken-markup.ods"
    real = isolated.subprocess.run
    patched = pytest.MonkeyPatch()
    patched.setattr(isolated.subprocess, "run", lambda command, **more: real(["sleep", "30"], **more | {"input": b""}))
    shutil.copy(OLD, site.folder / "inbox" / "慢.xls")
    try:
        statuses = {book["file"]: book["status"] for book in site.once(AS_OF)["workbooks"]}
    finally:
        patched.undo()
    assert statuses == {"花名册.xlsx": "processed", "慢.xls": "waiting"} and endless.exists()


@pytest.mark.parametrize(
    ("name", "safe"),
    [("NUL.xlsx", "_NUL.xlsx"), ("con", "_con"), ("COM1.表.xlsx", "_COM1.表.xlsx"), ("报表.", "报表._"), ("报表 ", "报表 _"),
     ("a:b?.xlsx", "a_b_.xlsx"), ("店/aux/登记.xlsx", "店/_aux/登记.xlsx"), ("登记.xlsx", "登记.xlsx"), ("空NUL.xlsx", "空NUL.xlsx")],
)  # fmt: skip
def test_names_are_safe_everywhere(name: str, safe: str) -> None:
    assert portable(Path(name)) == Path(safe)


def test_workbooks_with_names_that_windows_forbids_come_back(site: Site) -> None:
    for name in ("NUL.xlsx", "CON/登记.xlsx", "服务单:一.xlsx"):
        site.drop({"service_tickets": TICKETS}, name)
    (site.folder / "inbox" / "aux.csv").write_text("不是登记表", encoding="utf-8")
    report = site.once(AS_OF)
    assert {book["annotated"] for book in report["workbooks"] if book["status"] != "rejected"} == {
        f"outbox/annotated/{name}" for name in ("花名册.xlsx", "_NUL.xlsx", "_CON/登记.xlsx", "服务单_一.xlsx")
    }
    assert (site.folder / "outbox" / "rejected" / "_aux.csv").exists()
