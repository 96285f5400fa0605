"""Keeps current blanks of the registers in the outbox, for clerks who need one."""

from __future__ import annotations

from pathlib import Path

from processor.batch.kept_files import KeptFiles
from processor.batch.setup import Setup
from processor.blank import blank_at_hand, file_name
from processor.intake.memory import Memory
from processor.ledger import Ledger
from processor.report.pages.unchanged import digest, program

BLANKS = "空白登记表"
#: The setting that remembers what the blanks of the last batch are made of, by their names.
BLANKS_OF = "blanks"


def write_blanks(setup: Setup, ledger: Ledger, memory: Memory, folder: Path, home: Path) -> None:
    """Write the blanks of all registers that the site's packs read, but those that lie there and would say the same.

    folder: where the batch writes; home: the outbox. memory: what the site answered about headers and values.
    """
    read = {name for pack in setup.packs for binding in pack.bindings for name in binding.reads}
    read |= {register.name for register in setup.registers.values() if register.roster or register.appeals}
    chosen = [setup.registers[name] for name in sorted(read) if not setup.registers[name].form]
    kept = KeptFiles(ledger.runs, BLANKS_OF, home)
    (folder / BLANKS).mkdir(exist_ok=True)
    for register in map(memory.applied, chosen):
        key, made_of = file_name(register), digest([program(), register])
        files = [f"{BLANKS}/{key}"]
        if not kept.stand(key, files, made_of):
            (folder / BLANKS / key).write_bytes(blank_at_hand(register))
            kept.note(key, files, made_of, folder)
    kept.remember()
