"""What a rule reads: the columns of each register, declared beside the rule and checked when a pack is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

#: register -> headers of the columns that a rule reads there
Columns = Mapping[str, frozenset[str]]

Rule = TypeVar("Rule", bound=Callable[..., Any])


def reads(
    of_args: Callable[[Mapping[str, Any]], Columns] | None = None,
    *,
    without_rows: bool = False,
    judges: str = "",
    **columns: str,
) -> Callable[[Rule], Rule]:
    """Declare a rule's columns: `@reads(orders="订单号 下单时间")`, headers parted by blanks.

    A rule sees no other column, and no row of which one of these could not be read. of_args: for columns that are
    arguments of the binding, the function that finds them there. without_rows: whether the rule finds something where
    none of its registers has a row (what nobody did is rewarded); any other rule is not even called then. judges: the
    register without whose rows the rule finds nothing, whatever the others hold.
    """
    fixed = {register: frozenset(headers.split()) for register, headers in columns.items()}

    def all_columns(args: Mapping[str, Any]) -> Columns:
        named = of_args(args) if of_args is not None else {}
        none: frozenset[str] = frozenset()
        return {register: fixed.get(register, none) | named.get(register, none) for register in {*fixed, *named}}

    def declare(rule: Rule) -> Rule:
        rule.columns = all_columns  # type: ignore[attr-defined]
        rule.without_rows = without_rows  # type: ignore[attr-defined]
        rule.judges = judges  # type: ignore[attr-defined]
        return rule

    return declare


def by_employee(rule: Rule) -> Rule:
    """Declare that a rule decides each employee on his own rows alone, whatever the rows of others say."""
    rule.by_employee = True  # type: ignore[attr-defined]
    return rule


def columns_of(rule: Callable[..., Any], args: Mapping[str, Any]) -> Columns:
    """The columns that a rule reads when it is bound with these arguments. Raises LookupError if it declares none."""
    declared = getattr(rule, "columns", None)
    if declared is None:
        raise LookupError(f"{rule.__module__}.{rule.__name__} declares no columns")
    return declared(args)


def judged_by(rule: Callable[..., Any]) -> str:
    """The register without whose rows the rule finds nothing; empty where it declares none."""
    return getattr(rule, "judges", "")


def finds_without_rows(rule: Callable[..., Any]) -> bool:
    """Whether the rule is to be asked where none of its registers has a row."""
    return getattr(rule, "without_rows", False)
