"""The package around the sheets: names, duplicates, bombs, locks, and a target that appears whole or not at all."""

from __future__ import annotations

import hashlib
import os
import struct
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pytest

from processor.annotate import CannotAnnotate, Link, Summary, annotate
from processor.annotate import writer as writer_module
from processor.annotate.guard import GuardError

from .books import MAIN, OFFICE, SHEET, TITLES, TYPES, annotated, part, parts, plan, relationships, worksheet, write


def refused(folder: Path, reason: str) -> None:
    with pytest.raises(CannotAnnotate) as caught:
        annotate(folder / "in.xlsx", folder / "out.xlsx", plan())
    assert reason in caught.value.reason
    assert [path.name for path in folder.iterdir()] == ["in.xlsx"]


def test_untouched_members_keep_their_compressed_bytes(tmp_path: Path) -> None:
    noise = os.urandom(100_000) + b"a" * 100_000
    path = annotated(tmp_path, parts(extra={"xl/media/image1.png": noise, "docProps/app.xml": "<Properties/>"}))
    with zipfile.ZipFile(tmp_path / "in.xlsx") as before, zipfile.ZipFile(path) as after:
        assert after.testzip() is None
        for name in ("xl/media/image1.png", "docProps/app.xml"):
            assert before.getinfo(name).compress_size == after.getinfo(name).compress_size
            assert before.read(name) == after.read(name)
            assert before.getinfo(name).date_time == after.getinfo(name).date_time


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    source, digests = write(tmp_path / "in.xlsx", parts()), set()
    for name in ("a.xlsx", "b.xlsx"):
        annotate(source, tmp_path / name, plan(marks={"A2": "error"}, notes={"B2": "说明"}))
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1


def test_backslashes_absolute_targets_and_other_case(tmp_path: Path) -> None:
    content = parts()
    content["xl\\Worksheets\\Sheet1.xml"] = content.pop("xl/worksheets/sheet1.xml")
    content["xl/_rels/workbook.xml.rels"] = relationships(
        ("worksheet", "/XL/worksheets/sheet1.xml"), ("styles", "styles.xml")
    )
    path = annotated(tmp_path, content)
    with zipfile.ZipFile(path) as archive:
        assert TITLES[0] in archive.read("xl\\Worksheets\\Sheet1.xml").decode()


def test_equal_duplicates_pass_and_different_ones_are_refused(tmp_path: Path) -> None:
    for second, fine in ((b"same", True), (b"other", False)):
        with warnings.catch_warnings(), zipfile.ZipFile(tmp_path / "in.xlsx", "w") as archive:
            warnings.simplefilter("ignore")
            for name, data in parts(extra={"xl/media/a.bin": b"same"}).items():
                archive.writestr(name, data)
            archive.writestr("xl/media/a.bin", second)
        if fine:
            annotate(tmp_path / "in.xlsx", tmp_path / "out.xlsx", plan())
            (tmp_path / "out.xlsx").unlink()
        else:
            refused(tmp_path, "重名")


def test_bombs_are_refused(tmp_path: Path) -> None:
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    write(tmp_path / "in.xlsx", parts(entity + worksheet()))
    refused(tmp_path, "不安全")
    write(tmp_path / "in.xlsx", parts((entity + worksheet()).encode("utf-16")))
    refused(tmp_path, "不安全")
    write(tmp_path / "in.xlsx", parts(extra={"docProps/app.xml": entity + "<a>&b;</a>"}))
    refused(tmp_path, "不安全")
    write(tmp_path / "in.xlsx", parts(worksheet() + " " * (80 << 20)))
    refused(tmp_path, "压缩炸弹")


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.xlsx").write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"))
    refused(tmp_path, "加密")
    (tmp_path / "in.xlsx").write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600))
    refused(tmp_path, "不是 .xlsx")
    (tmp_path / "in.xlsx").write_bytes(b"")
    refused(tmp_path, "损坏")
    write(tmp_path / "in.xlsx", {"a.txt": "a"})
    refused(tmp_path, "不是 .xlsx")
    write(tmp_path / "in.xlsx", parts())
    data = (tmp_path / "in.xlsx").read_bytes()
    (tmp_path / "in.xlsx").write_bytes(data[: len(data) // 2])
    refused(tmp_path, "损坏")


def test_damaged_parts_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "in.xlsx", parts(extra={"xl/media/a.bin": os.urandom(1000)}))
    with zipfile.ZipFile(tmp_path / "in.xlsx") as archive:
        offset = archive.getinfo("xl/media/a.bin").header_offset + 60
    data = bytearray((tmp_path / "in.xlsx").read_bytes())
    data[offset] ^= 0xFF
    (tmp_path / "in.xlsx").write_bytes(data)
    refused(tmp_path, "损坏")
    write(tmp_path / "in.xlsx", parts(worksheet().replace("</row></sheetData>", "</sheetData>")))
    refused(tmp_path, "损坏")
    write(tmp_path / "in.xlsx", parts(worksheet()[:-5]))
    refused(tmp_path, "损坏")


def test_encrypted_members_and_signed_workbooks_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "in.xlsx", parts())
    data = bytearray((tmp_path / "in.xlsx").read_bytes())
    position = data.index(b"PK\1\2")
    data[position + 8 : position + 10] = struct.pack("<H", 1)
    (tmp_path / "in.xlsx").write_bytes(data)
    refused(tmp_path, "加密")
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    signed = f'<Relationship Id="s" Type="{kind}" Target="_xmlsignatures/origin.sigs"/></Relationships>'
    extra = {
        "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml")).replace("</Relationships>", signed),
        "_xmlsignatures/origin.sigs": b"",
    }
    write(tmp_path / "in.xlsx", parts(extra=extra))
    refused(tmp_path, "数字签名")


