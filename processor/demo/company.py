"""The sample company of `company.yaml`: its units, its staff, and the site.toml that runs it."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import yaml

from processor.demo.people import name
from processor.packaged import packaged

FILE = packaged("demo/company.yaml")
HIRED, CONFIRMED = date(2021, 3, 1), date(2021, 6, 1)


@dataclass(frozen=True)
class Company:
    """units: unit -> packs. roster: one dict a person, by the headers of the roster. settings: the rest of the file."""

    units: dict[str, list[str]]
    roster: list[dict[str, Any]]
    settings: dict[str, Any]

    def staff(self, unit: str, **wanted: str) -> list[str]:
        """Staff numbers of a unit whose roster columns have these values."""
        return [
            row["工号"]
            for row in self.roster
            if row["门店"] == unit and all(row.get(header) == value for header, value in wanted.items())
        ]


@cache
def load_company() -> Company:
    """The sample company, the same in every run."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    chance = random.Random("roster")
    names: set[str] = set()
    roster = [
        row for unit, about in data["units"].items() for group in about["staff"] for row in _people(unit, about, group)
    ]
    for row in roster:
        row["姓名"] = next(found for found in iter(lambda: name(chance), "") if found not in names)
        names.add(row["姓名"])
    units = {unit: about["packs"] for unit, about in data.pop("units").items()}
    return Company(units, roster, data)


def _people(unit: str, about: dict[str, Any], group: dict[str, Any]) -> list[dict[str, Any]]:
    head = about["staff"][0]["numbers"][0]
    common = {"门店": unit, "入职日期": HIRED, "转正日期": CONFIRMED, "直接主管工号": head}
    common |= {header: value for header, value in group.items() if header != "numbers"}
    return [
        {"工号": number} | common | ({"直接主管工号": None} if number == head else {}) for number in group["numbers"]
    ]


def site_text(company: Company) -> str:
    """The site.toml of the sample site."""
    settings = company.settings
    lines = [
        "# A sample site, made by `processor demo`. Every name, number and address in it is invented.",
        "[site]",
        f"name = {_toml(settings['name'])}",
        "settle_seconds = 0",
        "",
        "[schedule]",
        'run = ["monday 08:00"]',
        "",
        "[confirm]",
        f"managers = {_toml(settings['managers'])}",
        f"payroll = {_toml(settings['payroll'])}",
    ]
    for unit, packs in company.units.items():
        lines += ["", "[[units]]", f"name = {_toml(unit)}", f"packs = {_toml(packs)}"]
    for table in ("points", "wage_limit"):
        lines += ["", f"[{table}]", *(f"{key} = {_toml(value)}" for key, value in settings[table].items())]
    lines += ["", "[export]", f"profiles = {_toml(settings['profiles'])}"]
    for pack, values in settings["parameters"].items():
        lines += ["", f"[parameters.{pack}]", *(f"{key} = {_toml(value)}" for key, value in values.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
