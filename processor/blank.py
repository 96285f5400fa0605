"""Blank registers for staff: one workbook each, the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from processor.catalogue.register import EXAMPLE_SHEET, Column, Register
from processor.catalogue.register_reader import load_registers
from processor.errors import RegisterError
from processor.messages import tell
from processor.packaged import packaged

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

#: Where the blanks of the program's own registers lie.
CAME: Final = "templates/registers"
_LAST_ROW: Final = 5000  # drop-down lists reach down to here
_TEXT_TYPES: Final = frozenset({"id", "staff", "staff_list", "text", "phone", "idno", "month"})
_FORMATS: Final = {
    **dict.fromkeys(_TEXT_TYPES, "@"),
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
    "time": "hh:mm",
    "money": "#,##0.00",
    "count": "0",
}
_EXAMPLES: Final[dict[str, str | float | date | time]] = {
    "id": "20261001-01",
    "staff": "1002",
    "staff_list": "1002、1011",
    "text": "按实际情况填写",
    "phone": "13900000001",
    "idno": "11010119900101100X",
    "month": "2026-10",
    "date": date(2026, 10, 1),
    "datetime": datetime(2026, 10, 1, 9, 5),
    "time": time(9, 5),
    "money": 1280,
    "number": 12.5,
    "count": 3,
    "yesno": "是",
}
#: What a text column whose header holds the word could say.
_WORDS: Final = {
    "姓名": "王芳",
    "客户": "王芳",
    "联系人": "李强",
    "别名": "小王",
    "门店": "城东店",
    "部门": "客服部",
    "岗位": "客服",
    "级别": "主管",
    "地址": "幸福路18号3栋502",
    "小区": "阳光花园",
    "地点": "二楼收银台",
    "部位": "三楼东侧走廊",
    "班次": "早班",
    "项目": "面部护理",
    "产品": "净水器",
    "型号": "KX-200",
    "品牌": "金牌",
    "类型": "金卡",
    "点数": "B1",
    "原因": "客户临时改期",
    "理由": "客户临时改期",
    "事由": "客户临时改期",
    "现象": "不制冷",
    "内容": "已电话回复客户，约定周三上门",
    "说明": "已向客户说明情况",
    "物资": "电缆",
    "现场": "一号工地",
}
_HINTS: Final = {
    "id": "编号，按文本填写，保留前面的0",
    "staff": "工号，也可以写姓名",
    "staff_list": "工号或姓名，几个人用“、”分开",
    "text": "文字",
    "phone": "手机或固定电话",
    "idno": "18位身份证号码",
    "month": "月份，如 2026-10",
    "date": "日期，如 2026-10-01",
    "datetime": "日期和时间，如 2026-10-01 09:05",
    "time": "时间，如 09:05",
    "money": "金额（元）",
    "number": "数字",
    "count": "不小于0的整数",
    "yesno": "是 或 否",
}
_STAMP: Final = (2026, 1, 1, 0, 0, 0)
_UNFIT: Final = re.compile(r'[\\/:*?"<>|\[\]]')
_MODIFIED: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def write_blanks(names: Sequence[str], folder: Path, known: Mapping[str, Register] | None = None) -> list[Path]:
    """Write one workbook for each register named, by name or title, or for all if none is; returns the paths in order.

    known: the registers to choose from, the product's own unless given. A file is called as the register's title.
    Raises RegisterError for an unknown name, before anything is written.
    """
    registers = {name: register for name, register in (known or load_registers()).items() if not register.form}
    by_title = {register.title: name for name, register in registers.items()}
    chosen = [by_title.get(name, name) for name in names]
    unknown = [name for name in chosen if name not in registers]
    if unknown:
        raise RegisterError(
            tell("no register {unknown}", unknown=", ".join(unknown)),
            mend=tell("known are {registers}", registers=", ".join([*registers, *by_title])),
        )
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in chosen or registers:
        paths.append(folder / file_name(registers[name]))
        write_blank(registers[name], paths[-1])
    return paths


def file_name(register: Register) -> str:
    """What a register's blank is called: its title, without what a file's name cannot hold."""
    return f"{_UNFIT.sub('_', register.title)}.xlsx"


def write_blank(register: Register, path: Path) -> None:
    """Write one blank workbook: headers in row 1, data from row 2, and a sheet with a filled example."""
    path.write_bytes(blank(register))


def blank_at_hand(register: Register) -> bytes:
    """The bytes of a blank workbook: the one that comes with the program where the register is as it came, else made now."""
    came = packaged(CAME) / file_name(register)
    if load_registers().get(register.name) == register and came.is_file():
        return came.read_bytes()
    return blank(register)


@lru_cache(maxsize=256)
def blank(register: Register) -> bytes:
    """The bytes of one blank workbook, made."""
    from openpyxl import Workbook

    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = _UNFIT.sub("_", register.title)[:31]
    _write_headers(sheet, register)
    _add_lists(sheet, register)
    _write_example(workbook.create_sheet(EXAMPLE_SHEET), register)
    packed = io.BytesIO()
    workbook.save(packed)
    return _reproducible(packed)


def _write_headers(sheet: Worksheet, register: Register) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for number, column in enumerate(register.columns, start=1):
        cell = sheet.cell(1, number, column.header)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="FFF2CC" if column.required else "E7E6E6")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = max(12, 2 * len(column.header) + 4)
        dimension.number_format = _FORMATS.get(column.type, "General")
    sheet.row_dimensions[1].height = 24
    sheet.freeze_panes = "A2"


def _add_lists(sheet: Worksheet, register: Register) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for number, column in enumerate(register.columns, start=1):
        allowed = _allowed(column)
        if allowed:
            rule = DataValidation(
                type="list", formula1=f'"{",".join(allowed)}"', allow_blank=True, showErrorMessage=True
            )
            rule.errorTitle, rule.error = column.header, f"请从列表中选择：{'、'.join(allowed)}"
            letter = get_column_letter(number)
            rule.add(f"{letter}2:{letter}{_LAST_ROW}")
            sheet.add_data_validation(rule)


def _write_example(sheet: Worksheet, register: Register) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    _write_headers(sheet, register)
    for number, column in enumerate(register.columns, start=1):
        cell = sheet.cell(2, number, _example(column))
        cell.number_format = _FORMATS.get(column.type, "General")
        sheet.cell(4, number, "必填" if column.required else "可不填").number_format = "@"
        hint = f"从列表中选择：{'、'.join(column.choices)}" if column.choices else _HINTS[column.type]
        sheet.cell(5, number, hint).number_format = "@"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.cell(7, 1, "本页只是填写示例，系统不会读取；请在第一张工作表中从第2行起填写。").number_format = "@"


def _example(column: Column) -> str | float | date | time:
    """What could stand in a cell of this column."""
    if column.choices:
        return column.choices[0]
    if column.type == "text":
        return next((sample for word, sample in _WORDS.items() if word in column.header), _EXAMPLES["text"])
    return _EXAMPLES[column.type]


def _allowed(column: Column) -> tuple[str, ...]:
    return ("是", "否") if column.type == "yesno" else column.choices


def _reproducible(packed: io.BytesIO) -> bytes:
    """The same package with fixed times instead of the clock's."""
    result = io.BytesIO()
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>2026-01-01T00:00:00Z", data)
            info = zipfile.ZipInfo(name, date_time=_STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            target.writestr(info, data)
    return result.getvalue()
