"""Facts as panels read them: whole columns, whatever the unit delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Missing
from processor.columns import plain_values
from processor.report.snapshot import Snapshot, Unit


def rows(snapshot: Snapshot, unit: Unit, register: str, columns: Sequence[str]) -> pd.DataFrame:
    """The unit's rows of a register with exactly these columns, empty ones where it delivered none."""
    return snapshot.facts(register, unit.name).reindex(columns=list(columns))


def filled(snapshot: Snapshot, unit: Unit, register: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """What these columns say in those of the unit's rows that have all of them filled."""
    frame = snapshot.facts(register, unit.name)
    if frame.empty or not set(columns) <= set(frame):
        return []
    told = zip(*(plain_values(frame[header]) for header in columns), strict=True)
    return [row for row in told if None not in row]


def shown_name(names: Mapping[str, str], staff_no: str) -> str:
    """`王芳 S01`."""
    return f"{names.get(staff_no, '')} {staff_no}".strip()


def month_of(days: pd.Series[Any]) -> pd.Series[str]:
    """The month (`2026-10`) of each date."""
    return days.astype("datetime64[us]").dt.strftime("%Y-%m")


def by_key(series: pd.Series[Any]) -> dict[str, Any]:
    """A Series of counts or sums as a dict in the same order."""
    return {str(key): value for key, value in series.to_dict().items()}


def figure(unit: Unit, name: str, day: date) -> Any:
    """The value that one of the unit's packs gives a parameter on a day, None where none does."""
    for pack in unit.packs:
        parameter = pack.parameters.get(name)
        value = parameter.on(day) if parameter else Missing.NO_VALUE
        if not isinstance(value, Missing):
            return value
    return None
