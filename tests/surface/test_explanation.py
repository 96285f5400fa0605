"""`explain --json`: one decision as the schema in the package describes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from processor.packaged import packaged
from tests.sitework import Site, command, make_site

ROSTER = """
工号,姓名,门店,部门,岗位,入职日期,月工资
M001,经理甲,惠民超市,客服部,经理,2020-01-01,9000
0331,员工乙,惠民超市,客服部,客服,2022-01-01,4000
"""
DISCIPLINE = """
登记编号,日期,工号,条款编号,情节,登记人工号
J1,2026-10-09,0331,DS-F6,轻微,M001
J2,2026-10-12,0331,DS-F6,轻微,M001
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = make_site(tmp_path_factory.mktemp("shop"), {"惠民超市": ["department_store"]}, managers=["M001"])
    site.drop({"roster": ROSTER, "discipline": DISCIPLINE})
    site.once("2026-10-31")
    return site


def told(site: Site, id: str) -> dict[str, Any]:
    code, out, err = command("explain", id, "--json", "--config", site.config)
    assert code == 0, err
    return json.loads(out)


def test_it_is_as_the_schema_says_and_holds_all_parts(site: Site) -> None:
    schema = json.loads((packaged("schemas") / "decision.v1.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    for line in site.lines():
        one = told(site, line["decision_id"])
        Draft202012Validator(schema).validate(one)
        assert one["stands"] and one["decision"]["text"] == line["text"]
        assert one["decision"]["amount"] == line["amount"]
        assert one["counted"]["clause"]["id"] == line["clause"]
        judged = [row for row in one["counted"]["rows"] if row["judged"]]
        assert [(row["file"], row["sheet"], str(row["row"])) for row in judged] == [
            (line["file"], line["sheet"], line["row"])
        ]


def test_an_unknown_id_is_one_sentence(site: Site) -> None:
    code, out, err = command("explain", "DS-F6-000000000000", "--json", "--config", site.config)
    assert code == 1 and out == "" and err.count("\n") == 1


def test_what_it_said_before_stands_in_its_history(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"惠民超市": ["department_store"]}, managers=["M001"])
    site.drop({"roster": ROSTER, "discipline": DISCIPLINE})
    site.once("2026-10-31")
    second = next(line for line in site.lines() if line["subject"] == "J2")
    site.drop({"discipline": DISCIPLINE.replace("2026-10-12", "2026-10-13")})
    site.once("2026-10-31")
    line = next(line for line in site.lines() if line["subject"] == "J2")
    assert line["decision_id"] == second["decision_id"]
    history = told(site, line["decision_id"])["history"]
    assert [entry["kind"] for entry in history][:1] == ["superseded"]
    assert "2026-10-12" in history[0]["says"]


def test_a_notice_stands_in_the_history_and_on_the_page_of_the_employee(site: Site) -> None:
    line = next(line for line in site.lines() if line["points"] or line["amount"])
    notices = [entry["says"] for entry in told(site, line["decision_id"])["history"] if entry["kind"] == "notice"]
    assert len(notices) == 1 and notices[0].startswith("2026-10-31 通知")
    assert notices[0] in command("explain", line["decision_id"], "--config", site.config)[1]
    page = site.folder / "outbox/pages/units/惠民超市/people/0331/index.html"
    assert notices[0] in page.read_text(encoding="utf-8")
