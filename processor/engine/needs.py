"""Which cells a rule needs: a row with an unreadable one of them is passed over by that rule, and only by that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from types import CodeType
from typing import Any

import pandas as pd

from processor.rules.job import UNREAD, with_cells


@cache
def reached(rule: Callable[..., Any]) -> frozenset[Callable[..., Any]]:
    """The rule and every function of processor.rules that it can call."""
    seen: set[Callable[..., Any]] = set()
    waiting = [rule]
    while waiting:
        function = waiting.pop()
        if function not in seen:
            seen.add(function)
            for code in _codes(function.__code__):
                for name in code.co_names:
                    waiting += _helpers(function.__globals__.get(name))
    return frozenset(seen)


@cache
def mentioned(rule: Callable[..., Any]) -> frozenset[str]:
    """Every text that a rule's code names, its helpers' included: the headers that it reads are among them."""
    codes = (code for function in reached(rule) for code in _codes(function.__code__))
    return frozenset(text for code in codes for text in _texts(code.co_consts))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, (tuple, list, frozenset)):
            yield from _texts(value)
        elif isinstance(value, Mapping):
            yield from _texts([*value.keys(), *value.values()])


def _helpers(thing: Any) -> list[Callable[..., Any]]:
    if isinstance(thing, type):
        return [member for member in vars(thing).values() if _ours(member)]
    return [thing] if _ours(thing) else []


def _ours(thing: Any) -> bool:
    return hasattr(thing, "__code__") and str(thing.__module__).startswith("processor.rules")


def readable(
    rule: Callable[..., Any], args: Mapping[str, Any], facts: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """The facts without the rows of which the rule needs an unreadable cell.

    A rule that calls `with_cells` decides by itself which cells a row must have.
    """
    if with_cells in reached(rule):
        return dict(facts)
    needed = mentioned(rule) | set(_texts(args.values()))
    return {register: _without(frame, needed) for register, frame in facts.items()}


def _without(frame: pd.DataFrame, needed: frozenset[str] | set[str]) -> pd.DataFrame:
    if UNREAD not in frame or not frame[UNREAD].any():
        return frame
    return with_cells(frame, set(needed)).reset_index(drop=True)
