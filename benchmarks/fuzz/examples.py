"""The examples: number n of a run is the same file on every machine that has the same seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.fuzz import containers, markup, tables
from processor.catalogue.register import Register

_TELLING = (
    "sheet",
    "workbook.xml",
    "content.xml",
    "sharedStrings",
    "styles",
    "rels",
    "Content_Types",
    "comments",
    "vml",
)
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".xlsb")


@dataclass(frozen=True)
class Example:
    """A file to be dropped: its name, its bytes, and how it was made."""

    name: str
    data: bytes
    made: str


def seed_files(folders: Sequence[Path], largest: int) -> tuple[Path, ...]:
    """Every workbook of at most `largest` bytes, folder by folder in order of name."""
    found = [path for folder in folders for path in sorted(folder.rglob("*.*")) if path.suffix in _WORKBOOKS]
    return tuple(path for path in found if path.is_file() and path.stat().st_size <= largest)


def example(number: int, run: int, seeds: Sequence[Path], registers: Mapping[str, Register]) -> Example:
    """Example `number` of the run of that seed."""
    chance = Random(f"{run}:{number}")
    draw = chance.random()
    if draw < 0.08:
        return Example("a.csv", containers.any_text(chance), "text of any kind")
    if draw < 0.2:
        return Example("a.csv", tables.as_csv(registers, chance), "register as text")
    if draw < 0.35:
        return Example("a.xlsx", tables.as_workbook(registers, chance), "register with unfit cells")
    if draw < 0.4:
        return Example("a.ods", tables.as_opendocument(registers, chance), "register with unfit cells")
    if draw < 0.48:
        made = chance.choice((tables.as_page, tables.as_xml_2003))(registers, chance)
        return Example(
            "a.xls", containers.edited(made, chance) if chance.random() < 0.3 else made, "register in markup"
        )
    source = _seed(seeds, chance)
    data = source.read_bytes()
    name = containers.renamed(source.name, chance)
    for _ in range(chance.choice((1, 1, 1, 2))):
        data, made = _mutated(data, chance)
    return Example(name, data, f"{made} of {source.name}")


def _seed(seeds: Sequence[Path], chance: Random) -> Path:
    """Any of the seeds; of the rarer formats more often than there are files of them."""
    wanted = chance.choices(_WORKBOOKS, weights=(66, 8, 10, 10, 2, 4))[0]
    return chance.choice([seed for seed in seeds if seed.suffix == wanted] or seeds)


def _mutated(data: bytes, chance: Random) -> tuple[bytes, str]:
    draw = chance.random()
    if not data.startswith(b"PK") or draw < 0.12:
        return containers.edited(data, chance), "bytes"
    if draw < 0.24:
        return containers.misled(data, chance), "zip headers"
    try:
        parts = containers.unpacked(data)
    except Exception:  # an earlier mutation broke it
        return containers.edited(data, chance), "bytes"
    if not parts or draw < 0.36:
        return containers.packed(containers.rearranged(parts or [("a", b"")], chance), chance), "parts"
    at = _part(parts, chance)
    parts[at] = (parts[at][0], markup.mutated(parts[at][1], chance))
    return containers.packed(parts, chance), f"{parts[at][0]}"


def _part(parts: containers.Parts, chance: Random) -> int:
    """Mostly a part that reader or writer looks into."""
    telling = [at for at, (name, _) in enumerate(parts) if any(mark in name for mark in _TELLING)]
    return chance.choice(telling) if telling and chance.random() < 0.9 else chance.randrange(len(parts))
