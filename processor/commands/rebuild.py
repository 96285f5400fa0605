"""Makes a site's ledger and outputs anew from its archive, below a folder of their own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from processor import toml_text
from processor.batch.options import Options
from processor.batch.record import RECORD, SITE_FILE, Record, read_record
from processor.batch.run import run
from processor.batch.setup import NONE, Setup, prepare
from processor.batch.upgrading import HR, LEDGER, snapshots, upgrade_site
from processor.catalogue.catalogue import PACKS, REGISTERS
from processor.errors import SiteError
from processor.messages import tell
from processor.site_reader import load_site

#: What the archived site.toml may name outside the new folder.
_KEYS = r"""["']?(?:inbox|outbox|archive|ledger)["']?[ \t]*=.*$"""
_PLACES = re.compile(rf"^[ \t]*{_KEYS}", re.MULTILINE)
_DOTTED = re.compile(rf"""^[ \t]*["']?site["']?[ \t]*\.[ \t]*{_KEYS}""", re.MULTILINE)
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)


def rebuild(archive: Path, folder: Path, tick: Callable[[str], None]) -> int:
    """Make every batch of the archive again in `folder`, which must be new or empty; the number of batches.

    Raises SiteError where the archive is incomplete, or a batch would come out under another name.
    """
    batches = _batches(archive)
    if not batches:
        raise SiteError("holds no batch that could be made again", where=str(archive), mend="name an archive folder")
    if folder.exists() and any(folder.iterdir()):
        raise SiteError("is not empty; nothing was changed", where=str(folder), mend="name a new folder")
    if archive.resolve().is_relative_to(folder.resolve()) or folder.resolve().is_relative_to(archive.resolve()):
        raise SiteError("lies in the archive, or the archive in it", where=str(folder), mend="name another folder")
    for name in ("inbox", "outbox", "archive"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    first = batches[0][0]
    packs = batches[0][1].packs
    if first > 1:
        _begin_with_upgrade(archive, folder, first, batches[0][2])
    for _, record, source in batches:
        tick(record.run)
        packs = record.packs or packs
        setup = _setup(folder, source, packs)
        _deliver(source, folder / "inbox")
        made = run(
            setup, Options(date.fromisoformat(record.as_of), close=record.close, seal_key=record.key, notify=False)
        ).run
        if made != record.run:
            raise SiteError(
                tell("batch {run} came out as {made}", run=record.run, made=made),
                where=str(source),
                mend="restore the whole archive",
            )
    return len(batches)


def _batches(archive: Path) -> list[tuple[int, Record, Path]]:
    found = []
    for file in sorted(archive.glob(f"*/{RECORD}")):
        read = read_record(file)
        if read is not None and read[0].run == file.parent.name:
            found.append((int(read[0].run.rpartition("-")[2]), read[0], file.parent))
    found.sort(key=lambda batch: batch[0])
    numbers = [number for number, _, _ in found]
    missing = sorted(set(range(numbers[0], numbers[-1] + 1)) - set(numbers)) if numbers else []
    if missing:
        told = ", ".join(map(str, missing))
        raise SiteError(
            tell("batches {told} are missing", told=told), where=str(archive), mend="restore the whole archive"
        )
    return found


def _begin_with_upgrade(archive: Path, folder: Path, first: int, source: Path) -> None:
    """Start from the ledger as it was before the upgrade that began to keep records."""
    start = snapshots(archive).get(first - 1)
    if start is None:
        mend = "only a ledger file is laid down at the upgrade; restore a backup of the database"
        raise SiteError(tell("nothing leads to batch {first}", first=first), where=str(archive), mend=mend)
    shutil.copyfile(start / LEDGER, folder / LEDGER)
    if (start / HR).is_dir():
        shutil.copytree(start / HR, folder / HR)
    day = date.fromisoformat(start.name[-10:])
    upgrade_site(_setup(folder, source), day)


def _setup(folder: Path, source: Path, former: Mapping[str, str] = NONE) -> Setup:
    """The site as the batch had it: what it changed of site.toml, packs and registers over what held before.

    former: the text of each pack of the program that it used.
    """
    if (source / SITE_FILE).is_file():
        for name in (PACKS, REGISTERS):
            shutil.rmtree(folder / name, ignore_errors=True)
            if (source / name).is_dir():
                shutil.copytree(source / name, folder / name)
        text = (source / SITE_FILE).read_text(encoding="utf-8-sig")
        (folder / SITE_FILE).write_text(_at_home(text, source / SITE_FILE), encoding="utf-8")
    return prepare(replace(load_site(folder / SITE_FILE), settle_seconds=0), former)


def _at_home(text: str, where: Path) -> str:
    """The text of site.toml without the places that it names: everything lies beside it."""
    first = _TABLE.search(text)
    head = first.start() if first else len(text)
    text = _DOTTED.sub("", text[:head]) + text[head:]
    start = re.search(r"""^[ \t]*\[[ \t]*["']?site["']?[ \t]*\]""", text, re.MULTILINE)
    if start is not None:
        end = _TABLE.search(text, start.end())
        stop = end.start() if end else len(text)
        text = text[: start.end()] + _PLACES.sub("", text[start.end() : stop]) + text[stop:]
    if set(toml_text.loads(text).get("site", {})) & {"inbox", "outbox", "archive", "ledger"}:
        raise SiteError("names its folders in a way that cannot be left out", where=str(where))
    return text


def _deliver(source: Path, inbox: Path) -> None:
    """What a batch read, back into the inbox with its dates."""
    own = {source / RECORD, source / SITE_FILE}
    own |= {path for name in (PACKS, REGISTERS) for path in (source / name).glob("*.yaml")}
    for path in sorted(source.rglob("*")):
        if path.is_file() and path not in own:
            target = inbox / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
