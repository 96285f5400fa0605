"""Reads a provision from its table in a pack and names whatever does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from processor.catalogue.condition import Condition, condition_of
from processor.catalogue.fault import fault_of
from processor.catalogue.limit import limit_of
from processor.catalogue.lookup import Lookup, widened
from processor.catalogue.outcome import Outcome, outcome_of
from processor.catalogue.parameter import Parameter
from processor.catalogue.provision import GRAVITY, MECHANICS, WINDOWS, Provision, Steps
from processor.catalogue.provision_check import check
from processor.catalogue.register import Register
from processor.catalogue.roles import recording, telling_absence
from processor.catalogue.tally import tally_of
from processor.catalogue.term import term_of
from processor.messages import tell

#: Keys of the table: those of a Provision, but for those that are called otherwise there, and a single outcome.
_KEYS = {field.name for field in fields(Provision)} - {"register", "beside", "lookups"} | {"of", "outcome", "with"}


_TEXTS = ("mechanic", "of", "window", "says", "open_says", "remind_says", "part", "counts", "between", "since")
_FLAGS = ("remind", "related", "heals", "next_day", "responsible")
_HEADERS = (
    "about",
    "date",
    "measure",
    "subject",
    "cell",
    "group",
    "parts",
    "by",
    "causes",
    "readings",
    "due",
    "through",
)
_TABLES = ("gravity", "tallies", "exempt", "stages")
_COUNTS = ("all", "gravity")
#: mechanics that look at whole windows of the calendar
_WHOLE = ("owed", "ranking", "share", "statement")


def provision_of(raw: Mapping[str, Any], registers: Mapping[str, Register]) -> Provision:
    """A provision from its table in a pack, `$names` as Parameters already. Raises ValueError that says what is wrong."""
    unknown = sorted(set(map(str, raw)) - _KEYS)
    if unknown:
        raise ValueError(
            tell(
                "unknown key {unknown}; known are {keys}",
                unknown=", ".join(unknown),
                keys=", ".join(sorted(_KEYS - {"sayings"})),
            )
        )
    _check_kinds(raw)
    mechanic = raw.get("mechanic", "")
    if mechanic not in MECHANICS:
        raise ValueError(
            tell("unknown mechanic {mechanic!r}; one of {mechanics}", mechanic=mechanic, mechanics=", ".join(MECHANICS))
        )
    register = _register(raw, registers, mechanic)
    lookups: dict[str, Lookup] = {}
    if register is not None and "with" in raw:
        register, lookups = widened(raw["with"], register, registers)
    steps = _steps(raw)
    given = {"steps": steps, **{key: raw[key] for key in raw if raw[key] not in (None, "", [], {})}}
    missing = sorted(MECHANICS[mechanic] - set(given) - ({"of"} if register is not None else set()))
    gravity = {name: _ladder(ladder) for name, ladder in dict(raw.get("gravity", {})).items()}
    if set(gravity) - set(GRAVITY) or (gravity and mechanic != "recorded"):
        raise ValueError(tell("gravity: 情节 of recorded rows, one of {gravity}", gravity="、".join(GRAVITY)))
    if gravity:
        missing = [key for key in missing if key != "steps"]
    if missing or not (steps or gravity):
        raise ValueError(tell("{mechanic} needs {missing}", mechanic=mechanic, missing=", ".join(missing) or "steps"))
    window = str(raw.get("window", ""))
    if window and window not in (*WINDOWS, "ever"):
        raise ValueError(
            tell("unknown window {window}; one of {windows}, ever", window=window, windows=", ".join(WINDOWS))
        )
    if mechanic in _WHOLE and window == "ever":
        raise ValueError(
            tell("{mechanic} needs a window of the calendar: {windows}", mechanic=mechanic, windows=", ".join(WINDOWS))
        )
    about = raw.get("about", register.about if register is not None and mechanic == "recorded" else ())
    provision = Provision(
        mechanic=mechanic,
        register=register,
        beside=_beside(raw, registers, mechanic),
        about=_headers(register, about),
        date=_headers(register, raw.get("date", ("日期",) if mechanic == "recorded" else ()))[0] if register else "",
        where=condition_of(raw.get("where", {}), register) if register is not None else Condition(),
        measure=next(iter(_headers(register, raw.get("measure", ()))), ""),
        window="" if window == "ever" else window,
        limit=limit_of(raw, mechanic, register),
        within=term_of(raw["within"]) if "within" in raw else None,
        steps=steps,
        says=str(raw.get("says", "")),
        subject=_headers(register, raw.get("subject", ())),
        causes=tuple(_list(raw.get("causes", ()))),
        cell=next(iter(_headers(register, raw.get("cell", ()))), ""),
        part=str(raw.get("part", "")),
        readings=tuple(_list(raw.get("readings", ()))),
        remind=bool(raw.get("remind", True)),
        since="止日" if raw.get("since") == "止日" else next(iter(_headers(register, raw.get("since", ()))), ""),
        open_says=str(raw.get("open_says", "")),
        gravity=gravity,
        counts=str(raw.get("counts", "all")),
        group=_headers(register, raw.get("group", ())),
        related=bool(raw.get("related", False)),
        parts=_headers(register, raw.get("parts", ())),
        faults=tuple(fault_of(table, register) for table in raw.get("faults", ())),
        between=str(raw.get("between", "，")),
        next_day=bool(raw.get("next_day", False)),
        tallies={str(name): tally_of(table, register) for name, table in raw.get("tallies", {}).items()},
        by=_headers(register, raw.get("by", ())),
        heals=bool(raw.get("heals", False)),
        least=Parameter.of(raw["least"], "count") if "least" in raw else None,
        responsible=bool(raw.get("responsible", True)),
        remind_says=str(raw.get("remind_says", "")),
        sayings=raw.get("sayings", {}),
        lookups=lookups,
        due=next(iter(_headers(register, raw.get("due", ()))), ""),
        stages={_headers(register, header)[0]: str(name) for header, name in raw.get("stages", {}).items()}
        if register
        else {},
        end=next(iter(_headers(register, raw.get("end", ()))), ""),
        through=next(iter(_headers(register, raw.get("through", ()))), ""),
        exempt={str(header): Parameter.of(values, "list:text") for header, values in raw.get("exempt", {}).items()},
    )
    check(provision)
    return provision


def _check_kinds(raw: Mapping[str, Any]) -> None:
    """Raises ValueError on a key whose value is none of its kind."""

    def is_text(value: Any) -> bool:
        return isinstance(value, str)

    kinds = [(_TEXTS, tell("a text"), is_text), (_FLAGS, tell("true or false"), lambda value: isinstance(value, bool))]
    kinds += [(_TABLES, tell("a table"), lambda value: isinstance(value, Mapping))]
    kinds += [(("faults",), tell("a list of tables"), lambda value: isinstance(value, (list, tuple)))]
    kinds += [(_HEADERS, tell("a text or a list of texts"), lambda value: all(map(is_text, _list(value))))]
    for keys, called, fits in kinds:
        for key in keys:
            if key in raw and not fits(raw[key]):
                raise ValueError(tell("{key}: expected {kind}, found {found!r}", key=key, kind=called, found=raw[key]))
    if raw.get("counts", "all") not in _COUNTS:
        raise ValueError(tell("{found} is none of {known}", found=f"counts: {raw['counts']}", known=", ".join(_COUNTS)))


def _register(raw: Mapping[str, Any], registers: Mapping[str, Register], mechanic: str) -> Register | None:
    name = raw.get("of", recording(registers).name if mechanic == "recorded" else None)
    if name is None:
        return None
    if name not in registers:
        raise ValueError(
            tell("there is no register {name}; one of {registers}", name=name, registers=", ".join(registers))
        )
    return registers[name]


def _beside(raw: Mapping[str, Any], registers: Mapping[str, Register], mechanic: str) -> Register | None:
    """What is read of another register: from which rows causes follow, or who was away when something was owed."""
    if mechanic == "joint":
        return recording(registers)
    return telling_absence(registers) if mechanic == "owed" and raw.get("about") else None


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _headers(register: Register | None, value: Any) -> tuple[str, ...]:
    return register.listed(value) if register is not None else ()


def _steps(raw: Mapping[str, Any]) -> Steps:
    """`outcome: {…}` is one step of one outcome; `steps: [[…], […]]` a ladder."""
    if "outcome" not in raw:
        return _ladder(raw.get("steps", []))
    if "steps" in raw or isinstance(raw["outcome"], list):
        raise ValueError(tell("outcome is one table; several of them, or a ladder, stand under steps"))
    return _ladder([[raw["outcome"]]])


def _ladder(steps: Any) -> Steps:
    if not isinstance(steps, Sequence) or isinstance(steps, str):
        raise ValueError(tell("steps: expected a list of lists of outcomes, found {found!r}", found=steps))
    return tuple(tuple(_outcome(outcome) for outcome in _list(step)) for step in steps)


def _outcome(raw: Any) -> Outcome:
    if isinstance(raw, Outcome):
        return raw
    if not isinstance(raw, Mapping):
        raise ValueError(tell("outcome: expected a table with an effect, found {found!r}", found=raw))
    return outcome_of(raw)
