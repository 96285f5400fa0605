"""Closes a month: everything decided up to the day, the last deduction sheet written, its lines frozen (G9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from processor.batch.run import Options, run
from processor.batch.setup import Setup
from processor.errors import SiteError
from processor.ledger import transaction


def close(setup: Setup, period: str, as_of: date, tick: Callable[[str], None]) -> str:
    """Close `YYYY-MM`; closing it again changes nothing. Returns a sentence for the terminal.

    Raises SiteError for a month that has not begun.
    """
    if period > f"{as_of:%Y-%m}":
        raise SiteError(f"{period} has not begun as of {as_of}", where="close", mend="close a month that is over")
    with transaction(setup.site.ledger, setup.registers, setup.empty, keep=False) as ledger:
        if period in ledger.periods.closed():
            return f"{period} is closed already; nothing was changed"
    result = run(setup, Options(as_of, close=period, read=False, tick=tick))
    return f"{period} is closed as of {as_of} (batch {result.run}); later changes become adjustments in an open month"
