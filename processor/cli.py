"""The command line: parses, calls, prints. Heavy imports stay where they are used, so that --help is quick."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from processor.batch.collecting import seldom_collecting
from processor.commands import entry
from processor.errors import ProcessorError
from processor.messages import tell
from processor.voice import fault_in, language_of, voice, warning_at_terminal

if TYPE_CHECKING:
    from processor.voice import Voice

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
    language = language_of(given)
    say = voice(language)
    arguments = argparse.Namespace(command=given[0], say=say)
    try:
        _parser(language).parse_args(given, arguments)
        if arguments.command == "watch":  # it keeps a log, which it also shows
            return arguments.call(arguments)
        with warning_at_terminal(say), seldom_collecting():
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

    file = log_fault(error, arguments.command, getattr(arguments, "config", None), arguments.say)
    told = tell("unexpected fault of the program; please report it: {file} tells where it happened", file=file)
    _complain(arguments.say(told), arguments, as_json=as_json)
    return entry.EXIT_UNEXPECTED


def _complain(told: str, arguments: argparse.Namespace, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"error": told}, ensure_ascii=False))
    else:
        print(arguments.say(tell("error: {told}", told=told)), file=sys.stderr)


@cache
def _parser(language: str) -> argparse.ArgumentParser:
    from processor import __version__

    say = voice(language)
    parser = _Parser(
        prog="processor",
        description=say("Reads registers, applies rule books, writes annotated workbooks and deduction sheets."),
    )
    parser.add_argument("--version", action="version", version=f"processor {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    add = _Adder(subparsers, say)
    once = add("once", entry.once, "one batch (the default)", site=True, as_of=True)
    once.add_argument(
        "--dry-run", action="store_true", help=say("write a preview folder; change neither ledger nor inbox")
    )
    once.add_argument("--json", action="store_true", help=say("print one JSON object and nothing else"))
    every = add("all", entry.every_site, "one batch of every site below a folder, one after another", as_of=True)
    every.add_argument("--sites", required=True, type=Path, metavar="DIR", help=say("the folder of the sites' folders"))
    add("watch", entry.watch, "stay and run by schedule and whenever a workbook has settled", site=True)
    demo = add("demo", entry.demo, "make a sample site, run it, and say where its pages are")
    demo.add_argument("folder", nargs="?", default="demo", metavar="DIR")
    init = add("init", entry.init, "make the folder of a new site")
    init.add_argument("folder", metavar="DIR", type=Path)
    init.add_argument("--pack", dest="packs", action="extend", nargs="+", default=[], metavar="P")
    init.add_argument("--unit", dest="units", action="extend", nargs="+", default=[], metavar="NAME")
    blank = add("blank", entry.blank, "write blank registers")
    blank.add_argument("registers", nargs="*", metavar="REGISTER")
    blank.add_argument("--config", default="site.toml", metavar="site.toml", type=Path)
    blank.add_argument("--to", default=".", metavar="DIR")
    learn = add(
        "learn", entry.learn, "propose a register of the site's own from a workbook of the department", site=True
    )
    learn.add_argument("workbook", metavar="WORKBOOK", type=Path)
    learn.add_argument("--as", dest="name", default="", metavar="NAME")
    add("check", entry.check, "check site, packs, parameters and roster", site=True)
    clauses = add("clauses", entry.clauses, "the catalogue of clauses, a site's own ones included", site=True)
    clauses.add_argument("--pack", metavar="P")
    clauses.add_argument("--json", action="store_true")
    explain = add("explain", entry.explain, "one decision: clause, reading, rows, candidates, history", site=True)
    explain.add_argument("decision_id", metavar="DECISION-ID")
    dossier = add("dossier", entry.dossier, "one decision in one file for an arbitration", site=True)
    dossier.add_argument("decision_id", metavar="DECISION-ID")
    dossier.add_argument("--to", default=".", metavar="DIR", type=Path)
    explain.add_argument("--json", action="store_true", help=say("as decision.v1.schema.json describes"))
    close = add("close", entry.close, "close a month", site=True, as_of=True)
    close.add_argument("period", metavar="YYYY-MM", type=_month)
    close.add_argument("--anyway", action="store_true", help=say("whatever is in the way; needs --by"))
    close.add_argument("--by", default="", metavar="NUMBER", help=say("staff number of who asks"))
    annotate = add("annotate", entry.annotate, "annotate one workbook by a plan, losing nothing")
    annotate.add_argument("source", metavar="IN", type=Path)
    annotate.add_argument("target", metavar="OUT", type=Path)
    annotate.add_argument("--plan", required=True, metavar="PLAN.json", type=Path)
    simulate = add(
        "simulate", entry.simulate, "what would have been decided under other parameters", site=True, as_of=True
    )
    simulate.add_argument("--from", dest="first", required=True, type=_month, metavar="YYYY-MM")
    simulate.add_argument("--to", dest="last", required=True, type=_month, metavar="YYYY-MM")
    simulate.add_argument(
        "--set", dest="settings", nargs="+", action="extend", required=True, metavar="pack.parameter=value"
    )
    simulate.add_argument("--xlsx", type=Path, metavar="FILE.xlsx", help=say("write the table into a workbook, too"))
    upgrade = add("upgrade", entry.upgrade, "bring the ledger of an earlier version to this one", site=True)
    upgrade.add_argument("--dry-run", action="store_true", help=say("try it and change nothing"))
    upgrade.add_argument("--yes", action="store_true", help=say("a database that is not a file was dumped; go on"))
    rebuild = add("rebuild", entry.rebuild, "make ledger and outputs anew from an archive, in a folder of their own")
    rebuild.add_argument("--from", dest="archive", required=True, metavar="ARCHIVE", type=Path)
    rebuild.add_argument("--to", dest="folder", required=True, metavar="DIR", type=Path)
    return parser


#: What argparse says of wrong usage -> how it is said here.
_WRONG = {
    "unrecognized arguments: (?P<what>.+)": "{what} is not known here",
    "the following arguments are required: (?P<what>.+)": "{what} is missing",
    "argument (?P<what>.+?): expected .*argument.*": "a value of {what} is missing",
    "argument (?P<what>[^:]+): (?P<found>'.*') is no (?P<kind>day|month)": "{what}: {found} is no {kind} like {example}",
}
_EXAMPLES = {"day": "2026-10-31", "month": "2026-10"}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Report wrong usage as every other fault is reported."""
        self.print_usage(sys.stderr)
        raise ProcessorError(tell("wrong usage: {told}", told=_wrong_usage(message)))


def _wrong_usage(message: str) -> str:
    for pattern, template in _WRONG.items():
        found = re.fullmatch(pattern, message)
        if found is not None:
            said = found.groupdict()
            kind = said.get("kind", "")
            return tell(template, **said | ({"kind": tell(kind), "example": _EXAMPLES[kind]} if kind else {}))
    return message


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
        raise argparse.ArgumentTypeError(f"{text!r} is no day") from None


def _month(text: str) -> str:
    try:
        datetime.strptime(text, "%Y-%m")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no month") from None
    if len(text) != 7:
        raise argparse.ArgumentTypeError(f"{text!r} is no month")
    return text
