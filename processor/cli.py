"""The command line: parses, calls, prints. Heavy imports stay where they are used, so that --help is quick."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from processor.errors import ProcessorError
from processor.messages import tell
from processor.timetable import today
from processor.voice import fault_in, language_of, voice

if TYPE_CHECKING:
    from processor.batch.run import Result
    from processor.batch.setup import Setup
    from processor.catalogue.pack import Pack
    from processor.voice import Voice

EXIT_UNEXPECTED = 70
COMMANDS = (
    "once",
    "all",
    "watch",
    "demo",
    "blank",
    "check",
    "clauses",
    "explain",
    "dossier",
    "close",
    "annotate",
    "simulate",
    "upgrade",
    "init",
    "learn",
    "rebuild",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    if not given or (given[0] not in COMMANDS and given[0] not in ("-h", "--help", "--version")):
        given.insert(0, "once")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    say = voice(language_of(given))
    arguments = argparse.Namespace(command=given[0], say=say)
    try:
        _parser(say).parse_args(given, arguments)
        return arguments.call(arguments)
    except ProcessorError as fault:
        _complain(fault_in(say, fault), arguments, as_json="--json" in given)
        return fault.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _unexpected(error, arguments, as_json="--json" in given)


def _unexpected(error: Exception, arguments: argparse.Namespace, *, as_json: bool) -> int:
    """Tell of a fault of the program in one sentence; where it happened stands in the log."""
    from processor.logs import log_fault

    file = log_fault(error, arguments.command, getattr(arguments, "config", None))
    told = tell("unexpected fault of the program; please report it: {file} tells where it happened", file=file)
    _complain(arguments.say(told), arguments, as_json=as_json)
    return EXIT_UNEXPECTED


def _complain(told: str, arguments: argparse.Namespace, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"error": told}, ensure_ascii=False))
    else:
        print(arguments.say(tell("error: {told}", told=told)), file=sys.stderr)


def _parser(say: Voice) -> argparse.ArgumentParser:
    from processor import __version__

    parser = _Parser(
        prog="processor",
        description=say("Reads registers, applies rule books, writes annotated workbooks and deduction sheets."),
    )
    parser.add_argument("--version", action="version", version=f"processor {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    add = _Adder(commands, say)
    once = add("once", _once, "one batch (the default)", site=True, as_of=True)
    once.add_argument(
        "--dry-run", action="store_true", help=say("write a preview folder; change neither ledger nor inbox")
    )
    once.add_argument("--json", action="store_true", help=say("print one JSON object and nothing else"))
    every = add("all", _all, "one batch of every site below a folder, one after another", as_of=True)
    every.add_argument("--sites", required=True, type=Path, metavar="DIR", help=say("the folder of the sites' folders"))
    add("watch", _watch, "stay and run by schedule and whenever a workbook has settled", site=True)
    demo = add("demo", _demo, "make a sample site, run it, and say where its pages are")
    demo.add_argument("folder", nargs="?", default="demo", metavar="DIR")
    init = add("init", _init, "make the folder of a new site")
    init.add_argument("folder", metavar="DIR", type=Path)
    init.add_argument("--pack", dest="packs", action="extend", nargs="+", default=[], metavar="P")
    init.add_argument("--unit", dest="units", action="extend", nargs="+", default=[], metavar="NAME")
    blank = add("blank", _blank, "write blank registers")
    blank.add_argument("registers", nargs="*", metavar="REGISTER")
    blank.add_argument("--config", default="site.toml", metavar="site.toml", type=Path)
    blank.add_argument("--to", default=".", metavar="DIR")
    learn = add("learn", _learn, "propose a register of the site's own from a workbook of the department", site=True)
    learn.add_argument("workbook", metavar="WORKBOOK", type=Path)
    learn.add_argument("--as", dest="name", default="", metavar="NAME")
    add("check", _check, "check site, packs, parameters and roster", site=True)
    clauses = add("clauses", _clauses, "the catalogue of clauses, a site's own ones included", site=True)
    clauses.add_argument("--pack", metavar="P")
    clauses.add_argument("--json", action="store_true")
    explain = add("explain", _explain, "one decision: clause, reading, rows, candidates, history", site=True)
    explain.add_argument("decision_id", metavar="DECISION-ID")
    dossier = add("dossier", _dossier, "one decision in one file for an arbitration", site=True)
    dossier.add_argument("decision_id", metavar="DECISION-ID")
    dossier.add_argument("--to", default=".", metavar="DIR", type=Path)
    explain.add_argument("--json", action="store_true", help=say("as decision.v1.schema.json describes"))
    close = add("close", _close, "close a month", site=True, as_of=True)
    close.add_argument("period", metavar="YYYY-MM", type=_month)
    close.add_argument("--anyway", action="store_true", help=say("whatever is in the way; needs --by"))
    close.add_argument("--by", default="", metavar="NUMBER", help=say("staff number of who asks"))
    annotate = add("annotate", _annotate, "annotate one workbook by a plan, losing nothing")
    annotate.add_argument("source", metavar="IN", type=Path)
    annotate.add_argument("target", metavar="OUT", type=Path)
    annotate.add_argument("--plan", required=True, metavar="PLAN.json", type=Path)
    simulate = add("simulate", _simulate, "what would have been decided under other parameters", site=True, as_of=True)
    simulate.add_argument("--from", dest="first", required=True, type=_month, metavar="YYYY-MM")
    simulate.add_argument("--to", dest="last", required=True, type=_month, metavar="YYYY-MM")
    simulate.add_argument(
        "--set", dest="settings", nargs="+", action="extend", required=True, metavar="pack.parameter=value"
    )
    simulate.add_argument("--xlsx", type=Path, metavar="FILE.xlsx", help=say("write the table into a workbook, too"))
    upgrade = add("upgrade", _upgrade, "bring the ledger of an earlier version to this one", site=True)
    upgrade.add_argument("--dry-run", action="store_true", help=say("try it and change nothing"))
    upgrade.add_argument("--yes", action="store_true", help=say("a database that is not a file was dumped; go on"))
    rebuild = add("rebuild", _rebuild, "make ledger and outputs anew from an archive, in a folder of their own")
    rebuild.add_argument("--from", dest="archive", required=True, metavar="ARCHIVE", type=Path)
    rebuild.add_argument("--to", dest="folder", required=True, metavar="DIR", type=Path)
    return parser


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Report wrong usage as every other fault is reported."""
        self.print_usage(sys.stderr)
        raise ProcessorError(tell("wrong usage: {told}", told=message))


