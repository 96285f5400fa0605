"""The cells of binary workbooks (.xls and .xlsb) that hold an Excel error, or a formula that was never calculated.

The parser reads both as empty, or the latter as 0. Libraries that write .xls store an empty text as the value of every
formula; so does Excel for a formula whose value is one. They are told apart by whether any formula of the workbook has
another value. Others store 0 and ask for a calculation when the workbook is opened; there a 0 counts as calculated only
where another formula of its column has another value.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import olefile
from lxml import etree

from processor.intake.grid import UNCALCULATED, Grid, OddCells, parse
from processor.intake.guard import Limits, damaged, read_part

Errors = dict[tuple[int, int], str]

_SHOWN = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
    43: "#GETTING_DATA",
}
_BOF, _EOF, _SHEET, _FORMULA, _CONSTANT, _CODEPAGE = 0x0809, 0x000A, 0x0085, 0x0006, 0x0205, 0x0042
_ANYTHING_ODD = re.compile(
    rb"\x05\x02\x08\x00.{7}\x01"
    rb"|\x06\x00.{8}(?:(?:\x02.[\x00\x07\x0f\x17\x1d\x24\x2a\x2b].{3}|\x03.{5})\xff\xff|\x00{8})",
    re.DOTALL,
)
_CELLS = frozenset({_FORMULA, _CONSTANT, 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204})  # numbers, and texts in two ways
_WIDE = 0x0600  # BIFF8, whose names are Unicode
_CODEPAGES = {
    1252: "cp1252",
    950: "big5",
    932: "cp932",
    949: "cp949",
}  # of names before BIFF8; others are taken for Chinese
_CALCULATE_ON_LOAD = 0x02  # of a formula of an .xls
_ROW, _ERROR_CELL, _TEXT_OF_FORMULA, _NUMBER_OF_FORMULA, _TRUTH_OF_FORMULA, _ERROR_OF_FORMULA = 0, 3, 8, 9, 10, 11
_BUNDLED_SHEET, _CALCULATION = 156, 157
_FULL_CALCULATION = 0x11  # of all formulas on loading, or some are known to be uncalculated


def parse_xls(path: Path, _: OddCells, limits: Limits) -> tuple[Grid, ...]:
    """All worksheets of an .xls, cells with an Excel error as its text. Raises WorkbookRejected."""
    return parse(path, xls_errors(path), limits)


def parse_xlsb(path: Path, _: OddCells, limits: Limits) -> tuple[Grid, ...]:
    """All worksheets of an .xlsb, cells with an Excel error as its text. Raises WorkbookRejected."""
    return parse(path, xlsb_errors(path, limits), limits)


def xls_errors(path: Path) -> dict[str, Errors]:
    """By sheet, (row, column) from 1 of each cell that holds an error or an uncalculated formula, and how it is shown."""
    try:
        with olefile.OleFileIO(str(path)) as container:
            stream = next((name for name in ("Workbook", "Book") if container.exists(name)), None)
            data = container.openstream(stream).read() if stream else b""
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise damaged() from error
    if not _ANYTHING_ODD.search(data):
        return {}
    scans = {name: _scan(data, start) for name, start in _sheets(data)}
    uncalculated = not any(scan.calculated for scan in scans.values())
    return {name: scan.odd(uncalculated) for name, scan in scans.items()}


def _records(data: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record of the substream that begins at `start`, up to its end."""
    depth = 0
    while start + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, start)
        depth += (kind == _BOF) - (kind == _EOF)
        yield kind, data[start + 4 : start + 4 + size]
        if depth <= 0:
            return
        start += 4 + size


def _sheets(data: bytes) -> Iterator[tuple[str, int]]:
    """Name and place of each sheet that an .xls lists."""
    wide, encoding = True, "gb18030"
    for kind, content in _records(data, 0):
        if kind == _BOF and len(content) >= 2:
            wide = int.from_bytes(content[:2], "little") >= _WIDE
        elif kind == _CODEPAGE and len(content) >= 2:
            encoding = _CODEPAGES.get(int.from_bytes(content[:2], "little"), "gb18030")
        elif kind == _SHEET and len(content) > 8:
            yield _name(content, wide=wide, encoding=encoding), int.from_bytes(content[:4], "little")


def _name(content: bytes, *, wide: bool, encoding: str) -> str:
    text, encoding = (content[8:], "utf-16-le" if content[7] & 1 else "latin-1") if wide else (content[7:], encoding)
    return text.decode(encoding, "replace").replace("\x00", "")


@dataclass
class _Scan:
    """One sheet: its errors, its formulas with an empty text or a doubtful 0, the rows with cells of another kind.

    columns: those in which a formula was calculated.
    """

    errors: Errors = field(default_factory=dict)
    empty: list[tuple[int, int]] = field(default_factory=list)
    zeros: list[tuple[int, int]] = field(default_factory=list)
    filled: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)

    @property
    def calculated(self) -> bool:
        return bool(self.columns)

    def odd(self, uncalculated: bool) -> Errors:
        """The errors, and where nothing was ever calculated the formulas in rows that hold something."""
        doubted = [place for place in self.empty if uncalculated and place[0] in self.filled]
        doubted += [place for place in self.zeros if place[1] not in self.columns]
        return self.errors | dict.fromkeys(doubted, UNCALCULATED)


