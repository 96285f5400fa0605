"""Web pages that systems export as .xls: each table is a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from processor.intake.grid import Grid, Merge
from processor.intake.guard import SAVE_ANEW, Limits, too_wide
from processor.intake.kinds import encoding_of
from processor.intake.rejection import WorkbookRejected

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_SHEET_NAME = re.compile(r"<x:ExcelWorksheet>\s*<x:Name>([^<]{1,31})</x:Name>", re.IGNORECASE)
_CHINESE = frozenset({"gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "cp936"})
_HEAD = 1 << 14
_SPACE = re.compile(r"[^\S\n]+")
_AS_TEXT = re.compile(r'="(.*)"')
_BLOCKS = frozenset({"br", "p", "div", "li"})


def read_html(path: Path, _: Mapping[str, Any], limits: Limits) -> tuple[Grid, ...]:
    """The tables that hold no other table, each a sheet. Raises WorkbookRejected where there is none."""
    text = _decoded(path.read_bytes())
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    tables = [] if root is None else [table for table in root.iter("table") if table.find(".//table") is None]
    names = _SHEET_NAME.findall(text)
    grids: list[Grid] = []
    for table in tables:
        rows, merges = _Table(limits).read(table)
        if any(any(row) for row in rows):
            number = len(grids)
            name = names[number] if number < len(names) else path.stem if not number else f"{path.stem} {number + 1}"
            grids.append(Grid(name, rows, merges=tuple(merges)))
    if len(grids) > limits.sheets:
        raise too_wide("工作表", len(grids), limits.sheets)
    if not grids:
        reason = "这是一个网页，里面没有表格；可能是登录页，或者数据在别的文件里。"
        raise WorkbookRejected("not_workbook", reason, "请在原来的系统里重新导出为 .xlsx，再放入收件夹。")
    return tuple(grids)


def _decoded(data: bytes) -> str:
    encoding = encoding_of(data)
    if encoding in ("utf-8", "gb18030"):
        declared = _CHARSET.search(data[:_HEAD])
        name = declared[1].decode("ascii", "replace").lower() if declared else ""
        known = {**dict.fromkeys(_CHINESE, "gb18030"), "big5": "big5", "utf-8": "utf-8", "utf8": "utf-8"}
        for candidate in (known.get(name), encoding):
            try:
                return data.decode(candidate or encoding)
            except UnicodeDecodeError:
                continue
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise WorkbookRejected("not_workbook", "网页的文字编码读不出来。", SAVE_ANEW) from error


class _Table:
    """Lays the cells of one table out on a grid, cells that span rows and columns with them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.held: dict[tuple[int, int], None] = {}
        self.cells = 0

    def read(self, table: etree._Element) -> tuple[list[list[str]], list[Merge]]:
        """Rows of texts, blank where a cell reaches over them, and the merged ranges."""
        rows: list[list[str]] = []
        merges: list[Merge] = []
        for place, row in enumerate(table.iter("tr")):
            if place >= self.limits.rows:
                raise too_wide("行数", place + 1, self.limits.rows)
            texts: list[str] = []
            for cell in row.iter("td", "th"):
                self._skip(place, texts)
                down, across = _span(cell, "rowspan"), _span(cell, "colspan")
                if len(texts) + across > self.limits.columns:
                    raise too_wide("列数", len(texts) + across, self.limits.columns)
                left = len(texts)
                self._hold(place, left, min(down, self.limits.rows - place), across)
                if down > 1 or across > 1:
                    merges.append(((place + 1, left + 1), (place + down, left + across)))
                texts += [_text(cell), *[""] * (across - 1)]
            self._skip(place, texts)
            rows.append(texts)
        return rows, merges

    def _skip(self, place: int, texts: list[str]) -> None:
        while (place, len(texts)) in self.held:
            texts.append("")

    def _hold(self, place: int, left: int, down: int, across: int) -> None:
        self.cells += down * across
        if self.cells > self.limits.cells:
            raise too_wide("单元格数", self.cells, self.limits.cells)
        for below in range(1, down):
            for at in range(left, left + across):
                self.held[place + below, at] = None


def _span(cell: etree._Element, name: str) -> int:
    digits = re.match(r"\s*(\d{1,7})", cell.get(name) or "")
    return max(int(digits[1]), 1) if digits else 1


def _text(cell: etree._Element) -> str:
    lines = "".join(_pieces(cell)).split("\n")
    text = "\n".join(_SPACE.sub(" ", line).strip() for line in lines).strip("\n")
    quoted = _AS_TEXT.fullmatch(text)
    return quoted[1] if quoted else text


def _pieces(element: etree._Element) -> Iterator[str]:
    """Texts in their order; line breaks of the source are blanks, those of the page are line breaks."""
    if element.tag in ("script", "style"):
        return
    if element.text:
        yield element.text.replace("\r", " ").replace("\n", " ")
    for child in element:
        if child.tag in _BLOCKS:
            yield "\n"
        if isinstance(child.tag, str):
            yield from _pieces(child)
        if child.tail:
            yield child.tail.replace("\r", " ").replace("\n", " ")
