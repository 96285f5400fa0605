"""What must hold for any order and any split of the same rows over batches."""

from __future__ import annotations

import csv
import io
import random
import re
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from casework import CASES, load_cases
from depth import DEPTH
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sitework import Site, make_site

FOLDERS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
PLAIN = [(id, case) for id, case in load_cases(*FOLDERS) if "steps" not in case]
PLACE = ("file", "sheet", "row")


def decided(site: Site) -> list[dict[str, str]]:
    """decisions.csv without the places of the rows."""
    return [{name: value for name, value in line.items() if name not in PLACE} for line in site.lines()]


def site_of(case: dict[str, Any], folder: str) -> Site:
    return make_site(Path(folder), case["units"], points=case.get("points"), parameters=case.get("parameters"))


def decided_at_once(case: dict[str, Any], folder: str) -> list[dict[str, str]]:
    """What one batch decides of all rows of the case, as `decided` tells it."""
    site = site_of(case, f"{folder}/whole")
    site.drop(case["registers"])
    site.once(case["as_of"])
    return decided(site)


def split(case: dict[str, Any], shuffle: random.Random, parts: int) -> list[dict[str, str]]:
    """The case's rows in a new order, dealt over `parts` deliveries."""
    deliveries: list[dict[str, list[str]]] = [{} for _ in range(parts)]
    for name, text in case["registers"].items():
        header, *rows = list(csv.reader(io.StringIO(text.strip())))
        shuffle.shuffle(rows)
        for row in rows:
            deliveries[shuffle.randrange(parts)].setdefault(name, [header]).append(row)
    return [{name: _text(rows) for name, rows in delivery.items()} for delivery in deliveries if delivery]


def _text(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def newest(delivery: dict[str, str]) -> date:
    """The newest day that a cell names: before it the row would tell of an event that has not happened."""
    return max(map(date.fromisoformat, re.findall(r"\d{4}-\d{2}-\d{2}", " ".join(delivery.values()))))


def rows_have_one_version(case: dict[str, Any]) -> bool:
    """Whether no row supersedes another inside the case: then the order of rows cannot matter."""
    from processor.catalogue.register_reader import load_registers
    from processor.intake import frame_from_csv, key_of

    known = load_registers()
    return all(
        key_of(known[name], frame_from_csv(known[name], text)).is_unique for name, text in case["registers"].items()
    )


@settings(max_examples=3 * DEPTH, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    index=st.integers(0, len(PLAIN) - 1),
    seed=st.integers(0, 10_000),
    parts=st.integers(1, 3),
    days=st.integers(0, 45),
)
def test_any_order_and_any_split_of_rows_decides_the_same(index: int, seed: int, parts: int, days: int) -> None:
    """days: how long before the last day of the case its first rows were already decided, but for rows of later days."""
    _, case = PLAIN[index]
    if not rows_have_one_version(case):
        return
    with tempfile.TemporaryDirectory() as folder:
        whole = decided_at_once(case, folder)
        dealt = site_of(case, f"{folder}/dealt")
        last = date.fromisoformat(str(case["as_of"]))
        for number, delivery in enumerate(split(case, random.Random(seed), parts)):
            dealt.drop(delivery, f"{number}.xlsx")
            known = min(last, max(last - timedelta(days // (number + 1)), newest(delivery)))
            dealt.once(known.isoformat())
        dealt.once(last.isoformat())
        assert decided(dealt) == whole


@settings(max_examples=3 * DEPTH, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(index=st.integers(0, len(PLAIN) - 1), seed=st.integers(0, 10_000))
def test_a_roster_that_is_corrected_later_decides_as_if_it_had_been_right_at_once(index: int, seed: int) -> None:
    _, case = PLAIN[index]
    if not rows_have_one_version(case):
        return
    with tempfile.TemporaryDirectory() as folder:
        whole = decided_at_once(case, folder)
        later = site_of(case, f"{folder}/later")
        later.drop(case["registers"] | {"roster": _doubtful(case["registers"]["roster"], random.Random(seed))})
        later.once(case["as_of"])
        later.drop({"roster": case["registers"]["roster"]}, "花名册.xlsx")
        later.once(case["as_of"])
        assert decided(later) == whole


def _doubtful(roster: str, chance: random.Random) -> str:
    """A roster in which a few employees are missing, a few are said to be hired, made permanent or gone otherwise, and a
    few lack their post, department or head: what was blank counts from the beginning once it is filled (G18).
    """
    header, *rows = list(csv.reader(io.StringIO(roster.strip())))
    for row in rows:
        for place, name in enumerate(header):
            if name in ("入职日期", "转正日期", "离职日期") and chance.random() < 0.2:
                day = date(2026, chance.randint(1, 12), chance.randint(1, 28))
                row[place] = day.isoformat() if name == "入职日期" else chance.choice(["", day.isoformat()])
            elif name in ("岗位", "部门", "直接主管工号") and chance.random() < 0.1:
                row[place] = ""
    return _text([header, *(row for row in rows if chance.random() < 0.8)])


@settings(max_examples=2 * DEPTH, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(index=st.integers(0, len(PLAIN) - 1))
def test_the_same_workbook_again_changes_nothing(index: int) -> None:
    _, case = PLAIN[index]
    with tempfile.TemporaryDirectory() as folder:
        site = site_of(case, folder)
        book = site.drop(case["registers"])
        kept = shutil.copy(book, f"{folder}/kept.xlsx")
        site.once(case["as_of"])
        before = site.lines()
        shutil.copy(kept, book)
        result = site.once(case["as_of"])
        assert [report["status"] for report in result["workbooks"]] == ["duplicate"]
        assert site.lines() == before
        assert site.lines("changes.csv") == []
