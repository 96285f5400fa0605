"""A batch of every site below a folder, one after another: what happens to one keeps none of the others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from processor.batch.options import Options, Result
from processor.batch.run import run
from processor.batch.setup import prepare
from processor.errors import SiteError
from processor.messages import tell
from processor.site_reader import load_site

CONFIG = "site.toml"


def sites_below(folder: Path) -> list[Path]:
    """Every site.toml below a folder, but for those in a site's own folder, where its archive keeps old ones.

    Raises SiteError where there is none.
    """
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if CONFIG in files:
            found.append(Path(place) / CONFIG)
            folders.clear()
    if not found:
        mend = tell("name a folder that holds the sites' folders")
        raise SiteError(tell("there is no site.toml in or below it"), where=str(folder), mend=mend)
    return sorted(found)


def run_all(folder: Path, options: Options) -> Iterator[tuple[Path, Result | Exception]]:
    """The site.toml of each site with what its batch did, or the fault that ended it."""
    for config in sites_below(folder):
        try:
            yield config, run(prepare(load_site(config)), options)
        except Exception as fault:
            yield config, fault
