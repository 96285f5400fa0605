"""A fresh workbook for sources that cannot be annotated in place: values only, no cell is a formula."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import quoteattr

from .archive import ArchiveWriter
from .markup import DECLARATION, MAIN, text_element
from .plan import CannotAnnotate, Link, Plan, Summary
from .refs import MAX_COLUMNS, MAX_ROWS, column_letters
from .workbook import free_title
from .writer import annotate

Value = str | int | float | Decimal | date | datetime | time | None
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_EPOCH = datetime(1899, 12, 30)
_GENERAL, _DATE, _DATETIME, _TIME = range(4)
_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/><numFmt numFmtId="166" formatCode="hh:mm:ss"/>'
    '</numFmts><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts><fills count="2"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4">'
    + "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for number in (0, 164, 165, 166)
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def fresh(target: Path, sheets: Mapping[str, Sequence[Sequence[Value]]], plan: Plan) -> None:
    """Write a new .xlsx with these sheets' values and the plan applied; raises CannotAnnotate as `annotate` does.

    Names of sheets are changed to what a workbook allows, the plan's with them. Dates before 1900 become texts.
    """
    if not sheets:
        raise CannotAnnotate("没有任何工作表，无法生成新的工作簿。")
    titles = _titles(sheets)
    fitted = Plan(
        tuple(replace(sheet, name=titles.get(sheet.name, sheet.name)) for sheet in plan.sheets),
        plan.summary
        and Summary(plan.summary.title, [[_led(cell, titles) for cell in row] for row in plan.summary.rows]),
        plan.forms,
    )
    with TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.xlsx"
        with plain.open("wb") as stream:
            writer = ArchiveWriter(stream)
            for name, content in _package_parts(list(titles.values())):
                writer.add(name, (DECLARATION, content.encode()))
            for number, rows in enumerate(sheets.values(), 1):
                writer.add(f"xl/worksheets/sheet{number}.xml", _sheet(rows))
            writer.close(b"")
        annotate(plain, target, fitted)


def _titles(names: Iterable[str]) -> dict[str, str]:
    """A title that a workbook allows for each name, no two alike."""
    titles: dict[str, str] = {}
    for name in names:
        titles[name] = free_title(name, {title.casefold() for title in titles.values()})
    return titles


def _led(cell: str | Link, titles: Mapping[str, str]) -> str | Link:
    """A link with the title that its sheet got."""
    return replace(cell, sheet=titles.get(cell.sheet, cell.sheet)) if isinstance(cell, Link) else cell


def _package_parts(titles: Sequence[str]) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(titles) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{overrides}</Types>',
    )
    yield "_rels/.rels", _relationships([("officeDocument", "xl/workbook.xml")])
    targets = [("worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    yield "xl/_rels/workbook.xml.rels", _relationships([*targets, ("styles", "styles.xml")])
    listed = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{number}" r:id="rId{number}"/>'
        for number, title in enumerate(titles, 1)
    )
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}/relationships"><sheets>{listed}</sheets></workbook>',
    )
    yield "xl/styles.xml", _STYLES


def _relationships(targets: Sequence[tuple[str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/relationships/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def _sheet(rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    yield DECLARATION + f'<worksheet xmlns="{MAIN}"><sheetData>'.encode()
    for number, row in enumerate(rows, 1):
        if number > MAX_ROWS or len(row) > MAX_COLUMNS:
            raise CannotAnnotate("数据的行数或列数超出工作表的上限。", f"row {number}")
        cells = [_cell(number, column, value) for column, value in enumerate(row, 1)]
        yield b'<row r="%d">%b</row>' % (number, b"".join(cells))
    yield b"</sheetData></worksheet>"


def _cell(row: int, column: int, value: Value) -> bytes:
    if value is None or value == "":
        return b""
    ref = b"%b%d" % (column_letters(column).encode(), row)
    number, style = _number(value)
    if number is None:
        return b'<c r="%b" t="inlineStr"><is>%b</is></c>' % (ref, text_element(str(value), ""))
    if isinstance(value, bool):
        return b'<c r="%b" t="b"><v>%b</v></c>' % (ref, number.encode())
    return b'<c r="%b" s="%d"><v>%b</v></c>' % (ref, style, number.encode())


def _number(value: Value) -> tuple[str | None, int]:
    """The number that a cell stores for a value, with its format; None where it stores a text."""
    if isinstance(value, (int, Decimal, float)):
        finite = math.isfinite(value)
        return (str(int(value)) if isinstance(value, bool) else str(value)) if finite else None, _GENERAL
    if isinstance(value, datetime):
        return _serial(value.replace(tzinfo=None)), _DATETIME
    if isinstance(value, date):
        return _serial(datetime(value.year, value.month, value.day)), _DATE
    if isinstance(value, time):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return repr(seconds / 86_400), _TIME
    return None, _GENERAL


def _serial(moment: datetime) -> str | None:
    difference = moment - _EPOCH
    if moment < datetime(1900, 3, 1):
        return None
    return repr(difference.days + difference.seconds / 86_400) if difference.seconds else str(difference.days)
