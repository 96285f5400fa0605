"""A cell that could not be read costs nobody money: spoil each cell that a clause reads in a row that it judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import pytest
from casework import CASES, catalogue, load_cases
from sitework import Site, make_site

from processor.batch.cases import active_months, as_of_day, facts_of, roster_of
from processor.catalogue.dated import Dated
from processor.catalogue.pack import Binding, Pack
from processor.catalogue.parameter import fen
from processor.columns import UNREAD
from processor.decision import Decision
from processor.engine.decide import columns_read, ordered
from processor.engine.decider import decide
from processor.rules.job import SINCE

FOLDERS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
Again = Callable[..., list[Decision]]
TAKEN = frozenset({"commission_void", "bonus_forfeit"})  # also where nobody knows yet how much that is
TEXTS = frozenset({"text", "id", "phone", "idno"})  # never unreadable: whatever stands there is the text


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_money_follows_from_a_row_with_an_unreadable_cell_that_its_clause_reads(folder: str) -> None:
    spoiled: set[tuple[str, str]] = set()
    proved: set[str] = set()
    beside: set[str] = set()
    for _, case in load_cases(folder):
        costly = [
            line
            for line in case.get("expect", [])
            if "clause" in line and (line.get("amount") or line.get("points") or line.get("effect") in TAKEN)
        ]
        priced = {line["clause"] for line in costly} - proved
        if "steps" in case or not priced:
            continue
        proved |= priced
        for pack, binding, facts, again in _bindings(case, priced):
            lines = again({})
            for line in lines:
                if _costs(line) and line.row is not None:
                    _spoil(pack, binding, facts, again, line.row, spoiled)
            if binding.id not in beside:
                beside.add(binding.id)
                _spoil_beside(pack, binding, facts, again, lines)


def _spoil(
    pack: Pack, binding: Binding, facts: Mapping[str, pd.DataFrame], again: Again, ref: int, done: set[tuple[str, str]]
) -> None:
    for register, headers in columns_read(binding).items():
        frame = facts.get(register)
        if frame is None or not (frame["_ref"] == ref).any():
            continue
        for header in sorted(headers):
            column = catalogue().registers[register].column(header)
            if column.type in TEXTS or (binding.id, header) in done:
                continue
            done.add((binding.id, header))
            unread = [header if row == ref else "" for row in frame["_ref"]]
            lines = again({register: frame.assign(**{UNREAD: unread})})
            left = [line for line in lines if line.row == ref and _costs(line)]
            assert not left, f"{pack.name} {binding.id}: {header} unreadable, and yet {left[0].text}"


def _spoil_beside(
    pack: Pack, binding: Binding, facts: Mapping[str, pd.DataFrame], again: Again, lines: list[Decision]
) -> None:
    """Spoil column by column the registers in which no judged row stands: nobody is charged for what stands there unread."""
    before = {_charge(line) for line in lines if _costs(line)}
    for register, headers in columns_read(binding).items():
        frame = facts.get(register, pd.DataFrame())
        if register == "roster" or frame.empty or any(line.row in set(frame["_ref"]) for line in lines):
            continue
        for column in (catalogue().registers[register].column(header) for header in sorted(headers)):
            if column.type in TEXTS or column.required:
                continue
            cells = pd.Series([None] * len(frame), dtype=frame[column.header].dtype)
            found = again({register: frame.assign(**{column.header: cells, UNREAD: column.header})})
            new = [line for line in found if _costs(line) and _charge(line) not in before and (line.amount or 0) <= 0]
            assert not new, f"{pack.name} {binding.id}: {column.header} unreadable, and yet {new[0].text}"


def _charge(line: Decision) -> tuple[str, ...]:
    return line.clause, line.effect, line.staff_no, line.subject


def _costs(line: Decision) -> bool:
    return line.amount is not None or bool(line.points) or line.effect in TAKEN


def _bindings(
    case: Mapping[str, Any], priced: set[str]
) -> Iterator[tuple[Pack, Binding, Mapping[str, pd.DataFrame], Again]]:
    """Each binding of these clauses with the case's facts, and a function that decides it with other facts in their place.

    What it reads of decisions is decided from the other facts first.
    """
    registers = catalogue().registers
    facts, as_of = facts_of(case, registers), as_of_day(case)
    roster = roster_of(facts["roster"], case)
    points = {grade: Dated.always(fen(value)) for grade, value in case.get("points", {}).items()}
    for unit, names in case["units"].items():
        own = {
            name: frame if frame.empty else frame[frame["门店"] == unit].reset_index(drop=True)
            for name, frame in facts.items()
        }
        packs = catalogue().packs(names)
        chosen = [packs[n].with_overrides(case.get("parameters", {}).get(n, {}), n) for n in names]
        common = {"unit": unit, "as_of": as_of, "registers": registers, "roster": roster, "point_values": points}
        common["active_months"] = active_months(own, registers)
        in_order = ordered(chosen)
        for place, (pack, binding) in enumerate(in_order):
            if priced & set(binding.clauses):
                wanted = _made_before(in_order[: place + 1])
                yield pack, binding, {name: own[name] for name in binding.reads}, partial(_again, wanted, own, common)


def _made_before(bindings: list[tuple[Pack, Binding]]) -> list[tuple[Pack, Binding]]:
    """Of these the last one, and those whose decisions it reads, directly or through others; in their order."""
    wanted = [bindings[-1]]
    for pack, binding in reversed(bindings[:-1]):
        if any(set(binding.clauses) & set(later.after) for _, later in wanted):
            wanted.insert(0, (pack, binding))
    return wanted


def _again(
    bindings: list[tuple[Pack, Binding]],
    own: Mapping[str, pd.DataFrame],
    common: Mapping[str, Any],
    facts: Mapping[str, pd.DataFrame],
    illegible: Mapping[str, pd.DataFrame] = MappingProxyType({}),
) -> list[Decision]:
    """What the last of the bindings decides with these facts in the place of the unit's own, and rows that nobody could read."""
    earlier: list[Decision] = []
    found: list[Decision] = []
    for pack, binding in bindings:
        read = {name: {**own, **facts}[name] for name in binding.reads}
        unread = {name: rows for name, rows in illegible.items() if name in binding.reads}
        found = decide(pack, binding, facts=read, earlier=earlier, illegible=unread, **common)
        earlier += found
    return found


