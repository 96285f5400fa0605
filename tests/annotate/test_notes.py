"""Notes: beside the staff's own, appended to them, never on a conversation, their shapes among other shapes."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

from .books import MAIN, OFFICE, SHEET, annotated, part, parts, plan, relationships, worksheet

RICH = (
    '<r><rPr><b/><sz val="9"/></rPr><t>王主管:</t></r><r><rPr><sz val="9"/></rPr>'
    '<t xml:space="preserve">\n请核对 </t></r>'
)
COMMENTS = (
    f'<comments xmlns="{MAIN}"><authors><author>王主管</author></authors><commentList>'
    f'<comment ref="A2" authorId="0"><text>{RICH}</text></comment>'
    '<comment ref="B2" authorId="0"><text><t>素文本</t></text></comment></commentList></comments>'
)
VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    '</o:shapelayout><v:shape id="_x0000_s1025" type="#_x0000_t201"><v:textbox><div>按钮<br></div></v:textbox>'
    '<x:ClientData ObjectType="Button"><x:Anchor>1, 0, 3, 0, 2, 0, 4, 0</x:Anchor></x:ClientData></v:shape></xml>'
)


def with_notes(threaded: str = "") -> dict[str, str | bytes]:
    kinds = [("comments", "../comments1.xml"), ("vmlDrawing", "../drawings/vmlDrawing1.vml")]
    extra: dict[str, str | bytes | None] = {
        "xl/comments1.xml": COMMENTS, "xl/drawings/vmlDrawing1.vml": VML,
        "xl/drawings/vmlDrawing9.vml": VML.replace('data="1"', 'data="2"'),
    }  # fmt: skip
    if threaded:
        kinds.append(("threadedComment", "../threadedComments/threadedComment1.xml"))
        extra["xl/threadedComments/threadedComment1.xml"] = (
            f'<ThreadedComments xmlns="urn:t"><threadedComment ref="{threaded}" id="1"/></ThreadedComments>'
        )
    extra["xl/worksheets/_rels/sheet1.xml.rels"] = relationships(*kinds)
    return parts(worksheet(after='<legacyDrawing r:id="rId2"/>'), extra)


def test_first_notes_of_a_sheet(tmp_path: Path) -> None:
    path = annotated(tmp_path, parts(), plan(notes={"B2": "日期早于入职", "A2": "工号不在花名册", "D40": "远处"}))
    sheet = openpyxl.load_workbook(path)[SHEET]
    assert "日期早于入职" in sheet["B2"].comment.text and "工号不在花名册" in sheet["A2"].comment.text
    vml = part(path, "xl/drawings/vmlDrawing1.vml")
    assert len(set(re.findall(r'id="_x0000_s(\d+)"', vml))) == 3
    assert "<x:Row>39</x:Row><x:Column>3</x:Column>" in vml
    assert f"{OFFICE}/vmlDrawing" in part(path, "xl/worksheets/_rels/sheet1.xml.rels")


def test_ours_is_appended_and_the_rich_runs_stay(tmp_path: Path) -> None:
    text = part(annotated(tmp_path, with_notes(), plan(notes={"A2": "甲", "B2": "乙"})), "xl/comments1.xml")
    assert RICH in text and "<r><t>素文本</t></r>" in text
    assert text.index("请核对") < text.index("甲") < text.index("素文本") < text.index("乙")
    assert text.count("<author>") == 1


def test_shapes_share_ids_with_controls_in_text_that_is_no_xml(tmp_path: Path) -> None:
    notes = {f"A{row}": "说明" for row in range(3, 1100)}
    vml = part(annotated(tmp_path, with_notes(), plan(notes=notes)), "xl/drawings/vmlDrawing1.vml")
    ids = re.findall(r' id="_x0000_s(\d+)"', vml)
    assert len(ids) == len(set(ids)) == 1098
    assert 'data="1,3"' in vml and max(int(number) for number in ids) < 4 * 1024
    assert "按钮<br></div>" in vml and vml.endswith("</xml>")


def test_a_conversation_takes_no_note_but_a_mark(tmp_path: Path) -> None:
    path = annotated(tmp_path, with_notes("A2"), plan(notes={"A2": "甲", "B2": "乙"}, marks={"A2": "error"}))
    text = part(path, "xl/comments1.xml")
    assert "甲" not in text and "乙" in text
    assert openpyxl.load_workbook(path)[SHEET]["A2"].fill.patternType == "solid"


@pytest.mark.parametrize("said", ["_x000D_ 回车", "换行\r\n第二行", "\x00\x07响铃"])
def test_texts_of_notes_are_safe(tmp_path: Path, said: str) -> None:
    path = annotated(tmp_path, parts(), plan(notes={"A2": said}))
    text = openpyxl.load_workbook(path)[SHEET]["A2"].comment.text
    assert not re.search("[\x00-\x08\r]", text)
    assert ("_x005F_x000D_" in part(path, "xl/comments1.xml")) == ("_x000D_" in said)
