"""Finds messages for the catalogues: sentences of rules, words of reports, texts of policy packs."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

import yaml

Message = tuple[int, str, str, list[str]]

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_POLICY_KEYS = frozenset(
    {"title", "rule", "reading", "unit", "action", "says", "open_says", "remind_says", "none", "up", "down", "same"}
)


def sentences(
    file: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Message]:
    """Chinese literals inside `say(...)`, and Chinese templates with {names} wherever they stand."""
    tree = ast.parse(file.read())
    said = {
        id(node)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "say"
        for node in ast.walk(call)
    }
    for node in _literals(tree):
        if id(node) in said or "{" in node.value:
            yield node.lineno, "say", node.value, []


def words(
    file: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Message]:
    """Every Chinese literal that is no docstring."""
    for node in _literals(ast.parse(file.read())):
        yield node.lineno, "say", node.value, []


def packs(
    file: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Message]:
    """Titles, rules, readings, units, actions and sentences of a policy pack."""
    yield from _texts(yaml.compose(file.read().decode("utf-8"), yaml.SafeLoader))


def _literals(tree: ast.Module) -> Iterator[Any]:
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    headers = {id(node.slice) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) not in inside | statements | headers and _CHINESE.search(node.value):
            yield node


def _texts(node: yaml.Node | None) -> Iterator[Message]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _texts(item)
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        if not isinstance(value, yaml.ScalarNode):
            yield from _texts(value)
        elif key.value in _POLICY_KEYS and _CHINESE.search(value.value):
            yield value.start_mark.line + 1, "say", value.value, []
