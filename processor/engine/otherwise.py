"""What would have changed a decision: single changes, each verified by deciding again on the changed facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from processor.catalogue.pack import Binding
from processor.catalogue.register import Register
from processor.decision import Decision
from processor.engine.changes import Change, FactRows
from processor.engine.decide import columns_read, rule_named
from processor.engine.narrowed import BY_EMPLOYEE, BY_ROW, as_read, narrowed
from processor.engine.proposals import Proposing
from processor.engine.trials import Again, Basis, Trials, unknown
from processor.model import Text, say, yuan

MOST = 3
#: How many changes are tried for a line, and how often a binding is decided again for all of its lines.
TRIES, ROUNDS = 3, 4
#: The same for lines of which nothing is known yet.
MORE_TRIES, MORE_ROUNDS = 24, 32
#: More rounds are made as long as they take no more than so many rows to be decided again.
FEW_ROWS, MORE_ROWS = 4_000, 24_000
NOTHING = say("没有哪一处单独的改动能改变它")
UNTRIED = say("这一批里同类的决定太多，没有逐条试算")
_UNDONE = {
    "fine": "不罚款", "deduction": "不扣款", "wage_day": "不扣当日工资", "bonus_forfeit": "不取消全勤奖",
    "reward": "不奖励", "points": "不记点", "commission": "没有提成", "commission_void": "不取消提成",
    "base_pay": "没有底薪", "recommendation": "不建议", "warning": "不警告", "flag": "不提示", "remind": "不提醒",
    "assign": "不派给他", "queue": "不必等候", "attribute": "不归他", "classify": "不这样统计",
}  # fmt: skip
#: Where a line only goes to somebody else.
_FALLS_TO = {"assign": "轮到{name}（{number}）", "attribute": "归{name}（{number}）"}
#: Mechanics that decide each employee by himself; what they decide of the unit as a whole names nobody.
_EACH_EMPLOYEE = BY_EMPLOYEE | {"owed", "share", "statement"}


@dataclass
class _Search:
    """The search for one line: what is still to be tried, what was found.

    apart: what the line is decided by, see `_apart`; gone: what becomes of it without its row.
    """

    line: Decision
    apart: str
    gone: Text | None = None
    left: Iterator[Change] = field(default_factory=lambda: iter(()))
    found: list[Text] = field(default_factory=list)
    turned: set[tuple[int | None, str] | None] = field(default_factory=set)
    tried: int = 0
    is_over: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nothing is known yet that would have turned the line."""
        return not self.found and self.gone is None and not self.is_over

    @property
    def is_enough(self) -> bool:
        return len(self.found) + (self.gone is not None) >= MOST

    def next(self, tries: int) -> Change | None:
        """The next change to try; None once there is enough or nothing more. A cell that turned the line is done with."""
        if self.is_enough or self.is_over or self.tried >= tries:
            return None
        change = next((change for change in self.left if change.place is None or change.place not in self.turned), None)
        self.is_over = change is None
        self.tried += 1
        return change

    def keep(self, change: Change, outcome: Text) -> None:
        """Remember that a change turns the line, and how."""
        self.turned.add(change.place)
        self.found.append(say("{change}则{outcome}", change=change.says, outcome=outcome))

    def told(self) -> tuple[Text, ...]:
        """What was found, the nearest first, or that there is nothing, which only a search to the end can say."""
        found = [*self.found, *([self.gone] if self.gone is not None else [])]
        if found:
            return tuple({str(text): text for text in found}.values())[:MOST]
        return (NOTHING,) if self.is_over or next(self.left, None) is None else (UNTRIED,)