WEEK = "门店,工号,报告类型,周起始日,提交时间\n城东店,{},市调,2026-10-05,2026-10-06 09:00\n"
LEAVE = "请假编号,申请日期,工号,开始日期,结束日期,天数,请假类型,批准日期\nL1,2026-10-07,B,2026-10-08,2026-10-08,1,事假,2026-10-07\n"
ABSENT = "日期,工号,状态\n2026-09-01,B,旷工\n2026-10-08,B,请假\n"


@pytest.mark.parametrize(
    ("clause", "spoiled", "header"), [("DS-F12", "weekly_reports", "提交时间"), ("DS-S6", "leave", "批准日期")]
)
def test_what_could_not_be_read_is_not_held_to_be_missing(clause: str, spoiled: str, header: str) -> None:
    staff = "工号,姓名,门店,部门,岗位,入职日期\nA,甲,城东店,卖场,导购,2020-01-01\nB,乙,城东店,客服部,客服,2020-01-01\n"
    texts = {"roster": staff, "weekly_reports": WEEK.format("A"), "attendance": ABSENT, "leave": LEAVE}
    case = {"units": {"城东店": ["department_store"]}, "as_of": "2026-10-31", "registers": texts}
    for _pack, _binding, facts, again in _bindings(case, {clause}):
        assert not [line for line in again({}) if line.points]
        blank = facts[spoiled].assign(**{header: pd.NaT})
        assert [line for line in again({spoiled: blank}) if line.points]
        assert not [line for line in again({spoiled: blank.assign(**{UNREAD: header})}) if line.points]


MEMBERS = "申请单号,申请日期,门店,卡类型,会员本人签名,门店填写情况,单据状态,门店负责人工号\n" + "".join(
    f"F{n},2026-09-0{n},城东店,金卡,是,完整,完好,A\n" for n in (1, 2, 3)
)


