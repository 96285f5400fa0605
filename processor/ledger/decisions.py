"""Decisions as they stand, what they said before, and the answers that managers gave."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, Select, and_, bindparam, delete, func, insert, or_, select, update

from processor.decision import Answer, Decision
from processor.ledger.bulk import CHUNK, chunks, insert_rows
from processor.ledger.codec import BARE, bare_of, base_of, decision_of, row_of
from processor.ledger.facts import Ranges
from processor.ledger.schema import answers, decisions, facts, superseded
from processor.ledger.stirred import Stirred
from processor.model import INFO_EFFECTS, PAID_STATUSES, WAITING_STATUSES

#: The verdict on an appeal that leaves what stood.
UPHOLD = "维持"
#: Effects that ask for something to be done, whatever their day.
STILL_TO_DO = ("assign", "queue", "remind")


def _lines(columns: Sequence[str] = ()) -> Select[Any]:
    """All lines in the order of decisions.csv; columns: only these."""
    order = (decisions.c.period, decisions.c.unit, decisions.c.clause, decisions.c.decision_id)
    return select(*(decisions.c[name] for name in columns or decisions.c.keys())).order_by(*order)


#: The lines of a binding, asked for so often that the question is made once.
_OF_BINDING = _lines().where(*(decisions.c[name] == bindparam(name) for name in ("unit", "pack", "binding")))
_OF_WINDOWS = _OF_BINDING.where(decisions.c.window.in_(bindparam("windows", expanding=True)))
_OF_FACTS = _OF_BINDING.where(decisions.c.fact.in_(bindparam("facts", expanding=True)))
#: Windows and facts of lines of a binding about something still to be done; asked for as often.
_STILL = or_(decisions.c.due.is_not(None), decisions.c.effect.in_(STILL_TO_DO))
_OPEN = [decisions.c[name] == bindparam(name) for name in ("unit", "binding")]
_OPEN_WINDOWS, _OPEN_FACTS = (
    select(column).distinct().where(*_OPEN, _STILL) for column in (decisions.c.window, decisions.c.fact)
)
_LATEST = select(func.max(answers.c.fact)).join(facts, facts.c.id == answers.c.fact)
#: Of one row of a form the last version that was an answer.
_IN_FORCE = select(answers).where(answers.c.fact.in_(_LATEST.group_by(facts.c.register, facts.c.key)))
_IN_FORCE_OF = _IN_FORCE.where(answers.c.decision_id.in_(bindparam("ids", expanding=True)))


class DecisionStore:
    """The decisions of one ledger transaction."""

    def __init__(self, connection: Connection, stirred: Stirred) -> None:
        self.connection, self.stirred = connection, stirred

    def of_windows(self, unit: str, pack: str, binding: str, windows: Collection[str] | None) -> list[Decision]:
        """What a binding decided in these windows; None: in all."""
        given = {"unit": unit, "pack": pack, "binding": binding}
        if windows is None:
            return self._read(_OF_BINDING, given)
        parts = chunks(sorted(windows))
        return [d for part in parts for d in self._read(_OF_WINDOWS, given | {"windows": part})]

    def of_binding(self, unit: str, pack: str, binding: str, judged: Collection[int]) -> list[Decision]:
        """What a binding decided about these facts."""
        given = {"unit": unit, "pack": pack, "binding": binding}
        return [d for part in chunks(sorted(judged)) for d in self._read(_OF_FACTS, given | {"facts": part})]

    def of_pack(self, unit: str, pack: str, closed: Collection[str]) -> list[Decision]:
        """Everything a pack decided in the unit, outside the closed periods."""
        query = _lines().where(decisions.c.unit == unit, decisions.c.pack == pack)
        return self._read(query.where(decisions.c.period.in_(self._open_periods(closed))))

    def standing_of(self, units: Collection[str]) -> dict[str, tuple[int, list[str], int]]:
        """Unit -> its lines, their months, and the fen of those that pay, for units other than these."""
        query = select(
            decisions.c.unit, decisions.c.period, decisions.c.status, func.count(), func.sum(decisions.c.amount)
        ).where(decisions.c.unit.not_in(sorted(units)), decisions.c.unit != "")
        found: dict[str, tuple[int, list[str], int]] = {}
        grouped = query.group_by(decisions.c.unit, decisions.c.period, decisions.c.status)
        for unit, period, status, count, fen in self.connection.execute(grouped.order_by(decisions.c.period)):
            lines, months, total = found.get(unit, (0, [], 0))
            months = months if period in months else [*months, period]
            found[unit] = (lines + count, months, total + int(fen or 0) * (status in PAID_STATUSES))
        return found

    def of_clauses(
        self, unit: str, clauses: Sequence[str], ranges: Ranges, judged: Collection[int] | None = None
    ) -> list[Decision]:
        """What these clauses decided in the unit, without words, dated inside the ranges; judged: only about these facts."""
        query = _lines(BARE).where(decisions.c.unit == unit, decisions.c.clause.in_(clauses))
        if judged is not None:
            parts = [query.where(decisions.c.fact.in_(part)) for part in chunks(sorted(judged))]
        elif ranges is not None:
            inside = [and_(decisions.c.date >= a.isoformat(), decisions.c.date <= b.isoformat()) for a, b in ranges]
            parts = [query.where(or_(*inside))]
        else:
            parts = [query]
        return [bare_of(row) for part in parts for row in self._rows(part)]

    def by_id(self, ids: Iterable[str]) -> dict[str, Decision]:
        """Lines by decision id; unknown ids are left out."""
        found = [
            d
            for part in chunks(sorted(set(ids)))
            for d in self._read(_lines().where(decisions.c.decision_id.in_(part)))
        ]
        return {d.decision_id: d for d in found}

    def linked_to(self, ids: Iterable[str]) -> list[Decision]:
        """Lines that hang on one of these."""
        wanted = sorted(set(ids))
        return [d for part in chunks(wanted) for d in self._read(_lines().where(decisions.c.linked_to.in_(part)))]

    def open_lines(self, closed: Collection[str]) -> list[Decision]:
        """Every line outside the closed periods, sorted as decisions.csv is."""
        return self._read(_lines().where(decisions.c.period.in_(self._open_periods(closed))))

    def _open_periods(self, closed: Collection[str]) -> list[str]:
        """The periods with lines that are not closed: unlike those that are, there are few of them."""
        return sorted(set(self.connection.execute(select(decisions.c.period).distinct()).scalars()).difference(closed))

    def first_open(self, closed: Collection[str]) -> str:
        """The first period with lines that is not closed; later than any where there is none."""
        return min(self._open_periods(closed), default="9999-12")

    def adjustments(self, closed: Collection[str]) -> list[Decision]:
        """Every adjustment outside the closed periods."""
        query = _lines().where(decisions.c.effect == "adjustment")
        return self._read(query.where(decisions.c.period.in_(self._open_periods(closed))))

    def of_period(self, period: str) -> list[Decision]:
        """Every line of one period."""
        return self._read(_lines().where(decisions.c.period == period))

    def waiting(self) -> list[Decision]:
        """Lines of any period that wait for a manager."""
        return self._read(_lines().where(decisions.c.status.in_(sorted(WAITING_STATUSES))))

    def reminders(self, closed: Collection[str]) -> list[Decision]:
        """What is still to be done, of any period, and what open periods remind of; revoked lines aside."""
        owed = and_(decisions.c.due > "", decisions.c.effect.in_(INFO_EFFECTS))  # `>`: a range that an index answers
        reminded = and_(decisions.c.effect == "remind", decisions.c.period.in_(self._open_periods(closed)))
        return self._read(_lines().where(or_(owed, reminded), decisions.c.status != "revoked"))

    def open_windows(self, unit: str, binding: str) -> set[str]:
        """Windows in which the binding has a line about something still to be done."""
        return self._open(_OPEN_WINDOWS, unit, binding)

    def open_facts(self, unit: str, binding: str) -> set[int]:
        """Facts that the binding's lines about something still to be done judge."""
        return self._open(_OPEN_FACTS, unit, binding) - {None}

    def _open(self, query: Select[Any], unit: str, binding: str) -> set[Any]:
        return set(self.connection.execute(query, {"unit": unit, "binding": binding}).scalars())

    def ever(self, ids: Iterable[str]) -> dict[str, Decision]:
        """Lines by id as they stand, or as they last stood before they were withdrawn."""
        wanted = set(ids)
        found = self.by_id(wanted)
        for part in chunks(sorted(wanted - set(found))):
            query = select(superseded).where(superseded.c.decision_id.in_(part)).order_by(superseded.c.id)
            for row in self.connection.execute(query):
                found[row.decision_id] = decision_of(orjson.loads(row.line))
        return found

    def of_facts(self, ids: Iterable[int], periods: Collection[str]) -> list[Decision]:
        """Lines of these periods that judge one of these facts."""
        wanted = sorted(set(ids)) if periods else []
        query = _lines().where(decisions.c.period.in_(sorted(periods)))
        return [d for part in chunks(wanted) for d in self._read(query.where(decisions.c.fact.in_(part)))]

    def _rows(self, query: Any, given: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """The rows that a query finds, by column."""
        found = self.connection.execute(query, given)
        names = tuple(found.keys())
        return (dict(zip(names, row, strict=True)) for part in found.partitions(CHUNK) for row in part)

    def _read(self, query: Any, given: Mapping[str, Any] | None = None) -> list[Decision]:
        return [decision_of(row) for row in self._rows(query, given)]

    def bases(self, ids: Iterable[str]) -> dict[str, Decision]:
        """Lines by id as they were before answers."""
        found = {}
        for part in chunks(sorted(set(ids))):
            for row in self._rows(select(decisions).where(decisions.c.decision_id.in_(part))):
                found[row["decision_id"]] = base_of(row)
        return found

    def write(
        self,
        lines: Sequence[tuple[Decision, Decision]],
        gone: Sequence[Decision],
        old: Sequence[Decision],
        run: int,
        reason: str = "",
    ) -> None:
        """Write changed lines (line, line before answers), delete those that are gone, keep what both said before.

        reason: why lines are gone.
        """
        before = [
            {"decision_id": d.decision_id, "run": run, "line": orjson.dumps(row_of(d, d)).decode(), "reason": why}
            for why, said in (("", old), (reason, gone))
            for d in said
        ]
        if before:
            self.connection.execute(insert(superseded), before)
        ids = [d.decision_id for d in gone] + [line.decision_id for line, _ in lines]
        for part in chunks(ids):
            self.connection.execute(delete(decisions).where(decisions.c.decision_id.in_(part)))
        insert_rows(self.connection, decisions, [row_of(line, base) for line, base in lines])
        self.stirred.stir(ids)

    def histories(self, ids: Iterable[str]) -> dict[str, list[tuple[int, Decision]]]:
        """What each of these lines said before, oldest first: (run that changed it, line)."""
        found: dict[str, list[tuple[int, Decision]]] = {}
        for part in chunks(sorted(set(ids))):
            query = select(superseded).where(superseded.c.decision_id.in_(part)).order_by(superseded.c.id)
            for row in self.connection.execute(query):
                found.setdefault(row.decision_id, []).append((row.run, decision_of(orjson.loads(row.line))))
        return found

    def counts(self, periods: Collection[str]) -> list[Any]:
        """Lines of these periods that are alike, counted: rows of unit, period, staff_no, staff_name, clause, effect, status,
        sign (of their points), count and fen.
        """
        c = decisions.c
        people = (c.unit, c.period, c.staff_no, c.staff_name)
        alike = (*people, c.clause, c.effect, c.status, func.substr(c.points, 1, 1).label("sign"))
        query = select(*alike, func.count().label("count"), func.coalesce(func.sum(c.amount), 0).label("fen"))
        query = query.where(c.period.in_(sorted(periods))).group_by(*alike).order_by(*alike)
        return list(self.connection.execute(query))

    def history(self, decision_id: str) -> list[tuple[int, Decision]]:
        """What a line said before, oldest first: (run that changed it, line)."""
        query = select(superseded).where(superseded.c.decision_id == decision_id).order_by(superseded.c.id)
        return [(row.run, decision_of(orjson.loads(row.line))) for row in self.connection.execute(query)]

    # answers

    def keep_answers(self, given: Sequence[Answer]) -> None:
        """Remember answers as they arrive."""
        rows = [
            {
                "fact": a.fact,
                "decision_id": a.decision_id,
                "verdict": a.verdict,
                "amount": a.amount,
                "by": a.by,
                "day": a.day.isoformat(),
                "fingerprint": a.fingerprint,
                "owner": a.owner,
            }
            for a in given
        ]
        if rows:
            self.connection.execute(delete(answers).where(answers.c.fact.in_([row["fact"] for row in rows])))
            self.connection.execute(
                insert(answers), [row | {"clause": "", "staff_no": "", "subject": ""} for row in rows]
            )
            self.stirred.stir(self._answered_by([a.fact for a in given]))

    def _answered_by(self, given: Sequence[int]) -> list[str]:
        """The decisions that these rows of forms answer, or answered before they were changed."""
        now = facts.alias()
        same = and_(now.c.register == facts.c.register, now.c.key == facts.c.key)
        query = select(answers.c.decision_id).join(facts, facts.c.id == answers.c.fact).join(now, same)
        parts = chunks(given)
        return [id for part in parts for id in self.connection.execute(query.where(now.c.id.in_(part))).scalars()]

    def adopt(self, answer: Answer, line: Decision, fingerprint: str) -> None:
        """Bind an answer to the line that it answers."""
        self.connection.execute(
            update(answers)
            .where(answers.c.fact == answer.fact)
            .values(fingerprint=fingerprint, clause=line.clause, staff_no=line.staff_no, subject=line.subject)
        )
        self.stirred.stir([line.decision_id])

    def answers(self, ids: Iterable[str] | None = None) -> dict[str, Answer]:
        """The answer in force for each decision: the last one that did not uphold what stood."""
        return {a.decision_id: a for a in self._given(ids) if a.verdict != UPHOLD}

    def last_words(self, ids: Iterable[str]) -> dict[str, Answer]:
        """What a manager said last of each decision, upheld appeals included."""
        return {a.decision_id: a for a in self._given(ids)}

    def _given(self, ids: Iterable[str] | None) -> list[Answer]:
        """Answers in order of day, then arrival. Of one row of a form the last version that was an answer counts: one
        without a verdict, or signed by someone whom the site does not name, is none and supersedes none.
        """
        if ids is None:
            rows = [*self.connection.execute(_IN_FORCE)]
        else:
            parts = chunks(sorted(set(ids)))
            rows = [row for part in parts for row in self.connection.execute(_IN_FORCE_OF, {"ids": part})]
        return [_answer(row) for row in sorted(rows, key=lambda row: (row.day, row.fact))]

    def answerers(self) -> set[str]:
        """Whoever answered something, or was awarded a customer by an answer."""
        said = self.connection.execute(select(answers.c.by, answers.c.owner).distinct())
        return {who for pair in said for who in pair if who}

    def answered_rows(self, ids: Iterable[int]) -> set[int]:
        """Which of these facts were taken as answers."""
        query = select(answers.c.fact).where(answers.c.fact.in_(bindparam("ids", expanding=True)))
        parts = chunks(sorted(set(ids)))
        return {fact for part in parts for fact in self.connection.execute(query, {"ids": part}).scalars()}

    def answers_to(self, ids: Iterable[str]) -> dict[str, list[Answer]]:
        """Every answer that was given to each of these lines, superseded ones too, in order of day."""
        found: dict[str, list[Answer]] = {}
        for part in chunks(sorted(set(ids))):
            rows = self.connection.execute(select(answers).where(answers.c.decision_id.in_(part))).all()
            for row in sorted(rows, key=lambda row: (row.day, row.fact)):
                found.setdefault(row.decision_id, []).append(_answer(row))
        return found

    def all_answers(self, decision_id: str) -> list[Answer]:
        """Every answer that was given to a line, superseded ones too, in order of day."""
        query = select(answers).where(answers.c.decision_id == decision_id)
        return [_answer(row) for row in sorted(self.connection.execute(query), key=lambda row: (row.day, row.fact))]

    def unadopted(self) -> list[Answer]:
        """Answers in force to lines that were not known when they arrived."""
        query = select(answers).join(facts, facts.c.id == answers.c.fact).where(facts.c.current, answers.c.clause == "")
        return [_answer(row) for row in self.connection.execute(query)]

    def revoked(self) -> dict[str, tuple[str, str, str]]:
        """Decision id -> (clause, staff_no, subject) of revocations in force whose judged row still says what it said."""
        in_force = {a.fact for a in self.answers().values() if a.verdict == "撤销"}
        rows = self.connection.execute(select(answers).where(answers.c.verdict == "撤销", answers.c.clause != "")).all()
        judged = {row.fact: int(row.fingerprint[5:]) for row in rows if row.fingerprint.startswith("fact:")}
        query = select(facts.c.id).where(facts.c.id.in_(sorted(judged.values())), facts.c.current)
        current = set(self.connection.execute(query).scalars())
        return {
            row.decision_id: (row.clause, row.staff_no, row.subject)
            for row in rows
            if row.fact in in_force and (row.fact not in judged or judged[row.fact] in current)
        }


def _answer(row: Any) -> Answer:
    day = date.fromisoformat(row.day)
    return Answer(row.decision_id, row.verdict, row.amount, row.by, day, row.fingerprint, row.fact, row.owner)
