"""Messages about batches: what they say, who gets them, and how they are sent (through Apprise)."""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from processor.errors import SiteError, anonymous_trace
from processor.ledger.messages import Message
from processor.messages import tell
from processor.site import Site

VARIABLE = re.compile(r"\$\{(\w+)\}")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Happened:
    """What a batch did, counted; unit: where, empty for the whole site. No name, no pay and no cell is among it.

    rejected: workbooks; unreadable: cells that could not be read; pending: decisions that newly wait for a manager;
    due, overdue: reminders, counted when the day has changed; changed: lines; look: the page to look at.
    """

    unit: str
    look: str
    rejected: int = 0
    unreadable: int = 0
    pending: int = 0
    due: int = 0
    overdue: int = 0
    changed: int = 0
    closed: Sequence[str] = ()

    def says(self, on: Iterable[str]) -> list[str]:
        """One Chinese sentence for each kind of news in `on` that there is."""
        news: Mapping[str, str] = {
            "problems": _joined(
                (self.rejected, "{}份登记表需要处理"), (self.unreadable, "{}处读不出来，请按标注更正后再放入收件夹")
            ),
            "pending": _joined((self.pending, "新增{}项等经理确认")),
            "reminders": _joined((self.due, "{}项事情近期到期"), (self.overdue, "{}项已经过期")),
            "published": _joined(
                (self.changed, "{}条决定有变动"), (len(self.closed), f"{'、'.join(self.closed)}已结账")
            ),
        }
        return [news[kind] for kind in on if news[kind]]


def _joined(*parts: tuple[int, str]) -> str:
    return "，".join(text.format(count) for count, text in parts if count)


def compose(site: Site, run: str, as_of: date, happened: Iterable[Happened]) -> Iterator[Message]:
    """One message a receiver: the site's receivers hear of the whole, those of a unit of their unit."""
    urls = {unit.name: unit.notify for unit in site.units} | {"": site.notify.urls}
    for news in happened:
        said = news.says(site.notify.on)
        if said:
            title = f"{news.unit or site.name} {as_of.isoformat()}"
            text = f"{'；'.join(said)}。详见 {news.look}（批次 {run}）"
            for url in urls.get(news.unit, ()):
                yield Message(_receiver(url), title, text)


def send(site: Site, waiting: Iterable[Message]) -> Iterator[Message]:
    """Send messages; yields each that is done with: a service took it, or site.toml names its receiver no longer.

    A service that does not take one is left alone for this time.
    """
    urls = {_receiver(url): url for url in site.addresses}
    down = set()
    for message in waiting:
        if message.receiver in down:
            continue
        if message.receiver not in urls or _sent(urls[message.receiver], message):
            yield message
        else:
            down.add(message.receiver)


def _sent(url: str, message: Message) -> bool:
    import apprise

    try:
        with apprise.LogCapture(level=logging.CRITICAL):
            service = apprise.Apprise()
            taken = service.add(resolved(url)) and service.notify(body=message.text, title=message.title)
    except Exception as error:
        log.warning(tell("a message could not be sent: {trace}", trace=anonymous_trace(error)))
        return False
    if not taken:
        log.warning(
            tell("message {number} was not taken by its service; it will be tried again", number=message.number)
        )
    return bool(taken)


def resolved(url: str) -> str:
    """An address with the values of the environment variables that it names. Raises KeyError where one is not set."""
    return VARIABLE.sub(lambda found: os.environ[found.group(1)], url)


def faults(site: Site) -> list[SiteError]:
    """Addresses that are none, and variables that are not set; an address is named by its place, never shown."""
    import apprise

    named = {"notify.urls": site.notify.urls} | {f"units {unit.name}.notify": unit.notify for unit in site.units}
    found = []
    for key, urls in named.items():
        for number, url in enumerate(urls, 1):
            where = f"site.toml {key}[{number}]"
            unset = [name for name in VARIABLE.findall(url) if name not in os.environ]
            if unset:
                mend = tell("set the environment variable {names}", names=", ".join(unset))
                found.append(SiteError("names a variable that is not set", where=where, mend=mend))
            elif apprise.Apprise.instantiate(resolved(url)) is None:
                found.append(SiteError("is no address that Apprise knows", where=where, mend="such as wecombot://KEY"))
    return found


def _receiver(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()
