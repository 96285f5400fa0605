"""Units that site.toml renames, ends, or names no longer: their lines follow, stay, or stop the site."""

from __future__ import annotations

from dataclasses import dataclass

from processor.batch.setup import Setup
from processor.decision import Decision
from processor.errors import SiteError
from processor.ledger import Ledger
from processor.ledger.facts import Touch
from processor.messages import listed, tell
from processor.model import yuan


@dataclass(frozen=True)
class Followed:
    """What renamed and ended units changed. lines: open ones (before, after); touches: rows of after a unit's end."""

    lines: tuple[tuple[Decision, Decision], ...]
    touches: tuple[Touch, ...]


def follow_units(ledger: Ledger, setup: Setup) -> Followed:
    """Give renamed units their rows and lines, and leave out what is later than the last day of a unit."""
    closed = ledger.periods.closed()
    lines: list[tuple[Decision, Decision]] = []
    touches: list[Touch] = []
    for unit in setup.site.units:
        for old in unit.formerly:
            if not ledger.units.holds(old):
                continue
            before = [line for line in ledger.decisions.open_lines(closed) if line.unit == old]
            ledger.units.rename(old, unit.name)
            after = ledger.decisions.by_id(line.decision_id for line in before)
            lines += [(line, after[line.decision_id]) for line in before]
        if unit.until is not None:
            touches += ledger.units.end(unit.name, unit.until.isoformat())
    return Followed(tuple(lines), tuple(touches))


def unknown_units(ledger: Ledger, setup: Setup) -> SiteError | None:
    """The fault that units have lines in the ledger and site.toml names them no longer."""
    known = {name for unit in setup.site.units for name in (unit.name, *unit.formerly)}
    lost = ledger.decisions.standing_of(known)
    if not lost:
        return None
    told = listed(
        tell(
            "{unit}: {lines} lines of {months}, {amount} yuan",
            unit=unit,
            lines=lines,
            months=", ".join(months),
            amount=yuan(fen),
        )
        for unit, (lines, months, fen) in lost.items()
    )
    name = next(iter(lost))
    return SiteError(
        tell("units with standing decisions are missing: {told}", told=told),
        where="site.toml units",
        mend=tell(
            'either write formerly = ["{name}"] on the unit that it became, or keep it with until = 2026-10-31',
            name=name,
        ),
    )
