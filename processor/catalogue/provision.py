"""How a mechanic decides a clause: what it looks at, whom it concerns, when it applies, and what follows. Data, typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from processor.catalogue.condition import Condition, condition_of
from processor.catalogue.derived import DERIVED, cells_of, column_of
from processor.catalogue.outcome import MONEY, Outcome, outcome_of
from processor.catalogue.parameter import Parameter
from processor.catalogue.register import Column, Register
from processor.catalogue.term import Term, term_of

#: mechanic -> keys of its table that must be there; every other key of Provision may be
MECHANICS: Mapping[str, frozenset[str]] = {
    "recorded": frozenset({"steps"}),
    "where": frozenset({"of", "date", "where", "steps"}),
    "limit": frozenset({"of", "about", "date", "limit", "steps"}),
    "deadline": frozenset({"of", "date", "measure", "within", "steps"}),
    "owed": frozenset({"of", "about", "date", "window", "steps"}),
    "runs": frozenset({"of", "about", "date", "limit", "steps"}),
    "ranking": frozenset({"of", "about", "date", "window", "limit", "steps"}),
    "share": frozenset({"of", "date", "where", "window", "steps"}),
    "commission": frozenset({"of", "about", "date", "steps"}),
    "joint": frozenset({"causes", "steps"}),
}
WINDOWS = ("day", "week", "month", "quarter", "half", "year")
#: How a bound is meant: counts pass (`over`) or reach it; ranks are the first or last so many; shares keep it.
BOUNDS = ("over", "reach", "first", "last", "above", "from", "below", "upto")
_MONEY_OR_NUMBER: Mapping[str, tuple[str, ...]] = {
    "money": ("money",),
    "count": ("number", "count"),
    "number": ("number", "count"),
}
_KEYS = frozenset(
    {"mechanic", "of", "about", "date", "where", "measure", "window", "limit", "within", "steps", "outcome", "says"}
    | {
        "subject",
        "causes",
        "cell",
        "part",
        "readings",
        "remind",
        "gravity",
        "counts",
        "group",
        "related",
        "since",
        "open_says",
    }
)
GRAVITY = ("轻微", "严重", "恶劣")
Steps = tuple[tuple[Outcome, ...], ...]
_NAMED = re.compile(r"\{([^{}]+)\}")
#: What a sentence may name beside the columns of the register.
WORDS = frozenset(
    {
        "日期",
        "姓名",
        "条款",
        "第几次",
        "第几名",
        "界限",
        "编号",
        "数",
        "符合",
        "比率",
        "周期",
        "期限",
        "状态",
        "逾期",
        "下属",
        "原条款",
    }
)


@dataclass(frozen=True)
class Limit:
    """A bound: one of BOUNDS and its figure, in the unit of what is measured; a share is a number from 0 to 1."""

    test: str
    figure: Parameter


@dataclass(frozen=True)
class Provision:
    """One clause (or a part of it) as a mechanic decides it.

    register: whose rows are looked at. about: columns of the employee concerned, the first filled one counts.
    date: column of the day of the occurrence. where: which rows count. measure: the column that is summed, ranked, or
    that must be filled in time. window: what is counted together, or the window of the ladder; empty = ever.
    limit, within: the bound, the term. steps: the outcomes of the first, second … occurrence; the last holds for all later.
    since: the column from which a term runs, `date` where empty. open_says: the sentence while it is still to be done.
    says: the sentence, with `{列名}` and the names of WORDS; empty = a sentence made from the title.
    subject: columns of the natural key of what is judged, the register's own where empty. causes: clauses that a joint
    liability hangs on. cell: header of the cell to mark. part: tells two provisions of one clause apart.
    remind: whether a term that can still be kept is reminded of.

    Of `recorded` alone: gravity: 情节 -> its steps, a gravity that is not named takes the next lighter one (G15).
    counts: `all` = every row of the clause is a step, `gravity` = each gravity has a ladder of its own. group: further
    columns that keep ladders apart. related: the employee of 关联工号 is decided like the one of 工号.
    """

    mechanic: str
    register: Register | None = None
    about: tuple[str, ...] = ()
    date: str = ""
    where: Condition = field(default_factory=Condition)
    measure: str = ""
    window: str = ""
    limit: Limit | None = None
    within: Term | None = None
    steps: Steps = ()
    says: str = ""
    subject: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    cell: str = ""
    part: str = ""
    readings: tuple[str, ...] = ()
    remind: bool = True
    since: str = ""
    open_says: str = ""
    gravity: Mapping[str, Steps] = field(default_factory=dict, hash=False)
    counts: str = "all"
    group: tuple[str, ...] = ()
    related: bool = False

    @property
    def ladders(self) -> tuple[Steps, ...]:
        """The ladder of steps, or those of each gravity."""
        return tuple(self.gravity.values()) or (self.steps,)

    @property
    def is_ladder(self) -> bool:
        """Whether what follows depends on how often it happened before."""
        return any(len(steps) > 1 for steps in self.ladders)

    @property
    def outcomes(self) -> Iterator[Outcome]:
        """Every outcome of every step."""
        for steps in self.ladders:
            for step in steps:
                yield from step

    def column(self, header: str) -> Column:
        """A column of its register."""
        assert self.register is not None
        return column_of(self.register, header)

    def figures(self) -> Iterator[Parameter]:
        """Every figure that it uses."""
        yield from self.where.figures()
        if self.limit is not None:
            yield self.limit.figure
        if self.within is not None:
            yield from self.within.figures()
        for outcome in self.outcomes:
            yield from outcome.figures()

    def columns(self) -> frozenset[str]:
        """The columns of its register that it reads; a row with an unreadable one of them is left out."""
        return frozenset() if self.register is None else cells_of(self.register, self.named())

    def named(self) -> frozenset[str]:
        """The columns that it names, derived ones included."""
        if self.register is None:
            return frozenset()
        named = {*self.about, self.date, self.since, self.measure, *self.subject, *self.group, *self.where.headers}
        if self.mechanic == "recorded":
            named |= {"登记编号", "条款编号", "情节", "数量", "金额", "点数", "说明"} | (
                {"关联工号"} if self.related else set()
            )
        named |= {name for name in _NAMED.findall(self.says + self.open_says) if name not in WORDS}
        named |= {outcome.of for outcome in self.outcomes}
        if any(outcome.takes_recorded_amount for outcome in self.outcomes):
            named |= {"金额"} & set(self.register.headers)
        if not self.subject:
            named |= set(self.register.key)
            named |= {header for headers in self.register.otherwise for header in headers}
        return frozenset(named - {""})


def provision_of(raw: Mapping[str, Any], registers: Mapping[str, Register]) -> Provision:
    """A provision from its table in a pack, `$names` as Parameters already. Raises ValueError that says what is wrong."""
    unknown = sorted(set(map(str, raw)) - _KEYS)
    if unknown:
        raise ValueError(f"unknown key {', '.join(unknown)}; known are {', '.join(sorted(_KEYS))}")
    mechanic = str(raw.get("mechanic", ""))
    if mechanic not in MECHANICS:
        raise ValueError(f"unknown mechanic {mechanic!r}; one of {', '.join(MECHANICS)}")
    register = _register(raw, registers, mechanic)
    steps = _steps(raw)
    given = {"steps": steps, **{key: raw[key] for key in raw if raw[key] not in (None, "", [], {})}}
    missing = sorted(MECHANICS[mechanic] - set(given) - ({"of"} if register is not None else set()))
    gravity = {name: _ladder(ladder) for name, ladder in dict(raw.get("gravity", {})).items()}
    if set(gravity) - set(GRAVITY) or (gravity and mechanic != "recorded"):
        raise ValueError(f"gravity: 情节 of recorded rows, one of {'、'.join(GRAVITY)}")
    if gravity:
        missing = [key for key in missing if key != "steps"]
    if missing or not (steps or gravity):
        raise ValueError(f"{mechanic} needs {', '.join(missing) or 'steps'}")
    window = str(raw.get("window", ""))
    if window and window not in (*WINDOWS, "ever"):
        raise ValueError(f"unknown window {window}; one of {', '.join(WINDOWS)}, ever")
    about = raw.get("about", register.about if register is not None and mechanic == "recorded" else ())
    provision = Provision(
        mechanic=mechanic,
        register=register,
        about=_headers(register, about),
        date=_headers(register, raw.get("date", ("日期",) if mechanic == "recorded" else ()))[0] if register else "",
        where=condition_of(raw.get("where", {}), register) if register is not None else Condition(),
        measure=next(iter(_headers(register, raw.get("measure", ()))), ""),
        window="" if window == "ever" else window,
        limit=_limit(raw, mechanic, register),
        within=term_of(raw["within"]) if "within" in raw else None,
        steps=steps,
        says=str(raw.get("says", "")),
        subject=_headers(register, raw.get("subject", ())),
        causes=tuple(_list(raw.get("causes", ()))),
        cell=next(iter(_headers(register, raw.get("cell", ()))), ""),
        part=str(raw.get("part", "")),
        readings=tuple(_list(raw.get("readings", ()))),
        remind=bool(raw.get("remind", True)),
        since=next(iter(_headers(register, raw.get("since", ()))), ""),
        open_says=str(raw.get("open_says", "")),
        gravity=gravity,
        counts=str(raw.get("counts", "all")),
        group=_headers(register, raw.get("group", ())),
        related=bool(raw.get("related", False)),
    )
    _check(provision)
    return provision


def _register(raw: Mapping[str, Any], registers: Mapping[str, Register], mechanic: str) -> Register | None:
    name = raw.get("of", "discipline" if mechanic == "recorded" else None)
    if name is None:
        return None
    if name not in registers:
        raise ValueError(f"there is no register {name}; one of {', '.join(registers)}")
    return registers[name]


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _headers(register: Register | None, value: Any) -> tuple[str, ...]:
    headers = [str(header) for header in _list(value) if header != ""]
    if register is None:
        return ()
    return tuple(column_of(register, header).header for header in headers)


def _steps(raw: Mapping[str, Any]) -> Steps:
    """`outcome: {…}` is one step of one outcome; `steps: [[…], […]]` a ladder."""
    return _ladder(raw.get("steps", [[raw["outcome"]]] if "outcome" in raw else []))


def _ladder(steps: Sequence[Any]) -> Steps:
    return tuple(
        tuple(outcome if isinstance(outcome, Outcome) else outcome_of(outcome) for outcome in _list(step))
        for step in steps
    )


def _limit(raw: Mapping[str, Any], mechanic: str, register: Register | None) -> Limit | None:
    if "limit" not in raw:
        return None
    table = raw["limit"]
    if not isinstance(table, Mapping) or len(table) != 1 or next(iter(table)) not in BOUNDS:
        raise ValueError(f"limit: expected one of {', '.join(BOUNDS)} with its number, found {table!r}")
    test, figure = next(iter(table.items()))
    allowed = {
        "limit": ("over", "reach"),
        "runs": ("over", "reach"),
        "ranking": ("first", "last"),
        "share": ("above", "from", "below", "upto"),
        "where": ("over",),
    }
    if test not in allowed.get(mechanic, ()):
        raise ValueError(f"limit: {mechanic} knows {', '.join(allowed.get(mechanic, ())) or 'no limit'}")
    kinds: tuple[str, ...] = ("number", "count")
    if mechanic == "limit" and raw.get("measure") and register is not None:
        measured = column_of(register, str(_list(raw["measure"])[0]))
        if measured.type not in _MONEY_OR_NUMBER:
            raise ValueError(f"{measured.header} is no number and has no sum")
        kinds = _MONEY_OR_NUMBER[measured.type]
    return Limit(test, Parameter.of(figure, *kinds))


def _check(provision: Provision) -> None:
    """Raises ValueError where parts do not fit each other."""
    register = provision.register
    if register is None:
        return
    for header in provision.about:
        if provision.column(header).type != "staff":
            raise ValueError(f"about: {header} names no employee")
    if provision.date and provision.column(provision.date).type not in ("date", "datetime", "month"):
        raise ValueError(f"date: {provision.date} is no date")
    if provision.mechanic == "deadline" and provision.column(provision.measure).type not in ("date", "datetime"):
        raise ValueError(f"measure: {provision.measure} is no date or time")
    ranked = provision.measure if provision.mechanic == "ranking" else ""
    if ranked and provision.column(ranked).type not in _MONEY_OR_NUMBER:
        raise ValueError(f"measure: {ranked} is no number and cannot be ranked")
    for outcome in provision.outcomes:
        if outcome.effect in MONEY and not provision.about:
            raise ValueError(f"a {outcome.effect} needs `about`: the column of the employee whom it falls on")
        if outcome.of and column_of(register, outcome.of).type != "money":
            raise ValueError(f"a share of {outcome.of}, which is no money")
    known = WORDS | set(register.headers) | set(DERIVED.get(register.name, {}))
    strange = [name for name in _NAMED.findall(provision.says + provision.open_says) if name not in known]
    if strange:
        raise ValueError(f"says: {register.title} has no column {'、'.join(strange)}")
