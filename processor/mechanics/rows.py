"""The rows that a provision looks at, with whom they concern, their day and their subject; and the sentence about one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from processor.catalogue.condition import TODAY
from processor.catalogue.provision import NAMED, Provision
from processor.catalogue.register import Column
from processor.columns import UNREAD
from processor.mechanics.lookups import with_lookups
from processor.model import Text, say, yuan
from processor.rules.attendance import clock
from processor.rules.illegible import NONE, Doubts, doubts_of
from processor.rules.job import SINCE, Job, natural_key
from processor.rules.workforce import called

#: Columns that `of_provision` adds: employee, day (midnight), subject.
WHO, DAY, SUBJECT = "_who", "_day", "_subject"
_SECONDS = {"秒": 1, "分": 60, "小时": 3600, "天": 86_400}


#: Which of some rows to go on with, by themselves and by their days.
Holds = Callable[[pd.DataFrame, pd.Series], pd.Series]


def of_provision(job: Job, provision: Provision, only: Holds | None = None) -> pd.DataFrame:
    """Every row of its register that has a day, over where it is judged then, and lies in the scope of its posts.

    Adds WHO, DAY and SUBJECT. only: which rows are wanted at all; the others are dropped before more is asked of them.
    """
    assert provision.register is not None
    rows = job.facts[provision.register.name]
    rows = rows.assign(**{TODAY: pd.Timestamp(job.as_of)})
    rows = with_lookups(job, provision, rows) if provision.lookups else rows
    rows = provision.register.with_derived(rows, provision.named())
    rows = rows.assign(**{DAY: _days(rows[provision.date], provision.column(provision.date))})
    if rows[DAY].hasnans:
        rows = rows[rows[DAY].notna()]
    if provision.next_day:
        rows = rows[rows[DAY] < pd.Timestamp(job.as_of)]
    if only is not None:
        rows = rows[only(rows, rows[DAY])]
    first, *others = provision.about or ("",)
    who = rows[first].astype("str") if first else pd.Series(pd.NA, index=rows.index, dtype="str")
    for header in others:
        who = who.fillna(rows[header])
    rows = rows.assign(**{WHO: who, SUBJECT: natural_key(rows, provision.subject or provision.register.key)})
    if job.applies_to and len(rows):
        rows = rows[rows[WHO].notna() & job.in_scope(rows[WHO], rows[DAY])]
    return rows


def that_hold(job: Job, provision: Provision) -> pd.DataFrame:
    """The rows `of_provision` for which the provision's condition holds.

    None where it builds on blanks in a column that the site does not keep: they prove nothing (G20).
    """
    if any(not is_kept(job, provision, column) for column in provision.where.may_be_blank):
        return of_provision(job, provision, lambda rows, days: pd.Series(False, index=rows.index))
    return of_provision(job, provision, provision.where.holds if provision.where.comparisons else None)


def is_kept(job: Job, provision: Provision, column: Column) -> bool:
    """Whether the site keeps a column of the register at all; only those that may be absent are not."""
    assert provision.register is not None
    own = column.optional and column.header not in provision.lookups
    return not own or job.has_column(provision.register.name, column.header)


def left_out(job: Job, provision: Provision) -> pd.DataFrame | None:
    """The rows with an unreadable cell for which the condition may hold: no comparison of cells that were read fails.

    None where every row of the register could be read.
    """
    assert provision.register is not None
    name = provision.register.name
    if name not in job.left_out:
        return None
    rows = of_provision(replace(job, facts={**job.facts, name: job.left_out[name]}), provision)
    for comparison in provision.where.comparisons:
        cells = provision.register.cells(comparison.headers)
        unread = rows[UNREAD].map(lambda headers, cells=cells: not cells.isdisjoint(headers.split("|"))).astype(bool)
        rows = rows[comparison.holds(rows, rows[DAY]) | unread]
    return rows


def doubted(job: Job, provision: Provision) -> Doubts:
    """Where a row of the register may stand that nobody could read, or by what it is answered, and for which the condition
    may hold by what was read.
    """
    assert provision.register is not None
    name = provision.register.name
    parts = [*([job.illegible[name]] if name in job.illegible else ()), *_unanswered(job, provision)]
    if not parts:
        return NONE
    rows = pd.concat(parts, ignore_index=True)
    rows = provision.register.with_derived(rows.assign(**{TODAY: pd.Timestamp(job.as_of)}), provision.named())
    for comparison in provision.where.comparisons:
        headers = list(comparison.headers)
        if set(headers) <= set(rows):
            blank = rows[headers].isna().any(axis=1)
            rows = rows[comparison.holds(rows, rows[provision.date]) | blank]
    return doubts_of(rows, provision.about, provision.date, provision.through)


def _unanswered(job: Job, provision: Provision) -> list[pd.DataFrame]:
    """The rows of the register that `with_lookups` leaves out, with SINCE."""
    assert provision.register is not None
    name, found = provision.register.name, []
    for rows in (known[name] for known in (job.facts, job.left_out) if provision.lookups and name in known):
        rows = rows.assign(**{TODAY: pd.Timestamp(job.as_of)})
        lost = rows[~rows["_ref"].isin(with_lookups(job, provision, rows)["_ref"])]
        if len(lost):
            found.append(lost.assign(**{SINCE: date.min}))
    return found


def took_place(
    job: Job, provision: Provision, tests: Iterable[tuple[Iterable[str], Callable[[pd.DataFrame], pd.Series]]]
) -> pd.DataFrame | None:
    """Of a ladder's rows with an unreadable cell, those that are a step all the same; None where there are none.

    A row is one where its employee, its day, the condition, and the columns of one of the tests were read, and that test
    holds. tests: columns and the function that says of rows for which of them it holds.
    """
    rows = left_out(job, provision) if provision.is_ladder else None
    if rows is None or provision.register is None:
        return None
    found = [rows.iloc[:0]]
    for headers, holds in tests:
        named = frozenset({*headers, *provision.about, provision.date} - {""}) | provision.where.headers
        cells = provision.register.cells(named) - set(provision.lookups)
        read = rows[rows[UNREAD].map(lambda unread, cells=cells: cells.isdisjoint(unread.split("|"))).astype(bool)]
        found.append(read[holds(read)])
    return pd.concat(found).drop_duplicates("_ref")


def _days(cells: pd.Series, column: Column) -> pd.Series:
    if column.type == "month":
        return pd.to_datetime(cells + "-01").astype("datetime64[us]")
    return cells.dt.normalize()


def unit_of(column: Column) -> int:
    """Seconds in the unit in which a column of numbers counts time, as its header says; 0 where it says none."""
    return next((seconds for word, seconds in _SECONDS.items() if word in column.header), 0)


def said(
    job: Job,
    provision: Provision,
    row: Mapping[str, Any] | None,
    default: str,
    *,
    day: date | None = None,
    **words: Any,
) -> Text:
    """The provision's sentence, or the default one, about a row. words: what it may name beside columns.

    day: that of the figures that it names, where it is about no row.
    """
    template = words.pop("句子", "") or provision.says or default
    day = row[DAY].date() if row is not None else day
    return say(template, **{name: _word(job, provision, row, day, name, words) for name in _named(template)})


@cache
def _named(template: str) -> tuple[str, ...]:
    """What a sentence names, each once."""
    return tuple(dict.fromkeys(NAMED.findall(template)))


def _word(
    job: Job, provision: Provision, row: Mapping[str, Any] | None, day: date | None, name: str, words: Mapping[str, Any]
) -> Any:
    """What stands for a name in a sentence: a figure of the pack, one of the words, or a cell of the row."""
    if name in provision.sayings and day is not None:
        figure = provision.sayings[name]
        return figure_shown(figure.type, figure.at(day))
    if name in words:
        return words[name]
    if name == "条款":
        return say(job.titles[job.clause])
    if row is None:
        return ""
    match name:
        case "日期":
            return row[DAY].date().isoformat()
        case "姓名":
            return _name(job, provision, row[WHO])
        case "姓名和工号":
            return called(job, row[WHO]) if row[WHO] else ""
        case "编号":
            return in_words(provision, row)
    return _cell_word(job, provision, row, name) if provision.register is not None else ""


def _cell_word(job: Job, provision: Provision, row: Mapping[str, Any], name: str) -> Any:
    """A cell as staff read it; the day of the batch, and a number that is counted up to it, move by themselves."""
    assert provision.register is not None
    column = provision.column(name)
    word = shown(job, column, row[name])
    if name == TODAY:
        return say("{today}", today=word)
    moves = column.type in ("count", "number") and provision.register.asks_today([name])
    return say("{elapsed}", elapsed=word) if moves else word


def _name(job: Job, provision: Provision, staff_no: str | None) -> Text | str:
    """The employee's name; a clause that concerns nobody, or the unit, names none."""
    if staff_no:
        return job.name_of(staff_no)
    return say("（未写负责人）") if provision.about else ""


