"""Files that are broken, dangerous, or not what their name says: rejected with a kind, or survived within bounds."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from processor.intake import Grid, Limits, Reading, WorkbookRejected, isolated
from processor.intake.grid import OddCells, parse

from .conftest import DISPATCH

Read = Callable[..., Reading]
Save = Callable[..., Path]
ROW = ["P1", "Q1", "2026-10-01", "D1", "R1", "正常", "否", None]
SHEET = "xl/worksheets/sheet1.xml"


def rejected(read: Read, path: Path, limits: Limits | None = None) -> WorkbookRejected:
    with pytest.raises(WorkbookRejected) as caught:
        read(path, limits)
    assert caught.value.reason.endswith("。") and caught.value.mend.endswith("。")
    return caught.value


def repack(path: Path, change: Callable[[str, bytes], bytes | None], extra: dict[str, bytes] | None = None) -> Path:
    """Write the package anew with each part changed, or left out where `change` gives None."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = change(name, source.read(name))
            if data is not None:
                target.writestr(name, data)
        for name, data in (extra or {}).items():
            target.writestr(name, data)
    path.write_bytes(packed.getvalue())
    return path


def with_sheet(path: Path, change: Callable[[bytes], bytes]) -> Path:
    return repack(path, lambda name, data: change(data) if name == SHEET else data)


def rows_after(data: bytes, rows: bytes) -> bytes:
    return data.replace(b"</sheetData>", rows + b"</sheetData>")


@pytest.fixture
def good(save: Save) -> Path:
    return save({"表": [DISPATCH, ROW]})


