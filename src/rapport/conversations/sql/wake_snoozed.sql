wake_snoozed(at timestamptz, up_to integer) RETURNS integer LANGUAGE plpgsql AS $$
-- Reopen conversations of all workspaces whose time has come; how many there were.
DECLARE
    woken integer;
BEGIN
    WITH due AS MATERIALIZED (
        SELECT c.workspace_id, c.id FROM conversations c
        WHERE c.status = 'snoozed' AND c.snoozed_until <= at
        ORDER BY c.snoozed_until
        LIMIT up_to
        FOR UPDATE SKIP LOCKED
    ), awake AS (
        UPDATE conversations c
        SET status = 'open', snoozed_until = NULL, last_activity_at = at, version = c.version + 1
        FROM due d
        WHERE c.workspace_id = d.workspace_id AND c.id = d.id
        RETURNING c.workspace_id, c.id
    ), announced AS (
        INSERT INTO events (workspace_id, name, actor, subject_id, payload, created_at)
        SELECT a.workspace_id, 'conversations.status_changed',
            'system:00000000-0000-0000-0000-000000000000', a.id,
            jsonb_build_object(
                'conversation_id', a.id, 'previous', 'snoozed', 'status', 'open',
                'snoozed_until', NULL
            ), at
        FROM awake a
        RETURNING 1
    )
    SELECT count(*) INTO woken FROM announced;
    RETURN woken;
END $$
