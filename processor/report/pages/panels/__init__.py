"""What each kind of clause has to show beside its decisions: a picture and tables from facts and decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from processor.catalogue.proposal import OWN_PACK
from processor.report.pages.panels.attendance import attendance_panel
from processor.report.pages.panels.attribution import attribution_panel
from processor.report.pages.panels.cashier import cashier_panel
from processor.report.pages.panels.dispatch import dispatch_panel
from processor.report.pages.panels.fund import fund_panel
from processor.report.pages.panels.losses import losses_panel
from processor.report.pages.panels.members import analytics_panel, care_panel
from processor.report.pages.panels.response import response_panel
from processor.report.pages.panels.statements import statements_panel
from processor.report.pages.panels.swaps import swaps_panel
from processor.report.pages.view import Panel
from processor.report.snapshot import Line, Snapshot, Unit

#: Families whose panels tell all that their statements do.
TELLING = frozenset({"analytics", "dispatch", "fund", "lost_orders", "response"})

Show = Callable[[Snapshot, Unit, Sequence[Line]], Panel]

PANELS: Mapping[str, Show] = {
    "dispatch": dispatch_panel,
    "attribution": attribution_panel,
    "lost_orders": losses_panel,
    "response": response_panel,
    "swaps": swaps_panel,
    "attendance": attendance_panel,
    "cashier": cashier_panel,
    "fund": fund_panel,
    "analytics": analytics_panel,
    "care": care_panel,
}
"""Family of clauses -> its panel, in the order of the page. A site's own clauses of these families get it, too."""

#: Register -> the family whose panel shows it, for clauses of 自定条款, which are of no family but their own.
SHOWN_BY: Mapping[str, str] = {
    "attendance": "attendance",
    "leave": "attendance",
    "swaps": "swaps",
    "cashier": "cashier",
    "chats": "response",
    "calls": "response",
}


def panel_of(snapshot: Snapshot, unit: Unit, family: str, lines: Sequence[Line]) -> Panel:
    """The panel of a family, by what its lines say where it has none of its own; statements stand beside it anyway."""
    stated = statements_panel(snapshot, unit, lines)
    if family == OWN_PACK:
        more = [PANELS[kind](snapshot, unit, lines) for kind in _kinds(snapshot, unit, lines)]
        return replace(stated, tables=(*stated.tables, *(table for panel in more for table in panel.tables)))
    if family not in PANELS:
        return stated
    own = PANELS[family](snapshot, unit, lines)
    return replace(own, tables=own.tables if family in TELLING else (*own.tables, *stated.tables))


def _kinds(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> list[str]:
    """The families whose panels show what own clauses look at, but for those that the unit has anyway."""
    present = {clause.family for pack in unit.packs for clause in pack.clauses.values()}
    clauses = {line.decision.clause for line in lines} & snapshot.clauses.keys()
    read = {register for clause in clauses for register in snapshot.clauses[clause].registers}
    wanted = {SHOWN_BY[register] for register in read & SHOWN_BY.keys()} - present
    return [kind for kind in PANELS if kind in wanted]
