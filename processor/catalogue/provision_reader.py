"""Reads a provision from its table in a pack and names whatever does not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from processor.catalogue.things import things_of
from processor.messages import tell

#: Keys of the table: those of a Provision, but for those that are called otherwise there, and a single outcome.
_KEYS = {field.name for field in fields(Provision)} - {"register", "beside", "lookups"} | {"of", "outcome", "with"}


_TEXTS = ("says", "open_says", "remind_says", "part", "counts", "between")
_FLAGS = ("remind", "related", "heals", "next_day", "responsible", "late_ends")
_HEADERS, _HEADER = ("about", "subject", "group", "parts", "by"), ("date", "measure", "cell", "due", "through", "end")
_LISTS = ("causes", "readings")
_TABLES = ("gravity", "tallies", "exempt", "stages")
_COUNTS = ("all", "gravity")
#: mechanics that look at whole windows of the calendar
_WHOLE = ("owed", "recurring", "ranking", "share", "statement")
#: where the term of what is owed by a window may begin, instead of its first day
_LAST_DAY = "止日"


def provision_of(raw: Mapping[str, Any], registers: Mapping[str, Register]) -> Provision:
    """A provision from its table in a pack, `$names` as Parameters already. Raises ValueError that says what is wrong."""
    _check_keys(raw)
    _check_kinds(raw)
    mechanic = str(raw["mechanic"])
    register = _register(raw, registers, mechanic)
    lookups: dict[str, Lookup] = {}
    if register is not None and "with" in raw:
        register, lookups = widened(raw["with"], register, registers)
    steps, gravity = _steps(raw), {name: _ladder(ladder) for name, ladder in raw.get("gravity", {}).items()}
    _check_needs(raw, mechanic, register, steps, gravity)
    given = {"about": register.about, "date": "日期", **raw} if register and mechanic == "recorded" else raw
    provision = Provision(
        mechanic=mechanic,
        register=register,
        beside=_beside(raw, registers, mechanic),
        window=_window(raw, mechanic),
        limit=limit_of(raw, mechanic, register),
        steps=steps,
        gravity=gravity,
        lookups=lookups,
        each=things_of(raw["each"], register, registers) if "each" in raw else None,
        **{key: _READERS[key](given[key], register) for key in given if key in _READERS},
    )
    check(provision)
    return provision


def _check_keys(raw: Mapping[str, Any]) -> None:
    """Raises ValueError on a key that no provision has, or a mechanic that there is not."""
    unknown = sorted(set(map(str, raw)) - _KEYS)
    if unknown:
        known = ", ".join(sorted(_KEYS - {"sayings"}))
        raise ValueError(tell("unknown key {unknown}; known are {keys}", unknown=", ".join(unknown), keys=known))
    if raw.get("mechanic", "") not in MECHANICS:
        given = {"mechanic": raw.get("mechanic", ""), "mechanics": ", ".join(MECHANICS)}
        raise ValueError(tell("unknown mechanic {mechanic!r}; one of {mechanics}", **given))


def _check_needs(
    raw: Mapping[str, Any], mechanic: str, register: Register | None, steps: Steps, gravity: Mapping[str, Steps]
) -> None:
    """Raises ValueError where something is missing that the mechanic needs."""
    if set(gravity) - set(GRAVITY) or (gravity and mechanic != "recorded"):
        raise ValueError(tell("gravity: 情节 of recorded rows, one of {gravity}", gravity="、".join(GRAVITY)))
    given = {key for key in raw if raw[key] not in (None, "", [], {})} | {"steps"}
    missing = sorted(MECHANICS[mechanic] - given - ({"of"} if register is not None else set()))
    if missing or not (steps or gravity):
        raise ValueError(tell("{mechanic} needs {missing}", mechanic=mechanic, missing=", ".join(missing) or "steps"))


def _window(raw: Mapping[str, Any], mechanic: str) -> str:
    """The window of the calendar; empty for everything at once."""
    window, known = str(raw.get("window", "")), ", ".join(WINDOWS)
    if window and window not in (*WINDOWS, "ever"):
        raise ValueError(tell("unknown window {window}; one of {windows}, ever", window=window, windows=known))
    if mechanic in _WHOLE and window == "ever":
        raise ValueError(tell("{mechanic} needs a window of the calendar: {windows}", mechanic=mechanic, windows=known))
    return "" if window == "ever" else window


def _check_kinds(raw: Mapping[str, Any]) -> None:
    """Raises ValueError on a key whose value is none of its kind."""

    def is_text(value: Any) -> bool:
        return isinstance(value, str)

    texts = (*_TEXTS, "mechanic", "of", "window", "since")
    kinds = [(texts, tell("a text"), is_text), (_FLAGS, tell("true or false"), lambda value: isinstance(value, bool))]
    kinds += [(_TABLES, tell("a table"), lambda value: isinstance(value, Mapping))]
    kinds += [(("faults",), tell("a list of tables"), lambda value: isinstance(value, (list, tuple)))]
    headers = (*_HEADERS, *_HEADER, *_LISTS)
    kinds += [(headers, tell("a text or a list of texts"), lambda value: all(map(is_text, _list(value))))]
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


def _headers(value: Any, register: Register | None) -> tuple[str, ...]:
    return register.listed(value) if register is not None else ()


def _header(value: Any, register: Register | None) -> str:
    return next(iter(_headers(value, register)), "")


def _stages(value: Mapping[str, Any], register: Register | None) -> dict[str, str]:
    return {_header(header, register): str(name) for header, name in value.items()} if register is not None else {}


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


#: key of the table -> how what stands there is read, beside the register
_READERS: Mapping[str, Callable[[Any, Register | None], Any]] = {
    **dict.fromkeys(_TEXTS, lambda value, register: str(value)),
    **dict.fromkeys(_FLAGS, lambda value, register: bool(value)),
    **dict.fromkeys(_HEADERS, _headers),
    **dict.fromkeys(_HEADER, _header),
    **dict.fromkeys(_LISTS, lambda value, register: tuple(_list(value))),
    "where": lambda value, register: condition_of(value, register) if register is not None else Condition(),
    "within": lambda value, register: term_of(value),
    "since": lambda value, register: value if value == _LAST_DAY else _header(value, register),
    "least": lambda value, register: Parameter.of(value, "count"),
    "remind_days": lambda value, register: Parameter.of(value, "count"),
    "faults": lambda value, register: tuple(fault_of(table, register) for table in value),
    "tallies": lambda value, register: {str(name): tally_of(table, register) for name, table in value.items()},
    "stages": _stages,
    "exempt": lambda value, register: {str(key): Parameter.of(posts, "list:text") for key, posts in value.items()},
    "sayings": lambda value, register: value,
}
