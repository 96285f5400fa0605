"""Which pages say what they said in the batch before: told by what they are made of, before they are made.

A page is spared where both are as they were: the data that it is made of, and the file that lies at its place.
"""

from __future__ import annotations

import copyreg
import hashlib
import io
import pickle
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any

from processor.packaged import packaged
from processor.report.translate import FOLDER

#: Path of a page -> the digest of its data, and that of its text.
Pages = Mapping[str, tuple[str, str]]

_MADE_BY = (Path(__file__).parents[2], packaged("templates/html"), FOLDER)
_KINDS = ("*.py", "*.j2", "*.css", "*.js", "*.mo")


class _Reducers(dict[type, Callable[[Any], Any]]):
    """How the pickler takes values apart: records by their fields at once, which is most of the work of a digest."""

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        names = [field.name for field in fields(kind)] if is_dataclass(kind) else []
        if len(names) < 2:  # of one field `attrgetter` makes no tuple
            raise KeyError(kind)
        parts = attrgetter(*names)
        self[kind] = lambda record: (kind, parts(record))
        return self[kind]


_REDUCERS = _Reducers(
    {
        **copyreg.dispatch_table,
        MappingProxyType: lambda given: (dict, (dict(given),)),
        date: date.__reduce__,
    }
)


def digest(said: Any) -> str:
    """Of plain data without sets: the same data has the same digest in every process, whoever made it."""
    packed = io.BytesIO()
    pickler = pickle.Pickler(packed, protocol=5)
    pickler.fast = True  # equal data alike, however many names it has
    pickler.dispatch_table = _REDUCERS
    pickler.dump(said)
    return hashlib.blake2b(packed.getbuffer(), digest_size=12).hexdigest()


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
