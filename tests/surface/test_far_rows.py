"""Rows far from what they concern: what a late row changes is decided again in the months to which it belongs."""

from __future__ import annotations

from pathlib import Path

import pytest

import processor
from tests.sitework import Site, command, make_site

ROSTER = """\
工号,姓名,门店,部门,岗位,级别,入职日期
X1,设计,城西店,设计部,设计师,设计师,2020-01-01
"""
ENQUIRIES = """\
咨询编号,咨询日期,客户姓名,联系电话,房屋面积,预算金额,来源渠道
Q1,2026-01-10,甲,13900000001,100,20000,电话
Q2,2026-03-10,乙,13900000002,100,20000,电话
"""
DISPATCH = """\
派单编号,咨询编号,派单日期,设计师工号,派单人工号,派单方式,是否拒单
P1,Q1,2026-01-12,X1,,正常,否
"""
CONTRACT = """\
合同编号,签订日期,咨询编号,客户姓名,合同类型,合同金额,设计师工号
H1,2026-10-05,Q1,甲,施工,50000,X1
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = make_site(tmp_path, {"城西店": ["renovation"]})
    site.drop({"roster": ROSTER, "enquiries": ENQUIRIES, "dispatch": DISPATCH}, "登记.xlsx")
    site.once("2026-09-30")
    return site


def _told(site: Site, clause: str) -> dict[str, str]:
    return {line["period"]: line["text"] for line in site.lines() if line["clause"] == clause}


def test_a_contract_changes_the_statement_of_the_month_of_its_enquiry_alone(site: Site) -> None:
    before = _told(site, "REN-A8")
    site.drop({"contracts": CONTRACT}, "合同.xlsx")
    site.once("2026-10-31")
    after = _told(site, "REN-A8")
    assert "签单0个" in before["2026-01"] and "签单1个" in after["2026-01"]
    assert after["2026-03"] == before["2026-03"]


def test_a_corrected_enquiry_changes_what_is_said_of_its_dispatch(site: Site) -> None:
    assert not _told(site, "REN-D2")
    site.drop({"enquiries": ENQUIRIES.replace("100,20000,电话\nQ2", "100,90000,电话\nQ2")}, "更正.xlsx")
    site.once("2026-10-31")
    assert list(_told(site, "REN-D2")) == ["2026-01"]


def test_a_visit_counts_once_its_day_has_come(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城西店": ["renovation"]})
    visits = ENQUIRIES.replace("来源渠道", "来源渠道,到店日期").replace("电话\nQ2", "电话,2026-02-03\nQ2")
    site.drop({"roster": ROSTER, "enquiries": visits}, "登记.xlsx")
    site.once("2026-03-31")
    site.once("2026-01-31")
    assert "到店0个" in _told(site, "REN-A8")["2026-01"]
    site.once("2026-09-30")
    assert "到店1个" in _told(site, "REN-A8")["2026-01"]


def test_a_span_names_a_column_that_links_the_register(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城西店": ["own"]})
    known = (Path(processor.__file__).parent / "packs/renovation.yaml").read_text(encoding="utf-8")
    (site.folder / "packs").mkdir()
    own = known.replace("pack: renovation", "pack: own", 1).replace(
        "enquiries: 366d by 咨询编号}", "enquiries: 366d by 来源渠道}", 1
    )
    (site.folder / "packs/own.yaml").write_text(own, encoding="utf-8")
    code, _, told = command("once", "--config", site.config)
    assert code == 2 and "enquiries" in told and "links" in told
