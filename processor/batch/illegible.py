"""Rows that nobody could read: no facts, but where one of them may stand nothing is missing (G20)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from processor.batch.days import day_texts
from processor.batch.rivals import Incoming
from processor.calendars import month_end
from processor.catalogue.register import Register
from processor.columns import UNREAD
from processor.engine.units import resolve_units
from processor.intake import People, SheetReading, identify_staff, key_of
from processor.intake.staff import Rows
from processor.intake.table import unanswerable
from processor.ledger import Ledger
from processor.ledger.facts import Touch
from processor.ledger.held import HeldSheet
from processor.ledger.links import LinkStore
from processor.roster import Roster
from processor.rules.job import SINCE

FEW = 1_000  # rows of a sheet
#: Unit -> register -> rows with what of them could be read; `_id` in the ledger, `_day` (ISO text, None), SINCE.
Illegible = Mapping[str, Mapping[str, pd.DataFrame]]
#: One of them: its id, register, unit and day.
Place = tuple[int, str, str, str | None]


def keep_illegible(ledger: Ledger, sheet: Incoming, complete: pd.DataFrame, run: int) -> None:
    """Keep the rows of a sheet of which a needed cell could not be read, and those that others contradict.

    complete: the sheet's rows before some were set aside. Of very many rows one is kept, which tells nothing.
    """
    disputed = complete[complete["_row"].isin(sheet.disputed)]
    for rows in (sheet.reading.illegible, unanswerable(disputed)):
        if len(rows) > FEW:
            rows = rows.iloc[:1].assign(**dict.fromkeys(sheet.register.headers))
        if len(rows):
            ledger.held.keep(sheet.register, sheet.file, sheet.reading.sheet, rows.assign(**{UNREAD: ""}), run)


def illegible_rows(
    ledger: Ledger, registers: Mapping[str, Register], roster: Roster, units: Collection[str]
) -> Illegible:
    """The rows that were delivered and stand nowhere among the facts, by the units that they may be of.

    units: of the site. A row that tells no unit is one of those to which the other rows of its sheet belong.
    """
    sheets = [(registers[sheet.register], sheet) for sheet in ledger.held.sheets()]
    sheets = [(register, sheet) for register, sheet in sheets if not (register.roster or register.form)]
    if not sheets:
        return {}
    people, closings = People(roster.spans), ledger.periods.runs()
    found: dict[str, dict[str, list[pd.DataFrame]]] = {}
    for register, sheet in sheets:
        rows = _told(register, sheet, people, roster)
        rows = rows[~_are_facts(ledger, register, sheet, rows)].reset_index(drop=True)
        if rows.empty:
            continue
        days = day_texts(register, rows)
        rows = rows.assign(_day=pd.Series(days, index=rows.index, dtype="object"))
        rows = rows.assign(**{SINCE: pd.Series([_open_since(closings, run) for run in rows["_run"]], dtype="object")})
        moments = pd.Series(pd.to_datetime(pd.Series(days, dtype="object")), index=rows.index).astype("datetime64[us]")
        homes = resolve_units(rows, register.about, roster, moments.fillna(pd.Timestamp.max.floor("D")), units)
        neighbours = ledger.places.units_of(register.name, sheet.file, sheet.sheet)
        for unit in units:
            own = rows[(homes == unit) | (homes.isna() & (unit in neighbours))]
            if len(own):
                found.setdefault(unit, {}).setdefault(register.name, []).append(own)
    return {
        unit: {name: pd.concat(parts, ignore_index=True) for name, parts in own.items()} for unit, own in found.items()
    }


def touches_between(
    before: Illegible, after: Illegible, registers: Mapping[str, Register], links: LinkStore
) -> list[Touch]:
    """What came or went: the days, and the facts joined to it, about which one may be less, or more, sure than before."""
    was, now = _places(before, registers), _places(after, registers)
    known, moved = {**was, **now}, dict[tuple[str, str], list[Place]]()
    for place in sorted(was.keys() ^ now.keys(), key=str):
        moved.setdefault((place[1], place[2]), []).append(place)
    touches: list[Touch] = []
    for (register, unit), places in moved.items():
        days = [place[3] for place in places]
        joined = links.saying(frozenset().union(*(known[place] for place in places)))
        touches += [Touch(register, unit, day, None) for day in days]
        touches += [Touch(register, unit, days[0], fact) for fact in sorted(joined)]
    return touches


def _places(rows: Illegible, registers: Mapping[str, Register]) -> dict[Place, frozenset[tuple[str, str]]]:
    """Each row, and what it says under the link columns of its register."""
    found = {}
    for unit, own in rows.items():
        for register, frame in own.items():
            headers = registers[register].links
            said = frame[list(headers)].itertuples(index=False, name=None)
            for id, day, values in zip(frame["_id"], frame["_day"], said, strict=True):
                named = zip(headers, values, strict=True)
                found[int(id), register, unit, day] = frozenset((h, v) for h, v in named if isinstance(v, str))
    return found


def _told(register: Register, sheet: HeldSheet, people: People, roster: Roster) -> pd.DataFrame:
    """The rows with numbers for names, and blanks where it cannot be told who is meant."""
    frame = sheet.frame.assign(_id=sheet.ids).reset_index(drop=True)
    nobody: list[None] = [None] * len(frame)
    reading = SheetReading(sheet.sheet, register.name, 0, {}, frame, (), (), ())
    told = identify_staff(reading, register, people, Rows(nobody, nobody), file=sheet.file)
    rows = pd.concat([told.frame, told.held]) if len(told.held) else told.frame
    known = {header: rows[header].where(rows[header].isin(roster.numbers)) for header in register.staff_columns}
    rows = rows.assign(**known).sort_values("_id").reset_index(drop=True)
    blank = rows[[column.header for column in register.columns if column.required]].isna()
    return rows.assign(**{UNREAD: ["|".join(blank.columns[row]) for row in blank.to_numpy()]})


def _are_facts(ledger: Ledger, register: Register, sheet: HeldSheet, rows: pd.DataFrame) -> pd.Series:
    """Which of the rows are known all the same: as they stand, or under their key."""
    whole = rows[list(register.key)].notna().all(axis=1)
    keys = key_of(register, rows).where(whole)
    known = ledger.facts.standing(register, keys.dropna().unique().tolist()).keys()
    return keys.isin(list(known)) | rows["_row"].isin(ledger.places.rows_of(register.name, sheet.file, sheet.sheet))


def _open_since(closings: Mapping[str, int], run: int) -> date:
    """The first day of which a row of a batch may say something: no month is closed on it that was so before."""
    closed = max((period for period, closed_in in closings.items() if closed_in < run), default=None)
    return date.min if closed is None else month_end(date.fromisoformat(f"{closed}-01")) + timedelta(days=1)


def of_units(rows: Illegible, units: Sequence[str], registers: Collection[str]) -> dict[str, pd.DataFrame]:
    """Register -> the rows that concern one of these units."""
    found = {name: [own[name] for unit in units if name in (own := rows.get(unit, {}))] for name in registers if rows}
    return {name: pd.concat(parts).drop_duplicates("_id") for name, parts in found.items() if parts}
