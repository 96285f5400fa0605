"""To whom a customer belongs, which filings are void, and which contracts passed by the customer manager."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Candidate, Finding, Text, joined, say
from processor.rules.claims import Claim, Claims, Row, Unread, customers, filings_that_count, unread_claims
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.lookup import looked_up
from processor.rules.losses import LOSS, Confirmers, order_ends
from processor.rules.ownership import decided_owners
from processor.rules.workforce import called


@dataclass
class _Customer:
    """What is known of a customer since his last contract or accepted loss.

    pool: ownerless enquiries. first: the enquiry with the attribution that later ones inherit; claims: all those that
    it was decided by. rivals: claims of enquiries in other units. ends: the days on which enquiries came to their end.
    unread: whether another row about him, which could not be read, may say otherwise of the first line.
    """

    pool: list[Row] = field(default_factory=list)
    first: Row | None = None
    claims: list[Claim] = field(default_factory=list)
    rivals: list[Claim] = field(default_factory=list)
    ends: list[date] = field(default_factory=list)
    unread: bool = False


@dataclass(frozen=True)
class _Again:
    """A later enquiry of a customer who has an owner. own: what it claims by itself; unread: as of a _Customer."""

    row: Row
    customer: _Customer
    own: list[Claim]
    unread: bool


@reads(
    contracts="签订日期 咨询编号 客户姓名",
    enquiries="咨询编号 咨询日期 客户姓名 联系电话 装修地址 房屋面积 约访人工号 约访日期 到店日期 客户认定员工工号 第一接触人工号 第一接触日期",
    lead_archive="备案日期 备案部门 备案人工号 客户姓名 联系电话 装修地址 部门经理签字",
    lost_orders=LOSS,
)
def owners(
    job: Job,
    *,
    principle_order: Parameter,
    finders: Mapping[str, str],
    filing_departments: Parameter,
    unsigned_words: Parameter,
    confirmers: Confirmers,
) -> list[Finding]:
    """One line for each of the unit's enquiries that has an owner (REN-A1 to REN-A4, REN-A7).

    The binding's last clause is that of inheritance. finders: principle -> kind of claim (`claims.Claims.of`). The
    company is one: an owner is inherited from other units, and their claims are a dispute of the first line, too. Where
    an earlier enquiry or filing of the customer could not be read, the manager is asked (G20).
    """
    enquiries = job.facts["enquiries"]
    void = _late_filings(job, filing_departments)["late"]
    ends = order_ends(job, confirmers)
    claims = Claims(job, filings_that_count(job.facts["lead_archive"], void, unsigned_words.at(job.as_of)))
    rows = enquiries.assign(customer=customers(enquiries), end=looked_up(enquiries["咨询编号"], ends["end"]))
    rows = rows.sort_values(["咨询日期", "咨询编号"], kind="stable")
    owned, inherited = _owners(records(rows), claims, principle_order, finders, unread_claims(job))
    found = [
        _owned(job, c.first, [*c.claims, *c.rivals], c.unread) for c in owned if c.first and c.first["门店"] == job.unit
    ]
    return found + [_inherited(job, again) for again in inherited if again.row["门店"] == job.unit]


def _owners(
    rows: Iterable[Row],
    claims: Claims,
    principle_order: Parameter,
    finders: Mapping[str, str],
    unread: Mapping[str, Sequence[Unread]],
) -> tuple[list[_Customer], list[_Again]]:
    """The customers that found an owner, and the later enquiries of each.

    rows: the enquiries in order, with `customer` and `end`. A customer who signed or was lost begins anew. unread: see
    `unread_claims`; what came later makes no line unsure.
    """
    known: dict[str, _Customer] = {}
    owned: list[_Customer] = []
    inherited: list[_Again] = []
    for row in rows:
        day = row["咨询日期"].date()
        customer = known.setdefault(row["customer"], _Customer())
        if any(end <= day for end in customer.ends):
            customer = known[row["customer"]] = _Customer()
        order = principle_order.at(day)
        if customer.first is not None:
            own = claims.of([row], order, finders)
            inherited.append(_Again(row, customer, own, customer.unread or _is_doubted(customer, row, unread)))
            customer.rivals += own if row["门店"] != customer.first["门店"] else []
        else:
            customer.pool.append(row)
            customer.claims = claims.of(customer.pool, order, finders)
            if customer.claims:
                customer.first = row
                customer.unread = _is_doubted(customer, row, unread)
                owned.append(customer)
        if row["end"] is not None:
            customer.ends.append(row["end"].date())
    return owned, inherited


def _is_doubted(customer: _Customer, row: Row, unread: Mapping[str, Sequence[Unread]]) -> bool:
    owner, day = customer.claims[0].staff_no, row["咨询日期"].date()
    return any(each.may_rival(owner, day) for each in unread.get(row["customer"], ()))


def _owned(job: Job, row: Row, claims: Sequence[Claim], unread: bool = False) -> Finding:
    best = claims[0]
    text = say("咨询{order}归{who}，依据：{why}", order=row["咨询编号"], who=called(job, best.staff_no), why=best.text)
    return _attributed(row, best.principle, best.staff_no, text, best.column, claims, unread=unread)


def _inherited(job: Job, again: _Again) -> Finding:
    row, customer = again.row, again.customer
    assert customer.first is not None
    first, basis = _owned(job, customer.first, customer.claims), customer.claims[0]
    elsewhere = customer.first["门店"] != job.unit
    given = {"order": row["咨询编号"], "first": first.subject, "who": called(job, first.staff_no)}
    text = (
        say("咨询{order}与{unit}的{first}是同一客户，仍归{who}", unit=customer.first["门店"], **given)
        if elsewhere
        else say("咨询{order}与{first}是同一客户，仍归{who}", **given)
    )
    claims = [basis, *again.own]
    found = _attributed(row, job.clauses[-1], first.staff_no, text, "联系电话", claims, first, unread=again.unread)
    return replace(found, hangs_on=None) if elsewhere else found


def _attributed(
    row: Row,
    clause: str,
    staff_no: str,
    text: Text,
    column: str,
    claims: Sequence[Claim],
    first: Finding | None = None,
    *,
    unread: bool,
) -> Finding:
    disputed = any(claim.staff_no != staff_no for claim in claims)
    if disputed:
        listed = joined([claim.text for claim in claims])
        text = say("{text}；有争议，须经理确认，各方依据：{claims}", text=text, claims=listed)
    if unread:
        text = say("{text}；该客户另有一行咨询或备案无法读取，改正以前须经理确认", text=text)
    inherited = first.evidence if first else ()
    return Finding(
        clause=clause,
        effect="attribute",
        date=row["咨询日期"].date(),
        subject=row["咨询编号"],
        staff_no=staff_no,
        text=text,
        status="needs_confirmation" if disputed or unread else None,
        row=row["_ref"],
        column=column,
        evidence=(row["_ref"], *inherited, *(ref for claim in claims for ref in claim.evidence)),
        candidates=tuple(Candidate(c.staff_no, c.text, chosen=c.staff_no == staff_no) for c in claims),
        hangs_on=(first.clause, first.effect, first.subject, first.staff_no, "") if first else None,
    )


@reads(
    contracts="签订日期 咨询编号",
    enquiries="咨询编号 联系电话 到店日期",
    lead_archive="备案日期 备案部门 备案人工号 联系电话",
)
def late_filings(job: Job, *, filing_departments: Parameter) -> list[Finding]:
    """Filings dated after the customer's first visit or signature: void (REN-A6)."""
    rows = _late_filings(job, filing_departments)
    rows = rows[rows["门店"] == job.unit]
    return [_late_filing(job, row) for row in records(rows[rows["late"]])]


