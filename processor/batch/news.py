"""What happened in a batch, counted for those who are told of it: the site's receivers and those of single units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from processor.notify import Happened
from processor.report.snapshot import Change, Reminder, WorkbookReport
from processor.site import Site


def news(
    site: Site,
    reports: Sequence[WorkbookReport],
    changes: Sequence[Change],
    due: Sequence[Reminder],
    closing: Iterable[str],
    pages: str,
) -> list[Happened]:
    """One entry for the whole site and one for each unit that has receivers of its own.

    due: open reminders, if the day moved since the batch before. closing: months that the batch closed. pages: where the
    pages lie, relative to the site's folder.
    """
    found, closed = [], sorted(closing)
    for unit in ("", *(unit.name for unit in site.units if unit.notify)):
        books = [report for report in reports if not unit or unit in report.units]
        lines = [change for change in changes if not unit or unit in _units_of(change)]
        days = [reminder.days_over for reminder in due if not unit or reminder.decision.unit == unit]
        happened = Happened(
            unit=unit,
            look=f"{pages}/units/{unit}" if unit else f"{pages}/index.html",
            rejected=sum(report.status in ("rejected", "asked") for report in books),
            unreadable=sum(register.issues for report in books for register in report.registers),
            pending=sum(_newly_waits(change) for change in lines),
            due=days.count(None),
            overdue=len(days) - days.count(None),
            changed=len(lines),
            closed=closed,
        )
        found.append(happened)
    return found


def _units_of(change: Change) -> set[str]:
    """The units of a changed line, as it was and as it is."""
    return {line.decision.unit for line in (change.old, change.new) if line is not None}


def _newly_waits(change: Change) -> bool:
    """Whether a manager is asked who was not asked before."""
    before, after = (line is not None and line.decision.waits for line in (change.old, change.new))
    return after and not before
