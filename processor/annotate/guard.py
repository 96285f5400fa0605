"""The check after each write: what was not touched is untouched, what was touched is sound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from xml.parsers import expat
from zipfile import ZipInfo

from processor.sheet_tags import tags_of

from .archive import Archive
from .markup import child, children
from .package import CONTENT_TYPES, RELATIONSHIPS_TYPE, ContentTypes, Package, Relationships, part_key
from .refs import MAX_ROWS, column_number
from .scan import SheetStream
from .sheet import Patched

_SHAPES = 10_000
_ROW_NUMBER = re.compile(rb"""[^>]*?\sr\s*=\s*["']\s*([0-9]+)""")


class GuardError(Exception):
    """A written file that must not be delivered."""


def check(source: Package, target: Path, patched: Iterable[Patched], styles: str) -> None:
    """Compare the written file with its source; raises GuardError, or what reading a broken file raises."""
    with Archive(target) as archive:
        written = Package(archive)
        _check_inventory(source, written)
        sheets = {sheet.part: sheet for sheet in patched}
        format_count = _format_count(written, styles)
        for key in source.changes:
            if key in sheets:
                _check_sheet(written, sheets[key], format_count)
            elif not key.endswith(".vml"):
                _check_well_formed(written.chunks(key), key)
        _check_references(source, written)


def _check_inventory(source: Package, written: Package) -> None:
    """Every part is there, in the same bytes unless it was changed, and nothing else is."""
    members = {member.filename: member for member in written.archive.members}
    for member in source.archive.members:
        copied = members.get(member.filename)
        if part_key(member.filename) in source.removed:
            if copied is not None:
                raise GuardError(f"{member.filename} should be gone")
            continue
        if copied is None:
            raise GuardError(f"{member.filename} is missing")
        if part_key(member.filename) not in source.changes and not _same(source, member, written, copied):
            raise GuardError(f"{member.filename} differs")
    for member in written.archive.members:
        if not member.is_dir() and part_key(member.filename) not in source:
            raise GuardError(f"{member.filename} is unexpected")


def _same(source: Package, member: ZipInfo, written: Package, copied: ZipInfo) -> bool:
    if (member.CRC, member.file_size, member.compress_size) != (copied.CRC, copied.file_size, copied.compress_size):
        return False
    pairs = zip(source.archive.raw(member), written.archive.raw(copied), strict=True)
    return all(before == after for before, after in pairs)


def _check_well_formed(chunks: Iterable[bytes], key: str) -> None:
    parser = expat.ParserCreate()
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise GuardError(f"{key} is not well-formed: {error}") from error


def _check_references(source: Package, written: Package) -> None:
    """Relationships lead to parts unless they led nowhere before, and every new part has a type."""
    types = ContentTypes(written)
    for key in source.changes:
        if key not in source.members and key != part_key(CONTENT_TYPES):
            expected = types.type_of(key)
            if not expected or (key.endswith(".rels") and expected != RELATIONSHIPS_TYPE):
                raise GuardError(f"{key} has no content type")
        if not key.endswith(".rels"):
            continue
        owner = key.replace("_rels/", "").removesuffix(".rels")
        before = _dangling(source, owner) if key in source.members else set()
        if _dangling(written, owner) - before:
            raise GuardError(f"{key} leads nowhere")


def _dangling(package: Package, owner: str) -> set[str]:
    relationships = Relationships(package, owner)
    return {found.target for found in relationships if not found.external and found.target not in package}


def _format_count(written: Package, styles: str) -> int:
    formats = child(written.parse(styles), "cellXfs")
    return len(children(formats, "xf")) if formats is not None else 0


def _check_sheet(written: Package, sheet: Patched, formats: int) -> None:
    """A patched sheet is well-formed, has gained what was added, keeps its order, and names formats that exist."""
    parser = expat.ParserCreate()

    def watched() -> Iterator[bytes]:
        for chunk in written.chunks(sheet.part):
            parser.Parse(chunk, False)
            yield chunk

    try:
        rows, cells, disorder = _read_rows(SheetStream(watched()))
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise GuardError(f"{sheet.part} is not well-formed: {error}") from error
    expected = sheet.survey.rows + sheet.patcher.rows_added, sheet.survey.cells + sheet.patcher.cells_added
    if (rows, cells) != expected:
        raise GuardError(f"{sheet.part} has {rows} rows and {cells} cells, not {expected}")
    if max(sheet.cells.formats, default=0) >= formats:
        raise GuardError(f"{sheet.part} names a format beyond {formats}")
    if disorder and not _read_rows(SheetStream(sheet.source()))[2]:
        raise GuardError(f"{sheet.part}: {disorder}")


def _read_rows(stream: SheetStream) -> tuple[int, int, str]:
    """How many rows and cells a sheet has, and what is out of order in it, if anything is."""
    rows = cells = previous = 0
    disorder = ""
    shapes: set[tuple[bytes, ...]] = set()
    for block in stream.blocks():
        tags = None if stream.grammar.prefix else tags_of(block)
        if tags is not None and tags.ascend(previous) and tags.rows[-1] <= MAX_ROWS:
            rows, cells, previous = rows + len(tags.rows), cells + tags.cells, int(tags.rows[-1])
            continue
        pieces = block.split(stream.grammar.row_tag)
        rows += len(pieces) - 1
        for piece in pieces[1:]:
            found = _ROW_NUMBER.match(piece)
            number = int(found[1]) if found else previous + 1
            if not previous < number <= MAX_ROWS:
                disorder = f"row {number} stands behind row {previous}"
            previous = number
            shape = tuple(stream.grammar.columns.findall(piece))
            cells += len(shape)
            if shape not in shapes:
                if not _ascending(shape):
                    disorder = f"row {number} has cells out of order"
                elif len(shapes) < _SHAPES:
                    shapes.add(shape)
    return rows, cells, disorder


def _ascending(shape: tuple[bytes, ...]) -> bool:
    """Whether the columns of a row's cells ascend."""
    numbers = [column_number(letters.decode()) for letters in shape]
    return all(before < after for before, after in pairwise(numbers))
