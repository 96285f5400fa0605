"""Checks a site before it runs: settings, packs, figures, roster, calendar."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from processor.batch.cases import failed
from processor.batch.setup import Setup, faults, prepare
from processor.errors import ProcessorError
from processor.holidays import known_years
from processor.ledger import transaction
from processor.site import load_site


def check(config: Path) -> tuple[list[ProcessorError], list[str]]:
    """Every fault (the site cannot run) and remarks (it can, but look)."""
    try:
        site = load_site(config)
    except ProcessorError as fault:
        return [fault], []
    found = faults(site)
    if found:
        return found, []
    setup = prepare(site)
    try:
        return failed(setup.catalogue.cases, setup.catalogue), _remarks(setup)
    except ProcessorError as fault:
        return [fault], []


def _remarks(setup: Setup) -> list[str]:
    years = known_years()
    remarks = [f"public holidays are known for {years[0]} to {years[-1]}; in other years no day is a named holiday"]
    with transaction(setup.site.ledger, setup.registers, setup.empty, keep=False) as ledger:
        roster = ledger.roster.known(date.max).on(date.max)
    if roster.empty:
        return [
            *remarks,
            "the roster is empty: drop an 员工花名册 into the inbox, rows without a known employee do not count",
        ]
    for manager in sorted(setup.site.managers - set(roster.index)):
        remarks.append(f"site.toml confirm.managers: {manager} is not in the roster; the answers count all the same")
    for staff_no, unit in roster["门店"].items():
        if unit not in setup.units:
            remarks.append(f"roster: {staff_no} belongs to {unit}, which is no unit of site.toml")
    supervisors = roster["直接主管工号"].dropna()
    for staff_no, supervisor in supervisors[~supervisors.isin(roster.index)].items():
        remarks.append(f"roster: {staff_no} names the supervisor {supervisor}, who is not in the roster")
    return remarks
