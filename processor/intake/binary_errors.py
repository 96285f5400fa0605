"""The cells of binary workbooks (.xls and .xlsb) that hold an Excel error, or a formula that was never calculated.

The parser reads both as empty. Libraries that write .xls store an empty text as the value of every formula; so does Excel
for a formula whose value is one. They are told apart by whether any formula of the workbook has another value.
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

from processor.intake.grid import Grid, OddCells, parse
from processor.intake.guard import Limits, damaged, read_part
from processor.intake.raw import UNCALCULATED

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
    rb"\x05\x02\x08\x00.{7}\x01|\x06\x00.{8}(?:\x02.[\x00\x07\x0f\x17\x1d\x24\x2a\x2b].{3}|\x03.{5})\xff\xff", re.DOTALL
)
_CELLS = frozenset({_FORMULA, _CONSTANT, 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204})  # numbers, and texts in two ways
_WIDE = 0x0600  # BIFF8, whose names are Unicode
_CODEPAGES = {
    1252: "cp1252",
    950: "big5",
    932: "cp932",
    949: "cp949",
}  # of names before BIFF8; others are taken for Chinese
_ROW, _ERROR_CELL, _ERROR_OF_FORMULA, _BUNDLED_SHEET = 0, 3, 11, 156


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
    """One sheet: its errors, its formulas with an empty text, the rows with cells of another kind."""

    errors: Errors = field(default_factory=dict)
    empty: list[tuple[int, int]] = field(default_factory=list)
    filled: set[int] = field(default_factory=set)
    calculated: bool = False

    def odd(self, uncalculated: bool) -> Errors:
        """The errors, and where nothing was ever calculated the formulas in rows that hold something."""
        doubted = [place for place in self.empty if uncalculated and place[0] in self.filled]
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
        else:
            scan.calculated = True
    return scan


def xlsb_errors(path: Path, limits: Limits) -> dict[str, Errors]:
    """By sheet, (row, column) from 1 of each cell that holds an error, and how Excel shows it."""
    try:
        with zipfile.ZipFile(path) as package:
            names = {name.replace("\\", "/").lower(): name for name in package.namelist()}
            book = next(name for name in names if name.endswith("workbook.bin"))
            folder, base = posixpath.split(book)
            targets = _targets(package, names.get(f"{folder}/_rels/{base}.rels"), limits)
            found = {}
            for identity, title in _bundled(b"".join(read_part(package, names[book], limits))):
                part = posixpath.normpath(posixpath.join(folder, targets.get(identity, ""))).lower()
                if part in names:
                    found[title] = dict(_error_cells(b"".join(read_part(package, names[part], limits))))
            return found
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


def _error_cells(data: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    row = 0
    for kind, content in _packed(data):
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", content)
        elif kind in (_ERROR_CELL, _ERROR_OF_FORMULA) and len(content) >= 9:
            (column,) = struct.unpack_from("<I", content)
            yield (row + 1, column + 1), _SHOWN.get(content[8], "#N/A")
