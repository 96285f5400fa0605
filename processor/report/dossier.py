"""The file about one decision, to print or to keep as PDF; it hides nothing, so only its owner may read it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from processor.report.pages.page import Page, Writing
from processor.report.pages.render import render


@dataclass(frozen=True)
class Section:
    """A heading and its rows, name and words each. preformatted: the words are lines of text."""

    heading: str
    rows: Sequence[tuple[str, str]]
    preformatted: bool = False


@dataclass(frozen=True)
class Dossier:
    """All that the file says."""

    title: str
    site: str
    disclaimer: str
    sections: Sequence[Section]


def write_dossier(path: Path, dossier: Dossier) -> None:
    """Write the file with mode 0600, in the place of an earlier one."""
    text = render("dossier.html.j2", Page(Writing("zh", "", {}, {}), path.name), dossier=dossier)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
