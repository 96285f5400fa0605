"""Cells of other registers beside the rows of a clause: looked up by key, of the roster by employee and day."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from processor.calendars import each_day
from processor.catalogue.condition import TODAY, Condition
from processor.catalogue.derived import with_derived
from processor.catalogue.lookup import Lookup
from processor.catalogue.provision import Provision
from processor.rules.job import Job

#: Column with the refs of the rows in which something was found.
FOUND = "_found"


def with_lookups(job: Job, provision: Provision, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with their looked-up columns and FOUND.

    A row is left out where the row that it would be answered by could not be read: nobody knows what stands there.
    """
    rows = rows.assign(**{FOUND: pd.Series([()] * len(rows), index=rows.index, dtype="object")})
    for name, lookup in provision.lookups.items():
        ask = _of_roster if lookup.register.roster else _of_register
        rows = ask(job, rows, name, lookup, lookup.day or provision.date)
    return rows


def _of_roster(job: Job, rows: pd.DataFrame, name: str, lookup: Lookup, day: str) -> pd.DataFrame:
    numbers, days = rows[next(iter(lookup.by))], rows[day].fillna(pd.Timestamp(job.as_of))
    refs = job.roster_column(numbers, "_ref", days)
    return _found(rows, refs).assign(**{name: job.roster_column(numbers, lookup.take, days)})


def _of_register(job: Job, rows: pd.DataFrame, name: str, lookup: Lookup, day: str) -> pd.DataFrame:
    other = lookup.register.name
    own, theirs = list(lookup.by), list(lookup.by.values())
    if lookup.during:
        own, theirs = [*own, day], [*theirs, "day"]
    there = _rows_of(job, lookup, job.facts[other])
    there = there.assign(_key=_keys(there, theirs)).dropna(subset=["_key"])
    if other in job.left_out:
        unread = _rows_of(job, replace(lookup, where=Condition()), job.left_out[other])
        rows = rows[~_keys(rows, own).isin(_keys(unread, theirs).dropna())]
    wanted = _keys(rows, own)
    if not lookup.take:
        return rows.assign(**{name: wanted.map(there["_key"].value_counts().to_dict()).fillna(0).astype("int64")})
    told = there[there[lookup.take].notna()].reset_index(drop=True)
    told = told.drop_duplicates("_key", keep="first" if lookup.pick == "first" else "last")
    places = wanted.map(dict(zip(told["_key"], told.index, strict=True))).astype("Int64")
    found = told[[lookup.take, "_ref"]].reindex(places.fillna(-1).to_numpy()).set_axis(rows.index)
    return _found(rows, found["_ref"]).assign(**{name: found[lookup.take]})


def _rows_of(job: Job, lookup: Lookup, frame: pd.DataFrame) -> pd.DataFrame:
    """The other register's rows that count, those of a span once for each of its days (`day`)."""
    named = frozenset({*lookup.by.values(), lookup.take}) | lookup.where.headers
    rows = with_derived(lookup.register, frame, named).assign(**{TODAY: pd.Timestamp(job.as_of)})
    date_column = lookup.register.date_column
    rows = rows[lookup.where.holds(rows, rows[date_column] if date_column in rows else rows[TODAY])]
    if not lookup.during:
        return rows
    first, last = lookup.during
    return each_day(rows.dropna(subset=[first, last]), first, last)


def _found(rows: pd.DataFrame, refs: pd.Series) -> pd.DataFrame:
    """The rows with these further refs."""
    added = [(*known, int(ref)) if pd.notna(ref) else known for known, ref in zip(rows[FOUND], refs, strict=True)]
    return rows.assign(**{FOUND: pd.Series(added, index=rows.index, dtype="object")})


def _keys(frame: pd.DataFrame, headers: list[str]) -> pd.Series:
    """The values of these columns together; blank where one of them is."""
    keys = pd.Series(list(zip(*(frame[header] for header in headers), strict=True)), index=frame.index, dtype="object")
    return keys.where(frame[headers].notna().all(axis=1))
