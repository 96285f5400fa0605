"""Keeps the rows of the batch's workbooks: roster first, since it says whose row is whose."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from processor.batch.copies import originals_of
from processor.batch.days import day_texts, iso_days
from processor.batch.illegible import illegible_rows, keep_illegible, touches_between
from processor.batch.later_exports import keep_known
from processor.batch.problems import Problems
from processor.batch.rivals import Incoming, join_exports, set_aside
from processor.batch.roster import Concern, concerned, in_force, moved_home, widen
from processor.batch.workbooks import Sheet, Workbook
from processor.catalogue.register import Register
from processor.columns import UNREAD
from processor.engine.units import resolve_units, unknown_staff
from processor.intake import (
    People,
    SheetReading,
    identify_staff,
    key_of,
)
from processor.intake.memory import Memory
from processor.intake.staff import Rows
from processor.intake.table import identities, with_identities
from processor.issue import Issue, Remark
from processor.ledger import Ledger
from processor.ledger.facts import Delivery, Standing, Touch
from processor.model import Source
from processor.rulebook.sheets import SHEETS
from processor.settle.forms import Form
from processor.site import UnitSetting

ASIDE = "aside"  # the setting: register -> key -> content and place of a row that another one contradicts
PARTS = "attendance_parts"  # the setting: key of a day -> workbook -> the part of the day that it told
PARTS_KEPT = timedelta(days=92)
_DASHES = re.compile(r"[\s_‐‑–—−]+")


class Keeper:
    """Keeps the rows of the batch's workbooks in the ledger. forms: the sheets among them that staff filled in."""

    def __init__(
        self,
        ledger: Ledger,
        registers: Mapping[str, Register],
        units: Sequence[UnitSetting],
        clauses: Mapping[str, frozenset[str]],
        run: int,
        days: tuple[date | None, date],
        memory: Memory,
    ) -> None:
        """days: the as-of day of the batch before (None for the first) and of this one."""
        self.ledger, self.registers, self.run = ledger, registers, run
        self.units = [unit.name for unit in units]
        self.former = {old: unit.name for unit in units for old in unit.formerly}
        self.ends = {unit.name: unit.until.isoformat() for unit in units if unit.until is not None}
        self.clauses, self.memory = clauses, memory
        self.spelt = {_bare(clause): clause for known in clauses.values() for clause in known}
        self.touches: list[Touch] = []
        self.forms: list[Form] = []
        self.concerns: Concern = {}
        self.employees: set[str] = set()
        self.before, self.as_of = days
        self.roster = ledger.versions.roster(self.as_of)

    def keep(self, workbooks: Sequence[Workbook]) -> None:
        """Store every sheet of every workbook, rosters first, then in order of time and sheet."""
        sheets = [(w, s) for w in workbooks if w.reading is not None for s in w.reading.sheets]
        illegible = illegible_rows(self.ledger, self.registers, self.roster, self.units)
        before = {
            w.claimed.file: self.ledger.places.sheets_of(w.claimed.file) for w in workbooks if w.reading is not None
        }
        self.ledger.held.drop_files({w.claimed.file for w in workbooks if w.reading is not None})
        rosters = [s.frame for _, s in sheets if self.registers[s.register].roster]
        self.people = self._people_with(rosters)
        copies = self._copies(workbooks)
        self._sheets([(w, r) for w, r in sheets if self.registers[r.register].roster], copies)
        self._note_roster()
        if rosters:
            self.people = People(self.roster.spans)
        self._read_again()
        self._sheets([(w, r) for w, r in sheets if not self.registers[r.register].roster], copies)
        self.illegible = illegible_rows(self.ledger, self.registers, self.roster, self.units)
        self.touches += touches_between(illegible, self.illegible, self.registers, self.ledger.facts.links)
        for workbook in workbooks:
            for sheet in workbook.sheets:
                self._references(sheet)
        if self.ledger.runs.keep_columns(_columns(reading for _, reading in sheets)):
            for unit in self.units:
                widen(self.concerns, unit, None)
        for workbook, _ in sheets:
            names = [s.sheet for s in workbook.reading.sheets] if workbook.reading else []
            workbook.sheets.sort(key=lambda sheet: names.index(sheet.reading.sheet))
        for workbook in workbooks:
            for register, known in sorted(before.get(workbook.claimed.file, {}).items()):
                if not self.registers[register].form:
                    _note_missing(workbook, register, known)

    def _people_with(self, rosters: Sequence[pd.DataFrame]) -> People:
        """Those whom the roster knows and those whom its delivered sheets add."""
        coming = [rows[~rows["工号"].isin(self.roster.numbers)].drop_duplicates("工号") for rows in rosters]
        return People(pd.concat([self.roster.spans, *coming]) if coming else self.roster.spans)

    def _copies(self, workbooks: Iterable[Workbook]) -> set[str]:
        """The files that are copies, by their names, of a workbook that lies beside them or was read before."""
        names = {workbook.claimed.file: originals_of(workbook.claimed.file) for workbook in workbooks}
        beside = {file for file, originals in names.items() if names.keys() & set(originals)}
        return beside | {file for file, originals in names.items() if self.ledger.runs.delivered(originals)}

    def _sheets(self, sheets: Sequence[tuple[Workbook, SheetReading]], copies: Collection[str]) -> None:
        """Store these sheets in their order, without the rows that contradict each other."""
        incoming = []
        for workbook, reading in sheets:
            register, file = self.registers[reading.register], workbook.claimed.file
            as_written = reading
            named = reading.frame.assign(门店=reading.frame["门店"].replace(self.former))
            reading = self._identified(register, replace(reading, frame=named), file)
            incoming.append(self._incoming(register, reading, file))
            incoming[-1].cautious = reading.hidden or workbook.waited or file in copies
            if len(reading.held):
                held = reading.held.assign(**{UNREAD: _unread(register, as_written, reading.held)})
                incoming[-1].held, incoming[-1].held_keys = held, _keys_told(register, held)
        keys = [sheet.keys for sheet in incoming]
        complete = [sheet.frame for sheet in incoming]
        join_exports(incoming)
        self._keep_known(incoming)
        set_aside(incoming, self._known)
        self._note_aside(incoming)
        for (workbook, _), sheet, delivered, frame in zip(sheets, incoming, keys, complete, strict=True):
            keep_illegible(self.ledger, sheet, frame, self.run)
            if len(sheet.held):
                waiting = sheet.held[~sheet.held["_row"].isin(sheet.disputed)]
                self.ledger.held.keep(sheet.register, sheet.file, sheet.reading.sheet, waiting, self.run)
            workbook.sheets.append(replace(self._stored(sheet), keys=delivered))

    def _keep_known(self, incoming: Sequence[Incoming]) -> None:
        """Compare exported attendance with what is known; parts of a day are remembered as long as others may follow."""
        if not any(sheet.reading.layout for sheet in incoming):
            return
        before = self.ledger.runs.setting(PARTS) or {}
        first = (self.as_of - PARTS_KEPT).isoformat()
        parts = keep_known(incoming, self.ledger.facts.standing, before)
        parts = {key: told for key, told in parts.items() if key.rpartition("|")[2] >= first}
        if parts != before:
            self.ledger.runs.keep_setting(PARTS, parts)

    def _known(self, register: Register, keys: Sequence[str]) -> dict[str, Standing]:
        """What stands under these keys, or what a row said that was set aside and that nobody has mended yet."""
        aside = self.ledger.runs.setting(ASIDE) or {}
        kept = aside.get(register.name, {})
        said = {key: Standing(kept[key][0], Source(*kept[key][1:])) for key in keys if key in kept}
        return said | dict(self.ledger.facts.standing(register, keys))

    def _note_aside(self, incoming: Sequence[Incoming]) -> None:
        """Remember what rows said that were set aside, the original's before that of its copies, until one counts."""
        before = self.ledger.runs.setting(ASIDE) or {}
        aside = {register: dict(rows) for register, rows in before.items()}
        for sheet in sorted(incoming, key=lambda sheet: sheet.cautious):
            rows = aside.setdefault(sheet.register.name, {})
            for key, said in sheet.aside.items():
                if not sheet.cautious or key not in rows:
                    rows[key] = [said.content, said.source.file, said.source.sheet, said.source.row]
            for key in rows.keys() & set(sheet.keys):
                del rows[key]
        aside = {register: rows for register, rows in aside.items() if rows}
        if aside != before:
            self.ledger.runs.keep_setting(ASIDE, aside)

    def _identified(self, register: Register, reading: SheetReading, file: str) -> SheetReading:
        """The sheet with numbers for names."""
        rows = Rows(day_texts(register, reading.frame), _unit_list(self._units(register, reading.frame)))
        loose = frozenset({register.signed} - {""})
        return identify_staff(reading, register, self.people, rows, file=file, loose=loose)

    def _units(self, register: Register, frame: pd.DataFrame) -> pd.Series:
        moments = self._moments(day_texts(register, frame))
        units = resolve_units(frame, register.about, self.roster, moments, self.units)
        return units.where(units.isin(list(self.units)) | register.roster, None)

    def _incoming(self, register: Register, reading: SheetReading, file: str) -> Incoming:
        """The readable rows of a sheet with their units, their keys, and what is wrong with them."""
        frame, columns = reading.frame, register.staff_columns
        units = self._units(register, frame)
        issues: list[Issue] = [*reading.issues]
        strange: set[int] = set()
        problems = Problems(file, reading, issues, strange)
        if not register.roster:
            own = [column for column in columns if column != register.signed]
            problems.strangers(unknown_staff(frame, own, self.roster.numbers), frame)
        if not register.company_wide and register.name not in SHEETS:
            problems.homeless(frame, units, self.units)
            units = problems.ended(frame, register.date_column or "门店", units, day_texts(register, frame), self.ends)
        if register.records:
            meant = frame[register.records].map(self._clause, na_action="ignore").astype("str")
            frame = frame.assign(**{register.records: meant})
            problems.unknown_clauses(frame, register.records, units, self.clauses)
        if UNREAD not in frame:
            frame = frame.assign(**{UNREAD: _unread(register, reading, frame)})
        frame, keys = self._known_by(register, frame)
        return Incoming(file, reading, register, frame, keys, _unit_list(units), issues, strange)

    def _clause(self, typed: str) -> str:
        """The clause that is meant, whatever its letters' case and its dash; what means none as it stands."""
        return self.spelt.get(_bare(typed), typed)

    def _stored(self, sheet: Incoming) -> Sheet:
        """Store the rows of a sheet; rows that were set aside count as unreadable."""
        register, frame, file = sheet.register, sheet.frame, sheet.file
        unreadable = tuple(sorted({*sheet.reading.unreadable, *sheet.disputed}))
        reading = replace(sheet.reading, unreadable=unreadable)
        days = day_texts(register, frame)
        last = _last_days(register, frame, days)
        delivery = Delivery(register, file, reading.sheet, frame, sheet.keys, sheet.units, days, last)
        stored = self.ledger.facts.store(delivery, self.run)
        self.touches.extend(stored.touches)
        if register.roster:
            fresh = [kind in ("new", "changed") for kind in stored.kinds]
            self.employees |= set(frame.loc[fresh, "工号"])
        strange = frozenset(sheet.strange)
        if register.is_answered:
            unread = {(issue.row, issue.header): issue.found for issue in reading.issues if issue.found}
            places = (register.name, file, reading.sheet)
            told = (reading.titles, register.answers)
            self.forms.append(Form(*places, frame, stored.kinds, stored.ids, strange, unread, *told))
        remarks = list(reading.remarks)
        return Sheet(reading, frame, sheet.units, stored, tuple(sheet.issues), strange, sheet.keys, remarks)

    def _known_by(self, register: Register, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
        """The rows with something in the place of a number that they lack, and the keys under which they are kept."""
        if register.number is None:
            return frame, key_of(register, frame).tolist()
        nameless = frame[register.number].isna().tolist()

        def others() -> list[list[str]]:
            return [["|".join(parts) for parts in known_by] for known_by in identities(register, told)]

        told, frame = frame, with_identities(register, frame)
        return frame, self.ledger.identities.settle(register.name, key_of(register, frame).tolist(), nameless, others)

    def _references(self, sheet: Sheet) -> None:
        """Remark on each cell that refers to a row of another register which nobody delivered."""
        reading = sheet.reading
        for header, target in self.registers[reading.register].refers.items():
            cells = reading.frame[["_row", header]].dropna()
            known = self.ledger.facts.stated(target, header, cells[header].tolist()) if len(cells) else set()
            for row, value in cells[~cells[header].isin(known)].itertuples(index=False):
                message = f"{header}{value}在{self.registers[target].called}里没有"
                sheet.remarks.append(Remark(int(row), reading.columns[header], message, warning=True, told=True))

    def _read_again(self) -> None:
        """Rows of earlier batches whose employee the roster knows by now, or whose value somebody explained, count now."""
        for waiting in self.ledger.held.sheets():
            register = self.registers[waiting.register]
            frame = with_answers(register, waiting.frame.assign(_id=waiting.ids), self.memory)
            reading = SheetReading(waiting.sheet, register.name, 0, {}, frame, (), (), ())
            reading = self._identified(register, reading, waiting.file)
            ready = reading.frame[[not pending for pending in reading.frame["_pending"]]]
            if ready.empty:
                continue
            self.ledger.held.drop(ready["_id"].tolist())
            _, keys = self._known_by(register, ready)
            later = self.ledger.facts.runs_of(register.name, keys)
            outdated = [later.get(key, 0) > run for key, run in zip(keys, ready["_run"], strict=True)]
            ready = ready[[not late for late in outdated]].reset_index(drop=True)
            self._stored(self._incoming(register, replace(reading, frame=ready), waiting.file))

    def _moments(self, days: Sequence[str | None]) -> pd.Series:
        """Days as rows tell them; the as-of day for rows without."""
        told = np.array([day or self.as_of.isoformat() for day in days], dtype="datetime64[us]")
        return pd.Series(told)

    def _note_roster(self) -> None:
        """Note from which day on the new and changed employees concern each unit, and move rows home with them."""
        if self.before is not None:
            coming = self.roster.changed(*sorted((self.before, self.as_of)))
            for unit, first in in_force(coming, self.roster, self.ledger.facts.homes.named_since).items():
                widen(self.concerns, unit, first)
        if not self.employees:
            return
        before, self.roster = self.roster, self.ledger.versions.roster(self.as_of)
        for unit, first in concerned(self.employees, before, self.roster, self.ledger.facts.homes.named_since).items():
            widen(self.concerns, unit, first)
        self._move_home(moved_home(self.employees, before, self.roster))

    def _move_home(self, staff: Collection[str]) -> None:
        """Rows that name no 门店 follow these employees to the unit that the roster now says."""
        naming = self.ledger.facts.homes.registers_naming(staff)
        for register in (one for one in self.registers.values() if one.name in naming and not one.roster):
            frame = self.ledger.facts.homes.without_own_unit(register.name, staff)
            moved: dict[int, str | None] = {}
            for _, rows in frame.groupby(["_file", "_sheet"], sort=False):
                days = self._moments(rows["_day"].tolist())
                days.index = rows.index
                units = resolve_units(rows, register.about, self.roster, days, self.units)
                units = units.where(units.isin(list(self.units)), None)
                for ref, day, old, new in zip(rows["_ref"], rows["_day"], rows["_unit"], units, strict=True):
                    if isinstance(new, str) and new != old:
                        moved[ref] = new
                        self.touches += [Touch(register.name, unit, day, ref) for unit in (old, new)]
            self.ledger.facts.homes.reassign(moved)


def _bare(clause: str) -> str:
    return _DASHES.sub("-", clause.casefold())


def _columns(readings: Iterable[SheetReading]) -> dict[str, set[str]]:
    """Register -> headers of the columns that its sheets have."""
    found: dict[str, set[str]] = {}
    for reading in readings:
        found.setdefault(reading.register, set()).update(reading.columns)
    return found


def _note_missing(workbook: Workbook, register: str, before: Mapping[str, str]) -> None:
    """Note on its sheet each row that a re-delivered workbook lacks; on the register's first sheet where its own is gone.

    Where no sheet of the register is left, the rows are noted under the sheet that held them.
    """
    sheets = {sheet.reading.sheet: sheet for sheet in workbook.sheets if sheet.reading.register == register}
    held = {key for sheet in sheets.values() for key in sheet.keys}
    first = next(iter(sheets.values()), None)
    for key in sorted(before.keys() - held):
        sheet = sheets.get(before[key], first)
        gone = sheet.missing if sheet is not None else workbook.gone.setdefault((register, before[key]), [])
        gone.append(key)


def _keys_told(register: Register, held: pd.DataFrame) -> list[str | None]:
    """The keys of held rows that bear their number; None for the others, and for forms, whose rows are answers."""
    if register.is_answered:
        return [None] * len(held)
    whole = held[list(register.key)].notna().all(axis=1)
    return [key if told else None for key, told in zip(key_of(register, held), whole, strict=True)]


def _unit_list(units: pd.Series) -> list[str | None]:
    return [None if value is None or value != value else str(value) for value in units.tolist()]


def _unread(register: Register, reading: SheetReading, frame: pd.DataFrame) -> list[str]:
    """For each row: the headers of cells that were filled but not understood, or of which the sheet says nothing (G20).

    A phone or ID number that fails its check counts as missing, not as unread: its clauses say so.
    """
    headers = {c.header for c in register.columns if c.type not in ("phone", "idno")}
    found: dict[int, list[str]] = {}
    for issue in reading.issues:
        if issue.header in headers and issue.found:
            found.setdefault(issue.row, []).append(issue.header)
    untold = [c.header for c in register.columns if c.evidence and c.header not in reading.columns]
    others = "|".join(sorted(set(untold)))
    rows = frame["_row"].tolist()
    return ["|".join(sorted({*untold, *found[row]})) if row in found else others for row in rows]


def _last_days(register: Register, frame: pd.DataFrame, days: Sequence[str | None]) -> Sequence[str | None]:
    """The latest date in any column of each row, as ISO text."""
    dates = [column.header for column in register.columns if column.type in ("date", "datetime")]
    if len(dates) < 2:
        return days
    return iso_days(frame[dates].max(axis=1))


def with_answers(register: Register, frame: pd.DataFrame, memory: Memory) -> pd.DataFrame:
    """Held rows with what their unknown values were said to be; what is still unknown stays in `_pending`."""
    said: dict[str, dict[Any, str]] = {}
    unread = [set(text.split("|")) for text in frame[UNREAD].astype(str)]
    waiting = []
    for place, pending in enumerate(frame["_pending"].tolist()):
        taken = {header: memory.choice(register.name, header, value) for header, value in pending.items()}
        for header, choice in taken.items():
            if choice is not None:
                said.setdefault(header, {})[frame.index[place]] = choice
                unread[place].discard(header)
        waiting.append({header: value for header, value in pending.items() if taken[header] is None})
    columns = {header: frame[header].astype("object") for header in said}
    for header, column in columns.items():
        column.update(pd.Series(said[header]))
    filled = {header: column.astype(frame[header].dtype) for header, column in columns.items()}
    kept = {"_pending": pd.Series(waiting, index=frame.index, dtype="object")}
    return frame.assign(**filled, **kept, **{UNREAD: ["|".join(sorted(names - {""})) for names in unread]})
