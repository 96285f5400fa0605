"""后果 as managers write them (`罚款50元+记B1`) and the outcomes that they mean; and the other way round for examples."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from processor.decision import Decision
from processor.rulebook.bounds import number_text

EXPECTED = "罚款50元、奖励20元、记B1、奖A1、扣当日工资、扣全勤奖、提示、警告、建议辞退、金额待定，几样用+连接"
#: mechanic -> what it knows besides, or instead
_PER = f"每满30秒罚款5元、{EXPECTED}"
EXPECTED_OF = {"where": _PER, "deadline": _PER, "commission": f"每条50元、合同金额×1%、{EXPECTED}"}
EXPECTED_OF |= {"joint": "同额、2倍、罚款200元、记B1、提示、警告、建议辞退，几样用+连接"}
NOTHING = "不判"
WAGE_DAYS = 21.75  # working days by which a monthly wage is a day's wage
_YUAN = r"(\d+(?:\.\d{1,2})?)元?"
_JOINED = re.compile(r"[+、;,]")
_UNITS = {"秒": "seconds", "分钟": "minutes", "小时": "hours", "天": "days", "": ""}
_FIXED: dict[str, dict[str, Any]] = {
    "扣当日工资": {"effect": "wage_day", "wage_days": WAGE_DAYS},
    "扣全勤奖": {"effect": "bonus_forfeit", "bonus": True},
    "提示": {"effect": "flag"},
    "警告": {"effect": "warning", "action": "警告"},
    "建议辞退": {"effect": "recommendation", "action": "建议辞退，须经理确认"},
    "金额待定": {"effect": "fine", "recorded": True},
    "同额": {"effect": "fine", "times": 1},
}


def outcomes(told: str) -> list[dict[str, Any]]:
    """The outcomes of one step as a pack would say them. Raises ValueError naming the part that is not understood."""
    return [_outcome(part) for part in _JOINED.split(number_text(told))]


def _outcome(part: str) -> dict[str, Any]:
    found = _read(part)
    if found.get("amount") is not None and not float(found["amount"]):
        raise ValueError(part)
    return found


def _read(part: str) -> dict[str, Any]:
    if part in _FIXED:
        return dict(_FIXED[part])
    if found := re.fullmatch(rf"罚款?{_YUAN}", part):
        return {"effect": "fine", "amount": found[1]}
    if found := re.fullmatch(rf"奖励?{_YUAN}", part):
        return {"effect": "reward", "amount": found[1]}
    if found := re.fullmatch(r"(记|奖)([ABC][1-9]\d?)点?", part.upper()):
        return {"effect": "points", "points": found[2]} | ({"reward": True} if found[1] == "奖" else {})
    if found := re.fullmatch(rf"(?:每[条单件个台次笔份]|提成){_YUAN}", part):
        return {"effect": "commission", "amount": found[1]}
    if found := re.fullmatch(r"(.+?)[×xX*](\d+(?:\.\d+)?)(%?)", part):
        share = float(found[2]) / 100 if found[3] else float(found[2])
        return {"effect": "commission", "share": round(share, 12), "of": found[1]}
    if found := re.fullmatch(rf"每满(\d+(?:\.\d+)?)(秒|分钟|小时|天|)罚款?{_YUAN}", part):
        return {"effect": "fine", "amount": found[3], "per": float(found[1]), "per_unit": _UNITS[found[2]]}
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)倍", part):
        return {"effect": "fine", "times": float(found[1])}
    raise ValueError(part)


def expected(told: str) -> list[str]:
    """What 预期 says must be found, sorted; empty for 不判. Raises ValueError naming the part that is not understood."""
    plain = number_text(told)
    return [] if plain == NOTHING else sorted(_said(_outcome(part)) for part in _JOINED.split(plain))


def _said(outcome: dict[str, Any]) -> str:
    sign = "奖" if outcome.get("reward") else "记"
    return _words(outcome["effect"], outcome.get("amount"), sign + outcome["points"] if "points" in outcome else "")


def found(lines: Sequence[Decision]) -> list[str]:
    """What was really found, in the words of `expected`, sorted; reminders aside."""
    return sorted(_of_line(line) for line in lines if line.effect != "remind")


def _of_line(line: Decision) -> str:
    points = line.points and ("奖" if line.points.startswith("+") else "记") + line.points[1:]
    amount = None if line.amount is None else f"{abs(line.amount) / 100:.2f}"
    return _words(line.effect, amount, points)


def _words(effect: str, amount: Any, points: str) -> str:
    """One consequence in one way of writing it."""
    yuan = "" if amount is None else f"{float(amount):.2f}".rstrip("0").rstrip(".")
    names = {"fine": "罚款", "reward": "奖励", "commission": "提成"}
    if effect in names:
        return f"{names[effect]}{yuan}元" if yuan else "金额待定"
    fixed = {said["effect"]: name for name, said in _FIXED.items() if said["effect"] != "fine"}
    return points or fixed.get(effect, effect)
