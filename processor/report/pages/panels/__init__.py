"""What each kind of clause has to show beside its decisions: a picture and tables from facts and decisions."""

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
from processor.report.pages.view import Panel
from processor.report.snapshot import Line, Snapshot, Unit

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
