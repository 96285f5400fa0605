"""Closes a month: everything decided up to the day, the last deduction sheet written, its lines frozen (G9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from processor.batch.options import Options
from processor.batch.run import run
from processor.batch.setup import Setup
from processor.errors import SiteError
from processor.ledger import transaction
from processor.settle.adjustments import first_open
from processor.settle.authority import authority
from processor.settle.closing import Request


def close(
    setup: Setup, period: str, as_of: date, tick: Callable[[str], None], *, by: str = "", anyway: bool = False
) -> str:
    """Close `YYYY-MM`; closing it again changes nothing. Returns a sentence for the terminal.

    by: staff number of who asks; anyway: whatever is in the way, which only somebody who may close months can ask.
    Raises NotClosed with everything that is in the way, SiteError where nobody entitled asks.
    """
    allowed = authority(setup.site).closing
    if anyway and by not in allowed:
        mend = f"--by one of {', '.join(sorted(allowed))}" if allowed else "name somebody under [confirm] payroll"
        raise SiteError(f"{by or 'nobody'} may not close a month", where="close --anyway", mend=mend)
    with transaction(setup.site.ledger, setup.registers, setup.empty, keep=False) as ledger:
        closed = ledger.periods.closed()
    if period in closed:
        later = first_open(period, closed)
        return f"{period} is closed already; nothing was changed, later changes become adjustments in {later}"
    result = run(setup, Options(as_of, close=Request(period, by, anyway), read=False, tick=tick))
    later = first_open(period, {*closed, period})
    return f"{period} is closed as of {as_of} (batch {result.run}); later changes become adjustments in {later}"
