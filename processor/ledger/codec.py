"""Decisions to ledger rows and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from functools import lru_cache
from sys import intern
from typing import Any

import orjson

from processor.decision import Decision
from processor.model import Candidate, Text

#: Fields of a decision that a column of the ledger does not hold as they are.
ENCODED = {"date", "due", "row", "column", "text", "evidence", "candidates", "steps", "parameters"}
PLAIN = tuple(field.name for field in fields(Decision) if field.name not in ENCODED)
#: Columns of which a line can be had without its sentence.
BARE = (*PLAIN, "date", "due", "fact", "cell")
#: Fields that each line has for itself; of the others there are few values, each of which is in memory once for all lines.
OWN = ("decision_id", "subject", "amount", "occurrence", "linked_to")
ALIKE = tuple(name for name in PLAIN if name not in OWN)
_NO_WORDS = Text("")


def row_of(decision: Decision, base: Decision) -> dict[str, Any]:
    """The row of a line; `base` is the line before answers, kept where they changed more than amount and status."""
    row = {name: getattr(decision, name) for name in PLAIN}
    detail = {
        "text": text_out(decision.text),
        "evidence": decision.evidence,
        "candidates": [(c.staff_no, text_out(c.reason), c.chosen) for c in decision.candidates],
        "steps": [text_out(step) for step in decision.steps],
        "parameters": decision.parameters,
    }
    if base.text != decision.text or base.staff_no != decision.staff_no:
        detail["base"] = (base.staff_no, base.staff_name, text_out(base.text))
    return row | {
        "date": decision.date.isoformat(),
        "due": decision.due.isoformat() if decision.due else None,
        "base_amount": base.amount,
        "base_status": base.status,
        "fact": decision.row,
        "cell": decision.column,
        "detail": orjson.dumps(detail, default=str, option=orjson.OPT_SERIALIZE_NUMPY).decode(),
    }


def decision_of(values: Mapping[str, Any]) -> Decision:
    """A line from its row: column -> value, as `row_of` makes it."""
    detail = orjson.loads(values["detail"])
    return Decision(
        **_stated(values),
        text=text_in(detail["text"]),
        evidence=tuple(detail["evidence"]),
        candidates=tuple(Candidate(staff, text_in(reason), chosen) for staff, reason, chosen in detail["candidates"]),
        steps=tuple(text_in(step) for step in detail["steps"]),
        parameters=_figures(orjson.dumps(detail["parameters"])),
    )


def bare_of(values: Mapping[str, Any]) -> Decision:
    """A line without its sentence, evidence and figures: what rules read of the lines of others, and cheap to have."""
    return Decision(**_stated(values), text=_NO_WORDS)


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    """What columns of their own hold."""
    stated = {name: values[name] for name in OWN}
    for name in ALIKE:
        stated[name] = intern(values[name])
    stated["date"] = _day(values["date"])
    stated["row"] = values["fact"]
    stated["column"] = intern(values["cell"])
    stated["due"] = _day(values["due"]) if values["due"] else None
    return stated


_day = lru_cache(maxsize=4096)(date.fromisoformat)


@lru_cache(maxsize=4096)
def _figures(stored: bytes) -> tuple[tuple[str, Any, str, str], ...]:
    """The figures of a line, which many others share."""
    return tuple(_figure(*figure) for figure in orjson.loads(stored))


def _figure(name: str, value: Any, since: str, origin: str = "") -> tuple[str, Any, str, str]:
    """A figure that was used; lines of earlier versions do not say who set it."""
    return name, value, since, origin


def base_of(values: Mapping[str, Any]) -> Decision:
    """The line as it was before answers."""
    line = replace(decision_of(values), amount=values["base_amount"], status=values["base_status"])
    base = orjson.loads(values["detail"]).get("base")
    if base is None:
        return line
    return replace(line, staff_no=base[0], staff_name=base[1], text=text_in(base[2]))


def text_out(text: Text) -> list[Any]:
    """A sentence as JSON keeps it."""
    return [text.template, {k: {"text": text_out(v)} if isinstance(v, Text) else v for k, v in text.args.items()}]


def text_in(stored: list[Any]) -> Text:
    """A sentence from what `text_out` made, and what JSON gave; nothing else may hold on to that."""
    template, args = stored
    for name, value in args.items():
        if isinstance(value, dict) and "text" in value:
            args[name] = text_in(value["text"])
    return Text(intern(template), args)
