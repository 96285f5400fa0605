"""The tasks of a batch: functions of what they are given, which any process can do and do again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from processor.annotate import Plan
from processor.batch.workers import Shared
from processor.catalogue.dated import Dated
from processor.catalogue.pack import Pack
from processor.catalogue.register import Register
from processor.decision import Decision
from processor.engine.decider import Decider
from processor.engine.otherwise import turned
from processor.engine.renamed import Renamed
from processor.errors import anonymous_trace
from processor.filenames import whole
from processor.intake import Limits, Reading, WorkbookRejected, read_workbook
from processor.intake.memory import Memory
from processor.intake.propose import Local
from processor.intake.questions import Filled
from processor.intake.recognise import NO_MEMORY
from processor.model import Text
from processor.report.translate import translator
from processor.report.workbook import write_annotated, write_fresh
from processor.roster import Roster

TOO_LARGE = ("文件内容过于庞大或层次过深，无法读取。", "请把内容拆成几个较小的工作簿，再放入收件夹。")
INDIGESTIBLE = (
    "处理这份工作簿时程序出了意外的错误，整份没有计入。",
    "请用 Excel 或 WPS 另存为新的 .xlsx 后再放入收件夹；如果仍被退回，请把原文件交给管理员。",
)


@dataclass(frozen=True)
class Ways:
    """How workbooks are read. as_of: the day of the batch. memory: what the site said of its own headers and values;
    local: what else is known of it.
    """

    registers: Mapping[str, Register]
    limits: Limits
    as_of: date
    local: Local
    memory: Memory = NO_MEMORY

    def read(self, path: Path, file: str, filled: Filled | None = None) -> Reading:
        """Read a workbook that is known as `file`; filled: answers in the place of its own. Raises WorkbookRejected."""
        return read_workbook(
            path,
            self.registers,
            self.limits,
            shown_as=file,
            as_of=self.as_of,
            memory=self.memory,
            local=self.local,
            filled=filled,
        )


@dataclass(frozen=True)
class Read:
    """What came of reading a workbook: either of the two. trace: where the code failed on it, for the log."""

    reading: Reading | None = None
    rejected: WorkbookRejected | None = None
    trace: str = ""


def read(path: Path, file: str, ways: Shared[Ways]) -> Read:
    """Read a workbook that is known as `file`, whatever is wrong with it."""
    try:
        return Read(ways.value.read(path, file))
    except WorkbookRejected as rejection:
        return Read(rejected=rejection)
    except (MemoryError, RecursionError):
        return Read(rejected=WorkbookRejected("too_large", *TOO_LARGE))
    except Exception as error:
        return Read(rejected=WorkbookRejected("failed", *INDIGESTIBLE), trace=anonymous_trace(error))


def give_back(source: Path, target: Path, plan: Plan, locale: str) -> str:
    """Annotate a workbook; see `write_annotated`."""
    with whole(target) as part:
        return write_annotated(source, part, plan, translator(locale))


def give_afresh(target: Path, cells: Mapping[str, Sequence[Sequence[Any]]], plan: Plan) -> str:
    """Write the cells of what is no .xlsx as one, annotated; there is nothing that could keep it from being done."""
    with whole(target) as part:
        write_fresh(part, cells, plan)
    return ""


@dataclass(frozen=True)
class Common:
    """What all decisions of a batch are made with."""

    as_of: date
    registers: Mapping[str, Register]
    roster: Roster
    revoked: frozenset[tuple[str, str, str]]
    delivered: Mapping[str, frozenset[str]]


#: Name and digest of a pack.
Version = tuple[str, str]
#: Register -> the rows that a binding reads.
Facts = Mapping[str, Shared[pd.DataFrame]]
#: What would have changed some lines, by their ids.
Turns = dict[str, tuple[Text, ...]]


def values(facts: Facts) -> dict[str, pd.DataFrame]:
    """The rows themselves."""
    return {register: frame.value for register, frame in facts.items()}


@dataclass(frozen=True)
class Deciding:
    """What a binding of a pack decides on. changed: the earlier versions of rows that it asked for, by register.

    illegible: register -> rows that nobody could read.
    """

    unit: str
    known_as: str
    pack: Version
    binding: str
    facts: Facts
    earlier: Sequence[Decision]
    active_months: frozenset[str]
    point_values: Mapping[str, Dated[int]]
    renamed: Renamed
    illegible: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    changed: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def versions(self, register: str) -> pd.DataFrame:
        """The earlier versions of the unit's rows; raises Asked where they were not looked up yet."""
        if register not in self.changed:
            raise Asked(register)
        return self.changed[register]


class Asked(LookupError):
    """A rule asks for the earlier versions of the rows of a register, which only the ledger knows."""

    def __init__(self, register: str) -> None:
        super().__init__(register)
        self.register = register


def decided(common: Shared[Common], layer: Sequence[Deciding], *packs: Shared[Pack]) -> list[list[Decision] | Asked]:
    """What each binding of a layer decides, or what it has to be given first; answers are not applied yet."""
    made: list[list[Decision] | Asked] = []
    for given in layer:
        try:
            made.append(_decider(common.value, packs, given).on(values(given.facts)))
        except Asked as asked:
            made.append(asked)
    return made


def turns_of(
    common: Shared[Common], lines: Sequence[tuple[Deciding, Sequence[Decision]]], *packs: Shared[Pack]
) -> Turns:
    """What would have changed these lines, each with what its binding decided on; see `engine.otherwise`."""
    found: Turns = {}
    for given, own in lines:
        decider = _decider(common.value, packs, given)
        again = partial(decider.on, in_full=False)
        found |= turned(decider.binding, own, values(given.facts), common.value.registers, again, decider.basis)
    return found


def _decider(common: Common, packs: Sequence[Shared[Pack]], given: Deciding) -> Decider:
    pack = next(pack.value for pack in packs if (pack.value.name, pack.value.digest) == given.pack)
    return Decider(
        pack,
        next(binding for binding in pack.bindings if binding.id == given.binding),
        unit=given.unit,
        known_as=given.known_as,
        as_of=common.as_of,
        registers=common.registers,
        roster=common.roster,
        earlier=given.earlier,
        revoked=common.revoked,
        active_months=given.active_months,
        point_values=given.point_values,
        renamed=given.renamed,
        delivered=common.delivered,
        changed=given.versions,
        illegible=given.illegible,
    )
