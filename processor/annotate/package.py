"""The parts of a workbook's package: looked up by name, changed by replacement, written with the rest untouched."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import unquote
from zipfile import ZipInfo

from lxml import etree

from .archive import Archive, ArchiveWriter
from .markup import children, local, namespace, parse, refuse_dtd, serialize
from .plan import CannotAnnotate

CONTENT_TYPES = "[Content_Types].xml"
RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_XML_SUFFIXES = (".xml", ".rels", ".vml")

Chunks = Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class Relationship:
    """One relationship of a part; `kind` is the last piece of its type, `target` a part's key or an outside address."""

    id: str
    kind: str
    target: str
    external: bool


class Package:
    """A workbook's parts. Keys are lower-case names without a leading slash; `changes` holds what will differ, `removed` what is left out."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.members: dict[str, ZipInfo] = {}
        self.changes: dict[str, tuple[str, Chunks]] = {}
        self.late: list[str] = []
        self.removed: set[str] = set()
        self._expected: str | None = None
        for member in archive.members:
            if member.is_dir():
                continue
            key = part_key(member.filename)
            earlier = self.members.setdefault(key, member)
            if (earlier.CRC, earlier.file_size) != (member.CRC, member.file_size):
                raise CannotAnnotate("工作簿内部有重名的部分，无法安全写入。", member.filename)
        if part_key(CONTENT_TYPES) not in self.members:
            raise CannotAnnotate("这不是 .xlsx 或 .xlsm 工作簿，无法在原文件上批注。", "no [Content_Types].xml")

    def __contains__(self, key: str) -> bool:
        return (key in self.members or key in self.changes) and key not in self.removed

    def read(self, key: str) -> bytes:
        """Content of a part, with the change made to it so far."""
        if key in self.changes:
            return b"".join(self.changes[key][1]())
        return self.archive.read(self._member(key))

    def chunks(self, key: str) -> Iterator[bytes]:
        """Content of a part as delivered, piece by piece."""
        return self.archive.chunks(self._member(key))

    def parse(self, key: str) -> etree._Element:
        """Root element of a part."""
        return parse(self.read(key), key)

    def put(self, name: str, content: bytes | Chunks, late: bool = False) -> None:
        """Replace or add a part; with `late`, `content` is called after all other parts are written."""
        key = part_key(name)
        chunks: Chunks = (lambda: (content,)) if isinstance(content, bytes) else content
        if key in self.members:
            name = self.members[key].orig_filename
        elif key in self.changes:
            name = self.changes[key][0]
        self.changes[key] = (name, chunks)
        if late:
            self.late.append(key)

    def remove(self, key: str) -> None:
        """Leave a part out, with its relationships."""
        self.removed |= {key, relationships_key(key)}
        for gone in self.removed:
            self.changes.pop(gone, None)

    def new_name(self, stem: str, suffix: str) -> str:
        """Name of a part that neither exists yet nor is expected by a relationship, such as xl/comments7.xml."""
        if self._expected is None:
            rels = [self.read(key) for key in self.members if key.endswith(".rels")]
            self._expected = b"\n".join(rels).decode("utf-8", errors="replace").lower()
        number = 1
        while True:
            name = f"{stem}{number}{suffix}"
            if part_key(name) not in self and part_key(posixpath.basename(name)) not in self._expected:
                return name
            number += 1

    def verify(self, skipped: set[str]) -> None:
        """Read every member whose key is not in `skipped` to the end: sizes and checksums hold, and no DTD hides."""
        for member in self.archive.members:
            if member.is_dir() or part_key(member.filename) in skipped:
                continue
            first = True
            for chunk in self.archive.chunks(member):
                if first and member.filename.lower().endswith(_XML_SUFFIXES):
                    refuse_dtd(chunk[:4096], member.filename)
                first = False

    def write(self, stream: BinaryIO) -> None:
        """Write the package: members in their order, changed ones anew, new and late parts last."""
        writer = ArchiveWriter(stream)
        written = set()
        for member in self.archive.members:
            key = part_key(member.filename)
            if key in self.removed:
                continue
            if member.is_dir() or key not in self.changes:
                writer.copy(self.archive, member)
            elif key not in written and key not in self.late:
                writer.add(self.changes[key][0], self.changes[key][1]())
                written.add(key)
        for key in [key for key in self.changes if key not in self.late] + self.late:
            if key not in written:
                writer.add(self.changes[key][0], self.changes[key][1]())
                written.add(key)
        writer.close(self.archive.zip.comment)

    def _member(self, key: str) -> ZipInfo:
        if key not in self.members:
            raise CannotAnnotate("工作簿缺少必要的部分，可能已损坏。", f"no part {key}")
        return self.members[key]


class Relationships:
    """The relationships of one part, or of the package for the key ''."""

    def __init__(self, package: Package, source: str) -> None:
        self._package = package
        self.key = relationships_key(source)
        self._folder = posixpath.dirname(source)
        empty = f'<Relationships xmlns="{_RELATIONSHIPS}"/>'
        self._root = package.parse(self.key) if self.key in package else etree.fromstring(empty)

    def __iter__(self) -> Iterator[Relationship]:
        for element in self._root:
            if local(element) == "Relationship":
                external = element.get("TargetMode") == "External"
                target = element.get("Target") or ""
                kind = (element.get("Type") or "").rpartition("/")[2]
                yield Relationship(
                    element.get("Id") or "", kind, target if external else self.resolve(target), external
                )

    def of_kind(self, kind: str) -> list[Relationship]:
        """Internal relationships whose type ends in `kind` and whose target exists."""
        return [found for found in self if found.kind == kind and not found.external and found.target in self._package]

    def resolve(self, target: str) -> str:
        """Key of the part that a target names; targets may be absolute, quoted, in other case, with backslashes."""
        path = target.partition("#")[0].replace("\\", "/")
        key = part_key(posixpath.normpath(posixpath.join("/" + self._folder, path)))
        return key if key in self._package else part_key(unquote(key)) if unquote(key) in self._package else key

    def add(self, kind: str, target: str, base: str) -> str:
        """Add a relationship to the part named `target`, its type below `base`; returns its id."""
        taken = {element.get("Id") for element in self._root}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        etree.SubElement(
            self._root,
            f"{{{namespace(self._root)}}}Relationship",
            {"Id": f"rId{number}", "Type": f"{base}/{kind}", "Target": "/" + target},
        )
        self._package.put(self.key, serialize(self._root))
        return f"rId{number}"

    def remove(self, id: str) -> None:
        """Take a relationship away."""
        for element in [element for element in self._root if element.get("Id") == id]:
            self._root.remove(element)
        self._package.put(self.key, serialize(self._root))


class ContentTypes:
    """The package's list of what type each part has."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._root = package.parse(part_key(CONTENT_TYPES))

    def type_of(self, key: str) -> str:
        """Content type of a part; empty if none is declared."""
        for override in children(self._root, "Override"):
            if part_key(override.get("PartName") or "") == key:
                return override.get("ContentType") or ""
        suffix = key.rpartition(".")[2]
        for default in children(self._root, "Default"):
            if (default.get("Extension") or "").lower() == suffix:
                return default.get("ContentType") or ""
        return ""

    def declare(self, name: str, content_type: str) -> None:
        """Declare the type of a new part."""
        if self.type_of(part_key(name)) == content_type:
            return
        for override in children(self._root, "Override"):
            if part_key(override.get("PartName") or "") == part_key(name):
                self._root.remove(override)
        etree.SubElement(
            self._root,
            f"{{{namespace(self._root)}}}Override",
            {"PartName": "/" + name, "ContentType": content_type},
        )
        self._package.put(CONTENT_TYPES, serialize(self._root))

    def forget(self, key: str) -> None:
        """Declare no type any more of a part that is left out."""
        for override in children(self._root, "Override"):
            if part_key(override.get("PartName") or "") == key:
                self._root.remove(override)
        self._package.put(CONTENT_TYPES, serialize(self._root))

    def declare_relationships(self) -> None:
        """Declare the type of new relationship parts in a package that has no default for them."""
        for key, (name, _) in list(self._package.changes.items()):
            if key.endswith(".rels") and key not in self._package.members:
                self.declare(name, RELATIONSHIPS_TYPE)


def part_key(name: str) -> str:
    """Name of a part as it is compared: no leading slash, forward slashes, lower case."""
    return name.replace("\\", "/").lstrip("/").lower()


def relationships_key(source: str) -> str:
    """Key of the part that holds the relationships of `source`."""
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", f"{name}.rels")
