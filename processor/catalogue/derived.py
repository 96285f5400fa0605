"""Named columns that several clauses need and no register holds: each made of cells of the same row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from processor import holidays
from processor.catalogue.register import Column, Register
from processor.messages import tell


@dataclass(frozen=True)
class Derived:
    """One such column: its header and type, the headers that it is made of, and how."""

    column: Column
    made_of: frozenset[str]
    make: Callable[[pd.DataFrame], pd.Series]


def _taken_on_site(rows: pd.DataFrame) -> pd.Series:
    """Money taken at the customer's: labour and parts; a blank is nothing."""
    return rows["人工费"].fillna(0).astype("int64") + rows["配件费"].fillna(0).astype("int64")


def _hours(first: str, last: str) -> Callable[[pd.DataFrame], pd.Series]:
    """Hours from one time to another."""
    return lambda rows: (rows[last] - rows[first]).dt.total_seconds() / 3600


def _answer_due(rows: pd.DataFrame) -> pd.Series:
    """When a complaint is to be answered: as promised, or later where the customer agreed to 延期至."""
    promised, agreed = rows["承诺答复时间"], rows["延期至"].where(rows["客户同意延期"].fillna(False).astype(bool))
    return promised.where(~(agreed > promised), agreed)


def _on_duty(rows: pd.DataFrame) -> pd.Series:
    """Whether somebody worked or was due on a day of 考勤: neither 请假, 休息 nor 旷工."""
    state = rows["状态"]
    told = rows[["应到时间", "应退时间", "上班打卡", "下班打卡"]].notna().any(axis=1) | state.notna()
    return told & ~state.isin(["请假", "休息", "旷工"])


def weekday(days: pd.Series) -> pd.Series:
    """周一 to 周日."""
    return days.dt.day_of_week.map(dict(enumerate(("周一", "周二", "周三", "周四", "周五", "周六", "周日"))))


def _holiday(header: str) -> Callable[[pd.DataFrame], pd.Series]:
    """The public holiday (G17) on which a day lies; blank on other days."""
    return lambda rows: rows[header].map(
        {day: holidays.holiday(day.date()) or None for day in rows[header].dropna().unique()}
    )


def _next_month(days: pd.Series) -> pd.Series:
    """`YYYY-MM` of the month after each day's."""
    return (days + pd.offsets.MonthBegin(1)).dt.strftime("%Y-%m")


def _time_of_call(rows: pd.DataFrame) -> pd.Series:
    """At what time of the day a call was made; blank where only its day is known."""
    clock = rows["回访时间"] - rows["回访时间"].dt.normalize()
    return clock.where(clock > pd.Timedelta(0))


def _to_blame(rows: pd.DataFrame) -> pd.Series:
    """Who answers for what was not done: who handed over without a record, else who took over."""
    return rows["交班人工号"].where(~rows["是否记录"].fillna(True).astype(bool), rows["接班人工号"])


def without_blanks(texts: pd.Series) -> pd.Series:
    """Texts as they are compared, however they were spaced."""
    return texts.str.replace(r"\s+", "", regex=True)


def _alike(first: str, second: str) -> Callable[[pd.DataFrame], pd.Series]:
    """Whether two columns say the same; a blank is like nothing."""
    return lambda rows: without_blanks(rows[first]) == without_blanks(rows[second])


def _handed_in(rows: pd.DataFrame) -> pd.Series:
    """When a report came: without a time it counts as in time (G7), without any content it is none."""
    told = rows[["提交时间", "问题", "改进"]].notna().any(axis=1)
    return rows["提交时间"].fillna(rows["周起始日"]).where(told)


