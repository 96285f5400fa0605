"""Takes a row of 自定条款 as a proposal, once its examples hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from processor.catalogue.pack import Pack
from processor.catalogue.proposal import APPROVED, CLAUSE, OWN_PACK, REFUSED, Proposal
from processor.catalogue.provision import WORDS
from processor.engine.decide import check_bindings, ordered
from processor.errors import PolicyError
from processor.rulebook.book import Book
from processor.rulebook.clauses import posts_of
from processor.rulebook.desk import Desk, named_units, reason
from processor.rulebook.doubt import Doubt
from processor.rulebook.examples import Bench, both_sides, failures, kept
from processor.rulebook.fitting import check
from processor.rulebook.own import decided
from processor.rulebook.sheets import EXAMPLES, OWN, headers
from processor.settle.forms import Row

_NUMBER = re.compile(r"[\w.\-]{1,20}")
_NAMED, _BRACES = re.compile(r"\{([^{}]*)\}"), re.compile(r"[{}｛｝]")
_CONTENT = [header for header in headers(OWN) if header not in ("自何日起", "理由")]


def own_clause(desk: Desk, row: Row, signed: str, examples: Sequence[Row]) -> None:
    """Take a row of 自定条款. examples: the rows of 用例 delivered with it. Raises Doubt."""
    content = {header: row.cells[header] for header in _CONTENT}
    id = content["条款编号"]
    day = row.cells["自何日起"]
    if _holds_already(desk, id, content, day):
        return
    table = decided(content, desk.registers)
    check(content, table, desk.registers)
    _check_posts(desk, content)
    _check_words(desk, content, table)
    _check_number(desk, id)
    units = named_units(content["门店"], list(desk.book.site), "门店")
    since = desk.since(day, "自何日起")
    own = [example for example in examples if example.cells["条款编号"] == id]
    named = {example.cells["用例"] for example in own}
    together = [example for example in examples if example.cells["用例"] in named]
    before = [proposal for proposal in _versions(desk, id) if proposal.since <= since]
    draft = Proposal(
        number="",
        kind=CLAUSE,
        pack=OWN_PACK,
        name=id,
        units=units,
        value={"row": content, "examples": kept(together, headers(EXAMPLES))},
        since=since,
        told=f"自定条款{id}（{content['名称']}）{'改写' if before else '新增'}，自{since.isoformat()}起"
        + (f"（{'、'.join(units)}）" if units else ""),
        before=_summary(before[-1]) if before else "",
        after=f"{content['方法']}：{content['后果']}",
        reason=reason(row.cells),
        by="",
        day=desk.as_of,
        fact=row.fact,
    )
    _prove(desk, draft, together)
    desk.propose(row, draft, signed)


def _versions(desk: Desk, id: str) -> list[Proposal]:
    return [p for p in desk.book.proposals if p.kind == CLAUSE and p.name == id and p.state == APPROVED]


def _summary(proposal: Proposal) -> str:
    content = proposal.value["row"]
    return f"{content['方法']}：{content['后果']}"


def _holds_already(desk: Desk, id: str, content: dict, day: object) -> bool:
    for proposal in desk.book.proposals:
        if proposal.kind == CLAUSE and proposal.name == id and proposal.state != REFUSED:
            same_day = day is None or day.date() == proposal.since  # type: ignore[attr-defined]
            if same_day and proposal.value["row"] == content:
                return True
    return False


def _check_number(desk: Desk, id: str) -> None:
    if not _NUMBER.fullmatch(id):
        raise Doubt("条款编号", id, "字母、数字和-，最多20个", f"条款编号“{id}”里有不能用的字。请用字母、数字和“-”。")
    for packs in desk.book.site.values():
        for pack in packs:
            if id.upper() in {known.upper() for known in pack.clauses}:
                message = f"“{id}”已经是规则包{pack.title}的条款。请给自定条款另取一个编号。"
                raise Doubt("条款编号", id, "没有用过的编号", message)
    for proposal in desk.book.proposals:
        if proposal.kind == CLAUSE and proposal.name != id and proposal.name.upper() == id.upper():
            message = f"已经有自定条款“{proposal.name}”，“{id}”只是大小写不同。请照原来的写法，或者另取一个编号。"
            raise Doubt("条款编号", id, proposal.name, message)


def _check_posts(desk: Desk, content: dict) -> None:
    known = dict.fromkeys(desk.roster.spans["岗位"].dropna())
    for post in posts_of(content):
        if post not in known:
            message = (
                f"花名册里没有“{post}”这个岗位，这样写管不到人。现有的岗位：{'、'.join(known)}。所有岗位都算就留空。"
            )
            raise Doubt("岗位", content["岗位"], "花名册里的岗位", message)


def _check_words(desk: Desk, content: dict, table: dict) -> None:
    register = desk.registers.get(table.get("of", ""))
    known = {*WORDS, *(register.headers if register else ())}
    if _BRACES.search(_NAMED.sub("", content["句子"] or "")):
        message = "“句子”里的花括号要成对用半角写，如 {姓名}。请改正再放入收件夹。"
        raise Doubt("句子", content["句子"], "{列名}", message)
    for name in _NAMED.findall(content["句子"] or ""):
        if name not in known:
            message = f"“句子”里的“{{{name}}}”不是登记表的列名。可以用表头里的列名，以及日期、姓名、第几次、界限。"
            raise Doubt("句子", content["句子"], "登记表的列名", message)


def _prove(desk: Desk, draft: Proposal, examples: Sequence[Row]) -> None:
    """Raises Doubt where the clause cannot be carried out or an example does not hold."""
    trial = desk.book.with_changes([replace(draft, number="trial", state=APPROVED)])
    units = trial.units_of(draft)
    packs = {unit: _packs(desk, trial, unit, draft) for unit in units}
    homes = _homes(desk, examples, units)
    for unit in units:
        bench = Bench(packs[unit], desk.registers, desk.roster, unit, desk.as_of)
        own = [example for example in examples if unit in homes[example.cells["用例"]]]
        wrong = failures(own, draft.name, bench)
        if wrong:
            desk.refused += wrong
            message = f"{draft.name}没有提出：用例没有通过，见“用例”里的批注。"
            raise Doubt("条款编号", draft.name, "用例全部通过", message)
    if not both_sides(examples, draft.name):
        message = (
            f"{draft.name}至少要有一个查得出来的用例和一个“不判”的用例。请在“用例”里补上，条款编号填{draft.name}。"
        )
        raise Doubt("条款编号", draft.name, "有两面的用例", message)


def _homes(desk: Desk, examples: Sequence[Row], units: Sequence[str]) -> dict[str, Collection[str]]:
    """Example -> the units in which it is run: those of its employees, all where it names none of theirs."""
    named: dict[str, set[str]] = {}
    for example in examples:
        staff = example.cells["工号"]
        home = str(desk.roster.value(staff, "门店", desk.as_of)) if staff else ""
        named.setdefault(example.cells["用例"], set()).update([home] if home in units else [])
    return {name: homes or units for name, homes in named.items()}


def _packs(desk: Desk, trial: Book, unit: str, draft: Proposal) -> Sequence[Pack]:
    """The packs of a unit with the clause. Raises Doubt where it cannot be carried out there."""
    try:
        packs = trial.in_force()[unit]
    except PolicyError as error:
        raise _unfit(draft) from error
    known = {id for pack in packs for id in pack.clauses}
    own = next(pack for pack in packs if pack.name == OWN_PACK)
    for binding in own.bindings:
        missing = [id for id in binding.after if id not in known]
        waits = [p for p in trial.waiting if p.kind == CLAUSE and p.name in missing]
        if draft.name in binding.clauses and waits:
            message = (
                f"“{waits[0].name}”还在等待批准（{waits[0].number}），批准以后才能连带。请在批准以后再提出这一条。"
            )
            raise Doubt("条件", waits[0].name, "已经批准的条款编号", message)
        if draft.name in binding.clauses and missing:
            message = (
                f"没有条款“{'、'.join(missing)}”，不能连带。请在“条件”里填写有关门店规章里的条款编号，用“、”分开。"
            )
            raise Doubt("条件", "、".join(missing), "规章里的条款编号", message)
    try:
        check_bindings([own], desk.registers)
        ordered(packs)
    except PolicyError as error:
        raise _unfit(draft) from error
    return packs


def _unfit(draft: Proposal) -> Doubt:
    message = "这一行的几格互相对不上，系统没法执行。请检查登记表、员工、日期、条件、衡量、周期、界限和后果是否配套。"
    return Doubt("方法", draft.after, "互相配套的几格", message)
