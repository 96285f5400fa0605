"""What follows when a clause applies: a fine, points, a recommendation, a remark. Data of a pack, checked when loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from processor.catalogue.parameter import Parameter
from processor.messages import tell

#: Effects that take money from pay or add to it.
MONEY = frozenset(
    {"fine", "reward", "deduction", "bonus_forfeit", "wage_day", "commission", "commission_void", "base_pay"}
)
EFFECTS = MONEY | {
    "assign", "queue", "attribute", "classify", "points", "recommendation", "warning", "flag", "remind",
}  # fmt: skip
#: Seconds in each unit of time; empty = the unit of what is measured.
PER_UNITS = {"": 0, "seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
#: On what ground something is taken or given; `提示` where it is neither.
NATURES = ("工时", "赔偿", "绩效", "奖金", "罚款", "点数", "奖励", "提成", "提示")
STATUSES = frozenset({"needs_confirmation"})

_FIGURES = {
    "points": ("points",),
    "amount": ("money",),
    "times": ("number", "count"),
    "low": ("money",),
    "high": ("money",),
    "wage_days": ("number", "count"),
    "share": ("number",),
    "per": ("number", "count"),
}


@dataclass(frozen=True)
class Outcome:
    """One consequence. Every figure is a dated Parameter.

    points: like `B1`; reward turns them into a credit. amount: yuan, in fen; times: factor of a ladder's step.
    or_more: a larger recorded 金额 or 点数 counts instead, a smaller one is flagged (G3).
    recorded: the recorded 金额 is the amount; low and high hold it to a range.
    wage: one monthly wage of the roster. wage_days: a day's wage, the monthly wage divided by so many days.
    bonus: the 全勤奖 of the roster. share, of: a share of the money in that column.
    per: the amount counts for each full so many per_unit (seconds, minutes, hours, days; empty = the unit of what is
    measured) by which the limit was passed.
    action: words for what is recommended or noted, or for what comes with the points.
    optional: no line where the register states no amount. status: `needs_confirmation` where money waits.
    otherwise: what follows where no amount is known; without it the line is pending_amount.
    clause: the clause that it belongs to, where one binding decides several. nature: on what ground money is taken.
    """

    effect: str
    points: Parameter | None = None
    reward: bool = False
    amount: Parameter | None = None
    times: Parameter | None = None
    or_more: bool = False
    recorded: bool = False
    low: Parameter | None = None
    high: Parameter | None = None
    wage: bool = False
    wage_days: Parameter | None = None
    bonus: bool = False
    share: Parameter | None = None
    of: str = ""
    per: Parameter | None = None
    per_unit: str = ""
    action: str = ""
    optional: bool = False
    status: str = ""
    otherwise: Outcome | None = None
    clause: str = ""
    nature: str = ""

    @property
    def takes_recorded_amount(self) -> bool:
        """Whether the 金额 that the register records can become the amount."""
        priceless = self.amount is not None and not self.amount.values
        return self.recorded or priceless or (self.or_more and self.amount is not None)

    @property
    def takes_recorded_points(self) -> bool:
        """Whether the 点数 that the register records can become the points."""
        return self.or_more and self.points is not None

    def figures(self) -> Iterator[Parameter]:
        """Every figure that it uses, those of `otherwise` included."""
        for name in _FIGURES:
            figure = getattr(self, name)
            if figure is not None:
                yield figure
        if self.otherwise is not None:
            yield from self.otherwise.figures()


_KEYS = {field.name: field for field in fields(Outcome)}
_TEXTS = frozenset(name for name, field in _KEYS.items() if field.type == "str") - {"effect"}
_FLAGS = frozenset(name for name, field in _KEYS.items() if field.type == "bool")


def outcome_of(raw: Mapping[str, Any]) -> Outcome:
    """An outcome from its table in a pack, figures as Parameters or as literals. Raises ValueError that says what is wrong."""
    unknown = sorted(set(map(str, raw)) - set(_KEYS))
    if unknown:
        known = ", ".join(_KEYS)
        raise ValueError(
            tell("an outcome has no key {unknown}; it knows {keys}", unknown=", ".join(unknown), keys=known)
        )
    effect = raw.get("effect")
    if not isinstance(effect, str) or effect not in EFFECTS:
        known = ", ".join(sorted(EFFECTS))
        raise ValueError(tell("unknown effect {raw!r}; one of {effects}", raw=effect, effects=known))
    _check_kinds(raw)
    figures = {name: Parameter.of(raw[name], *kinds) for name, kinds in _FIGURES.items() if raw.get(name) is not None}
    outcome = Outcome(**{**raw, **figures})
    if outcome.effect == "points" and outcome.points is None:
        raise ValueError("effect points needs points")
    if (outcome.share is None) != (not outcome.of):
        raise ValueError("share and of stand together: the share, and the column that it is a share of")
    return outcome


def _check_kinds(raw: Mapping[str, Any]) -> None:
    """Raises ValueError on a key whose value is none of its kind."""
    for name in _TEXTS & set(raw):
        if not isinstance(raw[name], str):
            raise ValueError(tell("{name}: expected a text, found {found!r}", name=name, found=raw[name]))
    for name in _FLAGS & set(raw):
        if not isinstance(raw[name], bool):
            raise ValueError(tell("{name} must be true or false", name=name))
    if "otherwise" in raw and not isinstance(raw["otherwise"], Outcome):
        raise ValueError("otherwise must be an outcome")
    nature, status, per_unit = (raw.get(name, "") for name in ("nature", "status", "per_unit"))
    if nature not in {*NATURES, ""}:
        raise ValueError(tell("unknown nature {given!r}; one of {natures}", given=nature, natures=", ".join(NATURES)))
    if status not in STATUSES | {""}:
        raise ValueError(
            tell("unknown status {given!r}; one of {statuses}", given=status, statuses=", ".join(STATUSES))
        )
    if per_unit not in PER_UNITS:
        given = {"given": per_unit, "per_units": ", ".join(PER_UNITS)}
        raise ValueError(tell("unknown per_unit {given!r}; one of {per_units}", **given))