def _late_filings(job: Job, departments: Parameter) -> pd.DataFrame:
    """The filings with late (boolean), and the customer's first visit and signature where they come before the filing.

    Columns visited and signed are days, visit and contract the facts that prove them.
    """
    rows, enquiries, contracts = job.facts["lead_archive"], job.facts["enquiries"], job.facts["contracts"]
    if rows.empty:
        blank = {
            "visited": rows["备案日期"],
            "visit": rows["_ref"],
            "signed": rows["备案日期"],
            "contract": rows["_ref"],
        }
        return rows.assign(**blank, late=pd.Series(dtype=bool))
    phones = enquiries.set_index("咨询编号")["联系电话"]
    visits = _firsts(enquiries["联系电话"], enquiries["到店日期"], enquiries["_ref"])
    signatures = _firsts(looked_up(contracts["咨询编号"], phones), contracts["签订日期"], contracts["_ref"])
    for day, ref, firsts in (("visited", "visit", visits), ("signed", "contract", signatures)):
        first = looked_up(rows["联系电话"], firsts["day"])
        rows = rows.assign(
            **{day: first.where(first < rows["备案日期"]), ref: looked_up(rows["联系电话"], firsts["ref"])}
        )
    ours = rows["备案部门"].isin(departments.at(job.as_of))
    return rows.assign(late=ours & (rows["visited"].notna() | rows["signed"].notna()))


