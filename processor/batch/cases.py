"""Cases that prove clauses: CSV rows and a day in, decisions out, in memory, without ledger or workbooks.

A case gives `name`, `units`, `as_of`, `registers` (CSV), optional `parameters`, `points`, `revoked` (lists of clause,
staff number, subject), and `expect` / `absent` lines that are compared with decisions as decisions.csv shows them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from processor.catalogue.catalogue import Catalogue
from processor.catalogue.dated import Dated
from processor.catalogue.pack import Binding, Pack
from processor.catalogue.parameter import fen
from processor.catalogue.register import Register
from processor.catalogue.roles import listing_staff
from processor.catalogue.yaml_text import documents, text_of
from processor.decision import Decision
from processor.engine.decide import ordered
from processor.engine.decider import decide
from processor.engine.units import resolve_units, unknown_staff
from processor.errors import PolicyError, ProcessorError
from processor.intake import frame_from_csv
from processor.messages import message_of, tell
from processor.model import yuan
from processor.roster import Roster, dated

Case = Mapping[str, Any]
_KEYS = ("name", "units", "as_of", "registers", "parameters", "points", "revoked", "expect", "absent")
_NEEDED: Mapping[str, tuple[type, ...]] = {"name": (str,), "units": (dict,), "as_of": (date, str), "registers": (dict,)}
_COLUMNS = (
    *("decision_id", "period", "unit", "pack", "clause", "family", "effect", "staff_no", "staff_name", "subject"),
    *("date", "amount", "points", "occurrence", "status", "text", "reading", "linked_to"),
)
_LINE = ("count", *_COLUMNS, *(f"{name}_has" for name in _COLUMNS))


def cases_of(path: Path) -> list[Case]:
    """The cases of one file, one a YAML document. Raises PolicyError where it is no YAML."""
    try:
        return [case for case in documents(text_of(path)) if case]
    except ValueError as error:
        raise PolicyError(message_of(error), where=f"cases/{path.name}") from error


def failed(paths: Iterable[Path], catalogue: Catalogue) -> list[ProcessorError]:
    """What of the cases in these files does not hold, one fault a line."""
    found: list[ProcessorError] = []
    for path in paths:
        for number, case in enumerate(cases_of(path), 1):
            where = f"{path.name}#{number}"
            try:
                _check(case, catalogue)
                where = f"{where} {case['name']}"
                lines = [as_line(decision) for decision in decide_case(case, catalogue, clauses_of(case))]
            except (KeyError, TypeError, ValueError) as error:
                told = message_of(error) if isinstance(error, ValueError) else f"{type(error).__name__} {error}"
                found.append(PolicyError(tell("the case cannot be read: {error}", error=told), where=where))
                continue
            found += [PolicyError(wrong, where=where) for wrong in failures(lines, case)]
    return found


def _check(case: Any, catalogue: Catalogue) -> None:
    """Raises ValueError on what a case does not know, so that none proves nothing in silence."""
    _known(tell("a case"), case, _KEYS)
    for key, kinds in _NEEDED.items():
        if not isinstance(case.get(key), kinds):
            raise ValueError(tell("{key} is missing, or not what it should be", key=key))
    _known("units", {pack: None for packs in case["units"].values() for pack in packs}, catalogue.files)
    _known("registers", case["registers"], catalogue.registers)
    wanted = [line for key in ("expect", "absent") for line in case.get(key, [])]
    if not wanted:
        raise ValueError(tell("it expects nothing; name lines under expect or absent"))
    for line in wanted:
        _known(tell("a line of expect or absent"), line, _LINE)


def _known(what: str, table: Any, keys: Iterable[str]) -> None:
    if not isinstance(table, dict):
        raise ValueError(tell("expected {what} as a table, found {table!r}", what=what, table=table))
    strange = sorted(set(map(str, table)) - set(keys))
    if strange:
        given = {"what": what, "strange": ", ".join(strange), "keys": ", ".join(sorted(keys))}
        raise ValueError(tell("{what}: unknown {strange}; one of {keys}", **given))


@cache
def empty_frame(register: Register) -> pd.DataFrame:
    """A register without rows, as the engine gets it; most of a case's registers are."""
    frame = frame_from_csv(register, ",".join(c.header for c in register.columns))
    return frame.assign(门店=frame["门店"].astype("object"), _ref=range(0))


def facts_of(case: Case, registers: Mapping[str, Register]) -> dict[str, pd.DataFrame]:
    """Register -> canonical frame of the known rows, with 门店 filled and `_ref`. Raises ValueError on a wrong cell."""
    frames = {name: frame_from_csv(registers[name], text) for name, text in case.get("registers", {}).items()}
    staff = listing_staff(registers)
    known = roster_of(frames[staff.name] if staff.name in frames else empty_frame(staff), case)
    next_ref = 1
    found = {}
    for name, register in registers.items():
        if name not in frames:
            found[name] = empty_frame(register)
            continue
        frame = frames[name]
        unknown = unknown_staff(frame, list(register.staff_columns), known.numbers)
        frame = frame.drop(index=unknown["index"].unique().tolist())
        frame = frame.assign(
            门店=resolve_units(frame, register.about, known, days_of(register, frame, case), case["units"])
        )
        order = ([register.date_column] if register.date_column else []) + list(register.key)
        frame = frame.sort_values(order, kind="stable").reset_index(drop=True)
        frame["_ref"] = range(next_ref, next_ref + len(frame))
        next_ref += len(frame)
        found[name] = frame
    return found


def as_of_day(case: Case) -> date:
    """The day on which the case is decided."""
    return case["as_of"] if isinstance(case["as_of"], date) else date.fromisoformat(str(case["as_of"]))


