"""Sheets for staff to fill in: lines of texts with drop-down lists, added to a workbook and taken out again."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from .frame import text_width
from .markup import DECLARATION, clean, text_element
from .plan import CannotAnnotate, Form
from .refs import column_letters
from .styles import Styles
from .workbook import Workbook

_WIDEST = 40.0
_LISTS_BESIDE = 3  # columns between the lines and the hidden columns of the lists


def put_form(workbook: Workbook, form: Form, styles: Styles) -> None:
    """Add the sheet, or replace the content of one of that name."""
    found = next((sheet for sheet in workbook.sheets if sheet.name == form.title), None)
    if found is not None and found.kind != "worksheet":
        raise CannotAnnotate(f"“{form.title}”不是普通工作表，无法写入。", found.kind)
    part = found.part if found else workbook.package.new_name("xl/worksheets/sheet", ".xml")
    if found is None:
        workbook.add_sheet(form.title, part, first=form.first)
    workbook.package.put(part, _content(workbook.namespace, form, styles))


def _content(namespace: str, form: Form, styles: Styles) -> bytes:
    width = max((len(row) for row in form.rows), default=1)
    columns = [min(_WIDEST, text_width(row[at] for row in form.rows if at < len(row))) for at in range(width)]
    lists = list(dict.fromkeys(tuple(values) for values in form.lists.values()))
    place = {values: width + _LISTS_BESIDE + number for number, values in enumerate(lists)}
    cols = "".join(
        f'<col min="{number}" max="{number}" width="{value:g}" customWidth="1"/>'
        for number, value in enumerate(columns, 1)
    )
    if lists:
        first = width + _LISTS_BESIDE
        cols += f'<col min="{first}" max="{first + len(lists) - 1}" width="9" hidden="1" customWidth="1"/>'
    formats = (styles.text(), styles.heading())
    body = []
    for number in range(1, max(len(form.rows), *(len(values) for values in lists), 1) + 1):
        texts = dict(enumerate(form.rows[number - 1] if number <= len(form.rows) else (), 1))
        texts |= {place[values]: values[number - 1] for values in lists if number <= len(values)}
        style = formats[number in form.headings]
        cells = [
            f'<c r="{column_letters(at)}{number}" s="{style}" t="inlineStr"><is>{text_element(text, "").decode()}</is></c>'
            for at, text in texts.items()
            if clean(text)
        ]
        height = ' ht="32" customHeight="1"' if number == 1 else ""
        body.append(f'<row r="{number}"{height}>{"".join(cells)}</row>')
    rules = "".join(
        _rule(cells, f"${column_letters(place[tuple(values)])}$1:${column_letters(place[tuple(values)])}${len(values)}")
        for cells, values in form.lists.items()
    )
    validations = f'<dataValidations count="{len(form.lists)}">{rules}</dataValidations>' if rules else ""
    return (
        DECLARATION
        + f'<worksheet xmlns="{namespace}"><sheetViews><sheetView workbookViewId="0"/></sheetViews><cols>{cols}</cols>'
        f"<sheetData>{''.join(body)}</sheetData>{validations}</worksheet>".encode()
    )


def _rule(cells: str, source: str) -> str:
    """A list that warns of another value but lets it stand."""
    return (
        '<dataValidation type="list" errorStyle="warning" allowBlank="1" showErrorMessage="1" '
        f"sqref={quoteattr(cells)}><formula1>{source}</formula1></dataValidation>"
    )
