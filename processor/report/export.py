"""What HR's own system imports: each profile is data (columns, order, signs, one line a decision or an employee)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from processor.calendars import window_range
from processor.errors import SiteError
from processor.messages import tell
from processor.model import yuan
from processor.packaged import packaged
from processor.report.names import EFFECTS
from processor.report.tables import write_csv
from processor.settle.pay import Person
from processor.settle.sheet import CARRY, Entry

FOLDER = packaged("report/profiles")


@cache
def load_profile(name: str) -> Mapping[str, Any]:
    """One profile. Raises SiteError on an unknown name."""
    known = sorted(path.stem for path in FOLDER.glob("*.yaml"))
    if name not in known:
        raise SiteError(
            tell("unknown profile {name}", name=name),
            where="site.toml export.profiles",
            mend=tell("one of {known}", known=", ".join(known)),
        )
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def write_export(path: Path, profile: Mapping[str, Any], lines: Sequence[Entry], site: str) -> None:
    """One month's import file. Lines without an amount (points that the site gives no value) are not money and stay out."""
    paid = [line for line in lines if line.amount is not None]
    columns = [_for(column, paid) for column in profile["columns"]]
    header = [name for column in columns for name in _headers(column)]
    if profile["layout"] == "employee":
        by_person: dict[Person, list[Entry]] = {}
        for line in paid:
            by_person.setdefault(line.person, []).append(line)
        groups: Iterable[Sequence[Entry]] = by_person.values()
    else:
        groups = [[line] for line in paid]
    write_csv(path, header, ([cell for column in columns for cell in _cells(column, own, site)] for own in groups))


def _for(column: Mapping[str, Any], paid: Iterable[Entry]) -> Mapping[str, Any]:
    """The column; one of items with whatever else has money in this month, so that they add up to what each is owed."""
    if "items" not in column:
        return column
    return {"items": [*column["items"], *sorted({_code(line) for line in paid} - set(column["items"]))]}


def _headers(column: Mapping[str, Any]) -> list[str]:
    return [EFFECTS.get(item, item) for item in column["items"]] if "items" in column else [column["header"]]


def _cells(column: Mapping[str, Any], own: Sequence[Entry], site: str) -> list[str]:
    total = sum(line.amount or 0 for line in own)
    if "items" in column:
        return [_item(own, item) for item in column["items"]]
    if "constant" in column:
        return [column["constant"]]
    if "positive" in column:
        return [column["positive" if total >= 0 else "negative"].format(title=_title(own[0]))]
    if column["field"] in ("amount", "total"):
        return [yuan(abs(total) if column.get("absolute") else total)]
    if column["field"] == "site":
        return [site]
    if column["field"] == "last_day":
        return [window_range(own[0].period, "month")[1].isoformat()]
    if column["field"] == "title":
        return [_title(own[0])]
    return [getattr(own[0], column["field"])]


def _title(line: Entry) -> str:
    return EFFECTS.get(line.code, line.code)


def _code(line: Entry) -> str:
    return CARRY if line.carry else line.code


def _item(own: Sequence[Entry], item: str) -> str:
    amounts = [line.amount or 0 for line in own if _code(line) == item]
    return yuan(sum(amounts)) if amounts else ""
