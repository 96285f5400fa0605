"""Cells of other registers beside the rows of a clause: looked up by key, of the roster by employee and day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from processor.calendars import each_day
from processor.catalogue.condition import TODAY, Condition
from processor.catalogue.lookup import Lookup
from processor.catalogue.provision import Provision
from processor.columns import UNREAD
from processor.rules.job import SINCE, Job

#: Column with the refs of the rows in which something was found.
FOUND = "_found"


def with_lookups(job: Job, provision: Provision, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with their looked-up columns and FOUND.

    A row is left out where the row that it would be answered by could not be read: nobody knows what stands there.
    """
    assert provision.register is not None
    rows = rows.assign(**{FOUND: pd.Series([()] * len(rows), index=rows.index, dtype="object")})
    for name, lookup in provision.lookups.items():
        rows = provision.register.with_derived(rows, {*lookup.own, provision.date})
        ask = _of_roster if lookup.register.roster else _of_register
        rows = ask(job, provision, rows, name, lookup.day or provision.date)
    return rows


def _of_roster(job: Job, provision: Provision, rows: pd.DataFrame, name: str, day: str) -> pd.DataFrame:
    lookup = provision.lookups[name]
    numbers, days = rows[next(iter(lookup.by))], rows[day].fillna(pd.Timestamp(job.as_of))
    lost = job.roster.unread(numbers, lookup.take, days)
    if lost.any():
        rows, numbers, days = rows[~lost], numbers[~lost], days[~lost]
    refs, found = job.roster_column(numbers, "_ref", days), job.roster_column(numbers, lookup.take, days)
    if lookup.column.type == "staff":
        found = found.where(found.isin(job.roster.numbers))  # whom the roster does not know answers for nothing
    return _found(rows, refs).assign(**{name: found})


def _of_register(job: Job, provision: Provision, rows: pd.DataFrame, name: str, day: str) -> pd.DataFrame:
    lookup = provision.lookups[name]
    other = lookup.register.name
    own, theirs = list(lookup.by), list(lookup.by.values())
    if lookup.during and not lookup.until:
        own, theirs = [*own, day], [*theirs, "day"]
    there = _rows_of(job, lookup, job.facts[other])
    there = there.assign(_key=_keys(there, theirs)).dropna(subset=["_key"])
    if lookup.pick == "upto":
        return _upto(job, provision, rows, name, day, there)
    if other in job.illegible:
        rows = rows[~_doubted(job, lookup, rows, day, own, theirs)]
    unread = there.iloc[:0]
    if other in job.left_out:
        unread = _rows_of(job, replace(lookup, where=Condition()), job.left_out[other])
        if not lookup.take:
            rows = rows[~_may_count(lookup, rows, unread)]
        unread = unread.assign(_key=_keys(unread, theirs)).dropna(subset=["_key"])
    if lookup.pick == "before":
        return _before(provision, rows.assign(_key=_keys(rows, own)), name, day, there, unread)
    rows = rows[~_keys(rows, own).isin(unread["_key"])]
    wanted = _keys(rows, own)
    if lookup.until:
        there, wanted = _that_meet(lookup, rows, wanted, there), rows.index.to_series()
    return _taken(lookup, rows, wanted, there, name) if lookup.take else _counted(rows, wanted, there, name)


def _counted(rows: pd.DataFrame, wanted: pd.Series, there: pd.DataFrame, name: str) -> pd.DataFrame:
    """How many rows of the other register each is answered by."""
    refs = there[there["_key"].isin(wanted)].groupby("_key")["_ref"].agg(tuple).to_dict()
    counted = pd.Series([refs.get(key, ()) for key in wanted], index=rows.index, dtype="object")
    return _found(rows, counted).assign(**{name: counted.map(len).astype("int64")})


def _taken(lookup: Lookup, rows: pd.DataFrame, wanted: pd.Series, there: pd.DataFrame, name: str) -> pd.DataFrame:
    """What the first or the last row that each is answered by says."""
    told = there[there[lookup.take].notna()].reset_index(drop=True)
    told = told.drop_duplicates("_key", keep="first" if lookup.pick == "first" else "last")
    places = wanted.map(dict(zip(told["_key"], told.index, strict=True))).astype("Int64")
    found = told[[lookup.take, "_ref"]].reindex(places.fillna(-1).to_numpy()).set_axis(rows.index)
    return _found(rows, found["_ref"]).assign(**{name: found[lookup.take]})


def _that_meet(lookup: Lookup, rows: pd.DataFrame, keys: pd.Series, there: pd.DataFrame) -> pd.DataFrame:
    """The other register's rows, each for every row of the clause whose span it meets, with that row's index as `_key`."""
    first, last = lookup.during
    spans = pd.DataFrame({"_key": keys, "_from": rows[lookup.day], "_until": rows[lookup.until], "_row": rows.index})
    pairs = there.assign(_first=there[first], _last=there[last]).merge(spans.dropna(), on="_key")
    met = pairs[(pairs["_first"] <= pairs["_until"]) & (pairs["_from"] <= pairs["_last"])]
    return met.assign(_key=met["_row"])


def _doubted(job: Job, lookup: Lookup, rows: pd.DataFrame, day: str, own: list[str], theirs: list[str]) -> pd.Series:
    """Which rows may be answered by one that nobody could read, of those days about which it may say something."""
    found, illegible = pd.Series(False, index=rows.index), job.illegible[lookup.register.name]
    for since in sorted(set(illegible[SINCE])):
        group = _rows_of(job, replace(lookup, where=Condition()), illegible[illegible[SINCE] == since])
        meets = _keys(rows, own).isin(_keys(group, theirs).dropna())
        if not lookup.take:
            meets = meets | _may_count(lookup, rows, group)
            if any(_tells_no_key(lookup, lost) for lost in group[UNREAD]):
                meets = pd.Series(True, index=rows.index)
        found |= meets & _open(rows, day, since)
    return found


