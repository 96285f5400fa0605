"""Workbooks crafted part by part, for what real files contain and libraries do not write."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from processor.annotate import Plan, SheetPlan, Summary, annotate

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TITLES = ("处理状态", "处理结果", "金额")
SHEET = "登记"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="2"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="11"/>'
    '<name val="宋体"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill>'
    '<patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF00FF00"/>'
    '<bgColor indexed="64"/></patternFill></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="14" fontId="0" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyProtection="1"><protection locked="0"/></xf>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
HEADER = (
    '<row r="1"><c r="A1" s="1" t="inlineStr"><is><t>工号</t></is></c>'
    '<c r="B1" s="1" t="inlineStr"><is><t>日期</t></is></c></row>'
)
DATA = '<row r="2"><c r="A2" t="inlineStr"><is><t>E1</t></is></c><c r="B2" s="2"><v>46000</v></c></row>'


def relationships(*entries: tuple[str, str], base: str = OFFICE) -> str:
    """Relationships rId1, rId2 … given as (kind, target)."""
    inner = "".join(
        f'<Relationship Id="rId{n}" Type="{base}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(entries, 1)
    )
    return f'<Relationships xmlns="{RELS}">{inner}</Relationships>'


def worksheet(rows: str = HEADER + DATA, before: str = "", after: str = "") -> str:
    """A worksheet's XML around its rows."""
    return f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def parts(
    sheet: str | bytes | None = None, extra: Mapping[str, str | bytes | None] | None = None
) -> dict[str, str | bytes]:
    """The parts of a workbook with one sheet; `extra` adds, replaces, or with None removes parts."""
    found: dict[str, str | bytes | None] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{TYPES}.styles+xml"/></Types>',
        "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="{SHEET}" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relationships(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": worksheet() if sheet is None else sheet,
    }
    found.update(extra or {})
    return {name: content for name, content in found.items() if content is not None}


def write(path: Path, content: Mapping[str, str | bytes]) -> Path:
    """A zip of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def plan(
    rows: Mapping[int, list[str]] | None = None,
    notes: Mapping[str, str] | None = None,
    marks: Mapping[str, str] | None = None,
    summary: Summary | None = None,
    header_row: int = 1,
) -> Plan:
    """Three result columns on the one sheet."""
    rows = {2: ["已判定", "迟到", "-5.00"]} if rows is None else rows
    return Plan((SheetPlan(SHEET, header_row, TITLES, rows, notes or {}, marks or {}),), summary)


def annotated(folder: Path, content: Mapping[str, str | bytes], wanted: Plan | None = None) -> Path:
    """The annotated workbook made of these parts."""
    target = folder / "out.xlsx"
    annotate(write(folder / "in.xlsx", content), target, wanted or plan())
    return target


def part(path: Path, name: str = "xl/worksheets/sheet1.xml") -> str:
    """Text of a part."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()
