"""site.toml: overrides by name and type, points, the wage limit, schedules, export profiles; what is wrong in it."""

from __future__ import annotations

import openpyxl
import pytest
from sitework import command, make_site

from .scenes import DAY, DISCIPLINE, ROSTER, delivered, shop

CARDS = ("至尊卡", "钻石卡", "金卡", "4折卡", "5折卡", "6.5折卡", "体验卡")

STAFF = """
工号,姓名,门店,部门,岗位,级别,直接主管工号,入职日期,转正日期,离职日期,月工资,全勤奖
R1,经理,城西店,客服部,客户经理,,,2020-01-01,2020-04-01,,6000,
D1,主任甲,城西店,设计部,设计师,主任设计师,,2020-01-01,2020-04-01,,8000,
S1,业务甲,城西店,市场部,业务员,,,2020-01-01,2020-04-01,,4000,
"""
MANY = "咨询编号,咨询日期,客户姓名,联系电话,装修地址,房屋面积,预算金额,来源渠道\n" + "\n".join(
    f"Q{n},2026-10-1{2 + n // 2},甲{n},1390000000{n},路{n}号,100,35000,电话" for n in range(6)
)
CONTRACTS = """
合同编号,签订日期,咨询编号,客户姓名,合同类型,合同金额,设计师工号,退单日期
H1,2026-10-12,Q0,甲0,设计,10000,D1,{withdrawn}
"""
ENQUIRY = """
咨询编号,咨询日期,客户姓名,联系电话,装修地址,房屋面积,预算金额,来源渠道,约访人工号,约访日期,到店日期
Q0,2026-10-01,甲0,13900000001,路1号,100,35000,电话,S1,2026-10-01,2026-10-02
"""
DETAIL = "期间,工号,姓名,门店,部门,项目编码,项目名称,金额,点数,条款编号,事由,决定编号,状态"


def dispatches(number):
    rows = [f"P{n},Q{n},2026-10-1{2 + n // 2},D1,R1,正常,否," for n in range(number)]
    return "派单编号,咨询编号,派单日期,设计师工号,派单人工号,派单方式,是否拒单,拒单理由\n" + "\n".join(rows)


def renovation(folder, **parameters):
    return make_site(folder, {"城西店": ["renovation"]}, parameters={"renovation": parameters})


@pytest.mark.parametrize(("months", "flagged"), [([10], set()), ([11], {"P2", "P3"})])
def test_peak_months_move_the_stop(tmp_path, months, flagged):
    site = renovation(tmp_path, peak_months=months)
    site.drop({"roster": STAFF, "enquiries": MANY, "dispatch": dispatches(4)})
    site.once("2026-10-18")
    assert {line["subject"] for line in site.lines() if line["clause"] == "REN-D3"} == flagged


@pytest.mark.parametrize(
    ("rates", "amount", "clawback"), [({}, "", False), ({"commission_rate": 0.02}, "200.00", True)]
)
def test_clawback_is_a_boolean_and_the_commission_rate_has_no_default(tmp_path, rates, amount, clawback):
    site = renovation(tmp_path, clawback=clawback, **rates)
    contracts = CONTRACTS.format(withdrawn="")
    site.drop({"roster": STAFF, "enquiries": ENQUIRY, "dispatch": dispatches(1), "contracts": contracts})
    site.once("2026-10-31")
    (line,) = [line for line in site.lines() if line["clause"] == "REN-P5"]
    assert (line["staff_no"], line["amount"]) == ("S1", amount)
    assert [line for line in site.lines() if line["clause"] == "REN-P3"] == []
    first = next(line for line in site.lines() if line["clause"] == "REN-P1" and line["effect"] == "commission")
    site.drop({"contracts": CONTRACTS.format(withdrawn="2026-10-20")}, "退单.xlsx")
    site.once("2026-10-31")
    lines = [line for line in site.lines() if line["clause"] == "REN-P3"]
    assert {line["effect"] for line in lines} == ({"commission_void"} if clawback else {"flag"})
    if clawback:
        (void,) = [line for line in lines if line["linked_to"] == first["decision_id"]]
        assert (void["date"], void["amount"], void["staff_no"]) == ("2026-10-20", "-50.00", "R1")