def turned(
    binding: Binding,
    lines: Sequence[Decision],
    facts: Mapping[str, pd.DataFrame],
    registers: Mapping[str, Register],
    again: Again,
    basis: Basis = unknown,
) -> dict[str, tuple[Text, ...]]:
    """Decision id -> up to MOST verified changes, or the sentence that none was found.

    Lines that cannot touch each other are tried at once, so that deciding once more verifies many. The number of
    rounds is bounded, whatever the machine: the same facts are told the same.
    """
    rows = FactRows(facts)
    rows.look_up(line.row for line in lines)
    proposing = Proposing(binding, rows, registers, columns_read(binding))
    searches = [_Search(line, _apart(binding, line)) for line in lines]
    trials = Trials(binding, lines, as_read(binding, narrowed(binding, lines, facts), registers), again, basis)
    _without_their_rows(searches, proposing, trials)
    for search in searches:
        search.left = proposing.changes(search.line, row_matters=search.gone is not None)
    size = max(sum(map(len, facts.values())), 1)
    _try(searches, trials, TRIES, max(ROUNDS, min(3 * ROUNDS, FEW_ROWS // size)))
    open_ones = [search for search in searches if search.is_open]
    _try(open_ones, trials, MORE_TRIES, min(MORE_ROUNDS, MORE_ROWS // size))
    return {search.line.decision_id: search.told() for search in searches}


def _try(searches: Sequence[_Search], trials: Trials, tries: int, rounds: int) -> None:
    """Decide again so many times, each time on one change more of every line that no other line touches."""
    for _ in range(rounds):
        batch = _next_round(searches, tries)
        if not batch:
            break
        made = trials.made([change for _, change in batch])
        if made is None:
            continue
        for search, change in batch:
            outcome = _outcome(search.line, made)
            if outcome is not None:
                search.keep(change, outcome)
        if len(batch) == 1:
            _keep_for_others(searches, *batch[0], made)


def _keep_for_others(searches: Sequence[_Search], tried: _Search, change: Change, made: Mapping[str, Decision]) -> None:
    """What a change does by itself holds for each line of which nothing is known yet, whichever it was tried for."""
    for search in searches if change.says_where else ():
        outcome = _outcome(search.line, made) if search.is_open and search is not tried else None
        if outcome is not None:
            search.keep(change, outcome)


def _without_their_rows(searches: Sequence[_Search], proposing: Proposing, trials: Trials) -> None:
    """Take away every judged row at once: a line that is gone then is gone without its own, whatever the others do."""
    changes = [(search, proposing.without_its_row(search.line)) for search in searches]
    tried = [(search, change) for search, change in changes if change is not None]
    made = trials.made([change for _, change in tried]) if tried else None
    if made is None:
        return
    for search, change in tried:
        if search.line.decision_id not in made:
            outcome = _undone(search.line)
            search.gone = say("{change}则{outcome}", change=change.says, outcome=outcome)


def _next_round(searches: Sequence[_Search], tries: int) -> list[tuple[_Search, Change]]:
    """One change for each of the lines that are decided apart from each other, or one for a line of which nobody knows that."""
    batch: list[tuple[_Search, Change]] = []
    taken: set[str] = set()
    for search in sorted(searches, key=lambda search: (len(search.found), search.tried, not search.apart)):
        key = search.apart
        if key in taken or (batch and not key):
            continue
        change = search.next(tries)
        if change is None:
            continue
        batch.append((search, change))
        if not key:
            break
        taken.add(key)
    return batch


def _apart(binding: Binding, line: Decision) -> str:
    """What a line is decided by, a row or an employee: lines of different ones do not touch each other.

    A named rule says that it decides each employee by himself, or decides a line by its row alone where no other row
    counted; else nobody knows, and it is tried alone.
    """
    provision = binding.provision
    if provision is None and getattr(rule_named(binding.rule), "by_employee", False):
        return line.staff_no
    if provision is not None and provision.mechanic in _EACH_EMPLOYEE:
        return line.staff_no
    if line.effect == "classify" and len(line.evidence) > 1:
        return ""
    if provision is None:
        return f"{line.row}" if line.row is not None and set(line.evidence) <= {line.row} else ""
    if provision.mechanic in BY_ROW:
        return line.staff_no if provision.is_ladder else f"{line.row}"
    return ""


def _undone(line: Decision) -> Text:
    return say(_UNDONE.get(line.effect, "不成立"))


def _outcome(before: Decision, made: Mapping[str, Decision]) -> Text | None:
    """What becomes of the line; None where it stays as it was."""
    after = made.get(before.decision_id)
    if after is None and before.effect in _FALLS_TO:
        same = (before.clause, before.effect, before.subject)
        other = next((d for d in made.values() if (d.clause, d.effect, d.subject) == same), None)
        if other is not None:
            return say(_FALLS_TO[before.effect], name=other.staff_name, number=other.staff_no)
    if after is None:
        return _undone(before)
    if before.effect == "classify":
        is_other = after.text != before.text and "|" not in str(after.text)  # which is not yet said in words
        return say("改为：{text}", text=after.text) if is_other else None
    if (after.amount, after.points) == (before.amount, before.points):
        return None
    if after.amount is not None:
        return say("金额为{yuan}元", yuan=yuan(abs(after.amount)))
    return say("点数为{points}", points=after.points) if after.points else say("没有金额")