class _Adder:
    def __init__(self, commands: Any, say: Voice) -> None:
        self.commands, self.say = commands, say

    def __call__(
        self, name: str, call: Callable, help: str, *, site: bool = False, as_of: bool = False
    ) -> argparse.ArgumentParser:
        parser = self.commands.add_parser(name, help=self.say(help), description=self.say(help))
        parser.set_defaults(call=call)
        if site:
            parser.add_argument("--config", default="site.toml", metavar="site.toml", type=Path)
        if as_of:
            parser.add_argument(
                "--as-of", type=_day, metavar="YYYY-MM-DD", help=self.say("the day on which to believe to run")
            )
        return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(tell("{text!r} is no day like 2026-10-31", text=text)) from None


def _month(text: str) -> str:
    try:
        datetime.strptime(text, "%Y-%m")
    except ValueError:
        raise argparse.ArgumentTypeError(tell("{text!r} is no month like 2026-10", text=text)) from None
    if len(text) != 7:
        raise argparse.ArgumentTypeError(tell("{text!r} is no month like 2026-10", text=text))
    return text


def _setup(config: Path) -> Setup:
    from processor.batch.setup import prepare
    from processor.site_reader import load_site

    return prepare(load_site(config))


def _once(arguments: argparse.Namespace) -> int:
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


