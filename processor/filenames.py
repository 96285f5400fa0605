"""File names that every common file system takes."""

from __future__ import annotations

import re
from pathlib import Path

LONGEST_NAME = 255  # bytes
_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10))}
)


def harmless(name: str) -> str:
    """A name without what file systems forbid."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name).strip(" .") or "_"


def portable(path: Path) -> Path:
    """A relative path every part of which Windows takes, too; each part contains what it was, as far as that may be."""
    return Path(*map(_portable, path.parts))


def _portable(name: str) -> str:
    name = re.sub(r'[\\:*?"<>|\x00-\x1f]', "_", name)
    if name.partition(".")[0].strip().upper() in _DEVICES:
        name = f"_{name}"
    return f"{name}_" if name.endswith((".", " ")) and name not in (".", "..") else name


def fitted(stem: str, tail: str) -> str:
    """Stem and tail, the stem cut where the whole would be too long for a name."""
    while len(f"{stem}{tail}".encode()) > LONGEST_NAME:
        stem = stem[:-1]
    return f"{stem}{tail}"


def numbered(path: Path, number: int) -> Path:
    """The path with a number before its name, which so stays whole."""
    return path.with_name(fitted(f"({number}) {path.stem}", path.suffix))


def free_name(path: Path) -> Path:
    """The path itself, or with the first free number before its name."""
    number, candidate = 2, path
    while candidate.exists():
        candidate = numbered(path, number)
        number += 1
    return candidate


def original_name(path: Path) -> str:
    """The name under which an annotated workbook goes out: .xlsx and .xlsm keep theirs, others become .xlsx."""
    return path.name if path.suffix.lower() in (".xlsx", ".xlsm") else fitted(path.stem, ".xlsx")