def test_empty_file(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.xlsx"
    path.touch()
    assert rejected(read, path).kind == "empty"


def test_workbook_without_a_cell(save: Save, read: Read) -> None:
    assert rejected(read, save({"表": []})).kind == "empty"


@pytest.mark.parametrize(
    "content", [b"just text", "登记表".encode(), b"<html><table></table></html>", b"\x00" * 512, b"PK"]
)
def test_renamed_files_are_no_workbooks(tmp_path: Path, read: Read, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert rejected(read, path).kind in ("not_workbook", "damaged")


def test_other_zip_files_are_no_workbooks(tmp_path: Path, read: Read) -> None:
    for name, member in (("a.xlsx", "readme.txt"), ("b.xlsx", "[Content_Types].xml")):
        with zipfile.ZipFile(tmp_path / name, "w") as package:
            package.writestr(member, "x")
        assert rejected(read, tmp_path / name).kind == "not_workbook"


def test_a_csv_that_is_no_text(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xff\xfe\x00\x81" * 50)
    assert rejected(read, path).kind == "not_workbook"
    path.write_text("你好\n没有表头\n", encoding="utf-8")
    assert rejected(read, path).kind == "unknown"


def test_encrypted_workbook(good: Path, read: Read) -> None:
    msoffcrypto = pytest.importorskip("msoffcrypto.format.ooxml")
    plain = io.BytesIO(good.read_bytes())
    with good.open("wb") as target:
        msoffcrypto.OOXMLFile(plain).encrypt("geheim", target)
    assert rejected(read, good).kind == "encrypted"


def test_encrypted_zip_member(good: Path, read: Read) -> None:
    data = bytearray(good.read_bytes())
    directory = data.rfind(b"PK\x01\x02")
    data[directory + 8] |= 1
    good.write_bytes(bytes(data))
    assert rejected(read, good).kind == "encrypted"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_half_copied_workbook(good: Path, read: Read, share: float) -> None:
    data = good.read_bytes()
    good.write_bytes(data[: int(len(data) * share)])
    assert rejected(read, good).kind == "damaged"


def test_flipped_bytes_inside_a_part(good: Path, read: Read) -> None:
    data = bytearray(good.read_bytes())
    with zipfile.ZipFile(good) as package:
        start = package.getinfo(SHEET).header_offset + 80
    data[start : start + 16] = b"\xff" * 16
    good.write_bytes(bytes(data))
    assert rejected(read, good).kind == "damaged"


def test_zip_bomb_by_ratio_and_by_size(good: Path, read: Read) -> None:
    bomb = {"xl/media/a.bin": b"\0" * (40 << 20)}
    assert rejected(read, repack(good, lambda name, data: data, bomb)).kind == "too_large"
    assert rejected(read, good, Limits(unpacked_bytes=1 << 20, ratio=10**6)).kind == "too_large"


def test_a_directory_that_lies_about_sizes(good: Path, read: Read) -> None:
    repack(good, lambda name, data: data, {"xl/sharedstrings2.xml": b" " * (8 << 20)})
    data = bytearray(good.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = data.rfind(signature)
        data[place + offset : place + offset + 4] = (10).to_bytes(4, "little")
    good.write_bytes(bytes(data))
    assert rejected(read, good, Limits(unpacked_bytes=4 << 20)).kind in ("too_large", "damaged")


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_everywhere(good: Path, read: Read, part: str, encoding: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'

    def add(name: str, data: bytes) -> bytes:
        return (bomb + data.decode("utf-8")).encode(encoding) if name == part else data

    assert rejected(read, repack(good, add)).kind == "unsafe"


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c>',
        b"<c\n t = 'n' r = 'xfd1048576'><v>1</v></c>",
        b'<c r="XFD1048576">text<!-- > --><v>1</v></c>',
        b'<c x=">" r="XFD1048576"><v>1</v></c>',
        b'<x:c r="XFD1048576"><x:v>1</x:v></x:c>',
    ],
)
def test_two_cells_in_opposite_corners(good: Path, read: Read, cell: bytes) -> None:
    corner = b'<row r="1048576">' + cell + b"</row>"
    tracemalloc.start()
    assert rejected(read, with_sheet(good, lambda data: rows_after(data, corner))).kind in ("too_large", "damaged")
    assert tracemalloc.get_traced_memory()[1] < 64 << 20
    tracemalloc.stop()


def test_blank_rows_between_far_corners_take_no_memory_on_any_number_of_sheets(save: Save, read: Read) -> None:
    apart = [DISPATCH, ROW, *[[]] * 2_000, [None] * 98 + ["远"]]
    path = save({f"表{number}": apart for number in range(4)})
    assert len(read(path, Limits(cells=200_000)).sheets) == 4
    assert rejected(read, path, Limits(cells=190_000)).kind == "too_large"  # one sheet's used area
    filled = save({f"表{number}": [DISPATCH, *[ROW] * 20] for number in range(4)}, name="满.xlsx")
    assert "单元格数" in rejected(read, filled, Limits(cells=600)).reason  # of all sheets together
    assert len(read(filled, Limits(cells=800)).sheets) == 4


def test_the_cells_of_a_text_table_are_bounded(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "派单.csv"
    path.write_text("\n".join([",".join(DISPATCH), *[",".join(cell or "" for cell in ROW)] * 9]), encoding="utf-8")
    assert len(read(path, Limits(cells=80)).sheets) == 1
    assert "单元格数" in rejected(read, path, Limits(cells=79)).reason


def test_merges_over_each_other_cost_no_time(good: Path, read: Read) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(3, 3_000))
    merges = (
        b"<mergeCells>" + b"".join(b'<mergeCell ref="A%d:A1048576"/>' % n for n in range(3, 3_000)) + b"</mergeCells>"
    )
    path = with_sheet(good, lambda data: rows_after(data, rows).replace(b"</sheetData>", b"</sheetData>" + merges))
    assert len(read(path).sheets[0].frame) == 1


def test_cells_that_name_no_place_count_too(good: Path, read: Read) -> None:
    cells = b"<row>" + b"<c><v>1</v></c>" * 16_384 + b"</row>"
    assert rejected(read, with_sheet(good, lambda data: rows_after(data, cells))).kind == "too_large"


def test_many_rows_whose_cells_name_no_place_are_read(good: Path, read: Read) -> None:
    cells = b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % text for text in (b"P", b"Q1", b"2026-10-01"))
    many = with_sheet(good, lambda data: rows_after(data, (b"<row>" + cells + b"</row>") * 6_000))
    assert len(read(many).sheets[0].frame) == 6_001


def test_parts_in_an_encoding_that_the_parser_would_skip(good: Path, read: Read) -> None:
    assert rejected(read, with_sheet(good, lambda data: data.decode("utf-8").encode("utf-16"))).kind == "damaged"


def test_a_parser_that_would_exhaust_memory_dies_alone(tmp_path: Path, read: Read) -> None:
    data = bytearray((Path(__file__).parent / "files" / "dispatch.xls").read_bytes())
    record = data.find(b"\xfd\x00\x0a\x00") + 4  # a text cell; row and column follow
    data[record : record + 4] = b"\xff\xff\xff\xff"
    path = tmp_path / "a.xls"
    path.write_bytes(bytes(data))
    assert rejected(read, path, Limits(memory_bytes=1 << 30)).kind in ("damaged", "too_large")


@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "XL/SharedStrings.xml"])
@pytest.mark.parametrize("claim", [b'uniqueCount="9007199254740993"', b"uniqueCount = '0009007199254740993'"])
def test_strings_that_are_only_claimed_reserve_no_memory(good: Path, read: Read, name: str, claim: bytes) -> None:
    strings = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" %s><si><t>a</t></si></sst>' % claim
    )
    parts = {name: strings}
    path = repack(good, lambda part, data: None if part.lower() == name.lower() else data, parts)
    assert rejected(read, path).kind in ("damaged", "too_large")


