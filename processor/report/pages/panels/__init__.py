"""What each family's readers need above its list of decisions: tables and charts from facts and decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from processor.report.pages.panels.attendance import attendance_panel
from processor.report.pages.panels.attribution import attribution_panel
from processor.report.pages.panels.cashier import cashier_panel
from processor.report.pages.panels.dispatch import dispatch_panel
from processor.report.pages.panels.fund import fund_panel
from processor.report.pages.panels.losses import losses_panel
from processor.report.pages.panels.members import analytics_panel, care_panel
from processor.report.pages.panels.response import response_panel
from processor.report.pages.panels.swaps import swaps_panel
from processor.report.pages.view import Part
from processor.report.snapshot import Line, Snapshot, Unit

Panel = Callable[[Snapshot, Unit, Sequence[Line]], Sequence[Part]]

PANELS: Mapping[str, Panel] = {
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
"""Family -> its panel, in the order of the sections on a unit's page."""
