"""Reads site.toml: every key with its default, and everything that is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from processor import toml_text
from processor.catalogue.dated import Dated, T
from processor.catalogue.parameter import fen
from processor.errors import SiteError
from processor.messages import tell
from processor.site import (
    NEWS,
    NO_LIMIT,
    LawSetting,
    NoticeRule,
    NotifySetting,
    RuleSetting,
    Site,
    UnitSetting,
    WageLimit,
)
from processor.timetable import EXPECTED, is_entry

LEDGER = "sqlite:///ledger.db"
_SCHEDULER = re.compile(r"dask://[^\s/:]+:\d{1,5}")
LIMITS = {
    *("file_megabytes", "unpacked_megabytes", "ratio", "parts", "rows", "columns", "sheets", "cells", "faults"),
    *("csv_megabytes", "csv_line_bytes", "memory_megabytes", "seconds"),
}
TABLES = {
    "site": {"name", "inbox", "outbox", "archive", "ledger", "settle_seconds", "locale"},
    "schedule": {"run", "poll_minutes"},
    "units": {"name", "packs", "off", "managers", "formerly", "until", "answers", "notify"},
    "rules": {"backtest_months", "four_eyes"},
    "confirm": {"managers", "payroll"},
    "notice": {"required", "appeal_days"},
    "notify": {"urls", "on"},
    "law": {"region", "published"},
    "points": {"A", "B", "C"},
    "wage_limit": {"share", "minimum_wage"},
    "export": {"profiles"},
    "engine": {"workers"},
    "parameters": None,
    "limits": LIMITS,
}


def load_site(file: Path) -> Site:
    """Read site.toml. Raises SiteError that names the key and the mend."""
    site, faults = read_site(file)
    for fault in faults:
        raise fault
    return site


def _unreadable(error: tomllib.TOMLDecodeError, file: str) -> SiteError:
    """What is no TOML, by its line where that is known."""
    mend = "texts stand in quotes, paths of Windows in single ones: inbox = 'D:\\share\\inbox'"
    place = re.search(r"at line (\d+), column (\d+)", str(error))
    if place is None:
        return SiteError(tell("not readable as TOML: {error}", error=error), where=file, mend=mend)
    told = tell("not readable as TOML in line {line}, column {column}", line=place[1], column=place[2])
    return SiteError(told, where=file, mend=mend)


def read_site(file: Path) -> tuple[Site, list[SiteError]]:
    """site.toml with defaults in the place of what is wrong, and everything that is wrong.

    Raises SiteError where the file cannot be read at all.
    """
    file = file.resolve()
    try:
        source = file.read_bytes()
        raw = toml_text.loads(source.decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise SiteError("there is no such file", where=str(file), mend="pass --config PATH/site.toml") from error
    except UnicodeDecodeError as error:
        raise SiteError("not readable as TOML: it is no UTF-8", where=file.name, mend="save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(error, file.name) from error
    except OSError as error:
        raise SiteError(tell("cannot be read: {why}", why=error.strerror), where=str(file)) from error
    reader = _Reader(file, source, raw)
    return reader.site(), reader.faults


class _Reader:
    """Reads every key and keeps what is wrong. faults: in the order of the keys."""

    def __init__(self, file: Path, source: bytes, raw: Mapping[str, Any]) -> None:
        self.file, self.source, self.raw = file, source, raw
        self.faults: list[SiteError] = []

    def fail(self, key: str, message: str, mend: str = "") -> SiteError:
        return SiteError(message, where=f"{self.file.name} {key}", mend=mend)

    def site(self) -> Site:
        self._known_keys()
        own = self.table("site")
        folder = self.file.parent
        return Site(
            file=self.file,
            source=self.source,
            name=self.sound(lambda: self.value(own, "site", "name", str), ""),
            inbox=folder / self.sound(lambda: self.value(own, "site", "inbox", str, "inbox"), "inbox"),
            outbox=folder / self.sound(lambda: self.value(own, "site", "outbox", str, "outbox"), "outbox"),
            archive=folder / self.sound(lambda: self.value(own, "site", "archive", str, "archive"), "archive"),
            ledger=self.sound(lambda: self._ledger(self.value(own, "site", "ledger", str, LEDGER)), ""),
            settle_seconds=self.sound(lambda: self.number(own, "site", "settle_seconds", 5), 5.0),
            locale=self.sound(lambda: self._one_of("site.locale", own.get("locale", "zh"), ("zh", "en")), "zh"),
            schedule=self.sound(self._schedule, ()),
            poll_minutes=self.sound(lambda: self.number(self.table("schedule"), "schedule", "poll_minutes", 5), 5.0),
            units=self.sound(self._units, ()),
            managers=self.sound(
                lambda: frozenset(self.texts(self.table("confirm"), "confirm", "managers")), frozenset()
            ),
            points=self._points(),
            wage_limit=self.sound(self._wage_limit, NO_LIMIT),
            profiles=self.sound(lambda: tuple(self.texts(self.table("export"), "export", "profiles", ["generic"])), ()),
            parameters=self.sound(self._parameters, {}),
            limits=self._limits(),
            rules=self.sound(self._rules, RuleSetting(12, True)),
            payroll=self.sound(lambda: frozenset(self.texts(self.table("confirm"), "confirm", "payroll")), frozenset()),
            notice=self.sound(self._notice, NoticeRule()),
            law=self.sound(self._law, LawSetting()),
            notify=self.sound(self._notify, NotifySetting()),
            workers=self.sound(self._workers, None),
        )

    def sound(self, read: Callable[[], T], default: T) -> T:
        """What is read; where it is wrong, the default, and the fault is kept."""
        try:
            return read()
        except SiteError as fault:
            self.faults.append(fault)
            return default

    def sound_table(self, name: str) -> dict[str, Any]:
        """A table, empty where it is none."""
        empty: dict[str, Any] = {}
        return self.sound(lambda: self.table(name), empty)

    def _points(self) -> dict[str, Dated[int]]:
        found: dict[str, Dated[int]] = {}
        for grade, value in self.sound_table("points").items():
            found[grade] = self.sound(partial(self._dated, f"points.{grade}", value, self._money), Dated.always(0))
        return found

    def _limits(self) -> dict[str, int]:
        table = {key: value for key, value in self.sound_table("limits").items() if key in LIMITS}
        return {key: self.sound(partial(self._whole, f"limits.{key}", value), 1) for key, value in table.items()}

    def _known_keys(self) -> None:
        for table in self.raw:
            if table not in TABLES:
                self.faults.append(self.fail(table, "unknown table", tell("one of {known}", known=", ".join(TABLES))))
                continue
            allowed = TABLES[table]
            for entry in self.raw[table] if isinstance(self.raw[table], list) else [self.raw[table]]:
                if not isinstance(entry, dict):
                    self.faults.append(self.fail(table, "must be a table", tell("write [{table}]", table=table)))
                    continue
                mend = tell("one of {known}", known=", ".join(sorted(allowed or ())))
                for key in sorted(set(entry) - allowed) if allowed is not None else ():
                    self.faults.append(self.fail(f"{table}.{key}", "unknown key", mend))

    def table(self, name: str) -> dict[str, Any]:
        found = self.raw.get(name, {})
        if not isinstance(found, dict):
            raise self.fail(name, "must be a table", tell("write [{name}]", name=name))
        return found

    def value(self, table: Mapping[str, Any], where: str, key: str, kind: type, default: Any = None) -> Any:
        if key not in table:
            if default is None:
                raise self.fail(f"{where}.{key}", "is missing")
            return default
        if not isinstance(table[key], kind) or (kind is str and not table[key].strip()):
            raise self.fail(
                f"{where}.{key}", tell("expected {kind}, found {found!r}", kind=kind.__name__, found=table[key])
            )
        return table[key]

    def number(self, table: Mapping[str, Any], where: str, key: str, default: float) -> float:
        found = table.get(key, default)
        if isinstance(found, bool) or not isinstance(found, (int, float)) or found < 0:
            raise self.fail(f"{where}.{key}", tell("expected a number of 0 or more, found {found!r}", found=found))
        return found

    def texts(self, table: Mapping[str, Any], where: str, key: str, default: list[str] | None = None) -> list[str]:
        found = table.get(key, default or [])
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise self.fail(f"{where}.{key}", tell("expected a list of texts, found {found!r}", found=found))
        return found

    def _schedule(self) -> tuple[str, ...]:
        entries = self.texts(self.table("schedule"), "schedule", "run")
        for entry in entries:
            if not is_entry(entry):
                raise self.fail("schedule.run", tell("unknown time {entry!r}", entry=entry), EXPECTED)
        return tuple(entries)

    def _one_of(self, key: str, found: str, allowed: tuple[str, ...]) -> str:
        if found not in allowed:
            raise self.fail(
                key, tell("unknown value {found!r}", found=found), tell("one of {known}", known=", ".join(allowed))
            )
        return found

    def _whole(self, key: str, found: Any) -> int:
        if isinstance(found, bool) or not isinstance(found, int) or found <= 0:
            raise self.fail(key, tell("expected a whole number above 0, found {found!r}", found=found))
        return found

    def _ledger(self, url: str) -> str:
        prefix = "sqlite:///"
        if url.startswith(prefix) and not url.startswith("sqlite:////"):
            return prefix + str(self.file.parent / url.removeprefix(prefix))
        if "://" not in url:
            raise self.fail(
                "site.ledger", tell("{url!r} is no database URL", url=url), "for example sqlite:///ledger.db"
            )
        return url

    def _units(self) -> tuple[UnitSetting, ...]:
        raw = self.raw.get("units", [])
        if not isinstance(raw, list) or not raw:
            raise self.fail("units", "the site has no unit", "write [[units]] with name and packs")
        units: list[UnitSetting] = []
        for number, entry in enumerate(raw, 1):
            if isinstance(entry, dict):
                taken = {name for unit in units for name in (unit.name, *unit.formerly)}
                unit = self.sound(partial(self._unit, entry, f"units[{number}]", taken), None)
                units += [unit] if unit is not None else []
        return tuple(units)

    def _unit(self, entry: Mapping[str, Any], where: str, taken: Collection[str]) -> UnitSetting | None:
        name = self.value(entry, where, "name", str)
        formerly = tuple(self.texts(entry, where, "formerly"))
        for key, own in [("name", name), *(("formerly", old) for old in formerly)]:
            if own in taken or (key == "formerly" and own == name):
                raise self.fail(f"{where}.{key}", tell("{own} stands twice", own=own))
        packs, managers = (tuple(self.texts(entry, where, key)) for key in ("packs", "managers"))
        off = tuple(dict.fromkeys(self.texts(entry, where, "off")))
        until, told = self._day(f"{where}.until", entry.get("until")), tuple(self.texts(entry, where, "notify"))
        return UnitSetting(name, packs, off, managers, formerly, until, self._answers(entry, where), told)

    def _answers(self, entry: Mapping[str, Any], where: str) -> str:
        if "answers" not in entry:
            return ""
        folder = self.file.parent / self.value(entry, where, "answers", str)
        inbox = self.file.parent / self.table("site").get("inbox", "inbox")
        if not folder.is_relative_to(inbox) or folder == inbox:
            raise self.fail(f"{where}.answers", "is no folder of the inbox", "write it as inbox/经理")
        return folder.relative_to(inbox).as_posix()

    def _notify(self) -> NotifySetting:
        table = self.table("notify")
        on = tuple(dict.fromkeys(self.texts(table, "notify", "on", list(NEWS))))
        for kind in on:
            self._one_of("notify.on", kind, NEWS)
        return NotifySetting(tuple(dict.fromkeys(self.texts(table, "notify", "urls"))), on)

    def _rules(self) -> RuleSetting:
        table = self.table("rules")
        months = self._whole("rules.backtest_months", table.get("backtest_months", 12))
        return RuleSetting(months, self.value(table, "rules", "four_eyes", bool, True))

    def _workers(self) -> int | str | None:
        found = self.table("engine").get("workers")
        if found is None or (isinstance(found, int) and not isinstance(found, bool) and found > 0):
            return found
        if isinstance(found, str) and _SCHEDULER.fullmatch(found):
            return found
        mend = tell("write a number, 1 for one process, or the address of a scheduler: dask://host:8786")
        raise self.fail(
            "engine.workers", tell("expected a number above 0 or an address, found {found!r}", found=found), mend
        )

    def _notice(self) -> NoticeRule:
        table = self.table("notice")
        required, days = table.get("required", False), table.get("appeal_days", 5)
        if not isinstance(required, bool):
            raise self.fail("notice.required", tell("expected true or false, found {required!r}", required=required))
        if isinstance(days, bool) or not isinstance(days, int) or days < 0:
            raise self.fail(
                "notice.appeal_days", tell("expected a whole number of 0 or more, found {days!r}", days=days)
            )
        return NoticeRule(required, days)

    def _law(self) -> LawSetting:
        table = self.table("law")
        published = table.get("published", {})
        if not isinstance(published, dict):
            raise self.fail("law.published", "must be a table", "write published = {pack = 2026-01-15}")
        for pack, day in published.items():
            if not isinstance(day, date) or isinstance(day, datetime):
                raise self.fail(f"law.published.{pack}", tell("expected a day like 2026-01-15, found {day!r}", day=day))
        return LawSetting(self.value(table, "law", "region", str, ""), dict(published))

    def _day(self, key: str, found: Any) -> date | None:
        try:
            return found if found is None or type(found) is date else date.fromisoformat(found)
        except (TypeError, ValueError):
            raise self.fail(
                key, tell("expected a day, found {found!r}", found=found), "write it as 2026-10-31"
            ) from None

    def _dated(self, key: str, found: Any, typed: Callable[[str, Any], T]) -> Dated[T]:
        """A value that always holds, or a table of first days: `{2026-01-01 = 100, 2026-11-01 = 200}`."""
        if not isinstance(found, dict):
            return Dated.always(typed(key, found))
        if not found:
            raise self.fail(key, "has no value", "write it as {2026-01-01 = 100}")
        values = {}
        for day, value in found.items():
            since = self._day(f"{key}.{day}", day)
            assert since is not None
            values[since] = typed(f"{key}.{day}", value)
        return Dated(dict(sorted(values.items())))

    def _money(self, key: str, value: Any) -> int:
        try:
            amount = fen(value)
        except Exception as error:
            raise self.fail(key, tell("expected yuan, found {value!r}", value=value)) from error
        if amount < 0:
            raise self.fail(key, tell("expected yuan of 0 or more, found {value!r}", value=value))
        return amount

    def _wage_limit(self) -> WageLimit:
        table = self.table("wage_limit")
        return WageLimit(
            self._dated("wage_limit.share", table.get("share", 0.2), self._share),
            self._dated("wage_limit.minimum_wage", table.get("minimum_wage", 0), self._money),
        )

    def _share(self, key: str, found: Any) -> Decimal:
        if isinstance(found, bool) or not isinstance(found, (int, float)) or not 0 <= found <= 1:
            raise self.fail(key, tell("expected a fraction from 0 to 1, found {found!r}", found=found))
        return Decimal(str(found))

    def _parameters(self) -> dict[str, dict[str, Any]]:
        table = self.table("parameters")
        for pack, values in table.items():
            if not isinstance(values, dict):
                raise self.fail(f"parameters.{pack}", "must be a table", tell("write [parameters.{pack}]", pack=pack))
        return table
