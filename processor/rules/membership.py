"""Membership forms: complete and true, signed by the member, filled in by the store, not lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import phonenumbers
from pandas.tseries.offsets import MonthEnd
from stdnum.cn import ric

from processor.catalogue.outcome import Outcome
from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.offences import Offence, settle

IDENTITY = "身份证号码"
SIGNATURE = "会员本人签名"
FILLING = "门店填写情况"
STATE = "单据状态"
HEAD = "门店负责人工号"


@reads(
    members="申请单号 申请日期 姓名 手机 身份证号码 性别 生日 会员本人签名 门店填写情况 单据状态 补齐日期 罚款金额 门店负责人工号"
)
def forms(
    job: Job,
    *,
    incomplete: Outcome,
    signed_by_other: Outcome,
    filling: Mapping[str, Outcome],
    damaged: Outcome,
    days_to_mend: Parameter,
) -> list[Finding]:
    """Judge each form of `members`; each outcome names its `clause`, filling is by 门店填写情况 (SA-M1, SA-M2, SA-M3, SA-M4).

    A lost or damaged form is judged for that alone. A form that lacks the identity number only is not judged as
    incomplete before its term is over: the later of the month's end and application + days_to_mend; the binding
    needs `due: true`. Values that cannot be true count as missing. What was missing at the end of the term stays a
    breach, whatever is filled in later.
    """
    rows = _judged(job, days_to_mend)
    faulty = rows["lost"] | rows["incomplete"] | (rows[SIGNATURE] == "代签") | rows[FILLING].isin(list(filling))
    findings: list[Finding] = []
    for row in records(rows[faulty]):
        if row["lost"]:
            offences = [_offence(row, say("{state}", state=row[STATE]), damaged, STATE)]
        else:
            offences = list(_offences(row, incomplete, signed_by_other, filling))
        findings.extend(settle(job, row, offences, subject="申请单号", day="申请日期"))
    return findings


def _judged(job: Job, days_to_mend: Parameter) -> pd.DataFrame:
    """The forms with what is known of each on the as-of day.

    lost: it is damaged or gone. deadline: the last day on which it could be completed. incomplete: it lacks something,
    or did at the deadline (kept). missing: the parts, as a list.
    """
    rows = job.facts["members"]
    rows = rows[rows["申请日期"].notna()]
    missing, deadline = _missing(rows), _deadline(rows, days_to_mend)
    lacked = _at_deadline(job, rows, deadline).where(deadline <= pd.Timestamp(job.as_of))
    lacking = missing.any(axis=1) & _due(job, rows, missing, deadline)
    return rows.assign(
        lost=rows[STATE] != "完好",
        missing=_listed(missing).where(lacking, lacked),
        kept=~lacking & lacked.notna(),
        deadline=deadline,
        incomplete=lacking | lacked.notna(),
    )


def _offences(
    row: Mapping[str, Any], incomplete: Outcome, signed_by_other: Outcome, filling: Mapping[str, Outcome]
) -> Iterator[Offence]:
    if row["incomplete"]:
        what = say("缺少或不实：{parts}", parts="、".join(row["missing"]))
        if row["kept"]:
            what = say("{what}，到期限{deadline}还没有补齐", what=what, deadline=f"{row['deadline']:%Y-%m-%d}")
        yield _offence(row, what, incomplete, row["missing"][0])
    if row[SIGNATURE] == "代签":
        yield _offence(row, say("会员签名由他人代签"), signed_by_other, SIGNATURE)
    if row[FILLING] in filling:
        yield _offence(row, say("门店填写部分{state}", state=row[FILLING]), filling[row[FILLING]], FILLING)


def _offence(row: Mapping[str, Any], what: Any, outcome: Outcome, column: str) -> Offence:
    day = row["申请日期"].date().isoformat()
    text = say("{day} 会员卡申请表{form}{what}", day=day, form=row["申请单号"], what=what)
    return Offence(what=text, outcome=outcome, payer=HEAD, column=column)


def _missing(rows: pd.DataFrame) -> pd.DataFrame:
    """One boolean column a part of the form: blank, or cannot be true."""
    born, sex = _told_by_identity(rows[IDENTITY])
    unsigned = rows[SIGNATURE] == "否"
    return pd.DataFrame(
        {
            "姓名": rows["姓名"].isna(),
            "手机": ~_is_mobile(rows["手机"]),
            IDENTITY: rows[IDENTITY].isna(),
            "性别": rows["性别"].isna() | (sex.notna() & (sex != rows["性别"])),
            "生日": rows["生日"].isna() | (born.notna() & (born != rows["生日"])),
            SIGNATURE: unsigned,
        },
        index=rows.index,
    )


def _told_by_identity(numbers: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Birthday (datetime64) and 性别 that each identity number states; blank where there is none."""
    known = numbers.dropna().unique()
    births = {number: pd.Timestamp(ric.get_birth_date(number)) for number in known}
    sexes = {number: "男" if int(number[16]) % 2 else "女" for number in known}
    return numbers.map(births).astype("datetime64[us]"), numbers.map(sexes).astype("str")


def _is_mobile(numbers: pd.Series) -> pd.Series:
    kinds = {number: phonenumbers.number_type(phonenumbers.parse(number, "CN")) for number in numbers.dropna().unique()}
    return numbers.map(kinds) == phonenumbers.PhoneNumberType.MOBILE


def _listed(missing: pd.DataFrame) -> pd.Series:
    faulty = missing[missing.any(axis=1)]
    names = [[name for name, absent in zip(missing, flags, strict=True) if absent] for flags in faulty.to_numpy()]
    return pd.Series(names, index=faulty.index, dtype="object").reindex(missing.index)


def _deadline(rows: pd.DataFrame, days_to_mend: Parameter) -> pd.Series:
    """The last day on which each form could be completed."""
    days = rows["申请日期"]
    ends = days + MonthEnd(0)
    grown = days + pd.to_timedelta(days_to_mend.column(days).astype("float64"), unit="D")
    return ends.where(ends > grown, grown)


def _due(job: Job, rows: pd.DataFrame, missing: pd.DataFrame, deadline: pd.Series) -> pd.Series:
    """Which incomplete forms are ripe: at once, or at the end of the term where only the identity number is missing."""
    only_identity = missing[IDENTITY] & (missing.sum(axis=1) == 1)
    mended = rows["补齐日期"] <= deadline
    return ~only_identity | (~mended & (deadline <= pd.Timestamp(job.as_of)))


def _at_deadline(job: Job, rows: pd.DataFrame, deadline: pd.Series) -> pd.Series:
    """The parts that each form lacked at its deadline, as lists; blank where it was complete.

    补齐日期 tells when it was completed. Without one the form stood as it was last delivered by then, or, where it came
    later only, as it first came.
    """
    late = rows["补齐日期"] > deadline
    lacked = pd.Series([[IDENTITY]] * len(rows), index=rows.index, dtype="object").where(late)
    versions = job.changed("members")
    if versions.empty:
        return lacked
    ends = pd.Series(deadline.to_numpy(), index=rows["申请单号"])
    versions = versions.assign(in_time=versions["_seen"] <= versions["申请单号"].map(ends).astype("datetime64[us]"))
    last = versions[versions["in_time"]].drop_duplicates("申请单号", keep="last")
    first = versions[~versions["申请单号"].isin(last["申请单号"])].drop_duplicates("申请单号")
    stood = pd.concat([last, first])
    parts = _listed(_missing(stood)).set_axis(stood["申请单号"])
    told = rows["申请单号"].map(parts.dropna().to_dict()).where(rows["补齐日期"].isna())
    return lacked.fillna(told)
