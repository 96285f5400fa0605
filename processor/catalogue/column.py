"""The columns of registers: what may stand in a cell and how a column is declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from processor.errors import RegisterError
from processor.messages import tell

TYPES = frozenset(
    {
        "id",
        "staff",
        "staff_list",
        "text",
        "date",
        "month",
        "time",
        "datetime",
        "money",
        "number",
        "count",
        "phone",
        "idno",
        "yesno",
        "choice",
    }
)
#: The types of moments and of times of day in canonical frames: whole microseconds.
DATETIME: Final = "datetime64[us]"
TIMEDELTA: Final = "timedelta64[us]"
#: type of a column -> the type of its canonical values
DTYPES: Mapping[str, Any] = {
    **dict.fromkeys(("id", "staff", "staff_list", "text", "phone", "idno", "choice", "month"), "str"),
    **dict.fromkeys(("date", "datetime"), DATETIME),
    "time": TIMEDELTA,
    "money": "Int64",
    "number": "float64",
    "count": "Int64",
    "yesno": "boolean",
}
#: key of a column -> what stands there
_COLUMN_KEYS = {
    "type": "text",
    "choices": "texts",
    "required": "flag",
    "optional": "flag",
    "units": "table",
    "synonyms": "texts",
    "names": "text",
    "words": "lists",
    "range": "range",
    "future": "flag",
    "own_year": "flag",
    "evidence": "flag",
    "beside": "text",
    "nothing": "texts",
}


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "texts": _are_texts,
    "flag": lambda value: isinstance(value, bool),
    "table": lambda value: isinstance(value, dict),
    "lists": lambda value: isinstance(value, dict) and all(_are_texts(texts) for texts in value.values()),
    "groups": lambda value: isinstance(value, list) and all(_are_texts(texts) for texts in value),
}
_CALLED = {
    "text": tell("a text"),
    "texts": tell("a list of texts"),
    "flag": tell("true or false"),
    "table": tell("a table"),
    "lists": tell("a table of lists of texts"),
    "groups": tell("a list of lists of texts"),
}


@dataclass(frozen=True)
class Column:
    """One column: `required` cells must be filled, an `optional` column may be absent.

    Of the types, `staff` is one employee and `staff_list` several, joined by 、 or ;, by number or by name.
    names: the column of the employee whose name stands here.
    `units` maps a unit that may stand behind a number or in brackets in the header to its factor.
    words: another word that staff write -> the choice that it means.
    range: the least and the greatest number that can be meant; None on a side without a bound.
    future: a date that may lie after the day of the batch; the others tell what has happened.
    own_year: a date of any year, of which title and neighbours say nothing.
    evidence: an empty cell says that something was not done, which a sheet without the column does not say.
    beside: the column without which this one says nothing.
    nothing: texts by which staff say that there is nothing to write; such a cell is empty.
    """

    header: str
    type: str
    choices: tuple[str, ...] = ()
    required: bool = False
    optional: bool = False
    units: Mapping[str, int] = field(default_factory=dict, hash=False)
    synonyms: tuple[str, ...] = ()
    names: str = ""
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    range: tuple[float | None, float | None] = (None, None)
    future: bool = False
    own_year: bool = False
    evidence: bool = False
    beside: str = ""
    nothing: tuple[str, ...] = ()


def check_kinds(data: Mapping[str, Any], kinds: Mapping[str, str], where: str) -> None:
    """Raises RegisterError on a value that is none of its kind: a text, texts in a list, true or false, a table."""
    for key, kind in kinds.items():
        if key in data and not _KINDS[kind](data[key]):
            raise RegisterError(
                tell("expected {kind}, found {found!r}", kind=_CALLED[kind], found=data[key]), where=f"{where}{key}"
            )


def read_column(file: str, header: Any, data: Any) -> Column:
    """A column as a register's file declares it. Raises RegisterError naming file and key."""
    where = f"{file}: columns.{header}"
    if not isinstance(header, str) or not header.strip():
        raise RegisterError("a header is a text", where=where, mend="quote it")
    if not isinstance(data, dict):
        raise RegisterError("must be a mapping with at least a type", where=where)
    unknown = set(data) - set(_COLUMN_KEYS)
    if unknown:
        raise RegisterError(tell("unknown key {unknown}", unknown=", ".join(sorted(map(str, unknown)))), where=where)
    if data.get("type") not in TYPES:
        raise RegisterError(
            tell("{data!r} is none of {types}", data=data.get("type"), types=", ".join(sorted(TYPES))),
            where=f"{where}.type",
        )
    check_kinds(data, {key: kind for key, kind in _COLUMN_KEYS.items() if kind in _KINDS}, f"{where}.")
    if (data["type"] == "choice") != bool(data.get("choices")):
        raise RegisterError("needed for type choice, and only there", where=f"{where}.choices")
    return Column(
        header=header,
        type=data["type"],
        choices=tuple(data.get("choices", ())),
        required=bool(data.get("required", False)),
        optional=bool(data.get("optional", False)),
        units=MappingProxyType(dict(data.get("units", {}))),
        synonyms=tuple(data.get("synonyms", ())),
        names=str(data.get("names", "")),
        words=_words(data, where),
        range=_range(data, where),
        future=bool(data.get("future", False)),
        own_year=bool(data.get("own_year", False)),
        evidence=bool(data.get("evidence", False)),
        beside=str(data.get("beside", "")),
        nothing=tuple(data.get("nothing", ())),
    )


def _words(data: Mapping[str, Any], where: str) -> Mapping[str, str]:
    """Other word -> choice, from choice -> its other words."""
    groups = data.get("words", {})
    strangers = [choice for choice in groups if choice not in data.get("choices", ())]
    if strangers:
        raise RegisterError(
            tell("{strangers}: no choice of the column", strangers="、".join(strangers)), where=f"{where}.words"
        )
    return MappingProxyType({word: choice for choice, words in groups.items() for word in words})


def _range(data: Mapping[str, Any], where: str) -> tuple[float | None, float | None]:
    bounds = data.get("range", [None, None])
    numeric = data["type"] in ("number", "count", "money") or "range" not in data
    told = [bound for bound in bounds if bound is not None] if isinstance(bounds, list) else []
    numbers = [bound for bound in told if isinstance(bound, (int, float)) and not isinstance(bound, bool)]
    if not numeric or told != numbers or numbers != sorted(numbers) or not isinstance(bounds, list) or len(bounds) != 2:
        raise RegisterError("a least and a greatest number, of a column of numbers", where=f"{where}.range")
    return bounds[0], bounds[1]