def test_a_part_that_is_there_twice_is_parsed_apart(good: Path, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def apart(path: Path, odd_cells: OddCells, limits: Limits) -> tuple[Grid, ...]:
        asked.append(path)
        return parse(path, odd_cells, limits)

    monkeypatch.setattr(isolated, "read_isolated", apart)
    read(good)
    assert not asked
    read(repack(good, lambda part, data: data, {"DOCPROPS/APP.XML": b"<Properties/>"}))
    assert asked == [good]


def test_a_parser_that_takes_too_long_is_stopped(read: Read) -> None:
    assert rejected(read, Path(__file__).parent / "files" / "dispatch.xls", Limits(seconds=0)).kind == "late"


def test_sixteen_thousand_columns_of_format_only(good: Path, read: Read) -> None:
    styled = b'<row r="3">' + b"".join(b'<c r="%s3" s="1"/>' % name for name in (b"Z", b"ZZ", b"XFD")) + b"</row>"
    assert len(read(with_sheet(good, lambda data: rows_after(data, styled))).sheets[0].frame) == 1


def test_a_million_formatted_empty_rows(good: Path, read: Read) -> None:
    empty = b"".join(b'<row r="%d" ht="20" customHeight="1"/>' % n for n in range(3, 1_048_577))
    assert len(read(with_sheet(good, lambda data: rows_after(data, empty))).sheets[0].frame) == 1


def test_ten_thousand_sheets(good: Path, read: Read) -> None:
    def add(name: str, data: bytes) -> bytes:
        one = b'<sheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" name="s%d" sheetId="%d"/>'
        many = b"".join(one % (n, n) for n in range(2, 10_002))
        return data.replace(b"</sheets>", many + b"</sheets>") if name == "xl/workbook.xml" else data

    assert rejected(read, repack(good, add)).kind == "too_large"


def test_a_flood_of_shared_strings(good: Path, read: Read) -> None:
    flood = b"<sst>" + b"<si><t>x</t></si>" * (1 << 20) + b"</sst>"
    repack(good, lambda name, data: data, {"xl/sharedStrings.xml": flood})
    assert rejected(read, good, Limits(unpacked_bytes=16 << 20, ratio=10**6)).kind == "too_large"


def test_repeated_cells_of_an_ods(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.ods"
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", f"<office:body><table:table >{row}</table:table></office:body>")
    assert rejected(read, path).kind == "too_large"


def test_a_password_on_an_ods(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("content.xml", b"\x8a\x01")
        package.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    assert rejected(read, path).kind == "encrypted"


def test_names_that_climb_out_of_the_package_do_no_harm(good: Path, read: Read) -> None:
    repack(good, lambda name, data: data, {"../../evil.xml": b"<a/>", "/etc/evil": b"x", "C:\\evil": b"x"})
    assert len(read(good).sheets) == 1


def test_markup_formulas_and_control_characters_stay_plain_text(save: Save, read: Read) -> None:
    odd = ["<script>alert(1)</script>", "=1+1", "\u202e倒写", "_x0007_响铃"]
    rows = [[f"P{n}", "Q1", "2026-10-01", None, None, None, None, text] for n, text in enumerate(odd)]

    def as_text(workbook: object) -> None:
        for row in workbook["表"].iter_rows(min_row=2):  # type: ignore[index]
            row[7].data_type = "s"

    frame = read(save({"表": [DISPATCH, *rows]}, as_text)).sheets[0].frame
    assert frame["拒单理由"].tolist()[:3] == ["<script>alert(1)</script>", "=1+1", "倒写"]


def test_a_name_of_255_bytes_with_spaces(good: Path, tmp_path: Path, read: Read) -> None:
    path = good.rename(tmp_path / ("登 记" * 35 + ".xlsx"))
    assert read(path).file == path.name


@pytest.mark.skipif(sys.platform == "win32", reason="Windows bounds no process by its time")
def test_the_parsers_process_ends_even_where_nobody_waits_for_it():
    endless = Path(__file__).parent / "files" / "found" / "broken-markup.ods"
    child = subprocess.run(
        [sys.executable, "-m", "processor.intake.isolated"],
        input=pickle.dumps((endless, {}, Limits(seconds=1), parse)),
        capture_output=True,
        timeout=100,
    )
    assert child.returncode < 0
