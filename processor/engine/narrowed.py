"""The rows that matter to some lines of a mechanic: the others need not be judged again to see what a change does to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from processor.catalogue.pack import Binding
from processor.catalogue.provision import Provision
from processor.catalogue.register import Register
from processor.columns import UNREAD
from processor.decision import Decision
from processor.engine.decide import ALWAYS_SEEN, columns_read

#: Mechanics that decide each row by itself, where there is no ladder, and those that decide each employee by himself.
BY_ROW = frozenset({"where", "faults", "complete", "commission", "deadline", "recorded", "procedure"})
BY_EMPLOYEE = frozenset({"limit", "runs"})


def narrowed(
    binding: Binding, lines: Sequence[Decision], facts: Mapping[str, pd.DataFrame]
) -> Mapping[str, pd.DataFrame]:
    """The facts without the rows of the binding's register that have no part in these lines, whatever changes in theirs.

    All of them where the binding may look at rows together, and where there is little to leave out.
    """
    frame, provision = _judged_alone(binding, facts), binding.provision
    own = _own(provision, lines, frame) if frame is not None and provision is not None else None
    return facts if own is None else _kept(binding, facts, own)


def as_read(
    binding: Binding, facts: Mapping[str, pd.DataFrame], registers: Mapping[str, Register]
) -> dict[str, pd.DataFrame]:
    """The facts with the columns alone by which the binding decides, and with UNREAD only where some cell was not read."""
    read = columns_read(binding)
    wanted = {name: read[name] | ALWAYS_SEEN | {registers[name].date_column} for name in facts}
    unread = {name: UNREAD in frame and bool(frame[UNREAD].any()) for name, frame in facts.items()}
    return {
        name: frame
        if frame.empty
        else frame[[header for header in frame if header in wanted[name] or (header == UNREAD and unread[name])]]
        for name, frame in facts.items()
    }


def left_with(binding: Binding, facts: Mapping[str, pd.DataFrame], refs: Collection[int]) -> Mapping[str, pd.DataFrame]:
    """The facts without other rows of the binding's register than these; all of them as `narrowed` says."""
    frame = _judged_alone(binding, facts)
    return facts if frame is None else _kept(binding, facts, frame["_ref"].isin(refs))


def _judged_alone(binding: Binding, facts: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    """The rows of the binding's register, if it never looks at several of them together but to count."""
    provision = binding.provision
    if provision is None or provision.register is None or provision.register.name not in facts or provision.related:
        return None
    name = provision.register.name
    looks_around = any(lookup.register.name == name for lookup in provision.lookups.values())
    return None if looks_around else facts[name]


def _kept(binding: Binding, facts: Mapping[str, pd.DataFrame], own: pd.Series) -> Mapping[str, pd.DataFrame]:
    assert binding.provision is not None and binding.provision.register is not None
    name = binding.provision.register.name
    frame = facts[name]
    if 2 * own.sum() > len(frame):
        return facts
    kept = own | (frame[UNREAD] != "") if UNREAD in frame else own
    return {**facts, name: frame[kept | _witness(binding.provision, frame, own)].reset_index(drop=True)}


def _own(provision: Provision, lines: Sequence[Decision], frame: pd.DataFrame) -> pd.Series | None:
    """Which rows have a part in the lines; None where nobody knows."""
    if provision.mechanic in BY_ROW and not provision.is_ladder:
        headers = list(provision.subject or (provision.register.key if provision.register is not None else ()))
        judged = frame[frame["_ref"].isin([line.row for line in lines if line.row is not None])]
        if not set(headers) <= set(frame) or len(judged) < len({line.row for line in lines}):
            return None
        return pd.concat([frame[header].isin(judged[header]) for header in headers], axis=1).all(axis=1)
    if provision.mechanic not in BY_ROW | BY_EMPLOYEE or not provision.about or not set(provision.about) <= set(frame):
        return None
    people = {line.staff_no for line in lines}
    if "" in people:
        return None
    return pd.concat([frame[header].isin(people) for header in provision.about], axis=1).any(axis=1)


def _witness(provision: Provision, frame: pd.DataFrame, own: pd.Series) -> pd.Series:
    """One row of the others, by which the register is not empty and has the measured column filled, if any has it."""
    others = frame.index[~own]
    if provision.measure in frame:
        filled = frame.index[~own & frame[provision.measure].notna()]
        others = filled if len(filled) else others
    return pd.Series(frame.index.isin(others[:1]), index=frame.index)
