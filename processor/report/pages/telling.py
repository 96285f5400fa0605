"""What a decision says and rests on, put into words once for all pages: as the values of its row in their data.

The values travel as JSON: a page's script reads them as they are, and the HTML rows are made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

import orjson

from processor.model import Text, say
from processor.report.pages import evidence
from processor.report.pages.masking import mask, may_hide
from processor.report.pages.measures import marks
from processor.report.snapshot import Line
from processor.report.translate import translator

_OWN_READING: Final = say("本条读法")
_PLACE: Final = say("{file} [{sheet}] 第{rows}行")
_ROWS: Final = "\0"

#: The values of a row as JSON without brackets: those before the number of its figures on a page, and those behind it.
Told = tuple[bytes, bytes]


class Row(NamedTuple):
    """The values of a row in the data of a page; the script reads them by these names.

    values: number of the decision's figures on the page, 0 where there are none. candidates: [chosen, staff number,
    reason]; otherwise: what would have changed it.
    """

    id: str
    unit: str
    month: str
    day: str
    person: str
    clause: str
    family: str
    effect: str
    status: str
    text: str
    fen: int | None
    points: str
    step: int
    thing: str
    marks: str
    places: list[str]
    readings: list[str]
    values: int
    steps: list[str]
    candidates: list[list[Any]]
    otherwise: list[str]
    history: list[str]
    linked: str


#: Row by row, and what the last batch did to it.
FIELDS = (*Row._fields, "change", "before")


def json_of(told: Told, values: int) -> bytes:
    """The row as JSON. values: number of its figures on the page."""
    return b"[%b,%d,%b]" % (told[0], values, told[1])


def row_of(told: Told, values: int) -> Row:
    """The row itself."""
    return Row(*orjson.loads(json_of(told, values)))


class Teller:
    """Puts decisions into words of the site's language, with numbers of people hidden."""

    def __init__(self, locale: str) -> None:
        self.say: Callable[[Text | str], str] = translator(locale)
        self._places: dict[tuple[str, str], str] = {}

    def tell(self, lines: Iterable[Line]) -> dict[str, Told]:
        """Decision id -> what is told of it; the lines are to be had in full."""
        return {line.decision.decision_id: self._told(line) for line in lines}

    def _told(self, line: Line) -> Told:
        d = line.decision
        if line.bare:
            raise ValueError(f"{d.decision_id} is told without what belongs to it")
        codes, own = evidence.reading_codes(line)
        head, places, steps, who, reasons, otherwise, history = _masked(
            (
                [self.say(d.text), line.thing or d.subject, d.unit],
                [self._place(*place) for place in evidence.places(line)],
                [self.say(step) for step in d.steps],
                [candidate.staff_no for candidate in d.candidates],
                [self.say(candidate.reason) for candidate in d.candidates],
                [self.say(text) for text in line.otherwise],
                line.history or ([line.answered] if line.answered else []),
            )
        )
        text, thing, unit = head
        readings = [*codes, *([mask(self.say(_OWN_READING))] if own else [])]
        stated = (d.decision_id, unit, d.period, d.date.isoformat(), d.staff_no, d.clause, d.family, d.effect, d.status)
        before = [*stated, text, d.amount, d.points, d.occurrence or 0, thing, marks(d), places, readings]
        candidates = [[int(c.chosen), *said] for c, *said in zip(d.candidates, who, reasons, strict=True)]
        behind = [steps, candidates, otherwise, history, d.linked_to]
        return orjson.dumps(before)[1:-1], orjson.dumps(behind)[1:-1]

    def _place(self, file: str, sheet: str, rows: str) -> str:
        """Where rows stand; a sheet is put into words once."""
        said = self._places.get((file, sheet))
        if said is None:
            said = self._places[file, sheet] = self.say(say(_PLACE.template, file=file, sheet=sheet, rows=_ROWS))
        return said.replace(_ROWS, rows)


def _masked(groups: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    """The texts with numbers of people hidden; hardly any decision has such a number, so all of its texts are searched at once."""
    if not may_hide("\n".join(chain(*groups))):
        return groups
    return [[mask(text) for text in texts] for texts in groups]
