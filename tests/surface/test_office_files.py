"""Files as offices and their systems really make them are read by what they hold, whatever they are called."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from sitework import Site, make_site

from .officefiles import DAY, HEAD, ROSTER, SHOP, html, order, text, xml_2003
from .scenes import book_with

OLD = Path(__file__).parents[1] / "intake" / "files" / "dispatch.xls"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = make_site(tmp_path, SHOP, managers=["M001"])
    made.drop({"roster": ROSTER}, "花名册.xlsx")
    return made


def flagged(site: Site) -> set[str]:
    return {line["subject"] for line in site.lines() if line["clause"] == "OR-7"}


def put(site: Site, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (site.folder / "inbox" / name).write_bytes(data)


def rows(number: str) -> list[list[str]]:
    return [HEAD, order(number)]


def test_tables_of_every_kind_are_read(site: Site) -> None:
    put(
        site,
        {
            "网页.xls": html(rows("H1")),
            "网页二.xls": html(rows("H2"), "gbk"),
            "网页三.xls": html(rows("H3"), "gb18030", "gb2312"),
            "网页四.xlsx": html(rows("H4"), "utf-16"),
            "网页.html": html(rows("H5")),
            "表格.xls": xml_2003(rows("X1")),
            "表格二.xlsx": xml_2003(rows("X2"), encoding="utf-16"),
            "表格三.xml": xml_2003(rows("X3"), encoding="gb18030"),
            "制表符.xls": text(rows("T1"), encoding="gbk"),
            "制表符.xlsx": text(rows("T2"), encoding="utf-16"),
            "文本.txt": text(rows("T3"), encoding="utf-16"),
            "文本.tsv": text(rows("T4"), encoding="utf-8-sig"),
            "无标记.csv": text(rows("T5"), ",", "utf-16-le"),
            "无标记二.csv": text(rows("T6"), ",", "utf-16-be"),
        },
    )
    report = site.once(DAY)
    assert {book["file"]: book["status"] for book in report["workbooks"] if book["status"] != "processed"} == {}
    assert report["exit"] == 0
    assert flagged(site) == {"H1", "H2", "H3", "H4", "H5", "X1", "X2", "X3", "T1", "T2", "T3", "T4", "T5", "T6"}
    for book in report["workbooks"]:
        assert openpyxl.load_workbook(site.folder / book["annotated"]).sheetnames[-1] == "处理汇总"


def test_the_separator_is_the_tables_and_not_its_titles(site: Site) -> None:
    files = {
        "a.csv": text(rows("C1"), "\t", title="订单登记表"),
        "b.csv": text(rows("C2"), ";", title="订单登记表"),
        "c.csv": text(rows("C3"), ";", title="订单登记表,2026年10月"),
        "d.csv": text(rows("C4"), "\t", title="导出时间：2026-11-01, 共1条"),
        "e.csv": text(rows("C5"), ",", title="订单登记表"),
        "f.csv": text(rows("C6"), ",", title="导出人;导出时间;共1条;第1页;2026年10月"),
        "g.txt": text([HEAD, order("C7", "加急, 送货上门, 电话联系, 周末送")], "\t", title="导出,说明"),
        "h.csv": text([HEAD, [f"{cell}\t" for cell in order("C8")]], ","),  # as shops keep long numbers from Excel
        "i.csv": text(rows("C9"), ";", title="sep=;"),
    }
    put(site, files)
    assert site.once(DAY)["exit"] == 0
    assert flagged(site) == {f"C{number}" for number in range(1, 10)}


def test_a_number_kept_as_text_keeps_its_zeros(site: Site) -> None:
    line = [f'"=""{cell}"""' for cell in order("00012")]
    put(site, {"a.csv": text([HEAD, line], ","), "b.xls": html([HEAD, ['="00013"', *order("")[1:]]])})
    assert site.once(DAY)["exit"] == 0
    assert flagged(site) == {"00012", "00013"}


def test_a_new_workbook_under_the_old_name_and_the_reverse(site: Site) -> None:
    book_with(site.folder / "inbox" / "订单.xlsx", {"sheet1": rows("D1")}).rename(site.folder / "inbox" / "订单.xls")
    book_with(site.folder / "inbox" / "宏.xlsx", {"sheet1": rows("D2")}).rename(site.folder / "inbox" / "订单导出")
    (site.folder / "inbox" / "派单.xlsx").write_bytes(OLD.read_bytes())
    report = site.once(DAY)
    assert {book["status"] for book in report["workbooks"]} == {"processed"}
    assert flagged(site) == {"D1", "D2"}
    assert {book["file"]: Path(book["annotated"]).suffix for book in report["workbooks"]} == dict.fromkeys(
        ("订单.xls", "订单导出", "派单.xlsx", "花名册.xlsx"), ".xlsx"
    )


