"""File names that every common file system takes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

PART = ".part-"  # how the names of what is not complete begin
LONGEST_NAME = 255  # bytes
_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10))}
)


def harmless(name: str) -> str:
    """A name without what file systems forbid; one that is changed by that ends in a mark of its own, lest two become one."""
    safe = _without_devices(re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name).strip(" .") or "_")
    return safe if safe == name else f"{safe}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _without_devices(name: str) -> str:
    return f"_{name}" if name.partition(".")[0].strip().upper() in _DEVICES else name


def portable(path: Path) -> Path:
    """A relative path every part of which Windows takes, too; each part contains what it was, as far as that may be."""
    return Path(*map(_portable, path.parts))


def _portable(name: str) -> str:
    name = _without_devices(re.sub(r'[\\:*?"<>|\x00-\x1f]', "_", name))
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


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Where to write a file, and what stands beside it: all of it takes its place when it is complete, whoever writes it too."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent, prefix=PART) as folder:
        yield Path(folder) / target.name
        for file in sorted(Path(folder).iterdir()):
            file.replace(target.parent / file.name)


def write_whole(target: Path, text: str) -> None:
    """Write a text file, which takes its place when it is complete, whoever writes it too."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{PART}{uuid4().hex}")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(target)


def original_name(path: Path) -> str:
    """The name under which an annotated workbook goes out: .xlsx and .xlsm keep theirs, others become .xlsx."""
    return path.name if path.suffix.lower() in (".xlsx", ".xlsm") else fitted(path.stem, ".xlsx")
