"""What must be known of an .xlsx or .ods package before it is parsed.

That its sheets stay within the limits and it has no DTD; and which cells hold an Excel error or a formula that was
never calculated, since the parser reads those as empty, show a percentage, or are crossed out.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from lxml import etree

from processor.intake.extent import Extent, check_exactly, may_hold_formulas, windows
from processor.intake.formulas import FORMULA, PLACED, TAG, Formulas, Position, position_of
from processor.intake.grid import UNCALCULATED, OddCells
from processor.intake.guard import Limits, damaged, odd_encoding, read_part, too_wide, unsafe
from processor.intake.ods_errors import ods_errors
from processor.intake.percents import percent_styles, percentages
from processor.intake.rejection import WorkbookRejected
from processor.intake.struck import struck, struck_styles

_ERROR = re.compile(PLACED + rb'(?=[^<>]*?\st="e")[^<>]*>\s*(?:' + FORMULA + rb")?" + TAG + rb"v>([^<]*)<")
_REPEATED = re.compile(rb'<table:table-(row|cell)\b[^<>]*number-(?:rows|columns)-repeated="([0-9]+)"[^<>]*>')

_FEW_STRINGS = re.compile(rb'uniqueCount="[0-9]{1,7}"')
_WIDE_DOCTYPE = "<!DOCTYPE".encode("utf-16-le")


@dataclass(frozen=True)
class PackageFacts:
    """`epoch_1904`: serial dates count from 1904. `odd_cells`: by sheet, (row, column) from 1 to the shown error.

    `doubtful`: the parser might need memory without bounds, for places that a sheet names though no value seems to
    stand there, for strings that are claimed, or for a part that is there twice.
    """

    epoch_1904: bool
    odd_cells: OddCells
    doubtful: bool


def inspect_xlsx(path: Path, limits: Limits) -> PackageFacts:
    """Check the extent of every sheet part. Raises WorkbookRejected beyond the limits or for a DTD."""
    with zipfile.ZipFile(path) as package:
        names = {name.replace("\\", "/").lower(): name for name in package.namelist()}
        doubtful = len(names) < len(package.namelist())  # who knows which of two parts of a name the parser takes
        for key, name in names.items():
            if key.endswith((".xml", ".rels")) and not key.startswith("xl/worksheets/sheet"):
                doubtful |= _claims_much(package, name, limits)
        epoch_1904, to_calculate, sheets = _workbook(package, names, limits)
        if len(sheets) > limits.sheets:
            raise too_wide("工作表", len(sheets), limits.sheets)
        present = {title: names[part] for title, part in sheets.items() if part in names}
        to_calculate |= _by_a_library(package, names, limits)
        looks = _looks(package, names, limits)
        scans = {title: _scan_sheet(package, name, limits, to_calculate, looks) for title, name in present.items()}
    odd_cells = {title: odd for title, (odd, _) in scans.items()}
    return PackageFacts(epoch_1904, odd_cells, doubtful or any(doubt for _, doubt in scans.values()))


def inspect_ods(path: Path, limits: Limits) -> OddCells:
    """The cells with an error or an uncalculated formula, which the parser reads as empty, by sheet.

    Refuses a spreadsheet that is not well-formed, whose filled cells are repeated beyond the limits, or with a DTD: the
    parser may look for the end of broken markup without end.
    """
    with zipfile.ZipFile(path) as package:
        content = b"".join(read_part(package, "content.xml", limits))
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise unsafe()
    try:
        expat.ParserCreate().Parse(content, True)
    except expat.ExpatError as error:
        raise damaged() from error
    except (LookupError, ValueError) as error:
        raise odd_encoding() from error
    sheets = content.count(b"<table:table ")
    if sheets > limits.sheets:
        raise too_wide("工作表", sheets, limits.sheets)
    for match in _REPEATED.finditer(content):
        kind, times = match.group(1), int(match.group(2))
        limit = limits.rows if kind == b"row" else limits.columns
        end = content.find(b"</table:table-row>", match.end()) if kind == b"row" else match.end()
        if times > limit and b"value-type=" in content[match.start() : end]:
            raise too_wide("行数" if kind == b"row" else "列数", times, limit)
    return ods_errors(content) if b'value-type="error"' in content or b":formula=" in content else {}


def _claims_much(package: zipfile.ZipFile, name: str, limits: Limits) -> bool:
    """Whether a part claims shared strings, for which the parser reserves memory, in another way than by a small number.

    Raises WorkbookRejected for a DTD.
    """
    much = False
    for data in windows(read_part(package, name, limits)):
        _check_prolog(data)
        much |= data.count(b"uniqueCount") != len(_FEW_STRINGS.findall(data))
    return much


def _check_prolog(data: bytes) -> None:
    if b"!" in data and (b"<!DOCTYPE" in data or b"<!ENTITY" in data):
        raise unsafe()
    if b"\x00" in data and (_WIDE_DOCTYPE in data or _WIDE_DOCTYPE[1:] + b"\x00" in data):
        raise unsafe()
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")):
        raise odd_encoding()


def _workbook(package: zipfile.ZipFile, names: dict[str, str], limits: Limits) -> tuple[bool, bool, dict[str, str]]:
    """Does it count from 1904, is it to be calculated on opening, and the part (lower case) of each sheet by its name."""
    part = "xl/workbook.xml" if "xl/workbook.xml" in names else next(n for n in names if n.endswith("workbook.xml"))
    folder, base = posixpath.split(part)
    book = _parse(package, names[part], limits)
    targets: dict[str, str] = {}
    rels = names.get(f"{folder}/_rels/{base}.rels")
    for rel in _parse(package, rels, limits) if rels else ():
        target = (rel.get("Target") or "").replace("\\", "/")
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        targets[rel.get("Id") or ""] = whole.lower()
    sheets = {}
    for sheet in book.iterfind(".//{*}sheet"):
        identity = next((value for key, value in sheet.attrib.items() if str(key).endswith("}id")), "")
        sheets[str(sheet.get("name"))] = targets.get(str(identity), "")
    return _flag(book, "workbookPr", "date1904"), _flag(book, "calcPr", "fullCalcOnLoad"), sheets


def _flag(book: etree._Element, element: str, attribute: str) -> bool:
    found = book.find(f".//{{*}}{element}")
    return found is not None and found.get(attribute, "0") in ("1", "true")


def _by_a_library(package: zipfile.ZipFile, names: dict[str, str], limits: Limits) -> bool:
    """Whether a library wrote the workbook that stores 0 for formulas and does not say so."""
    name = names.get("docprops/app.xml")
    return name is not None and b"Apache POI" in b"".join(read_part(package, name, limits))


@dataclass(frozen=True)
class _Looks:
    """The cell formats that show a number as a percentage, and those that cross a cell out."""

    percents: frozenset[bytes] = frozenset()
    struck: frozenset[bytes] = frozenset()


def _looks(package: zipfile.ZipFile, names: dict[str, str], limits: Limits) -> _Looks:
    """The formats that matter; none of a part that cannot be read, without which the sheets still can."""
    name = names.get("xl/styles.xml")
    try:
        styles = _parse(package, name, limits) if name is not None else None
    except WorkbookRejected:
        styles = None
    return _Looks() if styles is None else _Looks(percent_styles(styles), struck_styles(styles))


def _parse(package: zipfile.ZipFile, name: str, limits: Limits) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(b"".join(read_part(package, name, limits)), parser)
    except etree.XMLSyntaxError as error:
        raise damaged() from error


def _scan_sheet(
    package: zipfile.ZipFile, name: str, limits: Limits, to_calculate: bool, looks: _Looks
) -> tuple[dict[Position, str], bool]:
    """The cells of a sheet that the parser would take for empty or another number, and whether its extent is in doubt."""
    odd: dict[Position, str] = {}
    crossed: dict[Position, str] = {}
    extent, formulas = Extent(), Formulas(to_calculate)
    for data in windows(read_part(package, name, limits)):
        _check_prolog(data)
        formulated = extent.look(data)
        if b't="e"' in data:
            odd |= {position_of(m): m.group(3).decode("utf-8", "replace") for m in _ERROR.finditer(data)}
        if formulated and may_hold_formulas(data):
            formulas.look(data)
        if looks.percents:
            odd |= percentages(data, looks.percents)
        if looks.struck:
            crossed |= struck(data, looks.struck)
    odd |= dict.fromkeys(formulas.uncalculated, UNCALCULATED) | crossed
    if extent.fits(limits):
        return odd, False
    check_exactly(read_part(package, name, limits), limits)
    return odd, True
