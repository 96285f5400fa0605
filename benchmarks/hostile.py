"""What broken and hostile files cost a batch: seconds and peak memory of `once` with one such file in the inbox.

    python -m benchmarks.hostile [CASE ...]

Each case runs in a process of its own. The peak includes the processes that read doubtful files apart.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

import openpyxl

from processor.batch.run import Options, run
from processor.batch.setup import prepare
from processor.catalogue.register_reader import load_registers
from processor.site_reader import load_site

SHEET, BOOK, STRINGS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"
SECONDS, MEGABYTES = 60, 2048
SITE = '[site]\nname = "测试公司"\nsettle_seconds = 0\n[[units]]\nname = "城东店"\npacks = ["renovation"]\n'


def good() -> bytes:
    """A register with one row."""
    register = load_registers()["enquiries"]
    book = openpyxl.Workbook()
    book.active.append(register.headers)
    book.active.append(["Q1", "2026-10-12"])
    return _bytes(book.save)


def _bytes(write: Callable[[io.BytesIO], object]) -> bytes:
    stream = io.BytesIO()
    write(stream)
    return stream.getvalue()


def repacked(change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> bytes:
    """The good register with each part changed, and more parts."""

    def write(stream: io.BytesIO) -> None:
        with (
            zipfile.ZipFile(io.BytesIO(good())) as source,
            zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
        ):
            for name in source.namelist():
                if name not in (extra or {}):
                    target.writestr(name, change(name, source.read(name)))
            for name, data in (extra or {}).items():
                target.writestr(name, data)

    return _bytes(write)


def with_rows(rows: bytes) -> bytes:
    """The good register with rows of raw XML behind its own."""
    return repacked(lambda name, data: data.replace(b"</sheetData>", rows + b"</sheetData>") if name == SHEET else data)


def with_part(part: str, old: bytes, new: bytes) -> bytes:
    """The good register with one text of one part replaced."""
    return repacked(lambda name, data: data.replace(old, new) if name == part else data)


def encrypted() -> bytes:
    """What a password makes of a workbook: an OLE file that names an encrypted package."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024) + "EncryptedPackage".encode("utf-16-le") + bytes(4096)


def formatted_rows() -> bytes:
    return with_rows(b"".join(b'<row r="%d" ht="20" customHeight="1"/>' % n for n in range(3, 1_048_577)))


def styled_cells() -> bytes:
    cells = b'<row r="%d"><c r="A%d" s="0"/><c r="H%d" s="0"/></row>'
    return with_rows(b"".join(cells % (n, n, n) for n in range(3, 1_048_577)))


def filled_rows() -> bytes:
    return with_rows(b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(3, 1_048_577)))


def wide_row() -> bytes:
    return with_rows(b'<row r="3">' + b"<c><v>1</v></c>" * 16_384 + b"</row>")


def many_sheets() -> bytes:
    one = b'<sheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" name="s%d" sheetId="%d"/>'
    return with_part(BOOK, b"</sheets>", b"".join(one % (n, n) for n in range(2, 10_002)) + b"</sheets>")


def shared_strings() -> bytes:
    flood = b"<si><t>" + b"x" * 4_990 + b"</t></si>"
    return repacked(lambda name, data: data, {STRINGS: b"<sst>" + flood * 100_000 + b"</sst>"})


def honest_strings() -> bytes:
    """350 MB of distinct shared strings, which neither ratio nor size forbids."""
    texts = b"".join(b"<si><t>" + os.urandom(1_000).hex().encode() + b"</t></si>" for _ in range(170_000))
    return repacked(lambda name, data: data, {STRINGS: b"<sst>" + texts + b"</sst>"})


CASES: dict[str, Callable[[], bytes]] = {
    "good": good,
    "empty": lambda: b"",
    "encrypted": encrypted,
    "truncated": lambda: good()[:3000],
    "renamed text": lambda: "只是文字".encode() * 1000,
    "zip bomb by ratio": lambda: repacked(lambda name, data: data, {"xl/media/a.bin": bytes(300 << 20)}),
    "zip bomb by size": lambda: repacked(lambda name, data: data, {"xl/media/a.bin": bytes(1 << 30)}),
    "XML bomb": lambda: with_part(SHEET, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'),
    "external link": lambda: repacked(
        lambda name, data: data, {"xl/externalLinks/externalLink1.xml": b"<externalLink><externalBook/></externalLink>"}
    ),
    "1,048,576 formatted rows": formatted_rows,
    "1,048,576 rows of styled cells": styled_cells,
    "1,048,576 filled rows": filled_rows,
    "16,384 columns": wide_row,
    "two cells in opposite corners": lambda: with_rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "10,000 sheets": many_sheets,
    "500 MB of shared strings": shared_strings,
    "350 MB of distinct strings": honest_strings,
    "path tricks in zip names": lambda: repacked(
        lambda name, data: data, {"../../evil.xml": b"<a/>", "/etc/evil": b"x", "C:\\evil": b"x"}
    ),
    "macros": lambda: repacked(lambda name, data: data, {"xl/vbaProject.bin": os.urandom(1 << 20)}),
    "formulas, markup, control characters": lambda: with_rows(
        b"".join(
            b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>Q%d</t></is></c><c r="B%d"><v>46300</v></c>'
            b'<c r="C%d" t="inlineStr"><is><t>%s</t></is></c></row>' % (n, n, n, n, n, text)
            for n, text in enumerate(
                (b"=1+1", b"&lt;script&gt;alert(1)&lt;/script&gt;", b"_x0007_", "\u202e倒写".encode(), b"@SUM(A1)"), 3
            )
        )
    ),
}


def main() -> None:
    print(f"{'case':40}{'exit':>6}{'seconds':>9}{'peak MiB':>10}  outcome")
    failed = False
    for name in sys.argv[1:] or CASES:
        told = measure(name)
        beyond = told["exit"] not in (0, 1) or told["seconds"] > SECONDS or told["peak"] > MEGABYTES
        failed |= beyond
        mark = "  BEYOND ITS LIMITS" if beyond else ""
        figures = f"{told['exit']:6}{told['seconds']:9.2f}{told['peak']:10.0f}"
        print(f"{name:40}{figures}  {told['outcome']}{mark}", flush=True)
    raise SystemExit(failed)


def measure(name: str) -> dict:
    """exit, seconds, peak (MiB) and outcome of a batch over one case."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        (site / "inbox").mkdir()
        (site / "site.toml").write_text(SITE, encoding="utf-8")
        (site / "inbox" / "登记表.xlsx").write_bytes(CASES[name]())
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
            told = pool.submit(_batch, site / "site.toml").result()
        if told["exit"] == 1 and told["outcome"].startswith("rejected"):
            assert list((site / "outbox" / "rejected").glob("*.html")), "a rejected workbook has its page"
        assert len(list((site / "archive").rglob("登记表.xlsx"))) == 1, "the original is kept"
        return told


def _batch(config: Path) -> dict:
    """A batch in this process, and the peak of its memory."""
    began = time.perf_counter()
    result = run(prepare(load_site(config)), Options(date(2026, 10, 31)))
    book = result.workbooks[0]
    peak = max(_own_peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    return {
        "exit": result.exit_code,
        "seconds": time.perf_counter() - began,
        "peak": peak / 1024,
        "outcome": f"{book.status} {book.reason}".strip(),
    }


def _own_peak() -> int:
    """KiB; getrusage would count what the parent held when it forked."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


if __name__ == "__main__":
    main()
