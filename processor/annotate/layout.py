"""Where the result columns of a sheet go: in place of earlier ones, or right of all that the sheet uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from .markup import child, children, local
from .package import Chunks, Package, Relationships
from .plan import CannotAnnotate, SheetPlan, find_block
from .refs import MAX_COLUMNS, split_range
from .survey import Survey, filled_columns

EVIDENCE = "_processor_results_"
_FAR = 50
_EMU_PER_COLUMN = 609_600
_LEAST_UNPROVEN = 3
_VML_SHAPE = re.compile(r"<(?:\w+:)?ClientData\b(.*?)</(?:\w+:)?ClientData>", re.DOTALL | re.IGNORECASE)
_VML_ANCHOR = re.compile(r"<(?:\w+:)?Anchor>([^<]*)<", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """Column of each title; `earlier` are those that held results before, `header_style` the format of new titles."""

    columns: dict[str, int]
    earlier: frozenset[int]
    header_style: int | None

    @property
    def first_new(self) -> int:
        """First column that did not hold results before; beyond the sheet if there is none."""
        return min((column for column in self.columns.values() if column not in self.earlier), default=MAX_COLUMNS + 1)


def lay_out(
    plan: SheetPlan,
    survey: Survey,
    frame: etree._Element,
    package: Package,
    part: str,
    source: Chunks,
    evidence: str | None,
) -> Layout:
    """Find the columns for a sheet's results; `evidence` is the range that earlier results are known to have had."""
    earlier = _earlier_columns(plan, survey, evidence)
    missing = [title for title in plan.columns if title not in earlier]
    columns = dict(earlier)
    if missing:
        start = _free_column(len(missing), plan.header_row, survey, frame, package, part, source)
        columns.update({title: start + offset for offset, title in enumerate(missing)})
    taken = set(columns.values())
    titled = [column for column, (_, text) in survey.header.items() if text and column not in taken]
    style = survey.header[max(titled)][0] if titled else None
    return Layout({title: columns[title] for title in plan.columns}, frozenset(earlier.values()), style)


def _earlier_columns(plan: SheetPlan, survey: Survey, evidence: str | None) -> dict[str, int]:
    """Columns of titles that stem from an earlier annotation.

    Without evidence of one only a complete, unbroken run of several titles counts.
    """
    width = max(survey.header, default=0)
    headers = [survey.header.get(column, (0, ""))[1] for column in range(1, width + 1)]
    found = {title: position + 1 for title, position in find_block(headers, plan.columns).items()}
    if evidence is None:
        unbroken = bool(found) and max(found.values()) - min(found.values()) == len(plan.columns) - 1
        proven = unbroken and len(found) == len(plan.columns) >= _LEAST_UNPROVEN
        return found if proven else {}
    if not found:
        try:
            _, left, _, right = split_range(evidence)
        except ValueError:
            return {}
        for column in range(left, min(right, width) + 1):
            if headers[column - 1] in plan.columns:
                found.setdefault(headers[column - 1], column)
    return found


def _free_column(
    count: int, header_row: int, survey: Survey, frame: etree._Element, package: Package, part: str, source: Chunks
) -> int:
    """First of `count` free columns right of all that the sheet uses.

    Formatted blank cells far right of the header and of everything else do not count. Where the sheet is used to its
    very end, drawings and merges that reach there, a title above or a remark below, do not count either.
    """
    merges = list(_merges(frame))
    solid = max([0, *(area[3] for area in _areas(package, part))])
    cells = max(survey.columns, default=0)
    if cells > _FAR + max((column for column, (_, text) in survey.header.items() if text), default=0):
        filled = max(filled_columns(source()), default=0)
        cells = filled if cells > _FAR + filled else cells
    solid = max(solid, cells)
    used = max([solid, *(merge[3] for merge in merges), *_drawn_columns(package, part)])
    if used + count > MAX_COLUMNS:
        used = max([solid, *(merge[3] for merge in merges if merge[3] + count <= MAX_COLUMNS)])
    if used + count > MAX_COLUMNS:
        raise CannotAnnotate("工作表的列已用满，放不下处理结果。", part)
    return used + 1


def _merges(frame: etree._Element) -> Iterator[tuple[int, int, int, int]]:
    merged = child(frame, "mergeCells")
    for element in children(merged, "mergeCell") if merged is not None else ():
        try:
            yield split_range(element.get("ref") or "")
        except ValueError:
            continue


def _areas(package: Package, part: str) -> Iterator[tuple[int, int, int, int]]:
    """Areas of the sheet's tables and pivot tables."""
    relationships = Relationships(package, part)
    for kind, element_name in (("table", None), ("pivotTable", "location")):
        for found in relationships.of_kind(kind):
            root = package.parse(found.target)
            element = root if element_name is None else child(root, element_name)
            try:
                yield split_range((element.get("ref") if element is not None else None) or "")
            except ValueError:
                continue


def _drawn_columns(package: Package, part: str) -> Iterator[int]:
    """Last column that each drawing and each control of the sheet reaches."""
    relationships = Relationships(package, part)
    for found in relationships.of_kind("drawing"):
        for anchor in package.parse(found.target).iter("{*}twoCellAnchor", "{*}oneCellAnchor", "{*}absoluteAnchor"):
            yield min(_anchor_column(anchor), MAX_COLUMNS)
    for found in relationships.of_kind("vmlDrawing"):
        text = package.read(found.target).decode("utf-8", errors="replace")
        for shape in _VML_SHAPE.finditer(text):
            place = _VML_ANCHOR.search(shape[1])
            numbers = re.findall(r"-?\d+", place[1]) if place else []
            if 'ObjectType="Note"' not in shape[1] and len(numbers) == 8:
                yield min(int(numbers[4]) + 1, MAX_COLUMNS)


def _anchor_column(anchor: etree._Element) -> int:
    start, end = child(anchor, "from"), child(anchor, "to")
    if end is not None:
        return _number(end, "col") + 1
    extent, position = child(anchor, "ext"), child(anchor, "pos")
    width = _attribute(extent, "cx") // _EMU_PER_COLUMN + 1
    return width + (_number(start, "col") if start is not None else _attribute(position, "x") // _EMU_PER_COLUMN) + 1


def _number(parent: etree._Element, name: str) -> int:
    found = next((element for element in parent if local(element) == name), None)
    text = ((found.text if found is not None else None) or "0").strip()
    return int(text) if text.isdecimal() else 0


def _attribute(element: etree._Element | None, name: str) -> int:
    value = (element.get(name) if element is not None else None) or "0"
    return int(value) if value.isdecimal() else 0
