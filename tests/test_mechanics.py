"""Each mechanic by itself, on a clause that stands in no pack of the product: what it finds and what it leaves alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from processor.batch.cases import as_line, facts_of, roster_of
from processor.catalogue.pack_reader import load_pack
from processor.catalogue.register_reader import load_registers
from processor.columns import UNREAD
from processor.decision import Decision
from processor.engine.decide import check_bindings, ordered
from processor.engine.decider import decide
from processor.errors import PolicyError

ROSTER = """
工号,姓名,门店,部门,岗位,直接主管工号,入职日期,月工资,全勤奖
A,甲,一店,客服部,客服,S,2020-01-01,4350,300
B,乙,一店,客服部,客服,S,2020-01-01,4350,0
S,丙,一店,客服部,主管,,2020-01-01,8000,
"""


def decided(
    tmp_path: Path, table: dict[str, Any], as_of: str, unread: tuple[str, str] = ("", ""), **registers: str
) -> list[dict[str, str]]:
    """What the clause X-1, decided so, yields for 一店. unread: key of a row and header of its cell that was not read."""
    return [as_line(line) for line in _decisions(tmp_path, {"X-1": table}, as_of, registers, unread)]


def _decisions(
    tmp_path: Path,
    tables: dict[str, Any],
    as_of: str,
    registers: dict[str, str],
    unread: tuple[str, str] = ("", ""),
) -> list[Decision]:
    clause = {"title": "测试", "rule": "测试。", "cites": "测试", "family": "test", "kind": "computed"}
    clauses = {id: clause | {"decided": table} for id, table in tables.items()}
    pack = {"pack": "mine", "title": "自定", "document": "自定", "in_force_from": "2000-01-01", "clauses": clauses}
    path = tmp_path / "mine.yaml"
    path.write_text(
        yaml.safe_dump(pack, allow_unicode=True, sort_keys=False).replace("'2000-01-01'", "2000-01-01"),
        encoding="utf-8",
    )
    loaded = load_pack(path, load_registers())
    check_bindings([loaded], load_registers())
    case = {"units": {"一店": ["mine"]}, "as_of": as_of, "registers": {"roster": ROSTER, **registers}}
    facts = {name: _spoilt(name, frame, *unread) for name, frame in facts_of(case, load_registers()).items()}
    found: list[Decision] = []
    for pack_, binding in ordered([loaded]):
        found += decide(
            pack_,
            binding,
            unit="一店",
            as_of=date.fromisoformat(as_of),
            facts={name: facts[name] for name in binding.reads},
            registers=load_registers(),
            roster=roster_of(facts["roster"], case),
            earlier=found,
            delivered={name: frozenset(text.strip().partition("\n")[0].split(",")) for name, text in registers.items()},
        )
    return found


def _spoilt(register: str, frame: pd.DataFrame, key: str, header: str) -> pd.DataFrame:
    if header not in frame:
        return frame
    cells = frame[load_registers()[register].key[0]] == key
    return frame.assign(**{header: frame[header].mask(cells), UNREAD: cells.map({True: header, False: ""})})


COMPLAINTS = """
投诉编号,受理时间,受理人工号,投诉级别,责任人工号,是否争吵,承诺答复时间,办结时间
T1,2026-10-05 09:00,S,一般,A,是,2026-10-05 18:00,2026-10-05 12:00
T2,2026-10-06 09:00,S,重大,A,是,2026-10-06 18:00,2026-10-07 12:00
T3,2026-10-20 09:00,S,一般,A,是,2026-10-20 18:00,
T4,2026-10-21 09:00,S,一般,B,否,2026-10-22 18:00,2026-10-21 10:00
"""
COMPLAINT = {"of": "complaints", "about": ["责任人工号"], "date": "受理时间"}


def with_blank(rows: str, header: str) -> str:
    """The rows with one column more, in which nothing stands."""
    first, *others = rows.strip().split("\n")
    return "\n".join([f"{first},{header}", *(f"{row}," for row in others)])


def brief(lines: list[dict[str, str]]) -> list[tuple[str, ...]]:
    return [(line["effect"], line["staff_no"], line["subject"], line["amount"]) for line in lines]


def test_where_decides_each_row_for_which_all_comparisons_hold(tmp_path: Path) -> None:
    table = COMPLAINT | {"mechanic": "where", "where": {"是否争吵": True, "投诉级别": ["重大"]}}
    lines = decided(
        tmp_path, table | {"outcome": {"effect": "fine", "amount": 50}}, "2026-10-31", complaints=COMPLAINTS
    )
    assert brief(lines) == [("fine", "A", "T2", "-50.00")]
    assert lines[0]["text"] == "2026-10-06 甲测试（投诉编号T2），罚款50.00元"


def test_where_climbs_a_ladder_inside_its_window(tmp_path: Path) -> None:
    steps = [
        [{"effect": "fine", "amount": 30}],
        [{"effect": "fine", "amount": 30, "times": 2}],
        [{"effect": "recommendation", "action": "建议辞退"}],
    ]
    table = COMPLAINT | {"mechanic": "where", "where": {"是否争吵": True}, "window": "month", "steps": steps}
    lines = decided(tmp_path, table, "2026-10-31", complaints=COMPLAINTS)
    assert [(line["subject"], line["amount"], line["occurrence"]) for line in lines] == [
        ("T1", "-30.00", "1"),
        ("T2", "-60.00", "2"),
        ("T3", "", "3"),
    ]


STEPS = [
    [{"effect": "fine", "amount": 30}],
    [{"effect": "fine", "amount": 60}],
    [{"effect": "recommendation", "action": "建议辞退"}],
]


@pytest.mark.parametrize(
    ("how", "unread", "steps"),
    [
        ({"mechanic": "where", "where": {"是否争吵": True}}, "投诉级别", {"T1": "1", "T3": "3"}),
        ({"mechanic": "where", "where": {"是否争吵": True}}, "是否争吵", {"T1": "1", "T3": "2"}),
        ({"mechanic": "where", "where": {"是否争吵": True}}, "责任人工号", {"T1": "1", "T3": "2"}),
        ({"mechanic": "complete", "parts": ["客户姓名"], "where": {"责任人工号": "A"}}, "投诉级别", {"T1": "1", "T3": "3"}),
        ({"mechanic": "complete", "parts": ["客户姓名"], "where": {"责任人工号": "A"}}, "客户姓名", {"T1": "1", "T3": "2"}),
        ({"mechanic": "faults", "faults": [{"where": {"办结时间": {"filled": False}}, "says": "没有办结"},
                                           {"where": {"是否争吵": True}, "says": "争吵"}], "where": {"责任人工号": "A"}},
         "办结时间", {"T1": "1", "T3": "3"}),
        ({"mechanic": "deadline", "measure": "办结时间", "within": {"hours": 1}, "where": {"责任人工号": "A"}},
         "投诉级别", {"T1": "1", "T3": "3"}),
        ({"mechanic": "deadline", "measure": "办结时间", "within": {"hours": 1}, "where": {"责任人工号": "A"}},
         "办结时间", {"T1": "1", "T3": "2"}),
    ],
)  # fmt: skip
def test_a_row_with_an_unreadable_cell_is_a_step_where_what_was_read_says_that_it_is_one(
    tmp_path: Path, how: dict[str, Any], unread: str, steps: dict[str, str]
) -> None:
    table = COMPLAINT | how | {"says": "{投诉编号}{投诉级别}", "steps": STEPS}
    lines = decided(tmp_path, table, "2026-10-31", ("T2", unread), complaints=with_blank(COMPLAINTS, "客户姓名"))
    assert {line["subject"]: line["occurrence"] for line in lines} == steps


def test_where_compares_two_columns_and_counts_full_steps_beyond_a_limit(tmp_path: Path) -> None:
    later = COMPLAINT | {"mechanic": "where", "where": {"办结时间": {"above": {"column": "承诺答复时间"}}}}
    found = decided(tmp_path, later | {"outcome": {"effect": "flag"}}, "2026-10-31", complaints=COMPLAINTS)
    assert brief(found) == [("flag", "A", "T2", "")]
    chats = "会话编号,开始时间,客服工号,首次响应秒数\nH1,2026-10-05 09:00,A,89\nH2,2026-10-05 10:00,A,90\nH3,2026-10-05 11:00,A,30\n"
    slow = {"mechanic": "where", "of": "chats", "about": ["客服工号"], "date": "开始时间", "measure": "首次响应秒数"}
    slow |= {"where": {"首次响应秒数": {"above": 30}}, "limit": {"over": 30}}
    fine = {"outcome": {"effect": "fine", "amount": 5, "per": 1, "per_unit": "minutes"}}
    assert brief(decided(tmp_path, slow | fine, "2026-10-31", chats=chats)) == [("fine", "A", "H2", "-5.00")]


@pytest.mark.parametrize(("bound", "subjects"), [({"over": 2}, ["T3"]), ({"reach": 2}, ["T2"]), ({"over": 3}, [])])
def test_limit_is_the_row_that_passes_or_reaches_it(tmp_path: Path, bound: Any, subjects: list[str]) -> None:
    table = COMPLAINT | {"mechanic": "limit", "where": {"是否争吵": True}, "window": "month", "limit": bound}
    lines = decided(tmp_path, table | {"outcome": {"effect": "flag"}}, "2026-10-31", complaints=COMPLAINTS)
    assert [line["date"] for line in lines] == [f"2026-10-{ {'T2': '06', 'T3': '20'}[name] }" for name in subjects]
    assert all(line["subject"] == "A|2026-10" for line in lines)


def test_limit_sums_a_column(tmp_path: Path) -> None:
    cashier = (
        "日期,工号,笔数,系统金额,实收金额,多打次数\n2026-10-05,A,1,1,1,2\n2026-10-06,A,1,1,1,2\n2026-10-07,A,1,1,1,9\n"
    )
    table = {"mechanic": "limit", "of": "cashier", "about": ["工号"], "date": "日期", "measure": "多打次数"}
    table |= {"window": "week", "limit": {"over": 3}, "outcome": {"effect": "points", "points": "C1"}}
    lines = decided(tmp_path, table, "2026-10-31", cashier=cashier)
    assert [(line["subject"], line["date"], line["points"]) for line in lines] == [
        ("A|2026-10-05", "2026-10-06", "-C1")
    ]


def test_a_deadline_is_reminded_of_on_its_last_day_and_broken_on_the_next(tmp_path: Path) -> None:
    table = COMPLAINT | {
        "mechanic": "deadline",
        "measure": "办结时间",
        "within": {"days": 2},
        "where": {"责任人工号": "A"},
    }
    table |= {"outcome": {"effect": "fine", "amount": 20}}
    assert ("remind", "A", "T3", "") in brief(decided(tmp_path, table, "2026-10-22", complaints=COMPLAINTS))
    assert ("fine", "A", "T3", "-20.00") in brief(decided(tmp_path, table, "2026-10-23", complaints=COMPLAINTS))
    assert not [
        line for line in brief(decided(tmp_path, table, "2026-10-23", complaints=COMPLAINTS)) if line[2] != "T3"
    ]


def test_a_deadline_in_hours_counts_to_the_minute_and_a_late_deed_stays_a_breach(tmp_path: Path) -> None:
    table = COMPLAINT | {"mechanic": "deadline", "measure": "办结时间", "outcome": {"effect": "flag"}}
    three = decided(tmp_path, table | {"within": {"hours": 3}}, "2026-10-31", complaints=COMPLAINTS)
    assert [line["subject"] for line in three] == ["T2", "T3"]
    noon = decided(tmp_path, table | {"within": {"days": 1, "until": "11:59"}}, "2026-10-31", complaints=COMPLAINTS)
    assert [line["subject"] for line in noon] == ["T2", "T3"]


def test_what_was_done_late_heals_where_the_clause_says_so(tmp_path: Path) -> None:
    table = COMPLAINT | {"mechanic": "deadline", "measure": "办结时间", "within": {"hours": 3}, "heals": True}
    lines = decided(tmp_path, table | {"outcome": {"effect": "flag"}}, "2026-10-31", complaints=COMPLAINTS)
    assert [line["subject"] for line in lines] == ["T3"]


def test_a_term_before_a_day_ends_with_its_last_day_and_a_sentence_names_a_figure(tmp_path: Path) -> None:
    leave = "请假编号,申请日期,工号,开始日期,结束日期,天数,请假类型\nL1,2026-10-07,A,2026-10-09,2026-10-09,1,年假\n"
    leave += "L2,2026-10-08,A,2026-10-09,2026-10-09,1,年假\n"
    table = {"mechanic": "deadline", "of": "leave", "about": "工号", "date": "开始日期", "measure": "申请日期"}
    table |= {"within": {"days_before": 2}, "says": "最晚{期限}", "outcome": {"effect": "flag"}}
    assert [(line["subject"], line["text"]) for line in decided(tmp_path, table, "2026-10-08", leave=leave)] == [
        ("L2", "最晚2026-10-07")
    ]


def test_a_deadline_on_a_column_that_the_site_does_not_keep_accuses_nobody(tmp_path: Path) -> None:
    table = COMPLAINT | {"mechanic": "deadline", "measure": "回访日期", "within": {"days": 1}, "date": "办结时间"}
    assert decided(tmp_path, table | {"outcome": {"effect": "flag"}}, "2026-10-31", complaints=COMPLAINTS) == []


def test_complete_names_every_blank_part_of_the_rows_for_which_it_is_owed(tmp_path: Path) -> None:
    table = COMPLAINT | {"mechanic": "complete", "where": {"投诉级别": "一般"}, "parts": ["联系电话", "办结时间"]}
    rows, flag = with_blank(COMPLAINTS, "联系电话"), {"outcome": {"effect": "flag"}}
    lines = decided(tmp_path, table | flag, "2026-10-31", complaints=rows)
    assert [line["text"] for line in lines] == [
        "2026-10-05 测试：T1缺少联系电话",
        "2026-10-20 测试：T3缺少联系电话、办结时间",
        "2026-10-21 测试：T4缺少联系电话",
    ]


def test_faults_of_a_row_are_one_occurrence_and_one_step_of_its_ladder(tmp_path: Path) -> None:
    faults = [
        {"where": {"是否争吵": True, "投诉级别": "重大"}, "says": "争吵"},
        {"where": {"办结时间": {"filled": False}}, "says": "至{承诺答复时间}没有办结"},
        {"where": {"投诉级别": "一般"}, "says": "一般"},
    ]
    table = COMPLAINT | {"mechanic": "faults", "faults": faults, "between": "、", "window": "month"}
    table |= {"where": {"责任人工号": "A"}, "says": "{投诉编号}{各项}，第{第几次}次"}
    steps = [[{"effect": "flag"}], [{"effect": "fine", "amount": 5}]]
    lines = decided(tmp_path, table | {"steps": steps}, "2026-10-31", complaints=COMPLAINTS)
    assert [(line["effect"], line["text"]) for line in lines] == [
        ("flag", "2026-10-05 T1一般，第1次"),
        ("fine", "甲：2026-10-06 T2争吵，第2次，罚款5.00元"),
        ("fine", "甲：T3至2026-10-20 18:00没有办结、一般，第3次，罚款5.00元"),
    ]


def test_what_may_be_put_right_on_its_day_is_judged_from_the_next_one(tmp_path: Path) -> None:
    table = COMPLAINT | {"mechanic": "where", "where": {"责任人工号": "B"}, "next_day": True}
    for as_of, found in (("2026-10-21", []), ("2026-10-22", ["T4"])):
        lines = decided(tmp_path, table | {"outcome": {"effect": "flag"}}, as_of, complaints=COMPLAINTS)
        assert [line["subject"] for line in lines] == found


def test_a_statement_adds_up_the_rows_of_each_group_once_its_window_is_over(tmp_path: Path) -> None:
    tallies = {
        "重大": {"where": {"投诉级别": "重大"}},
        "占比": {"share": True, "where": {"投诉级别": "重大"}},
        "返修": {"median": "等候小时", "says": "中位{值}小时", "none": "没有"},
    }
    table = COMPLAINT | {
        "mechanic": "statement",
        "window": "month",
        "by": ["投诉级别"],
        "tallies": {"重大": tallies["重大"]},
    }
    table |= {"says": "{姓名}{投诉级别}{数}件，其中重大{重大}件", "outcome": {"effect": "classify"}}
    lines = decided(tmp_path, table, "2026-10-31", complaints=COMPLAINTS)
    assert [(line["subject"], line["text"]) for line in lines] == [
        ("A|一般|2026-10", "2026-10-31 甲一般2件，其中重大0件"),
        ("A|重大|2026-10", "2026-10-31 甲重大1件，其中重大1件"),
        ("B|一般|2026-10", "2026-10-31 乙一般1件，其中重大0件"),
    ]
    assert decided(tmp_path, table, "2026-10-30", complaints=COMPLAINTS) == []
    tickets = "服务单号,类型,受理时间,受理人工号,到达时间\nS1,维修,2026-10-05 09:00,A,2026-10-05 10:00\n"
    tickets += "S2,维修,2026-10-05 09:00,A,2026-10-05 12:00\nS3,安装,2026-10-06 09:00,A,\n"
    waited = {
        "mechanic": "statement",
        "of": "service_tickets",
        "date": "受理时间",
        "window": "day",
        "says": "{数}单{等候}",
    }
    waited |= {"tallies": {"等候": tallies["返修"]}, "outcome": {"effect": "classify"}}
    lines = decided(tmp_path, waited, "2026-10-31", service_tickets=tickets)
    assert [(line["subject"], line["text"]) for line in lines] == [
        ("2026-10-05", "2026-10-05 2单中位2.0小时"),
        ("2026-10-06", "2026-10-06 1单没有"),
    ]
    share = COMPLAINT | {"mechanic": "statement", "window": "month", "tallies": {"占比": tallies["占比"]}, "about": []}
    lines = decided(
        tmp_path, share | {"says": "{占比}", "outcome": {"effect": "classify"}}, "2026-10-31", complaints=COMPLAINTS
    )
    assert [line["text"] for line in lines] == ["2026-10-31 25.0%"]


RATED = """
回访编号,回访时间,回访人工号,客户姓名,联系电话,满意度,方面
F1,2026-09-07 10:00,A,客,13800000001,4,安装
F2,2026-10-07 10:00,A,客,13800000001,4,安装
F3,2026-10-08 10:00,A,客,13800000002,5,安装
F4,2026-10-08 11:00,A,客,13800000003,3,培训
"""


@pytest.mark.parametrize(
    ("tally", "told"),
    [
        ({"grades": {"甲": 4.5, "乙": 4}, "none": "不评", "says": "评为{值}"}, ["评为乙", "不评", "评为甲"]),
        ({"grades": {"甲": 4.51}, "lowest": "丙", "says": "评为{值}"}, ["评为丙", "评为丙", "评为丙"]),
        ({"grades": {"甲": 1}, "least": 2, "none": "太少", "says": "评为{值}"}, ["太少", "太少", "评为甲"]),
        ({"change": {"up": "升{值}", "down": "降{值}", "same": "平"}, "none": "首次"}, ["首次", "首次", "升0.50"]),
    ],
)
def test_a_tally_is_told_as_its_grade_or_as_its_change_since_the_window_before(
    tmp_path: Path, tally: Any, told: list[str]
) -> None:
    table = {"mechanic": "statement", "of": "followups", "date": "回访时间", "window": "month", "by": "方面"}
    table |= {"tallies": {"评": {"mean": "满意度", **tally}}, "says": "{评}", "outcome": {"effect": "classify"}}
    lines = decided(tmp_path, table, "2026-10-31", followups=RATED)
    assert [line["text"].partition(" ")[2] for line in lines] == told


def test_a_tally_names_each_value_with_the_number_of_its_rows(tmp_path: Path) -> None:
    table = {"mechanic": "statement", "of": "followups", "date": "回访时间", "window": "month"}
    table |= {"tallies": {"各": {"each": "方面", "where": {"满意度": {"from": 4}}, "none": "没有"}}}
    table |= {"says": "{数}份：{各}", "outcome": {"effect": "classify"}}
    lines = decided(tmp_path, table, "2026-10-31", followups=RATED + "F5,2026-10-09 11:00,A,客,13800000003,4,售后\n")
    assert [line["text"].partition(" ")[2] for line in lines] == ["1份：安装1次", "4份：售后1次、安装2次"]
    few = decided(tmp_path, table, "2026-10-31", followups=RATED.replace(",5,", ",3,").replace(",4,", ",3,"))
    assert [line["text"].partition(" ")[2] for line in few] == ["1份：没有", "3份：没有"]


@pytest.mark.parametrize(
    ("least", "unread", "earn"),
    [(1, ("", ""), ["B"]), (2, ("", ""), []), (1, ("T2", "投诉级别"), ["B"]), (1, ("T4", "办结时间"), ["B"])],
)
def test_a_share_needs_so_many_rows_each_of_which_could_be_read(
    tmp_path: Path, least: int, unread: tuple[str, str], earn: list[str]
) -> None:
    table = COMPLAINT | {"mechanic": "share", "window": "month", "where": {"投诉级别": "一般"}, "least": least}
    table |= {"limit": {"below": 1}, "outcome": {"effect": "points", "points": "B1", "reward": True}}
    lines = decided(tmp_path, table, "2026-10-31", unread, complaints=COMPLAINTS)
    assert [line["staff_no"] for line in lines] == earn


def test_runs_without_a_limit_are_told_as_a_whole_on_their_first_day(tmp_path: Path) -> None:
    days = "".join(f"2026-10-{day:02},A,旷工\n" for day in (5, 6, 7, 9))
    table = {"mechanic": "runs", "of": "attendance", "about": ["工号"], "date": "日期", "where": {"状态": "旷工"}}
    lines = decided(
        tmp_path, table | {"outcome": {"effect": "flag"}}, "2026-10-31", attendance="日期,工号,状态\n" + days
    )
    assert [(line["subject"], line["date"], line["text"]) for line in lines] == [
        ("A|2026-10-05", "2026-10-05", "甲从2026-10-05到2026-10-07测试，连续3天"),
        ("A|2026-10-09", "2026-10-09", "甲从2026-10-09到2026-10-09测试，连续1天"),
    ]


def test_owed_is_a_row_a_week_but_for_leave_and_weeks_without_the_register(tmp_path: Path) -> None:
    reports = "周起始日,工号,报告类型,提交时间\n2026-10-12,A,周报,2026-10-16 10:00\n"
    leave = "请假编号,申请日期,工号,开始日期,结束日期,天数,请假类型\nL1,2026-10-01,S,2026-10-12,2026-10-16,5,年假\n"
    table = {"mechanic": "owed", "of": "weekly_reports", "about": ["工号"], "date": "周起始日", "window": "week"}
    lines = decided(
        tmp_path, table | {"outcome": {"effect": "flag"}}, "2026-10-31", weekly_reports=reports, leave=leave
    )
    assert brief(lines) == [("flag", "B", "B|2026-10-12", "")]
    assert lines[0]["date"] == "2026-10-18"


def test_what_is_owed_by_a_term_is_late_after_its_last_day_and_told_so(tmp_path: Path) -> None:
    reports = (
        "周起始日,工号,报告类型,提交时间\n2026-10-12,A,周报,2026-10-19 17:00\n2026-10-12,B,周报,2026-10-20 08:00\n"
    )
    table = {"mechanic": "owed", "of": "weekly_reports", "about": ["工号"], "date": "周起始日", "window": "week"}
    table |= {"measure": "交出时间", "within": {"days": 7}, "says": "{姓名}迟，限{期限}", "open_says": "{姓名}缺"}
    table |= {"outcome": {"effect": "flag"}}
    assert decided(tmp_path, table, "2026-10-19", weekly_reports=reports) == []
    lines = decided(tmp_path, table, "2026-10-20", weekly_reports=reports)
    assert sorted(line["text"] for line in lines) == ["2026-10-18 丙缺", "乙迟，限2026-10-19"]


def test_what_the_unit_owes_it_owes_on_every_day_of_a_month_of_which_it_delivered(tmp_path: Path) -> None:
    patrols = "记录编号,时间,类型,检查人工号\nR1,2026-10-01 09:00,日巡查,A\nR2,2026-10-03 09:00,月检查,A\n"
    table = {"mechanic": "owed", "of": "inspections", "date": "时间", "window": "day", "where": {"类型": "日巡查"}}
    lines = decided(tmp_path, table | {"outcome": {"effect": "flag"}}, "2026-10-03", inspections=patrols)
    assert brief(lines) == [("flag", "", "2026-10-02", ""), ("flag", "", "2026-10-03", "")]
    assert lines[0]["text"] == "2026-10-02 没有测试（2026-10-02）"


def test_runs_longer_than_the_limit_count_once(tmp_path: Path) -> None:
    days = "".join(f"2026-10-{day:02},A,正常\n" for day in range(5, 14))
    table = {"mechanic": "runs", "of": "attendance", "about": ["工号"], "date": "日期", "limit": {"over": 6}}
    table |= {"where": {"状态": ["正常"]}, "outcome": {"effect": "flag"}}
    lines = decided(tmp_path, table, "2026-10-31", attendance="日期,工号,状态\n" + days)
    assert brief(lines) == [("flag", "A", "A|2026-10-11", "")]


@pytest.mark.parametrize(("bound", "who"), [({"first": 1}, ["A"]), ({"last": 1}, ["B", "S"])])
def test_ties_share_a_place_of_the_ranking(tmp_path: Path, bound: Any, who: list[str]) -> None:
    rows = "日期,工号,笔数,系统金额,实收金额\n2026-10-05,A,9,1,1\n2026-10-05,B,2,1,1\n2026-10-06,S,2,1,1\n"
    table = {"mechanic": "ranking", "of": "cashier", "about": ["工号"], "date": "日期", "measure": "笔数"}
    table |= {"window": "month", "limit": bound, "outcome": {"effect": "reward", "amount": 100}}
    assert [line["staff_no"] for line in decided(tmp_path, table, "2026-10-31", cashier=rows)] == who
    assert decided(tmp_path, table, "2026-10-30", cashier=rows) == []


@pytest.mark.parametrize(("bound", "found"), [(0.5, []), (0.51, ["一店|2026-10"])])
def test_a_share_that_keeps_its_limit_says_nothing(tmp_path: Path, bound: float, found: list[str]) -> None:
    table = {"mechanic": "share", "of": "complaints", "date": "受理时间", "window": "month", "limit": {"from": bound}}
    table |= {"where": {"办结时间": {"upto": {"column": "承诺答复时间"}}}, "outcome": {"effect": "flag"}}
    assert [line["subject"] for line in decided(tmp_path, table, "2026-10-31", complaints=COMPLAINTS)] == found


def test_commission_is_a_sum_a_row_or_a_share_of_an_amount(tmp_path: Path) -> None:
    contracts = "合同编号,签订日期,客户姓名,合同类型,合同金额,设计师工号\nC1,2026-10-05,某,设计,1000.50,A\nC2,2026-10-05,某,施工,300,A\n"
    table = {"mechanic": "commission", "of": "contracts", "about": ["设计师工号"], "date": "签订日期"}
    share = table | {
        "where": {"合同类型": ["设计"]},
        "outcome": {"effect": "commission", "share": 0.01, "of": "合同金额"},
    }
    assert brief(decided(tmp_path, share, "2026-10-31", contracts=contracts)) == [("commission", "A", "C1", "10.01")]
    each = table | {"outcome": {"effect": "commission", "amount": 50}}
    assert [line["amount"] for line in decided(tmp_path, each, "2026-10-31", contracts=contracts)] == ["50.00", "50.00"]


def test_the_superior_bears_a_multiple_that_hangs_on_its_cause(tmp_path: Path) -> None:
    cause = COMPLAINT | {
        "mechanic": "where",
        "where": {"投诉级别": ["重大"]},
        "outcome": {"effect": "fine", "amount": 50},
    }
    joint = {"mechanic": "joint", "causes": ["X-1"], "outcome": {"effect": "fine", "times": 2}}
    lines = _decisions(tmp_path, {"X-1": cause, "X-2": joint}, "2026-10-31", {"complaints": COMPLAINTS})
    first, second = lines
    assert (second.staff_no, second.amount, second.linked_to) == ("S", -10_000, first.decision_id)


def test_a_days_wage_and_the_bonus_come_from_the_roster(tmp_path: Path) -> None:
    table = COMPLAINT | {"mechanic": "where", "where": {"是否争吵": {"filled": True}}}
    wage = decided(
        tmp_path, table | {"outcome": {"effect": "wage_day", "wage_days": 21.75}}, "2026-10-31", complaints=COMPLAINTS
    )
    assert {line["amount"] for line in wage} == {"-200.00"}
    bonus = decided(
        tmp_path, table | {"outcome": {"effect": "bonus_forfeit", "bonus": True}}, "2026-10-31", complaints=COMPLAINTS
    )
    assert {(line["staff_no"], line["amount"]) for line in bonus} == {("A", "-300.00")}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"mechanic": "magic"}, "unknown mechanic"),
        ({"of": "nothing"}, "no register"),
        ({"where": {"没有这列": 1}}, "has no column 没有这列"),
        ({"where": {"投诉级别": "特大"}}, "投诉级别 is a choice"),
        ({"where": {"投诉级别": {"above": "一般"}}}, "has no order"),
        ({"where": {"办结时间": {"above": {"column": "投诉级别"}}}}, "cannot be compared"),
        ({"outcome": {"effect": "fien", "amount": 1}}, "unknown effect"),
        ({"outcome": {"effect": "fine", "sum": 1}}, "no key sum"),
        ({"about": []}, "needs `about`"),
        ({"says": "{没有}"}, "has no column 没有"),
        ({"window": "fortnight"}, "unknown window"),
        ({"colour": "red"}, "unknown key colour"),
    ],
)
def test_a_fault_of_a_clause_is_named_when_it_is_loaded(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    table = COMPLAINT | {"mechanic": "where", "where": {"是否争吵": True}, "outcome": {"effect": "fine", "amount": 5}}
    with pytest.raises(PolicyError, match=says) as fault:
        decided(tmp_path, table | change, "2026-10-31", complaints=COMPLAINTS)
    assert "mine.yaml clauses.X-1" in str(fault.value)


CALLS = "回访编号,回访时间,联系电话,满意度\nF1,2026-10-06 10:00,13900000001,2\nF2,2026-10-08 10:00,13900000001,5\nF3,2026-10-07 10:00,,1\n"
OF_CALLERS = """
投诉编号,受理时间,受理人工号,联系电话,责任人工号
T1,2026-10-05 09:00,S,13900000001,A
T2,2026-10-05 10:00,S,13900000002,A
T3,2026-10-05 11:00,S,,A
"""


@pytest.mark.parametrize(
    ("lookup", "where", "subjects"),
    [
        ({"take": "满意度"}, {"回访": {"from": 5}}, ["T1"]),
        ({"take": "满意度", "pick": "first"}, {"回访": {"upto": 2}}, ["T1"]),
        ({"take": "满意度", "where": {"满意度": {"below": 5}}}, {"回访": 2}, ["T1"]),
        ({"take": "满意度"}, {"回访": {"filled": False}}, ["T2", "T3"]),
        ({}, {"回访": 2}, ["T1"]),
        ({}, {"回访": 0}, ["T2", "T3"]),
    ],
)
def test_a_column_is_looked_up_in_another_register_by_what_both_say(
    tmp_path: Path, lookup: Any, where: Any, subjects: list[str]
) -> None:
    table = COMPLAINT | {"mechanic": "where", "with": {"回访": {"of": "followups", "by": "联系电话", **lookup}}}
    table |= {"where": where, "outcome": {"effect": "flag"}}
    lines = decided(tmp_path, table, "2026-10-31", complaints=OF_CALLERS, followups=CALLS)
    assert [line["subject"] for line in lines] == subjects


@pytest.mark.parametrize(
    ("bound", "hit"), [({"upto": {"today": -1}}, ["T1"]), ({"today": 0}, ["T2"]), ({"above": {"today": 0}}, ["T3"])]
)
def test_a_condition_asks_which_day_it_is(tmp_path: Path, bound: Any, hit: list[str]) -> None:
    rows = COMPLAINTS.replace("T3,2026-10-20", "T3,2026-10-07").replace("T4,2026-10-21", "T4,2026-10-08")
    table = COMPLAINT | {
        "mechanic": "where",
        "where": {"受理时间": bound, "是否争吵": True},
        "outcome": {"effect": "flag"},
    }
    assert [line["subject"] for line in decided(tmp_path, table, "2026-10-06", complaints=rows)] == hit


@pytest.mark.parametrize(
    ("lookup", "says"),
    [
        ({"of": "followups", "by": "满意度"}, "has no column"),
        ({"of": "followups", "by": {"受理时间": "联系电话"}}, "cannot be compared"),
        ({"of": "roster", "by": "联系电话", "take": "岗位"}, "staff numbers"),
        ({"of": "nowhere", "by": "联系电话"}, "no register nowhere"),
        ({"of": "leave", "by": {"责任人工号": "工号"}, "during": "开始日期"}, "during"),
        ({"of": "followups", "by": "联系电话", "tale": "满意度"}, "tale"),
        ({"of": "followups", "by": "联系电话", "pick": "before"}, "before takes a column"),
        ({"of": "followups", "by": "联系电话", "pick": "upto"}, "upto counts rows"),
        ({"of": "complaints", "by": "联系电话", "pick": "upto", "take": "投诉级别"}, "upto counts rows"),
        ({"of": "leave", "by": {"责任人工号": "工号"}, "day": ["受理时间", "办结时间"]}, "a span in day"),
        ({"minutes": ["受理时间"]}, "takes 2 columns"),
        ({"sum": "受理时间"}, "cannot be taken by sum"),
        ({"first": ["受理时间", "投诉级别"]}, "cannot be taken by first"),
        ({"first": "受理时间", "where": {"受理时间": {"upto": {"today": 0}}}}, "values or columns only"),
    ],
)
def test_a_lookup_that_makes_no_sense_is_named(tmp_path: Path, lookup: Any, says: str) -> None:
    table = COMPLAINT | {"mechanic": "where", "with": {"回访": lookup}, "where": {"回访": {"filled": True}}}
    with pytest.raises(PolicyError, match=says):
        decided(tmp_path, table | {"outcome": {"effect": "flag"}}, "2026-10-31")


SERVED = """
投诉编号,受理时间,受理人工号,投诉级别,责任人工号,承诺答复时间,办结时间,联系电话
T1,2026-10-05 09:00,S,一般,A,2026-10-05 18:00,2026-10-05 12:00,13800000001
T2,2026-10-05 09:00,S,一般,A,2026-10-07 18:00,2026-10-05 12:30,13800000001
T3,2026-10-06 09:30,S,一般,A,2026-10-06 08:00,2026-10-07 09:00,13800000001
T4,2026-10-06 10:00,S,一般,A,,,13800000002
"""


@pytest.mark.parametrize(
    ("made", "where", "hit"),
    [
        ({"minutes": ["受理时间", "办结时间"]}, {"above": 180}, ["T2", "T3"]),
        ({"hours": ["受理时间", "办结时间"]}, {"upto": 3}, ["T1"]),
        ({"first": ["办结时间", "受理时间"]}, {"from": "2026-10-06"}, ["T3", "T4"]),
        ({"later": ["受理时间", "承诺答复时间"]}, {"from": {"column": "办结时间"}}, ["T1", "T2"]),
        ({"earlier": ["受理时间", "承诺答复时间"]}, {"below": {"column": "受理时间"}}, ["T3"]),
        ({"any": ["承诺答复时间", "办结时间"]}, False, ["T4"]),
        ({"first": "办结时间", "where": {"承诺答复时间": {"above": "2026-10-06"}}}, {"filled": True}, ["T2", "T3"]),
        ({"weekday": "受理时间"}, "周二", ["T3", "T4"]),
        ({"day_of_month": "受理时间"}, 5, ["T1", "T2"]),
        ({"month_end": "受理时间"}, {"above": "2026-10-30"}, ["T1", "T2", "T3", "T4"]),
        ({"days": ["受理时间", "办结时间"]}, {"from": 1}, ["T3"]),
        ({"quarter_after": "受理时间"}, {"upto": "2027-01-01"}, ["T1", "T2", "T3", "T4"]),
        ({"since": "受理时间", "within": {"months": 1}}, {"from": "2026-11-06"}, ["T3", "T4"]),
        ({"clock": "受理时间"}, {"above": "09:00"}, ["T3", "T4"]),
        ({"since": "受理时间", "within": {"days": 2}}, {"from": "2026-10-08"}, ["T3", "T4"]),
        ({"since": "受理时间", "within": {"minutes": 30}}, {"above": {"column": "承诺答复时间"}}, ["T3"]),
    ],
)
def test_a_derived_column_is_made_of_cells_of_the_row(tmp_path: Path, made: Any, where: Any, hit: list[str]) -> None:
    table = COMPLAINT | {"mechanic": "where", "with": {"另算": made}, "where": {"另算": where}}
    lines = decided(tmp_path, table | {"outcome": {"effect": "flag"}}, "2026-10-31", complaints=SERVED)
    assert [line["subject"] for line in lines] == hit


def test_the_row_before_is_the_last_one_of_the_same_key_in_order_of_moment_and_number(tmp_path: Path) -> None:
    table = COMPLAINT | {
        "mechanic": "where",
        "with": {
            "前次": {"of": "complaints", "by": "联系电话", "take": "受理时间", "pick": "before"},
            "间隔分钟": {"minutes": ["前次", "受理时间"]},
        },
        "where": {"联系电话": {"filled": True}},
        "measure": "间隔分钟",
        "limit": {"over": 1469},
        "says": "{投诉编号}距{前次}{间隔分钟}分钟",
        "outcome": {"effect": "flag"},
    }
    lines = decided(tmp_path, table, "2026-10-31", complaints=SERVED)
    assert [line["text"] for line in lines] == ["T3距2026-10-05 09:001470分钟"]
    assert not decided(tmp_path, table | {"limit": {"over": 1470}}, "2026-10-31", complaints=SERVED)
    assert not _decisions(tmp_path, {"X-1": table}, "2026-10-31", {"complaints": SERVED}, ("T2", "受理时间"))


def test_rows_of_one_key_are_counted_up_to_each_by_day_and_number(tmp_path: Path) -> None:
    counted = {"of": "complaints", "by": "联系电话", "pick": "upto", "where": {"承诺答复时间": {"filled": True}}}
    table = COMPLAINT | {"mechanic": "where", "with": {"第几件": counted}, "where": {"第几件": {"from": 2}}}
    table |= {"says": "{投诉编号}{第几件}", "outcome": {"effect": "flag"}}
    lines = _decisions(tmp_path, {"X-1": table}, "2026-10-31", {"complaints": SERVED})
    assert [str(line.text) for line in lines] == ["2026-10-05 T22", "2026-10-06 T33"]
    assert [len(line.evidence) for line in lines] == [2, 3]


TESTS = """
记录编号,时间,类型,结果,检查人工号,部位,设备类别,设备编号
I1,2026-08-03 09:00,设备测试,正常,A,一层,消防水泵,P1
I2,2026-10-05 09:00,设备测试,正常,A,一层,消防水泵,P1
I3,2026-10-06 09:00,日巡查,正常,A,一层,,
"""
PUMPS = """
设备编号,设备类别,部位,启用日期,停用日期
P1,消防水泵,一层,2026-01-01,
P2,消防水泵,二层,2026-09-02,
P3,消防水泵,三层,2026-01-01,2026-09-29
P4,灭火器,四层,2026-01-01,
"""
TESTED = {
    "mechanic": "recurring",
    "of": "inspections",
    "date": "时间",
    "where": {"类型": "设备测试"},
    "window": "month",
    "each": {
        "of": "equipment",
        "by": "设备编号",
        "since": "启用日期",
        "until": "停用日期",
        "where": {"设备类别": "消防水泵"},
    },
    "remind_days": 7,
    "says": "{部位}{设备编号}{状态}",
    "outcome": {"effect": "flag"},
}


@pytest.mark.parametrize(
    ("as_of", "told"),
    [
        ("2026-08-30", [("remind", "P3")]),
        ("2026-09-22", [("flag", "P3")]),
        ("2026-09-23", [("flag", "P3"), ("remind", "P1")]),
        ("2026-09-30", [("flag", "P3"), ("flag", "P1")]),
        ("2026-10-31", [("flag", "P3"), ("flag", "P1"), ("flag", "P2")]),
    ],
)
def test_what_recurs_is_due_in_every_window_for_each_thing_in_use_throughout(
    tmp_path: Path, as_of: str, told: list[tuple[str, str]]
) -> None:
    lines = decided(tmp_path, TESTED, as_of, inspections=TESTS, equipment=PUMPS)
    assert {(line["effect"], line["subject"]) for line in lines} == set(told)


def test_what_recurs_is_not_undone_later_nor_missed_where_a_row_may_tell_of_it(tmp_path: Path) -> None:
    given = {"inspections": TESTS, "equipment": PUMPS}
    september = [line for line in decided(tmp_path, TESTED, "2026-10-10", **given) if line["date"] == "2026-09-30"]
    assert [line["text"] for line in september] == ["一层P1应在2026-09-30前完成，没有完成，逾期10天"]
    ended = decided(tmp_path, TESTED | {"late_ends": True}, "2026-10-10", **given)
    assert [line["text"][-5:] for line in ended if line["subject"] == "P1"] == ["，逾期5天"]
    unread = decided(tmp_path, TESTED, "2026-10-31", ("I3", "设备编号"), **given)
    assert [line["subject"] for line in unread if line["date"] == "2026-10-31"] == ["P2"]
    unread = decided(tmp_path, TESTED, "2026-10-31", ("I2", "设备编号"), **given)
    assert not [line for line in unread if line["date"] == "2026-10-31"]


def test_what_recurs_is_due_for_each_of_a_list(tmp_path: Path) -> None:
    table = TESTED | {"each": {"类型": ["日巡查", "月检查"]}, "where": {}, "says": "{周期}{类型}"}
    lines = decided(tmp_path, table, "2026-10-31", inspections=TESTS, equipment=PUMPS)
    missed = {"日巡查|2026-08", "日巡查|2026-09", "月检查|2026-08", "月检查|2026-09", "月检查|2026-10"}
    assert {line["subject"] for line in lines} == missed


@pytest.mark.parametrize(
    ("each", "says"),
    [
        ({"of": "equipment"}, "each: expected"),
        ({"of": "equipment", "by": "类型"}, "has no column"),
        ({"of": "equipment", "by": "设备编号", "since": "部位"}, "is no date"),
        ({"类型": 3}, "list"),
    ],
)
def test_things_that_make_no_sense_are_named(tmp_path: Path, each: Any, says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        decided(tmp_path, TESTED | {"each": each}, "2026-10-31", inspections=TESTS, equipment=PUMPS)


@pytest.mark.parametrize(
    ("first", "last", "hit"),
    [
        ("2026-10-01", "2026-10-05", True),
        ("2026-10-07", "2026-10-09", True),
        ("2026-10-06", "2026-10-06", True),
        ("2026-10-01", "2026-10-31", True),
        ("2026-10-01", "2026-10-04", False),
        ("2026-10-08", "2026-10-09", False),
    ],
)
def test_spans_meet_where_they_share_a_day(tmp_path: Path, first: str, last: str, hit: bool) -> None:
    of_him = {"of": "leave", "by": {"责任人工号": "工号"}, "during": ["开始日期", "结束日期"]}
    days = {"初": {"since": "受理时间", "within": {"days": 0}}, "末": {"since": "办结时间", "within": {"days": 0}}}
    table = COMPLAINT | {"mechanic": "where", "with": days | {"假": of_him | {"day": ["初", "末"]}}, "where": {"假": 1}}
    told = "投诉编号,受理时间,受理人工号,投诉级别,责任人工号,办结时间\nT1,2026-10-05 09:00,S,一般,A,2026-10-07 10:00\n"
    away = f"请假编号,申请日期,工号,开始日期,结束日期,天数,请假类型\nL1,2026-10-01,A,{first},{last},1,事假\n"
    table |= {"outcome": {"effect": "flag"}}
    assert bool(decided(tmp_path, table, "2026-10-31", complaints=told, leave=away)) == hit


def test_a_row_may_be_answered_by_one_of_which_a_part_of_the_key_could_not_be_read(tmp_path: Path) -> None:
    calls = CALLS.replace("满意度\n", "满意度,回访人工号\n").replace(",2\n", ",2,S\n").replace(",5\n", ",5,S\n")
    by = {"联系电话": "联系电话", "受理人工号": "回访人工号"}
    table = COMPLAINT | {"mechanic": "where", "with": {"回访": {"of": "followups", "by": by}}, "where": {"回访": 0}}
    table |= {"outcome": {"effect": "flag"}}
    given = {"complaints": OF_CALLERS, "followups": calls.replace(",1\n", ",1,B\n")}
    assert [line["subject"] for line in decided(tmp_path, table, "2026-10-31", **given)] == ["T2", "T3"]
    assert decided(tmp_path, table, "2026-10-31", ("F2", "联系电话"), **given) == []
    assert [line["subject"] for line in decided(tmp_path, table, "2026-10-31", ("F2", "回访人工号"), **given)] == [
        "T2",
        "T3",
    ]


def test_blanks_of_a_column_that_is_not_kept_prove_nothing(tmp_path: Path) -> None:
    table = COMPLAINT | {"mechanic": "where", "where": {"小区": {"filled": False}}, "outcome": {"effect": "flag"}}
    assert decided(tmp_path, table, "2026-10-31", complaints=SERVED) == []
    kept = with_blank(SERVED, "小区").replace("13800000001,", "13800000001,南苑", 1)
    found = decided(tmp_path, table, "2026-10-31", complaints=kept)
    assert [line["subject"] for line in found] == ["T2", "T3", "T4"]


def test_columns_are_made_of_the_day_of_the_batch_and_decided_again_with_it(tmp_path: Path) -> None:
    made = {"天数": {"days": ["受理时间", "今天"]}, "几月": {"month_of_year": "今天"}, "次年": {"year_after": "今天"}}
    table = COMPLAINT | {"mechanic": "where", "with": made, "where": {"天数": {"from": 2}, "几月": 10}}
    table |= {"says": "{投诉编号}{天数}{今天}{次年}", "outcome": {"effect": "flag"}}
    found = decided(tmp_path, table, "2026-10-08", complaints=SERVED)
    assert [line["text"][:17] for line in found][:2] == ["T132026-10-082027", "T232026-10-082027"]
    assert [line["subject"] for line in decided(tmp_path, table, "2026-10-07", complaints=SERVED)] == ["T1", "T2"]
    assert decided(tmp_path, table, "2026-11-01", complaints=SERVED) == []
    [binding] = load_pack(tmp_path / "mine.yaml", load_registers()).bindings
    assert binding.due


def test_one_line_names_what_is_late_and_what_is_missing_and_is_due_while_it_can_be_done(tmp_path: Path) -> None:
    table = COMPLAINT | {
        "mechanic": "faults",
        "faults": [
            {
                "measure": "办结时间",
                "within": {"days": 1},
                "says": "到{办结时间}才办结，{逾期}",
                "open_says": "应在{期限}前办结，{逾期}",
            },
            {"parts": ["承诺答复时间", "客户姓名"], "says": "缺少{缺项}"},
        ],
        "says": "{投诉编号}{各项}",
        "outcome": {"effect": "flag"},
    }
    rows = SERVED.replace("T3,2026-10-06 09:30", "T3,2026-10-05 09:30")
    lines = _decisions(tmp_path, {"X-1": table}, "2026-10-08", {"complaints": rows})
    assert [str(line.text) for line in lines][2:] == [
        "T3到2026-10-07 09:00才办结，逾期1天，缺少客户姓名",
        "T4应在2026-10-07前办结，逾期1天，缺少承诺答复时间、客户姓名",
    ]
    assert [line.due for line in lines] == [None, None, None, date(2026, 10, 7)]
    assert "办结" not in str(_decisions(tmp_path, {"X-1": table}, "2026-10-07", {"complaints": rows})[3].text)


MERGES = """
并卡单号,申请日期,原卡类型,目标卡类型,原卡品牌,目标卡品牌,客服受理日期,顾客核实日期,信息部操作日期,门店经理工号
M1,2026-10-05,金卡,金卡,甲,甲,2026-10-05,2026-10-06,,A
M2,2026-10-05,金卡,金卡,甲,甲,,2026-10-06,,A
M3,2026-10-05,金卡,金卡,甲,甲,2026-10-07,2026-10-06,2026-10-07,A
M4,2026-10-05,金卡,金卡,甲,甲,2026-10-05,2026-10-06,2026-10-07,A
"""


def test_a_procedure_names_steps_left_out_or_out_of_order_and_where_a_row_waits(tmp_path: Path) -> None:
    table = {"mechanic": "procedure", "of": "card_merges", "about": "门店经理工号", "date": "申请日期"}
    table |= {
        "stages": {"客服受理日期": "受理", "顾客核实日期": "核实", "信息部操作日期": "操作"},
        "outcome": {"effect": "flag"},
    }
    lines = decided(tmp_path, table, "2026-10-08", card_merges=MERGES)
    assert [(line["effect"], line["subject"]) for line in lines] == [("flag", "M2"), ("flag", "M3"), ("remind", "M1")]
    assert "缺少步骤受理" in lines[0]["text"]
    assert "核实（2026-10-06）早于受理（2026-10-07）" in lines[1]["text"]
    assert "目前停在核实，等待操作已2天" in lines[2]["text"]
    quiet = decided(tmp_path, table | {"remind": False}, "2026-10-08", card_merges=MERGES)
    assert [line["subject"] for line in quiet] == ["M2", "M3"]
