"""Notes: ours beside the staff's, appended to a note that is there already, taken away when they are replaced."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from lxml import etree

from .markup import XML_SPACE, child, children, clean, decode, encode, local, namespace, serialize
from .package import Package, Relationships, part_key
from .refs import split_ref
from .vml import Shapes
from .workbook import Workbook

AUTHOR = "处理程序"
LABEL = "【处理】"
_EDGE = "\u200b"
_OURS = re.compile(f"\n?{_EDGE}{LABEL}[^{_EDGE}]*{_EDGE}?")
_COMMENTS_TYPE = "comments"
#: A note of ours where the staff had none.
_NOTE = (
    '<comment ref="{ref}" authorId="{author}"><text><r><rPr><sz val="9"/><color indexed="81"/><rFont val="宋体"/></rPr>'
    '<t xml:space="preserve">{text}</t></r></text></comment>'
)


class Notes:
    """The notes of one worksheet. Our text stands between two invisible marks, so that it is found again."""

    def __init__(self, workbook: Workbook, part: str) -> None:
        self._workbook = workbook
        self._package: Package = workbook.package
        self._relationships = Relationships(self._package, part)
        found = self._relationships.of_kind(_COMMENTS_TYPE)
        self.part = found[0].target if found else None
        self._root = self._package.parse(self.part) if self.part else None
        self._threaded = {
            ref
            for thread in self._relationships.of_kind("threadedComment")
            for element in self._package.parse(thread.target)
            if (ref := element.get("ref"))
        }

    def last_column(self) -> int:
        """Last column with a note."""
        columns = [0]
        for comment in self._comments():
            try:
                columns.append(split_ref(comment.get("ref") or "")[1])
            except ValueError:
                continue
        return max(columns)

    def replace(self, notes: Mapping[str, str], frame: etree._Element) -> None:
        """Take our earlier notes away and write these, by cell; a cell with a conversation keeps it and gets none."""
        present = {comment.get("ref") or "": comment for comment in self._comments()}
        removed = [ref for ref, comment in present.items() if _without_ours(comment)]
        emptied = [ref for ref in removed if not _text(present[ref]) and ref not in notes]
        notes = {ref: text for ref, text in notes.items() if ref not in self._threaded and clean(text).strip()}
        if not notes and not removed:
            return
        for ref in emptied:
            _parent(present[ref]).remove(present[ref])
        added = [ref for ref in notes if ref not in present]
        if self._root is None:
            self._create()
        for ref in notes.keys() & present.keys():
            _append(present[ref], notes[ref])
        self._add({ref: notes[ref] for ref in added})
        self._sort(added)
        assert self.part is not None and self._root is not None
        self._package.put(self.part, serialize(self._root))
        refs = [comment.get("ref") or "" for comment in self._comments()]
        Shapes(self._workbook, self._relationships, frame).update(added, emptied, refs)

    def _comments(self) -> list[etree._Element]:
        comments = child(self._root, "commentList") if self._root is not None else None
        return children(comments, "comment") if comments is not None else []

    def _create(self) -> None:
        ns = self._workbook.namespace
        self._root = etree.fromstring(f'<comments xmlns="{ns}"><authors/><commentList/></comments>')
        name = self._package.new_name("xl/comments", ".xml")
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
        self._workbook.types.declare(name, content_type)
        self._package.put(name, b"")
        self._relationships.add(_COMMENTS_TYPE, name, self._workbook.relationship_base)
        self.part = part_key(name)

    def _author(self) -> str:
        """Number of our author in the part's list."""
        assert self._root is not None
        authors = child(self._root, "authors")
        if authors is None:
            authors = etree.Element(f"{{{namespace(self._root)}}}authors")
            self._root.insert(0, authors)
        listed = children(authors, "author")
        for number, author in enumerate(listed):
            if author.text == AUTHOR:
                return str(number)
        etree.SubElement(authors, f"{{{namespace(authors)}}}author").text = AUTHOR
        return str(len(listed))

    def _add(self, notes: Mapping[str, str]) -> None:
        """New notes of these texts, by cell: parsed at once, since a sheet may get tens of thousands."""
        assert self._root is not None
        if not notes:
            return
        ns = namespace(self._root)
        comments = child(self._root, "commentList")
        if comments is None:
            comments = etree.SubElement(self._root, f"{{{ns}}}commentList")
        author = self._author()
        told = (_NOTE.format(ref=ref, author=author, text=escape(encode(_ours(text)))) for ref, text in notes.items())
        parser = etree.XMLParser(resolve_entities=False, huge_tree=True)
        comments.extend(etree.fromstring(f'<commentList xmlns="{ns}">{"".join(told)}</commentList>', parser))

    def _sort(self, added: list[str]) -> None:
        """Put new notes in the order of cells where the list was in order before."""
        assert self._root is not None
        comments = child(self._root, "commentList")
        if comments is None or not added:
            return
        keys = []
        for comment in self._comments():
            try:
                keys.append((*split_ref(comment.get("ref") or ""), comment))
            except ValueError:
                return
        others = [element for element in comments if local(element) != "comment"]
        comments[:] = [entry[2] for entry in sorted(keys, key=lambda entry: entry[:2])] + others


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    assert parent is not None
    return parent


