"""A department's own register, clause and cases, as YAML beside site.toml, through the commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sitework import Site, command, make_site

REGISTER = """
title: 失物招领登记表
key: [登记号]
about: [拾到人工号]
columns:
  登记号: {type: id, required: true}
  拾到日期: {type: date, required: true}
  拾到人工号: {type: staff, required: true}
  价值: {type: money}
  交还日期: {type: date}
"""
PACK = """
pack: lost_and_found
title: 失物招领规定
document: 本公司失物招领规定
in_force_from: 2026-01-01
parameters:
  found_reward: {clause: LF-1, title: 上交贵重物品的奖励, type: money, unit: 元/次, values: {2026-01-01: 20}}
clauses:
  LF-1:
    title: 上交贵重物品
    rule: 拾到价值100元以上的物品上交的，每次奖励20元。
    cites: 第一条
    family: conduct
    kind: computed
    decided:
      mechanic: where
      of: lost_property
      about: 拾到人工号
      date: 拾到日期
      where: {价值: {from: 100}}
      says: "{日期} {姓名}上交价值{价值}元的物品（登记号{登记号}）"
      outcome: {effect: reward, amount: $found_reward}
  LF-2:
    title: 三天内交还或上报
    rule: 拾到物品要在三天内交还失主，没有交还的作提示。
    cites: 第二条
    family: conduct
    kind: computed
    decided: {mechanic: deadline, of: lost_property, about: 拾到人工号, date: 拾到日期, measure: 交还日期, within: {days: 3}, outcome: {effect: flag}}
"""
CASE = """
name: 价值一百元的奖二十元，九十九元的不奖
units: {一店: [lost_and_found]}
as_of: 2026-10-10
registers:
  roster: |
    工号,姓名,门店,部门,岗位,入职日期
    K1,员工甲,一店,客服部,客服,2022-01-01
  lost_property: |
    登记号,拾到日期,拾到人工号,价值,交还日期
    S1,2026-10-09,K1,100,2026-10-09
    S2,2026-10-09,K1,99,2026-10-09
expect:
  - {clause: LF-1, subject: S1, staff_no: K1, effect: reward, amount: 20, status: final, count: 1}
absent:
  - {clause: LF-1, subject: S2}
"""
ROSTER = "工号,姓名,门店,部门,岗位,入职日期\nK1,员工甲,一店,客服部,客服,2022-01-01\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = make_site(tmp_path, {"一店": ["lost_and_found"]})
    for folder, name, text in (
        ("registers", "lost_property", REGISTER),
        ("packs", "lost_and_found", PACK),
        ("cases", "found", CASE),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return made


def test_a_sites_own_clause_on_its_own_register_is_checked_decided_and_explained(site: Site) -> None:
    assert command("check", "--config", site.config)[0] == 0
    rows = "登记号,拾到日期,拾到人工号,价值,交还日期\nS1,2026-10-05,员工甲,150,\nS2,2026-10-05,K1,50,2026-10-06\n"
    site.drop({"roster": ROSTER, "lost_property": rows})
    site.once("2026-10-10")
    found = {(line["clause"], line["subject"]): line for line in site.lines()}
    assert set(found) == {("LF-1", "S1"), ("LF-2", "S1")}
    assert found["LF-1", "S1"]["amount"] == "20.00"
    assert found["LF-1", "S1"]["text"] == "2026-10-05 员工甲上交价值150.00元的物品（登记号S1），奖励20.00元"
    told = command("explain", found["LF-1", "S1"]["decision_id"], "--config", site.config)[1]
    assert "失物招领规定" in told and "found_reward" in told
    listed = json.loads(command("clauses", "--json", "--config", site.config)[1])
    assert {"LF-1", "LF-2"} <= {row["clause"] for row in listed}


def test_a_case_that_does_not_hold_is_an_error_of_check(site: Site) -> None:
    (site.folder / "cases" / "found.yaml").write_text(CASE.replace("amount: 20", "amount: 30"), encoding="utf-8")
    code, out, err = command("check", "--config", site.config)
    assert code == 2
    assert "found.yaml#1" in out + err


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("packs/lost_and_found.yaml", "价值: {from: 100}", "价格: {from: 100}", "has no column 价格"),
        ("packs/lost_and_found.yaml", "effect: reward", "effect: rewrad", "unknown effect"),
        ("packs/lost_and_found.yaml", "of: lost_property", "of: lost_things", "no register lost_things"),
        ("registers/lost_property.yaml", "type: staff", "type: employee", "lost_property.yaml: columns.拾到人工号"),
        ("registers/lost_property.yaml", "key: [登记号]", "key: [号]", "lost_property.yaml: key"),
    ],
)
def test_a_fault_of_an_own_rule_stops_the_batch_and_names_file_and_key(
    site: Site, file: str, old: str, new: str, says: str
) -> None:
    path = site.folder / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    for name in ("check", "once"):
        code, out, err = command(name, "--config", site.config)
        assert code == 2
        assert says in out + err


def test_a_known_register_takes_a_sites_own_synonyms_choices_and_columns(site: Site) -> None:
    (site.folder / "registers" / "enquiries.yaml").write_text(
        "extends: enquiries\nsynonyms: {客户姓名: [客户名]}\nchoices: {来源渠道: [抖音]}\ncolumns: {微信号: {type: text}}\n",
        encoding="utf-8",
    )
    assert command("check", "--config", site.config)[0] == 0


def test_derived_columns_of_a_sites_own_and_extended_registers_decide(site: Site) -> None:
    own = REGISTER + "derived: {拾到月: {month: 拾到日期}}\n"
    (site.folder / "registers" / "lost_property.yaml").write_text(own, encoding="utf-8")
    extended = site.folder / "registers" / "lost_property_more.yaml"
    extended.write_text("extends: complaints\nderived: {用时分钟: {minutes: [受理时间, 办结时间]}}\n", encoding="utf-8")
    decided = """
  LF-3:
    title: 慢
    rule: 办结用时超过一小时的，作提示。
    cites: 第三条
    family: conduct
    kind: computed
    decided:
      mechanic: where
      of: complaints
      date: 受理时间
      with:
        受理月: {month: 受理时间}
        当月拾到: {of: lost_property, by: {受理月: 拾到月}}
      where: {用时分钟: {above: 60}}
      says: "{受理时间}用时{用时分钟}分钟，{受理月}拾到{当月拾到}件"
      outcome: {effect: flag}
