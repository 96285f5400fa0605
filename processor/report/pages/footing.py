"""What a page says of the batch and the day of which it speaks, and whether it says anything else than before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from markupsafe import Markup, escape

from processor.model import say
from processor.report.pages.page import Page
from processor.report.pages.render import css_string

_BATCH = re.compile(r'<span data-batch="([0-9-]+)" data-day="([0-9-]+)">')


@dataclass(frozen=True)
class Footing:
    """The batch that writes a page, and its day."""

    page: Page
    run: str
    as_of: date

    @cached_property
    def period(self) -> str:
        """Of which day the page speaks."""
        return self.page.say(say("截至{day}", day=self.page.long_day(self.as_of)))

    @cached_property
    def foot(self) -> Markup:
        """Which batch wrote it."""
        day = self.as_of.isoformat()
        said = self.page.show(say("批次{run}，截至{day}", run=self.run, day=day))
        return Markup('<span data-batch="{run}" data-day="{day}">{said}</span>').format(
            run=self.run, day=day, said=said
        )

    def as_it_was(self, text: str, home: Path | None, *, daily: bool) -> str:
        """The page of an earlier batch where it says the same, else the text. daily: where another day is something else."""
        try:
            before = (home / self.page.path).read_text(encoding="utf-8") if home else ""
        except (OSError, UnicodeDecodeError):
            return text
        found = _BATCH.search(before)
        if found is None:
            return text
        then = Footing(self.page, found[1], self.as_of if daily else date.fromisoformat(found[2]))
        return before if then._in_place_of(self, text) == before else text

    def _in_place_of(self, other: Footing, text: str) -> str:
        """The text as this batch would have written it on its day."""
        said = text.replace(other.foot, self.foot)
        if self.as_of == other.as_of:
            return said
        for way in (escape, css_string):
            said = said.replace(way(other.period), way(self.period))
        return said
