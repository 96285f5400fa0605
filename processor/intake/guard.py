"""Whether a delivered file can be opened within bounded time and memory."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

from processor.intake.rejection import WorkbookRejected

_CHUNK = 1 << 22
_RATIO_COUNTS_FROM = 1 << 24
SAVE_ANEW = "请用 Excel 或 WPS 打开原文件，另存为 .xlsx，再放入收件夹。"
_SPLIT = "请把内容分成几个较小的文件，或删去多余的行、列和工作表，再放入收件夹。"


@dataclass(frozen=True)
class Limits:
    """Bounds of one delivered file: sizes in bytes; `ratio` is unpacked to packed size of files above 16 MiB unpacked.

    `rows`, `columns` and `cells` bound the used area of one sheet, `cells` also what is held of all sheets together,
    `faults` the faulty cells of all sheets;
    `csv_bytes` and `csv_line_bytes` a text table; `memory_bytes` and `seconds` the process that reads what is no .xlsx.
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
    csv_bytes: int = 128 << 20
    csv_line_bytes: int = 1 << 20
    memory_bytes: int = 2 << 30
    seconds: int = 120


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
    return WorkbookRejected("damaged", "文件已损坏或没有复制完整，打不开。", SAVE_ANEW)


def late(limits: Limits) -> WorkbookRejected:
    """The rejection of a file whose reader took too long or died."""
    return WorkbookRejected("late", f"没有能在规定时间（{limits.seconds}秒）内读完。", SAVE_ANEW)


def odd_encoding() -> WorkbookRejected:
    """The rejection of a package whose parts are in an encoding that the parser does not know."""
    return WorkbookRejected("damaged", "文件内部使用了少见的文字编码，读不出来。", SAVE_ANEW)


def too_big(reason: str) -> WorkbookRejected:
    """The rejection of a file that is larger than the limits allow."""
    return WorkbookRejected("too_large", reason, _SPLIT)


def too_wide(what: str, found: int, limit: int) -> WorkbookRejected:
    """The rejection of a workbook with more of something than the limits allow."""
    return too_big(f"{what}有 {found}，超过上限 {limit}。")


def encrypted() -> WorkbookRejected:
    """The rejection of a file behind a password."""
    return WorkbookRejected("encrypted", "文件设了打开密码，无法读取。", "请取消打开密码后重新保存，再放入收件夹。")


def unsafe() -> WorkbookRejected:
    """The rejection of a file whose XML declares a DTD or entities."""
    return WorkbookRejected(
        "unsafe",
        "文件内部含有不允许的定义（DTD 或实体），不是正常保存的工作簿。",
        "请用 Excel 或 WPS 打开原文件，另存为 .xlsx，再放入收件夹。",
    )


def check_directory(parts: list[zipfile.ZipInfo], packed: int, limits: Limits) -> None:
    """Refuse a package that is encrypted or claims to unpack to more than the limits allow; `packed` in bytes."""
    if len(parts) > limits.parts:
        raise too_wide("文件内部的部件", len(parts), limits.parts)
    if any(part.flag_bits & 1 for part in parts):
        raise encrypted()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked_bytes or (unpacked > _RATIO_COUNTS_FROM and unpacked > limits.ratio * packed):
        raise _bomb(unpacked, limits)


def check_methods(parts: list[zipfile.ZipInfo]) -> None:
    """Refuse methods that no office program writes; some of them let a part claim gigabytes of memory."""
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise WorkbookRejected("damaged", "文件内部使用了少见的压缩方式，读不出来。", SAVE_ANEW)


def _bomb(unpacked: int, limits: Limits) -> WorkbookRejected:
    return too_big(
        f"文件解开后有 {unpacked >> 20} MB，超过上限 {limits.unpacked_bytes >> 20} MB 或 {limits.ratio} 倍压缩比。"
    )