@pytest.mark.parametrize(
    ("pack", "name", "value"),
    [
        ("renovation", "champion_extra", 3),
        ("renovation", "commission_rate", 0.01),
        ("renovation", "clawback", True),
        ("department_store", "grace_minutes", 5),
        ("department_store", "ranking_min_days", 10),
        ("department_store", "probation_months", 6),
        ("salon", "upgrade_standard", dict.fromkeys(CARDS, 0)),
        ("salon", "topup_standard", dict.fromkeys(CARDS, 1000000)),
        ("salon", "opening_standard", dict.fromkeys(CARDS, 1)),
        ("gas_utility", "reading_rate_target", 0.95),
        ("technical_service", "grave_leak_fine", 80000),
    ],
)
def test_overrides_by_the_names_that_the_rules_use(tmp_path, pack, name, value):
    site = make_site(tmp_path, {"店": [pack]}, parameters={pack: {name: value}})
    code, out, err = command("check", "--config", site.config)
    assert code == 0, out + err


@pytest.mark.parametrize(
    ("pack", "name", "value"),
    [
        ("renovation", "champion_extra", "three"),
        ("renovation", "champion_extra", 1.5),
        ("renovation", "champion_extra", -1),
        ("renovation", "clawback", 1),
        ("renovation", "peak_months", 3),
        ("renovation", "peak_months", ["March"]),
        ("salon", "upgrade_standard", 3000),
        ("department_store", "grace_minutes", True),
    ],
)
def test_overrides_are_checked_by_type(tmp_path, pack, name, value):
    site = make_site(tmp_path, {"店": [pack]}, parameters={pack: {name: value}})
    code, out, err = command("check", "--config", site.config)
    assert code == 2 and name in out + err and "site.toml" in out + err
    assert command("once", "--config", site.config, "--as-of", DAY)[0] == 2


@pytest.mark.parametrize("run", [["monday 08:00"], ["daily 18:00"], ["friday 23:59", "sunday 00:00"], []])
def test_schedules_that_hold(tmp_path, run):
    site = shop(tmp_path, extra=f"[schedule]\nrun = {run!r}\npoll_minutes = 5\n")
    assert command("check", "--config", site.config)[0] == 0


@pytest.mark.parametrize(
    "run", ["['monday 25:00']", "['weekly 08:00']", "['monday']", "'monday 08:00'", "[8]", "['monday 8']"]
)
def test_schedules_that_do_not(tmp_path, run):
    site = shop(tmp_path, extra=f"[schedule]\nrun = {run}\n")
    assert command("check", "--config", site.config)[0] == 2


@pytest.mark.parametrize(
    "extra",
    [
        "[wage_limit]\nshare = -0.1\n",
        "[wage_limit]\nshare = 1.5\n",
        "[wage_limit]\nminimum_wage = -1\n",
        "[points]\nA = -100\n",
        '[points]\nA = "viel"\n',
        "[site2]\nname = 1\n",
        "[limits]\nmegabytes = 1\n",
        '[[units]]\nname = "网店二部"\npacks = ["taobao_shop"]\n',
        '[[units]]\npacks = ["taobao_shop"]\n',
    ],
)
def test_other_faults_are_named(tmp_path, extra):
    site = shop(tmp_path, extra=extra)
    code, out, err = command("check", "--config", site.config)
    assert code == 2 and "site.toml" in out + err