@pytest.mark.parametrize("lost", ["", "申请日期"])
@pytest.mark.parametrize(("since", "counts"), [(date.min, False), (date(2026, 9, 1), False), (date(2026, 10, 1), True)])
def test_a_count_is_none_where_a_row_may_be_one_that_nobody_could_read(lost: str, since: date, counts: bool) -> None:
    """Of a month that was closed before such a row came, it says nothing."""
    staff = "工号,姓名,门店,部门,岗位,入职日期\nA,甲,城东店,门店,门店经理,2020-01-01\n"
    system = "月份,门店,系统开卡数,门店负责人工号\n2026-09,城东店,3,A\n"
    texts = {"roster": staff, "members": MEMBERS, "member_system": system}
    case = {"units": {"城东店": ["salon"]}, "as_of": "2026-10-31", "registers": texts}
    for _pack, binding, facts, again in _bindings(case, {"SA-M5"}):
        assert not [line for line in again({}) if _costs(line)]
        rows = facts["members"]
        row = rows.iloc[[0]].assign(**{SINCE: [since], UNREAD: lost} | ({lost: pd.NaT} if lost else {}))
        charged = [
            line for line in again({"members": rows.iloc[1:].reset_index(drop=True)}, {"members": row}) if _costs(line)
        ]
        assert bool(charged) == (counts and _charges_little(binding))


def _charges_little(binding: Binding) -> bool:
    """Whether this is the part of the clause for a difference of one."""
    return "#" not in binding.id


CASHIERS = "工号,姓名,门店,部门,岗位,入职日期\n" + "".join(
    f"C{n},收{n},城东店,收银部,收银员,2020-01-01\n" for n in range(1, 6)
)
TILLS = "日期,工号,笔数,来客数,系统金额,实收金额\n" + "".join(
    f"2026-09-{day:02},C{n},{9 - n},{9 - n},{9 - n},{9 - n}\n" for n in range(1, 6) for day in range(1, 17)
)
BONUS = "工号,姓名,门店,部门,岗位,入职日期\nA,甲,城东店,市场部,客户经理,2020-01-01\nB,乙,城东店,市场部,客户经理,2020-01-01\n"
FAULTS = "登记编号,日期,工号,条款编号,情节\nJ1,2025-03-01,A,REN-F1,\n"
TRIAL = "工号,姓名,门店,入职日期\nA,甲,城东店,2026-07-01\n"
APPLIED = "工号,姓名,申请日期,日常表现分,专业测试分,面谈分,综合得分\nA,甲,2026-09-03,95,95,95,95\n"
CONDUCT = "登记编号,日期,工号,条款编号,点数\nJ1,2026-08-03,A,TO-M1,+C1\n"


@pytest.mark.parametrize(
    ("clause", "pack", "as_of", "register", "header", "texts"),
    [
        ("DS-C12", "department_store", "2026-09-30", "cashier", "笔数", {"roster": CASHIERS, "cashier": TILLS}),
        ("REN-P4", "renovation", "2026-01-31", "discipline", "情节", {"roster": BONUS, "discipline": FAULTS}),
        (
            "TO-P2",
            "tourism",
            "2026-09-30",
            "discipline",
            "点数",
            {"roster": TRIAL, "probation": APPLIED, "discipline": CONDUCT},
        ),
    ],
)
def test_what_hangs_on_all_rows_waits_for_one_that_nobody_could_read(
    clause: str, pack: str, as_of: str, register: str, header: str, texts: dict[str, str]
) -> None:
    """Neither a place nor a clean year is told while a cell, or a whole row, may say otherwise; about others nothing is doubted."""
    case = {"units": {"城东店": [pack]}, "as_of": as_of, "registers": texts}
    for _pack, _binding, facts, again in _bindings(case, {clause}):
        whom = facts[register]["工号"].iloc[0]
        found = {line.staff_no for line in again({}) if line.clause == clause}
        assert found
        rows = facts[register]
        unread = rows.assign(**{UNREAD: [header, *[""] * (len(rows) - 1)]})
        illegible = rows.iloc[[0]].assign(**{SINCE: [date.min], UNREAD: ""})
        for waits in (again({register: unread}), again({register: rows.iloc[1:]}, {register: illegible})):
            told = {line.staff_no for line in waits if line.clause == clause}
            assert told == (found - {whom} if register == "discipline" else set())


@pytest.mark.parametrize(("day", "waits"), [("2026-06-30", False), ("2026-08-03", True), ("2026-09-04", False)])
def test_a_probation_waits_for_rows_of_its_own_days_only(day: str, waits: bool) -> None:
    texts = {"roster": TRIAL, "probation": APPLIED, "discipline": CONDUCT.replace("2026-08-03", day)}
    case = {"units": {"城东店": ["tourism"]}, "as_of": "2026-09-30", "registers": texts}
    for _pack, _binding, facts, again in _bindings(case, {"TO-P2"}):
        lines = again({"discipline": facts["discipline"].assign(**{UNREAD: "点数"})})
        assert bool([line for line in lines if line.clause == "TO-P2"]) != waits


