"""The entry of each command: it calls, prints, and returns the exit code. Heavy imports stay where they are used."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from processor.errors import ProcessorError
from processor.messages import tell
from processor.timetable import today
from processor.voice import fault_in

if TYPE_CHECKING:
    from processor.batch.run import Result
    from processor.batch.setup import Setup
    from processor.catalogue.pack import Pack
    from processor.voice import Voice

EXIT_UNEXPECTED = 70


def _setup(config: Path) -> Setup:
    from processor.batch.setup import prepare
    from processor.site_reader import load_site

    return prepare(load_site(config))


def once(arguments: argparse.Namespace) -> int:
    """One batch."""
    from processor.batch.run import Options, run
    from processor.progress import progress

    setup = _setup(arguments.config)
    with progress(quiet=arguments.json) as tick:
        result = run(setup, Options(arguments.as_of or today(), dry_run=arguments.dry_run, tick=tick))
    if arguments.json:
        print(json.dumps(as_json(result), ensure_ascii=False))
    else:
        _tell(result, arguments.say)
    return result.exit_code


def every_site(arguments: argparse.Namespace) -> int:
    """One batch of every site below a folder, a line each; the worst exit code."""
    from processor.batch.run import Options
    from processor.commands.sites import run_all
    from processor.progress import progress

    worst = 0
    with progress() as tick:
        options = Options(arguments.as_of or today(), tick=tick)
        for config, outcome in run_all(arguments.sites, options):
            code, told = _outcome(outcome, config, arguments)
            worst = max(worst, code)
            print(f"{code} {config.parent.relative_to(arguments.sites)}: {told}", flush=True)
    return worst


def _outcome(outcome: Result | Exception, config: Path, arguments: argparse.Namespace) -> tuple[int, str]:
    """Exit code of a site's batch, and in one line what became of it."""
    say = arguments.say
    if isinstance(outcome, ProcessorError):
        return outcome.exit_code, fault_in(say, outcome)
    if isinstance(outcome, Exception):
        from processor.logs import log_fault

        file = log_fault(outcome, arguments.command, config, say)
        told = tell("unexpected fault of the program; please report it: {file} tells where it happened", file=file)
        return EXIT_UNEXPECTED, say(told)
    told = tell(
        "{books} workbooks, {number} decisions (batch {run})",
        books=len(outcome.workbooks),
        number=outcome.decisions,
        run=outcome.run,
    )
    return outcome.exit_code, say(told)


def as_json(result: Result) -> dict[str, Any]:
    """The object that `--json` prints."""
    return {
        "run": result.run,
        "as_of": result.as_of.isoformat(),
        "workbooks": [
            {
                "file": report.file,
                "status": report.status,
                "reason": report.reason,
                "registers": [
                    {
                        name: getattr(register, name)
                        for name in ("register", "sheet", "rows", "new", "changed", "unchanged", "missing", "issues")
                    }
                    for register in report.registers
                ],
                "annotated": report.annotated,
            }
            for report in result.workbooks
        ],
        "decisions": result.decisions,
        "outputs": result.outputs,
        "rulebook": dict(result.rulebook),
    }


def _tell(result: Result, say: Voice) -> None:
    for report in result.workbooks:
        rows = sum(register.rows for register in report.registers)
        issues = sum(register.issues for register in report.registers)
        detail = report.reason or say(tell("{rows} rows, {issues} issues", rows=rows, issues=issues))
        print(f"{say(report.status):10} {report.file}{say(': ')}{detail}")
    told = tell(
        "{number} decisions as of {day} (batch {run})", number=result.decisions, day=result.as_of, run=result.run
    )
    print(say(told))
    print(say(tell("pages: {path}", path=result.outputs["summary"])))


def watch(arguments: argparse.Namespace) -> int:
    """Stay, and run whenever there is something to do."""
    from processor.watch import watch

    return watch(arguments.config)


def demo(arguments: argparse.Namespace) -> int:
    """Make the sample site and run it."""
    from processor.demo import demo

    return demo(Path(arguments.folder), arguments.say)


def init(arguments: argparse.Namespace) -> int:
    """Make the folder of a new site."""
    from processor.newsite import make_site

    print(arguments.say(make_site(arguments.folder, arguments.packs, arguments.units)))
    return 0


def blank(arguments: argparse.Namespace) -> int:
    """Write blank registers."""
    from processor.blank import write_blanks
    from processor.catalogue.catalogue import load_catalogue

    site = arguments.config.parent if arguments.config.is_file() else None
    for path in write_blanks(arguments.registers, Path(arguments.to), load_catalogue(site).registers):
        print(path)
    return 0


