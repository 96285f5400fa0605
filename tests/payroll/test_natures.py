"""On what ground each clause takes or gives, as the catalogue tells it."""

from __future__ import annotations

import json
import re

import pytest
from sitework import command, make_site

from processor.catalogue.catalogue import load_packs
from processor.catalogue.nature import natures
from processor.catalogue.outcome import NATURES

#: What the words of a rule say of the natures of its clause.
WORDS = {
    r"罚\d|罚款|一次罚|每份罚|罚门店|罚总经理": {"罚款"},
    r"照价赔偿|照赔|扣工资的金额": {"赔偿"},
    r"扣一天工资": {"工时"},
    r"扣发当月工资|扣一个月工资": {"罚款"},
    r"取消当月全勤奖|扣当月奖金": {"奖金"},
    r"提成\d|的提成|提成。|不提成|不计提成": {"提成"},
    r"记[ABC]\d点|记[ABC]点|奖励[ABC]\d点": {"点数"},
    r"年终奖金|奖10元|优秀员工|给予表扬": {"奖励"},
    r"不能胜任|调离|底薪|界定责任": {"绩效"},
}
NO_FINE = r"不罚款|罚款全部进.*|连带罚"


@pytest.fixture(scope="module")
def catalogue() -> list[dict]:
    code, out, _ = command("clauses", "--json")
    assert code == 0
    return json.loads(out)


def test_every_clause_says_its_natures(catalogue):
    for row in catalogue:
        assert row["nature"] and set(row["nature"]) <= set(NATURES), row["clause"]
        assert row["nature"] == [nature for nature in NATURES if nature in row["nature"]]


@pytest.mark.parametrize("words", WORDS)
def test_the_nature_is_what_the_words_of_the_rule_say(catalogue, words):
    told = [row for row in catalogue if re.search(words, re.sub(NO_FINE, "", row["rule"]))]
    assert told
    assert [row["clause"] for row in told if not WORDS[words] <= set(row["nature"])] == []


def test_points_beside_a_loss_are_two(catalogue):
    [found] = [row["nature"] for row in catalogue if row["clause"] == "DS-M13"]
    assert found == ["赔偿", "点数"]


@pytest.mark.parametrize(
    ("clause", "effect", "nature"),
    [
        ("REN-P4", "recommendation", "奖励"),
        ("REN-P1", "commission", "提成"),
        ("REN-P1", "base_pay", "绩效"),
        ("SA-T1", "deduction", "赔偿"),
        ("DS-F17", "wage_day", "工时"),
        ("DS-F17", "flag", "提示"),
        ("DS-F10", "deduction", "罚款"),
        ("DS-F7", "points", "点数"),
        ("DS-F7", "bonus_forfeit", "奖金"),
        ("DS-M13", "adjustment", "赔偿"),
        ("TS-9", "adjustment", "罚款"),
        ("REN-P3", "commission_void", "提成"),
    ],
)
def test_each_line_has_the_nature_of_its_outcome(clause, effect, nature):
    assert natures(load_packs().values()).of(clause, effect) == nature


OWN = """
pack: carts
title: 推车管理
document: 本公司推车管理规定
in_force_from: 2026-01-01
parameters: {}
clauses:
  CT-1:
    title: 损坏推车
    rule: 损坏推车的赔50元，第二次罚50元。
    cites: 第一条
    family: conduct
    kind: recorded
    decided:
      mechanic: recorded
      steps: [[{effect: deduction, nature: 赔偿, amount: 50}], [{effect: deduction, nature: 罚款, amount: 50}]]
"""


def test_an_effect_of_a_clause_has_one_nature(tmp_path):
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs/carts.yaml").write_text(OWN, encoding="utf-8")
    site = make_site(tmp_path, {"一部": ["carts"]}, managers=["M001"])
    code, out, err = command("check", "--config", site.config)
    assert code == 2 and "carts CT-1" in out + err and "赔偿" in out + err
    text = OWN.replace("effect: deduction, nature: 罚款", "effect: fine")
    (tmp_path / "packs/carts.yaml").write_text(text, encoding="utf-8")
    assert command("check", "--config", site.config)[0] == 0
