"""Figures as managers write them: every value of every pack comes back as it was."""

from __future__ import annotations

import pytest

from processor.catalogue.catalogue import load_packs
from processor.rulebook.values import read, written


def test_every_figure_of_every_pack_is_read_as_it_was_written() -> None:
    for pack in load_packs().values():
        for figure in pack.parameters.values():
            for value in figure.values.values():
                told = written(figure.type, value)
                assert not told or read(figure.type, told) == value, f"{pack.name}.{figure.name}: {told}"


@pytest.mark.parametrize(
    ("kind", "told", "value"),
    [
        ("money", "200", 20_000),
        ("money", "１,２００．５元", 120_050),
        ("time", "17：30", 63_000),
        ("time", "17:30:00", 63_000),
        ("boolean", "否", False),
        ("number", "95%", 0.95),
        ("points", "b1", "B1"),
        ("list:count", "3、4，5", [3, 4, 5]),
        ("table:money", "甲=1；乙＝2.50", {"甲": 100, "乙": 250}),
    ],
)
def test_other_ways_of_writing_are_read_too(kind: str, told: str, value: object) -> None:
    assert read(kind, told) == value


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("money", "-5"), ("money", "1,20.5"), ("list:money", "1,000、2,000"),
        ("list:count", "3 4 5"), ("money", "1 200"), ("time", "1 7:30"),
        ("money", "1.005"), ("money", "五十"), ("count", "1.5"), ("count", "-1"), ("time", "25:99"),
        ("boolean", "也许"), ("points", "D1"), ("number", "nan"), ("list:count", "3、"), ("table:money", "甲"),
        ("table:money", "甲=1；甲=2"), ("text", " "),
    ],
)  # fmt: skip
def test_what_is_no_value_of_the_type_is_refused(kind: str, told: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        read(kind, told)
