"""Which pages, and which pieces of pages, say what they said in the batch before: told by what they are made of.

A page is spared where both are as they were: the data that it is made of, and the file that lies at its place. A piece is
an element that holds the rows of a month; where nothing of it changed it is taken from the page as it lies there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from markupsafe import Markup

from processor.packaged import packaged
from processor.report.translate import FOLDER

#: Of a page, the digest of its data, that of its text, and of its pieces those of their data, by name.
MadeOf = tuple[str, str, Mapping[str, str]]
#: Path of a page -> what it is made of.
Pages = Mapping[str, MadeOf]

#: The attribute that names a piece, in quotes: what staff wrote never stands so on a page.
PIECE = "data-piece"

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


@dataclass(frozen=True)
class Before:
    """The pages of the batch before. home: where they lie, None where there are none."""

    home: Path | None
    known: Pages

    def text(self, path: str) -> str | None:
        """A page as it lies there, where nobody touched it since; else None."""
        if self.home is None or path not in self.known:
            return None
        try:
            text = (self.home / path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        return text if digest(text) == self.known[path][1] else None

    def stands(self, path: str, made_of: str) -> bool:
        """Whether a page was made of the same data, and lies there as it was made."""
        return path in self.known and self.known[path][0] == made_of and self.text(path) is not None

    def pieces(self, path: str, made_of: Mapping[str, str]) -> Mapping[str, Markup]:
        """The pieces of a page that were made of the same data, by name, as they stand there."""
        same = [name for name in made_of if path in self.known and self.known[path][2].get(name) == made_of[name]]
        text = self.text(path) if same else None
        return {} if text is None else {name: Markup(_element(text, name)) for name in same}


def _element(text: str, name: str) -> str:
    """The element of a page that says to be the piece."""
    place = text.index(f' {PIECE}="{name}"')
    start = text.rindex("<", 0, place)
    end = f"</{text[start + 1 : place].split()[0]}>"
    return text[start : text.index(end, place) + len(end)]
