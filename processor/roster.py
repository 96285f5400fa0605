"""The dated roster: who was employed where, as what and at which wage on which day (G18)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from processor.columns import UNREAD, plain_values, unread

STAFF_NO, SINCE, NAME, HIRED, LEFT = "工号", "生效日期", "姓名", "入职日期", "离职日期"
SUPERIOR = "直接主管工号"
#: Which of the people who had a staff number one after the other has it in a stretch of time; 0 for the first.
HOLDER = "_holder"

#: What is said of a person once and for all: the last word holds for all days. Every other column may change with time.
LIFELONG = ("姓名", "别名", "入职日期", "转正日期", "离职日期", "备注")

_MARK = "\x1e"  # between a staff number and the place of who had it among its holders
_MARKED = re.compile(f"{_MARK}\\d+")
_EVER = pd.Timestamp(1, 1, 1)
_UNREADABLE = object()  # what stands in a cell that was filled but could not be read: no value, and no blank either
_FAR = 4_000_000  # more days than any calendar has: keeps employees apart in one sorted array


class Roster:
    """The employees of a site, each with one row for every stretch of time in which nothing about him changed.

    spans: the columns of the register, UNREAD, `_ref` (fact id), `_since` (the first day of the row) and HOLDER, sorted by
    工号 and day. What held first also holds on all days before it. A staff number that passed to another person has rows of both.
    staff: what was asked of it before, see `rules.job.Job.staff`.
    """

    def __init__(self, spans: pd.DataFrame) -> None:
        self.spans = spans.reset_index(drop=True)
        numbers = self.spans[STAFF_NO]
        self._first = {str(number): place for place, number in reversed(list(enumerate(numbers)))}
        self._codes = codes = {number: code for code, number in enumerate(self._first)}
        later = numbers.duplicated().to_numpy()
        days = np.where(later, _days_counted(self.spans["_since"]), 0)
        self._starts = np.array([codes[number] for number in numbers], dtype="int64") * _FAR + days
        self._order = np.argsort(self._starts, kind="stable")
        self._starts = self._starts[self._order]
        self._columns: dict[str, list[Any]] = {}
        self._turns = np.unique(days[later])
        self._as_of: dict[int, pd.DataFrame] = {}
        self.staff: dict[tuple[Any, ...], tuple[Any, Any]] = {}
        self._fitting: dict[tuple[str, tuple[Any, ...]], np.ndarray[Any, Any]] = {}
        self._unread: dict[str, np.ndarray[Any, Any]] = {}

    def __reduce__(self) -> tuple[type[Roster], tuple[pd.DataFrame]]:
        return Roster, (self.spans,)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The staff numbers that it knows."""
        return frozenset(self._first)

    @cached_property
    def names(self) -> dict[str, str]:
        """Staff number -> name of whoever has it last."""
        return dict(zip(self.spans[STAFF_NO].astype(str), self.spans[NAME].astype(str), strict=True))

    @cached_property
    def everybody(self) -> dict[tuple[str, int], str]:
        """Staff number and holder -> name, of everybody who ever had a number."""
        numbers = zip(self.spans[STAFF_NO].astype(str), self.spans[HOLDER].astype(int), strict=True)
        return dict(zip(numbers, self.spans[NAME].astype(str), strict=True))

    def name(self, staff_no: str, day: date) -> str:
        """What the employee with this number was called on a day; empty where nobody had it."""
        return str(self.value(staff_no, NAME, day) or "")

    @cached_property
    def handed_over(self) -> dict[str, dict[int, str]]:
        """The staff numbers that passed to another person: number -> place -> the name of who had it."""
        later = self.spans.loc[self.spans[HOLDER] > 0, STAFF_NO].unique()
        several = self.spans[self.spans[STAFF_NO].isin(later)]
        return {
            str(number): dict(zip(own[HOLDER].astype(int), own[NAME].astype(str), strict=True))
            for number, own in several.groupby(STAFF_NO)
        }

    def holder(self, staff_no: str, day: date, name: str = "") -> int:
        """Which of the people who had the number one after the other had it on a day; 0 also where nobody had it.

        name: of the person who is meant, where it is known: what counts a whole month of somebody who left in its midst
        is dated on a day on which he had the number no longer.
        """
        called = [place for place, known in self.handed_over.get(staff_no, {}).items() if known == name]
        return called[0] if len(called) == 1 else int(self.value(staff_no, HOLDER, day) or 0)

    @cached_property
    def apart(self) -> Roster:
        """The roster in which everybody who had a number has one of his own (`marked`), as an employee and as a superior."""
        if not self.handed_over:
            return self
        spans = self._cut_where_superiors_change()
        own = _marked_column(spans[STAFF_NO], spans[HOLDER])
        superiors = self.column(spans[SUPERIOR], HOLDER, spans["_since"]).fillna(0)
        spans = spans.assign(**{STAFF_NO: own, SUPERIOR: _marked_column(spans[SUPERIOR], superiors)})
        return Roster(spans.sort_values([STAFF_NO, "_since"], kind="stable"))

    def _cut_where_superiors_change(self) -> pd.DataFrame:
        """The spans, of which none goes on while the number of the superior passes to another person."""
        parts = [self.spans]
        for number in self.handed_over:
            own = self.spans[self.spans[STAFF_NO] == number]
            for day in own["_since"][own[HOLDER] != own[HOLDER].shift(fill_value=0)]:
                below = self.on(day.date())
                parts.append(below[below[SUPERIOR] == number].assign(_since=day))
        return pd.concat(parts, ignore_index=True).drop_duplicates([STAFF_NO, "_since"])

    def __contains__(self, staff_no: object) -> bool:
        return staff_no in self._first

    def on(self, day: date) -> pd.DataFrame:
        """One row an employee as of a day, indexed by 工号."""
        stretch = self.stretch(day)
        if stretch not in self._as_of:
            numbers = pd.Series(list(self._first), dtype=self.spans[STAFF_NO].dtype)
            places = self.places(numbers, pd.Series(pd.Timestamp(day), index=numbers.index))
            self._as_of[stretch] = self.spans.iloc[places].set_index(STAFF_NO, drop=False)
        return self._as_of[stretch]

    def stretch(self, day: date) -> int:
        """Which stretch of time a day lies in, counted from 0; inside of one nothing changes about anybody."""
        return int(np.searchsorted(self._turns, day.toordinal(), "right"))

    def everyone(self, day: date) -> pd.DataFrame:
        """One row for each person who has or had a number by a day, as he was then or when he last had it."""
        begun = self.spans[(self.spans["_since"] <= pd.Timestamp(day)) | ~self.spans[STAFF_NO].duplicated()]
        return begun.drop_duplicates([STAFF_NO, HOLDER], keep="last")

    def column(self, staff_no: pd.Series, header: str, days: pd.Series) -> pd.Series:
        """What the roster says of each employee on each day, aligned with `staff_no`; blank where it does not know him."""
        return self.spans[header].reindex(self.places(staff_no, days)).set_axis(staff_no.index)

    def unread(self, staff_no: pd.Series, header: str, days: pd.Series) -> pd.Series:
        """Of which employees the roster's cell could not be read as of each day, as an aligned boolean Series."""
        lost = self._lost(header)
        return pd.Series(lost[self.places(staff_no, days)] if len(lost) else False, index=staff_no.index, dtype=bool)

    def is_unread(self, staff_no: str, header: str, day: date) -> bool:
        """Whether one cell could not be read as of a day."""
        return header in str(self.value(staff_no, UNREAD, day) or "").split("|") if UNREAD in self.spans else False

    def _lost(self, header: str) -> np.ndarray[Any, Any]:
        """Of which of `places` a cell could not be read; the last is that of nobody (-1). Empty where all could be."""
        if header not in self._unread:
            lost = unread(self.spans, header).to_numpy()
            self._unread[header] = np.append(lost, False) if lost.any() else lost[:0]
        return self._unread[header]

    def fitting(self, header: str, values: Sequence[Any]) -> np.ndarray[Any, Any]:
        """Of which of `places` a column says one of these values; the last is that of nobody (-1), False."""
        known = (header, tuple(values))
        if known not in self._fitting:
            self._fitting[known] = np.append(self.spans[header].isin(values).to_numpy(), False)
        return self._fitting[known]

    def value(self, staff_no: str, header: str, day: date) -> Any:
        """One cell as of a day; None where employee or value is missing."""
        if staff_no not in self._first:
            return None
        if header not in self._columns:
            self._columns[header] = plain_values(self.spans[header])
        start = self._codes[staff_no] * _FAR + day.toordinal()
        return self._columns[header][self._order[bisect_right(self._begins, start) - 1]]

    @cached_property
    def _begins(self) -> list[int]:
        """The starts of all stretches, where one alone is looked for."""
        return self._starts.tolist()

    def stretches(self, staff_no: str) -> pd.DataFrame:
        """The rows of one employee, oldest first, indexed by the day (ordinal) from which each holds, the first by 1."""
        places = self._stretches.get(staff_no, {})
        return self.spans.iloc[list(places.values())].set_axis(pd.Index(places, dtype="int64"))

    def homes(self, staff_no: str) -> list[tuple[int, str]]:
        """The unit of each of these rows, with the day from which it holds."""
        return [(day, self._homes[place]) for day, place in self._stretches.get(staff_no, {}).items()]

    @cached_property
    def _homes(self) -> list[str]:
        return self.spans["门店"].fillna("").tolist()

    @cached_property
    def _stretches(self) -> dict[str, dict[int, int]]:
        """Staff number -> the day from which each of his rows holds, 1 for the first -> its place in `spans`."""
        found: dict[str, dict[int, int]] = {}
        for place, (number, day) in enumerate(
            zip(self.spans[STAFF_NO], _days_counted(self.spans["_since"]), strict=True)
        ):
            own = found.setdefault(number, {})
            own[int(day) if own else 1] = place
        return found

    def changed(self, after: date, until: date) -> dict[str, date]:
        """Employees of whom something changes from a day after the one and up to the other, with the first such day."""
        later = self.spans[self.spans[STAFF_NO].duplicated()]
        days = later["_since"].dt.date
        found = later.assign(day=days)[(days > after) & (days <= until)]
        return {str(number): day for number, day in found.groupby(STAFF_NO)["day"].min().items()}

    def places(self, staff_no: pd.Series, days: pd.Series) -> np.ndarray[Any, Any]:
        """The place in `spans` of what held for each employee on each day; -1 for whom it does not know."""
        codes = np.array([self._codes.get(number, -1) for number in staff_no.tolist()], dtype="int64")
        starts = codes * _FAR + _days_counted(days)
        if not len(self._starts):
            return np.full(len(codes), -1)
        places = self._order[np.searchsorted(self._starts, starts, "right") - 1]
        return np.where(codes < 0, -1, places)