def _tells_no_key(lookup: Lookup, lost: str) -> bool:
    """Whether no part of the key could be read."""
    unread = frozenset(lost.split("|"))
    return all(not unread.isdisjoint(lookup.register.cells([told])) for told in lookup.by.values())


def _open(rows: pd.DataFrame, day: str, since: date) -> pd.Series:
    if since == date.min:
        return pd.Series(True, index=rows.index)
    if day not in rows or not pd.api.types.is_datetime64_any_dtype(rows[day]):
        return pd.Series(False, index=rows.index)
    return rows[day].isna() | (rows[day] >= pd.Timestamp(since))


def _may_count(lookup: Lookup, rows: pd.DataFrame, unread: pd.DataFrame) -> pd.Series:
    """For which rows one may count of which a part of the key could not be read, by the parts that could."""
    found = pd.Series(False, index=rows.index)
    for headers, group in unread.groupby(UNREAD):
        lost = frozenset(str(headers).split("|"))
        known = {own: told for own, told in lookup.by.items() if lost.isdisjoint(lookup.register.cells([told]))}
        if known and len(known) < len(lookup.by):
            found |= _keys(rows, list(known)).isin(_keys(group, list(known.values())).dropna())
    return found


def _upto(job: Job, provision: Provision, rows: pd.DataFrame, name: str, day: str, there: pd.DataFrame) -> pd.DataFrame:
    """How many rows of the same register, and of employees in scope, there are up to each; blank for one that is none.

    What could not be read is not counted: it could only make more of them.
    """
    if job.applies_to and provision.about:
        there = there[job.in_scope(there[provision.about[0]], there[day])]
    there = there.dropna(subset=[day]).sort_values([day, *provision.lookups[name].register.key], kind="stable")
    of_key = there.groupby("_key")
    refs, numbers = of_key["_ref"].agg(tuple), of_key.cumcount() + 1
    upto = [refs[key][:number] for key, number in zip(there["_key"], numbers, strict=True)]
    counted = pd.Series(upto, index=there.index, dtype="object").reindex(rows.index)
    return _found(rows, counted).assign(**{name: numbers.reindex(rows.index).astype("Int64")})


def _before(
    provision: Provision, rows: pd.DataFrame, name: str, day: str, there: pd.DataFrame, unread: pd.DataFrame
) -> pd.DataFrame:
    """What the last row before each says, in order of moment and number; where that is an unreadable one, it is left out."""
    lookup = provision.lookups[name]
    moment = lookup.register.date_column or lookup.take
    rows = rows[~rows["_key"].isin(unread.loc[unread[moment].isna(), "_key"])]
    is_itself = provision.register is not None and lookup.register.name == provision.register.name
    told = pd.concat([there[there[lookup.take].notna()].assign(_read=True), unread.assign(_read=False)])
    told = told.assign(_place=told.index, _moment=told[moment]).reset_index(drop=True)
    places = rows.index.astype("float64") if is_itself else np.inf
    asked = pd.DataFrame({"_key": rows["_key"], "_moment": rows[day], "_place": places, "_asks": rows.index})
    told_places = told.assign(_nth=told.index)[["_key", "_moment", "_place", "_nth"]]
    line = pd.concat([asked, told_places]).sort_values(["_moment", "_place", "_nth"], na_position="first")
    line["_nth"] = line.groupby("_key")["_nth"].ffill()
    asked = line[line["_asks"].notna()].set_index("_asks").reindex(rows.index)
    found = told.reindex(asked["_nth"].fillna(-1).to_numpy()).set_axis(rows.index)
    rows, found = rows[found["_read"].ne(False)], found[found["_read"].ne(False)]
    return _found(rows, found["_ref"]).assign(**{name: found[lookup.take]})


def _rows_of(job: Job, lookup: Lookup, frame: pd.DataFrame) -> pd.DataFrame:
    """The other register's rows that count, those of a span once for each of its days (`day`)."""
    named = frozenset({*lookup.by.values(), lookup.take}) | lookup.where.headers
    rows = lookup.register.with_derived(frame.assign(**{TODAY: pd.Timestamp(job.as_of)}), named)
    date_column = lookup.register.date_column
    rows = rows[lookup.where.holds(rows, rows[date_column] if date_column in rows else rows[TODAY])]
    if not lookup.during or lookup.until:
        return rows
    first, last = lookup.during
    return each_day(rows.dropna(subset=[first, last]), first, last)


def _found(rows: pd.DataFrame, refs: pd.Series) -> pd.DataFrame:
    """The rows with these further refs: one, several, or none each."""
    places, distinct = pd.factorize(refs.array)
    further = [*map(_all, distinct), ()]
    added = [known + further[place] for known, place in zip(rows[FOUND].tolist(), places.tolist(), strict=True)]
    return rows.assign(**{FOUND: pd.Series(added, index=rows.index, dtype="object")})


def _all(refs: Any) -> tuple[int, ...]:
    return tuple(map(int, refs)) if isinstance(refs, tuple) else (int(refs),) if pd.notna(refs) else ()


def _keys(frame: pd.DataFrame, headers: list[str]) -> pd.Series:
    """The values of these columns together; blank where one of them is."""
    keys = pd.Series(list(zip(*(frame[header] for header in headers), strict=True)), index=frame.index, dtype="object")
    return keys.where(frame[headers].notna().all(axis=1))
