"""What a workbook holds, told without the writer's code: parts by relationship, elements, cells, formats, notes.

`losses` lists what the annotated workbook lacks or says differently; additions are no losses.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

Element = etree._Element
FORMAT_PARTS = ("numFmtId", "fontId", "borderId", "fillId")


class Book:
    """An .xlsx file read for comparison."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self.parts = {self.key(info.filename): archive.read(info) for info in archive.infolist()}
        self.roots: dict[str, Element] = {}
        self.workbook = self.targets("", "officeDocument")[0]
        self.styles = next(iter(self.targets(self.workbook, "styles")), None)
        strings = next(iter(self.targets(self.workbook, "sharedStrings")), None)
        self.strings = [self.text(item) for item in self.root(strings) if self.name(item) == "si"] if strings else []

    @staticmethod
    def key(name: str) -> str:
        return name.replace("\\", "/").lstrip("/").lower()

    @staticmethod
    def name(element: Element) -> str:
        return str(element.tag).rpartition("}")[2]

    def root(self, key: str) -> Element:
        if key not in self.roots:
            self.roots[key] = etree.fromstring(self.parts[key], etree.XMLParser(huge_tree=True, resolve_entities=False))
        return self.roots[key]

    def relations(self, source: str) -> Iterator[tuple[str, str, str]]:
        """(id, kind, target) of each relationship; an outside target keeps its address."""
        folder, name = posixpath.split(source)
        rels = posixpath.join(folder, "_rels", name + ".rels")
        if rels not in self.parts:
            return
        for element in self.root(rels):
            kind, target = (element.get("Type") or "").rpartition("/")[2], element.get("Target") or ""
            if element.get("TargetMode") != "External":
                joined = posixpath.normpath(posixpath.join("/" + folder, target.replace("\\", "/")))
                target = self.key(joined) if self.key(joined) in self.parts else self.key(unquote(joined))
            yield element.get("Id") or "", kind, target

    def targets(self, source: str, kind: str) -> list[str]:
        return [target for _, found, target in self.relations(source) if found == kind and target in self.parts]

    def sheets(self) -> list[tuple[str, str]]:
        """(name, part) of each sheet."""
        targets = {identity: target for identity, _, target in self.relations(self.workbook)}
        found = []
        for element in self.root(self.workbook).iter("{*}sheet"):
            identity = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            if targets.get(identity) in self.parts:
                found.append((element.get("name") or "", targets[identity]))
        return found

    @staticmethod
    def text(element: Element) -> str:
        return "".join(
            t.text or "" for t in element.iter("{*}t") if not any(Book.name(up) == "rPh" for up in t.iterancestors())
        )

    def format(self, index: int) -> tuple[str, ...]:
        """What a cell's format says, in full: number format, font, border, fill, alignment, protection."""
        if self.styles is None:
            return ()
        root = self.root(self.styles)
        formats = root.findall("{*}cellXfs/{*}xf")
        if index >= len(formats):
            return ()
        xf = formats[index]
        told = [xf.get("numFmtId") or "0", xf.get("xfId") or "0", xf.get("quotePrefix") or "0"]
        for section, entry, attribute in (
            ("fonts", "font", "fontId"),
            ("borders", "border", "borderId"),
            ("fills", "fill", "fillId"),
        ):
            entries, number = root.findall(f"{{*}}{section}/{{*}}{entry}"), int(xf.get(attribute) or 0)
            told.append(canonical(entries[number]) if number < len(entries) else "none")
        return (*told, *(canonical(part) for part in xf))

    def cells(self, part: str) -> dict[tuple[int, int], tuple[str, str, str, str, int]]:
        """(formula, type, cached value, metadata, format) of each cell, by row and column."""
        found: dict[tuple[int, int], tuple[str, str, str, str, int]] = {}
        row_number = 0
        for row in self.root(part).findall("{*}sheetData/{*}row"):
            row_number = int(row.get("r") or row_number + 1)
            column = 0
            for cell in row.findall("{*}c"):
                letters = re.match("[A-Za-z]+", cell.get("r") or "")
                column = number_of(letters[0]) if letters else column + 1
                value, formula, inline = cell.find("{*}v"), cell.find("{*}f"), cell.find("{*}is")
                text = (value.text or "") if value is not None else ""
                kind = cell.get("t") or "n"
                if kind == "s" and text.strip().isdecimal() and int(text) < len(self.strings):
                    kind, text = "text", self.strings[int(text)]
                elif inline is not None:
                    kind, text = "text", canonical(inline)
                told = canonical(formula) if formula is not None else ""
                meta = f"{cell.get('cm')},{cell.get('vm')},{cell.get('ph')}"
                found.setdefault((row_number, column), (told, kind, text, meta, int(cell.get("s") or 0)))
        return found

    def notes(self, part: str) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Author's name and runs of each note of a sheet."""
        found = {}
        for comments in self.targets(part, "comments"):
            root = self.root(comments)
            authors = [author.text or "" for author in root.findall("{*}authors/{*}author")]
            for comment in root.iter("{*}comment"):
                author = int(comment.get("authorId") or 0)
                runs = tuple(self.text(run) + canonical(run.find("{*}rPr")) for run in comment.iter("{*}r"))
                name = authors[author] if author < len(authors) else ""
                found[comment.get("ref") or ""] = (name, runs or (self.text(comment),))
        return found


