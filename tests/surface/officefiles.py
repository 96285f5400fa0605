"""Tables as office programs and systems save them: HTML, XML Spreadsheet 2003, text in any encoding."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

ROSTER = """
工号,姓名,门店,部门,岗位,直接主管工号,入职日期,转正日期,月工资
M001,经理甲,城东店,总经办,总经理,,2020-01-01,2020-04-01,9000
K001,员工甲,城东店,客服部,客服,M001,2020-01-01,2020-04-01,6000
K002,员工乙,城东店,客服部,客服,M001,2020-01-01,2020-04-01,6000
"""
SHOP = {"城东店": ["online_retail"]}
DAY = "2026-11-02"
HEAD = ["订单号", "下单时间", "客服工号", "备注工号", "订单金额", "特殊要求", "是否插旗", "承诺送达日期", "签收日期"]


def order(number: str, wish: str = "加急") -> list[str]:
    """An order with a special wish and no red flag, which OR-7 flags."""
    return [number, "2026-10-05 09:30:00", "K001", "K001", "100.00", wish, "否", "2026-10-08", "2026-10-08"]


def html(rows: Sequence[Sequence[str]], charset: str = "utf-8", declared: str | None = None) -> bytes:
    """An HTML table as shops and attendance systems export it under .xls."""
    head = f'<meta http-equiv="Content-Type" content="application/vnd.ms-excel; charset={declared or charset}">'
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><head>{head}</head><body><table border=1>{body}</table></body></html>".encode(charset)


def xml_2003(rows: Sequence[Sequence[str]], sheet: str = "订单", encoding: str = "utf-8") -> bytes:
    """XML Spreadsheet 2003 with every cell as text."""
    names = (
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    )
    lines = ("".join(f'<Cell><Data ss:Type="String">{escape(cell)}</Data></Cell>' for cell in row) for row in rows)
    table = "".join(f"<Row>{line}</Row>" for line in lines)
    start = f'<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>'
    text = f'{start}<Workbook {names}><Worksheet ss:Name="{sheet}"><Table>{table}</Table></Worksheet></Workbook>'
    return text.encode(encoding)


def text(rows: Sequence[Sequence[str]], separator: str = "\t", encoding: str = "utf-8", title: str = "") -> bytes:
    """A text table, with a title line above it where one is given."""
    lines = ([title] if title else []) + [separator.join(row) for row in rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)
