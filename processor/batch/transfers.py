"""Files that are none yet: what upload, download and office programs write while they are at work."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from fnmatch import fnmatchcase
from pathlib import Path

LEFT_ALONE = (
    *(".*", "~$*", "*.lnk", "thumbs.db", "desktop.ini"),
    *("*.tmp", "*.temp", "*.swp", "*.sb-????????-??????", "*~"),  # saving: Office, WPS, vi, Office for Mac, editors
    *("*.part", "*.partial", "*.filepart", "*.uploading", "*.upload", "*.incomplete", "*.unfinished"),
    *("*.*download", "*.*downloading", "*.download.*"),  # Chrome, Safari, Opera, 百度网盘, 夸克
    *("*.xltd", "*.td", "*.td.cfg", "*.aria2", "*.!qb", "*.!ut", "*.!bt", "*.bc!", "*.jc!", "*.fb!", "*.!sync"),
)
#: Written beside the file that is under way, which already has its name and perhaps its size.
_COMPANIONS = (".part", ".aria2", ".xltd", ".td", ".td.cfg", ".crdownload", ".filepart")
LEFT_FOLDERS = frozenset({"@eadir", "#recycle", "$recycle.bin", "system volume information", "lost+found"})
_OFFICE_SAVING = re.compile("[0-9A-F]{7,8}")
_ZIP, _ZIP_END, _OLE = b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LONGEST_ZIP_END = 22 + 0xFFFF


def left_alone(name: str) -> bool:
    """Whether a name is that of a lock file, a temporary file, or a transfer in progress."""
    lower = name.lower()
    return any(fnmatchcase(lower, pattern) for pattern in LEFT_ALONE)


def under_way(name: str, names: Collection[str]) -> bool:
    """Whether a download that lies beside the file says that the file is not complete."""
    return any(f"{name}{ending}" in names for ending in _COMPANIONS)


def being_saved(path: Path) -> bool:
    """Whether it bears such a name as Office gives a file while it saves it, and is no whole workbook (yet)."""
    return _OFFICE_SAVING.fullmatch(path.name) is not None and not _is_whole(path)


def _is_whole(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            start = file.read(len(_OLE))
            file.seek(max(file.seek(0, os.SEEK_END) - _LONGEST_ZIP_END, 0))
            end = file.read()
    except OSError:
        return False
    return start == _OLE or (start.startswith(_ZIP) and _ZIP_END in end)
