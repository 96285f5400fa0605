"""TOML as people write it: a key in Chinese needs no quotes, as in TOML 1.1."""

from __future__ import annotations

import re
import tomllib
from typing import Any

#: Strings and comments, which stay as they are, or a bare key of letters that TOML 1.0 does not take.
_KEY = re.compile(
    r'"{3}.*?"{3}|\'{3}.*?\'{3}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*'
    r"|(?P<key>[\w-]*[^\W\x00-\x7f][\w-]*)(?=[ \t]*[=.\]])",
    re.DOTALL,
)


def loads(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises tomllib.TOMLDecodeError."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        quoted = _KEY.sub(lambda found: f'"{found[0]}"' if found["key"] else found[0], text)
        try:
            return tomllib.loads(quoted)
        except tomllib.TOMLDecodeError:
            raise error from None