def number_of(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def canonical(element: Element | None) -> str:
    """An element's names, attributes and texts, without prefixes and white space between elements."""
    if element is None or not isinstance(element.tag, str):
        return ""
    attributes = sorted((key, value) for key, value in element.attrib.items())
    inner = "".join(canonical(part) for part in element)
    text = element.text or ""
    return f"<{element.tag}{attributes}>{text if text.strip() else ''}{inner}</>"


def losses(before: Path, after: Path, sheet: str, marks: set[tuple[int, int]], written: set[int]) -> list[str]:
    """What `after` lost of `before`, where `sheet` was annotated: `marks` may change fills, `written` is ours."""
    old, new = Book(before), Book(after)
    found = [f"part {key}" for key in old.parts if key not in new.parts]
    for key in old.parts:
        if not key.endswith(".rels"):
            kinds = Counter((kind, target) for _, kind, target in old.relations(key))
            lost = kinds - Counter((kind, target) for _, kind, target in new.relations(key))
            found += [f"relationship {key} {entry}" for entry in lost]
    touched = {old.workbook, old.styles, "[content_types].xml"}
    annotated = next(part for name, part in old.sheets() if name == sheet)
    touched |= {annotated, *old.targets(annotated, "comments"), *old.targets(annotated, "vmlDrawing")}
    found += [
        f"bytes of {key}"
        for key in old.parts
        if key not in touched and not key.endswith(".rels") and old.parts[key] != new.parts.get(key)
    ]
    names = [name for name, _ in old.sheets()]
    if [name for name, _ in new.sheets()][: len(names)] != names:
        found.append("sheets")
    for key in (old.workbook, old.styles, annotated):
        if key:
            found += [f"{key}: {entry}" for entry in _lost_elements(old.root(key), new.root(key))]
    found += _lost_cells(old, new, annotated, marks, written)
    new_notes = new.notes(annotated)
    for ref, (author, runs) in old.notes(annotated).items():
        if ref not in new_notes or new_notes[ref][0] != author or new_notes[ref][1][: len(runs)] != runs:
            kept = "".join(re.sub("<.*", "", run) for run in runs)
            if ref not in new_notes or not "".join(new_notes[ref][1]).startswith(kept):
                found.append(f"note {ref}")
    return found


def _lost_elements(old: Element, new: Element) -> list[str]:
    """Elements outside the rows that are fewer than before, and those whose content is not found again."""
    changing = {"dimension", "cols", "col", "sheetData", "fills", "cellXfs", "fonts", "cellStyleXfs", "cellStyles"}
    changing |= {"sheets", "definedNames", "worksheet", "workbook", "styleSheet", "borders"}

    def elements(root: Element) -> Counter[str]:
        return Counter(
            canonical(element)
            for element in root.iter("*")
            if Book.name(element) not in changing
            and not any(Book.name(up) == "sheetData" for up in element.iterancestors())
        )

    return [entry[:200] for entry in elements(old) - elements(new)]


def _lost_cells(old: Book, new: Book, part: str, marks: set[tuple[int, int]], written: set[int]) -> list[str]:
    found = []
    before, after = old.cells(part), new.cells(part)
    old_format, new_format = cache(old.format), cache(new.format)
    for place, (formula, kind, value, meta, style) in before.items():
        blank = not formula and not value and kind != "text"
        if place not in after:
            found.append(f"cell {place}")
            continue
        if after[place][:4] != (formula, kind, value, meta) and not (blank and place[1] in written):
            found.append(f"cell {place}: {(formula, kind, value, meta)} -> {after[place][:4]}")
        told, told_after = old_format(style), new_format(after[place][4])
        if place in marks and told:
            told, told_after = (*told[:5], *told[6:]), (*told_after[:5], *told_after[6:])
        if told != told_after and old.styles:
            found.append(f"format {place}: {told} -> {told_after}")
    rows = {row.get("r"): row for row in reversed(new.root(part).findall("{*}sheetData/{*}row"))}
    for row in old.root(part).findall("{*}sheetData/{*}row"):
        set_by_program = () if row.get("customHeight") in ("1", "true") else ("ht", "customHeight")
        wanted = {key: value for key, value in row.attrib.items() if key not in ("spans", "r", *set_by_program)}
        match = rows.get(row.get("r"))
        if wanted and row.get("r") and (match is None or not wanted.items() <= dict(match.attrib).items()):
            found.append(f"row {row.get('r')}")
    return found
