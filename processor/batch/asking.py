"""Asks what headers and values of a site's own mean, remembers the answers, and reads again what waited for them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rapidfuzz import fuzz, process

from processor.batch import inbox
from processor.batch.work import Ways
from processor.batch.workbooks import Sheet, Workbook
from processor.catalogue.register import Register
from processor.intake import Reading, WorkbookRejected
from processor.intake.memory import NEW_CHOICE, UNUSED, Answer, Memory, header_key, remembered
from processor.intake.questions import AskedSheet, Filled
from processor.ledger import Ledger
from processor.ledger.meanings import Said
from processor.messages import tell
from processor.report.questions import AskedTable, HeaderLine, Remembered, ValueLine, form_beside

log = logging.getLogger(__name__)
_LIKE_A_CHOICE = 60
_OF_STAFF = ("工号", "姓名")


@dataclass
class Asking:
    """What one batch asks and learns. outbox: where the copies of asked workbooks lie. ways: how it reads workbooks, with
    what was said by now.

    reread: workbooks of earlier batches that this one reads; done: copies below the outbox that are no longer needed.
    """

    ledger: Ledger
    outbox: Path
    ways: Ways
    reread: list[Workbook] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._remember()

    @property
    def registers(self) -> Mapping[str, Register]:
        """The registers that the site knows, by name."""
        return self.ways.registers

    @property
    def memory(self) -> Memory:
        """What the site said of its own headers and values."""
        return self.ways.memory

    def _remember(self) -> None:
        known = set(self.registers)
        said = (answer_of(said) for said in self.ledger.meanings.all() if said.register in known)
        rows = [(register, row) for register, row in self.ledger.meanings.rows() if register in known]
        self.ways = replace(self.ways, memory=remembered(said, rows))

    def learn(self, workbooks: Sequence[Workbook]) -> None:
        """Remember what workbooks answered, and read again what waited for it, in this batch and in earlier ones."""
        learned = False
        for workbook in workbooks:
            learned |= self._take(workbook)
        if learned:
            self._remember()
            for workbook in workbooks:
                if workbook.reading is not None and _waits(workbook.reading):
                    self._again(workbook, workbook.reading.filled)
        self._look_at_the_roster(workbooks)
        self._settle_answered(workbooks)
        if learned:
            self._read_waiting({workbook.claimed.file for workbook in workbooks})

    def _look_at_the_roster(self, workbooks: Sequence[Workbook]) -> None:
        """Ask anew where the roster of this batch names employees whom nobody knew when the questions were made."""
        sheets = [sheet for w in workbooks if w.reading is not None for sheet in w.reading.sheets]
        rosters = [sheet.frame for sheet in sheets if self.registers[sheet.register].roster]
        coming = {str(cell) for frame in rosters for header in _OF_STAFF for cell in frame[header].dropna()}
        local = self.ways.local
        if coming <= local.staff:
            return
        self.ways = replace(self.ways, local=replace(local, staff=local.staff | coming))
        for workbook in workbooks:
            if workbook.reading is not None and workbook.reading.asked:
                self._again(workbook, workbook.reading.filled)

    def _take(self, workbook: Workbook) -> bool:
        """Keep the new answers of one workbook; False where it has none."""
        reading = workbook.reading
        if reading is None or not reading.learned:
            return False
        day, by, file = self.ways.as_of.isoformat(), reading.filled.by, workbook.claimed.file
        given = []
        for answer in reading.learned.answers:
            fault = self._fault(answer)
            if fault:
                workbook.notes.append(fault)
            elif self._standing(answer) != answer.meaning:
                who = answer.by or by
                given.append(Said(answer.register, answer.header, answer.value, answer.meaning, who, file, day))
        rows = [row for row in reading.learned.rows if (row[1], row[0]) not in self.memory.rows]
        self.ledger.meanings.keep(given)
        self.ledger.meanings.keep_rows(rows)
        return bool(given or rows)

    def _standing(self, answer: Answer) -> str:
        register, header, value = answer.about
        if not value:
            return self.memory.of(register).get(header, "")
        taken = self.memory.choice(register, header, answer.value) or ""
        own = taken == answer.value.strip() and answer.meaning == NEW_CHOICE
        return NEW_CHOICE if own else taken

    def _fault(self, answer: Answer) -> str:
        register = self.registers[answer.register]
        if not answer.value:
            known = {*register.headers, UNUSED, ""}
            return "" if answer.meaning in known else f"“{register.title}”里没有“{answer.meaning}”这一列，没有采用。"
        if answer.header not in register.headers:
            return f"“{register.title}”里没有“{answer.header}”这一列，没有采用。"
        choices = self.memory.applied(register).column(answer.header).choices
        if answer.meaning in (*choices, NEW_CHOICE, ""):
            return ""
        return f"“{answer.header}”的“{answer.value}”取为“{answer.meaning}”，不是可选的值，没有采用。"

    def _again(self, workbook: Workbook, filled: Filled) -> None:
        """Read a workbook again with what is known by now."""
        try:
            workbook.reading = self.ways.read(workbook.claimed.path, workbook.claimed.file, filled)
            workbook.rejected = None
        except WorkbookRejected as rejection:
            workbook.reading, workbook.rejected = None, rejection

    def _settle_answered(self, workbooks: Sequence[Workbook]) -> None:
        """Of what waits, what was read now leaves: the workbook of that name, and the one that an answer speaks of."""
        read = {workbook.claimed.file: workbook for workbook in workbooks if workbook.reading is not None}
        origins = {w.reading.filled.origin: w for w in read.values() if w.reading is not None and _holds(w.reading)}
        for entry in self.ledger.meanings.asked():
            workbook = origins.get(entry.file) or read.get(entry.file)
            if workbook is not None and workbook.reading is not None:
                self._leave(entry.copy)
                self.ledger.meanings.settle([entry.file])

    def _leave(self, copy: str) -> None:
        """Note that a copy, and the questions beside it where they are, need wait no longer."""
        self.done += [copy, form_beside(Path(copy)).as_posix()]

    def _read_waiting(self, present: set[str]) -> None:
        """Workbooks asked about earlier whose headers are all known by now are read from their copies."""
        for entry in self.ledger.meanings.asked():
            path = self.outbox / entry.copy
            known = all(self.memory.register_of(sheet) or self.memory.knows_unused(sheet) for sheet in entry.sheets)
            if not known or entry.file in present or not path.is_file():
                continue
            try:
                reading = self.ways.read(path, entry.file, Filled())
            except WorkbookRejected as rejection:
                log.warning(tell("an asked workbook can no longer be read: {kind}", kind=rejection.kind))
                continue
            if reading.asked:
                continue
            claimed = replace(inbox.hold(path, entry.file))
            self.reread.append(Workbook(claimed, reading, waited=True))
            self._leave(entry.copy)
            self.ledger.meanings.settle([entry.file])


def _waits(reading: Reading) -> bool:
    """Whether an answer of another workbook, or of its own about a value, may let more of a workbook be read."""
    asked = bool(reading.asked) and not reading.filled.sheets
    return asked or any(len(sheet.held) for sheet in reading.sheets)


def _holds(reading: Reading) -> bool:
    """Whether a workbook with answers holds the sheets that they are about, and not the answers alone."""
    return not reading.filled.sheets.keys().isdisjoint(reading.ignored_sheets + tuple(s.sheet for s in reading.sheets))


def answer_of(said: Said) -> Answer:
    """A kept answer as reading knows it."""
    return Answer(said.register, said.header, said.value, said.meaning, said.by, said.file, said.day)


def asked_table(asked: AskedSheet) -> AskedTable:
    """A sheet that is asked about, as it is shown: what was said before stands, else what is sure."""
    proposal = asked.proposal
    lines = []
    for line in proposal.headers:
        said = asked.filled.get(line.header, "") if asked.filled else line.prefilled
        meaning = said if said in (*proposal.register.headers, UNUSED) else ""
        lines.append(HeaderLine(line.header, line.samples, line.suggestions, line.sureness, meaning))
    proposed = {suggestion for line in lines for suggestion in line.suggestions}
    needed = [
        column.header
        for column in proposal.register.columns
        if column.required and column.header not in proposed and column.header != proposal.register.number
    ]
    return AskedTable(proposal.sheet, proposal.register, lines, needed, asked.note)


def value_lines(sheets: Iterable[Sheet], registers: Mapping[str, Register], memory: Memory) -> list[ValueLine]:
    """Every value of these sheets that is none of its column's choices."""
    counts: dict[tuple[str, str, str], int] = {}
    for sheet in sheets:
        held = sheet.reading.held
        for pending in held.get("_pending", ()):
            for header, value in pending.items():
                key = (sheet.reading.register, header, value)
                counts[key] = counts.get(key, 0) + 1
    lines = []
    for (name, header, value), rows in counts.items():
        register = memory.applied(registers[name])
        choices = register.column(header).choices
        best = process.extractOne(value, choices, scorer=fuzz.WRatio, score_cutoff=_LIKE_A_CHOICE)
        lines.append(ValueLine(register, header, value, rows, best[0] if best else "", choices))
    return lines


def listed(
    ledger: Ledger, registers: Mapping[str, Register], memory: Memory
) -> tuple[list[Remembered], list[Remembered]]:
    """All answers that stand, and those that later ones replaced."""
    standing: dict[tuple[str, str, str], Remembered] = {}
    earlier: list[Remembered] = []
    for said in ledger.meanings.all():
        if said.register not in registers:
            continue
        register = memory.applied(registers[said.register])
        choices = (*register.column(said.header).choices, NEW_CHOICE) if said.value else ()
        line = Remembered(register, said.header, said.value, said.meaning, said.by, said.file, said.day, choices)
        about = answer_of(said).about
        if about in standing:
            earlier.append(standing.pop(about))
        if said.meaning:
            standing[about] = line
    return list(standing.values()), earlier


def headers_of(asked: Iterable[AskedSheet]) -> list[frozenset[str]]:
    """The folded headers of each sheet that is asked about."""
    return [frozenset(key for line in sheet.proposal.headers if (key := header_key(line.header))) for sheet in asked]
