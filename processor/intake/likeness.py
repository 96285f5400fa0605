"""How alike headers are to the names of the registers' columns: by their letters, and with one word for each thing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import yaml

from processor.catalogue.register import Column, Register
from processor.intake.headers import fold_header
from processor.packaged import packaged

_USUAL_NAME = 0.98  # what it is worth to be exactly what offices also call a column

Scores = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Names:
    """Every header and synonym of the registers, folded. few: the same in few words; starts: where in `order`, places
    among the unique names, those of each column begin; own: of each in `order`, whether it is no more than usual;
    places: register -> its columns.
    """

    unique: list[str]
    few: list[str]
    few_of: list[int]
    order: list[int]
    starts: list[int]
    own: Scores
    places: Mapping[str, list[int]]
    known: frozenset[str]

    @staticmethod
    @lru_cache(maxsize=2)
    def of(registers: tuple[Register, ...]) -> Names:
        texts: list[str] = []
        own: list[float] = []
        starts: list[int] = []
        places: dict[str, list[int]] = {}
        count = 0
        for register in registers:
            places[register.name] = []
            for column in register.columns:
                starts.append(len(texts))
                names, usual = _names_of(register, column), _usual_of(register, column)
                texts += list(map(_folded, (*names, *usual)))
                own += [1.0] * len(names) + [0.0] * len(usual)
                places[register.name].append(count)
                count += 1
        unique = list(dict.fromkeys(texts))
        index = {text: at for at, text in enumerate(unique)}
        few = list(dict.fromkeys(map(in_few_words, unique)))
        few_index = {text: at for at, text in enumerate(few)}
        few_of = [few_index[in_few_words(text)] for text in unique]
        order = [index[text] for text in texts]
        return Names(unique, few, few_of, order, starts, np.array(own), places, frozenset(texts))

    def similarities(self, headers: Sequence[str]) -> tuple[Scores, Scores]:
        """How alike each header is to the best name of each column, 0 to 1; and to the best of its own names."""
        from rapidfuzz import fuzz, process

        plain = [_folded(header) for header in headers]
        literal = process.cdist(plain, self.unique, scorer=fuzz.ratio, dtype=np.float32) / 100
        meant = process.cdist(list(map(in_few_words, plain)), self.few, scorer=fuzz.ratio, dtype=np.float32) / 100
        alike = np.maximum(literal, 0.95 * meant[:, self.few_of])
        alike = alike[:, self.order]
        usual = np.maximum.reduceat(alike * np.where(self.own, 1.0, _USUAL_NAME), self.starts, axis=1)
        return usual, np.maximum.reduceat(alike * self.own, self.starts, axis=1)


def _folded(header: str) -> str:
    """A header folded, without its unit or what stands in brackets."""
    names = fold_header(header).names
    return names[-1] if names else ""


def _names_of(register: Register, column: Column) -> list[str]:
    """What a column may be called: an employee's also without the word for his number."""
    names = [column.header, *column.synonyms]
    if column.type == "staff":
        bare = column.header.removesuffix("工号")
        names += [f"{bare}姓名", f"{bare}人", f"{bare}员"] if bare else ["姓名", "员工"]
    return names


def _usual_of(register: Register, column: Column) -> list[str]:
    """What offices also call a column, by which a question is asked well but nothing is sure."""
    numbers = ["编号", "单号"] if column.header == register.number else []
    return [*numbers, *usual_of(register.name).get("names", {}).get(column.header, ())]


@cache
def _usual_names() -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = yaml.load(
        packaged("intake/usual_names.yaml").read_text(encoding="utf-8"),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    )
    return found


def usual_of(register: str) -> Mapping[str, Any]:
    """What else a register's columns are called, and the words of its trade."""
    return _usual_names().get(register, {})


@lru_cache(maxsize=8192)
def in_few_words(name: str) -> str:
    """A header with one word for each thing, whatever word it was written with."""
    return _words().sub(lambda found: _first_words()[found[0]], name)


@cache
def _first_words() -> Mapping[str, str]:
    groups = yaml.safe_load(packaged("intake/likeness.yaml").read_text(encoding="utf-8"))
    return {word: group[0] for group in groups for word in group}


@cache
def _words() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(_first_words(), key=len, reverse=True))))
