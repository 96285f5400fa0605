"""Facts: every row of every register, by natural key, with its superseded versions (G10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import orjson
import pandas as pd
from sqlalchemy import Connection, and_, bindparam, case, false, func, or_, select, update

from processor.catalogue.register import Register
from processor.ledger.bulk import chunks, insert_columns
from processor.ledger.decoded import Decoded
from processor.ledger.homes import HomeStore
from processor.ledger.links import LinkStore
from processor.ledger.rows import contents, frame_of
from processor.ledger.schema import facts, links
from processor.ledger.stirred import Stirred
from processor.model import Source

#: Beyond every id.
MOST_ID = (1 << 31) - 1
#: The column of an appeal that names the decision.
APPEALED = "决定编号"
_ANY = select(facts.c.id).where(facts.c.register == bindparam("of")).limit(1)
#: Current rows; what those say that are at hand is not asked for.
_CURRENT = select(
    func.coalesce(facts.c.day, ""),
    facts.c.key,
    facts.c.id,
    facts.c.unit,
    case((facts.c.id < bindparam("kept_from"), facts.c.content)),
).where(facts.c.register == bindparam("of"), facts.c.current)
_CURRENT_OF = _CURRENT.where(facts.c.unit == bindparam("home"))
Ranges = Sequence[tuple[date, date]] | None


@dataclass(frozen=True)
class Delivery:
    """The readable rows of one register sheet. frame: canonical columns and `_row`; keys, units: aligned with it.

    days: the first date column as ISO text, None where the register has none; last: the latest date of the row.
    """

    register: Register
    file: str
    sheet: str
    frame: pd.DataFrame
    keys: Sequence[str]
    units: Sequence[str | None]
    days: Sequence[str | None]
    last: Sequence[str | None]


class Touch(NamedTuple):
    """A fact that appeared, changed or moved, or an answered line with the fact that it judges: what depends on it is
    decided anew.
    """

    register: str
    unit: str | None
    day: str | None
    fact: int | None


@dataclass(frozen=True)
class Stored:
    """What became of a delivery. ids: fact id of each row; kinds: new, changed, unchanged or repeated, row by row."""

    ids: list[int]
    kinds: list[str]
    touches: list[Touch]

    def count(self, kind: str) -> int:
        return self.kinds.count(kind)


@dataclass(frozen=True, slots=True)
class Standing:
    """A known row: its content as JSON text, and where it was delivered."""

    content: str
    source: Source


class FactStore:
    """Facts of one ledger transaction."""

    def __init__(self, connection: Connection, registers: Mapping[str, Register], stirred: Stirred) -> None:
        self.connection, self.registers, self.stirred = connection, registers, stirred
        self.links = LinkStore(connection)
        self.homes = HomeStore(connection, registers)
        self._held: dict[str, bool] = {}
        self._decoded: dict[str, Decoded] = {}

    @cached_property
    def next_id(self) -> int:
        """The id of the next row that is kept."""
        return (self.connection.execute(select(func.max(facts.c.id))).scalar() or 0) + 1

    def store(self, delivery: Delivery, run: int) -> Stored:
        """Keep the rows: new ones, new versions of known ones; a row that says the same changes nothing."""
        register, units, days = delivery.register, delivery.units, delivery.days
        texts = contents(register, delivery.frame)
        known = self._known(register.name, delivery.keys)
        counting = _counting(delivery.keys, texts)
        if not known and len(counting) == len(texts):
            return self._store_all(delivery, texts, run)
        fresh: list[int] = []
        retired: list[int] = []
        moved: list[dict[str, Any]] = []
        touches: list[Touch] = []
        rehomed: dict[int, str | None] = {}
        ids, kinds = [0] * len(texts), ["repeated"] * len(texts)
        rows = delivery.frame["_row"].tolist()
        for key, index in sorted(counting.items(), key=itemgetter(1)):
            old = known.get(key)
            if old is not None and old.content == texts[index]:
                ids[index], kinds[index] = old.id, "unchanged"
                if old.unit != units[index]:
                    rehomed[old.id] = units[index]
                    touches += [Touch(register.name, unit, old.day, old.id) for unit in (old.unit, units[index])]
                if old.file == delivery.file and (old.sheet, old.row) != (delivery.sheet, rows[index]):
                    moved.append({"fact": old.id, "sheet": delivery.sheet, "row": rows[index]})
                continue
            ids[index], kinds[index] = self.next_id + len(fresh), "new" if old is None else "changed"
            if old is not None:
                retired.append(old.id)
                touches.append(Touch(register.name, old.unit, old.day, old.id))
            touches.append(Touch(register.name, units[index], days[index], ids[index]))
            fresh.append(index)
        if len(counting) < len(texts):
            ids = [ids[counting[key]] for key in delivery.keys]
        self._supersede(retired, moved)
        self._insert(delivery, fresh, texts, run)
        if register.appeals:
            self._stir_appealed(old.content for old in known.values() if old.id in retired)
        self.homes.reassign(rehomed)
        return Stored(ids, kinds, touches)

    def _store_all(self, delivery: Delivery, texts: Sequence[str], run: int) -> Stored:
        """Keep rows of which none was known, each once."""
        ids = range(self.next_id, self.next_id + len(texts))
        touches = list(map(Touch, repeat(delivery.register.name), delivery.units, delivery.days, ids))
        self._insert(delivery, range(len(texts)), texts, run)
        return Stored(list(ids), ["new"] * len(texts), touches)

    def _stir_appealed(self, texts: Iterable[str]) -> None:
        """Something was said of the decisions that these appeals name."""
        self.stirred.stir(named for text in texts if (named := orjson.loads(text).get(APPEALED)))

    def _insert(self, delivery: Delivery, fresh: Sequence[int], texts: Sequence[str], run: int) -> None:
        """Keep these rows of a delivery, by their places in it, under the next ids."""

        def chosen(values: Sequence[Any]) -> Sequence[Any]:
            return values if len(fresh) == len(values) else [values[index] for index in fresh]

        if fresh:
            self._held[delivery.register.name] = True
        ids = range(self.next_id, self.next_id + len(fresh))
        self.next_id += len(fresh)
        columns: dict[str, Iterable[Any]] = {
            "id": ids,
            "register": repeat(delivery.register.name),
            "key": chosen(delivery.keys),
            "unit": chosen(delivery.units),
            "day": chosen(delivery.days),
            "last": chosen(delivery.last),
            "content": chosen(texts),
            "file": repeat(delivery.file),
            "sheet": repeat(delivery.sheet),
            "row": chosen(delivery.frame["_row"].tolist()),
            "run": repeat(run),
            "current": repeat(True),
        }
        insert_columns(self.connection, facts, columns)
        if not ids:
            return
        frame = delivery.frame if len(fresh) == len(delivery.frame) else delivery.frame.iloc[list(fresh)]
        for header in delivery.register.links:
            self.links.keep(ids, header, frame[header])
        self._decoded_of(delivery.register.name).keep(ids[0], frame)
        if delivery.register.appeals:
            self._stir_appealed(chosen(texts))

    def _known(self, register: str, keys: Sequence[str]) -> dict[str, Any]:
        found = {}
        columns = (
            facts.c.id,
            facts.c.key,
            facts.c.content,
            facts.c.unit,
            facts.c.day,
            facts.c.file,
            facts.c.sheet,
            facts.c.row,
        )
        first = select(facts.c.id).where(facts.c.register == register).limit(1)
        wanted = list(dict.fromkeys(keys)) if self.connection.execute(first).first() else []
        for part in chunks(wanted):
            query = select(*columns).where(facts.c.register == register, facts.c.key.in_(part), facts.c.current)
            for row in self.connection.execute(query):
                found[row.key] = row
        return found

    def runs_of(self, register: str, keys: Sequence[str]) -> dict[str, int]:
        """Key -> the batch that brought its current row, for those that are known."""
        query = select(facts.c.key, facts.c.run).where(facts.c.register == register, facts.c.current)
        parts = chunks(list(dict.fromkeys(keys)))
        return {
            row.key: row.run for part in parts for row in self.connection.execute(query.where(facts.c.key.in_(part)))
        }

    def refs_of(self, register: str, keys: Sequence[str]) -> set[int]:
        """The ids of the current rows under these keys."""
        query = select(facts.c.id).where(facts.c.register == register, facts.c.current)
        return {
            id for part in chunks(keys) for id in self.connection.execute(query.where(facts.c.key.in_(part))).scalars()
        }

    def stated(self, register: str, header: str, values: Sequence[str]) -> set[str]:
        """Which of these values a link column of the register's current rows holds."""
        joined = links.join(facts, links.c.fact == facts.c.id)
        query = select(links.c.value).select_from(joined).where(links.c.header == header)
        query = query.where(facts.c.register == register, facts.c.current)
        parts = chunks(sorted(set(values)))
        return {
            found for part in parts for found in self.connection.execute(query.where(links.c.value.in_(part))).scalars()
        }

    def standing(self, register: Register, keys: Sequence[str]) -> dict[str, Standing]:
        """The known rows with these keys."""
        known = self._known(register.name, keys)
        return {key: Standing(row.content, Source(row.file, row.sheet, row.row)) for key, row in known.items()}

    def _supersede(self, retired: list[int], moved: list[dict[str, Any]]) -> None:
        """Versions that are no longer in force, and where unchanged rows stand now."""
        if retired:
            statement = update(facts).where(facts.c.id == bindparam("fact")).values(current=False)
            self.connection.execute(statement, [{"fact": id} for id in retired])
        if moved:
            self.stirred.rows.update(each["fact"] for each in moved)
            place: dict[str, Any] = {"sheet": bindparam("sheet"), "row": bindparam("row")}
            self.connection.execute(update(facts).where(facts.c.id == bindparam("fact")).values(**place), moved)

    def frame(
        self, register: str, unit: str | None = None, ranges: Ranges = None, ids: Collection[int] = ()
    ) -> pd.DataFrame:
        """Current facts as a canonical frame with `_ref`, sorted by day, then key. unit None: of all units.

        ranges: only facts dated inside one of these day ranges, and facts without a date; None: all. ids: these facts
        too, whatever their day.
        """
        if not self.holds(register):
            return self.nothing(register)
        decoded = self._decoded_of(register)
        given = {"of": register, "kept_from": MOST_ID if decoded.kept_from is None else decoded.kept_from}
        query, given = (_CURRENT, given) if unit is None else (_CURRENT_OF, given | {"home": unit})
        found = [self.connection.execute(part, given).all() for part in _parts(query, ranges, ids)]
        rows = found[0] if len(found) == 1 else {row[2]: row for part in found for row in part}.values()
        ordered = sorted(rows, key=itemgetter(0, 1))
        if not ordered:
            return self.nothing(register)
        _, _, refs, units, texts = zip(*ordered, strict=True)
        return decoded.read(refs, texts, units)

    def _decoded_of(self, register: str) -> Decoded:
        """The rows at hand of a register."""
        return self._decoded.setdefault(register, Decoded(self.registers[register]))

    def let_go(self) -> None:
        """Keep no rows at hand any longer, nor what belongs together; whoever wants them looks them up."""
        self._decoded.clear()
        self.links.let_go()

    def nothing(self, register: str) -> pd.DataFrame:
        """The frame of a register without a row."""
        return _none_of(self.registers[register]).copy(deep=False)

    def holds(self, register: str) -> bool:
        """Whether there ever was a row of the register: of most that a site knows there was none."""
        if register not in self._held:
            self._held[register] = self.connection.execute(_ANY, {"of": register}).first() is not None
        return self._held[register]

    def between(self, registers: Collection[str], unit: str, ranges: Sequence[tuple[date, date]]) -> set[int]:
        """Current facts of the unit that lie in one of these day ranges, from their first to their latest date."""
        query = select(facts.c.id).where(facts.c.unit == unit, facts.c.register.in_(sorted(registers)), facts.c.current)
        meets = [and_(facts.c.last >= first.isoformat(), facts.c.day <= last.isoformat()) for first, last in ranges]
        return {fact for inside in meets for fact in self.connection.execute(query.where(inside)).scalars()}

    def more_than(self, count: int, registers: Collection[str], unit: str | None) -> bool:
        """Whether there are more current facts in these registers of a unit, None: of all units; counts no further."""
        query = select(facts.c.id).where(facts.c.register.in_(sorted(registers)), facts.c.current)
        query = query if unit is None else query.where(facts.c.unit == unit)
        return self.connection.execute(query.offset(count).limit(1)).first() is not None

    def days(self, registers: Collection[str], unit: str, ids: Collection[int]) -> set[date]:
        """The days of those of these facts that are current rows of the unit in these registers."""
        query = select(facts.c.day).distinct().where(facts.c.register.in_(sorted(registers)), facts.c.unit == unit)
        query = query.where(facts.c.current, facts.c.day.is_not(None))
        parts = chunks(sorted(ids))
        found = {day for part in parts for day in self.connection.execute(query.where(facts.c.id.in_(part))).scalars()}
        return {date.fromisoformat(day) for day in found}

    def of_run(self, run: int) -> frozenset[int]:
        """The facts that a batch brought in."""
        return frozenset(self.connection.execute(select(facts.c.id).where(facts.c.run == run)).scalars())

    def sizes(self) -> list[int]:
        """How many current rows each unit has."""
        query = select(func.count()).where(facts.c.current, facts.c.unit.is_not(None)).group_by(facts.c.unit)
        return list(self.connection.execute(query).scalars())

    def months(self, unit: str, ranges: Ranges) -> frozenset[str]:
        """`YYYY-MM` in which the unit has at least one dated row of any register but the roster and forms.

        ranges: only rows dated inside one of these day ranges; None: all.
        """
        kept = [register.name for register in self.registers.values() if not register.form and not register.roster]
        query = select(func.substr(facts.c.day, 1, 7)).distinct()
        query = query.where(facts.c.register.in_(kept), facts.c.unit == unit, facts.c.day.is_not(None), facts.c.current)
        if ranges is not None:
            query = query.where(or_(false(), *_inside(ranges)))
        return frozenset(self.connection.execute(query).scalars())

    def last_day(self, unit: str) -> date:
        """The latest day of any current row of the unit."""
        query = select(func.max(facts.c.day)).where(facts.c.register.in_(sorted(self.registers)), facts.c.unit == unit)
        return date.fromisoformat(
            self.connection.execute(query.where(facts.c.current)).scalar() or date.min.isoformat()
        )


@lru_cache(maxsize=1024)
def _none_of(register: Register) -> pd.DataFrame:
    """The frame of a register without a row; shared, so nobody writes into it."""
    return frame_of(register, ()).assign(_ref=np.empty(0, dtype=np.int64))


def _counting(keys: Sequence[str], texts: Sequence[str]) -> dict[str, int]:
    """Key -> the row that counts in its sheet: the last word on it, and of equal rows the first."""
    counting: dict[str, int] = {}
    for index, key in enumerate(keys):
        if key not in counting or texts[counting[key]] != texts[index]:
            counting[key] = index
    return counting


def _inside(ranges: Sequence[tuple[date, date]]) -> list[Any]:
    return [and_(facts.c.day >= first.isoformat(), facts.c.day <= last.isoformat()) for first, last in ranges]


def _parts(query: Any, ranges: Ranges, ids: Collection[int]) -> Iterator[Any]:
    if ranges is None:
        yield query
        return
    if ranges:
        yield query.where(or_(facts.c.day.is_(None), *_inside(ranges)))
    for part in chunks(sorted(ids)):
        yield query.where(facts.c.id.in_(part))
