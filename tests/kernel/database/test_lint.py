"""What the lint says about migrations, and that ours pass it."""

import pytest

from rapport.kernel.database.ddl import OUTSIDE
from rapport.kernel.database.lint import Known, examine
from rapport.kernel.database.statements import split
from rapport.server.migrate import SCRIPTS

SINCE = "m0009"
"""Migrations before this one were made when there was no desk to keep working."""

HARMFUL = {
    "ALTER TABLE messages ALTER COLUMN seq TYPE bigint": "rewrites the table",
    "ALTER TABLE messages ADD COLUMN code uuid DEFAULT gen_random_uuid()": "rewrites the table",
    "ALTER TABLE messages ADD COLUMN at timestamptz DEFAULT clock_timestamp() NOT NULL": "rewrites",
    "ALTER TABLE messages ADD words tsvector GENERATED ALWAYS AS (f(body)) STORED": "rewrites",
    "ALTER TABLE messages ADD COLUMN n bigserial": "rewrites the table",
    "ALTER TABLE messages ADD COLUMN a int, ADD COLUMN b int NOT NULL": "needs a DEFAULT",
    "ALTER TABLE messages ADD COLUMN u uuid REFERENCES users (id)": "constraint by itself",
    "ALTER TABLE messages ALTER COLUMN body SET NOT NULL": "First a validated CHECK",
    "ALTER TABLE messages ADD CONSTRAINT c CHECK (seq > 0)": "NOT VALID",
    "ALTER TABLE messages ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES users (id)": "NOT VALID",
    "ALTER TABLE messages ADD CONSTRAINT u UNIQUE (a)": "USING INDEX",
    "ALTER TABLE messages DROP COLUMN body": "still uses it",
    "ALTER TABLE public.messages RENAME COLUMN body TO text": "keeps it",
    "ALTER TABLE messages RENAME TO letters": "keeps it",
    "DROP TABLE messages": "still uses it",
    "DROP FUNCTION ingest_messages": "still uses it",
    "ALTER TYPE procrastinate_job_status RENAME VALUE 'todo' TO 'open'": "not altered",
    "CREATE INDEX i ON messages (seq)": "CONCURRENTLY",
    "CREATE UNIQUE INDEX i ON messages (seq)": "CONCURRENTLY",
    "CREATE INDEX CONCURRENTLY i ON messages (seq)": "needs a file",
    "UPDATE messages SET body = ''": "in pieces",
    "DELETE FROM messages": "in pieces",
    "LOCK TABLE messages": "no lock",
    "ALTER TABLE messages VALIDATE CONSTRAINT c": "in the next file",
    "ALTER TABLE messages SET UNLOGGED": "rewrites",
    f"{OUTSIDE}\nCREATE INDEX CONCURRENTLY i ON messages (seq)": "DROP INDEX CONCURRENTLY",
    f"{OUTSIDE}\nALTER TABLE messages ADD COLUMN a int": "run again",
}

HARMLESS = [
    "ALTER TABLE messages ADD COLUMN a text DEFAULT '' NOT NULL, ADD COLUMN b numeric(4, 2)",
    "ALTER TABLE messages ADD COLUMN at timestamptz DEFAULT now() NOT NULL",
    "CREATE TABLE t (a int NOT NULL); CREATE INDEX i ON t (a); UPDATE t SET a = 1;"
    " ALTER TABLE t ALTER COLUMN a TYPE bigint; ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)",
    "ALTER TABLE messages ADD CONSTRAINT c CHECK (seq > 0) NOT VALID",
    f"{OUTSIDE}\nALTER TABLE messages VALIDATE CONSTRAINT c",
    "-- contract: 0012 was the last to read it\nALTER TABLE messages DROP COLUMN body",
    "-- lint: ten rows at most\nUPDATE inboxes SET name = ''",
    "CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM messages; $$",
    "CREATE FUNCTION f() RETURNS void AS $b$ BEGIN DROP TABLE messages; END $b$ LANGUAGE plpgsql;"
    " ALTER FUNCTION f SECURITY DEFINER",
    f"{OUTSIDE}\nDROP INDEX CONCURRENTLY IF EXISTS i;\nCREATE INDEX CONCURRENTLY i ON t (a);",
]


@pytest.mark.parametrize("sql", HARMFUL)
def test_what_would_hurt_a_working_desk_is_found(sql: str) -> None:
    found = examine(sql)

    assert any(HARMFUL[sql] in finding.says for finding in found), found


@pytest.mark.parametrize("sql", HARMLESS)
def test_what_does_not_hurt_is_let_pass(sql: str) -> None:
    assert examine(sql) == []


def test_not_null_is_demanded_once_a_validated_constraint_has_said_so() -> None:
    add = "ALTER TABLE messages ADD CONSTRAINT c CHECK (body IS NOT NULL) NOT VALID"
    validate = f"{OUTSIDE}\nALTER TABLE messages VALIDATE CONSTRAINT c"
    demand = "ALTER TABLE messages ALTER COLUMN body SET NOT NULL"
    in_order, too_early = Known(), Known()

    assert [examine(sql, in_order) for sql in (add, validate, demand)] == [[], [], []]
    assert examine(add, too_early) == []
    assert examine(demand, too_early) != []


def test_our_migrations_let_a_desk_go_on_working() -> None:
    known = Known()
    found = {
        path.name: findings
        for path in sorted((SCRIPTS / "versions").glob("m*.sql"))
        if path.stem >= SINCE and (findings := examine(path.read_text("utf-8"), known))
    }

    assert found == {}


def test_a_file_is_taken_apart_where_its_statements_end() -> None:
    sql = """
        -- one; two
        SELECT 'a;b', "c;d" /* ; */;
        CREATE FUNCTION f() AS $x$ BEGIN; $$;$$ END; $x$;
        SELECT 'it''s;'
    """

    assert [statement.split()[-1] for statement in split(sql)] == ["*/", "$x$", "'it''s;'"]
