"""Which pages say what they said in the batch before: told by what they are made of, before they are made.

A page is spared where both are as they were: the data that it is made of, and the file that lies at its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from processor.packaged import packaged
from processor.report.translate import FOLDER

#: Path of a page -> the digest of its data, and that of its text.
Pages = Mapping[str, tuple[str, str]]

_MADE_BY = (Path(__file__).parents[2], packaged("templates/html"), FOLDER)
_KINDS = ("*.py", "*.j2", "*.css", "*.js", "*.mo")


def digest(said: Any) -> str:
    """Of bytes, or of plain data without sets: the same has the same digest in every process, whoever made it."""
    packed = said if isinstance(said, bytes) else orjson.dumps(said, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    return hashlib.blake2b(packed, digest_size=12).hexdigest()


def _plain(value: Any) -> Any:
    """What JSON has no word for, told apart from what it has one for."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (tuple, date, Decimal, Path)):
        return [type(value).__name__, list(value) if isinstance(value, tuple) else str(value)]
    raise TypeError(f"{type(value)} in a digest")


@cache
def program() -> str:
    """Of what makes outputs of data: code, templates, words."""
    found = hashlib.blake2b(digest_size=12)
    for folder in _MADE_BY:
        for path in sorted(path for kind in _KINDS for path in folder.rglob(kind)):
            found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def text_of(page: Path, known: tuple[str, str] | None, data: str) -> str | None:
    """The page as it lies there, where it was made of the same data and nobody touched it since; else None."""
    if known is None or known[0] != data:
        return None
    try:
        text = page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return text if digest(text) == known[1] else None
