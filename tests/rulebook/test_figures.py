"""A figure changed in 规则簿.xlsx: proposed by one manager, tried on history, approved by another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sitework import Site, command

from rulebook.book import RuleBook, annotated, approve, copy_of, fines, play_fine, play_site

DAY = "2026-11-20"
PACKS = Path(__file__).parents[2] / "processor" / "packs"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of play_site after its first batch."""
    site = play_site(tmp_path_factory.mktemp("begun"))
    assert site.once(DAY)["exit"] == 0
    return site


@pytest.fixture
def site(begun: Site, tmp_path: Path) -> Site:
    return copy_of(begun, tmp_path)


def test_a_figure_is_proposed_tried_approved_and_told(tmp_path: Path) -> None:
    site = play_site(tmp_path)
    first = site.once(DAY)
    assert first["exit"] == 0
    assert first["rulebook"] == {"path": "outbox/规则簿.xlsx", "proposed": 0, "approved": 0, "refused": 0}
    row = next(row for row in RuleBook(site).rows("数值") if row["代号"] == "play_fine")
    told = {name: row[name] for name in ("规则包", "条款编号", "门店", "自何日起", "现值", "来源", "类型")}
    assert told == {
        "规则包": "online_retail",
        "条款编号": "OR-10",
        "门店": "网店",
        "自何日起": "2000-01-01",
        "现值": "10.00",
        "来源": "规则包",
        "类型": "金额（元）",
    }

    play_fine(site).drop()
    second = site.once(DAY)
    assert second["exit"] == 0
    assert second["rulebook"]["proposed"] == 1
    assert fines(site) == {"J1": "-10.00", "J2": "-10.00", "J3": "-10.00"}
    came_back = next(row for row in annotated(site, "规则簿.xlsx", "数值").values() if row["代号"] == "play_fine")
    assert (came_back["处理状态"], came_back["处理结果"]) == ("待批准", "提案P2026-0001")
    waiting = RuleBook(site).rows("待批准")
    assert [row["提案编号"] for row in waiting] == ["P2026-0001"]
    assert waiting[0]["影响"] == "共2人、3条，-30.00元"
    assert waiting[0]["提出人工号"] == "M1"
    tried = RuleBook(site).rows("影响")
    assert [(row["月份"], row["工号"], row["原金额"], row["新金额"], row["差额"]) for row in tried] == [
        ("2026-09", "E1", "-10.00", "-20.00", "-10.00"),
        ("2026-10", "E1", "-10.00", "-20.00", "-10.00"),
        ("2026-11", "E2", "-10.00", "-20.00", "-10.00"),
    ]

    approve(site)
    third = site.once(DAY)
    assert (third["exit"], third["rulebook"]["approved"]) == (0, 1)
    assert fines(site) == {"J1": "-10.00", "J2": "-20.00", "J3": "-20.00"}
    history = RuleBook(site).rows("历史")[0]
    told = {
        name: history[name] for name in ("旧值", "新值", "自何日起", "提出人工号", "批准人工号", "批准日期", "决定")
    }
    assert told == {
        "旧值": "10.00",
        "新值": "20.00",
        "自何日起": "2026-10-01",
        "提出人工号": "M1",
        "批准人工号": "M2",
        "批准日期": DAY,
        "决定": "批准",
    }
    values = [row for row in RuleBook(site).rows("数值") if row["代号"] == "play_fine"]
    assert [(row["自何日起"], row["现值"], row["来源"]) for row in values] == [
        ("2000-01-01", "10.00", "规则包"),
        ("2026-10-01", "20.00", "P2026-0001"),
    ]
    line = next(line for line in site.lines() if line["subject"] == "J2")
    told_of = command("explain", "--config", site.config, line["decision_id"])[1]
    assert "P2026-0001" in told_of
    assert "M2" in told_of
    as_data = json.loads(command("explain", "--json", "--config", site.config, line["decision_id"])[1])
    fine = next(figure for figure in as_data["counted"]["figures"] if figure["name"] == "play_fine")
    assert (fine["since"], fine["origin"], fine["approved_by"]) == ("2026-10-01", "P2026-0001", "M2")

    book = (site.folder / "outbox" / "规则簿.xlsx").read_bytes()
    again = site.once(DAY)
    assert (site.folder / "outbox" / "规则簿.xlsx").read_bytes() == book
    assert again["rulebook"]["proposed"] == 0


