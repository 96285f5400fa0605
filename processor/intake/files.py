"""The sheets of a file, read by the parser of its format: here, or in a process of its own where a file may break it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from processor.intake import isolated
from processor.intake.attendance.device_log import with_header
from processor.intake.binary_errors import parse_xls, parse_xlsb
from processor.intake.delimited import read_delimited
from processor.intake.grid import Grid, parse
from processor.intake.guard import Limits
from processor.intake.html import read_html
from processor.intake.kinds import FileFormat
from processor.intake.package import inspect_ods, inspect_xlsx
from processor.intake.spreadsheetml import read_xml_2003

_PARSERS = {"xls": parse_xls, "xlsb": parse_xlsb}
_SUFFIXES = {"xlsx": (".xlsx", ".xlsm"), "xlsb": (".xlsb",), "xls": (".xls",), "ods": (".ods",)}


def read_grids(path: Path, file_format: FileFormat, limits: Limits) -> tuple[tuple[Grid, ...], bool]:
    """All worksheets, hidden ones too, and whether serial dates count from 1904. Raises WorkbookRejected."""
    if file_format == "csv":
        return (with_header(read_delimited(path, limits)),), False
    if file_format == "html":
        return isolated.read_isolated(path, {}, limits, read_html), False
    if file_format == "xml":
        return isolated.read_isolated(path, {}, limits, read_xml_2003), False
    with _named(path, file_format) as workbook:
        if file_format == "xlsx":
            facts = inspect_xlsx(workbook, limits)
            read = isolated.read_isolated if facts.doubtful else parse
            return read(workbook, facts.odd_cells, limits), facts.epoch_1904
        if file_format == "ods":
            return isolated.read_isolated(workbook, inspect_ods(workbook, limits), limits), False
        return isolated.read_isolated(workbook, {}, limits, _PARSERS[file_format]), False


@contextmanager
def _named(path: Path, file_format: FileFormat) -> Iterator[Path]:
    """The workbook under a name that ends as its content does, since the parser goes by the name."""
    endings = _SUFFIXES[file_format]
    if path.suffix in endings:
        yield path
        return
    with TemporaryDirectory() as folder:
        named = Path(folder) / f"workbook{endings[0]}"
        shutil.copyfile(path, named)
        yield named
