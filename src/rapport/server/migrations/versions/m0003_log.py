"""The log, its readers' cursors and dead letters, jobs, and runs of actions."""

from alembic import op
from procrastinate.schema import SchemaManager

from rapport.kernel.actions.models import ActionRun
from rapport.kernel.database.ddl import create, define, grant, run
from rapport.kernel.database.engine import APPLICATION_ROLE
from rapport.kernel.events.models import DeadLetter, EventRow, ReaderBlock, ReaderCursor

revision = "0003_log"
down_revision = "0002_auth"
branch_labels = None
depends_on = None

ROW = """workspace_id uuid, tx bigint, id bigint, name text, actor text, subject_id uuid,
    payload jsonb, created_at timestamptz"""
COLUMNS = "e.workspace_id, e.tx, e.id, e.name, e.actor, e.subject_id, e.payload, e.created_at"

HORIZON = """log_horizon() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint
$$"""

STATE = """log_state() RETURNS TABLE (horizon bigint, tx bigint, id bigint)
LANGUAGE sql STABLE AS $$
    SELECT log_horizon(), coalesce(last.tx, 0), coalesce(last.id, 0)
    FROM (SELECT) one
    LEFT JOIN (SELECT e.tx, e.id FROM events e ORDER BY e.tx DESC, e.id DESC LIMIT 1) last ON true
$$"""

AFTER = f"""log_after(after_tx bigint, after_id bigint, only_names text[], up_to integer)
RETURNS TABLE ({ROW}) LANGUAGE sql STABLE AS $$
    SELECT {COLUMNS} FROM events e
    WHERE (e.tx, e.id) > (after_tx, after_id) AND e.tx < log_horizon()
      AND (only_names IS NULL OR e.name = ANY (only_names))
    ORDER BY e.tx, e.id LIMIT up_to
$$"""  # noqa: S608 - constants of this file

RECENT = f"""log_recent(after_tx bigint, after_id bigint, seen bigint[], up_to integer)
RETURNS TABLE ({ROW}) LANGUAGE sql STABLE AS $$
    SELECT {COLUMNS} FROM events e
    WHERE (e.tx, e.id) > (after_tx, after_id) AND e.id <> ALL (seen)
    ORDER BY e.tx, e.id LIMIT up_to
$$"""  # noqa: S608 - constants of this file

BLOCKS = """log_blocks(of_reader text)
RETURNS TABLE (workspace_id uuid, tx bigint, id bigint, attempts integer, retry_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT b.workspace_id, b.tx, b.id, b.attempts, b.retry_at
    FROM reader_blocks b WHERE b.reader = of_reader ORDER BY b.retry_at
$$"""

REPLAY = """log_replay(of_reader text, from_tx bigint, from_id bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reader_cursors c SET tx = from_tx, id = from_id, updated_at = now()
    WHERE c.reader = of_reader;
    IF NOT FOUND THEN RETURN false; END IF;
    DELETE FROM reader_blocks b WHERE b.reader = of_reader;
    RETURN true;
END $$"""

DEAD_LETTERS = """log_dead_letters(up_to integer)
RETURNS TABLE (workspace_id uuid, id uuid, reader text, name text, error text, attempts integer,
    created_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT d.workspace_id, d.id, d.reader, d.name, d.error, d.attempts, d.created_at
    FROM dead_letters d ORDER BY d.created_at DESC LIMIT up_to
$$"""

DEAD_LETTER_WORKSPACE = """log_dead_letter_workspace(letter uuid) RETURNS uuid
LANGUAGE sql STABLE AS $$ SELECT d.workspace_id FROM dead_letters d WHERE d.id = letter $$"""

WORKSPACES = """all_workspaces() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT w.id FROM workspaces w ORDER BY w.id
$$"""

# A dump restored into a new cluster starts to count transactions anew, and would write behind the
# readers' cursors. Moving all positions back by the same distance keeps every order there is.
REBASE = """log_rebase() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    ahead bigint;
BEGIN
    SELECT coalesce(max(e.tx), 0) - pg_current_xact_id()::text::bigint + 1 INTO ahead FROM events e;
    IF ahead <= 1 THEN RETURN 0; END IF;
    LOCK TABLE events IN ACCESS EXCLUSIVE MODE;
    UPDATE events e SET tx = e.tx - ahead, horizon = e.horizon - ahead;
    UPDATE reader_cursors c SET tx = c.tx - ahead;
    UPDATE reader_blocks b SET tx = b.tx - ahead;
    UPDATE dead_letters d SET event_tx = d.event_tx - ahead;
    RETURN ahead;
END $$"""


def upgrade() -> None:
    """Create them."""
    create(op, EventRow, ReaderCursor, ReaderBlock, DeadLetter, ActionRun)
    grant(op, "events", "SELECT, INSERT")
    grant(op, "reader_cursors", "SELECT, INSERT, UPDATE")
    for function in (HORIZON, STATE, AFTER, RECENT, BLOCKS, REPLAY):
        define(op, function)
    for function in (DEAD_LETTERS, DEAD_LETTER_WORKSPACE, WORKSPACES, REBASE):
        define(op, function)
    _jobs()


def _jobs() -> None:
    """Procrastinate's own schema, without its NOTIFY inside the transaction.

    That would make all commits wait for each other; jobs announce themselves after the commit.
    """
    run(op, SchemaManager.get_schema())
    run(op, "DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs")
    tables = "procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers"
    run(
        op,
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables}, procrastinate_events "
        f"TO {APPLICATION_ROLE}",
    )
    run(
        op,
        "GRANT USAGE, SELECT ON SEQUENCE procrastinate_jobs_id_seq, "
        f"procrastinate_periodic_defers_id_seq, procrastinate_events_id_seq TO {APPLICATION_ROLE}",
    )


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
