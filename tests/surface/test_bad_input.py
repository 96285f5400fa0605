"""What cannot be read comes back with a page that helps; pages hide numbers and run nothing that a cell holds."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from .scenes import DAY, DISCIPLINE, ROSTER, book_with, contents, delivered, shop

OLD_WORKBOOK = Path(__file__).parents[1] / "intake" / "files" / "dispatch.xls"
COMPLAINTS = """
投诉编号,受理时间,受理人工号,客户姓名,联系电话,投诉级别,责任类型,责任人工号,处理方案,办结人工号,办结时间
C1,2026-09-02 09:00,Z001,<script>alert(1)</script>,13912345678,一般,服务,Z001,<img src=x onerror=alert(2)>,Z001,2026-09-02 09:20
"""


def rejected_files(site):
    return {path.name: path for path in (site.folder / "outbox" / "rejected").rglob("*") if path.is_file()}


def bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.xml", b"<a>" + b" " * 300_000_000)
    return data.getvalue()


def encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 3000


BAD: dict[str, Callable[[], bytes]] = {
    "坏.xlsx": lambda: b"PK\x03\x04 damaged",
    "空.xlsx": bytes,
    "空.csv": bytes,
    "文字.xlsx": "这不是工作簿".encode,
    "图片.xlsx": lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
    "加密.xlsx": encrypted,
    "炸弹.xlsx": bomb,
    "说明.docx": lambda: b"PK\x05\x06" + b"\x00" * 18,
    "便条.txt": "明天开会".encode,
}


@pytest.fixture(scope="module")
def rejecting(tmp_path_factory):
    """A site, what its batch says of all bad files and a good one, and the bad files."""
    site = delivered(tmp_path_factory.mktemp("rejecting"))
    bad = {name: made() for name, made in BAD.items()}
    for name, data in bad.items():
        (site.folder / "inbox" / name).write_bytes(data)
    return site, site.once(DAY), bad


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_opened_is_rejected_with_a_page(rejecting, name):
    site, report, bad = rejecting
    book = next(book for book in report["workbooks"] if book["file"] == name)
    assert (report["exit"], book["status"], book["annotated"], book["registers"]) == (1, "rejected", None, [])
    assert re.search("[\u4e00-\u9fff]", book["reason"])
    files = [path for path in rejected_files(site).values() if name in path.name]
    assert len([path for path in files if path.read_bytes() == bad[name]]) == 1
    (page,) = [path for path in files if path.suffix == ".html"]
    assert "<html" in page.read_text(encoding="utf-8") and name in page.read_text(encoding="utf-8")
    assert len([line for line in site.lines() if line["clause"] in ("OR-14", "OR-12", "OR-10")]) == 3
    assert not (site.folder / "inbox" / name).exists()


def test_a_workbook_of_no_register_at_all_is_rejected(tmp_path):
    site = shop(tmp_path)
    book_with(tmp_path / "inbox" / "菜谱.xlsx", {"表": [["菜名", "做法", "火候"], ["鱼香肉丝", "炒", "大"]]})
    report = site.once(DAY)
    assert (report["exit"], report["workbooks"][0]["status"]) == (1, "rejected")
    assert any(path.suffix == ".html" for path in rejected_files(site).values())


def test_a_workbook_that_lacks_needed_columns_is_asked_about_and_the_nearest_is_named(tmp_path):
    site = shop(tmp_path)
    rows = [["登记编号", "日期", "工号", "姓名", "事情"], ["J1", "2026-09-02", "Z001", "客一", "迟到"]]
    book_with(tmp_path / "inbox" / "奖惩.xlsx", {"表": rows})
    report = site.once(DAY)
    assert (report["exit"], report["workbooks"][0]["status"]) == (1, "asked")
    (page,) = (tmp_path / "outbox" / "待对照").glob("*.html")
    text = page.read_text(encoding="utf-8")
    assert "奖惩登记表" in text and "条款编号" in text


def test_originals_rejected_under_one_name_are_all_kept(tmp_path):
    site = shop(tmp_path)
    for content in (b"one", b"two", b"three"):
        (tmp_path / "inbox" / "坏.xlsx").write_bytes(content)
        assert site.once(DAY)["workbooks"][0]["status"] == "rejected"
    kept = {
        path.read_bytes() for name, path in rejected_files(site).items() if "坏.xlsx" in name and name.endswith(".xlsx")
    }
    assert kept == {b"one", b"two", b"three"}


def test_lock_and_temporary_files_are_left_alone_and_not_listed(tmp_path):
    site = shop(tmp_path)
    names = ["~$登记表.xlsx", ".~lock.登记表.xlsx#", "a.tmp", "b.xlsx.part", "c.crdownload", ".DS_Store", "Thumbs.db"]
    for name in names:
        (tmp_path / "inbox" / name).write_bytes(b"x")
    report = site.once(DAY)
    assert (report["exit"], report["workbooks"]) == (0, [])
    assert {path.name for path in (tmp_path / "inbox").iterdir()} == set(names)


def test_limits_stand_in_site_toml(tmp_path):
    site = shop(tmp_path, extra="[limits]\nrows = 5\n")
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    rows = DISCIPLINE.strip() + "".join(f"\nK{n},2026-09-02,Z001,客一,OR-14,,,,,x,Z000" for n in range(10))
    site.drop({"discipline": rows}, "多.xlsx")
    report = site.once(DAY)
    assert {book["file"]: book["status"] for book in report["workbooks"]} == {
        "花名册.xlsx": "processed",
        "多.xlsx": "rejected",
    }


@pytest.mark.parametrize(("megabytes", "status"), [(8, "rejected"), (512, "processed")])
def test_an_old_workbook_is_read_within_the_memory_of_site_toml(tmp_path, megabytes, status):
    site = shop(tmp_path, extra=f"[limits]\nmemory_megabytes = {megabytes}\nseconds = 60\n")
    data = bytearray(OLD_WORKBOOK.read_bytes())
    cell = data.find(b"\xfd\x00\x0a\x00") + 4  # a text cell; row and column follow
    data[cell : cell + 4] = b"\xff\xff\x0f\x00"  # a million cells, 33 MB of them
    (tmp_path / "inbox" / "旧.xls").write_bytes(data)
    assert [book["status"] for book in site.once(DAY)["workbooks"]] == [status]


def test_pages_mask_phone_and_id_numbers_and_escape_what_cells_hold(tmp_path):
    site = shop(tmp_path)
    discipline = DISCIPLINE.replace("工位未打扫", "<b>粗</b> 13812345678 11010519491231002X").replace(
        "客一", "<i>客</i>"
    )
    site.drop(
        {"roster": ROSTER.replace("客一", "<i>客</i>"), "complaints": COMPLAINTS, "discipline": discipline},
        "<u>表.xlsx",
    )
    assert site.once(DAY)["exit"] == 0
    pages = list((tmp_path / "outbox" / "pages").rglob("*.html"))
    assert pages
    for path in pages:
        text = path.read_text(encoding="utf-8")
        for raw in ("<script>alert", "<img src=x", "<b>粗", "<i>客", "<u>表"):
            assert raw not in text, (path, raw)
        for number in ("13912345678", "13812345678", "11010519491231002X"):
            assert number not in text, (path, number)


def test_no_cell_becomes_a_formula_in_any_workbook(tmp_path):
    site = shop(tmp_path)
    path = site.drop({"roster": ROSTER, "discipline": DISCIPLINE.replace("工位未打扫", "=cmd|'/C calc'!A0")})
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            cell.data_type = "s"
    book.save(path)
    site.once(DAY)
    for path in (tmp_path / "outbox").rglob("*.xlsx"):
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                if name.startswith("xl/worksheets/sheet"):
                    assert b"<f>" not in package.read(name), (path, name)


def test_other_workbooks_count_beside_a_bad_one_and_a_mended_one_is_read(tmp_path):
    site = delivered(tmp_path)
    good = (tmp_path / "inbox" / "登记表.xlsx").read_bytes()
    (tmp_path / "inbox" / "九月.xlsx").write_bytes(good[: len(good) // 2])
    assert site.once(DAY)["exit"] == 1
    before = contents(tmp_path / "outbox")["decisions.csv"]
    shutil.copy(next((tmp_path / "archive").rglob("登记表.xlsx")), tmp_path / "inbox" / "九月.xlsx")
    assert site.once(DAY)["exit"] == 0
    assert contents(tmp_path / "outbox")["decisions.csv"] == before
