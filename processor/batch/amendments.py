"""What newer rule packs read or value otherwise, told once, with the lines that changed because of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from processor.batch.changes import Changes
from processor.batch.setup import Setup
from processor.catalogue.pack import Amendment, Pack
from processor.decision import Decision
from processor.ledger import Ledger
from processor.rulebook.view import Amended

KNOWN, TOLD = "amendments_known", "amendments_told"  # settings: pack -> its amendments so far; what was told of them


def new_amendments(pack: Pack, known: Mapping[str, list[list[str]]]) -> list[Amendment]:
    """What of a pack's amendments the site did not know yet. known: pack -> what it knew, as the ledger keeps it."""
    return [amendment for amendment in pack.changes if _kept(amendment) not in known.get(pack.name, [])]


def _kept(amendment: Amendment) -> list[str]:
    return [amendment.clause, amendment.since.isoformat(), amendment.what]


def amended(
    setup: Setup, ledger: Ledger, used: Mapping[str, Collection[str]], changes: Changes, run: int, as_of: date
) -> list[Amended]:
    """Everything that was ever told of amendments, oldest first, what is new to this batch included.

    used: unit -> its packs in the batch before; of a pack that no unit had yet there is nothing to tell.
    """
    known: dict[str, list[list[str]]] = ledger.runs.setting(KNOWN) or {}
    told = [Amended(**entry) for entry in ledger.runs.setting(TOLD) or []]
    had = {name for names in used.values() for name in names}
    delivered = ledger.facts.of_run(run) if had else frozenset()
    for pack in {pack.name: pack for pack in setup.packs}.values():
        new = new_amendments(pack, known)
        if pack.name in had:
            told += [_told(pack, amendment, changes, delivered, as_of) for amendment in new]
        known[pack.name] = [*known.get(pack.name, []), *map(_kept, new)]
    ledger.runs.keep_setting(KNOWN, known)
    ledger.runs.keep_setting(TOLD, [entry.as_kept() for entry in told])
    return told


def _told(pack: Pack, amendment: Amendment, changes: Changes, delivered: Collection[int], as_of: date) -> Amended:
    moved = _because_of(pack.name, amendment.clause, changes.lines.values(), delivered)
    return Amended(
        pack=pack.title,
        clause=amendment.clause,
        since=amendment.since.isoformat(),
        what=amendment.what,
        day=as_of.isoformat(),
        lines=sorted(line.decision_id for line in moved),
    )


def _because_of(
    pack: str,
    clause: str,
    changed: Iterable[tuple[Decision | None, Decision | None]],
    delivered: Collection[int],
) -> Iterator[Decision]:
    """The changed lines of a clause that rest on no row of this batch."""
    for old, new in changed:
        line = new or old
        if line is not None and (line.pack, line.clause) == (pack, clause):
            rows = {row for each in (old, new) if each is not None for row in (*each.evidence, each.row)}
            if rows.isdisjoint(delivered):
                yield line
