"""Figures, switches and decisions that managers write into the rule book, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from unicodedata import normalize

from processor.catalogue.pack import Pack
from processor.catalogue.parameter import Missing, Parameter
from processor.catalogue.proposal import APPROVED, FIGURE, REFUSED, SWITCH, WAITING, Proposal
from processor.catalogue.register_reader import load_registers
from processor.rulebook.desk import STATUSES, Desk, named_units, reason
from processor.rulebook.doubt import Doubt
from processor.rulebook.sheets import CLAUSES, FIGURES, PROPOSALS
from processor.rulebook.shown import TO_FILL
from processor.rulebook.values import expected, is_share, read, written
from processor.settle.forms import Row

NOBODY_YET = ""


def figure(desk: Desk, row: Row, signed: str) -> None:
    """Take a row of 数值 that a manager filled. Raises Doubt."""
    cells = row.cells
    if all(cells[header] is None for header in TO_FILL[FIGURES]):
        desk.shown.check(FIGURES, cells)
        return
    pack_name, name, told = cells["规则包"], cells["代号"], cells["新值"]
    packs = {unit: pack for unit, own in desk.book.in_force().items() for pack in own if pack.name == pack_name}
    if not packs:
        raise Doubt("规则包", pack_name, "门店所用的规则包", f"没有门店用规则包“{pack_name}”。请不要改动这一列。")
    pack = next(iter(packs.values()))
    name = pack.figure_named(name or "")
    if name not in pack.parameters:
        message = f"规则包{pack_name}里没有代号为“{name}”的数值。请不要改动这一列。"
        raise Doubt("代号", name, "规则簿里的代号", message)
    parameter = pack.parameters[name]
    if told is None:
        raise Doubt("新值", "", expected(parameter.type), "没有填“新值”。请填写新的数值，或把这一行后面几格都清空。")
    units = named_units(cells["新值门店"], list(packs), "新值门店")
    value = _value(parameter, told, packs.values())
    own = {unit: found.parameters[name] for unit, found in packs.items() if not units or unit in units}
    day = cells["新值自何日起"].date() if cells["新值自何日起"] is not None else desk.as_of
    if all(each.on(day) == value for each in own.values()):
        return
    since = desk.since(cells["新值自何日起"], "新值自何日起")
    before = _several(own.values(), lambda each: _shown(parameter.type, each.on(since)))
    after = written(parameter.type, value)
    where = f"（{'、'.join(units)}）" if units else ""
    changed = f"由{before}改为{after}" if before else f"定为{after}"
    draft = _draft(desk, row, FIGURE, pack_name, name, units, value, since)
    draft = replace(
        draft,
        told=f"{pack.title}：{parameter.title}（{name}）{changed}{parameter.unit}，自{since.isoformat()}起{where}",
        before=before,
        after=after,
    )
    _whole(desk, draft)
    desk.propose(row, draft, signed)


def _value(parameter: Parameter, told: str, packs: Iterable[Pack]) -> Any:
    wanted = expected(parameter.type)
    try:
        value = read(parameter.type, told, parameter.unit)
    except (ValueError, ArithmeticError):
        message = f"看不懂“新值”里的“{told}”，应当是{wanted}。请改正后再放入收件夹。"
        raise Doubt("新值", told, wanted, message) from None
    try:
        parameter.within(value)
    except ValueError:
        low, high = parameter.range or (0, 0)
        message = f"{parameter.title}只能是{low}到{high}，“{told}”超出了。请改正后再放入收件夹。"
        raise Doubt("新值", told, f"{low}到{high}", message) from None
    known = [each for pack in packs for each in pack.parameters[parameter.name].values.values()]
    if "%" not in normalize("NFKC", told) and is_share(parameter.type, parameter.unit, known, value):
        message = f"{parameter.title}是比例，“{told}”不知道是{told}%还是{told}倍。请写成“5%”或“0.05”这样。"
        raise Doubt("新值", told, "5% 或 0.05", message)
    return value


def _whole(desk: Desk, draft: Proposal) -> None:
    """Raises Doubt where the change would leave a gap between bands, or let two of them overlap."""
    tried = desk.book.with_changes([replace(draft, number="trial", state=APPROVED)]).in_force()
    for packs in tried.values():
        for pack in packs:
            if pack.name == draft.pack and pack.coverage_faults(load_registers()):
                message = f"改成{draft.after}以后，几档数值之间会有空缺或重叠。请把各档起点按从小到大的顺序一起考虑。"
                raise Doubt("新值", draft.after, "各档从小到大，既不空缺也不重叠", message)


def _draft(
    desk: Desk, row: Row, kind: str, pack: str, name: str, units: tuple[str, ...], value: Any, since: date
) -> Proposal:
    return Proposal(
        number="",
        kind=kind,
        pack=pack,
        name=name,
        units=units,
        value=value,
        since=since,
        told="",
        before="",
        after="",
        reason=reason(row.cells),
        by=NOBODY_YET,
        day=desk.as_of,
        fact=row.fact,
    )


def _several(found: Sequence[Parameter] | Any, tell: Callable[[Parameter], str]) -> str:
    return "；".join(dict.fromkeys(tell(each) for each in found))


def _shown(kind: str, value: Any) -> str:
    return "" if isinstance(value, Missing) else written(kind, value)


def switch(desk: Desk, row: Row, signed: str) -> None:
    """Take a row of 条款 in which a manager switches a clause on or off. Raises Doubt."""
    cells = row.cells
    if all(cells[header] is None for header in TO_FILL[CLAUSES]):
        desk.shown.check(CLAUSES, cells)
        return
    unit, id, wanted = cells["门店"], cells["条款编号"], cells["改为"]
    if wanted is None:
        raise Doubt("改为", "", "启用 或 停用", "没有填“改为”。请选择启用或停用，或把这一行后面几格都清空。")
    units = desk.book.in_force()
    if unit not in units:
        message = f"系统里没有门店“{unit}”。请不要改动这一列。"
        raise Doubt("门店", unit, "、".join(units), message)
    pack = _pack_of(units[unit], id)
    on = wanted == "启用"
    day = cells["自何日起"].date() if cells["自何日起"] is not None else desk.as_of
    if pack.applies(id, day) == on:
        return
    since = desk.since(cells["自何日起"], "自何日起")
    title = pack.clauses[id].title
    draft = _draft(desk, row, SWITCH, pack.name, id, (unit,), on, since)
    before = "启用" if pack.applies(id, since) else "停用"
    told = f"{unit}：{id}（{title}）{wanted}，自{since.isoformat()}起"
    desk.propose(row, replace(draft, told=told, before=before, after=wanted), signed)


def _pack_of(packs: Sequence[Pack], clause: str) -> Pack:
    for pack in packs:
        if clause in pack.clauses:
            return pack
    raise Doubt("条款编号", clause, "本门店规章里的条款编号", f"本门店的规章里没有条款“{clause}”。请不要改动这一列。")


def decide(desk: Desk, row: Row) -> None:
    """Take a manager's 批准 or 驳回 of a waiting proposal. Raises Doubt."""
    cells = row.cells
    verdict, number, told = cells["决定"], cells["提案编号"], cells["批准人工号"]
    desk.shown.check(PROPOSALS, cells)
    if verdict is None:
        return
    state = APPROVED if verdict == "批准" else REFUSED
    proposal = next((p for p in desk.book.proposals if p.number == number), None)
    if proposal is None:
        raise Doubt("提案编号", number, "待批准的提案编号", f"没有编号为“{number}”的提案。请从规则簿的“待批准”复制。")
    if proposal.state != WAITING:
        if proposal.state != state:
            message = f"{number}已经是“{STATUSES[proposal.state]}”，不能再改。要更正请另提一个改动。"
            raise Doubt("决定", verdict, "还没有决定的提案", message)
        return
    units = desk.book.units_of(proposal)
    by = desk.people.number(told, units) if told else None
    if by is None:
        where = "、".join(units)
        why = f"“{told}”不是{where}的经理" if told else "没有填“批准人工号”"
        message = f"{why}，这一条不起作用。请由{where}的经理填写“批准人工号”。"
        raise Doubt("批准人工号", told or "", "经理的工号或姓名", message)
    if by == proposal.by and desk.four_eyes and state == APPROVED:
        message = f"{number}是{by}提出的，自己不能批准。请由另一位经理填写“批准人工号”。"
        raise Doubt("批准人工号", told, "提出人以外的经理", message)
    day = cells["批准日期"].date() if cells["批准日期"] is not None else desk.as_of
    if day > desk.as_of:
        message = f"“批准日期”写的是{day.isoformat()}，还没有到这一天。请填写批准的日期，或者留空。"
        raise Doubt("批准日期", day.isoformat(), f"不晚于{desk.as_of.isoformat()}的日期", message)
    desk.keep(replace(proposal, state=state, decided_by=by, decided_on=day, decided_in=row.fact))
