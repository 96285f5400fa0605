"""The planned events of the sample site: scenes/*.yaml, and an offence for every recorded clause of a unit's packs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import yaml

from processor.catalogue.catalogue import load_packs
from processor.catalogue.pack import Binding, Clause
from processor.catalogue.provision import GRAVITY
from processor.demo.company import Company
from processor.demo.people import customer
from processor.packaged import packaged

FOLDER = packaged("demo/scenes")
FIRST_DAY = date(2026, 9, 1)
DAYS = 61
RECORDED_FINE = "30"
CIRCUMSTANCES = ("当班主管登记", "本人已签字", "有记录为证", "两人在场见证")


@dataclass(frozen=True)
class Event:
    """One row of a register, by its headers; texts stand for values of the column's type."""

    register: str
    unit: str
    row: dict[str, Any]


def planned_events(company: Company) -> Iterator[Event]:
    """The rows of every scene, and the offences that follow from the packs."""
    number = 0
    for path in sorted(FOLDER.glob("*.yaml")):
        scene = yaml.safe_load(path.read_text(encoding="utf-8"))
        for register, text in scene["registers"].items():
            for row in csv.DictReader(io.StringIO(text)):
                yield Event(
                    register, scene["unit"], {header: _cell(header, value) for header, value in row.items() if value}
                )
        for prefix, staff in scene.get("offences", {}).items():
            for row in _offences(company, scene["unit"], prefix, staff):
                number += 1
                yield Event("discipline", scene["unit"], {"登记编号": f"JD{number:04d}"} | row)


def _cell(header: str, value: str) -> Any:
    return customer(int(value[1:])).cell(header) if value.startswith("@") else value


def _offences(company: Company, unit: str, prefix: str, staff: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Enough offences against each recorded clause to see every gravity and every step of its ladder."""
    packs = load_packs()
    head = company.staff(unit)[0]
    for pack in (packs[name] for name in company.units[unit]):
        for binding in pack.bindings:
            clause = pack.clauses[binding.clauses[0]]
            if (
                binding.provision is not None
                and binding.provision.mechanic == "recorded"
                and clause.id.startswith(prefix)
            ):
                yield from _against(clause, binding, staff, head)


def _against(clause: Clause, binding: Binding, staff: Sequence[str], head: str) -> Iterator[dict[str, Any]]:
    assert binding.provision is not None
    outcomes = binding.provision.gravity or {GRAVITY[0]: binding.provision.steps}
    seat = sum(map(ord, clause.id))
    for place, (gravity, steps) in enumerate(outcomes.items()):
        for step in range(len(steps)):
            day = FIRST_DAY + timedelta(days=(seat * 7 + place * 19 + step * 11) % DAYS)
            yield {
                "日期": day,
                "工号": staff[(seat + place) % len(staff)],
                "条款编号": clause.id,
                "情节": gravity,
                "金额": RECORDED_FINE if place == 0 and step == 0 and "recorded" in str(steps) else None,
                "说明": CIRCUMSTANCES[(seat + step) % len(CIRCUMSTANCES)],
                "登记人工号": head,
            }