OWNERS = "工号,姓名,门店,部门,岗位,入职日期\nS1,业务甲,城东店,市场部,业务员,2020-01-01\nS2,业务乙,城东店,市场部,业务员,2020-01-01\n"
ASKED = (
    "咨询编号,咨询日期,客户姓名,联系电话,来源渠道,约访人工号,约访日期,到店日期\n"
    "Q1,2026-10-12,甲,13900000001,电话,,,\nQ2,2026-10-14,甲,13900000001,电话,S2,2026-10-13,2026-10-14\n"
)
FILED = "备案日期,备案部门,备案人工号,客户姓名,联系电话,部门经理签字\n{},市场部,{},甲,13900000001,李经理\n"


@pytest.mark.parametrize(
    ("filed", "by", "owner", "asks"),
    [("2026-10-01", "S1", "S1", False), ("上月初", "S1", "S2", True), ("上月初", "S2", "S2", False)],
)
def test_whose_customer_it_is_is_asked_while_a_filing_cannot_be_read(
    tmp_path: Path, filed: str, by: str, owner: str, asks: bool
) -> None:
    """It is, where the filing names another one than the owner."""
    site = make_site(tmp_path, {"城东店": ["renovation"]})
    site.drop({"roster": OWNERS, "enquiries": ASKED})
    site.once("2026-10-31")
    assert _attributed(site, "Q2") == ("S2", "final")
    site.drop({"lead_archive": FILED.format(filed, by)}, "备案.xlsx")
    site.once("2026-10-31")
    assert _attributed(site, "Q2") == (owner, "final" if by == "S2" else "needs_confirmation")
    assert asks == ("无法读取" in str(site.lines()))
    if asks:
        site.drop({"lead_archive": FILED.format("2026-10-15", by)}, "备案.xlsx")
        site.once("2026-10-31")
        assert _attributed(site, "Q2") == ("S2", "final")


ASK = "咨询编号,咨询日期,客户姓名,联系电话,装修地址,来源渠道,约访人工号,约访日期,到店日期\n"
EARLY, LATE = "Q1,2026-10-12,甲,{},东街1号,电话,S1,2026-10-11,2026-10-12\n", "Q2,2026-10-20,甲,{},东街1号,电话,S2,{}\n"
PHONE, KEPT, VISIT = "13900000001", "2026-10-19,2026-10-20", "到店日期"


@pytest.mark.parametrize(
    ("rows", "spoiled", "status"),
    [
        (EARLY.format(PHONE) + LATE.format(PHONE, KEPT), "Q1", {"Q2": "needs_confirmation"}),
        (EARLY.format("") + LATE.format(PHONE, KEPT), "Q1", {"Q2": "needs_confirmation"}),
        (EARLY.format(PHONE) + LATE.format("", KEPT), "Q1", {"Q2": "needs_confirmation"}),
        (EARLY.format("13900000009") + LATE.format(PHONE, KEPT), "Q1", {"Q2": "final"}),
        (
            EARLY.format(PHONE) + LATE.format(PHONE, ",") + f"Q3,2026-10-28,甲,{PHONE},,电话,,,\n",
            "Q2",
            {"Q1": "final", "Q3": "needs_confirmation"},
        ),
    ],
)
def test_an_enquiry_that_cannot_be_read_makes_later_lines_of_its_customer_unsure_and_no_others(
    rows: str, spoiled: str, status: dict[str, str]
) -> None:
    texts = {"roster": OWNERS, "enquiries": ASK + rows}
    case = {"units": {"城东店": ["renovation"]}, "as_of": "2026-10-31", "registers": texts}
    for _pack, _binding, facts, again in _bindings(case, {"REN-A1"}):
        asked = facts["enquiries"]
        unread = [VISIT if order == spoiled else "" for order in asked["咨询编号"]]
        lines = again({"enquiries": asked.assign(**{UNREAD: unread})})
        assert {line.subject: line.status for line in lines} == status


def _attributed(site: Site, order: str) -> tuple[str, str]:
    found = [line for line in site.lines() if line["effect"] == "attribute" and line["subject"] == order]
    return found[0]["staff_no"], found[0]["status"]