def test_a_figure_that_a_newer_pack_calls_otherwise_keeps_what_was_approved(tmp_path: Path) -> None:
    text = (PACKS / "online_retail.yaml").read_text(encoding="utf-8").replace("pack: online_retail", "pack: own_shop")
    text = text.replace("title: 网店客服（售前售后）", "title: 自己的网店", 1)
    pack = tmp_path / "packs" / "own_shop.yaml"
    pack.parent.mkdir()
    pack.write_text(text, encoding="utf-8")
    site = play_site(tmp_path, units={"网店": ["own_shop"]})
    site.once(DAY)
    play_fine(site).drop()
    site.once(DAY)
    approve(site)
    site.once(DAY)
    assert fines(site) == {"J1": "-10.00", "J2": "-20.00", "J3": "-20.00"}
    newer = text.replace("play_fine", "idle_fine")
    pack.write_text(newer.replace("idle_fine: {", "idle_fine: {formerly: [play_fine], "), encoding="utf-8")
    before = RuleBook(site)
    assert site.once(DAY)["exit"] == 0
    assert fines(site) == {"J1": "-10.00", "J2": "-20.00", "J3": "-20.00"}
    before.sign("M1").fill("数值", {"代号": "play_fine"}, 新值=30, 新值自何日起="2026-11-01", 理由="再加").drop()
    assert site.once(DAY)["rulebook"]["proposed"] == 1, "a rule book of before still names the figure as it did"


def test_the_same_rule_book_again_changes_nothing(site: Site) -> None:
    untouched = RuleBook(site)
    proposing = play_fine(site)
    proposing.drop("甲.xlsx")
    site.once(DAY)
    approve(site)
    site.once(DAY)
    for book, name in ((proposing, "乙.xlsx"), (untouched, "丙.xlsx")):
        book.drop(name)
        result = site.once(DAY)
        assert (result["exit"], result["rulebook"]["proposed"]) == (0, 0), name
    assert next(row for row in annotated(site, "乙.xlsx", "数值").values() if row["新值"])["处理状态"] == "已生效"
    assert len(RuleBook(site).rows("历史")) == 1


FAULTY: list[tuple[dict[str, object], str, str]] = [
    ({"新值": "很多"}, "M1", "新值"),
    ({"理由": None}, "M1", "理由"),
    ({"新值自何日起": None}, "M1", "新值自何日起"),
    ({"新值": None}, "M1", "新值"),
    ({"新值门店": "北店"}, "M1", "新值门店"),
    ({}, "E1", "经理"),
    ({}, "", "提出人工号"),
]
OTHERS = ["chores_fine", "secrets_fine", "complaint_fine", "greeting_fine", "suggestion_high"]


def test_a_row_that_cannot_be_taken_says_which_cell_and_leaves_the_others_alone(site: Site) -> None:
    """Each in a rule book of its own, with another row that is taken where a manager signed it."""
    for place, (cells, who, _) in enumerate(FAULTY):
        book = play_fine(site, who=who, **cells)
        if who == "M1":
            book.fill("数值", {"代号": OTHERS[place]}, 新值=15, 新值自何日起="2026-12-01", 理由="太低")
        book.drop(f"规则簿{place}.xlsx")
    result = site.once(DAY)
    assert (result["exit"], result["rulebook"]["proposed"]) == (1, len(OTHERS))
    for place, (_, who, mends) in enumerate(FAULTY):
        rows = {row["代号"]: row for row in annotated(site, f"规则簿{place}.xlsx", "数值").values()}
        assert rows["play_fine"]["处理状态"] == "未采纳", place
        assert mends in rows["play_fine"]["处理结果"], place
        if who == "M1":
            assert rows[OTHERS[place]]["处理状态"] == "待批准", place


def test_the_day_of_a_change_is_never_completed_to_one_of_the_last_year(site: Site) -> None:
    play_fine(site, since="12月1日").drop()
    result = site.once(DAY)
    assert (result["exit"], result["rulebook"]["proposed"]) == (1, 0)


def test_what_already_holds_or_waits_is_no_proposal(site: Site) -> None:
    play_fine(site, value="10.00").drop()
    assert site.once(DAY)["rulebook"]["proposed"] == 0
    play_fine(site, value=20).drop("一.xlsx")
    assert site.once(DAY)["rulebook"]["proposed"] == 1
    play_fine(site, value=30).drop("二.xlsx")
    rival = site.once(DAY)
    assert (rival["exit"], rival["rulebook"]["proposed"]) == (1, 0)
    assert "P2026-0001" in str(annotated(site, "二.xlsx", "数值"))


def test_one_must_not_approve_what_he_proposed_and_a_refused_change_ends(site: Site) -> None:
    play_fine(site, who="王经理").drop()
    site.once(DAY)
    approve(site, who="M1")
    alone = site.once(DAY)
    assert (alone["exit"], alone["rulebook"]["approved"]) == (1, 0)
    early = {"决定": "批准", "批准人工号": "M2", "批准日期": "2027-01-05"}
    RuleBook(site).fill("待批准", {"提案编号": "P2026-0001"}, **early).drop("早批.xlsx")
    assert site.once(DAY)["rulebook"]["approved"] == 0
    approve(site, verdict="驳回", who="赵经理")
    ended = site.once(DAY)
    assert (ended["exit"], ended["rulebook"]["refused"]) == (0, 1)
    assert set(fines(site).values()) == {"-10.00"}
    assert RuleBook(site).rows("历史")[0]["决定"] == "驳回"
    assert RuleBook(site).rows("待批准") == []
    play_fine(site, who="王经理").drop("再提.xlsx")
    assert site.once(DAY)["rulebook"]["proposed"] == 0
    told = [row["处理结果"] for row in annotated(site, "再提.xlsx", "数值").values() if row["处理结果"]]
    assert told == ["提案P2026-0001已被驳回，要再提出请另写理由"]


