"""Tables as text: separated by commas, tabs or semicolons, in UTF-8, UTF-16 or GB18030, under whatever name."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from processor.intake.attendance.device_log import between_spaces, punch_of
from processor.intake.grid import Grid
from processor.intake.guard import SAVE_ANEW, Limits, too_big, too_wide
from processor.intake.kinds import encoding_of
from processor.intake.rejection import WorkbookRejected

_CHUNK = 1 << 20
_SAMPLE_LINES = 60
_SEPARATORS = ",\t;"
_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how exports keep the zeros of ="00012"
_NAMED_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


def read_delimited(path: Path, limits: Limits) -> Grid:
    """The one sheet of a text table. Raises WorkbookRejected beyond the limits, or where it is no table."""
    encoding = _encoding(path, limits)
    with path.open(encoding=encoding, newline="") as file:
        sample = list(islice(file, _SAMPLE_LINES))
    separator = separator_of(sample)
    if separator is None and between_spaces(sample):
        with path.open(encoding=encoding, newline="") as file:
            return Grid(path.stem, [punch_of(line) for line in _counted(file, limits)])
    if separator is None and (path.suffix.lower() != ".csv" or len(sample) < 2):
        reason = "文件里只有文字，没有用逗号、制表符或分号分开的表格。"
        raise WorkbookRejected("not_workbook", reason, SAVE_ANEW)
    csv.field_size_limit(max(limits.csv_line_bytes, csv.field_size_limit()))
    with path.open(encoding=encoding, newline="") as file:
        rows = list(_records(file, separator or ",", limits))
    return Grid(path.stem, rows)


def _counted(lines: Iterator[str], limits: Limits) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if number > limits.rows:
            raise too_wide("行数", number, limits.rows)
        yield line


def separator_of(lines: list[str]) -> str | None:
    """The separator of the table, whatever signs stand in the titles above it; None where there is no table.

    It is the one that yields the most filled cells in rows of the same width.
    """
    named = _NAMED_SEPARATOR.fullmatch(lines[0].strip("\ufeff \r\n")) if lines else None
    if named:
        return named[1]
    filled = {separator: _filled(lines, separator) for separator in _SEPARATORS}
    best = max(_SEPARATORS, key=lambda separator: filled[separator])
    return best if filled[best] else None


def _filled(lines: list[str], separator: str) -> int:
    others = _SEPARATORS.replace(separator, "").replace("\t", "")
    found: Counter[int] = Counter()
    for row in csv.reader(lines, delimiter=separator):
        cells = [cell.strip() for cell in row]
        if len(cells) > 1:
            found[len(cells)] += sum(1 for cell in cells if cell and cell[0] not in others and cell[-1] not in others)
    return max(found.values(), default=0)


def _records(lines: Iterator[str], separator: str, limits: Limits) -> Iterator[list[str]]:
    """The rows, within the limits; one over which quotation marks run that do not belong together is refused."""
    taken: list[str] = []

    def feed() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    width = cells = 0
    try:
        for number, row in enumerate(csv.reader(feed(), delimiter=separator), start=1):
            if number > limits.rows:
                raise too_wide("行数", number, limits.rows)
            if len(row) > limits.columns:
                raise too_wide("列数", len(row), limits.columns)
            if len(taken) > 1 and (len(row) < width or _unclosed(taken, separator)):
                raise _loose_quote(number)
            taken.clear()
            width, cells = max(width, len(row)), cells + len(row)
            if cells > limits.cells:
                raise too_wide("单元格数", cells, limits.cells)
            yield [_AS_TEXT.sub(r"\1", cell) if cell.startswith('="') else cell for cell in row]
    except csv.Error as error:
        raise WorkbookRejected("not_workbook", "文件的内容不是表格文本（CSV）。", SAVE_ANEW) from error


def _unclosed(lines: list[str], separator: str) -> bool:
    """Whether a cell's quotation mark at the end of the file is still open."""
    try:
        list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _loose_quote(number: int) -> WorkbookRejected:
    return WorkbookRejected(
        "not_workbook",
        f"第{number}行的引号没有成对，它后面的内容连在了一起。",
        "请用 Excel 或 WPS 打开原文件，核对这一行，另存为 .xlsx，再放入收件夹。",
    )


def _encoding(path: Path, limits: Limits) -> str:
    """The encoding of the whole text, told while reading it once, bounded in size and in the length of its lines."""
    with path.open("rb") as file:
        first = encoding_of(file.read(_CHUNK))
        for encoding in (first, "gb18030"):
            file.seek(0)
            decoder = codecs.getincrementaldecoder(encoding)()
            try:
                for chunk in _bounded(iter(lambda: file.read(_CHUNK), b""), limits):
                    decoder.decode(chunk)
                decoder.decode(b"", True)
            except UnicodeError:
                continue
            return encoding
    raise WorkbookRejected("not_workbook", "文件的文字编码不是 UTF-8、UTF-16 或 GB18030，或者里面不是文字。", SAVE_ANEW)


def _bounded(chunks: Iterator[bytes], limits: Limits) -> Iterator[bytes]:
    total = line = 0
    for chunk in chunks:
        total += len(chunk)
        if total > limits.csv_bytes:
            raise too_big(f"文本表格超过上限 {limits.csv_bytes >> 20} MB。")
        first, *more = chunk.replace(b"\r", b"\n").split(b"\n")
        longest = max(line + len(first), max(map(len, more), default=0))
        line = len(more[-1]) if more else line + len(first)
        if longest > limits.csv_line_bytes:
            raise too_big(f"文本表格里有一行超过上限 {limits.csv_line_bytes} 字节。")
        yield chunk