MANAGERS = "工号,姓名,门店,部门,岗位,入职日期\n" + "".join(
    f"R{n},经理{n},城东店,市场部,客户经理,2020-01-01\n" for n in (1, 2)
)
SIGNED = (
    "合同编号,签订日期,咨询编号,客户姓名,合同类型,合同金额,设计师工号\n"
    "{},2026-10-10,Q1,甲,设计,1000,R1\nH2,2026-10-20,Q1,甲,施工,1000,R1\nH3,2026-10-21,Q2,乙,施工,1000,R1\n"
)
PLACED = "派单编号,咨询编号,派单日期,设计师工号,派单人工号\nD1,Q1,{},R1,R1\nD2,Q2,2026-10-09,R1,R2\n"


@pytest.mark.parametrize(
    ("contract", "dispatched", "found"),
    [
        ("H1,2026-10-10", "2026-10-09", {("H1", "R1"), ("H3", "R2")}),
        ("H1,十号", "2026-10-09", {("H3", "R2")}),
        ("H1,2026-10-10", "九号前后", {("H3", "R2")}),
    ],
)
def test_the_commission_of_an_order_waits_for_a_row_about_it_that_cannot_be_read(
    tmp_path: Path, contract: str, dispatched: str, found: set[tuple[str, str]]
) -> None:
    """Else a later contract would be the first one, and whoever did not dispatch it would get a part."""
    site = make_site(tmp_path, {"城东店": ["renovation"]})
    signed = SIGNED.replace("{},2026-10-10", contract)
    site.drop({"roster": MANAGERS, "contracts": signed, "dispatch": PLACED.format(dispatched)})
    site.once("2026-10-31")
    paid = {(line["subject"], line["staff_no"]) for line in site.lines() if line["effect"] == "commission"}
    assert paid == found


@pytest.mark.parametrize(
    ("contract", "hired", "left", "paid"),
    [
        ("2026-10-09,Q1,甲,设计", "2020-01-01", "", False),
        ("2026-10-11,Q1,甲,设计", "2020-01-01", "", True),
        ("2026-10-09,Q2,乙,设计", "2020-01-01", "", True),
        ("2026-10-11,Q1,甲,设计", "2026-10-10", "离职日期", False),
        ("2026-10-11,Q1,甲,设计", "2026-10-11", "离职日期", True),
    ],
)
def test_a_commission_waits_for_nothing_that_cannot_change_it(contract: str, hired: str, left: str, paid: bool) -> None:
    """Neither for a later contract, nor for another order, nor for somebody who came later."""
    first = "合同编号,签订日期,咨询编号,客户姓名,合同类型,合同金额,设计师工号\nH1,2026-10-10,Q1,甲,设计,1000,R1\n"
    staff = "工号,姓名,门店,部门,岗位,入职日期\nR1,经理1,城东店,市场部,客户经理,2020-01-01\n"
    staff += f"R2,经理2,城东店,市场部,客户经理,{hired}\n"
    texts = {"roster": staff, "contracts": f"{first}H2,{contract},1000,R1\n"}
    case = {"units": {"城东店": ["renovation"]}, "as_of": "2026-10-31", "registers": texts}
    for pack, binding, facts, _again in _bindings(case, {"REN-P1"}):
        if not binding.by:
            continue
        registers = catalogue().registers
        rows = facts["contracts"]
        lost = ["合同金额" if number == "H2" else "" for number in rows["合同编号"]]
        known = facts_of(case, registers)["roster"]
        known = known.assign(**{UNREAD: [left if number == "R2" else "" for number in known["工号"]]})
        lines = decide(
            pack,
            binding,
            facts={**facts, "contracts": rows.assign(**{UNREAD: lost})},
            unit="城东店",
            as_of=date(2026, 10, 31),
            registers=registers,
            roster=roster_of(known, case),
        )
        assert bool({line.subject for line in lines} & {"H1"}) == paid


STAFF = (
    "工号,姓名,门店,部门,岗位,入职日期,离职日期,生效日期\n"
    "A,甲,城东店,卖场,导购,2020-01-01,,\nB,乙,城东店,{}\nB,乙,城东店,卖场,导购,2020-01-01,{},2026-09-01\n"
)
WEEKS = "门店,工号,报告类型,周起始日,提交时间\n" + "".join(
    f"城东店,A,市调,2026-{week},2026-{week} 18:00\n" for week in ("09-28", "10-05", "10-12")
)
FIRST = "卖场,导购,2020-01-01,,"


