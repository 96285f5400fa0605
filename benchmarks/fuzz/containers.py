"""Mutations of a file's bytes: of any file, and of a zip's headers, directory, and list of parts."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from random import Random

from benchmarks.fuzz import values

Parts = list[tuple[str, bytes]]
_RECORDS = {b"PK\1\2": 46, b"PK\3\4": 30, b"PK\5\6": 22}
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_NAMES = [
    "xl/workbook.xml", "XL/WORKBOOK.XML", "xl\\workbook.xml", "/xl/workbook.xml", "../xl/workbook.xml", "content.xml",
    "[Content_Types].xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "mimetype", "", "/",
    "xl/", "名.xml", "a" * 4000, "xl/worksheets/sheet1.xml ", "META-INF/manifest.xml", "xl/vbaProject.bin", "..", "C:\\x",
    "_xmlsignatures/sig1.xml", "xl/comments1.xml",
]  # fmt: skip


def edited(data: bytes, chance: Random) -> bytes:
    """One change of the bytes themselves."""
    changed = bytearray(data)
    at = chance.randrange(len(data) + 1)
    length = chance.choice((1, 1, 2, 4, 16, 200, 3000))
    match chance.randrange(7):
        case 0:
            for _ in range(chance.choice((1, 1, 3, 30))):
                if changed:
                    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        case 1:
            del changed[at:]
        case 2:
            del changed[at : at + length]
        case 3:
            changed[at:at] = changed[at : at + length] * chance.choice((1, 1, 2, 50))
        case 4:
            changed[at:at] = chance.randbytes(length)
        case 5:
            size = chance.choice((1, 2, 4, 8))
            changed[at : at + size] = _number(chance, size)
        case 6:
            other = chance.randrange(len(data) + 1)
            changed[at : at + length] = data[other : other + length]
    return bytes(changed)


def _number(chance: Random, size: int) -> bytes:
    top = 1 << 8 * size
    number = chance.choice((0, 1, 2, top - 1, top // 2, top // 2 - 1, chance.randrange(top), chance.randrange(64)))
    return number.to_bytes(size, chance.choice(("little", "big")))


def unpacked(data: bytes) -> Parts:
    """The parts of a sound zip, in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return [(info.filename, package.read(info)) for info in package.infolist() if not info.is_dir()]


def packed(parts: Parts, chance: Random) -> bytes:
    """A zip of these parts; names may repeat. Seldom in a method that no office program writes."""
    stream = io.BytesIO()
    method = chance.choice(_METHODS) if chance.random() < 0.05 else zipfile.ZIP_DEFLATED
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", method, compresslevel=1) as package:
        warnings.simplefilter("ignore")  # repeated names are meant
        for name, data in parts:
            package.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return stream.getvalue()


def rearranged(parts: Parts, chance: Random) -> Parts:
    """One part renamed, repeated, lost, emptied, exchanged with another, or moved."""
    parts = list(parts)
    here, there = chance.randrange(len(parts)), chance.randrange(len(parts))
    name, data = parts[here]
    match chance.randrange(7):
        case 0:
            parts[here] = (chance.choice(_NAMES), data)
        case 1:
            parts.insert(there, (name, chance.choice((data, b"", parts[there][1]))))
        case 2:
            del parts[here]
        case 3:
            parts[here] = (name, chance.choice((b"", b"\x00", b"<", b"<a/>", b"\xef\xbb\xbf" + data)))
        case 4:
            parts[here], parts[there] = (name, parts[there][1]), (parts[there][0], data)
        case 5:
            parts.insert(there, parts.pop(here))
        case 6:
            parts.append((chance.choice((name.upper(), name.replace("/", "\\"), chance.choice(_NAMES))), data))
    return parts or [("a", b"")]


def misled(data: bytes, chance: Random) -> bytes:
    """One lie in a header, the directory or the end record of a zip."""
    changed = bytearray(data)
    kind = chance.choice(list(_RECORDS))
    places = _places(data, kind)
    if not places:
        return edited(data, chance)
    at = chance.choice(places)
    match chance.randrange(5):
        case 0 | 1:
            size = chance.choice((2, 4))
            field = at + chance.randrange(4, _RECORDS[kind] - size + 1)
            changed[field : field + size] = _number(chance, size)
        case 2:
            changed[0:0] = chance.choice((b"\x00", b"MZ" + bytes(60), b"PK\3\4", b"\xef\xbb\xbf"))
        case 3:
            changed += chance.choice((b"\x00" * 40, data[-22:], data, b"PK\5\6" + bytes(18)))
        case 4:
            count = chance.choice((0, 1, 65535, 3))
            for end in _places(data, b"PK\5\6"):
                changed[end + 8 : end + 12] = struct.pack("<2H", count, count)
    return bytes(changed)


def _places(data: bytes, mark: bytes) -> list[int]:
    places, at = [], data.find(mark)
    while at >= 0:
        places.append(at)
        at = data.find(mark, at + 1)
    return places


def renamed(name: str, chance: Random) -> str:
    """A file name, now and then with another suffix or of another kind than the content."""
    if chance.random() < 0.9:
        return name
    stem = name.rpartition(".")[0]
    return chance.choice((f"{stem}.xlsm", f"{stem}.xls", f"{stem}.ods", f"{stem}.csv", f"{stem}.XLSX", f"{stem}.xlsb"))


def any_text(chance: Random) -> bytes:
    """Lines of unfit values, as a .csv might hold."""
    comma = chance.choice((",", ",", ",", "\t", ";", "|"))
    lines = [comma.join(values.word(chance) for _ in range(chance.randrange(12))) for _ in range(chance.randrange(20))]
    text = chance.choice(("\n", "\r\n", "\r")).join(lines)
    return text.encode(chance.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16")), "replace")
