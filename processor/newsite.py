"""The folder of a new site: site.toml with every key explained, inbox and outbox, blank registers to hand out."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from string import Template

from processor.batch.setup import faults
from processor.blank import write_blank
from processor.catalogue.catalogue import load_packs
from processor.catalogue.pack import Pack
from processor.catalogue.register import Register
from processor.catalogue.register_reader import load_registers
from processor.catalogue.roles import listing_staff
from processor.errors import SiteError
from processor.messages import tell
from processor.packaged import packaged
from processor.site_reader import load_site

SITE_FILE, BLANKS = "site.toml", "空白登记表"
FOLDERS = ("inbox", "outbox")
FIRST_UNIT = "第一家店"


def make_site(folder: Path, packs: Sequence[str], units: Sequence[str]) -> str:
    """Make a site in `folder`, each unit under all the packs, or one unit without a pack; a sentence on what to do next.

    Raises SiteError where a file would be overwritten, or where the packs or units would make a faulty site.
    """
    text = site_text(folder.resolve().name, packs, units)
    _check(text)
    registers = _registers(packs)
    blanks = {folder / BLANKS / f"{register.title}.xlsx": register for register in registers}
    for path in (folder / SITE_FILE, *blanks):
        if path.exists():
            raise SiteError("stands there already; nothing was changed", where=str(path), mend="name a new folder")
    try:
        for name in (*FOLDERS, BLANKS):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for path, register in blanks.items():
            write_blank(register, path)
        with (folder / SITE_FILE).open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise SiteError(tell("cannot be written: {why}", why=error.strerror), where=str(folder)) from error
    return tell(
        "the site is made: {folder}. Next: fill 员工花名册 of {blanks} and put it into inbox, write the managers' staff "
        "numbers into {file}, and run processor once --config {config}",
        folder=folder.resolve(),
        blanks=BLANKS,
        file=SITE_FILE,
        config=folder / SITE_FILE,
    )


def site_text(name: str, packs: Sequence[str], units: Sequence[str]) -> str:
    """The site.toml of a new site."""
    blocks = [f"[[units]]\nname = {_toml(unit)}\npacks = {_toml(list(packs))}\n" for unit in units or [FIRST_UNIT]]
    known = [f"#   {pack:<20} {found.title}" for pack, found in load_packs().items()]
    template = Template(packaged(f"templates/{SITE_FILE}").read_text(encoding="utf-8"))
    return template.substitute(name=_toml(name), packs="\n".join(known), units="\n".join(blocks).rstrip("\n"))


def _toml(value: str | list[str]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _check(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / SITE_FILE
        file.write_text(text, encoding="utf-8")
        for fault in faults(load_site(file)):
            raise fault


def _registers(packs: Sequence[str]) -> list[Register]:
    """The roster and what the packs read; without a pack, all that staff fill."""
    found = load_registers()
    chosen: list[Pack] = [load_packs()[name] for name in packs]
    read = {register for pack in chosen for binding in pack.bindings for register in binding.reads} | {
        listing_staff(found).name
    }
    return [register for name, register in found.items() if not register.form and (name in read or not chosen)]
