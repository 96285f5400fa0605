"""The summary sheet: texts, links to rows, and a legend of the marks' colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import quoteattr

from .frame import text_width
from .markup import DECLARATION, clean, text_element
from .plan import Link, Summary
from .refs import MAX_ROWS, column_letters, make_ref, quote_sheet
from .styles import Styles
from .workbook import Workbook

EVIDENCE = "_processor_summary"
LEGEND = {"error": "无法读取或有误", "warning": "需要留意", "judged": "已作判定"}


def put_summary(workbook: Workbook, summary: Summary, styles: Styles) -> None:
    """Add the summary sheet last, or replace the content of the one that an earlier annotation added."""
    part = _earlier_part(workbook)
    if part is None:
        part = workbook.package.new_name("xl/worksheets/sheet", ".xml")
        name = workbook.add_sheet(summary.title, part)
        workbook.define(EVIDENCE, f"{quote_sheet(name)}!$A$1")
    names = {sheet.name.casefold(): sheet.name for sheet in workbook.sheets}
    workbook.package.put(part, _content(workbook.namespace, summary.rows[:MAX_ROWS], names, styles))


def _earlier_part(workbook: Workbook) -> str | None:
    formula = workbook.names(EVIDENCE).get(EVIDENCE)
    if formula is None:
        return None
    sheet_name = formula.rpartition("!")[0]
    for sheet in workbook.sheets:
        if sheet.kind == "worksheet" and sheet_name in (sheet.name, quote_sheet(sheet.name)):
            return sheet.part
    return None


def _content(namespace: str, rows: Sequence[Sequence[str | Link]], names: dict[str, str], styles: Styles) -> bytes:
    """The sheet's XML."""
    formats = {"heading": styles.heading(), "text": styles.text(), "link": styles.link()}
    width = max((len(row) for row in rows), default=0)
    legend = [(styles.mark(0, kind), text) for kind, text in LEGEND.items()]
    links = [
        f"<hyperlink ref={quoteattr(make_ref(number, column))} location={quoteattr(target)}/>"
        for number, row in enumerate(rows, 1)
        for column, value in enumerate(row, 1)
        if isinstance(value, Link) and (target := _target(value, names))
    ]
    columns = [text_width(_text(row[index]) for row in rows if index < len(row)) for index in range(width)]
    widths = [*columns, 4.0, text_width(["图例", *LEGEND.values()])]
    cols = "".join(
        f'<col min="{number}" max="{number}" width="{value:g}" customWidth="1"/>'
        for number, value in enumerate(widths, 1)
    )
    body = b"".join(_rows(rows, formats, legend, width + 2))
    hyperlinks = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
    return (
        DECLARATION
        + f'<worksheet xmlns="{namespace}"><sheetViews><sheetView workbookViewId="0"/></sheetViews>'
        f"<cols>{cols}</cols><sheetData>".encode()
        + body
        + f"</sheetData>{hyperlinks}</worksheet>".encode()
    )


def _rows(
    rows: Sequence[Sequence[str | Link]],
    formats: dict[str, int],
    legend: Sequence[tuple[int, str]],
    legend_column: int,
) -> Iterator[bytes]:
    """The rows; the legend stands beside the first of them, one column apart."""
    for number in range(1, max(len(rows), len(legend) + 1) + 1):
        cells = []
        for column, value in enumerate(rows[number - 1] if number <= len(rows) else (), 1):
            style = formats["link" if isinstance(value, Link) else "heading" if number == 1 else "text"]
            if clean(_text(value)):
                cells.append(_cell(number, column, style, _text(value)))
        if number == 1:
            cells.append(_cell(number, legend_column, formats["heading"], "图例"))
        elif number <= len(legend) + 1:
            style, text = legend[number - 2]
            cells.append(_cell(number, legend_column, style, text))
        yield b'<row r="%d">%b</row>' % (number, b"".join(cells))


def _cell(row: int, column: int, style: int, text: str) -> bytes:
    return b'<c r="%b%d" s="%d" t="inlineStr"><is>%b</is></c>' % (
        column_letters(column).encode(), row, style, text_element(text, ""),
    )  # fmt: skip


def _text(value: str | Link) -> str:
    return value.text if isinstance(value, Link) else value


def _target(link: Link, names: dict[str, str]) -> str:
    """Where a link leads; empty for a sheet that the workbook does not have."""
    name = names.get(link.sheet.casefold())
    return f"{quote_sheet(name)}!{link.cell}" if name else ""
