"""What a batch was beside its workbooks, kept in the archive: its day, what it closed, and the site.toml that governed it.

With these files the archive is the whole truth. A record that is dropped back into the inbox makes the batch again; it
bears a seal by a key of the ledger, so that nobody can close a month by writing such a file.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from processor import __version__
from processor.batch.options import Options
from processor.batch.setup import Setup, prepare
from processor.catalogue.catalogue import PACKS, REGISTERS
from processor.filenames import PART
from processor.ledger import Ledger, transaction
from processor.packaged import packaged
from processor.settle.closing import Request
from processor.site_reader import load_site

RECORD, SITE_FILE, UPGRADE = "batch.json", "site.toml", "upgrade.json"
KEY, GOVERNED = "seal_key", "governed"


@dataclass(frozen=True)
class Record:
    """One batch. close: what its command asked to be closed. site: SHA-256 of its site.toml. key: of the seal, first only.

    packs: those of the program that it used, name -> text, where they or site.toml are others than in the batch before.
    """

    run: str
    as_of: str
    close: Request | None
    site: str
    key: str = ""
    packs: Mapping[str, str] = field(default_factory=dict)

    def sealed(self, key: str) -> dict[str, Any]:
        """The record as its file holds it."""
        said = {
            "run": self.run,
            "as_of": self.as_of,
            "close": self.close and asdict(self.close),
            "site": self.site,
            "key": self.key,
            "packs": dict(self.packs),
        }
        said["program"] = __version__
        return said | {"seal": _seal(said, key)}


def read_record(path: Path) -> tuple[Record, Mapping[str, Any]] | None:
    """A record and all that its file says; None where the file is none."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        close = None if said["close"] is None else Request(**said["close"])
        packs = dict(said.get("packs", {}))  # versions before kept none
        record = Record(said["run"], said["as_of"], close, said["site"], said["key"], packs)
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return record, said


def is_sealed(said: Mapping[str, Any], key: str) -> bool:
    """Whether a ledger with this key wrote the record."""
    rest = {name: value for name, value in said.items() if name != "seal"}
    return hmac.compare_digest(str(said.get("seal", "")), _seal(rest, key))


def _seal(said: Mapping[str, Any], key: str) -> str:
    text = json.dumps(dict(said), sort_keys=True, ensure_ascii=True)
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def place_record(ledger: Ledger, setup: Setup, options: Options, run: tuple[int, str]) -> list[list[str]]:
    """Write what the archive keeps of a batch beside its place; the moves that bring it there. run: number and name.

    site.toml, the packs in use and the site's own registers are kept whenever they are others than in the batch before.
    Raises OSError where the outbox is full or cannot be written.
    """
    number, name = run
    site = setup.site
    key, first = ledger.runs.setting(KEY), ""
    if key is None:
        key = first = options.seal_key or secrets.token_hex(16)
        ledger.runs.keep_setting(KEY, key)
    record = Record(name, options.as_of.isoformat(), options.close, _digest(site.source), first)
    governing, packs, files = _governing_files(setup), _program_packs(setup), {}
    digests = {file: _digest(content) for file, content in governing.items()}
    digests |= {name: _digest(text.encode()) for name, text in packs.items()}
    if ledger.runs.setting(GOVERNED) != digests:
        record, files = replace(record, packs=packs), governing
        ledger.runs.keep_setting(GOVERNED, digests)
    files = {RECORD: (json.dumps(record.sealed(key), ensure_ascii=False, indent=1) + "\n").encode(), **files}
    moves = []
    for index, (file, content) in enumerate(files.items()):
        part = site.outbox / f"{PART}{number}-record-{index}"
        part.write_bytes(content)
        moves.append([str(part), str(site.archive / name / file)])
    return moves


def _governing_files(setup: Setup) -> dict[str, bytes]:
    """What governs a batch beside the program: site.toml, and the site's own registers and packs."""
    return {SITE_FILE: setup.site.source, **_own_files(setup.kept or setup.site.folder)}


def _program_packs(setup: Setup) -> dict[str, str]:
    """The text of each pack of the program that the site uses."""
    return {pack.name: pack.source for pack in setup.packs if (packaged(PACKS) / f"{pack.name}.yaml").is_file()}


def _own_files(folder: Path) -> dict[str, bytes]:
    """The registers and packs of a site's own in a folder, by their paths below it."""
    found = [path for name in (REGISTERS, PACKS) for path in sorted((folder / name).glob("*.yaml"))]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Again:
    """A batch that is made again from what the archive kept. files: of the inbox that are no workbooks."""

    setup: Setup
    options: Options
    files: frozenset[Path]


def again(setup: Setup, options: Options) -> Again:
    """What a record in the inbox asks for: to close what it closed, under the site.toml that governed it."""
    inbox = setup.site.inbox
    found = read_record(inbox / RECORD) if options.read else None
    if found is None:
        return Again(setup, options, frozenset())
    with transaction(setup.site.ledger, setup.registers, keep=False) as ledger:
        key, closed = ledger.runs.setting(KEY), ledger.periods.closed()
    if key is None or not is_sealed(found[1], key):
        return Again(setup, options, frozenset())
    record = found[0]
    files = {inbox / RECORD, inbox / SITE_FILE, *(inbox / file for file in _yaml_below(inbox))}
    done = record.close is not None and record.close.period in closed
    governed = _governing(setup, record)
    return Again(
        governed,
        replace(options, close=None if done else record.close),
        frozenset(path for path in files if path.is_file()),
    )


def _yaml_below(inbox: Path) -> Iterable[str]:
    return [path.relative_to(inbox).as_posix() for name in (REGISTERS, PACKS) for path in (inbox / name).glob("*.yaml")]


def _governing(setup: Setup, record: Record) -> Setup:
    """The setup under what the archive kept of the batch or the last one before it, with the folders and the ledger of today."""
    site = setup.site
    kept = [
        file.parent for file in site.archive.glob(f"*/{SITE_FILE}") if _number(file.parent.name) <= _number(record.run)
    ]
    if not kept:
        return setup
    source = max(kept, key=lambda folder: _number(folder.name))
    files = {SITE_FILE: (source / SITE_FILE).read_bytes(), **_own_files(source)}
    packs = _packs_of(source)
    if _digest(files[SITE_FILE]) != record.site:
        return setup
    if files == _governing_files(setup) and packs.items() <= _program_packs(setup).items():
        return setup
    then = prepare(load_site(source / SITE_FILE), packs)
    folders = replace(then.site, inbox=site.inbox, outbox=site.outbox, archive=site.archive)
    return replace(then, site=replace(folders, file=site.file, ledger=site.ledger), kept=source)


def _packs_of(folder: Path) -> Mapping[str, str]:
    """The packs of the program that a batch of the archive keeps."""
    found = read_record(folder / RECORD)
    return found[0].packs if found is not None else {}


def _number(run: str) -> int:
    """The number of a batch by its name; beyond all of them for a folder that is none's."""
    number = run.rpartition("-")[2]
    return int(number) if number.isdecimal() else sys.maxsize
