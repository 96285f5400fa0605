"""One worksheet: surveyed, laid out, its frame and notes changed, its rows patched while they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from .cells import Cells
from .frame import column_styles, column_widths, extend_dimension, read_frame, set_widths, text_width, write_frame
from .layout import EVIDENCE, Layout, lay_out
from .notes import Notes
from .package import Chunks
from .plan import CannotAnnotate, SheetPlan
from .refs import column_letters, quote_sheet, split_ref
from .rows import RowPatcher
from .scan import SheetStream, is_plain, normalize
from .styles import Styles
from .survey import Survey, shared_strings, split_rows, survey
from .workbook import Sheet, Workbook, names_sheet

_SAMPLE = 1_000


@dataclass
class Patched:
    """A sheet that has been patched: what it held, and what it gains while it is written."""

    part: str
    source: Chunks
    survey: Survey
    cells: Cells
    patcher: RowPatcher


def patch_sheet(workbook: Workbook, sheet: Sheet, plan: SheetPlan, styles: Styles) -> Patched:
    """Put the patched worksheet into the package; its rows are read again when the package is written."""
    package = workbook.package
    source, found = _survey(workbook, sheet.part, plan.header_row)
    frame = read_frame(found.head, found.tail, sheet.part)
    notes = Notes(workbook, sheet.part)
    found.columns.add(notes.last_column())
    evidence_name, evidence = _evidence(workbook, sheet)
    layout = lay_out(plan, found, frame, package, sheet.part, source, evidence)
    existing = None if found.ordered else frozenset(found.numbers)
    split = {} if found.ordered else split_rows(source(), found.numbers)
    widths = _widths(plan, layout)
    set_widths(frame, widths, layout.earlier)
    shown = widths | column_widths(frame, layout.earlier)
    cells = Cells(plan, layout, styles, column_styles(frame), found.grammar.prefix, shown)
    among_others = max(found.columns, default=0) >= layout.first_new
    patcher = RowPatcher(cells, found.grammar, bool(layout.earlier or styles.marked or among_others), existing, split)
    notes.replace(plan.notes, frame)
    _fit_frame(frame, plan, layout, found)
    head, tail = write_frame(frame)

    def content() -> Iterator[bytes]:
        yield head
        yield from patcher.blocks(SheetStream(source()))
        yield tail

    package.put(sheet.part, content)
    if layout.columns:
        columns = sorted(layout.columns.values())
        first, last = (f"${column_letters(column)}${plan.header_row}" for column in (columns[0], columns[-1]))
        workbook.define(evidence_name, f"{quote_sheet(sheet.name)}!{first}:{last}")
    return Patched(sheet.part, source, found, cells, patcher)


def _survey(workbook: Workbook, part: str, header_row: int) -> tuple[Chunks, Survey]:
    """The sheet's content in UTF-8 without comments and CDATA sections, and its survey."""
    package = workbook.package
    strings = workbook.single_part("sharedStrings")

    def shared(indexes: set[int]) -> dict[int, str]:
        return shared_strings(package, strings, indexes) if strings else {}

    def source() -> Iterable[bytes]:
        return package.chunks(part)

    first = next(iter(package.chunks(part)), b"")
    if is_plain(first):
        found = survey(source(), header_row, shared)
        if found.plain:
            return source, found
    data = normalize(package.read(part), part)
    return (lambda: (data,)), survey((data,), header_row, shared)


def _evidence(workbook: Workbook, sheet: Sheet) -> tuple[str, str | None]:
    """Name that records where a sheet's results are, and the range it records if there is one."""
    names = workbook.names(EVIDENCE)
    for name, formula in names.items():
        if names_sheet(formula, sheet.name):
            return name, formula.rpartition("!")[2].replace("$", "")
    number = 1
    while f"{EVIDENCE}{number}" in names:
        number += 1
    return f"{EVIDENCE}{number}", None


def _widths(plan: SheetPlan, layout: Layout) -> dict[int, float]:
    """The width that shows the texts of each result column."""
    sample = list(islice(plan.rows.values(), _SAMPLE))
    return {
        column: text_width([title, *(texts[index] for texts in sample if index < len(texts))])
        for index, (title, column) in enumerate(layout.columns.items())
    }


def _fit_frame(frame: etree._Element, plan: SheetPlan, layout: Layout, found: Survey) -> None:
    """The used range."""
    rows = [plan.header_row, *plan.rows, *(split_ref(ref)[0] for ref in plan.marks)]
    columns = [*layout.columns.values(), *(split_ref(ref)[1] for ref in plan.marks)]
    if layout.columns or plan.marks:
        extend_dimension(frame, max([found.last_row, *rows]), max(columns, default=0))


def check_plan(plan: SheetPlan) -> None:
    """Refuse a plan whose cells lie outside a sheet."""
    try:
        for ref in (*plan.notes, *plan.marks):
            split_ref(ref)
    except ValueError as error:
        raise CannotAnnotate("处理结果指向了不存在的单元格。", str(error)) from error
