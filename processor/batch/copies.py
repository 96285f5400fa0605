"""Copies of workbooks that browsers, file managers and sync clients leave, told by their names."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_AT_THE_END = re.compile(
    r"""(?: [\s_-]*[(（]\s*\d{1,3}\s*[)）]                            # browsers, Windows, 百度网盘, Google Drive
        | \s+[2-9]                                                  # macOS, iCloud
        | [\s_-]*的?(?:副本|复制)\s*[(（]?\d{0,3}[)）]?              # Windows, WPS, macOS
        | [\s_-]+copy\s*[(（]?\d{0,3}[)）]?
        | \s*[(（【\[][^()（）]*(?:冲突|conflict)[^()（）]*[)）】\]]   # Nextcloud, Dropbox, 坚果云, Seafile
        | [\s_-]*[(（]\s*(?:副本|复件|复制|重名)\s*\d{0,3}\s*[)）]        # 百度网盘, 阿里云盘
        | \s*[(（]\s*来自[^()（）]*[)）]                              # 坚果云, 百度网盘
        | -(?:DESKTOP|LAPTOP|WIN|PC)-[0-9A-Z]{4,15}(?:-\d{1,3})?     # OneDrive, with the machine's name
        | -[\w’' ]{0,20}(?:[- ]?(?:PC|(?:Mac)?Book|iMac|Desktop|Laptop|Surface|电脑|计算机|笔记本))(?:-(?:Pro|Air|\d{1,3}))?
        )$""",
    re.VERBOSE | re.IGNORECASE,
)
_AT_THE_START = re.compile(
    r"^(?:复件|副本|[【\[(（](?:冲突|副本)[】\])）]|copy)\s*(?:[(（]\d{1,3}[)）])?\s*(?:of\b)?[\s_-]*", re.IGNORECASE
)
_CONFLICT = re.compile(r"冲突|conflict", re.IGNORECASE)
_CUT = re.compile(r"[\s_.-]+")
_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".csv", ".xlsb", ".ods", ".et", ".txt", ".tsv")


def originals_of(file: str) -> tuple[str, ...]:
    """The paths under which the workbook may lie of which this one, by its name, is a copy; empty for no copy.

    A workbook that was no .xlsx came back as one, so that the ending may differ.
    """
    path = PurePosixPath(file)
    stems: list[str] = []
    waiting = [path.stem]
    while waiting:
        for stem in _without_a_mark(waiting.pop()):
            if stem not in stems:
                stems.append(stem)
                waiting.append(stem)
    endings = dict.fromkeys((path.suffix, *_SUFFIXES))
    return tuple(str(path.with_name(stem + ending)) for stem in stems for ending in endings)


def _without_a_mark(stem: str) -> list[str]:
    """What remains of a name without its last mark of a copy, in each way in which that may be told."""
    found = [_AT_THE_END.sub("", stem), _AT_THE_START.sub("", stem)]
    told = _CONFLICT.search(stem)
    if told is not None:  # name.sync-conflict-20261102-…, name_PC_Nov-02-2026_Conflict, name_冲突
        found += [stem[: cut.start()] for cut in _CUT.finditer(stem, 0, told.start() + 1)]
    return [rest for rest in dict.fromkeys(found) if rest.strip() and rest != stem]
