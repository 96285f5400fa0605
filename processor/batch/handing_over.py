"""The notices that employees are handed: a unit's month is written where something on it changed, else it stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from processor.batch.kept_files import KeptFiles
from processor.batch.lines import Lines
from processor.decision import Decision
from processor.ledger import Ledger
from processor.ledger.notices import Notice
from processor.report.notices import FOLDER, Telling, files_of, left_for_later, write_notices
from processor.report.pages.unchanged import digest, program
from processor.report.receipts import receipt_tables, write_receipts
from processor.settle.settlement import Settlement

#: What the notices of the last batch were made of, and the names and numbers that it kept out of those of others.
NOTICES_OF, NAMED = "notices", "named"
#: The same of the tables in which their delivery is registered.
RECEIPTS_OF = "receipt_tables"


@dataclass(frozen=True)
class HandingOver:
    """The notices of one batch. lines: looks up what belongs to decisions; told: what notices tell, with bare lines."""

    ledger: Ledger
    settlement: Settlement
    lines: Lines
    told: Telling

    def write(self, folder: Path, home: Path) -> frozenset[str]:
        """Write them below a folder; returns those below home, their place, that stay as they lie there."""
        kept = KeptFiles(self.ledger.runs, NOTICES_OF, home)
        for period in self.settlement.in_the_way:
            (folder / FOLDER / period).mkdir(parents=True, exist_ok=True)
        stay: list[str] = []
        new: dict[tuple[str, str], tuple[str, list[str], str]] = {}
        for (month, unit), notices in self._groups.items():
            key, files = f"{month} {unit}", files_of(month, unit, notices, self.told)
            made_of = digest([self._base, [self._made_of(month, notice) for notice in notices]])
            if kept.stand(key, files, made_of) and not any(map(self._may_name_somebody_new, notices)):
                stay += files
            else:
                new[month, unit] = key, files, made_of
        told = self._placed([notice for group in new for notice in self._groups[group]])
        for (month, unit), (key, files, made_of) in new.items():
            write_notices(folder, month, unit, self._groups[month, unit], self.settlement, told)
            kept.note(key, files, made_of, folder)
        kept.remember()
        self.ledger.runs.keep_setting(NAMED, sorted(self._words))
        return frozenset([*stay, *self._receipts(folder, home)])

    def _receipts(self, folder: Path, home: Path) -> list[str]:
        """Write the tables in which the delivery is registered; returns those that stay as they lie there."""
        kept, stay = KeptFiles(self.ledger.runs, RECEIPTS_OF, home), []
        for path, rows in receipt_tables(self.settlement, self.told.name_of).items():
            made_of = digest([program(), rows])
            if kept.stand(path, [path], made_of):
                stay.append(path)
            else:
                write_receipts(folder / path, rows)
                kept.note(path, [path], made_of, folder)
        kept.remember()
        return stay

    @cached_property
    def _groups(self) -> Mapping[tuple[str, str], Sequence[Notice]]:
        """Month in whose folder they lie, and unit -> notices."""
        found: dict[tuple[str, str], list[Notice]] = {}
        for month, notice in self.settlement.handed_over:
            found.setdefault((month, notice.unit), []).append(notice)
        return dict(sorted(found.items()))

    @cached_property
    def _base(self) -> str:
        """Digest of what all notices tell."""
        told = self.told
        said = [list(told.clauses.values()), told.documents, told.packs, told.published, told.appeal_days]
        return digest([program(), told.site, told.law, said])

    def _made_of(self, month: str, notice: Notice) -> list[Any]:
        """All that one notice tells, but for whom it does not name."""
        settlement = self.settlement
        pay = next((sheet for sheet in settlement.sheets if sheet.period == month), None)
        ids = [line.decision_id for line in notice.lines]
        return [
            notice,
            settlement.notices.by_id.get(notice.corrects),
            left_for_later(notice, settlement, pay),
            pay is not None and not pay.stranded.isdisjoint(ids),
            pay is not None and settlement.notices.people[notice.notice_id] in pay.unchecked,
            [self._said(self.told.lines[id].decision) for id in ids if id in self.told.lines],
            [(settlement.withheld.get(id, ""), id in settlement.baseless) for id in ids],
        ]

    def _said(self, line: Decision) -> list[Any]:
        """What is told of a line: itself, its nature, and who stands behind the lines on which it hangs."""
        behind = [(cause.staff_no, cause.staff_name) for cause in self._behind(line)]
        telling = self.lines.stamps.get(line.decision_id, str(line.text))
        return [line.decision_id, telling, self.told.nature(line), behind]

    def _behind(self, line: Decision) -> Iterator[Decision]:
        """The lines on which a line hangs, through others."""
        cause = self.told.causes.get(line.linked_to)
        while cause is not None:
            yield cause
            cause = self.told.causes.get(cause.linked_to)

    @cached_property
    def _words(self) -> frozenset[str]:
        """Names and numbers of everybody, which are kept out of the notices of others."""
        return frozenset(self.told.names.values()) | {staff_no for staff_no, _ in self.told.names}

    @cached_property
    def _new_words(self) -> frozenset[str]:
        return self._words ^ frozenset(self.ledger.runs.setting(NAMED) or ())

    def _may_name_somebody_new(self, notice: Notice) -> bool:
        """Whether a line names somebody who was not known before, or is no longer."""
        lines = self.told.lines
        texts = [str(lines[id].decision.text) for line in notice.lines if (id := line.decision_id) in lines]
        said = "\n".join([*texts, *(line.text for line in notice.lines)])
        return any(word in said for word in self._new_words)

    def _placed(self, notices: Sequence[Notice]) -> Telling:
        """What notices tell, with where the rows of the lines of these stand."""
        ids = {line.decision_id for notice in notices for line in notice.lines}
        full = self.lines.placed([line.decision for id, line in self.told.lines.items() if id in ids])
        return replace(self.told, lines={**self.told.lines, **{line.decision.decision_id: line for line in full}})
