"""YAML files as people write them: what cannot be read is named with its line, and nothing is said twice in silence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from processor.messages import tell

_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE, _DAY = "tag:yaml.org,2002:merge", "tag:yaml.org,2002:timestamp"
_constructor = yaml.constructor.SafeConstructor()


def text_of(path: Path) -> str:
    """The text of a file in UTF-8, with or without a byte order mark. Raises ValueError that says what is wrong."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(tell("is no text in UTF-8; save it as UTF-8")) from error
    except OSError as error:
        raise ValueError(tell("cannot be read: {why}", why=error.strerror)) from error


def document(text: str) -> Any:
    """The one document of a text. Raises ValueError that says in which line what is wrong."""
    found = list(documents(text))
    if len(found) > 1:
        raise ValueError(tell("expected one document, found {number} parted by ---", number=len(found)))
    return found[0] if found else None


def documents(text: str) -> Iterator[Any]:
    """The documents of a text, in order. Raises ValueError that says in which line what is wrong."""
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                _check(node, ())
                yield loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise ValueError(
            tell("not readable as YAML: line {line}: {problem}", line=line, problem=error.problem)
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(tell("not readable as YAML: {error}", error=str(error).replace("\n", " "))) from error
    finally:
        loader.dispose()


def _check(node: yaml.Node, above: tuple[int, ...]) -> None:
    """Raises ValueError on a key that stands twice in a table, on what holds itself, and on a day of no calendar."""
    line = node.start_mark.line + 1
    if id(node) in above:
        raise ValueError(tell("line {line}: holds itself", line=line))
    if isinstance(node, yaml.MappingNode):
        seen: set[tuple[str, str]] = set()
        for key, value in node.value:
            said = (key.tag, str(key.value))
            if said in seen and key.tag != _MERGE:
                raise ValueError(
                    tell("line {line}: {key} stands twice", line=key.start_mark.line + 1, key=str(key.value))
                )
            seen.add(said)
            for part in (key, value):
                _check(part, (*above, id(node)))
    elif isinstance(node, yaml.SequenceNode):
        for part in node.value:
            _check(part, (*above, id(node)))
    elif isinstance(node, yaml.ScalarNode) and node.tag == _DAY:
        try:
            _constructor.construct_yaml_timestamp(node)
        except ValueError:
            raise ValueError(tell("line {line}: {day} is no day of the calendar", line=line, day=node.value)) from None