def marked(staff_no: str, place: int) -> str:
    """The number of its own of a person who had a staff number; that of the first is the number itself."""
    return f"{staff_no}{_MARK}{place}" if place else staff_no


def plain(text: str) -> str:
    """The text with staff numbers as everybody knows them."""
    return _MARKED.sub("", text) if _MARK in text else text


def _marked_column(numbers: pd.Series, places: pd.Series) -> pd.Series:
    cells = numbers.astype("object").copy()
    later = places.astype("int64") > 0
    cells[later] = [marked(number, int(place)) for number, place in zip(cells[later], places[later], strict=True)]
    return cells.astype(numbers.dtype)


def dated(versions: pd.DataFrame) -> Roster:
    """The roster that all deliveries of its rows add up to.

    versions: every row ever delivered, in order of delivery: the register's columns, UNREAD, `_ref`, `_seen` (the as-of
    day of the batch that brought it) and `_current` (False for what another row of the same key replaced).
    """
    counting = versions[SINCE].isna() | versions["_current"]
    versions = versions if counting.all() else versions[counting]
    several = versions[STAFF_NO].duplicated(keep=False)
    if not several.any():
        return Roster(versions.assign(_since=_EVER, **{HOLDER: 0}).sort_values(STAFF_NO))
    spans = [versions[~several].assign(_since=_EVER, **{HOLDER: 0})]
    for _, rows in versions[several].groupby(STAFF_NO, sort=False):
        own = _spans([*map(_said, rows.to_dict("records"))])
        spans.append(pd.DataFrame(own, columns=list(spans[0].columns)).astype(spans[0].dtypes))
    return Roster(pd.concat([part for part in spans if len(part)]).sort_values([STAFF_NO, "_since"]))


