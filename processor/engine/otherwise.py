"""What would have changed a decision: single changes, each verified by deciding again on the changed facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from processor.catalogue.pack import Binding
from processor.catalogue.register import Register
from processor.decision import Decision
from processor.engine.changes import Change, FactRows, applied, changes_of, without_its_row
from processor.engine.decide import columns_read
from processor.model import Text, say, yuan

#: Decides a binding again on other facts.
Again = Callable[[Mapping[str, pd.DataFrame]], Sequence[Decision]]

MOST = 3
#: How many changes are tried for a line, and how often a binding is decided again for all of its lines.
TRIES, ROUNDS = 6, 6
#: The same for lines of which nothing is known yet, as long as that takes no more than so many rows to be decided again.
MORE_TRIES, MORE_ROUNDS, MORE_ROWS = 18, 12, 24_000
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
#: Mechanics that decide each row by itself, and those that decide each employee by himself.
_BY_ROW = frozenset({"where", "faults", "complete", "commission", "deadline", "recorded"})
_BY_EMPLOYEE = frozenset({"limit", "runs", "owed"})


@dataclass
class _Search:
    """The search for one line: what is still to be tried, what was found. gone: what becomes of it without its row."""

    line: Decision
    left: Iterator[Change]
    found: list[Text] = field(default_factory=list)
    gone: Text | None = None
    tried: int = 0
    is_over: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nothing is known yet that would have turned the line."""
        return not self.found and self.gone is None and not self.is_over

    def next(self, tries: int) -> Change | None:
        """The next change to try; None once there is enough or nothing more."""
        if len(self.found) >= MOST or self.tried >= tries:
            return None
        self.tried += 1
        change = next(self.left, None)
        self.is_over = change is None
        return change

    def told(self) -> tuple[Text, ...]:
        """What was found, the nearest first, or that there is nothing, which only a search to the end can say."""
        found = [*self.found, *([self.gone] if self.gone is not None else [])]
        if found:
            return tuple(found[:MOST])
        return (NOTHING,) if self.is_over or next(self.left, None) is None else (UNTRIED,)


def turned(
    binding: Binding,
    lines: Sequence[Decision],
    facts: Mapping[str, pd.DataFrame],
    registers: Mapping[str, Register],
    again: Again,
) -> dict[str, tuple[Text, ...]]:
    """Decision id -> up to MOST verified changes, or the sentence that none was found.

    Lines that cannot touch each other are tried at once, so that deciding once more verifies many. The number of
    rounds is bounded, whatever the machine: the same facts are told the same.
    """
    rows, read = FactRows(facts), columns_read(binding)
    searches = [_Search(line, changes_of(line, binding, rows, registers, read)) for line in lines]
    _without_their_rows(searches, rows, facts, registers, again)
    _try(binding, searches, facts, again, TRIES, ROUNDS)
    rounds = min(MORE_ROUNDS, MORE_ROWS // max(sum(map(len, facts.values())), 1))
    _try(binding, [search for search in searches if search.is_open], facts, again, MORE_TRIES, rounds)
    return {search.line.decision_id: search.told() for search in searches}


def _try(
    binding: Binding,
    searches: Sequence[_Search],
    facts: Mapping[str, pd.DataFrame],
    again: Again,
    tries: int,
    rounds: int,
) -> None:
    """Decide again so many times, each time on one change more of every line that no other line touches."""
    for _ in range(rounds):
        batch = _next_round(binding, searches, tries)
        if not batch:
            break
        made = _again(again, applied(facts, [change for _, change in batch]))
        if made is None:
            continue
        # what a single change does holds for every line, whichever it was tried for
        turned = [(search, batch[0][1]) for search in searches] if len(batch) == 1 else batch
        for search, change in turned:
            outcome = _outcome(search.line, made)
            if outcome is not None and len(search.found) < MOST:
                search.found.append(say("{change}则{outcome}", change=change.says, outcome=outcome))


def _without_their_rows(
    searches: Sequence[_Search],
    rows: FactRows,
    facts: Mapping[str, pd.DataFrame],
    registers: Mapping[str, Register],
    again: Again,
) -> None:
    """Take away every judged row at once: a line that is gone then is gone without its own, whatever the others do."""
    changes = [(search, without_its_row(search.line, rows, registers)) for search in searches]
    tried = [(search, change) for search, change in changes if change is not None]
    made = _again(again, applied(facts, [change for _, change in tried])) if tried else None
    if made is None:
        return
    for search, change in tried:
        if search.line.decision_id not in made:
            outcome = _undone(search.line)
            search.gone = say("{change}则{outcome}", change=change.says, outcome=outcome)


def _again(again: Again, facts: Mapping[str, pd.DataFrame]) -> dict[str, Decision] | None:
    """What is decided on changed facts, by id; None where a rule fails on facts that it would not be given in earnest.

    Whatever it fails with: to explain a decision must never cost the batch that made it.
    """
    try:
        return {line.decision_id: line for line in again(facts)}
    except Exception:
        return None


def _next_round(binding: Binding, searches: Sequence[_Search], tries: int) -> list[tuple[_Search, Change]]:
    """One change for each of the lines that are decided apart from each other."""
    batch: list[tuple[_Search, Change]] = []
    taken: set[str] = set()
    for search in sorted(searches, key=lambda search: (len(search.found), search.tried)):
        key = _apart(binding, search.line)
        if key in taken:
            continue
        change = search.next(tries)
        if change is not None:
            batch.append((search, change))
            taken.add(key)
    return batch


def _apart(binding: Binding, line: Decision) -> str:
    """What a line is decided by, a row or an employee: lines of different ones do not touch each other.

    A named rule decides a line by its row alone where no other row counted; else nobody knows, and it is tried alone.
    """
    provision = binding.provision
    if provision is None:
        return f"{line.row}" if line.row is not None and set(line.evidence) <= {line.row} else ""
    if provision.mechanic in _BY_ROW and not provision.is_ladder:
        return f"{line.row}"
    return line.staff_no if provision.mechanic in _BY_EMPLOYEE | _BY_ROW else ""


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
