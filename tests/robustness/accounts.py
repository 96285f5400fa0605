"""A small site with some of everything, and what must hold of a site whatever happened to its batches."""

from __future__ import annotations

import csv
import hashlib
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
from sitework import Site, make_site

from processor.batch.publish import PART
from processor.batch.record import RECORD, SITE_FILE
from processor.batch.run import WORK

AS_OF = "2026-10-31"
UNITS = {"城东店": ["gps_service", "technical_service"], "城西店": ["call_centre"]}
#: What the archive holds beside workbooks.
RECORDS = (RECORD, SITE_FILE)
ROSTER = """
工号,姓名,门店,部门,岗位,入职日期,月工资
M001,王经理,城东店,客服部,经理,2020-01-01,9000
S1,业务甲,城东店,市场部,业务员,2020-01-01,6000
S2,业务乙,城东店,市场部,业务员,2020-01-01,6000
C1,接线丙,城西店,客服部,客服,2020-01-01,5000
"""
TICKETS = """
服务单号,受理时间,受理人工号,类型,客户姓名,联系电话,地址
Q1,2026-10-12 09:00,S1,维修,客户甲,13900000001,东街1号
Q2,2026-10-12 10:00,S2,维修,客户乙,13900000002,东街2号
"""
MORE_TICKETS = """
服务单号,受理时间,受理人工号,类型,客户姓名,联系电话,地址
Q2,2026-10-12 10:00,S1,维修,客户乙,13900000002,东街2号
Q3,2026-10-14 11:00,S2,维修,客户丙,13900000003,东街3号
"""
HANDOVER = """
交接编号,日期,班次,交班人工号,接班人工号,交接内容,是否记录,是否完成
T1,2026-10-01,白班,C1,,设备正常,是,是
T2,2026-10-02,白班,C1,,设备正常,是,是
"""


def started_site(folder: Path, extra: str = "") -> Site:
    """A site after its first batch, with the workbooks of the second in the inbox. extra: more of its site.toml."""
    site = make_site(folder, UNITS, managers=["M001"], extra=extra)
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    site.drop({"service_tickets": TICKETS}, "服务单.xlsx")
    assert site.once(AS_OF)["exit"] == 0
    site.drop({"service_tickets": MORE_TICKETS}, "服务单.xlsx")
    site.drop({"handover": HANDOVER}, "分部/交接 十月.xlsx")
    (folder / "inbox" / "花名册.csv").write_text(ROSTER.strip() + "\n", encoding="utf-8")
    (folder / "inbox" / "不是表格.xlsx").write_text("只是文字", encoding="utf-8")
    return site


def inputs(site: Site) -> Counter[str]:
    """The digests of the workbooks in inbox, work and archive."""
    return Counter(
        hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("inbox", "archive")
        for path in (site.folder / folder).rglob("*")
        if path.is_file() and not path.name.startswith(".") and path.name not in RECORDS
    )


def archived(site: Site) -> Counter[str]:
    """The digests of the workbooks in the archive, the work folder left out."""
    return Counter(
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (site.folder / "archive").rglob("*")
        if path.is_file() and WORK not in path.parts and path.name not in RECORDS
    )


def decisions(site: Site) -> str:
    """decisions.csv as it lies in the outbox."""
    return (site.folder / "outbox" / "decisions.csv").read_text(encoding="utf-8-sig")


def assert_whole(site: Site) -> None:
    """Every output opens and nothing half-made lies about."""
    for path in (site.folder / "outbox").rglob("*"):
        if path.is_dir() or path.parent.name == "rejected":
            continue
        assert not path.name.startswith(PART), path
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as package:
                assert package.testzip() is None
            openpyxl.load_workbook(path, read_only=True).close()
        elif path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                assert len({len(line) for line in csv.reader(file)}) == 1, path
        elif path.suffix == ".html":
            assert path.read_text(encoding="utf-8").rstrip().endswith("</html>"), path
    assert not (site.folder / ".staging").exists()
    assert not any((site.folder / "archive" / WORK).rglob("*"))