def test_who_left_on_a_day_that_cannot_be_read_owes_nothing_until_it_can(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["department_store"]})
    site.drop({"weekly_reports": WEEKS}, "周报.xlsx")
    owed = []
    for left in ("", "九月底", "2026-10-11", "离职了", "在职"):
        site.drop({"roster": STAFF.format(FIRST, left)}, "花名册.xlsx")
        site.once("2026-10-18")
        owed.append([line["subject"][2:] for line in site.lines() if line["staff_no"] == "B"])
        today = (tmp_path / "outbox/pages/index.html").read_text(encoding="utf-8")
        assert ("《员工花名册》里读不出来或要核对" in today) == (left in ("九月底", "离职了"))
    every = ["2026-10-05", "2026-10-12", "2026-09-28"]
    assert [sorted(weeks) for weeks in owed] == [sorted(every), [], ["2026-09-28", "2026-10-05"], [], sorted(every)]


@pytest.mark.parametrize(("header", "spoiled"), [("离职日期", "上月"), ("转正日期", "上月")])
def test_base_pay_commission_and_probation_wait_for_a_day_of_the_roster(
    tmp_path: Path, header: str, spoiled: str
) -> None:
    """Not even others get his share while nobody knows whether he was there."""
    site = make_site(tmp_path, {"城东店": ["renovation"], "城西店": ["department_store"]})
    staff = (
        f"工号,姓名,门店,部门,岗位,入职日期,{header}\n"
        "R1,经理1,城东店,市场部,客户经理,2020-01-01,\n"
        f"R2,经理2,城东店,市场部,客户经理,2020-01-01,{spoiled if header == '离职日期' else ''}\n"
        f"C1,收1,城西店,收银部,收银员,2026-08-01,{spoiled if header == '转正日期' else ''}\n"
    )
    signed = "合同编号,签订日期,咨询编号,客户姓名,合同类型,合同金额,设计师工号\nH1,2026-10-10,Q1,甲,设计,1000,R1\n"
    tills = "日期,工号,门店,笔数,来客数,系统金额,实收金额,多打次数,漏打次数,未消磁次数\n"
    tills += "2026-10-12,C1,城西店,9,9,9,9,2,2,0\n"
    site.drop({"roster": staff, "contracts": signed, "cashier": tills})
    site.once("2026-10-31")
    found = {(line["clause"], line["effect"], line["staff_no"]) for line in site.lines()}
    pays = {("REN-P1", "base_pay", "R2"), ("REN-P1", "commission", "R1"), ("REN-P1", "commission", "R2")}
    errs = {("DS-C1", "points", "C1"), ("DS-C4", "points", "C1")}
    assert ("REN-P1", "base_pay", "R1") in found
    assert found & pays == (set() if header == "离职日期" else pays)
    assert found & errs == (set() if header == "转正日期" else {("DS-C1", "points", "C1")})


OWED_BY_CONFIRMED = """
pack: own
title: 自定
document: 自定规则
in_force_from: 2000-01-01
parameters:
  fine: {clause: OW-1, title: 罚款, type: money, unit: 元, values: {2000-01-01: 10}}
clauses:
  OW-1:
    title: 交周报
    rule: 转正员工每周交周报，缺一次罚10元。
    cites: 第一条
    family: reports
    kind: computed
    decided:
      mechanic: owed
      of: weekly_reports
      about: 工号
      date: 周起始日
      window: week
      with: {转正日: {of: roster, by: 工号, take: 转正日期}}
      where: {转正日: {filled: true}}
      readings: [G14]
      outcome: {effect: fine, amount: $fine}
"""


def test_a_row_that_is_answered_by_an_unreadable_cell_of_the_roster_is_not_missing(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["own"]})
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs/own.yaml").write_text(OWED_BY_CONFIRMED, encoding="utf-8")
    staff = "工号,姓名,门店,部门,岗位,入职日期,转正日期\nA,甲,城东店,卖场,导购,2020-01-01,{}\nB,乙,城东店,卖场,导购,2020-01-01,\n"
    week = "门店,工号,报告类型,周起始日,提交时间\n" + "".join(
        f"城东店,{who},市调,2026-10-05,2026-10-05 18:00\n" for who in "AB"
    )
    site.drop({"weekly_reports": week}, "周报.xlsx")
    fined = []
    for confirmed in ("2020-04-01", "上月", ""):
        site.drop({"roster": staff.format(confirmed)}, "花名册.xlsx")
        site.once("2026-10-18")
        fined.append(sorted(line["staff_no"] for line in site.lines()))
    assert fined == [["B"], ["B"], ["A", "B"]]