def test_zip64_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "in.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts(extra={"xl/media/a.bin": b"x" * 99}).items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(data.encode() if isinstance(data, str) else data)
    annotate(tmp_path / "in.xlsx", tmp_path / "out.xlsx", plan())
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")[SHEET]["C2"].value == "已判定"


def test_macros_stay_with_and_without_their_part(tmp_path: Path) -> None:
    macro = f"{TYPES}.sheet.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    types = str(parts()["[Content_Types].xml"]).replace(*macro)
    path = annotated(tmp_path, parts(extra={"[Content_Types].xml": types, "xl/vbaProject.bin": b"\xd0\xcfmacro"}))
    with zipfile.ZipFile(path) as archive:
        assert archive.read("xl/vbaProject.bin") == b"\xd0\xcfmacro"
        assert macro[1] in archive.read("[Content_Types].xml").decode()
    assert "vbaProject" not in part(
        annotated(tmp_path, parts(extra={"[Content_Types].xml": types})), "[Content_Types].xml"
    )


def test_the_calculation_chain_is_left(tmp_path: Path) -> None:
    chain = f'<calcChain xmlns="{MAIN}"><c r="B2" i="1"/></calcChain>'
    book = relationships(
        ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("calcChain", "calcChain.xml")
    )
    extra = {"xl/calcChain.xml": chain, "xl/_rels/workbook.xml.rels": book}
    path = annotated(tmp_path, parts(extra=extra), plan(marks={"B2": "error"}))
    assert part(path, "xl/calcChain.xml") == chain and "calcChain.xml" in part(path, "xl/_rels/workbook.xml.rels")


def test_summary_comes_last_under_a_free_name(tmp_path: Path) -> None:
    workbook = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookProtection lockStructure="1"/><sheets>'
        f'<sheet name="{SHEET}" sheetId="7" r:id="rId1"/></sheets><definedNames><definedName name="x" localSheetId="0">'
        f"{SHEET}!$A$1</definedName></definedNames><calcPr calcId="
        '"1"/></workbook>'
    )
    rows = [["项目", "数"], [Link("去第二行", SHEET.upper(), "A2"), "=1"], [Link("没有", "无此表", "A1"), ""]]
    content = parts(extra={"xl/workbook.xml": workbook})
    path = annotated(tmp_path, content, plan(summary=Summary(SHEET, rows)))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [SHEET, f"{SHEET} (2)"]
    sheet = book.worksheets[1]
    assert sheet["B2"].value == "=1" and sheet["B2"].data_type == "s"
    assert sheet["A2"].hyperlink.location == f"'{SHEET}'!A2" and sheet["A3"].hyperlink is None
    assert book.security.lockStructure and book.worksheets[0].defined_names["x"].value == f"{SHEET}!$A$1"
    long = "汇" * 40 + "/:"
    assert (
        len(openpyxl.load_workbook(annotated(tmp_path, parts(), plan(summary=Summary(long, [])))).sheetnames[1]) == 31
    )


def test_the_source_is_never_overwritten(tmp_path: Path) -> None:
    source = write(tmp_path / "in.xlsx", parts())
    before = source.read_bytes()
    with pytest.raises(CannotAnnotate, match="原文件"):
        annotate(source, source, plan())
    assert source.read_bytes() == before


def test_a_file_that_fails_the_guard_is_not_delivered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise GuardError("row 3 stands behind row 4")

    write(tmp_path / "in.xlsx", parts())
    monkeypatch.setattr(writer_module, "check", fail)
    refused(tmp_path, "无法安全写入")
