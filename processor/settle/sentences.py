"""What an answered line says: what holds now, instead of what was asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from processor.model import Text, joined, say

#: What a sentence says while it waits for somebody.
_WAITS = re.compile(r"(?:^|[，；])须由?经理确认(?:后生效)?|(?:^|[，；])(?:[^，；{}]*的)?金额待(?:定|原\w+确定)")
#: What follows for the employee, as the templates of rules and mechanics say it.
_FOLLOWS = re.compile(
    r"(?:^|[，：])(?:罚款|扣款|奖励|提成|扣当日工资|取消当月全勤奖|记)\{\w+\}[元点]|(?<=应得)提成\{\w+\}元|：\{action\}"
)
#: To whom a customer belongs, and why.
_OWNED = re.compile(r"，?仍?归\{who\}(?:，依据：\{why\})?")
_BOTH = (_WAITS, _FOLLOWS)
_TAKEN_BACK, _FELL = "经理已于{day}撤销，不作处理", "原决定已撤销，随之撤销，不作处理"
_REVOKED = frozenset({_TAKEN_BACK, _FELL})


def confirmed(text: Text, day: date) -> Text:
    """The sentence of a line that a manager confirmed."""
    return joined([_without(text, (_WAITS,)), say("经理已于{day}确认", day=day.isoformat())])


def changed(text: Text, yuan: str) -> Text:
    """The sentence of a line whose amount a manager set."""
    return joined([_without(text, _BOTH), say("经理改为{yuan}元", yuan=yuan)])


def awarded(text: Text, name: str, staff_no: str) -> Text:
    """The sentence of a customer whom a manager gave to somebody."""
    return joined([_without(text, (_WAITS, _OWNED)), say("经理定归{name}（{number}）", name=name, number=staff_no)])


def revoked(text: Text, day: date | None = None) -> Text:
    """The sentence of a line that no longer holds. day: of the answer; None: it fell with the line that it hung on."""
    if any(isinstance(value, Text) and value.template in _REVOKED for value in text.args.values()):
        return text
    became = say(_FELL) if day is None else say(_TAKEN_BACK, day=day.isoformat())
    return joined([_without(text, (*_BOTH, _OWNED)), became])


def _without(text: Text, phrases: tuple[re.Pattern[str], ...]) -> Text:
    """The sentence without these phrases; a value of which nothing is left goes with the mark before it."""
    template = text.template
    args: dict[str, Any] = {}
    for name, value in text.args.items():
        left = _without(value, phrases) if isinstance(value, Text) else value
        if isinstance(left, Text) and not left.template and value.template:
            template = re.sub(rf"[，；：]?\{{{name}\}}", "", template)
            continue
        args[name] = left
    for phrase in phrases:
        template = phrase.sub("", template)
    return Text(template, _used(template, args))


def _used(template: str, args: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in args.items() if f"{{{name}}}" in template}
