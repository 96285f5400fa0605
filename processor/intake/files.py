"""The sheets of a file, read by the parser of its format: here, or in a process of its own where a file may break it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from processor.intake import isolated
from processor.intake.grid import Grid, parse
from processor.intake.guard import FileFormat, Limits, too_wide
from processor.intake.package import inspect_ods, inspect_xlsx
from processor.intake.rejection import WorkbookRejected


def read_grids(path: Path, file_format: FileFormat, limits: Limits) -> tuple[tuple[Grid, ...], bool]:
    """All worksheets, hidden ones too, and whether serial dates count from 1904. Raises WorkbookRejected."""
    if file_format == "csv":
        return (_csv_grid(path, limits),), False
    if file_format == "xlsx":
        facts = inspect_xlsx(path, limits)
        read = isolated.read_isolated if facts.doubtful else parse
        return read(path, facts.odd_cells, limits), facts.epoch_1904
    if file_format == "ods":
        inspect_ods(path, limits)
    return isolated.read_isolated(path, {}, limits), False


def _csv_grid(path: Path, limits: Limits) -> Grid:
    text = _decode(path.read_bytes())
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count) if "," not in first else ","
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) > limits.rows:
                raise too_wide("行数", len(rows), limits.rows)
            if len(row) > limits.columns:
                raise too_wide("列数", len(row), limits.columns)
    except csv.Error as error:
        raise WorkbookRejected(
            "not_workbook",
            "文件的内容不是表格文本（CSV）。",
            "请用 Excel 或 WPS 打开原文件，另存为 .xlsx，再放入收件夹。",
        ) from error
    return Grid(path.stem, rows)


def _decode(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WorkbookRejected(
        "not_workbook",
        "CSV 文件的文字编码不是 UTF-8 或 GB18030。",
        "请用 Excel 或 WPS 打开原文件，另存为 .xlsx，再放入收件夹。",
    )