"""
    (site.folder / "packs" / "lost_and_found.yaml").write_text(PACK + decided.lstrip("\n"), encoding="utf-8")
    rows = "登记号,拾到日期,拾到人工号,价值,交还日期\nS1,2026-10-05,K1,15,2026-10-05\nS2,2026-09-05,K1,15,2026-09-05\n"
    told = "投诉编号,受理时间,受理人工号,投诉级别,办结时间\nT1,2026-10-06 09:00,K1,一般,2026-10-06 10:01\n"
    site.drop({"roster": ROSTER, "lost_property": rows, "complaints": told})
    site.once("2026-10-10")
    assert [line["text"] for line in site.lines()] == ["2026-10-06 09:00用时61分钟，2026-10拾到1件"]


RULE = """
from processor.model import say
from processor.rules.declared import reads
from processor.rules.job import records
from processor.rules.remarks import remark


@reads(lost_property="登记号 拾到日期 价值")
def precious(job, *, bound):
    rows = job.facts["lost_property"]
    rows = rows[rows["价值"] >= bound.at(job.as_of)]
    return [
        remark(job, row, say("登记号{no}贵重", no=row["登记号"]), day=row["拾到日期"].date(), subject=row["登记号"])
        for row in records(rows)
    ]


@reads(lost_property="登记号 拾到日期")
def fails(job, *, bound):
    return job.facts["lost_property"]["价值"]
"""
NAMED = """
bindings:
  - {clauses: [LF-2], rule: %s, reads: {lost_property: window}, args: {bound: $found_reward}}
"""


def name_a_rule(site: Site, package: Path, rule: str) -> None:
    """LF-2 decided by a rule of an installed package."""
    (package / "lostfound.py").write_text(RULE, encoding="utf-8")
    about = package / "lostfound-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: lostfound\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[processor.rules]\nlostfound.precious = lostfound:precious\nlostfound.fails = lostfound:fails\n"
    )
    text = PACK[: PACK.rindex("    decided:")] + NAMED % rule
    (site.folder / "packs" / "lost_and_found.yaml").write_text(text, encoding="utf-8")


def test_a_site_brings_a_rule_of_its_own_by_an_entry_point(
    site: Site, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path_factory.mktemp("package")
    monkeypatch.syspath_prepend(package)
    name_a_rule(site, package, "lostfound.precious")
    rows = "登记号,拾到日期,拾到人工号,价值,交还日期\nS1,2026-10-05,K1,20,\nS2,2026-10-05,K1,19,\n"
    site.drop({"roster": ROSTER, "lost_property": rows})
    assert site.once("2026-10-10")["exit"] == 0
    assert [(line["clause"], line["subject"]) for line in site.lines()] == [("LF-2", "S1")]


def test_a_rule_of_the_site_that_fails_is_a_fault_of_policy_and_no_workbook_is_blamed(
    site: Site, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path_factory.mktemp("package")
    monkeypatch.syspath_prepend(package)
    name_a_rule(site, package, "lostfound.fails")
    rows = "登记号,拾到日期,拾到人工号,价值,交还日期\nS1,2026-10-05,K1,20,\n"
    book = site.drop({"roster": ROSTER, "lost_property": rows})
    code, out, err = command("once", "--config", site.config, "--as-of", "2026-10-10")
    assert code == 2
    assert "lostfound.fails" in out + err
    assert book.exists()


def test_a_clause_that_looks_up_another_register_is_decided_again_when_that_one_changes(site: Site) -> None:
    decided = (
        "decided: {mechanic: where, of: lost_property, about: 拾到人工号, date: 拾到日期, where: {请假: {filled: true}}, "
        "with: {请假: {of: leave, by: {拾到人工号: 工号}, during: [开始日期, 结束日期], take: 请假编号}}, "
        'says: "{日期} {姓名}请假（{请假}）当天拾到物品{登记号}", outcome: {effect: flag}}'
    )
    text = PACK[: PACK.rindex("decided:")] + decided
    (site.folder / "packs" / "lost_and_found.yaml").write_text(text, encoding="utf-8")
    rows = "登记号,拾到日期,拾到人工号,价值,交还日期\nS1,2026-10-05,K1,20,\nS2,2026-10-06,K1,20,\n"
    site.drop({"roster": ROSTER, "lost_property": rows})
    site.once("2026-10-10")
    assert site.lines() == []
    leave = "请假编号,申请日期,工号,开始日期,结束日期,天数,请假类型\nL1,2026-10-01,K1,2026-10-04,2026-10-05,2,年假\n"
    site.drop({"leave": leave}, "请假.xlsx")
    site.once("2026-10-10")
    assert [(line["subject"], line["text"]) for line in site.lines()] == [
        ("S1", "2026-10-05 员工甲请假（L1）当天拾到物品S1")
    ]
