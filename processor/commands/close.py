"""Closes a month: everything decided up to the day, the last deduction sheet written, its lines frozen (G9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from processor.batch.options import Options
from processor.batch.run import run
from processor.batch.setup import Setup
from processor.errors import SiteError
from processor.ledger import transaction
from processor.messages import tell
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
        mend = tell("--by one of {known}", known=", ".join(sorted(allowed)))
        raise SiteError(
            tell("{by} may not close a month", by=by) if by else "it is not said who asks",
            where="close --anyway",
            mend=mend if allowed else "name somebody under [confirm] payroll",
        )
    with transaction(setup.site.ledger, setup.registers, keep=False) as ledger:
        closed = ledger.periods.closed()
    if period in closed:
        later = first_open(period, closed)
        return tell(
            "{period} is closed already; nothing was changed, later changes become adjustments in {later}",
            period=period,
            later=later,
        )
    result = run(setup, Options(as_of, close=Request(period, by, anyway), read=False, tick=tick))
    later = first_open(period, {*closed, period})
    return tell(
        "{period} is closed as of {day} (batch {run}); later changes become adjustments in {later}",
        period=period,
        day=as_of,
        run=result.run,
        later=later,
    )