def learn(arguments: argparse.Namespace) -> int:
    """Propose a register of the site's own."""
    from processor.learn import learn

    draft, say = learn(arguments.workbook, arguments.config.parent, arguments.name), arguments.say
    print(say(tell("proposed in {path}, which does nothing until it is renamed .yaml. Please check:", path=draft.path)))
    for sentence in draft.look_at:
        print(f"- {say(sentence)}")
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Tell everything that is wrong with a site."""
    from processor.commands.check import check

    say = arguments.say
    faults, remarks = check(arguments.config)
    for fault in faults:
        print(say(tell("error: {told}", told=fault_in(say, fault))))
    for remark in remarks:
        print(say(tell("note: {told}", told=say(remark))))
    if not faults:
        print(say("the site is in order"))
    return 2 if faults else 0


def clauses(arguments: argparse.Namespace) -> int:
    """List the clauses."""
    from processor.catalogue.catalogue import load_catalogue
    from processor.catalogue.listing import as_text, catalogue

    config: Path = arguments.config
    known = load_catalogue(config.parent if config.exists() else None)
    rows = catalogue(known, arguments.pack, _own_clauses(config) if config.exists() else None)
    print(json.dumps(rows, ensure_ascii=False, indent=1) if arguments.json else as_text(rows))
    return 0


def _own_clauses(config: Path) -> Pack | None:
    from processor.batch.rules import own_pack
    from processor.ledger import transaction

    setup = _setup(config)
    with transaction(setup.site.ledger, setup.registers, keep=False) as ledger:
        return own_pack(setup, ledger)


def dossier(arguments: argparse.Namespace) -> int:
    """Write the file of one decision."""
    from processor.commands.dossier import dossier

    path = dossier(_setup(arguments.config), arguments.decision_id, arguments.to)
    if path is None:
        print(arguments.say(tell("there is no decision {id}", id=arguments.decision_id)), file=sys.stderr)
        return 1
    print(path)
    return 0


def explain(arguments: argparse.Namespace) -> int:
    """Tell how one decision came about."""
    from processor.commands.explain import explain
    from processor.commands.explanation import explanation

    setup, id = _setup(arguments.config), arguments.decision_id
    told = _json(explanation(setup, id)) if arguments.json else explain(setup, id)
    if told is None:
        print(arguments.say(tell("there is no decision {id}", id=id)), file=sys.stderr)
        return 1
    print(told)
    return 0


def _json(value: dict[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, indent=2)


def close(arguments: argparse.Namespace) -> int:
    """Close a month."""
    from processor.commands.close import close
    from processor.progress import progress

    with progress() as tick:
        day = arguments.as_of or today()
        told = close(_setup(arguments.config), arguments.period, day, tick, by=arguments.by, anyway=arguments.anyway)
    print(arguments.say(told))
    return 0


def upgrade(arguments: argparse.Namespace) -> int:
    """Bring the ledger to this version."""
    from processor.batch.run import holding
    from processor.batch.upgrading import upgrade_site

    setup, say = _setup(arguments.config), arguments.say
    with holding(setup.site):
        done = upgrade_site(setup, today(), consent=arguments.yes, dry_run=arguments.dry_run)
    if done is None:
        print(say("the ledger is of this version; there is nothing to do"))
        return 0
    for table, rows in done.counts.items():
        print(say(tell("{table:12} {rows} rows before and after", table=table, rows=rows)))
    versions = {"before": done.before, "after": done.after}
    if arguments.dry_run:
        print(say(tell("the ledger could be upgraded from version {before} to {after}", **versions)))
    else:
        print(say(tell("the ledger was upgraded from version {before} to {after}", **versions)))
    if done.copy is not None:
        print(say(tell("as it was: {copy}", copy=done.copy)))
    return 0


def rebuild(arguments: argparse.Namespace) -> int:
    """Make ledger and outputs anew from an archive."""
    from processor.commands.rebuild import rebuild
    from processor.progress import progress

    with progress() as tick:
        number = rebuild(arguments.archive, arguments.folder, tick)
    told = tell("{number} batches were made again in {folder}", number=number, folder=arguments.folder)
    print(arguments.say(told))
    return 0


def annotate(arguments: argparse.Namespace) -> int:
    """Annotate one workbook by a plan."""
    from processor.annotate import main_annotate

    return main_annotate(arguments.source, arguments.target, arguments.plan, arguments.say)


def simulate(arguments: argparse.Namespace) -> int:
    """Tell what other figures would have led to."""
    from processor.commands.simulate import simulate

    setup = _setup(arguments.config)
    found = simulate(setup, arguments.first, arguments.last, arguments.settings, arguments.as_of or today())
    if arguments.xlsx is not None:
        found.write(arguments.xlsx)
    print(found.text())
    return 0
