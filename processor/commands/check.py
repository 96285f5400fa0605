"""Checks a site before it runs: settings, packs, figures, roster, calendar."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from processor import notify
from processor.batch.cases import failed
from processor.batch.policies import differing_figures, lost_days, lost_rules
from processor.batch.rules import book_of, under
from processor.batch.setup import Setup, faults, prepare
from processor.batch.units import unknown_units
from processor.catalogue.law import law_of
from processor.errors import ProcessorError, SiteError
from processor.holidays import known_years
from processor.ledger import transaction
from processor.messages import listed, tell
from processor.settle.settlement import UNSET
from processor.site import Site
from processor.site_reader import read_site

#: What is not verified of an entry of the law, by its key.
UNVERIFIED = {
    "since": tell("the day from which it holds"),
    "says": tell("the words"),
    "article": tell("the number of the article"),
    "forbids": tell("the number of the article that forbids fines"),
}


def check(config: Path) -> tuple[list[ProcessorError], list[str]]:
    """Every fault (the site cannot run) and remarks (it can, but look)."""
    try:
        site, wrong = read_site(config)
    except ProcessorError as fault:
        return [fault], []
    found = [*wrong, *faults(site), *(notify.faults(site) if site.addresses else [])]
    if found:
        return found, []
    setup = prepare(site)
    try:
        with transaction(site.ledger, setup.registers, keep=False) as ledger:
            roster = ledger.versions.roster(date.max).on(date.max)
            found = _missing_folders(site) if ledger.runs.last() else []
            missing = unknown_units(ledger, setup)
            otherwise = differing_figures(setup, ledger)
            in_force = under(setup, book_of(setup, ledger))
            lost, days = lost_rules(in_force, ledger), lost_days(in_force, ledger)
        found += [missing] if missing is not None else []
        found += failed(setup.catalogue.cases, setup.catalogue)
    except ProcessorError as fault:
        return [fault], []
    figures = [
        tell("site.toml {name}: not what closed months used; it holds from the first open day", name=name)
        for name in otherwise
    ]
    figures += [
        tell(
            "{unit} {months}: closed under a version of pack {pack} that this program cannot decide by; these months stay as they are",
            unit=unit,
            months=", ".join(sorted(months)),
            pack=pack,
        )
        for unit, pack, months in lost
    ]
    figures += [
        tell(
            "{unit} before {day}: this program does not have, or cannot decide by, the version of pack {pack} "
            "that decided {clauses}; what stands stays, what comes of these days follows the rules of today",
            unit=unit,
            day=max(span.end for span in spans),
            clauses=", ".join(sorted({span.clause for span in spans})),
            pack=pack,
        )
        for unit, pack, spans in days
    ]
    return found, [*_remarks(setup, roster), *figures, *_of_managers(site, roster), *_of_law(site)]


def _missing_folders(site: Site) -> list[ProcessorError]:
    """Folders that were there when a batch ran and are gone: a share may be disconnected."""
    return [
        SiteError(
            "the folder is missing", where=f"site.toml site.{key}", mend=tell("connect or restore {path}", path=path)
        )
        for key in ("inbox", "outbox", "archive")
        if not (path := getattr(site, key)).is_dir()
    ]


def _of_managers(site: Site, roster: pd.DataFrame) -> list[str]:
    named = {("confirm.managers", number) for number in site.managers}
    named |= {("confirm.payroll", number) for number in site.payroll}
    named |= {(f"units {unit.name}.managers", number) for unit in site.units for number in unit.managers}
    remarks: list[str] = [
        tell(
            "site.toml {where}: {number} is not in the roster; the answers count all the same",
            where=where,
            number=number,
        )
        for where, number in sorted(named)
        if number not in roster.index and not roster.empty
    ]
    if not site.managers:
        alone = [unit.name for unit in site.units if not unit.managers]
        remarks += [
            tell("site.toml units {name}: nobody is its manager, so nobody can answer its decisions", name=name)
            for name in alone
        ]
    return remarks


def _of_law(site: Site) -> list[str]:
    law = law_of(site.law.region)
    if law is None:
        return [
            tell("site.toml law.region: no region is set, the HR workbook says {words}", words=UNSET),
        ]
    remarks: list[str] = [
        tell(
            "site.toml law.region: deductions are checked by the law of {region}; an aid, not legal advice",
            region=law.region,
        )
    ]
    unread = [entry.cited for entry in law.entries if not entry.reviewed_by]
    if unread:
        remarks.append(
            tell("law of {region}: no lawyer has read {entries}", region=law.region, entries="、".join(unread))
        )
    remarks += [
        tell(
            "law of {region}: of {entry} was not verified: {what}",
            region=law.region,
            entry=entry.cited,
            what=listed(UNVERIFIED[key] for key in entry.unverified),
        )
        for entry in law.entries
        if entry.unverified
    ]
    prior = law.prior_notice(date.max)
    if prior is not None and not site.notice.required:
        remarks.append(
            tell(
                "site.toml notice.required: {region} demands 书面通知 (written notice) before a deduction ({entry}), so it is required",
                region=law.region,
                entry=prior.cited,
            )
        )
    if law.floor(date.max) and not site.wage_limit.minimum_wage.on(date.max):
        remarks.append(
            tell(
                "site.toml wage_limit.minimum_wage: in {region} the minimum wage must be left; write down what it is there",
                region=law.region,
            )
        )
    return remarks


def _remarks(setup: Setup, roster: pd.DataFrame) -> list[str]:
    years = known_years()
    remarks: list[str] = [
        tell(
            "public holidays are known for {first} to {last}; in other years no day is a named holiday",
            first=years[0],
            last=years[-1],
        )
    ]
    if roster.empty:
        return [
            *remarks,
            "the roster is empty: drop an 员工花名册 into the inbox, rows without a known employee do not count",
        ]
    for staff_no, unit in roster["门店"].items():
        if unit not in setup.units:
            remarks.append(
                tell("roster: {number} belongs to {unit}, which is no unit of site.toml", number=staff_no, unit=unit)
            )
    supervisors = roster["直接主管工号"].dropna()
    for staff_no, supervisor in supervisors[~supervisors.isin(roster.index)].items():
        remarks.append(
            tell(
                "roster: {number} names the supervisor {supervisor}, who is not in the roster",
                number=staff_no,
                supervisor=supervisor,
            )
        )
    return remarks