def _all(arguments: argparse.Namespace) -> int:
    from processor.batch.run import Options
    from processor.batch.sites import run_all
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

        file = log_fault(outcome, arguments.command, config)
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


def _watch(arguments: argparse.Namespace) -> int:
    from processor.watch import watch

    return watch(arguments.config)


def _demo(arguments: argparse.Namespace) -> int:
    from processor.demo import demo

    return demo(Path(arguments.folder), arguments.say)


def _init(arguments: argparse.Namespace) -> int:
    from processor.newsite import make_site

    print(make_site(arguments.folder, arguments.packs, arguments.units))
    return 0


def _blank(arguments: argparse.Namespace) -> int:
    from processor.blank import write_blanks
    from processor.catalogue.catalogue import load_catalogue

    site = arguments.config.parent if arguments.config.is_file() else None
    for path in write_blanks(arguments.registers, Path(arguments.to), load_catalogue(site).registers):
        print(path)
    return 0


def _learn(arguments: argparse.Namespace) -> int:
    from processor.learn import learn

    draft = learn(arguments.workbook, arguments.config.parent, arguments.name)
    print(f"建议写在 {draft.path}，在改名为 .yaml 之前不起作用。请核对：")
    for sentence in draft.look_at:
        print(f"- {sentence}")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from processor.batch.check import check

    say = arguments.say
    faults, remarks = check(arguments.config)
    for fault in faults:
        print(say(tell("error: {told}", told=fault_in(say, fault))))
    for remark in remarks:
        print(say(tell("note: {told}", told=say(remark))))
    if not faults:
        print(say("the site is in order"))
    return 2 if faults else 0


def _clauses(arguments: argparse.Namespace) -> int:
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
    with transaction(setup.site.ledger, setup.registers, setup.empty, keep=False) as ledger:
        return own_pack(setup, ledger)


def _dossier(arguments: argparse.Namespace) -> int:
    from processor.batch.dossier import dossier

    path = dossier(_setup(arguments.config), arguments.decision_id, arguments.to)
    if path is None:
        print(arguments.say(tell("there is no decision {id}", id=arguments.decision_id)), file=sys.stderr)
        return 1
    print(path)
    return 0


def _explain(arguments: argparse.Namespace) -> int:
    from processor.batch.explain import explain
    from processor.batch.explanation import explanation

    setup, id = _setup(arguments.config), arguments.decision_id
    told = _json(explanation(setup, id)) if arguments.json else explain(setup, id)
    if told is None:
        print(arguments.say(tell("there is no decision {id}", id=id)), file=sys.stderr)
        return 1
    print(told)
    return 0


def _json(value: dict[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, indent=2)


def _close(arguments: argparse.Namespace) -> int:
    from processor.batch.close import close
    from processor.progress import progress

    with progress() as tick:
        day = arguments.as_of or today()
        told = close(_setup(arguments.config), arguments.period, day, tick, by=arguments.by, anyway=arguments.anyway)
    print(arguments.say(told))
    return 0


def _upgrade(arguments: argparse.Namespace) -> int:
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


def _rebuild(arguments: argparse.Namespace) -> int:
    from processor.batch.rebuild import rebuild
    from processor.progress import progress

    with progress() as tick:
        number = rebuild(arguments.archive, arguments.folder, tick)
    told = tell("{number} batches were made again in {folder}", number=number, folder=arguments.folder)
    print(arguments.say(told))
    return 0


def _annotate(arguments: argparse.Namespace) -> int:
    from processor.annotate import main_annotate

    return main_annotate(arguments.source, arguments.target, arguments.plan, arguments.say)


def _simulate(arguments: argparse.Namespace) -> int:
    from processor.batch.simulate import simulate

    setup = _setup(arguments.config)
    found = simulate(setup, arguments.first, arguments.last, arguments.settings, arguments.as_of or today())
    if arguments.xlsx is not None:
        found.write(arguments.xlsx)
    print(found.text())
    return 0
