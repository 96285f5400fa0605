"""A staff number that two people had one after the other: limits, sums, shares and runs of days are one person's."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from payroll.desk import close, deliver, files, lines, table
from sitework import Site, make_site

ROSTER = "工号,姓名,门店,部门,岗位,直接主管工号,入职日期,离职日期,生效日期"
BOSS = "M001,王五,一部,客服部,经理,,2020-01-01,,"
FORMER = "E1,张三,一部,客服部,客服,,2020-01-01,2026-10-10,"
NEXT = "E1,李四,一部,客服部,客服,M001,2026-10-11,,2026-10-11"
OTHER = "E2,赵六,一部,客服部,客服,E1,2020-01-01,,"
PEOPLE = table(ROSTER, BOSS, FORMER, NEXT, OTHER)

CHAT: dict[str, Any] = {"of": "chats", "about": "客服工号", "date": "开始时间"}
CLAUSES: dict[str, dict[str, Any]] = {
    "K-1": CHAT | {"mechanic": "limit", "window": "month", "limit": {"over": 3}, "outcome": {"effect": "fine", "amount": 50}},
    "K-2": CHAT
    | {"mechanic": "limit", "measure": "最长响应秒数", "window": "month", "limit": {"over": 50}}
    | {"outcome": {"effect": "fine", "amount": 20}},
    "K-3": CHAT
    | {"mechanic": "share", "window": "month", "where": {"最长响应秒数": {"upto": 20}}, "outcome": {"effect": "classify"}},
    "K-4": CHAT | {"mechanic": "runs", "limit": {"over": 3}, "outcome": {"effect": "flag"}},
    "K-5": CHAT | {"mechanic": "ranking", "window": "month", "limit": {"first": 1}, "outcome": {"effect": "reward", "amount": 10}},
}  # fmt: skip


def site_of(folder: Path, packs: list[str], clauses: dict[str, dict[str, Any]] = CLAUSES) -> Site:
    site = make_site(folder, {"一部": packs}, managers=["M001"])
    told = {"title": "规定", "rule": "规定。", "cites": "第一条", "family": "own", "kind": "computed"}
    head = {"pack": "own", "title": "店规", "document": "店规", "in_force_from": "2000-01-01", "parameters": {}}
    text = json.dumps(head | {"clauses": {id: told | {"decided": d} for id, d in clauses.items()}}, ensure_ascii=False)
    (site.folder / "packs").mkdir()
    (site.folder / "packs/own.yaml").write_text(text.replace('"2000-01-01"', "2000-01-01"), encoding="utf-8")
    return site


def chat(number: int, day: str, seconds: int) -> str:
    return f"H{number},2026-10-{day} 09:00,E1,5,{seconds}"


def chats(*rows: str) -> dict[str, str]:
    return {"chats": table("会话编号,开始时间,客服工号,首次响应秒数,最长响应秒数", *rows)}


#: three days and chats of each, 60 seconds of each, on six days in a row
BOTH = [chat(n, f"{day:02}", 10 if n % 3 else 20) for n, day in enumerate((8, 9, 10, 11, 12, 13), 1)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = site_of(tmp_path_factory.mktemp("persons"), ["own"])
    assert deliver(site, "2026-10-31", {"roster": PEOPLE} | chats(*BOTH))["exit"] == 0
    return site


def test_no_limit_sum_or_run_adds_up_both(shared: Site) -> None:
    assert [lines(shared, clause=clause) for clause in ("K-1", "K-2", "K-4")] == [[], [], []]


def test_each_has_his_own_share_and_place_of_the_month(shared: Site) -> None:
    for clause in ("K-3", "K-5"):
        found = lines(shared, clause=clause)
        assert sorted((line["staff_no"], line["staff_name"], line["subject"]) for line in found) == [
            ("E1", "张三", "E1|2026-10"),
            ("E1", "李四", "E1|2026-10"),
        ]
        assert len({line["decision_id"] for line in found}) == 2
        assert all(line["staff_name"] in line["text"] for line in found)
        assert "\x1e" not in json.dumps(found)


def test_a_unit_s_page_names_each_of_them(shared: Site) -> None:
    page = (shared.folder / "outbox/pages/units/一部/index.html").read_text(encoding="utf-8")
    assert "张三（E1） 2026年10月" in page and "李四（E1） 2026年10月" in page


def test_who_passes_a_limit_by_himself_passes_it_and_the_first_keeps_his_id(tmp_path: Path, shared: Site) -> None:
    site = site_of(tmp_path, ["own"])
    alone = table(ROSTER, BOSS, "E1,张三,一部,客服部,客服,,2020-01-01,,", OTHER)
    more = [*BOTH[:3], chat(7, "07", 40)]
    deliver(site, "2026-10-10", {"roster": alone} | chats(*more))
    [before] = lines(site, clause="K-1")
    later = [*BOTH[3:], chat(8, "14", 40), chat(9, "15", 40)]
    assert deliver(site, "2026-10-31", {"roster": PEOPLE} | chats(*later), "二.xlsx")["exit"] == 0
    found = {line["staff_name"]: line for line in lines(site, clause="K-1")}
    assert {name: (line["date"], line["amount"]) for name, line in found.items()} == {
        "张三": ("2026-10-10", "-50.00"),
        "李四": ("2026-10-14", "-50.00"),
    }
    assert found["张三"]["decision_id"] == before["decision_id"] != found["李四"]["decision_id"]
    assert {line["staff_name"]: line["date"] for line in lines(site, clause="K-2")} == {
        "张三": "2026-10-09",
        "李四": "2026-10-14",
    }
    close(site, "2026-10", "2026-11-02")
    closed = files(site)
    assert site.once("2026-11-10")["exit"] == 0
    assert lines(site, effect="adjustment") == []
    assert {name: content for name, content in files(site).items() if "2026-10" in name} == {
        name: content for name, content in closed.items() if "2026-10" in name
    }


def test_what_is_taken_back_of_one_still_counts_for_the_other(tmp_path: Path) -> None:
    step = CHAT | {"mechanic": "limit", "window": "month", "limit": {"over": 1}}
    ladder = step | {"steps": [[{"effect": "fine", "amount": 10}], [{"effect": "fine", "amount": 20}]]}
    site = site_of(tmp_path, ["own"], {"K-6": ladder})
    days = ["10-08", "10-09", "10-12", "10-13", "11-02", "11-03"]
    rows = [f"H{n},2026-{day} 09:00,E1,5,10" for n, day in enumerate(days)]
    deliver(site, "2026-11-05", {"roster": PEOPLE} | chats(*rows))

    def found() -> list[tuple[str, str, str, str]]:
        return [(line["staff_name"], line["period"], line["amount"], line["status"]) for line in lines(site)]

    def take_back(name: str) -> None:
        [line] = [line for line in lines(site, period="2026-10") if line["staff_name"] == name]
        answer = table("决定编号,决定,确认人工号,确认日期", f"{line['decision_id']},撤销,M001,2026-11-05")
        assert deliver(site, "2026-11-05", {"confirmations": answer}, f"{name}.xlsx")["exit"] == 0

    both = {("张三", "2026-10", "-10.00", "final"), ("李四", "2026-10", "-10.00", "final")}
    assert set(found()) == both | {("李四", "2026-11", "-20.00", "final")}
    take_back("张三")
    assert ("李四", "2026-11", "-20.00", "final") in found() and ("张三", "2026-10", "", "revoked") in found()
    take_back("李四")
    assert ("李四", "2026-11", "-10.00", "final") in found() and ("李四", "2026-10", "", "revoked") in found()


def test_swaps_of_both_are_counted_for_each(tmp_path: Path) -> None:
    site = site_of(tmp_path, ["call_centre"])
    header = "换班编号,申请日期,申请人工号,对方工号,原班日期,申请人签字,对方签字,批准人工号,批准日期"
    days = ["01", "04", "12", "15"]
    rows = [f"W{day},2026-10-{day},E1,E2,2026-10-{day},是,是,M001,2026-10-{day}" for day in days]
    assert deliver(site, "2026-10-31", {"roster": PEOPLE, "swaps": table(header, *rows)})["exit"] == 0
    assert lines(site, clause="CC-W2") == []
    more = (
        "W16,2026-10-16,E1,E2,2026-10-16,是,是,M001,2026-10-16",
        "W17,2026-10-17,E1,E2,2026-10-17,是,是,M001,2026-10-17",
    )
    assert deliver(site, "2026-10-31", {"swaps": table(header, *more)}, "二.xlsx")["exit"] == 0
    assert [(line["staff_name"], line["subject"]) for line in lines(site, clause="CC-W2")] == [("李四", "W17")]
    page = (site.folder / "outbox/pages/units/一部/index.html").read_text(encoding="utf-8")
    bars = re.findall(r"<span class=t>([^<]*E1[^<]*)</span>.*?<span class=v>(\d)<", page)
    assert bars == [("李四 E1", "4"), ("张三 E1（张三）", "2")]