def in_words(provision: Provision, row: Mapping[str, Any]) -> str:
    """How a row is called: its registration number, or the parts of a composite key with their headers."""
    headers = provision.subject or (provision.register.key if provision.register else ())
    if len(headers) == 1:
        return f"{headers[0]}{row[SUBJECT]}" if row[SUBJECT] else ""
    parts = zip(headers, str(row[SUBJECT]).split("|"), strict=False)
    return "，".join(f"{header}{part}" for header, part in parts if part)


def shown(job: Job, column: Column, value: Any) -> str:
    """A cell as staff read it."""
    if value is None:
        return "无"
    match column.type:
        case "date":
            return f"{value:%Y-%m-%d}"
        case "datetime":
            return f"{value:%Y-%m-%d %H:%M}"
        case "time":
            return clock(value)
        case "money":
            return yuan(int(value))
        case "number" | "count":
            return f"{value:.1f}" if "%" in column.units else plain(value)
        case "yesno":
            return "是" if value else "否"
        case "staff":
            return job.name_of(value)
    return str(value)


def figure_shown(kind: str, value: Any) -> str:
    """A figure of a clause as staff read it; of a list, each of its values will do."""
    if isinstance(value, list):
        return "或".join(map(str, value))
    if kind == "time":
        return f"{value // 3600:02d}:{value % 3600 // 60:02d}"
    return yuan(int(value)) if kind == "money" else plain(value)


def plain(value: float) -> str:
    """A number without trailing zeros, however large."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