def _scan(data: bytes, start: int) -> _Scan:
    scan = _Scan()
    for kind, content in _records(data, start):
        if kind not in _CELLS or len(content) < 6:
            continue
        row, column = struct.unpack_from("<HH", content)
        place = row + 1, column + 1
        if kind == _CONSTANT and len(content) >= 8 and content[7] == 1:
            scan.errors[place] = _SHOWN.get(content[6], "#N/A")
        elif kind != _FORMULA or len(content) < 14:
            scan.filled.add(place[0])
        elif content[12:14] == b"\xff\xff" and content[6] == 2:
            scan.errors[place] = _SHOWN.get(content[8], "#N/A")
        elif content[12:14] == b"\xff\xff" and content[6] == 3:
            scan.empty.append(place)
        elif not any(content[6:14]) and len(content) > 14 and content[14] & _CALCULATE_ON_LOAD:
            scan.zeros.append(place)
        else:
            scan.columns.add(place[1])
    return scan


def xlsb_errors(path: Path, limits: Limits) -> dict[str, Errors]:
    """By sheet, (row, column) from 1 of each cell that holds an error or an uncalculated formula, and how it is shown."""
    try:
        with zipfile.ZipFile(path) as package:
            names = {name.replace("\\", "/").lower(): name for name in package.namelist()}
            book = next(name for name in names if name.endswith("workbook.bin"))
            folder, base = posixpath.split(book)
            targets = _targets(package, names.get(f"{folder}/_rels/{base}.rels"), limits)
            found = {}
            listed = b"".join(read_part(package, names[book], limits))
            doubtful = _asks_for_calculation(listed)
            for identity, title in _bundled(listed):
                part = posixpath.normpath(posixpath.join(folder, targets.get(identity, ""))).lower()
                if part in names:
                    found[title] = _scan_packed(
                        b"".join(read_part(package, names[part], limits)), zeros_doubted=doubtful
                    )
            uncalculated = not any(scan.calculated for scan in found.values())
            return {title: scan.odd(uncalculated) for title, scan in found.items()}
    except (zipfile.BadZipFile, OSError, StopIteration, IndexError, struct.error, etree.XMLSyntaxError) as error:
        raise damaged() from error


def _targets(package: zipfile.ZipFile, name: str | None, limits: Limits) -> dict[str, str]:
    """Identity -> part of each relation of the workbook."""
    if name is None:
        return {}
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    relations = etree.fromstring(b"".join(read_part(package, name, limits)), parser)
    return {str(rel.get("Id")): str(rel.get("Target")).replace("\\", "/").removeprefix("/xl/") for rel in relations}


def _packed(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record of a part of an .xlsb."""
    place = 0
    while place < len(data):
        kind, place = data[place], place + 1
        if kind & 0x80:
            kind, place = (kind & 0x7F) | (data[place] & 0x7F) << 7, place + 1
        size = shift = 0
        while True:
            byte, place = data[place], place + 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        yield kind, data[place : place + size]
        place += size


def _bundled(data: bytes) -> Iterator[tuple[str, str]]:
    """Identity and name of each sheet that an .xlsb lists."""
    for kind, content in _packed(data):
        if kind == _BUNDLED_SHEET:
            identity, place = _wide_text(content, 8)
            yield identity, _wide_text(content, place)[0]


def _wide_text(content: bytes, place: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", content, place)
    end = place + 4 + 2 * (0 if length == 0xFFFFFFFF else length)
    return content[place + 4 : end].decode("utf-16-le", "replace"), end


def _asks_for_calculation(data: bytes) -> bool:
    """Whether the workbook is to be calculated as a whole when it is opened."""
    settings = next((content for kind, content in _packed(data) if kind == _CALCULATION), b"")
    return len(settings) >= 25 and bool(settings[24] & _FULL_CALCULATION)


def _scan_packed(data: bytes, *, zeros_doubted: bool) -> _Scan:
    """One sheet of an .xlsb."""
    scan = _Scan()
    row = 0
    for kind, content in _packed(data):
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", content)
        elif not _ROW < kind <= _ERROR_OF_FORMULA or len(content) < 9:
            continue
        else:
            (column,) = struct.unpack_from("<I", content)
            place = row + 1, column + 1
            if kind in (_ERROR_CELL, _ERROR_OF_FORMULA):
                scan.errors[place] = _SHOWN.get(content[8], "#N/A")
            elif kind == _TEXT_OF_FORMULA and not any(content[8:12]):
                scan.empty.append(place)
            elif kind == _NUMBER_OF_FORMULA and zeros_doubted and not any(content[8:16]):
                scan.zeros.append(place)
            elif kind in (_TEXT_OF_FORMULA, _NUMBER_OF_FORMULA, _TRUTH_OF_FORMULA):
                scan.columns.add(place[1])
            else:
                scan.filled.add(place[0])
    return scan
