"""Mutated workbooks: whatever is inside, the reader answers with a reading or a rejection."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from depth import DEPTH
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import promise
from benchmarks.fuzz.examples import example, seed_files
from benchmarks.fuzz.promise import keep_promise
from processor.catalogue.register import Register
from processor.intake import Limits, WorkbookRejected, read_workbook
from processor.intake.package import inspect_ods

FILES = Path(__file__).parent / "files"
BLANK = Path(__file__).parents[2] / "templates" / "registers" / "派单登记表.xlsx"
LIMITS = Limits(unpacked_bytes=8 << 20, cells=2_000_000)
TOKENS = [
    b"<", b">", b"&", b'"', b"]]>", b"<!--", b"<![CDATA[", b"&#0;", b"&#x41;", b"<row>", b"</row>", b"<c>", b"</c>",
    b'<c r="XFD1048576"><v>1</v></c>', b'<c r="A0"><v>1</v></c>', b'<c r="1A" t="s"><v>99999</v></c>', b' t="s"',
    b' t="d"',
    b"<v>1e309</v>", b"<v>-1</v>", b"<v>NaN</v>", b'<mergeCell ref="A1:XFD9"/>', b'<mergeCell ref="B9:A1"/>',
    b"\xff\xfe",
    b"\x00", b'<dimension ref="A1:XFD1048576"/>', b' date1904="1"', b'<f t="shared" si="0" ref="A1:B9">A1</f>',
    b"\xed\xa0\x80",
]  # fmt: skip
SETTINGS = settings(max_examples=12 * DEPTH, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "delete", "double"]), st.floats(0, 1), st.integers(1, 200), st.sampled_from(TOKENS)
    ),
    min_size=1,
    max_size=4,
)


def edited(data: bytes, edits: list[tuple[str, float, int, bytes]]) -> bytes:
    for kind, share, length, token in edits:
        at = int(share * len(data))
        piece = {
            "insert": token + data[at:],
            "delete": data[at + length :],
            "double": data[at : at + length] + data[at:],
        }
        data = data[:at] + piece[kind]
    return data


def answers(path: Path, registers: Mapping[str, Register]) -> None:
    try:
        read_workbook(path, registers, LIMITS, shown_as=path.name)
    except WorkbookRejected as rejected:
        assert rejected.reason and rejected.mend


@SETTINGS
@given(name=st.sampled_from(["dispatch.xlsx", "dispatch.xls", "dispatch.ods"]), edits=EDITS)
def test_mutated_bytes(
    tmp_path: Path, registers: Mapping[str, Register], name: str, edits: list[tuple[str, float, int, bytes]]
) -> None:
    path = tmp_path / name
    path.write_bytes(edited((FILES / name).read_bytes(), edits))
    answers(path, registers)


@SETTINGS
@given(
    source=st.sampled_from([FILES / "dispatch.xlsx", FILES / "dispatch.ods", BLANK]),
    part=st.floats(0, 0.999),
    edits=EDITS,
)
def test_mutated_parts(
    tmp_path: Path,
    registers: Mapping[str, Register],
    source: Path,
    part: float,
    edits: list[tuple[str, float, int, bytes]],
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(packed, "w") as target:
        names = package.namelist()
        for name in names:
            data = package.read(name)
            target.writestr(name, edited(data, edits) if name == names[int(part * len(names))] else data)
    path = tmp_path / source.name
    path.write_bytes(packed.getvalue())
    answers(path, registers)


@SETTINGS
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_as_csv(tmp_path: Path, registers: Mapping[str, Register], data: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    answers(path, registers)


@pytest.mark.parametrize("tenth", range(4))
def test_examples_of_the_long_run(tmp_path: Path, registers: Mapping[str, Register], tenth: int) -> None:
    seeds = seed_files([FILES, BLANK.parent], 20_000)
    for number in range(tenth * 10, tenth * 10 + 10):
        one = example(number, 0, seeds, registers)
        path, target = tmp_path / "inbox" / str(number) / one.name, tmp_path / "outbox" / str(number) / one.name
        path.parent.mkdir(parents=True)
        path.write_bytes(one.data)
        assert keep_promise(path, target, registers, Limits())


@pytest.mark.parametrize(
    ("name", "ended"),
    [
        ("damaged-lzma.xlsx", "rejected damaged"),
        ("sheet-without-a-name.xlsx", "read xlsx, not annotated"),
        ("null-in-a-date.xls", "read xls"),
        ("rows-repeated.ods", "rejected too_large"),
        ("broken-markup.ods", "rejected damaged"),
        ("unknown-encoding.ods", "rejected damaged"),
        ("repeated-by-no-number.ods", "rejected damaged"),
        ("unseen-word.csv", "read csv"),
        ("cards-side-by-side.xlsx", "read xlsx, annotated"),
        ("no-words-in-the-header.csv", "rejected unknown"),
        ("sheet-id-no-number.xlsx", "read xlsx, annotated"),
        ("many-unfit-dates.ods", "read ods"),
        ("list-with-weekdays.xlsx", "read xlsx, annotated"),
        ("list-of-a-month-with-weekdays.xlsx", "read xlsx, annotated"),
        ("format-in-a-format.xlsx", "read xlsx, not annotated"),
    ],
)
def test_what_the_long_run_found(tmp_path: Path, registers: Mapping[str, Register], name: str, ended: str) -> None:
    assert keep_promise(FILES / "found" / name, tmp_path / name, registers, Limits()).startswith(ended)


def test_broken_markup_is_refused_before_the_parser_loses_itself_in_it() -> None:
    with pytest.raises(WorkbookRejected, match="损坏"):
        inspect_ods(FILES / "found" / "broken-markup.ods", Limits())


def test_a_broken_promise_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registers: Mapping[str, Register]
) -> None:
    def loses_the_cells(source: Path, target: Path, *others: object) -> str:
        target.write_bytes(BLANK.read_bytes())
        return ""

    source = FILES / "dispatch.xlsx"
    assert keep_promise(source, tmp_path / "out.xlsx", registers, Limits()) == "read xlsx, annotated"
    monkeypatch.setattr(promise, "write_annotated", loses_the_cells)
    with pytest.raises(promise.Broken, match="became"):
        keep_promise(source, tmp_path / "out.xlsx", registers, Limits())
    monkeypatch.setattr(promise, "write_annotated", lambda *others: "cannot be written")
    with pytest.raises(promise.Broken, match="no sentence for staff"):
        keep_promise(source, tmp_path / "out.xlsx", registers, Limits())


@pytest.mark.parametrize("name", ["dispatch.xlsx", "dispatch.xls", "dispatch.ods"])
def test_the_seeds_themselves_read_alike(registers: Mapping[str, Register], name: str) -> None:
    reading = read_workbook(FILES / name, registers, LIMITS, shown_as=name)
    dispatch, typing = reading.sheets
    assert (dispatch.register, dispatch.header_row, dispatch.columns["派单编号"]) == ("dispatch", 4, "B")
    assert dispatch.frame["派单编号"].tolist() == ["001", "002"]
    assert dispatch.frame["派单日期"].dt.strftime("%Y-%m-%d").tolist() == ["2026-10-01", "2026-10-02"]
    assert dispatch.frame["设计师工号"].tolist() == ["7", "D1"]
    assert dispatch.unreadable == (7,) and [issue.cell for issue in dispatch.issues] == ["D7"]
    assert typing.frame["每分钟字数"].tolist() == [81.5]
