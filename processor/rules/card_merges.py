"""Merging one membership card into another: whose cards, which standards, who pays for a merge that should not be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from processor.catalogue.derived import without_blanks
from processor.catalogue.outcome import Outcome
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say, yuan
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.offences import Offence, settle
from processor.rules.remarks import remark

DAY = "申请日期"
KEY = "并卡单号"
MANAGER = "门店经理工号"
GENERAL_MANAGER = "总经理工号"
TOP_UP = "最后充值金额"


@reads(
    card_merges="并卡单号 申请日期 原卡类型 原卡品牌 目标卡类型 目标卡品牌 最后充值金额 经理担保修改 "
    "强行并卡 事由填写人 顾客签名 私自承诺 承诺人工号 罚款金额 因服务或技术不满 总经理工号 门店经理工号",
)
def fines(
    job: Job,
    *,
    vouched: Outcome,
    promised: Outcome,
    forced: Outcome,
    written_by_store: Outcome,
    dissatisfied: Outcome,
    card_order: Parameter,
    upgrade_standard: Parameter,
) -> list[Finding]:
    """The fines of each row of `card_merges`; each outcome names its `clause` (SA-C1, SA-C2, SA-C3, SA-C6).

    A recorded 罚款金额 counts for the dearest 'or more' only. card_order: card types, best first. upgrade_standard:
    card type -> top-up that a merge into this better card needs; a promise counts where a stated top-up misses it.
    """
    rows = _standing(job.facts["card_merges"], upgrade_standard)
    broken = (
        _yes(rows["经理担保修改"])
        | _promised(rows, card_order)
        | (_yes(rows["强行并卡"]) & _other_brand(rows))
        | _written_by_store(rows)
        | _yes(rows["因服务或技术不满"])
    )
    rows = rows.assign(
        promised=_promised(rows, card_order), forced=_other_brand(rows), by_store=_written_by_store(rows)
    )
    findings: list[Finding] = []
    for row in records(rows[broken]):
        offences = _offences(row, vouched, promised, forced, written_by_store, dissatisfied)
        findings.extend(settle(job, row, list(offences), subject=KEY, day=DAY))
    return findings


def _offences(
    row: Mapping[str, Any],
    vouched: Outcome,
    promised: Outcome,
    forced: Outcome,
    written_by_store: Outcome,
    dissatisfied: Outcome,
) -> Iterator[Offence]:
    if row["经理担保修改"]:
        yield Offence(_what(row, say("由经理担保修改资料")), vouched, MANAGER, "经理担保修改")
    if row["promised"]:
        missed = say(
            "最后充值{paid}元未达到升级标准{limit}元，却私自承诺顾客",
            paid=yuan(row[TOP_UP]),
            limit=yuan(int(row["standard"])),
        )
        yield Offence(_what(row, missed), promised, "承诺人工号", "私自承诺", fallback=MANAGER)
    if row["强行并卡"] and row["forced"]:
        yield Offence(_what(row, say("不同品牌的卡强行合并")), forced, MANAGER, "强行并卡")
    if row["by_store"]:
        column = "事由填写人" if row["事由填写人"] == "门店" else "顾客签名"
        yield Offence(_what(row, say("并卡事由由门店代写或代签")), written_by_store, GENERAL_MANAGER, column)
    if row["因服务或技术不满"]:
        what = _what(row, say("顾客因服务或技术不满而并卡"))
        yield Offence(what, dissatisfied, GENERAL_MANAGER, "因服务或技术不满", part="dissatisfied")


@reads(card_merges="并卡单号 申请日期 原卡类型 目标卡类型 最后充值金额 门店经理工号")
def upgrade_missed(job: Job, *, card_order: Parameter, upgrade_standard: Parameter) -> list[Finding]:
    """Reject merges into a better card (card_order: best first) whose last top-up misses the upgrade standard (SA-C2)."""
    rows = _standing(job.facts["card_merges"], upgrade_standard)
    rows = rows[_into_better(rows, card_order) & _missed(rows)]
    return [_reject(job, row, _shortfall(row, say("升级标准")), TOP_UP) for row in records(rows)]


@reads(card_merges="并卡单号 申请日期 原卡类型 目标卡类型 目标卡是否新卡 最后充值金额 门店经理工号")
def standard_missed(job: Job, *, into_new: bool, standard: Parameter, called: str) -> list[Finding]:
    """Reject merges into a new (into_new) or an old card whose last top-up misses the target card's standard (SA-C4, SA-C5).

    standard: card type -> yuan; a type without one cannot be checked and is flagged as such. called: its Chinese name.
    """
    rows = job.facts["card_merges"]
    rows = _standing(rows[_yes(rows["目标卡是否新卡"]) == into_new], standard)
    findings = [_reject(job, row, _shortfall(row, say(called)), TOP_UP) for row in records(rows[_missed(rows)])]
    for row in records(rows[rows["standard"].isna()]):
        reason = say("没有规定{card}的{called}，请在参数中补上", card=row["目标卡类型"], called=say(called))
        findings.append(_reject(job, row, reason, "目标卡类型"))
    return findings


def _standing(rows: pd.DataFrame, standard: Parameter) -> pd.DataFrame:
    """The rows with `standard`: fen that the target card's type demands on the day; blank where none is set."""
    days = {day: _by_type(standard.at(day.date())) for day in rows[DAY].unique()}
    targets = zip(rows[DAY], _card_types(rows["目标卡类型"]), strict=True)
    demanded = [days[day].get(card) for day, card in targets]
    return rows.assign(standard=pd.array(demanded, dtype="Int64"))