def roster_of(frame: pd.DataFrame, case: Case) -> Roster:
    """The case's employees, as if its roster had been delivered on its day."""
    refs = frame["_ref"] if "_ref" in frame else pd.Series(range(len(frame)), dtype="int64")
    seen = pd.Series(pd.Timestamp(as_of_day(case)), index=frame.index, dtype="datetime64[us]")
    return dated(frame.assign(_ref=refs, _seen=seen, _current=True))


def days_of(register: Register, frame: pd.DataFrame, case: Case) -> pd.Series:
    """The day of each row; the as-of day for rows without."""
    as_of = pd.Series(pd.Timestamp(as_of_day(case)), index=frame.index, dtype="datetime64[us]")
    return frame[register.date_column].fillna(as_of) if register.date_column else as_of


def clauses_of(case: Case) -> frozenset[str] | None:
    """The clauses that a case looks at; None: all, where one of its lines names none."""
    lines = [line for key in ("expect", "absent") for line in case.get(key, [])]
    return frozenset(line["clause"] for line in lines) if all("clause" in line for line in lines) else None


def decide_case(case: Case, catalogue: Catalogue, clauses: Collection[str] | None = None) -> list[Decision]:
    """The decisions of the case's units by these clauses and by those whose decisions they read; None: by all.

    Raises PolicyError, or ValueError where the case itself is wrong.
    """
    facts = facts_of(case, catalogue.registers)
    packs = catalogue.packs({name for names in case["units"].values() for name in names})
    as_of = as_of_day(case)
    roster = roster_of(facts[listing_staff(catalogue.registers).name], case)
    points = {grade: Dated.always(fen(value)) for grade, value in case.get("points", {}).items()}
    texts = case.get("registers", {})
    columns = {name: frozenset(text.split("\n", 1)[0].split(",")) for name, text in texts.items()}
    decisions: list[Decision] = []
    for unit, names in case["units"].items():
        own = {
            name: frame if frame.empty else frame[frame["门店"] == unit].reset_index(drop=True)
            for name, frame in facts.items()
        }
        chosen = [packs[n].with_overrides(case.get("parameters", {}).get(n, {}), n) for n in names]
        earlier: list[Decision] = []
        months = active_months(own, catalogue.registers)
        for pack, binding in _read_by(ordered(chosen), clauses):
            earlier += decide(
                pack,
                binding,
                unit=unit,
                as_of=as_of,
                facts=_read(case, binding, facts, own),
                registers=catalogue.registers,
                roster=roster,
                earlier=earlier if binding.after else (),
                revoked=frozenset(tuple(key) for key in case.get("revoked", [])),
                active_months=months,
                point_values=points,
                delivered=columns,
            )
        decisions += earlier
    return decisions


def _read_by(
    bindings: Sequence[tuple[Pack, Binding]], clauses: Collection[str] | None
) -> Iterator[tuple[Pack, Binding]]:
    """The bindings that decide these clauses, and those whose decisions they read, in their order; None: all."""
    wanted: set[str] = set(clauses or ())
    for _, binding in reversed(bindings):
        if not wanted.isdisjoint(binding.clauses):
            wanted.update(binding.after)
    return (item for item in bindings if clauses is None or not wanted.isdisjoint(item[1].clauses))


def _read(
    case: Case, binding: Binding, facts: Mapping[str, pd.DataFrame], own: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """What a binding reads: the unit's own rows, or those of every unit that has its pack."""
    if not binding.across:
        return {name: own[name] for name in binding.reads}
    units = [unit for unit, names in case["units"].items() if binding.pack in names]
    return {name: facts[name][facts[name]["门店"].isin(units)].reset_index(drop=True) for name in binding.reads}


def active_months(facts: Mapping[str, pd.DataFrame], registers: Mapping[str, Register]) -> frozenset[str]:
    """`YYYY-MM` in which any register but the roster has a dated row."""
    months: set[str] = set()
    for name, frame in facts.items():
        column = registers[name].date_column
        if column and not frame.empty and not registers[name].roster:
            months |= set(frame[column].dropna().dt.strftime("%Y-%m"))
    return frozenset(months)


def as_line(decision: Decision) -> dict[str, str]:
    """The decision as decisions.csv shows it."""
    names = ("decision_id", "period", "unit", "pack", "clause", "family", "effect", "staff_no", "staff_name", "subject")
    line = {name: getattr(decision, name) for name in names}
    return line | {
        "date": decision.date.isoformat(),
        "amount": yuan(decision.amount),
        "points": decision.points,
        "occurrence": "" if decision.occurrence is None else str(decision.occurrence),
        "status": decision.status,
        "text": str(decision.text),
        "reading": decision.reading,
        "linked_to": decision.linked_to,
    }


def matches(line: dict[str, str], wanted: dict[str, Any]) -> bool:
    """Whether a line of decisions.csv is what an `expect` or `absent` line names."""
    for key, value in wanted.items():
        if key == "count":
            continue
        if key.endswith("_has"):
            if str(value) not in line[key.removesuffix("_has")]:
                return False
        elif key == "amount":
            if line["amount"] != ("" if value is None else yuan(fen(value))):
                return False
        elif line[key] != ("" if value is None else str(value)):
            return False
    return True


def failures(lines: list[dict[str, str]], case: Case) -> list[str]:
    """What of the case does not hold."""
    wrong: list[str] = []
    for wanted in case.get("expect", []):
        hits = sum(matches(line, wanted) for line in lines)
        if hits != wanted.get("count", hits or 1):
            wrong.append(tell("expected {wanted}, found {hits}", wanted=wanted, hits=hits))
    for unwanted in case.get("absent", []):
        wrong += [
            tell("must not: {unwanted}, found {line}", unwanted=unwanted, line=line)
            for line in lines
            if matches(line, unwanted)
        ]
    return wrong
