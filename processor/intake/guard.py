"""What a delivered file really is, and whether it can be opened within bounded time and memory."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from processor.intake.rejection import WorkbookRejected

FileFormat = Literal["xlsx", "xls", "ods", "csv"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CHUNK = 1 << 22
_RATIO_COUNTS_FROM = 1 << 24
_SAVE_ANEW = "请用 Excel 或 WPS 打开原文件，另存为 .xlsx，再放入收件夹。"
_SPLIT = "请把内容分成几个较小的文件，或删去多余的行、列和工作表，再放入收件夹。"


@dataclass(frozen=True)
class Limits:
    """Bounds of one delivered file: sizes in bytes; `ratio` is unpacked to packed size of files above 16 MiB unpacked.

    `rows`, `columns` and `cells` bound the used area of one sheet, `faults` the faulty cells of all sheets;
    `memory_bytes` and `seconds` bound the process that reads an .xls or .ods.
    """

    file_bytes: int = 256 << 20
    unpacked_bytes: int = 384 << 20
    ratio: int = 200
    parts: int = 10_000
    sheets: int = 200
    rows: int = 300_000
    columns: int = 1_000
    cells: int = 20_000_000
    faults: int = 50_000
    memory_bytes: int = 2 << 30
    seconds: int = 120


def sniff(path: Path, limits: Limits) -> FileFormat:
    """The format by content, whatever the name. Raises WorkbookRejected for what is no workbook or unsafe to open."""
    size = path.stat().st_size
    if size == 0:
        raise WorkbookRejected("empty", "文件是空的，里面没有任何内容。", "请重新保存或复制文件，再放入收件夹。")
    if size > limits.file_bytes:
        raise WorkbookRejected("too_large", f"文件有 {size >> 20} MB，超过上限 {limits.file_bytes >> 20} MB。", _SPLIT)
    with path.open("rb") as file:
        head = file.read(8)
    if head == _OLE:
        return _sniff_ole(path)
    if head.startswith(b"PK"):
        return _sniff_zip(path, limits)
    if path.suffix.lower() == ".csv":
        return "csv"
    raise WorkbookRejected("not_workbook", "文件的内容不是 Excel 工作簿，可能只是改了扩展名。", _SAVE_ANEW)


def read_part(package: zipfile.ZipFile, name: str, limits: Limits) -> Iterator[bytes]:
    """A part's content in chunks, by what the data unpack to and not by what the directory claims.

    Raises WorkbookRejected where it is damaged, encrypted, or larger than the limits allow.
    """
    info = copy(package.getinfo(name))
    info.file_size = limits.unpacked_bytes + 1
    total = 0
    try:
        with package.open(info) as part:
            while chunk := part.read(_CHUNK):
                total += len(chunk)
                if total > limits.unpacked_bytes:
                    raise _bomb(total, limits)
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise damaged() from error


def damaged() -> WorkbookRejected:
    """The rejection of a file that is broken inside."""
    return WorkbookRejected("damaged", "文件已损坏或没有复制完整，打不开。", _SAVE_ANEW)


def odd_encoding() -> WorkbookRejected:
    """The rejection of a package whose parts are in an encoding that the parser does not know."""
    return WorkbookRejected("damaged", "文件内部使用了少见的文字编码，读不出来。", _SAVE_ANEW)


def too_wide(what: str, found: int, limit: int) -> WorkbookRejected:
    """The rejection of a workbook with more of something than the limits allow."""
    return WorkbookRejected("too_large", f"{what}有 {found}，超过上限 {limit}。", _SPLIT)


def _sniff_ole(path: Path) -> FileFormat:
    if _ENCRYPTED in path.read_bytes():
        raise encrypted()
    return "xls"


def encrypted() -> WorkbookRejected:
    """The rejection of a file behind a password."""
    return WorkbookRejected("encrypted", "文件设了打开密码，无法读取。", "请取消打开密码后重新保存，再放入收件夹。")


def _sniff_zip(path: Path, limits: Limits) -> FileFormat:
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            names = {part.filename.replace("\\", "/").lower() for part in parts}
            _check_directory(parts, path.stat().st_size, limits)
            if "content.xml" in names:
                _check_methods(parts)
                manifest = (
                    b"".join(read_part(package, "META-INF/manifest.xml", limits))
                    if "meta-inf/manifest.xml" in names
                    else b""
                )
                if b"encryption-data" in manifest:
                    raise encrypted()
                return "ods"
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, KeyError, EOFError) as error:
        raise damaged() from error
    if "xl/workbook.xml" in names or any(name.endswith("workbook.xml") for name in names):
        _check_methods(parts)
        return "xlsx"
    if "[content_types].xml" in names:
        raise WorkbookRejected("not_workbook", "这是别的 Office 文件，不是 .xlsx 工作簿。", _SAVE_ANEW)
    raise WorkbookRejected("not_workbook", "文件是压缩包，不是 Excel 工作簿。", "请解压后把里面的工作簿放入收件夹。")


def _check_directory(parts: list[zipfile.ZipInfo], packed: int, limits: Limits) -> None:
    if len(parts) > limits.parts:
        raise too_wide("文件内部的部件", len(parts), limits.parts)
    if any(part.flag_bits & 1 for part in parts):
        raise encrypted()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked_bytes or (unpacked > _RATIO_COUNTS_FROM and unpacked > limits.ratio * packed):
        raise _bomb(unpacked, limits)


def _check_methods(parts: list[zipfile.ZipInfo]) -> None:
    """Refuse methods that no office program writes; some of them let a part claim gigabytes of memory."""
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise WorkbookRejected("damaged", "文件内部使用了少见的压缩方式，读不出来。", _SAVE_ANEW)


def _bomb(unpacked: int, limits: Limits) -> WorkbookRejected:
    return WorkbookRejected(
        "too_large",
        f"文件解开后有 {unpacked >> 20} MB，超过上限 {limits.unpacked_bytes >> 20} MB 或 {limits.ratio} 倍压缩比。",
        _SPLIT,
    )
