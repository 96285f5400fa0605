"""What a delivered file really is, by its content and whatever its name."""

from __future__ import annotations

import codecs
import re
import zipfile
from pathlib import Path
from typing import Literal

from processor.intake.guard import (
    SAVE_ANEW,
    Limits,
    check_directory,
    check_methods,
    damaged,
    encrypted,
    read_part,
    too_big,
)
from processor.intake.rejection import WorkbookRejected

FileFormat = Literal["xlsx", "xlsb", "xls", "ods", "html", "xml", "csv"]

_HEAD = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXPORT = "请在原来的系统或软件里导出为 .xlsx，再放入收件夹。"
_UNPACK = "请解压后把里面的工作簿放入收件夹。"
_RETYPE = "请把内容填进系统提供的空白登记表，再放入收件夹。"
_FOREIGN = (  # first bytes, what staff call such a file, how to mend
    (b"%PDF", "PDF 文件", _EXPORT),
    (b"\x89PNG", "图片", _RETYPE),
    (b"\xff\xd8\xff", "图片", _RETYPE),
    (b"GIF8", "图片", _RETYPE),
    (b"Rar!", "压缩包（RAR）", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "压缩包（7z）", _UNPACK),
    (b"\x1f\x8b", "压缩包（gzip）", _UNPACK),
    (b"MIME-Version:", "单个文件网页（.mht）", SAVE_ANEW),
    (b"[InternetShortcut]", "在线文档的链接", _EXPORT),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "快捷方式", "请把它指向的工作簿本身放入收件夹。"),
    (b"{\\rtf", "文字文档（RTF）", SAVE_ANEW),
    (b"SQLite format 3\x00", "数据库文件", _EXPORT),
    (b"\x09\x00\x04\x00", "Excel 5.0 以前的旧格式", SAVE_ANEW),
    (b"\x09\x02\x06\x00", "Excel 5.0 以前的旧格式", SAVE_ANEW),
    (b"\x09\x04\x06\x00", "Excel 5.0 以前的旧格式", SAVE_ANEW),
    (b"\x09\x08", "程序直接写出的旧式 Excel 数据", SAVE_ANEW),
)
_IN_OLE = (("WordDocument", "Word 文档", SAVE_ANEW), ("PowerPoint Document", "演示文稿", SAVE_ANEW))
_IN_ZIP = (
    ("word/document.xml", "Word 文档", SAVE_ANEW),
    ("ppt/presentation.xml", "演示文稿", SAVE_ANEW),
    ("index/document.iwa", "苹果 Numbers 表格", "请在 Numbers 里导出为 Excel 工作簿（.xlsx），再放入收件夹。"),
    ("[content_types].xml", "别的 Office 文件", SAVE_ANEW),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f]")
_BEFORE_ROOT = re.compile(r"\ufeff?\s*(?:<\?[^>]*\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_HTML = frozenset(
    [
        "html",
        "head",
        "meta",
        "body",
        "table",
        "thead",
        "tbody",
        "tr",
        "div",
        "style",
        "center",
        "title",
        "script",
        "link",
        "p",
        "font",
        "span",
        "b",
    ]
)


def sniff(path: Path, limits: Limits) -> FileFormat:
    """The format by content. Raises WorkbookRejected for what is no workbook or unsafe to open."""
    size = path.stat().st_size
    if size == 0:
        raise WorkbookRejected("empty", "文件是空的，里面没有任何内容。", "请重新保存或复制文件，再放入收件夹。")
    if size > limits.file_bytes:
        raise too_big(f"文件有 {size >> 20} MB，超过上限 {limits.file_bytes >> 20} MB。")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(_OLE):
        return _sniff_ole(path)
    if head.startswith(b"PK"):
        return _sniff_zip(path, limits)
    for start, what, mend in _FOREIGN:
        if head.startswith(start):
            raise _foreign(what, mend)
    return _sniff_text(head)


def encoding_of(head: bytes) -> str:
    """The encoding of a text by its first bytes: by its mark, by zeros as only UTF-16 has, else UTF-8 or GB18030."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(mark):
            return encoding
    if b"\x00" in head:
        return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _sniff_text(head: bytes) -> FileFormat:
    text = head.decode(encoding_of(head), "replace")
    if _CONTROL.search(text[1:]) or text.count("\ufffd") * 4 > len(text):
        raise WorkbookRejected("not_workbook", "文件的内容不是 Excel 工作簿，可能只是改了扩展名。", SAVE_ANEW)
    before = _BEFORE_ROOT.match(text)
    root = _ROOT.match(text, before.end() if before else 0)
    if root is None:
        return "csv"
    name = root[1]
    if name == "Workbook" and "schemas-microsoft-com:office:spreadsheet" in text:
        return "xml"
    if name.lower() in _HTML:
        return "html"
    raise _foreign("别的程序的 XML 数据", _EXPORT)


def _foreign(what: str, mend: str) -> WorkbookRejected:
    return WorkbookRejected("not_workbook", f"这是{what}，不是 Excel 工作簿。", mend)


def _sniff_ole(path: Path) -> FileFormat:
    data = path.read_bytes()

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if has("EncryptedPackage"):
        raise encrypted()
    if not has("Workbook") and not has("Book"):
        for stream, what, mend in _IN_OLE:
            if has(stream):
                raise _foreign(what, mend)
    return "xls"


def _sniff_zip(path: Path, limits: Limits) -> FileFormat:
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            names = {part.filename.replace("\\", "/").lower() for part in parts}
            check_directory(parts, path.stat().st_size, limits)
            if "content.xml" in names:
                check_methods(parts)
                _check_ods(package, names, limits)
                return "ods"
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, KeyError, EOFError) as error:
        raise damaged() from error
    for ending, file_format in (("workbook.xml", "xlsx"), ("workbook.bin", "xlsb")):
        if any(name.endswith(ending) for name in names):
            check_methods(parts)
            return "xlsx" if file_format == "xlsx" else "xlsb"
    for part, what, mend in _IN_ZIP:
        if part in names:
            raise _foreign(what, mend)
    raise _foreign("压缩包", _UNPACK)


def _check_ods(package: zipfile.ZipFile, names: set[str], limits: Limits) -> None:
    """Refuse a document of the family that is encrypted or is no spreadsheet."""
    if "meta-inf/manifest.xml" in names:
        manifest = b"".join(read_part(package, "META-INF/manifest.xml", limits))
        if b"encryption-data" in manifest:
            raise encrypted()
    if "mimetype" in names:
        kind = b"".join(read_part(package, "mimetype", limits))
        if b"opendocument" in kind and b"spreadsheet" not in kind:
            raise _foreign("别的办公文档", SAVE_ANEW)
