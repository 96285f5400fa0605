"""A site as version 0.1.0 left it on 2026-11-05: two closed months, answers, an appeal, carried rests."""

from __future__ import annotations

import tarfile
from pathlib import Path

from sitework import Site

ARCHIVE = Path(__file__).parent / "ledgers" / "v2.tar.xz"
DAY = "2026-11-05"
CLOSED = ("2026-08", "2026-09")


def old_site(folder: Path) -> Site:
    """The site, unpacked below a folder; its batches do all by themselves, for one of them is too short to share."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder)
    with (folder / "site" / "site.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[engine]\nworkers = 1\n")
    return Site(folder / "site")


def closed_files(site: Site) -> dict[str, bytes]:
    """Path -> bytes of every sheet and export of the closed months."""
    files = [path for month in CLOSED for path in sorted((site.folder / "outbox" / "hr").rglob(f"{month}.*"))]
    assert len(files) == len(CLOSED) * 5
    return {path.relative_to(site.folder).as_posix(): path.read_bytes() for path in files}
