"""Upgrades a site's ledger, and lays down in the archive what a ledger without records was before."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

from processor.batch.record import KEY, UPGRADE
from processor.batch.setup import Setup
from processor.errors import SiteError
from processor.ledger import Upgrade, transaction, upgrade
from processor.messages import tell

LEDGER, HR = "ledger.db", "outbox/hr"


def upgrade_site(setup: Setup, day: date, *, consent: bool = False, dry_run: bool = False) -> Upgrade | None:
    """Make the ledger one of this version; None where it is so already. See `processor.ledger.upgrade`."""
    done = upgrade(setup.site.ledger, day, consent=consent, dry_run=dry_run)
    if done is not None and not dry_run:
        try:
            _lay_down(setup, done, day)
        except OSError as error:
            mend = "free disk space, then copy the ledger's copy there"
            raise SiteError(
                tell("cannot be written: {why}", why=error.strerror), where=str(setup.site.archive), mend=mend
            ) from error
    return done


def _lay_down(setup: Setup, done: Upgrade, day: date) -> None:
    """The upgrade as a folder of the archive; with the ledger and the closed sheets where no record leads to them."""
    site = setup.site
    with transaction(site.ledger, setup.registers, keep=False) as ledger:
        recorded, last = ledger.runs.setting(KEY) is not None, ledger.runs.last()
    folder = site.archive / f"upgrade-v{done.before}-v{done.after}-{day.isoformat()}"
    folder.mkdir(parents=True, exist_ok=True)
    if not recorded and done.copy is not None:
        shutil.copyfile(done.copy, folder / LEDGER)
        if (site.outbox / "hr").is_dir():
            shutil.copytree(site.outbox / "hr", folder / HR, dirs_exist_ok=True)
    said = {"before": done.before, "after": done.after, "day": day.isoformat(), "last": last, "whole": recorded}
    (folder / UPGRADE).write_text(json.dumps(said) + "\n", encoding="utf-8")


def snapshots(archive: Path) -> dict[int, Path]:
    """Number of the last batch before an upgrade -> its folder, for upgrades that hold the ledger as it was."""
    found = {}
    for file in sorted(archive.glob(f"*/{UPGRADE}")):
        if (file.parent / LEDGER).is_file():
            found[int(json.loads(file.read_text(encoding="utf-8"))["last"])] = file.parent
    return found
