"""A sample site in one folder: invented registers of two months and the end of a third, decided in six batches."""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from processor.errors import SiteError
from processor.messages import tell
from processor.progress import progress

if TYPE_CHECKING:
    from processor.batch.options import Result
    from processor.demo.company import Company
    from processor.voice import Voice

MARK = "sample-site.txt"
MARK_TEXT = "This folder was made by `processor demo`; making it again replaces everything in it.\n"
BATCHES = {"2026-08": date(2026, 8, 31), "2026-09": date(2026, 9, 30), "2026-10": date(2026, 10, 31)}
CLOSED = "2026-08"
LAST_BATCH = date(2026, 11, 4)
#: Runs a batch as of a day.
Batch = Callable[[date], "Result"]


def demo(folder: Path, say: Voice) -> int:
    """Make the sample site in `folder`, run it, and print where its pages are, as `say` says it; the exit code.

    Raises SiteError where the folder holds something that is no sample site.
    """
    folder = folder.resolve()
    _clear(folder)
    with progress() as tick:
        summary = make(folder, tick)
    program = Path(sys.argv[0]).name
    command = f"python {program}" if program == "run.py" else "processor"
    outbox = folder / "outbox"
    for told in (
        tell("the sample site is ready: {folder}", folder=folder),
        tell("  pages                {path}", path=summary),
        tell("  annotated workbooks  {path}", path=outbox / "annotated"),
        tell("  deduction sheets     {path}", path=outbox / "hr"),
        tell("  what staff delivered {path}", path=folder / "archive"),
        tell(
            "decide again with      {program} once --config {site} --as-of {day}",
            program=command,
            site=folder / "site.toml",
            day=LAST_BATCH,
        ),
    ):
        print(say(told))
    return 0


def make(folder: Path, tick: Callable[[str], None]) -> Path:
    """Write the sample site into an empty folder and run its batches; the page of the whole site."""
    from processor.batch.run import Options, run
    from processor.batch.setup import prepare
    from processor.batch.workers import working
    from processor.demo.company import load_company, site_text
    from processor.site_reader import load_site

    company = load_company()
    (folder / "inbox").mkdir(parents=True)
    (folder / "site.toml").write_text(site_text(company), encoding="utf-8")
    setup = prepare(load_site(folder / "site.toml"))
    with working(setup.site.workers) as workers:
        return _run_all(folder, company, tick, lambda day: run(setup, Options(day, tick=tick), workers))


def _run_all(folder: Path, company: Company, tick: Callable[[str], None], batch: Batch) -> Path:
    """Deliver the months one after the other and have a batch run on each; the page of the whole site."""
    from processor.demo.answers import CORRECTED, answer_pending, appeals, corrected, corrected_late
    from processor.demo.books import write_delivery
    from processor.demo.deliveries import deliveries
    from processor.demo.ordinary import ordinary_events
    from processor.demo.rules import approve_rules, propose_rules
    from processor.demo.scenes import planned_events

    inbox = folder / "inbox"
    made = list(deliveries(company, [*planned_events(company), *ordinary_events(company)]))
    for month, as_of in BATCHES.items():
        for delivery in made:
            if delivery.month == month:
                tick(delivery.name)
                write_delivery(delivery, inbox)
        if month != CLOSED:
            _strays(inbox, month)
        result = batch(as_of)
        book, [proposer, *_, approver] = folder / result.rulebook["path"], company.settings["managers"]
        if month == CLOSED:
            propose_rules(book, inbox / "规则簿-驿站.xlsx", proposer)
        else:
            approve_rules(book, inbox / "规则簿-批准.xlsx", approver)
        if month == CLOSED:
            _end_of_month(batch, folder, company.settings)
    manager = company.settings["managers"][0]
    answer_pending(
        folder / result.outputs["pending"], inbox / "待确认事项-已答复.xlsx", manager, company.staff("网店")[-1]
    )
    write_delivery(appeals(folder / result.outputs["decisions"], "网店", manager), inbox)
    write_delivery(corrected(next(delivery for delivery in made if delivery.name == CORRECTED)), inbox)
    write_delivery(corrected_late(made), inbox)
    result = batch(LAST_BATCH)
    return folder / result.outputs["summary"]


def _end_of_month(batch: Batch, folder: Path, settings: Mapping[str, Any]) -> None:
    """What a month ends with: answers, notices handed over, an objection that is granted, and the month closed by form."""
    from processor.demo import month

    inbox, outbox, managers = folder / "inbox", folder / "outbox", settings["managers"]
    month.answer_all(outbox, inbox, managers)
    objecting = month.hand_over(outbox, inbox, managers)
    with (outbox / "decisions.csv").open(encoding="utf-8-sig", newline="") as file:
        own = [row for row in csv.DictReader(file) if row["staff_no"] == objecting and row["amount"].startswith("-")]
    disputed = own[0]["decision_id"]
    month.appeal(inbox, disputed, objecting, None)
    batch(month.HANDED_OVER)
    month.appeal(inbox, disputed, objecting, next(number for number in managers if number != objecting))
    month.close_month(outbox, inbox, CLOSED, settings["payroll"][0])
    batch(month.CLOSED_ON)


def _strays(inbox: Path, month: str) -> None:
    """What should not lie there: a workbook that broke on its way, and the lock file of an open one."""
    (inbox / f"损坏的文件{month}.xlsx").write_bytes(b"PK\x03\x04 half a workbook")
    (inbox / f"~$打开的文件{month}.xlsx").write_bytes(b"\0" * 165)


def _clear(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).is_file())):
        mend = "name an empty or a new folder"
        raise SiteError("holds something that is no sample site; nothing was changed", where=str(folder), mend=mend)
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARK).write_text(MARK_TEXT, encoding="utf-8")
