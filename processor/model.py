"""The records that flow through a batch: what a rule finds and where it found it. All are frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from datetime import date as Day
from typing import Any, Final

#: Values of a Text that move with the day by themselves: days since something was due, and the day of the batch.
MOVING: Final = frozenset({"elapsed", "today"})
INFO_EFFECTS: Final = frozenset({"assign", "queue", "flag", "warning", "remind", "classify"})
PAID_STATUSES: Final = frozenset({"final", "confirmed"})
#: Those in which a line waits for a manager.
WAITING_STATUSES: Final = frozenset({"needs_confirmation", "pending_amount"})
#: Words by which the sentence of a recommendation leaves a sum to the manager, who may then name it.
LEFT_TO_MANAGER: Final = "由经理定额"


@dataclass(frozen=True, slots=True)
class Source:
    """A place in a delivered workbook. `row` counts from 1 as Excel shows it; 0 means the whole sheet."""

    file: str
    sheet: str
    row: int

    def __str__(self) -> str:
        return f"{self.file} [{self.sheet}] {self.row}"


class _Said:
    """Remembers a sentence that was put together; no part of what it says."""

    __slots__ = ("_said",)
    _said: str


@dataclass(frozen=True, slots=True)
class Text(_Said):
    """A Chinese sentence for staff: a template with {names} and their values, so that it can be translated.

    Values are JSON scalars, or Texts. Dates are passed as YYYY-MM-DD strings, money through `yuan`. A value named
    `elapsed` counts days since something was due, one named `today` is the day of the batch: both move by themselves.
    """

    template: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """The sentence in Chinese, put together once: most outputs say it."""
        try:
            return self._said
        except AttributeError:
            object.__setattr__(self, "_said", self.template.format_map(self.args))
            return self._said

    def filled(self, template: str, say: Callable[[Text], str]) -> str:
        """The template, of this or another language, with the values. say: how sentences among them are said."""
        return template.format_map(
            {name: say(value) if isinstance(value, Text) else str(value) for name, value in self.args.items()}
        )

    def at_rest(self) -> Text:
        """The sentence without the values that move with the day: two that rest alike say the same."""
        return Text(
            self.template,
            {
                name: value.at_rest() if isinstance(value, Text) else value
                for name, value in self.args.items()
                if name not in MOVING
            },
        )


def say(template: str, **args: Any) -> Text:
    """Make a Text: `say("迟到{n}次", n=3)`. Line breaks that staff typed into a value become blanks."""
    return Text(template, {name: _one_line(value) for name, value in args.items()})


def _one_line(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) and ("\n" in value or "\r" in value) else value


def joined(texts: list[Text], separator: str = "；") -> Text:
    """Several Texts as one, in order."""
    names = [f"t{i}" for i in range(len(texts))]
    return Text(separator.join(f"{{{name}}}" for name in names), dict(zip(names, texts, strict=True)))


def yuan(fen: int | None) -> str:
    """Integer fen as `-50.00`; empty for None."""
    if fen is None:
        return ""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone (or a claim) that was considered. `reason` says why he was chosen or passed over."""

    staff_no: str
    reason: Text
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One decision as a rule sees it, before the engine stamps id, unit, names, status and money for points.

    amount: signed integer fen (negative leaves the employee's pay), None where there is none.
    points: like `-B1`, `+A2` or empty.
    status: None = by the effect (`final` for money, `info` for remarks, `needs_confirmation` for recommendations);
        a rule may say `needs_confirmation` or `pending_amount`.
    row: ref (`_ref` column) of the judged fact; evidence: refs of every fact that counted, the judged one included.
    column: header of the judged cell, to be marked in the annotated workbook.
    cause: decision id of the line that this one hangs on (only rules that read decisions know one).
    hangs_on: the (clause, effect, subject, staff_no, part) of a finding of the same unit that this one hangs on.
    part: tells two findings of the same clause, effect, subject and employee apart.
    due: the day by which what it speaks of had to be done, as long as that is still to be done.
    """

    clause: str
    effect: str
    date: date
    subject: str
    text: Text
    staff_no: str = ""
    amount: int | None = None
    points: str = ""
    occurrence: int | None = None
    status: str | None = None
    readings: tuple[str, ...] = ()
    row: int | None = None
    column: str = ""
    evidence: tuple[int, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    steps: tuple[Text, ...] = ()
    cause: str = ""
    hangs_on: tuple[str, str, str, str, str] | None = None
    part: str = ""
    due: Day | None = None
