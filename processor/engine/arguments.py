"""Whether the arguments of a binding are those that its rule takes: names, and figures and outcomes where it wants them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from processor.messages import tell
from processor.rules.job import Job

_CALLED = {"Parameter": tell("a figure of the pack ($name)"), "Outcome": tell("an outcome (effect: …)")}


def check_arguments(rule: Callable[..., Any], args: Mapping[str, Any]) -> None:
    """Raises TypeError that names an argument that is missing, unknown, or of another type than the rule declares."""
    signature, hints = _declared(rule)
    signature.bind(None, **args)
    for name, value in args.items():
        if name in hints and not _fits(value, hints[name]):
            kind = _CALLED.get(getattr(hints[name], "__name__", ""), str(hints[name]))
            raise TypeError(tell("{name}: expected {kind}, found {found!r}", name=name, kind=kind, found=value))


@cache
def _declared(rule: Callable[..., Any]) -> tuple[inspect.Signature, Mapping[str, Any]]:
    """The arguments of a rule and their types; a rule is bound in several packs and checked in every batch."""
    return inspect.signature(rule), get_type_hints(rule, localns={"Job": Job})


def _fits(value: Any, hint: Any) -> bool:
    kind, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if kind in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if kind is None:
        return isinstance(value, hint)
    if not isinstance(value, kind) or isinstance(value, str):
        return False
    if issubclass(kind, Mapping):
        return all(_fits(item, inner[1]) for item in value.values())
    return not issubclass(kind, Collection) or all(_fits(item, inner[0]) for item in value)