def _firsts(phones: pd.Series, days: pd.Series, refs: pd.Series) -> pd.DataFrame:
    """The first day of each phone, and the fact that says so: indexed by phone, columns day and ref."""
    rows = pd.DataFrame({"phone": phones, "day": days, "ref": refs}).dropna(subset=["phone", "day"])
    return rows.sort_values(["day", "ref"], kind="stable").drop_duplicates("phone").set_index("phone")


def _late_filing(job: Job, row: Row) -> Finding:
    before: list[Text] = []
    proofs: list[int] = []
    if row["visited"] is not None:
        before.append(say("已入店（{day}）", day=row["visited"].date().isoformat()))
        proofs.append(int(row["visit"]))
    if row["signed"] is not None:
        before.append(say("已签单（{day}）", day=row["signed"].date().isoformat()))
        proofs.append(int(row["contract"]))
    headers = ["备案人工号", "联系电话", "备案日期"]
    return Finding(
        clause=job.clause,
        effect="flag",
        date=row["备案日期"].date(),
        subject="|".join((row["备案人工号"], row["联系电话"], row["备案日期"].date().isoformat())),
        staff_no=row["备案人工号"],
        text=say(
            "{who}{day}的备案无效，该客户在此以前{before}",
            who=called(job, row["备案人工号"]),
            day=row["备案日期"].date().isoformat(),
            before=joined(before, "、"),
        ),
        row=row["_ref"],
        column=headers[-1],
        evidence=(row["_ref"], *proofs),
    )


@reads(contracts="合同编号 签订日期 咨询编号", dispatch="咨询编号 派单人工号 派单方式 派单日期")
def private_contact(job: Job, *, dispatcher_posts: Parameter, private_ways: Sequence[str]) -> list[Finding]:
    """Contracts that passed by the customer manager: the owner's commission is void (REN-A5).

    private_ways: 派单方式 of private dealings. What cannot be told (no 派单人, no 咨询编号) is flagged only; a dispatch of
    which a cell could not be read may have been the customer manager's.
    """
    contracts = job.facts["contracts"]
    dispatch = job.facts["dispatch"]
    posts = job.roster_column(dispatch["派单人工号"], "岗位", dispatch["派单日期"])
    rows = dispatch.assign(
        private=dispatch["派单方式"].isin(private_ways),
        proper=posts.isin(dispatcher_posts.at(job.as_of)),
        unknown=dispatch["派单人工号"].isna(),
    )
    by_order = rows.groupby("咨询编号").agg(
        private=("private", "any"), proper=("proper", "any"), unknown=("unknown", "any"), refs=("_ref", tuple)
    )
    judged = contracts.join(by_order, on="咨询编号")
    judged["owner"] = looked_up(judged["咨询编号"], decided_owners(job)["staff_no"])
    proper = judged["proper"].fillna(False).astype(bool) | judged["咨询编号"].isin(job.unread("dispatch", "咨询编号"))
    passed = proper & ~judged["private"].fillna(False).astype(bool)
    return [_private(job, row) for row in records(judged[~passed])]


def _private(job: Job, row: Row) -> Finding:
    facts = {"contract": row["合同编号"], "day": row["签订日期"].date().isoformat(), "order": row["咨询编号"]}
    effect = "commission_void"
    if row["咨询编号"] is None:
        effect = "flag"
        text = say(
            "{day} 签订的合同{contract}没有填写咨询编号，查不到派单记录，请补填",
            day=facts["day"],
            contract=facts["contract"],
        )
    elif row["private"]:
        text = say("{day} 签订的合同{contract}（咨询{order}）登记为私自派单，取消此单提成", **facts)
    elif row["unknown"]:
        effect = "flag"
        text = say("{day} 签订的合同{contract}（咨询{order}）的派单没有填写派单人，请补填", **facts)
    else:
        text = say("{day} 签订的合同{contract}（咨询{order}）没有经客户经理派单，取消此单提成", **facts)
    return Finding(
        clause=job.clause,
        effect=effect,
        date=row["签订日期"].date(),
        subject=row["合同编号"],
        staff_no=row["owner"] or "",
        text=text,
        row=row["_ref"],
        column="咨询编号",
        evidence=(row["_ref"], *(int(ref) for ref in row["refs"] or ())),
    )
