"""The tables of the ledger. Money is integer fen, days are ISO text, structured values are JSON text.

Whoever changes a table adds a step to `migrations/versions` that changes those of earlier ledgers alike.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, String, Table, Text, false

metadata = MetaData()

#: One version of one register row. `current` is the version in force; a superseded one stays. `day` is its first date
#: column, `last` the latest date in any of its columns.
facts = Table(
    "facts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("register", String(40), nullable=False),
    Column("key", Text, nullable=False),
    Column("unit", Text),
    Column("day", String(10)),
    Column("last", String(10)),
    Column("content", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("run", Integer, nullable=False),
    Column("current", Boolean, nullable=False),
    Index("facts_by_key", "register", "key"),
    Index("facts_by_day", "register", "unit", "day", "current"),
    Index("facts_by_last", "register", "unit", "last"),
    Index("facts_by_file", "file", "register"),
)

#: What a fact says in one of its register's link columns, superseded versions included.
links = Table(
    "links",
    metadata,
    Column("header", String(20), primary_key=True),
    Column("value", Text, primary_key=True),
    Column("fact", Integer, primary_key=True),
    Index("links_by_fact", "fact"),
    sqlite_with_rowid=False,
)

#: A row that could not count yet; `pending` maps a column of choices to what stands in its cell (JSON).
held = Table(
    "held",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("register", String(40), nullable=False),
    Column("file", Text, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("run", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("pending", Text, nullable=False),
    Index("held_by_file", "file"),
)

#: A row that got its registration number after it was known without: `natural` is the key that its cells would give.
identities = Table(
    "identities",
    metadata,
    Column("register", String(40), primary_key=True),
    Column("natural", Text, primary_key=True),
    Column("key", Text, nullable=False),
)

#: What somebody said of a header (`value` empty) or of a value in a column of choices; the last word holds.
meanings = Table(
    "meanings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("register", String(40), nullable=False),
    Column("header", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("meaning", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("day", String(10), nullable=False),
)

#: Headers that stood together in a sheet and were said to be a register; `headers` is a sorted JSON list, folded.
header_rows = Table(
    "header_rows",
    metadata,
    Column("register", String(40), primary_key=True),
    Column("headers", Text, primary_key=True),
)

#: A workbook that waits for answers: where its copy lies below the outbox, and the folded headers of its sheets (JSON).
asked = Table(
    "asked",
    metadata,
    Column("file", Text, primary_key=True),
    Column("copy", Text, nullable=False),
    Column("sheets", Text, nullable=False),
    Column("day", String(10), nullable=False),
)

#: One line of decisions.csv as it stands, closed periods included; `detail` holds what explain tells beside it.
decisions = Table(
    "decisions",
    metadata,
    Column("decision_id", String(40), primary_key=True),
    Column("period", String(7), nullable=False),
    Column("date", String(10), nullable=False),
    Column("unit", Text, nullable=False),
    Column("pack", String(40), nullable=False),
    Column("clause", String(20), nullable=False),
    Column("family", String(40), nullable=False),
    Column("effect", String(20), nullable=False),
    Column("staff_no", Text, nullable=False),
    Column("staff_name", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("amount", Integer),
    Column("points", Text, nullable=False),
    Column("occurrence", Integer),
    Column("status", String(20), nullable=False),
    Column("base_amount", Integer),
    Column("base_status", String(20), nullable=False),
    Column("reading", Text, nullable=False),
    Column("linked_to", String(40), nullable=False),
    Column("fact", Integer),
    Column("cell", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("binding", Text, nullable=False),
    Column("window", String(10), nullable=False),
    Column("due", String(10)),
    Column("detail", Text, nullable=False),
    Index("decisions_by_window", "unit", "binding", "window"),
    Index("decisions_by_period", "period"),
    Index("decisions_by_cause", "linked_to"),
    Index("decisions_by_fact", "fact"),
    Index("decisions_by_due", "due"),
    Index("decisions_by_effect", "effect", "period"),
    Index("decisions_by_status", "status"),
)

#: What a line said before a batch changed it (JSON of the decisions row); run = the batch that changed it.
#: reason: why it was withdrawn where neither a fact nor an answer did it.
superseded = Table(
    "superseded",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("decision_id", String(40), nullable=False, index=True),
    Column("run", Integer, nullable=False),
    Column("line", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
)

#: A manager's answer with the fingerprint of the line as it was published when the answer arrived.
answers = Table(
    "answers",
    metadata,
    Column("fact", Integer, primary_key=True),
    Column("decision_id", String(40), nullable=False, index=True),
    Column("verdict", String(10), nullable=False),
    Column("amount", Integer),
    Column("by", Text, nullable=False),
    Column("day", String(10), nullable=False),
    Column("fingerprint", String(16), nullable=False),
    Column("owner", Text, nullable=False, server_default=""),
    Column("clause", String(20), nullable=False),
    Column("staff_no", Text, nullable=False),
    Column("subject", Text, nullable=False),
)

#: What would have changed a decision: JSON of the sentences, each verified by deciding again.
turns = Table(
    "turns",
    metadata,
    Column("decision_id", String(40), primary_key=True),
    Column("told", Text, nullable=False),
)

#: A reminder that staff ticked off, with the day for which it was due then.
ticks = Table(
    "ticks",
    metadata,
    Column("decision_id", String(40), primary_key=True),
    Column("day", String(10), nullable=False),
    Column("by", Text, nullable=False),
    Column("done_on", String(10), nullable=False),
)

#: One batch. `journal` is the JSON list of moves that publish it; state: committed, published.
runs = Table(
    "runs",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("run", String(40), nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("journal", Text, nullable=False),
    Column("counts", Text, nullable=False),
)

#: One delivered workbook that was read.
workbooks = Table(
    "workbooks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Integer, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("status", String(10), nullable=False),
)

#: Closed months. rules: JSON of the rules and figures under which a month was closed, `{}` where they are not known.
periods = Table(
    "periods",
    metadata,
    Column("period", String(7), primary_key=True),
    Column("run", Integer, nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("rules", Text, nullable=False, server_default="{}"),
    Column("closed_by", Text, nullable=False, server_default=""),
    Column("in_the_way", Text, nullable=False, server_default="[]"),
)

#: Packs under which months were closed, each as it was then: the text of its file and, as
#: JSON, the figures and switches that the site set.
rules = Table(
    "rules",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("pack", String(40), nullable=False),
    Column("source", Text, nullable=False),
    Column("own", Text, nullable=False),
)

#: Lines of a month as they stood when it was closed, or an adjustment that was booked into it.
frozen = Table(
    "frozen",
    metadata,
    Column("period", String(7), primary_key=True),
    Column("decision_id", String(40), primary_key=True),
    Column("adjusts", String(40), nullable=False, index=True),
    Column("unit", Text, nullable=False),
    Column("staff_no", Text, nullable=False),
    Column("effect", String(20), nullable=False),
    Column("amount", Integer),
    Column("points", Text, nullable=False),
    Column("paid", Boolean, nullable=False),
    Column("held", Boolean, nullable=False, server_default=false()),
)

#: What a closed month took over (`in`) or left (`out`): unsigned fen of one decision still to be deducted.
carried = Table(
    "carried",
    metadata,
    Column("period", String(7), primary_key=True),
    Column("direction", String(3), primary_key=True),
    Column("staff_no", Text, primary_key=True),
    Column("decision_id", String(40), primary_key=True),
    Column("amount", Integer, nullable=False),
)

#: The last run that changed a month's deduction sheet, and a digest of its lines.
sheets = Table(
    "sheets",
    metadata,
    Column("period", String(7), primary_key=True),
    Column("run", String(40), nullable=False),
    Column("digest", String(64), nullable=False),
)

#: What an employee is told of his month in one unit, issued on a day. lines: JSON of what stands there (`NoticeLine`).
notices = Table(
    "notices",
    metadata,
    Column("notice_id", String(40), primary_key=True),
    Column("period", String(7), nullable=False),
    Column("unit", Text, nullable=False),
    Column("staff_no", Text, nullable=False),
    Column("issued", String(10), nullable=False),
    Column("corrects", String(40), nullable=False),
    Column("lines", Text, nullable=False),
    Index("notices_by_period", "period"),
)

#: That a notice was delivered: when, how, what the employee said, and who handed it over.
receipts = Table(
    "receipts",
    metadata,
    Column("notice_id", String(40), primary_key=True),
    Column("delivered", String(10), nullable=False),
    Column("way", Text, nullable=False),
    Column("opinion", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("remark", Text, nullable=False),
    Column("fact", Integer, nullable=False),
)

#: Messages about batches; receiver: digest of an address in site.toml. A message waits until a service took it.
messages = Table(
    "messages",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("run", String(40), nullable=False),
    Column("receiver", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("sent", Boolean, nullable=False, server_default=false()),
)

#: Small settings by name: digests of packs, the last as-of day.
state = Table(
    "state",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

#: A change of the rules that a manager proposed. units, value, impacts: JSON; fact, decided_in: rows of the rule book.
proposals = Table(
    "proposals",
    metadata,
    Column("number", String(12), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("pack", String(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("units", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("since", String(10), nullable=False),
    Column("told", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("day", String(10), nullable=False),
    Column("fact", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_on", String(10)),
    Column("decided_in", Integer),
    Column("tried", Text, nullable=False),
    Column("impacts", Text, nullable=False),
)
