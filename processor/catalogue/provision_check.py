"""Whether the parts of a provision fit each other: columns of the right kind, sentences that name what there is."""

from __future__ import annotations

from string import Formatter

from processor.catalogue.condition import TODAY
from processor.catalogue.outcome import MONEY
from processor.catalogue.provision import WORDS, Provision
from processor.catalogue.register import Register
from processor.messages import tell

_DATES = ("date", "datetime", "month")
_NUMBERS = ("money", "count", "number")


def check(provision: Provision) -> None:
    """Raises ValueError where parts do not fit each other."""
    if provision.register is not None:
        _check_columns(provision, provision.register)
        _check_outcomes(provision, provision.register)
    _check_braces(provision)
    if provision.register is not None:
        _check_words(provision, provision.register)


def _check_columns(provision: Provision, register: Register) -> None:
    """Raises ValueError on a column of another kind than it needs to be, or one that is looked up for nothing."""
    for header in (provision.due, provision.through, *provision.stages):
        if header and provision.column(header).type not in _DATES:
            raise ValueError(tell("{header} is no date", header=header))
    unused = sorted(set(provision.lookups) - register.cells(provision.named()))
    if unused:
        raise ValueError(tell("with: {unused} is looked up and named nowhere", unused="、".join(unused)))
    for header in provision.about:
        if provision.column(header).type != "staff":
            raise ValueError(tell("about: {header} names no employee", header=header))
    if provision.date and provision.column(provision.date).type not in _DATES:
        raise ValueError(tell("date: {date} is no date", date=provision.date))
    ranked = provision.measure if provision.mechanic == "ranking" else ""
    if ranked and provision.column(ranked).type not in _NUMBERS:
        raise ValueError(tell("measure: {ranked} is no number and cannot be ranked", ranked=ranked))


def _check_outcomes(provision: Provision, register: Register) -> None:
    """Raises ValueError where money would fall on nobody, or is a share of what is no money."""
    for outcome in provision.outcomes:
        if outcome.effect in MONEY and not provision.about:
            message = "a {effect} needs `about`: the column of the employee whom it falls on"
            raise ValueError(tell(message, effect=outcome.effect))
        if outcome.of and register.known(outcome.of).type != "money":
            raise ValueError(tell("a share of {of}, which is no money", of=outcome.of))


def _check_words(provision: Provision, register: Register) -> None:
    """Raises ValueError where a sentence names what there is not."""
    known = WORDS | {TODAY} | set(provision.tallies) | {*register.headers, *register.derived} | set(provision.sayings)
    known |= provision.each.headers if provision.each is not None else set()
    strange = sorted(provision.spoken - known)
    if strange:
        given = {"title": register.title, "strange": "、".join(strange)}
        raise ValueError(tell("says: {title} has no column {strange}", **given))


def _check_braces(provision: Provision) -> None:
    """Raises ValueError where braces of a sentence do not close, or hold what is no name."""
    for sentence in provision.sentences:
        if any(not name or name.isdigit() or set(name) & set(".[") for name in _in_braces(sentence)):
            raise ValueError(tell("says: braces hold the name of a column or word: {sentence}", sentence=sentence))
    for name, tally in provision.tallies.items():
        words = "".join(tally.words)
        if _in_braces(words) != ["值"] * words.count("{"):
            raise ValueError(tell("tallies: {name} says {words}; its braces hold 值", name=name, words=words))


def _in_braces(sentence: str) -> list[str]:
    """The names in a sentence's braces; an empty one for what does not close."""
    try:
        parts = [(name, form, how) for _, name, form, how in Formatter().parse(sentence) if name is not None]
    except ValueError:
        return [""]
    return ["" if form or how else name for name, form, how in parts]
