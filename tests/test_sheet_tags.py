"""The tags of a worksheet looked at all at once: what they say where they are plain, and nothing where they are not."""

from __future__ import annotations

import pytest

from processor.intake.extent import Extent
from processor.sheet_tags import Tags, tags_of

PLAIN = (
    b'<row r="9" spans="1:28"><c r="A9" s="1"><v>1</v></c><c r="AB9" t="inlineStr"><is><t>&lt;row r="5"</t></is></c></row>'
    b'\n<row r="10"/><row r="1048576"><c r="XFD1048576"/><c r="B1048576"><f>1</f><v/></c></row>'
)


def plain(piece: bytes) -> Tags:
    tags = tags_of(piece)
    assert tags is not None
    return tags


def test_plain_tags_tell_their_rows_and_columns() -> None:
    tags = plain(PLAIN)
    assert tags.rows.tolist() == [9, 10, 1_048_576]
    assert tags.columns.tolist() == [0, 1, 28, 0, 0, 16_384, 2]
    assert (tags.cells, tags.last_column) == (4, 16_384)


@pytest.mark.parametrize("formula", [b"<f>1</f>", b"<f/>", b'<f t="shared" si="0"/>', b""])
def test_a_window_tells_whether_formulas_stand_in_it(formula: bytes) -> None:
    row = b'<row r="1"><c r="A1">%b<v>1</v></c></row>' % formula
    assert plain(row).formulas is bool(formula)
    assert Extent().look(b"<sheetData>" + row) is bool(formula)
    assert Extent().look(b"<sheetData>" + row.replace(b"row r", b"row x='' r"))


@pytest.mark.parametrize(
    "piece",
    [
        b"", b" ", b'<c r="A1"/>', b"<row><c r=\"A1\"/></row>", b"<row r='1'><c r='A1'/></row>", b'<row r=""></row>',
        b'<row r="1"><c><v>1</v></c></row>', b'<row r="1"><c s="1" r="A1"/></row>', b'<row r="1"><c r="a1"/></row>',
        b'<row r="1"><c r="A2"/></row>', b'<row r="1"><c r="A10"/></row>', b'<row r="1"><c r="$A$1"/></row>',
        b'<row r="1"><c r="AAAA1"/></row>', b'<row r="12345678"></row>', b'<row r="1x"></row>', b'<row r="1"><c r="1"/></row>',
        b'<x:row r="1"><x:c r="ZZ1"/></x:row>', b'<row r="1"><x:c r="ZZ1"/></row>', b'<row r="1"><is:c r="ZZ1"/></row>',
        b'<row r="1"><!-- <c r="A1"/> --></row>', b'<row r="1"><c r="A1"><is><r><t>1</t></r></is></c></row>',
        b'<row r="1"><c r="A1',
    ],
)  # fmt: skip
def test_whatever_is_written_otherwise_is_left_to_others(piece: bytes) -> None:
    assert tags_of(piece) is None


@pytest.mark.parametrize(
    ("piece", "behind", "ascending"),
    [
        (b'<row r="2"><c r="A2"/><c r="C2"/></row><row r="4"><c r="A4"/></row>', 1, True),
        (b'<row r="2"><c r="A2"/><c r="C2"/></row><row r="4"><c r="A4"/></row>', 2, False),
        (b'<row r="2"></row><row r="2"></row>', 0, False),
        (b'<row r="2"><c r="B2"/><c r="B2"/></row>', 0, False),
        (b'<row r="2"><c r="B2"/><c r="A2"/></row>', 0, False),
    ],
)
def test_order_of_rows_and_cells(piece: bytes, behind: int, ascending: bool) -> None:
    assert plain(piece).ascend(behind) is ascending


def test_a_sheet_reaches_as_far_as_its_plain_tags_and_whatever_else_stands_around_them() -> None:
    extent = Extent()
    extent.look(b'<sheetData><row r="123456"><c r="AC123456"><v>1</v></c></row></sheetData>')
    assert (extent.rows, extent.columns, extent.placeless) == (123_456, 29, False)
    extent.look(b'<v>1</v></c><c r="AD7"/></row><row r="8"><c r="A8"/></row><row r="9"><c><v>1</v></c>')
    assert (extent.columns, extent.placeless) == (30, True)