def test_a_site_that_says_everything(tmp_path):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "site.toml").write_text(
        """
[site]
name = "示例公司"
inbox = "inbox"
outbox = "outbox"
archive = "archive"
ledger = "sqlite:///ledger.db"
settle_seconds = 5
[schedule]
run = ["monday 08:00"]
poll_minutes = 5
[[units]]
name = "城东店"
packs = ["renovation", "call_centre"]
[confirm]
managers = ["M001"]
[points]
A = 100
B = 50
C = 20
[wage_limit]
share = 0.2
minimum_wage = 0
[export]
profiles = ["generic"]
[parameters.renovation]
peak_months = [3, 4, 5, 9, 10, 11]
""",
        encoding="utf-8",
    )
    config = str(tmp_path / "site.toml")
    assert command("check", "--config", config)[0] == 0
    assert command("once", "--config", config, "--as-of", DAY)[0] == 0
    assert (tmp_path / "ledger.db").is_file() and (tmp_path / "outbox" / "decisions.csv").is_file()


def sheet(site, period, name):
    book = openpyxl.load_workbook(site.folder / "outbox" / "hr" / f"{period}.xlsx")
    header, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_hr_workbook_has_its_three_sheets(tmp_path):
    site = delivered(tmp_path)
    report = site.once(DAY)
    assert report["outputs"]["deductions"] == ["outbox/hr/2026-09.xlsx", "outbox/hr/2026-09.csv"]
    detail = sheet(site, "2026-09", "明细")
    assert ",".join(detail[0]) == DETAIL
    assert {(row["工号"], row["金额"], row["项目编码"], row["期间"]) for row in detail} == {
        ("Z001", -10, "fine", "2026-09"),
        ("Z002", -20, "fine", "2026-09"),
    }
    assert {row["工号"]: "限额未核" in row["事由"] for row in detail} == {"Z001": False, "Z002": True}
    assert {row["决定编号"] for row in detail} <= {line["decision_id"] for line in site.lines()}
    summary = sheet(site, "2026-09", "汇总")
    assert list(summary[0]) == ["工号", "姓名", "扣款", "奖励", "实际", "结转", "未扣余额"]
    assert {row["工号"]: row["实际"] for row in summary} == {"Z001": -10, "Z002": -20}
    book = openpyxl.load_workbook(tmp_path / "outbox" / "hr" / "2026-09.xlsx")
    control = {row[0]: row[1] for row in book["控制"].iter_rows(values_only=True)}
    assert set(control) >= {"行数", "扣款", "奖励", "合计", "期间", "规则版本", "批次"}
    assert (str(control["行数"]), control["期间"], control["批次"]) == ("2", "2026-09", report["run"])
    raw = (tmp_path / "outbox" / "hr" / "2026-09.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and raw.decode("utf-8-sig").splitlines()[0] == DETAIL


def test_what_exceeds_the_wage_limit_is_carried(tmp_path):
    site = shop(tmp_path, extra="[wage_limit]\nshare = 0.01\nminimum_wage = 0\n")
    rows = DISCIPLINE + "".join(f"K{n},2026-09-1{n},Z001,客一,OR-14,,,,,x,Z000\n" for n in range(6))
    site.drop({"roster": ROSTER, "discipline": rows})
    site.once("2026-10-08")
    own = [row for row in sheet(site, "2026-09", "明细") if row["工号"] == "Z001"]
    carried = [row for row in own if row["项目编码"] == "结转"]
    assert {row["项目名称"] for row in carried} == {"结转"} and sum(row["金额"] for row in carried) == 20
    assert sum(row["金额"] for row in own) == -50
    later = [row for row in sheet(site, "2026-10", "明细") if row["项目编码"] == "结转"]
    assert {row["决定编号"]: -row["金额"] for row in later} == {row["决定编号"]: row["金额"] for row in carried}
    before = (tmp_path / "outbox" / "hr" / "2026-09.xlsx").read_bytes()
    site.once("2026-10-08")
    assert (tmp_path / "outbox" / "hr" / "2026-09.xlsx").read_bytes() == before
