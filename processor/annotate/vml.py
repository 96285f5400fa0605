"""The shapes that show notes. A shapes part is not always XML, so it is patched as text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from .frame import add_legacy_drawing
from .markup import child
from .package import Package, Relationships, part_key
from .plan import CannotAnnotate
from .refs import MAX_COLUMNS, MAX_ROWS, split_ref
from .workbook import Workbook

_BLOCK = 1024
_NAMESPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_NEW = f'<xml {_NAMESPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data=""/></o:shapelayout></xml>'
_TYPE = (
    f'<v:shapetype {_NAMESPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    f'<v:shape {_NAMESPACES} id="_x0000_s{{id}}" type="#_x0000_t202" style="position:absolute;'
    'margin-left:60pt;margin-top:2pt;width:180pt;height:72pt;z-index:{z};visibility:hidden" fillcolor="#ffffe1" '
    'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div>'
    '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {top}, 2, {right}, 31, {bottom}, 1</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_CLOSE = re.compile(r"</(?:[\w.-]+:)?xml\s*>", re.IGNORECASE)
_EMPTY_ROOT = re.compile(r"<((?:[\w.-]+:)?xml)(\s[^>]*)?/>", re.IGNORECASE)
_ID = re.compile(r"_x0000_s(\d+)")
_IDMAP = re.compile(r"(<(?:\w+:)?idmap\b[^>]*?\sdata\s*=\s*)(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_NOTE = re.compile(
    r"<(v:shape)\b(?:(?!</v:shape>).)*?ObjectType\s*=\s*[\"']Note[\"'](?:(?!</v:shape>).)*?</v:shape>",
    re.DOTALL | re.IGNORECASE,
)


class Shapes:
    """The shapes part of one worksheet."""

    def __init__(self, workbook: Workbook, relationships: Relationships, frame: etree._Element) -> None:
        self._workbook = workbook
        self._package: Package = workbook.package
        self._relationships = relationships
        self._frame = frame

    def update(self, added: Sequence[str], removed: Sequence[str], all_refs: Sequence[str]) -> None:
        """Add and remove the shapes of notes; a sheet without shapes gets one for each of `all_refs`."""
        if not added and not removed:
            return
        part = self._part()
        if part is None:
            part, added = self._create(), all_refs
        data = self._package.read(part)
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        text = data.decode(encoding, errors="surrogateescape")
        if removed:
            text = _without(text, {split_ref(ref) for ref in removed})
        if added:
            text = self._add(text, part, added)
        self._package.put(part, text.encode(encoding, errors="surrogateescape"))

    def _part(self) -> str | None:
        """Key of the part that the sheet's legacyDrawing names; None where it is missing."""
        element = child(self._frame, "legacyDrawing")
        if element is None:
            return None
        wanted = next((value for name, value in element.attrib.items() if str(name).endswith("}id")), "")
        for found in self._relationships.of_kind("vmlDrawing"):
            if found.id == wanted:
                return found.target
        return None

    def _create(self) -> str:
        name = self._package.new_name("xl/drawings/vmlDrawing", ".vml")
        self._workbook.types.declare(name, "application/vnd.openxmlformats-officedocument.vmlDrawing")
        self._package.put(name, _NEW.encode())
        base = self._workbook.relationship_base
        add_legacy_drawing(self._frame, self._relationships.add("vmlDrawing", name, base), base)
        return part_key(name)

    def _add(self, text: str, part: str, refs: Sequence[str]) -> str:
        text = _EMPTY_ROOT.sub(r"<\1\2></\1>", text, count=1)
        text, ids = self._free_ids(text, part, len(refs))
        shapes = [] if 'id="_x0000_t202"' in text else [_TYPE]
        for shape_id, ref in zip(ids, refs, strict=True):
            try:
                row, column = split_ref(ref)
            except ValueError:
                continue
            left = min(column, MAX_COLUMNS - 4)
            top = min(max(row - 2, 0), MAX_ROWS - 6)
            shapes.append(
                _SHAPE.format(
                    id=shape_id, z=shape_id % _BLOCK, left=left, right=left + 3, top=top, bottom=top + 5,
                    row=row - 1, column=column - 1,
                )
            )  # fmt: skip
        closings = [match.start() for match in _CLOSE.finditer(text)]
        if not closings:
            raise CannotAnnotate("工作表的批注图形已损坏，无法安全添加批注。", part)
        return text[: closings[-1]] + "".join(shapes) + text[closings[-1] :]

    def _free_ids(self, text: str, part: str, count: int) -> tuple[str, list[int]]:
        """Ids for new shapes: from the part's own blocks of 1024, then from blocks that no other part uses."""
        used = {int(number) for number in _ID.findall(text)}
        idmap = _IDMAP.search(text)
        own = [int(number) for number in re.findall(r"\d+", (idmap[2] or idmap[3] or "") if idmap else "")]
        ids = [n for block in own for n in range(block * _BLOCK + 1, (block + 1) * _BLOCK) if n not in used][:count]
        taken = {number // _BLOCK for number in used} | set(own) | self._foreign_blocks(part)
        block = 1
        while len(ids) < count:
            while block in taken:
                block += 1
            taken.add(block)
            own.append(block)
            ids.extend(range(block * _BLOCK + 1, min((block + 1) * _BLOCK, block * _BLOCK + 1 + count - len(ids))))
        if idmap:
            blocks = ",".join(str(number) for number in own)
            text = text[: idmap.start()] + f'{idmap[1]}"{blocks}"' + text[idmap.end() :]
        return text, ids

    def _foreign_blocks(self, part: str) -> set[int]:
        """Blocks of ids that the other shapes parts of the package use."""
        taken: set[int] = set()
        for key in {*self._package.members, *self._package.changes}:
            if key.endswith(".vml") and key != part_key(part):
                text = self._package.read(key).decode("utf-8", errors="replace")
                taken |= {int(number) // _BLOCK for number in _ID.findall(text)}
                for match in _IDMAP.finditer(text):
                    taken |= {int(number) for number in re.findall(r"\d+", match[2] or match[3] or "")}
        return taken


def _without(text: str, cells: set[tuple[int, int]]) -> str:
    """The shapes without those of the notes on some cells, given as (row, column)."""

    def kept(match: re.Match[str]) -> str:
        row, column = (re.search(rf"<(?:\w+:)?{name}>\s*(\d+)\s*<", match[0]) for name in ("Row", "Column"))
        return "" if row and column and (int(row[1]) + 1, int(column[1]) + 1) in cells else match[0]

    return _NOTE.sub(kept, text)