def test_with_two_eyes_a_change_holds_in_the_batch_that_takes_it(tmp_path: Path) -> None:
    site = play_site(tmp_path, "[rules]\nfour_eyes = false\n")
    site.once(DAY)
    play_fine(site).drop()
    result = site.once(DAY)
    assert (result["rulebook"]["proposed"], result["rulebook"]["approved"]) == (1, 1)
    assert fines(site)["J2"] == "-20.00"
    history = RuleBook(site).rows("历史")[0]
    assert (history["提出人工号"], history["批准人工号"]) == ("M1", "M1")


def test_a_closed_month_stays_and_no_day_in_it_can_be_given(site: Site) -> None:
    assert command("close", "--config", site.config, "2026-09", "--as-of", DAY)[0] == 0
    play_fine(site, since="2026-09-01").drop()
    result = site.once(DAY)
    assert (result["exit"], result["rulebook"]["proposed"]) == (1, 0)
    play_fine(site, since="2026-10-01").drop("又.xlsx")
    assert site.once(DAY)["rulebook"]["proposed"] == 1
    assert RuleBook(site).rows("待批准")[0]["影响"] == "共2人、3条，-30.00元"
    assert len(RuleBook(site).rows("影响")) == 3


def test_what_was_proposed_before_a_month_was_closed_holds_for_the_open_ones(site: Site) -> None:
    play_fine(site, since="2026-09-01").drop()
    assert site.once(DAY)["rulebook"]["proposed"] == 1
    assert command("close", "--config", site.config, "2026-09", "--as-of", DAY)[0] == 0
    approve(site)
    assert site.once(DAY)["rulebook"]["approved"] == 1
    assert fines(site) == {"J2": "-20.00", "J3": "-20.00"}


def test_a_rule_book_value_beats_site_toml_from_its_day_and_an_earlier_approval_holds_until_the_next(
    tmp_path: Path,
) -> None:
    site = play_site(
        tmp_path, "[rules]\nfour_eyes = false\n[parameters.online_retail]\nplay_fine = {2026-11-01 = 77}\n"
    )
    site.once(DAY)
    assert fines(site)["J3"] == "-77.00"
    play_fine(site, value=30, since="2026-10-05").drop("一.xlsx")
    site.once(DAY)
    assert fines(site) == {"J1": "-10.00", "J2": "-30.00", "J3": "-30.00"}
    play_fine(site, value=40, since="2026-09-01").drop("二.xlsx")
    site.once(DAY)
    assert fines(site) == {"J1": "-40.00", "J2": "-30.00", "J3": "-30.00"}


def test_a_clause_is_switched_off_and_on(tmp_path: Path) -> None:
    site = play_site(tmp_path, "[rules]\nfour_eyes = false\n")
    site.once(DAY)
    off = {"改为": "停用", "自何日起": "2026-10-01", "理由": "不再适用"}
    RuleBook(site).sign("M1", "条款").fill("条款", {"条款编号": "OR-10"}, **off).drop()
    assert site.once(DAY)["rulebook"]["approved"] == 1
    assert fines(site) == {"J1": "-10.00"}
    assert next(row for row in RuleBook(site).rows("条款") if row["条款编号"] == "OR-10")["启用"] == "否"
    on = {"改为": "启用", "自何日起": "2026-11-01", "理由": "又适用"}
    RuleBook(site).sign("M1", "条款").fill("条款", {"条款编号": "OR-10"}, **on).drop("又.xlsx")
    site.once(DAY)
    assert fines(site) == {"J1": "-10.00", "J3": "-10.00"}


def test_the_page_of_the_rules_shows_what_holds_what_waits_and_who_decided(site: Site) -> None:
    play_fine(site).drop()
    site.once(DAY)
    page = site.folder / "outbox" / "pages" / "rules.html"
    waiting = page.read_text(encoding="utf-8")
    assert "P2026-0001" in waiting and "共2人、3条，-30.00元" in waiting and "OR-10" in waiting
    assert 'href="rules.html"' in (page.parent / "index.html").read_text(encoding="utf-8")
    approve(site)
    site.once(DAY)
    assert "P2026-0001（M1提出，M2批准）" in page.read_text(encoding="utf-8")


def test_who_writes_over_what_holds_is_told_where_to_write(site: Site) -> None:
    RuleBook(site).fill("数值", {"代号": "play_fine"}, 现值=20).drop()
    result = site.once(DAY)
    assert (result["exit"], result["rulebook"]["proposed"]) == (1, 0)
    row = next(row for row in annotated(site, "规则簿.xlsx", "数值").values() if row["代号"] == "play_fine")
    assert "新值" in row["处理结果"]
