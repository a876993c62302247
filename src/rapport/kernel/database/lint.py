"""What a migration must not do to a desk that is working: long locks, and breaking its elder.

For one version, processes of the release before work on the new database. So a release first
*expands* (adds what it needs), and a later one *contracts* (removes what nothing uses any more).
A statement that means to contract, or is harmless for a reason the lint cannot see, says so in a
comment before it: `-- contract: unused since 0012_operations`, `-- lint: a table of ten rows`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from rapport.kernel.database import statements
from rapport.kernel.database.ddl import OUTSIDE

_MARK: Final = re.compile(r"^\s*--\s*(contract|lint):\s*\S{3,}", re.MULTILINE)
_TABLE: Final = r"(?:ONLY )?(?:PUBLIC\.)?([A-Z_][A-Z0-9_]*)"
_VOLATILE: Final = re.compile(
    r"\bDEFAULT\b[^,]*\b(CLOCK_TIMESTAMP|GEN_RANDOM_UUID|UUIDV\d|RANDOM|NEXTVAL|TIMEOFDAY)\s*\("
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A statement that would hurt, and what to do instead."""

    statement: str
    says: str


@dataclass
class Known:
    """What this file and those before it have shown so far."""

    is_outside: bool = False
    fresh: set[str] = field(default_factory=set)
    """Tables made in this file: nobody uses them yet."""
    checked: set[tuple[str, str]] = field(default_factory=set)
    """Tables and columns of which a validated constraint says that they are not null."""
    loose: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Constraints `c IS NOT NULL` that are not validated yet: their table and column."""
    dropped: set[str] = field(default_factory=set)
    """Indexes dropped before they are built outside a transaction."""


def examine(sql: str, known: Known | None = None) -> list[Finding]:
    """Everything in a migration's file that would hurt a desk at work.

    `known` is what the files before it have shown; give the same one to each file in turn.
    """
    known = known or Known()
    known.is_outside = sql.startswith(OUTSIDE)
    known.fresh.clear()
    known.dropped.clear()
    found: list[Finding] = []
    for statement in statements.split(sql):
        text = statements.plain(statement)
        marked = _MARK.search(statement) is not None
        says = list(_complaints(text, known))  # a marked one is remembered all the same
        if not marked:
            found.extend(Finding(text[:160], one) for one in says)
    return found


def _complaints(text: str, known: Known) -> Iterator[str]:
    made = re.match(rf"CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?{_TABLE}", text)
    if made:
        known.fresh.add(made[1])
    table = re.match(rf"ALTER TABLE (?:IF EXISTS )?{_TABLE} (.*)", text)
    if table and table[1] not in known.fresh:
        for clause in _clauses(table[2]):
            yield from _in_table(table[1], clause, known)
    if text.startswith("CREATE") and " INDEX " in f" {text} ":
        yield from _index(text, known)
    if text.startswith("DROP "):
        yield from _drop(text, known)
    for pattern, says in _STATEMENTS:
        match = pattern.match(text)
        if match and (match[1] if match.re.groups else "") not in known.fresh:
            yield says
    if known.is_outside and not _may_run_again(text):
        yield "Outside a transaction every statement must be able to run again: IF (NOT) EXISTS."


_STATEMENTS: Final = (
    (
        re.compile(rf"(?:UPDATE|DELETE FROM) {_TABLE}"),
        "Rows of a table in use are changed in pieces, outside a transaction.",
    ),
    (re.compile(rf"LOCK (?:TABLE )?{_TABLE}"), "Take no lock of a table that is in use."),
    (re.compile(r"VACUUM FULL|CLUSTER|REINDEX (?!.*CONCURRENTLY)"), "This rewrites under a lock."),
    (
        re.compile(r"ALTER TYPE (?!.*ADD VALUE)"),
        "A type in use is not altered; make a new one beside it.",
    ),
    (
        re.compile(r"ALTER (?:VIEW|SEQUENCE|FUNCTION|INDEX|SCHEMA) .*RENAME TO"),
        "What has a name keeps it: the version before uses it. Add beside it, and contract later.",
    ),
)

_CLAUSES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (
        re.compile(r"ALTER (?:COLUMN )?\w+ (?:SET DATA )?TYPE"),
        "Changing a column's type rewrites the table: add a column, fill it, and contract later.",
    ),
    (
        re.compile(r"RENAME"),
        "What has a name keeps it: the version before uses it. Add beside it, and contract later.",
    ),
    (
        re.compile(r"DROP (?:COLUMN|CONSTRAINT)"),
        "The version before still uses it. Mark it `-- contract: …` when that is no longer so.",
    ),
    (re.compile(r"SET (?:UN)?LOGGED|SET TABLESPACE"), "This rewrites the table under a lock."),
    (
        re.compile(r"ADD CONSTRAINT \w+ (?:UNIQUE|PRIMARY KEY)(?! USING INDEX)"),
        "Build the index CONCURRENTLY first, then ADD CONSTRAINT … USING INDEX.",
    ),
    (
        re.compile(r"ADD (?:CONSTRAINT \w+ )?(?:FOREIGN KEY|CHECK)(?!.*NOT VALID)"),
        f"Add it NOT VALID, and VALIDATE it in the next file, `{OUTSIDE}`.",
    ),
    (
        re.compile(r"ADD (?:CONSTRAINT \w+ )?EXCLUDE"),
        "An exclusion constraint is built under a lock.",
    ),
)


def _in_table(table: str, clause: str, known: Known) -> Iterator[str]:
    for pattern, says in _CLAUSES:
        if pattern.match(clause):
            yield says
    if clause.startswith("VALIDATE") and not known.is_outside:
        yield f"This reads the whole table with locks still held: in the next file, `{OUTSIDE}`."
    _remember(table, clause, known)
    column = re.match(
        r"ADD (?:COLUMN )?(?:IF NOT EXISTS )?(?!CONSTRAINT|FOREIGN|CHECK|UNIQUE)", clause
    )
    if column and not clause.startswith(("ADD PRIMARY", "ADD EXCLUDE")):
        yield from _new_column(clause)
    demanded = re.match(r"ALTER (?:COLUMN )?(\w+) SET NOT NULL", clause)
    if demanded and (table, demanded[1]) not in known.checked:
        yield "First a validated CHECK (… IS NOT NULL): SET NOT NULL alone reads the whole table."


def _new_column(clause: str) -> Iterator[str]:
    if _VOLATILE.search(clause) or " STORED" in clause or re.search(r" (BIG|SMALL)?SERIAL", clause):
        yield "A value of its own for each row rewrites the table: add it empty, fill it in pieces."
    if "GENERATED " in clause and " AS IDENTITY" in clause:
        yield "An identity rewrites the table."
    if "NOT NULL" in clause and "DEFAULT" not in clause:
        yield "The version before does not fill it: NOT NULL needs a DEFAULT."
    if " REFERENCES " in clause or " UNIQUE" in clause or " PRIMARY KEY" in clause:
        yield "Add the column first, and the constraint by itself, NOT VALID or USING INDEX."


def _remember(table: str, clause: str, known: Known) -> None:
    """Note what says that a column is not null, and when that is sure."""
    loose = re.match(r"ADD CONSTRAINT (\w+) CHECK \((\w+) IS NOT NULL\) NOT VALID", clause)
    if loose:
        known.loose[loose[1]] = (table, loose[2])
    sure = re.match(r"VALIDATE CONSTRAINT (\w+)", clause)
    if sure and sure[1] in known.loose:
        known.checked.add(known.loose[sure[1]])


def _index(text: str, known: Known) -> Iterator[str]:
    target = re.match(
        rf"CREATE (?:UNIQUE )?INDEX (CONCURRENTLY )?(?:IF NOT EXISTS )?(\w+) ON {_TABLE}", text
    )
    if target is None or target[3] in known.fresh:
        return
    if not target[1]:
        yield f"Writers wait while it is built: CREATE INDEX CONCURRENTLY, `{OUTSIDE}`."
    elif not known.is_outside:
        yield f"CONCURRENTLY needs a file whose first line is `{OUTSIDE}`."
    elif target[2] not in known.dropped:
        yield "DROP INDEX CONCURRENTLY IF EXISTS before it: a broken attempt leaves an invalid one."


def _drop(text: str, known: Known) -> Iterator[str]:
    index = re.match(r"DROP INDEX (CONCURRENTLY )?IF EXISTS (\w+)", text)
    if index and index[1]:
        known.dropped.add(index[2])
        return
    yield "The version before still uses it. Mark it `-- contract: …` when that is no longer so."


_AGAIN: Final[Callable[[str], object]] = re.compile(
    r"(?:DROP INDEX CONCURRENTLY IF EXISTS|CREATE (?:UNIQUE )?INDEX CONCURRENTLY|"
    r"ALTER TABLE \S+ VALIDATE CONSTRAINT|DO ''|CALL |UPDATE |ANALYZE|VACUUM)"
).match


def _may_run_again(text: str) -> bool:
    return bool(_AGAIN(text))


def _clauses(text: str) -> Iterator[str]:
    """The parts of an ALTER TABLE, which commas outside brackets separate."""
    depth, begin = 0, 0
    for at, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            yield text[begin:at].strip()
            begin = at + 1
    yield text[begin:].strip()
