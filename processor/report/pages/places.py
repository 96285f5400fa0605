"""Where each page lies, and links from one page to another or to a workbook, always relative."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

from processor.report.pages.masking import mask

#: The page of the whole site, and of each unit and employee in his own folder.
SITE_PAGE = "index.html"
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*#%&\s]+')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d|index)$", re.IGNORECASE)
_LONGEST = 60


def safe_names(names: Iterable[str]) -> dict[str, str]:
    """Name -> file name without extension that is valid on Windows and Linux, tells no number and differs from all others."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(set(names)):
        safe = _UNSAFE.sub("_", mask(name)).strip("._ ")[:_LONGEST]
        if not safe or safe != name or _RESERVED.match(safe) or safe.casefold() in taken:
            safe = f"{safe or 'x'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        taken.add(safe.casefold())
        found[name] = safe
    return found


def numbered(path: str, number: int) -> str:
    """The path of the n-th page of a long page: `index.html`, `index-2.html`."""
    stem, extension = posixpath.splitext(path)
    return path if number == 1 else f"{stem}-{number}{extension}"


def link(target: str, page: str, anchor: str = "") -> str:
    """Relative, percent-encoded link from the page at `page` to the file at `target`; both below the same folder."""
    if target == page and anchor:
        return f"#{quote(anchor)}"
    return _relative(target, posixpath.dirname(page)) + (f"#{quote(anchor)}" if anchor else "")


@lru_cache(maxsize=4096)
def _relative(target: str, folder: str) -> str:
    return quote(posixpath.relpath(target, folder or "."), safe="/.-_~")
