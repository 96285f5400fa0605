"""How a mechanic decides a clause: what it looks at, whom it concerns, when it applies, and what follows. Data, typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from processor.catalogue.column import Column
from processor.catalogue.condition import Condition
from processor.catalogue.fault import Fault
from processor.catalogue.limit import Limit
from processor.catalogue.lookup import Lookup
from processor.catalogue.outcome import Outcome
from processor.catalogue.parameter import Parameter
from processor.catalogue.register import Register
from processor.catalogue.tally import Tally
from processor.catalogue.term import Term
from processor.catalogue.things import Things

#: mechanic -> keys of its table that must be there; every other key of Provision may be
MECHANICS: Mapping[str, frozenset[str]] = {
    "recorded": frozenset({"steps"}),
    "where": frozenset({"of", "date", "where", "steps"}),
    "limit": frozenset({"of", "about", "date", "limit", "steps"}),
    "deadline": frozenset({"of", "date", "measure", "within", "steps"}),
    "complete": frozenset({"of", "date", "parts", "steps"}),
    "faults": frozenset({"of", "date", "faults", "steps"}),
    "procedure": frozenset({"of", "date", "stages", "steps"}),
    "statement": frozenset({"of", "date", "window", "tallies", "steps"}),
    "owed": frozenset({"of", "date", "window", "steps"}),
    "recurring": frozenset({"of", "date", "window", "each", "remind_days", "steps"}),
    "runs": frozenset({"of", "about", "date", "steps"}),
    "ranking": frozenset({"of", "about", "date", "window", "limit", "steps"}),
    "share": frozenset({"of", "date", "where", "window", "steps"}),
    "commission": frozenset({"of", "about", "date", "steps"}),
    "joint": frozenset({"causes", "steps"}),
}
WINDOWS = ("day", "week", "month", "quarter", "half", "year")
#: Columns in which a register may record the amount of what follows from a row.
RECORDED = ("金额", "罚款金额", "奖励金额")
GRAVITY = ("轻微", "严重", "恶劣")
Steps = tuple[tuple[Outcome, ...], ...]
#: What stands in braces in a sentence: a column, a figure of the pack (`{$name}`), or one of WORDS.
NAMED = re.compile(r"\{([^{}]+)\}")
#: What a sentence may name beside the columns of the register.
WORDS = frozenset(
    {"日期", "姓名", "姓名和工号", "条款", "第几次", "第几名", "界限", "编号", "数", "符合"}
    | {"比率", "周期", "期限", "状态", "逾期", "下属", "原条款", "原金额", "缺项", "起日", "止日", "各项", "主题"}
)


@dataclass(frozen=True)
class Provision:
    """One clause (or a part of it) as a mechanic decides it.

    register: whose rows are looked at. about: columns of the employee concerned, the first filled one counts.
    date: column of the day of the occurrence. where: which rows count. measure: the column that is summed, ranked, or
    that must be filled in time. window: what is counted together, or the window of the ladder; empty = ever.
    limit, within: the bound, the term. steps: the outcomes of the first, second … occurrence; the last holds for all later.
    since: the column from which a term runs, `date` where empty; what is owed by a window has its term from the first
    day, or from 止日, its last. open_says: the sentence while it is still to be done.
    says: the sentence, with `{列名}`, `{$figure}` and the names of WORDS; empty = a sentence made from the title.
    remind_says: the sentence of a reminder. sayings: the figures that the sentences name, by `$name`.
    subject: columns of the natural key of what is judged, the register's own where empty. causes: clauses that a joint
    liability hangs on. cell: header of the cell to mark. part: tells two provisions of one clause apart.
    remind: whether a term that can still be kept is reminded of. heals: whether what was done late is no breach.
    parts: columns that must be filled. faults: what may be wrong with a row; between: what stands between their words.
    tallies: name in the sentence -> the figure that stands there. by: columns that tell statements apart.
    lookups: columns of other registers, by the names under which this clause uses them; its register has them too.
    due: the column of the day by which it is to be done. Of `owed` alone: through: a row counts for every window from
    its date to this day; exempt: roster column -> values of those who owe nothing.
    beside: the register that its mechanic reads beside its own: who was away, or the rows from which causes follow.
    next_day: a row is judged from the day after its date on, up to which it may still be put right (G21).

    Of `recurring` alone: each: for what it is to be done; remind_days: how many days before its end a window is reminded
    of; late_ends: whether what is done later ends the overdue days.

    Of `share` alone: least: how many rows there must be at the least. Of `joint` alone: responsible: whether whom
    责任主管工号 names comes before the roster's superior.

    Of `procedure` alone: stages: column of a day -> what the step is called, the first step first; end: the column that,
    once filled, ends it.

    Of `recorded` alone: gravity: 情节 -> its steps, a gravity that is not named takes the next lighter one (G15).
    counts: `all` = every row of the clause is a step, `gravity` = each gravity has a ladder of its own. group: further
    columns that keep ladders apart. related: the employee of 关联工号 is decided like the one of 工号.
    """

    mechanic: str
    register: Register | None = None
    beside: Register | None = None
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
    parts: tuple[str, ...] = ()
    heals: bool = False
    faults: tuple[Fault, ...] = ()
    between: str = "，"
    next_day: bool = False
    tallies: Mapping[str, Tally] = field(default_factory=dict, hash=False)
    by: tuple[str, ...] = ()
    remind_says: str = ""
    sayings: Mapping[str, Parameter] = field(default_factory=dict, hash=False)
    lookups: Mapping[str, Lookup] = field(default_factory=dict, hash=False)
    due: str = ""
    through: str = ""
    exempt: Mapping[str, Parameter] = field(default_factory=dict, hash=False)
    stages: Mapping[str, str] = field(default_factory=dict, hash=False)
    end: str = ""
    least: Parameter | None = None
    each: Things | None = None
    remind_days: Parameter | None = None
    late_ends: bool = False
    responsible: bool = True

    @cached_property
    def ladders(self) -> tuple[Steps, ...]:
        """The ladder of steps, or those of each gravity."""
        return tuple(self.gravity.values()) or (self.steps,)

    @cached_property
    def is_ladder(self) -> bool:
        """Whether what follows depends on how often it happened before."""
        return any(len(steps) > 1 for steps in self.ladders)

    @property
    def asks_today(self) -> bool:
        """Whether it names the day of the batch, so that the day alone changes what follows."""
        conditions = (*self.conditions, *(lookup.where for lookup in self.lookups.values()))
        told = self.register is not None and self.register.asks_today(self.named())
        return told or any(condition.asks_today for condition in conditions)

    @property
    def has_terms(self) -> bool:
        """Whether something must be done within a term, so that the day alone changes what follows."""
        return self.mechanic == "deadline" or any(fault.within is not None for fault in self.faults)

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Every outcome of every step."""
        return tuple(outcome for steps in self.ladders for step in steps for outcome in step)

    def column(self, header: str) -> Column:
        """A column of its register."""
        assert self.register is not None
        return self.register.known(header)

    def figures(self) -> Iterator[Parameter]:
        """Every figure that it uses."""
        for condition in self.conditions:
            yield from condition.figures()
        if self.limit is not None:
            yield self.limit.figure
        derived = self.register.derived.values() if self.register is not None else ()
        for term in (self.within, *(part.within for part in (*self.faults, *derived))):
            if term is not None:
                yield from term.figures()
        for outcome in self.outcomes:
            yield from outcome.figures()
        for tally in self.tallies.values():
            yield from tally.figures()
        for figure in (self.least, self.remind_days):
            if figure is not None:
                yield figure
        if self.each is not None:
            yield from self.each.figures()
        yield from self.sayings.values()
        yield from self.exempt.values()
        for lookup in self.lookups.values():
            yield from lookup.figures()

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that it says."""
        return (
            self.says,
            self.open_says,
            self.remind_says,
            *(part for fault in self.faults for part in (fault.says, fault.open_says)),
        )

    @property
    def spoken(self) -> frozenset[str]:
        """What its sentences name in braces."""
        return frozenset(NAMED.findall("".join(self.sentences)))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Its condition and those of its faults and tallies."""
        parts = [fault.where for fault in self.faults] + [tally.where for tally in self.tallies.values()]
        return (self.where, *parts)

    @cached_property
    def recorded(self) -> str:
        """The column in which its register records an amount; empty where it has none."""
        headers = self.register.headers if self.register is not None else ()
        return next((header for header in RECORDED if header in headers), "")

    def columns(self) -> Mapping[str, frozenset[str]]:
        """Register -> the columns that it reads; a row with an unreadable one of them is left out."""
        if self.register is None:
            return {}
        found = {self.register.name: self.register.cells(self.named()) - set(self.lookups)}
        for lookup in self.lookups.values():
            if not lookup.register.roster:
                found[lookup.register.name] = found.get(lookup.register.name, frozenset()) | lookup.cells
        if self.each is not None and self.each.register is not None:
            things = self.each.register
            found[things.name] = found.get(things.name, frozenset()) | things.cells(self.each.named(self.spoken))
        return found

    def named(self) -> frozenset[str]:
        """The columns that it names, derived ones included."""
        if self.register is None:
            return frozenset()
        named = {*self.about, self.date, self.measure, *self.subject, *self.group, *self.parts, *self.by}
        named |= {self.since, self.due, self.through, self.end, *self.stages} - WORDS
        named |= {header for lookup in self.lookups.values() for header in lookup.own}
        named |= {tally.column for tally in self.tallies.values()}
        named |= {header for fault in self.faults for header in (*fault.parts, fault.measure, fault.since)}
        named |= {header for condition in self.conditions for header in condition.headers}
        if self.mechanic == "recorded":
            named |= {"登记编号", "条款编号", "情节", "数量", "金额", "点数", "说明"} | (
                {"关联工号"} if self.related else set()
            )
        of_things = self.each.headers if self.each is not None else frozenset()
        named |= self.spoken - WORDS - set(self.sayings) - set(self.tallies) - of_things
        named |= {self.each.column} if self.each is not None else set()
        named |= {outcome.of for outcome in self.outcomes}
        if any(outcome.takes_recorded_amount for outcome in self.outcomes):
            named.add(self.recorded)
        if not self.subject:
            named |= set(self.register.key)
            named |= {header for headers in self.register.otherwise for header in headers}
        return frozenset(named - {""})