def _said(row: Mapping[Any, Any]) -> dict[str, Any]:
    lost = dict.fromkeys(set(str(row.get(UNREAD, "")).split("|")) - {SINCE, NAME, HIRED}, _UNREADABLE)
    return {str(column): lost.get(column) if pd.isna(value) else value for column, value in row.items()}


def _stretch(state: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `Roster.spans`: blank, and named in UNREAD, what could not be read."""
    lost = [column for column, value in state.items() if value is _UNREADABLE]
    return {**state, **dict.fromkeys(lost), UNREAD: "|".join(lost)}


def _spans(versions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One number's stretches of time. A row with 生效日期 holds whole from that day; without one, see `_undated`."""
    turns: list[tuple[pd.Timestamp, dict[str, Any]]] = []
    undated: dict[int, Mapping[str, Any]] = {}
    holders = _holders(versions)
    for version in sorted(versions, key=lambda row: (row["_seen"], row[SINCE] is not None)):
        place = next(place for place, holder in enumerate(holders) if version in holder.versions)
        if version[SINCE] is not None:
            turns.append((version[SINCE], _lasting(version)))
            continue
        if place and place not in undated:
            turns.append((holders[place].since, _lasting(version)))
        else:
            _undated(turns, undated.get(place) or _state(turns, version["_seen"]), version)
        undated[place] = version
    lifelong = [_lifelong(holder.versions) for holder in holders]
    stretches: dict[pd.Timestamp, dict[str, Any]] = {}
    state: dict[str, Any] = dict(versions[0])
    for since, values in sorted(turns, key=lambda turn: turn[0]):
        place = max((place for place, holder in enumerate(holders) if holder.since <= since), default=0)
        state = {**state, **values, **lifelong[place], "_since": since, HOLDER: place}
        stretches[since] = state
    return [_stretch(state) for state in stretches.values()]


@dataclass(frozen=True)
class _Holder:
    """One of the people who had a number: since when, and the rows that speak of him, in order of delivery."""

    since: pd.Timestamp
    versions: list[Mapping[str, Any]]


def _holders(versions: Sequence[Mapping[str, Any]]) -> list[_Holder]:
    """Who had a number one after the other.

    Another name is another person where the one before has left by the day from which the first row with that name
    holds, or, where that has no 生效日期, on which he was hired; else it is the same person under a new name.
    """
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for version in versions:
        by_name.setdefault(str(version[NAME]), []).append(version)
    begins = {name: min(version[SINCE] or version[HIRED] or _EVER for version in own) for name, own in by_name.items()}
    found: list[_Holder] = []
    for name in sorted(by_name, key=lambda name: begins[name]):
        left = _last_word(found[-1].versions, LEFT) if found else None
        if not found or (isinstance(left, pd.Timestamp) and begins[name] > left):
            found.append(_Holder(begins[name] if found else _EVER, [*by_name[name]]))
        else:
            found[-1].versions.extend(by_name[name])
            found[-1].versions.sort(key=lambda version: version["_seen"])
    return found


def _lifelong(versions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What holds of a person for all days: the last word of his rows in force, else of those that were."""
    in_order = [version for version in versions if version["_current"]] or versions
    return {column: _last_word(in_order, column) for column in LIFELONG if column in versions[0]}


def _undated(
    turns: list[tuple[pd.Timestamp, dict[str, Any]]], before: Mapping[str, Any] | None, version: Mapping[str, Any]
) -> None:
    """Add a row without 生效日期: the first one holds for all days, and so does what was blank or unreadable before.

    What else it changes holds from the day on which it was first seen.
    """
    if before is None:
        turns.append((_EVER, _lasting(version)))
        return
    values = {column: value for column, value in _lasting(version).items() if value != before.get(column)}
    unsaid = (None, _UNREADABLE)
    for column in [column for column in values if column != "_ref" and before.get(column) in unsaid]:
        for _, known in turns:
            if known.get(column, before) in unsaid:
                known[column] = values[column]
        del values[column]
    turns.append((version["_seen"], values))


def _lasting(version: Mapping[str, Any]) -> dict[str, Any]:
    return {
        column: value
        for column, value in version.items()
        if column not in LIFELONG and (column == "_ref" or not column.startswith("_"))
    }


def _state(turns: Sequence[tuple[pd.Timestamp, dict[str, Any]]], day: pd.Timestamp) -> dict[str, Any] | None:
    """What is known of an employee on a day; None where nothing is."""
    state: dict[str, Any] = {}
    for since, values in sorted(turns, key=lambda turn: turn[0]):
        if since <= day or not state:
            state |= values
    return state or None


def _last_word(versions: Sequence[Mapping[str, Any]], column: str) -> Any:
    """The last filled value."""
    said = [version[column] for version in versions if version.get(column) is not None]
    return said[-1] if said else None


def _days_counted(days: pd.Series) -> np.ndarray[Any, Any]:
    moments = days.to_numpy(dtype="datetime64[us]").astype("datetime64[D]")
    counted = moments.astype("int64") + date(1970, 1, 1).toordinal()
    return np.where(np.isnat(moments), date.max.toordinal(), counted)
