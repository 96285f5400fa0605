"""The workbook part: its sheets, the types of its parts, the names it defines."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from lxml import etree

from .markup import STRICT_MAIN, child, children, clean, insert_ordered, local, namespace, serialize
from .package import ContentTypes, Package, Relationships
from .plan import CannotAnnotate
from .refs import quote_sheet

_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_ORDER = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
    "externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr",
    "smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip
MAX_TITLE = 31


@dataclass(frozen=True)
class Sheet:
    """A sheet as the workbook lists it; `kind` is worksheet, chartsheet, dialogsheet or xlMacrosheet."""

    name: str
    kind: str
    part: str


class Workbook:
    """The workbook part of a package."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.types = ContentTypes(package)
        self.part = _workbook_part(package, self.types)
        self.root = package.parse(self.part)
        self.relationships = Relationships(package, self.part)
        if local(self.root) != "workbook":
            raise CannotAnnotate("这不是 .xlsx 或 .xlsm 工作簿，无法在原文件上批注。", self.part)
        self.namespace = namespace(self.root)
        self.relationship_base = _STRICT if self.namespace == STRICT_MAIN else _TRANSITIONAL
        self.sheets = self._read_sheets()

    def _read_sheets(self) -> list[Sheet]:
        targets = {found.id: found for found in self.relationships if not found.external}
        sheets = []
        for element in self._sheet_elements():
            found = targets.get(_relationship_id(element))
            if found:
                sheets.append(Sheet(element.get("name") or "", found.kind, found.target))
        return sheets

    def _sheet_elements(self) -> list[etree._Element]:
        sheets = child(self.root, "sheets")
        return [] if sheets is None else children(sheets, "sheet")

    def worksheet(self, name: str) -> Sheet:
        """The worksheet of that name, whatever its case; refuses a missing one and one that holds no cells."""
        matches = [sheet for sheet in self.sheets if sheet.name == name] or [
            sheet for sheet in self.sheets if sheet.name.casefold() == name.casefold()
        ]
        if not matches:
            raise CannotAnnotate(f"工作簿里没有名为“{name}”的工作表。")
        if matches[0].kind != "worksheet":
            raise CannotAnnotate(f"“{name}”不是普通工作表，无法写入处理结果。", matches[0].kind)
        return matches[0]

    def single_part(self, kind: str) -> str | None:
        """Key of the part that the workbook relates to by that kind, such as styles."""
        found = self.relationships.of_kind(kind)
        return found[0].target if found else None

    def add_part(self, name: str, kind: str, content_type: str) -> str:
        """Relate the workbook to a new part; returns the relationship's id."""
        self.types.declare(name, f"{_SPREADSHEET}.{content_type}+xml")
        return self.relationships.add(kind, name, self.relationship_base)

    def add_sheet(self, title: str, part: str, *, first: bool = False) -> str:
        """List a new worksheet last, or first; returns the name that it got."""
        name = free_title(title, {(element.get("name") or "").casefold() for element in self._sheet_elements()})
        sheets = child(self.root, "sheets")
        if sheets is None:
            raise CannotAnnotate("工作簿缺少必要的部分，可能已损坏。", "no sheets")
        ids = [int(id) for element in self._sheet_elements() if (id := element.get("sheetId") or "").isdecimal()]
        relationship = self.add_part(part, "worksheet", "worksheet")
        element = etree.SubElement(sheets, f"{{{namespace(sheets)}}}sheet")
        element.set("name", name)
        element.set("sheetId", str(max(ids, default=0) + 1))
        element.set(f"{{{self.relationship_base}}}id", relationship)
        if first:
            sheets.insert(0, element)
            self._renumber(lambda place: place + 1)
        self.save()
        return name

    def remove_sheet(self, name: str) -> None:
        """Take a sheet out of the workbook, with the names that are its own; nothing where there is none of that name."""
        elements = self._sheet_elements()
        place = next((at for at, element in enumerate(elements) if element.get("name") == name), None)
        sheet = next((sheet for sheet in self.sheets if sheet.name == name), None)
        if place is None or sheet is None or len(elements) == 1:
            return
        element = elements[place]
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
        self._renumber(lambda at: None if at == place else at - (at > place))
        self.relationships.remove(_relationship_id(element))
        self.types.forget(sheet.part)
        self.package.remove(sheet.part)
        self.save()

    def _renumber(self, new_place: Callable[[int], int | None]) -> None:
        """Let what names sheets by their place follow them."""
        names = child(self.root, "definedNames")
        if names is not None:
            for element in [element for element in names if element.get("localSheetId") is not None]:
                moved = new_place(int(element.get("localSheetId") or 0))
                if moved is None:
                    names.remove(element)
                else:
                    element.set("localSheetId", str(moved))
        views = child(self.root, "bookViews")
        for view in views if views is not None else ():
            for key in ("activeTab", "firstSheet"):
                if (at := view.get(key)) is not None or key == "activeTab":
                    view.set(key, str(new_place(int(at or 0)) or 0))

    def names(self, prefix: str) -> dict[str, str]:
        """Defined names that start with `prefix`, with their formulas."""
        found = child(self.root, "definedNames")
        return {
            element.get("name") or "": element.text or ""
            for element in (found if found is not None else ())
            if (element.get("name") or "").startswith(prefix)
        }

    def define(self, name: str, formula: str) -> None:
        """Set a hidden defined name."""
        names = child(self.root, "definedNames")
        if names is None:
            names = etree.Element(f"{{{self.namespace}}}definedNames")
            insert_ordered(self.root, names, _ORDER)
        element = next((found for found in names if found.get("name") == name), None)
        if element is None:
            element = etree.SubElement(names, f"{{{self.namespace}}}definedName", {"name": name, "hidden": "1"})
        element.text = formula
        self.save()

    def save(self) -> None:
        """Put the changed workbook part into the package."""
        self.package.put(self.part, serialize(self.root))


def free_title(title: str, taken: Collection[str]) -> str:
    """The title as Excel allows it, with a number behind it where it is taken; `taken` are folded by case."""
    plain = "".join(letter for letter in clean(title) if letter not in "[]:*?/\\\t\n").strip("' ") or "Sheet"
    name, number = plain[:MAX_TITLE].rstrip("' "), 2
    while name.casefold() in taken:
        ending = f" ({number})"
        name = plain[: MAX_TITLE - len(ending)] + ending
        number += 1
    return name


def names_sheet(formula: str, sheet: str) -> bool:
    """Whether a formula such as 'Sheet 1'!$A$1:$C$1 lies on that sheet."""
    return formula.rpartition("!")[0].casefold() in (sheet.casefold(), quote_sheet(sheet).casefold())


def _relationship_id(element: etree._Element) -> str:
    return next((str(value) for name, value in element.attrib.items() if str(name).endswith("}id")), "")


def _workbook_part(package: Package, types: ContentTypes) -> str:
    """Key of the workbook part; refuses signed workbooks, binary ones, and other kinds of document."""
    roots = Relationships(package, "")
    if any(found.kind == "origin" and "signature" in found.target for found in roots):
        raise CannotAnnotate("工作簿带有数字签名，写入会使签名失效，因此未作改动。")
    found = [entry.target for entry in roots.of_kind("officeDocument")]
    if not found:
        raise CannotAnnotate("这不是 .xlsx 或 .xlsm 工作簿，无法在原文件上批注。", "no office document")
    if "binary" in types.type_of(found[0]) or found[0].endswith(".bin"):
        raise CannotAnnotate("这是二进制工作簿（.xlsb），请另存为 .xlsx 后再交。")
    return found[0]