def _pieces(comment: etree._Element) -> list[etree._Element]:
    """The `t` elements of a note outside phonetic runs."""
    text = child(comment, "text")
    if text is None:
        return []
    pieces = children(text, "t")
    for run in children(text, "r"):
        pieces.extend(children(run, "t"))
    return pieces


def _text(comment: etree._Element) -> str:
    return "".join(decode(piece.text or "") for piece in _pieces(comment))


def _without_ours(comment: etree._Element) -> bool:
    """Cut our text out of a note, run by run; True if there was any."""
    whole = _text(comment)
    cuts = [match.span() for match in _OURS.finditer(whole)]
    if not cuts:
        return False
    position = 0
    for piece in _pieces(comment):
        text = decode(piece.text or "")
        kept = "".join(
            letter
            for offset, letter in enumerate(text, position)
            if not any(start <= offset < end for start, end in cuts)
        )
        position += len(text)
        if kept != text:
            _set_text(piece, kept)
            run = _parent(piece)
            if not kept and local(run) == "r":
                _parent(run).remove(run)
    return True


def _append(comment: etree._Element, text: str) -> None:
    """Add our text as a run of its own behind what the note says; its plain text becomes a run before it."""
    ns = namespace(comment)
    body = child(comment, "text")
    if body is None:
        body = etree.Element(f"{{{ns}}}text")
        comment.insert(0, body)
    for plain in children(body, "t"):
        if plain.text:
            run = etree.Element(f"{{{ns}}}r")
            body.replace(plain, run)
            moved = copy.deepcopy(plain)
            moved.tail = None
            run.append(moved)
        else:
            body.remove(plain)
    start = "\n" if _text(comment) else ""
    run = etree.Element(f"{{{ns}}}r")
    properties = etree.SubElement(run, f"{{{ns}}}rPr")
    etree.SubElement(properties, f"{{{ns}}}sz", val="9")
    etree.SubElement(properties, f"{{{ns}}}color", indexed="81")
    etree.SubElement(properties, f"{{{ns}}}rFont", val="宋体")
    _set_text(etree.SubElement(run, f"{{{ns}}}t"), f"{start}{_ours(text)}")
    runs = children(body, "r")
    body.insert(body.index(runs[-1]) + 1 if runs else 0, run)


def _ours(text: str) -> str:
    return f"{_EDGE}{LABEL}{text.replace(_EDGE, '')}{_EDGE}"


def _set_text(element: etree._Element, text: str) -> None:
    element.text = encode(text)
    element.set(XML_SPACE, "preserve")
