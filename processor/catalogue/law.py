"""What the law of a region says of deductions: dated entries with their source, in `processor/law/*.yaml`.

An aid, not legal advice: `reviewed_by` is empty until a lawyer has read the entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from processor.catalogue.outcome import NATURES
from processor.errors import PolicyError
from processor.messages import tell
from processor.packaged import packaged

DISCLAIMER = "供参考，不构成法律意见"
NATION = "全国"
_KEYS = {"since", "until", "source", "article", "says", "forbids", "share", "natures", "floor", "prior_notice"}
_KEYS |= {"reviewed_by", "found_in", "unverified"}


@dataclass(frozen=True)
class Entry:
    """One article. since, until: days in force. natures: of what it speaks, empty: of every deduction; forbids: what may
    not be deducted; share: of the month's wage that may be deducted at most for its natures together; floor: not below
    the minimum wage; prior_notice: in writing, beforehand.
    found_in: where it was read; unverified: the keys of this entry of which no original text was found.
    """

    since: date
    source: str
    article: str
    says: str
    until: date | None = None
    natures: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    share: Decimal | None = None
    floor: bool = False
    prior_notice: bool = False
    found_in: str = ""
    unverified: tuple[str, ...] = ()
    reviewed_by: str = ""
    what: str = "扣款"

    @property
    def cited(self) -> str:
        """Name and article of the source."""
        return f"《{self.source}》{self.article}"

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Law:
    """The entries of a region, those of the nation included."""

    region: str
    entries: tuple[Entry, ...]

    def forbidding(self, nature: str, day: date) -> Entry | None:
        """The entry that forbids deductions of a nature on a day."""
        for entry in self.entries:
            if nature in entry.forbids and entry.holds(day):
                return Entry(**{**entry.__dict__, "what": nature})
        return None

    def shares(self, day: date) -> dict[tuple[str, ...], Decimal]:
        """Natures -> the share of a month's wage that may be deducted for all of them together."""
        found: dict[tuple[str, ...], Decimal] = {}
        for entry in self.entries:
            if entry.share is not None and entry.holds(day):
                natures = entry.natures or NATURES
                found[natures] = min(entry.share, found.get(natures, entry.share))
        return found

    def floor(self, day: date) -> bool:
        """Whether at least the minimum wage must be left."""
        return any(entry.floor and entry.holds(day) for entry in self.entries)

    def prior_notice(self, day: date) -> Entry | None:
        """The entry that asks for written notice beforehand."""
        return next((entry for entry in self.entries if entry.prior_notice and entry.holds(day)), None)


@cache
def load_laws(folder: Path | None = None) -> Mapping[str, Law]:
    """The regions by name. Raises PolicyError that names file and key."""
    files = sorted((folder or packaged("law")).glob("*.yaml"))
    read = {path.stem: _read(path) for path in files}
    nation = read.pop(NATION, ())
    return {region: Law(region, (*entries, *nation)) for region, entries in read.items()}


def law_of(region: str) -> Law | None:
    """The law of a region; None where none is set. Raises PolicyError for a region that nobody has written down."""
    if not region:
        return None
    known = load_laws()
    if region not in known:
        mend = tell("one of {known}, or leave it out", known=", ".join(sorted(known)))
        raise PolicyError(tell("nothing is known of {region}", region=region), where="site.toml law.region", mend=mend)
    return known[region]


def _read(path: Path) -> tuple[Entry, ...]:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(_entry(f"{path.name} entry {place}", raw) for place, raw in enumerate(data["entries"], 1))


def _entry(where: str, raw: Mapping[str, Any]) -> Entry:
    unknown = sorted(set(raw) - _KEYS)
    if unknown:
        raise PolicyError(
            tell("unknown key {unknown}", unknown=", ".join(unknown)),
            where=where,
            mend=tell("one of {known}", known=", ".join(sorted(_KEYS))),
        )
    strange = sorted({*raw.get("forbids", ()), *raw.get("natures", ())} - set(NATURES))
    if strange:
        raise PolicyError(
            tell("unknown nature {strange}", strange=", ".join(strange)),
            where=where,
            mend=tell("one of {known}", known=", ".join(NATURES)),
        )
    missing = sorted({"since", "source", "article", "says"} - set(raw))
    if missing:
        raise PolicyError(tell("{missing} missing", missing=", ".join(missing)), where=where)
    return Entry(
        since=raw["since"],
        source=raw["source"],
        article=raw["article"],
        says=raw["says"],
        until=raw.get("until"),
        natures=tuple(raw.get("natures", ())),
        forbids=tuple(raw.get("forbids", ())),
        share=Decimal(str(raw["share"])) if "share" in raw else None,
        floor=bool(raw.get("floor", False)),
        prior_notice=bool(raw.get("prior_notice", False)),
        found_in=raw.get("found_in") or "",
        unverified=tuple(raw.get("unverified", ())),
        reviewed_by=raw.get("reviewed_by") or "",
    )
