"""Cell formats: clones with a mark's fill, the way back from a mark, and the formats of our own cells."""

from __future__ import annotations

import copy
import re
from typing import Any

from lxml import etree

from .markup import MAIN, child, children, insert_ordered, local, namespace, serialize
from .plan import CannotAnnotate
from .workbook import Workbook

MARK_COLOURS = {"error": 0xF9B7B1, "warning": 0xFDE39B, "judged": 0xBFDFF7}
_VARIANT_BITS = 0x0707
_BASE_NAME = "处理前底色 "
_ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors",
    "extLst",
)  # fmt: skip
_XF_ORDER = ("alignment", "protection", "extLst")
MAX_FORMATS = 64_000
_Canonical = tuple[Any, ...]


class Styles:
    """The workbook's formats. Each mark colour has variants, one for each fill that lay under it.

    A marked cell's fill is an opaque colour that no palette offers; its last digits number the fill that the cell
    had before. That fill is kept in a named cell style, so the way back survives sorting, copying and saving in
    other programs. The plain variant stands for a cell without a fill.
    """

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        part = workbook.single_part("styles")
        if part is None:
            usual = "xl/styles.xml"
            part = usual if usual not in workbook.package else workbook.package.new_name("xl/styles", ".xml")
            workbook.add_part(part, "styles", "styles")
            self.root = etree.fromstring(f'<styleSheet xmlns="{workbook.namespace}"/>')
        else:
            self.root = workbook.package.parse(part)
        self.part = part
        self._ns = namespace(self.root) or MAIN
        self._ensure_basics()
        if part not in workbook.package.members:
            self._ensure_normal()
        self._formats = self._section("cellXfs")
        if any(children(xf, "xf") for xf in self._xfs()):
            raise CannotAnnotate("工作簿的内容已损坏，无法安全写入。", f"{part}: a format inside a format")
        self._marks: dict[tuple[int, str], int] = {}
        self._known: dict[_Canonical, int] | None = None
        self._previous = self._marked_fills()
        self._originals: dict[int, int] = {}
        self.marked = {
            number for number, xf in enumerate(self._xfs()) if self._fill_index(xf) in self._previous
        }  # fmt: skip

    @property
    def count(self) -> int:
        """Number of cell formats."""
        return len(self._xfs())

    def mark(self, style: int, kind: str) -> int:
        """Format like `style` with the fill of a mark; `style` itself once the colours of that mark are used up."""
        style = self.original(style)
        if (style, kind) not in self._marks:
            base = self._xf(style)
            fill = self._mark_fill(kind, self._fill_index(base))
            self._marks[style, kind] = style if fill is None else self._clone(base, fill)
        return self._marks[style, kind]

    def original(self, style: int) -> int:
        """Format that a marked one stems from; the same format if it is not marked."""
        if style not in self.marked:
            return style
        if style not in self._originals:
            xf = self._xf(style)
            self._originals[style] = self._clone(xf, self._previous[self._fill_index(xf)])
        return self._originals[style]

    def text(self) -> int:
        """Format of a result cell: the default one, lines wrapped, centred in height."""
        xf = copy.deepcopy(self._xf(0))
        self._align(xf, wrapText="1", vertical="center")
        return self._append(xf)

    def wrapping(self) -> frozenset[int]:
        """The formats whose lines are wrapped."""
        found = []
        for number, xf in enumerate(self._xfs()):
            alignment = child(xf, "alignment")
            if alignment is not None and alignment.get("wrapText") in ("1", "true"):
                found.append(number)
        return frozenset(found)

    def link(self) -> int:
        """Format of a link: the default one, blue and underlined."""
        xf = copy.deepcopy(self._xf(0))
        xf.set("fontId", str(self._add_font(underlined=True)))
        xf.set("applyFont", "1")
        self._align(xf, wrapText="1", vertical="center")
        return self._append(xf)

    def heading(self) -> int:
        """Format of a heading: the default one in bold."""
        xf = copy.deepcopy(self._xf(0))
        xf.set("fontId", str(self._add_font(underlined=False)))
        xf.set("applyFont", "1")
        return self._append(xf)

    def content(self) -> bytes:
        """The changed part."""
        for section in self.root:
            if local(section) in ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles"):
                section.set("count", str(sum(1 for entry in section if isinstance(entry.tag, str))))
        return serialize(self.root)

    def _xfs(self) -> list[etree._Element]:
        return children(self._formats, "xf")

    def _xf(self, style: int) -> etree._Element:
        formats = self._xfs()
        return formats[style] if 0 <= style < len(formats) else formats[0]

    def _section(self, name: str) -> etree._Element:
        section = child(self.root, name)
        if section is None:
            section = etree.Element(f"{{{self._ns}}}{name}")
            insert_ordered(self.root, section, _ORDER)
        return section

    def _element(self, parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
        return etree.SubElement(parent, f"{{{self._ns}}}{tag}", attributes)

    def _ensure_basics(self) -> None:
        """Give a stylesheet that lacks them its default font, fills, border and formats."""
        fonts, fills, borders = self._section("fonts"), self._section("fills"), self._section("borders")
        if not len(fonts):
            self._element(self._element(fonts, "font"), "sz", val="11")
        if not len(fills):
            for pattern in ("none", "gray125"):
                self._element(self._element(fills, "fill"), "patternFill", patternType=pattern)
        if not len(borders):
            self._element(borders, "border")
        if not children(self._section("cellXfs"), "xf"):
            self._element(self._section("cellXfs"), "xf", numFmtId="0", fontId="0", fillId="0", borderId="0")

    def _ensure_normal(self) -> None:
        """Give a stylesheet that lacks it the named style that all others build upon."""
        formats, names = self._section("cellStyleXfs"), self._section("cellStyles")
        if not children(formats, "xf"):
            self._element(formats, "xf", numFmtId="0", fontId="0", fillId="0", borderId="0")
        if not children(names, "cellStyle"):
            self._element(names, "cellStyle", name="Normal", xfId="0", builtinId="0")

    def _fills(self) -> list[etree._Element]:
        return children(self._section("fills"), "fill")

    @staticmethod
    def _fill_index(xf: etree._Element) -> int:
        value = xf.get("fillId") or "0"
        return int(value) if value.isdecimal() else 0

    def _marked_fills(self) -> dict[int, int]:
        """Fills that are marks of an earlier annotation, with the fill that each covers."""
        covered = dict.fromkeys(MARK_COLOURS.values(), 0) | self._recorded_fills()
        found = {}
        for number, fill in enumerate(self._fills()):
            colour = _solid_colour(fill)
            if colour is not None and any(not (colour ^ base) & ~_VARIANT_BITS for base in MARK_COLOURS.values()):
                found[number] = covered.get(colour, 0)
        return found

    def _recorded_fills(self) -> dict[int, int]:
        """Mark colours with the fill that each covers, from the named styles that keep them."""
        formats, names = child(self.root, "cellStyleXfs"), child(self.root, "cellStyles")
        if formats is None or names is None:
            return {}
        entries = children(formats, "xf")
        recorded = {}
        for style in children(names, "cellStyle"):
            match = re.fullmatch(_BASE_NAME + "([0-9A-F]{6})", style.get("name") or "")
            number = int(style.get("xfId") or 0)
            if match and number < len(entries):
                recorded[int(match[1], 16)] = self._fill_index(entries[number])
        return recorded

    def _mark_fill(self, kind: str, covered: int) -> int | None:
        """Index of the fill for a mark over the fill `covered`, added where it is new; None without a free colour."""
        fills = self._fills()
        plain = covered >= len(fills) or _is_none(fills[covered])
        colour = MARK_COLOURS[kind] if plain else self._variant(kind, covered)
        if colour is None:
            return None
        for number, fill in enumerate(fills):
            if _solid_colour(fill) == colour:
                return number
        pattern = self._element(self._element(self._section("fills"), "fill"), "patternFill", patternType="solid")
        self._element(pattern, "fgColor", rgb=f"FF{colour:06X}")
        self._element(pattern, "bgColor", indexed="64")
        return len(fills)

    def _variant(self, kind: str, covered: int) -> int | None:
        """Colour of a mark over a fill, recorded in a named style; None when all variants are taken."""
        fills = self._fills()
        wanted = _canonical(fills[covered])
        taken = self._recorded_fills()
        for number in range(1, 64):
            colour = MARK_COLOURS[kind] ^ ((number >> 3) << 8 | number & 7)
            if colour not in taken:
                return self._record(colour, covered)
            if taken[colour] < len(fills) and _canonical(fills[taken[colour]]) == wanted:
                return colour
        return None

    def _record(self, colour: int, covered: int) -> int:
        self._ensure_normal()
        formats, names = self._section("cellStyleXfs"), self._section("cellStyles")
        number = len(children(formats, "xf"))
        self._element(formats, "xf", numFmtId="0", fontId="0", fillId=str(covered), borderId="0", applyFill="1")
        self._element(names, "cellStyle", name=f"{_BASE_NAME}{colour:06X}", xfId=str(number))
        return colour

    def _clone(self, xf: etree._Element, fill: int) -> int:
        clone = copy.deepcopy(xf)
        clone.set("fillId", str(fill))
        clone.set("applyFill", "1")
        return self._append(clone)

    def _append(self, xf: etree._Element) -> int:
        """Index of a format equal to `xf`, added where there is none; refuses more formats than Excel allows."""
        if self._known is None:
            self._known = {}
            for number, known in enumerate(self._xfs()):
                self._known.setdefault(_canonical(known), number)
        key = _canonical(xf)
        if key not in self._known:
            if len(self._known) >= MAX_FORMATS:
                raise CannotAnnotate("工作簿的单元格格式已达上限，无法再加标记颜色。")
            self._known[key] = self.count
            self._formats.append(xf)
        return self._known[key]

    def _align(self, xf: etree._Element, **attributes: str) -> None:
        alignment = child(xf, "alignment")
        if alignment is None:
            alignment = etree.Element(f"{{{self._ns}}}alignment")
            insert_ordered(xf, alignment, _XF_ORDER)
        for name, value in attributes.items():
            alignment.set(name, value)
        xf.set("applyAlignment", "1")

    def _add_font(self, underlined: bool) -> int:
        """Index of a font like the default one, blue and underlined or bold, added where it is new."""
        fonts = self._section("fonts")
        font = copy.deepcopy(children(fonts, "font")[0])
        for name in ("u", "color") if underlined else ("b",):
            for found in children(font, name):
                font.remove(found)
        if underlined:
            font.append(etree.Element(f"{{{self._ns}}}u"))
            font.append(etree.Element(f"{{{self._ns}}}color", rgb="FF0563C1"))
            font[:] = sorted(font, key=_font_rank)
        else:
            font.insert(0, etree.Element(f"{{{self._ns}}}b"))
        wanted = _canonical(font)
        for number, known in enumerate(children(fonts, "font")):
            if _canonical(known) == wanted:
                return number
        fonts.append(font)
        return len(children(fonts, "font")) - 1


def _font_rank(element: etree._Element) -> int:
    order = ("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name")
    return order.index(local(element)) if local(element) in order else len(order)


def _canonical(element: etree._Element) -> _Canonical:
    """What makes two elements equal; C14N knows no namespaces that are relative names, such as smNativeData."""
    parts = tuple(_canonical(part) for part in element if isinstance(part.tag, str))
    return str(element.tag), tuple(sorted(element.attrib.items())), (element.text or "").strip(), parts


def _solid_colour(fill: etree._Element) -> int | None:
    """RGB of a solid fill; None for any other."""
    pattern = child(fill, "patternFill")
    colour = child(pattern, "fgColor") if pattern is not None and pattern.get("patternType") == "solid" else None
    value = (colour.get("rgb") or "") if colour is not None else ""
    return int(value[-6:], 16) if re.fullmatch("[0-9A-Fa-f]{6,8}", value) else None


def _is_none(fill: etree._Element) -> bool:
    pattern = child(fill, "patternFill")
    if pattern is None:
        return not len(fill)
    return pattern.get("patternType") in (None, "none")