#: register -> its derived columns by header
DERIVED: Mapping[str, Mapping[str, Derived]] = {
    register: {derived.column.header: derived for derived in columns}
    for register, columns in {
        "service_tickets": [
            Derived(Column("现场收款", "money"), frozenset({"人工费", "配件费"}), _taken_on_site),
            Derived(Column("等候小时", "number"), frozenset({"受理时间", "到达时间"}), _hours("受理时间", "到达时间")),
            Derived(Column("修理小时", "number"), frozenset({"到达时间", "完成时间"}), _hours("到达时间", "完成时间")),
        ],
        "attendance": [
            Derived(
                Column("当班", "yesno"),
                frozenset({"状态", "应到时间", "应退时间", "上班打卡", "下班打卡"}),
                _on_duty,
            ),
            Derived(Column("星期", "text"), frozenset({"日期"}), lambda rows: weekday(rows["日期"])),
        ],
        "weekly_reports": [
            Derived(Column("交出时间", "datetime"), frozenset({"周起始日", "提交时间", "问题", "改进"}), _handed_in),
            Derived(
                Column("所报日期", "date"),
                frozenset({"报告日期", "提交时间"}),
                lambda rows: rows["报告日期"].fillna(rows["提交时间"].dt.normalize()),
            ),
        ],
        "card_merges": [
            Derived(Column("同一人", "yesno"), frozenset({"原卡姓名", "目标卡姓名"}), _alike("原卡姓名", "目标卡姓名")),
            Derived(Column("同品牌", "yesno"), frozenset({"原卡品牌", "目标卡品牌"}), _alike("原卡品牌", "目标卡品牌")),
        ],
        "work_plans": [
            Derived(
                Column("计划起日", "date"),
                frozenset({"开始日期", "提出日期"}),
                lambda rows: rows["开始日期"].fillna(rows["提出日期"]),
            ),
            Derived(
                Column("计划止日", "date"),
                frozenset({"完成日期", "开始日期", "提出日期"}),
                lambda rows: rows["完成日期"].fillna(rows["开始日期"]).fillna(rows["提出日期"]),
            ),
        ],
        "swaps": [
            Derived(Column("原班节假日", "text"), frozenset({"原班日期"}), _holiday("原班日期")),
            Derived(Column("还班节假日", "text"), frozenset({"还班日期"}), _holiday("还班日期")),
        ],
        "probation": [
            Derived(
                Column("申请日", "count"), frozenset({"申请日期"}), lambda rows: rows["申请日期"].dt.day.astype("Int64")
            ),
            Derived(Column("下月", "text"), frozenset({"申请日期"}), lambda rows: _next_month(rows["申请日期"])),
        ],
        "rectifications": [
            Derived(
                Column("合格日期", "date"),
                frozenset({"整改日期", "复查结果"}),
                lambda rows: rows["整改日期"].where(rows["复查结果"] != "不合格"),
            )
        ],
        "handover": [
            Derived(Column("过失人工号", "staff"), frozenset({"交班人工号", "接班人工号", "是否记录"}), _to_blame)
        ],
        "followups": [Derived(Column("回访钟点", "time"), frozenset({"回访时间"}), _time_of_call)],
        "complaints": [
            Derived(
                Column("应答复时间", "datetime"), frozenset({"承诺答复时间", "客户同意延期", "延期至"}), _answer_due
            )
        ],
    }.items()
}


def column_of(register: Register, header: str) -> Column:
    """The register's own or derived column of this header. Raises ValueError that names the register."""
    derived = DERIVED.get(register.name, {}).get(header)
    if derived is not None:
        return derived.column
    try:
        return register.column(header)
    except KeyError:
        raise ValueError(tell("{title} has no column {header}", title=register.title, header=header)) from None


def cells_of(register: Register, headers: frozenset[str]) -> frozenset[str]:
    """The columns of the register that these headers, derived ones included, are read from."""
    known = DERIVED.get(register.name, {})
    return frozenset(cell for header in headers for cell in (known[header].made_of if header in known else {header}))


def with_derived(register: Register, rows: pd.DataFrame, headers: frozenset[str]) -> pd.DataFrame:
    """The rows with the derived ones of these columns made."""
    known = DERIVED.get(register.name, {})
    return rows.assign(**{header: known[header].make(rows) for header in headers & set(known)})
