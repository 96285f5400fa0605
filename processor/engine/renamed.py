"""Rows that keep the subject by which they were first known, though rules call them by the number that they got later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from processor.decision import Decision
from processor.model import Finding

Revoked = frozenset[tuple[str, str, str]]


@dataclass(frozen=True)
class Renamed:
    """kept: the key that a row's cells give now -> the one by which it stays known. rows: the facts of those rows."""

    kept: Mapping[str, str] = field(default_factory=dict)
    rows: frozenset[int] = frozenset()

    @cached_property
    def _natural(self) -> dict[str, str]:
        return {kept: natural for natural, kept in self.kept.items()}

    def findings(self, findings: Iterable[Finding]) -> list[Finding]:
        """What a rule found, about the subjects that stay known."""
        return [self._finding(finding) for finding in findings] if self.kept else list(findings)

    def _finding(self, finding: Finding) -> Finding:
        subject, cause = finding.subject, finding.hangs_on
        if finding.row is not None and int(finding.row) in self.rows:
            subject = self.kept.get(subject, subject)
        if cause is not None:
            cause = (cause[0], cause[1], self.kept.get(cause[2], cause[2]), *cause[3:])
        return replace(finding, subject=subject, hangs_on=cause)

    def decisions(self, decisions: Iterable[Decision]) -> list[Decision]:
        """Earlier decisions with the subjects that rules know."""
        return [
            replace(d, subject=self._natural.get(d.subject, d.subject)) if d.row in self.rows else d for d in decisions
        ]

    def revoked(self, revoked: Revoked) -> Revoked:
        """Revoked occurrences, also by the subjects that rules know."""
        again = {
            (clause, staff_no, self._natural[subject])
            for clause, staff_no, subject in revoked
            if subject in self._natural
        }
        return revoked | again
