"""A site as version 0.1.0 left it on 2026-11-05: two closed months, answers, an appeal, carried rests."""

from __future__ import annotations

import re
import sqlite3
import tarfile
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from sitework import Site

ARCHIVE = Path(__file__).parent / "ledgers" / "v2.tar.xz"
DAY = "2026-11-05"
CLOSED = ("2026-08", "2026-09")
#: Units enough for what needs no more of the site than answers, carried rests and closed months.
FEW = ("技术服务部", "会员中心")
_COMPANY_WIDE = ("roster", "confirmations", "appeals")


def old_site(folder: Path, units: Collection[str] = ()) -> Site:
    """The site, unpacked below a folder; its batches do all by themselves, for one of them is too short to share.

    units: those that it always had; all, where none is named.
    """
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder)
    site = Site(folder / "site")
    config = Path(site.config)
    settings = config.read_text(encoding="utf-8")
    if units:
        _keep_only(site.folder / "ledger.db", units)
        for table, name in re.findall(r'(\[\[units\]\]\nname = "(.*)"\n.+\n\n)', settings):
            settings = settings if name in units else settings.replace(table, "")
    config.write_text(f"{settings}\n[engine]\nworkers = 1\n", encoding="utf-8")
    return site


def _keep_only(ledger: Path, units: Collection[str]) -> None:
    """Take from the ledger what is of other units."""
    others = f"unit NOT IN ({', '.join('?' * len(units))})"
    shared = f"register IN {_COMPANY_WIDE}"
    known = "SELECT decision_id FROM decisions UNION SELECT decision_id FROM frozen"
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute(f"DELETE FROM facts WHERE {others} AND NOT {shared}", tuple(units))
        connection.execute("DELETE FROM links WHERE fact NOT IN (SELECT id FROM facts)")
        for table in ("decisions", "frozen"):
            connection.execute(f"DELETE FROM {table} WHERE {others}", tuple(units))
        for table in ("answers", "ticks", "superseded", "carried"):
            connection.execute(f"DELETE FROM {table} WHERE decision_id NOT IN ({known})")


def closed_files(site: Site) -> dict[str, bytes]:
    """Path -> bytes of every sheet and export of the closed months."""
    files = [path for month in CLOSED for path in sorted((site.folder / "outbox" / "hr").rglob(f"{month}.*"))]
    assert len(files) == len(CLOSED) * 5
    return {path.relative_to(site.folder).as_posix(): path.read_bytes() for path in files}