def _by_type(table: Mapping[str, int]) -> dict[str, int]:
    return dict(zip(_card_types(pd.Series(list(table), dtype="str")), table.values(), strict=True))


def _card_types(names: pd.Series) -> pd.Series:
    """Card types as written in different ways (`６.5折`, `6.5折卡`) in one spelling."""
    return without_blanks(names.str.normalize("NFKC")).str.removesuffix("卡")


def _yes(column: pd.Series) -> pd.Series:
    return column.fillna(False).astype(bool)


def _missed(rows: pd.DataFrame) -> pd.Series:
    """A standard that the last top-up does not reach; a blank top-up does not."""
    return rows["standard"].notna() & ~_yes(rows[TOP_UP] >= rows["standard"])


def _into_better(rows: pd.DataFrame, card_order: Parameter) -> pd.Series:
    ranks = {
        day: dict(zip(_card_types(pd.Series(order, dtype="str")), range(len(order)), strict=True))
        for day in rows[DAY].unique()
        for order in [card_order.at(day.date())]
    }
    last = float("nan")
    pairs = zip(rows[DAY], _card_types(rows["原卡类型"]), _card_types(rows["目标卡类型"]), strict=True)
    better = [ranks[day].get(old, last) > ranks[day].get(new, last) for day, old, new in pairs]
    return pd.Series(better, index=rows.index, dtype=bool)


def _promised(rows: pd.DataFrame, card_order: Parameter) -> pd.Series:
    return _into_better(rows, card_order) & _missed(rows) & rows[TOP_UP].notna() & _yes(rows["私自承诺"])


def _other_brand(rows: pd.DataFrame) -> pd.Series:
    return without_blanks(rows["原卡品牌"]) != without_blanks(rows["目标卡品牌"])


def _written_by_store(rows: pd.DataFrame) -> pd.Series:
    return (rows["事由填写人"] == "门店") | (rows["顾客签名"] == "代签")


def _shortfall(row: Mapping[str, Any], called: Text) -> Text:
    return say(
        "{old}并入{new}，{paid}，未达到{called}{limit}元",
        old=row["原卡类型"],
        new=row["目标卡类型"],
        paid=say("没有填写最后充值金额") if row[TOP_UP] is None else say("最后充值{paid}元", paid=yuan(row[TOP_UP])),
        called=called,
        limit=yuan(int(row["standard"])),
    )


def _what(row: Mapping[str, Any], what: Text) -> Text:
    return say("{day} 并卡申请{form}{what}", day=row[DAY].date().isoformat(), form=row[KEY], what=what)


def _reject(job: Job, row: Mapping[str, Any], reason: Text, column: str) -> Finding:
    text = say("{what}，不予并卡", what=_what(row, say("：{reason}", reason=reason)))
    return remark(job, row, text, day=row[DAY].date(), subject=row[KEY], staff_no=row[MANAGER], column=column)
