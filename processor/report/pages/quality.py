"""数据质量: what was delivered, what of it counted, which columns are filled wrongly, and whether it gets better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from processor.model import Text, joined, say
from processor.report.pages.masking import mask_cell
from processor.report.pages.view import Fold, Table
from processor.report.snapshot import BatchQuality, Delivered, Snapshot

_WORST = 5
_LISTED = 200


def quality_fold(snapshot: Snapshot, unit: str, more: Sequence[Table] = ()) -> Fold:
    """The panel of a unit, or of the site where unit is empty. more: tables on this batch's workbooks."""
    books = [book for book in snapshot.delivered if not unit or unit in book.units]
    tables = [_by_register(books), _by_workbook(books), _worst_columns(books, unit), _trend(snapshot.quality, unit)]
    lost = sum(book.unreadable for book in books)
    return Fold(
        "quality",
        say("数据质量"),
        (*(table for table in tables if table.rows), *more),
        say("读不出来的行没有计入任何决定；改好后用原来的文件名重交，下一批就会计入。"),
        count=lost,
    )


def _by_register(books: Iterable[Delivered]) -> Table:
    rows: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for book in books:
        rows[book.register] += book.rows
        lost[book.register] += book.unreadable
    ordered = sorted(rows, key=lambda register: (-lost[register], register))
    return Table(
        say("按登记表"),
        (say("登记表"), say("交来行数"), say("计入"), say("读不出来")),
        tuple((name, rows[name], rows[name] - lost[name], lost[name]) for name in ordered),
    )


def _by_workbook(books: Sequence[Delivered]) -> Table:
    ordered = sorted(books, key=lambda book: (-book.unreadable, book.file, book.register))
    more = len(ordered) - _LISTED
    return Table(
        say("按表格"),
        (say("表格"), say("登记表"), say("交来日期"), say("交来行数"), say("计入"), say("读不出来")),
        tuple(
            (book.file, book.register, book.day, book.rows, book.rows - book.unreadable, book.unreadable)
            for book in ordered[:_LISTED]
        ),
        note=say("其余{n}份表格没有列出。", n=more) if more > 0 else None,
    )


def _worst_columns(books: Iterable[Delivered], unit: str) -> Table:
    """The words of a workbook that concerns several units stand on the page of none of them."""
    counts: Counter[tuple[str, str]] = Counter()
    words: dict[tuple[str, str], dict[str, None]] = {}
    for book in books:
        for column, (count, found) in book.faults.items():
            key = (book.register, column)
            counts[key] += count
            own = not unit or book.units == (unit,)
            words.setdefault(key, {}).update(dict.fromkeys(found if own else ()))
    worst = sorted(counts, key=lambda key: (-counts[key], key))[:_WORST]
    return Table(
        say("填错最多的列"),
        (say("列"), say("登记表"), say("填错的格数"), say("填的是")),
        tuple(
            (
                column,
                register,
                counts[register, column],
                joined([_shown(column, word) for word in list(words[register, column])[:_WORST]], "、")
                if words[register, column]
                else say("见批注后的表格"),
            )
            for register, column in worst
        ),
    )


def _shown(column: str, word: str) -> Text:
    return say("“{word}”", word=mask_cell(column, word)) if word else say("空白")


def _trend(batches: Sequence[BatchQuality], unit: str) -> Table:
    def of(counts: Mapping[str, int]) -> int:
        return counts.get(unit, 0) if unit else sum(counts.values())

    given = [(batch.day, of(batch.rows), of(batch.unreadable)) for batch in batches]
    return Table(
        say("最近几批的走势"),
        (say("批次日期"), say("交来行数"), say("读不出来"), say("计入占比（%）")),
        tuple((day, rows, lost, 100 * (rows - lost) / rows) for day, rows, lost in given if rows),
    )