def test_cells_that_span_rows_and_columns_keep_the_others_in_place(site: Site) -> None:
    page = (
        "<table><tr><td colspan=9>订单登记表</td></tr><tr>"
        + "".join(f"<th>{name}</th>" for name in HEAD)
        + "</tr><tr><td>S1</td><td rowspan=2>2026-10-05 09:30</td><td>K001</td><td>K001</td><td>100</td><td>加急<br>周末</td>"
        "<td>否</td><td colspan=2></td></tr><tr><td>S2</td><td>K002</td><td>K002</td><td>90</td><td>&nbsp;加急</td><td>否</td></tr></table>"
    )
    put(site, {"a.xls": page.encode()})
    assert site.once(DAY)["exit"] == 0
    assert flagged(site) == {"S1", "S2"}


def test_what_cannot_be_read_is_called_what_it_is(site: Site) -> None:
    files = [
        ("报表.xls", b"%PDF-1.7 \xe2\xe3", "PDF"),
        ("报表.xlsx", b"\xff\xd8\xff\xe0", "图片"),
        ("旧报表.xls", b"\x09\x08\x08\x00\x00\x05\x10\x00" + b"\x00" * 40, "旧式 Excel"),
        (
            "登录.xls",
            b"<!DOCTYPE html><html><body><form>\xe8\xaf\xb7\xe7\x99\xbb\xe5\xbd\x95</form></body></html>",
            "登录页",
        ),
        ("数据.xml", b'<?xml version="1.0"?><Orders><Order/></Orders>', "XML"),
        ("坏.xls", xml_2003(rows("X1"))[:-30], "标记不完整"),
        ("引号.csv", text([HEAD, ['"W1', *order("W1")[1:]], order("W2"), order("W3")], ","), "引号"),
    ]
    put(site, {name: data for name, data, _ in files})
    with zipfile.ZipFile(site.folder / "inbox" / "说明.xlsx", "w") as package:
        package.writestr("word/document.xml", "<a/>")
    report = site.once(DAY)
    books = {book["file"]: book for book in report["workbooks"]}
    assert report["exit"] == 1
    for name, what in [*((name, what) for name, _, what in files), ("说明.xlsx", "Word 文档")]:
        assert books[name]["status"] == "rejected", name
        assert what in books[name]["reason"] and "损坏" not in books[name]["reason"], name


def test_entities_of_an_xml_table_are_never_followed(site: Site) -> None:
    data = xml_2003(rows("&leak;")).replace(b"&amp;leak;", b"&leak;")
    secret = f'<!DOCTYPE a [<!ENTITY leak SYSTEM "{(site.folder / "site.toml").as_uri()}">]><Workbook '
    put(site, {"表.xls": data.replace(b"<Workbook ", secret.encode(), 1)})
    report = site.once(DAY)
    assert [book["status"] for book in report["workbooks"] if book["file"] == "表.xls"] == ["rejected"]
    pages = "".join(path.read_text(encoding="utf-8") for path in (site.folder / "outbox").rglob("*.html"))
    assert "settle_seconds" not in pages


@pytest.mark.parametrize(
    "limit", ["csv_megabytes = 1", "csv_line_bytes = 300", "rows = 100"], ids=["bytes", "line", "rows"]
)
def test_a_text_table_is_held_within_bounds_of_site_toml(tmp_path: Path, limit: str) -> None:
    site = make_site(tmp_path, SHOP, extra=f"[limits]\n{limit}\n")
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    many = [HEAD, *(order(f"B{number}") for number in range(15_000))]
    put(site, {"小.csv": text(rows("A1"), ","), "大.csv": text(many if "line" not in limit else rows("加" * 200), ",")})
    statuses = {book["file"]: book["status"] for book in site.once(DAY)["workbooks"]}
    assert statuses == {"小.csv": "processed", "大.csv": "rejected", "花名册.xlsx": "processed"}


def test_all_needed_columns_are_found_among_many_others(site: Site) -> None:
    few = ["回访编号", "回访时间", "回访人工号", "客户姓名"]
    expected = {"花名册.xlsx": ["roster"]}
    for more in (40, 80, 300):
        extra, filled = [f"扩展字段{number}" for number in range(more)], ["x"] * more
        tables = {
            "前": [HEAD + extra, order(f"前{more}") + filled],
            "后": [extra + HEAD, filled + order(f"后{more}")],
            "回访": [few + extra, [f"R{more}", "2026-10-05 10:00", "K001", "甲", *filled]],
        }
        for name, table in tables.items():
            book_with(site.folder / "inbox" / f"{name}{more}.xlsx", {"sheet1": table})
            expected[f"{name}{more}.xlsx"] = ["followups" if name == "回访" else "orders"]
    report = site.once(DAY)
    found = {book["file"]: [part["register"] for part in book["registers"]] for book in report["workbooks"]}
    assert found == expected
    assert flagged(site) == {f"{place}{more}" for place in "前后" for more in (40, 80, 300)}
