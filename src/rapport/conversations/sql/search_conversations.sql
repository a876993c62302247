search_conversations(
    in_workspace uuid, words tsquery, after_at timestamptz, after_id uuid, up_to integer
) RETURNS TABLE (conversation_id uuid, active_at timestamptz) LANGUAGE plpgsql AS $$
-- Conversations that contain the words, most recently active first.
--
-- Words that one conversation in a hundred has fill a page from the 3,000 latest, long before the
-- index would have listed them all. Of rarer words the index lists at most thousands to sort. (The
-- planner's estimates do not help to choose: it knows little of unfinished words.) Statements are
-- built with their values, so that none is planned for other words.
DECLARE
    ids uuid[];
    ats timestamptz[];
    since CONSTANT text := CASE WHEN after_at IS NULL THEN 'true' ELSE format(
        '(d.active_at, d.conversation_id) < (%L::timestamptz, %L::uuid)', after_at, after_id
    ) END;
BEGIN
    EXECUTE format(
        'SELECT array_agg(f.conversation_id), array_agg(f.active_at) FROM (
            SELECT d.conversation_id, d.active_at FROM (
                SELECT d.* FROM search_documents d WHERE d.workspace_id = %L AND %s
                ORDER BY d.active_at DESC, d.conversation_id DESC LIMIT 3000
            ) d WHERE d.document @@ %L::tsquery
            ORDER BY d.active_at DESC, d.conversation_id DESC LIMIT %s
        ) f', in_workspace, since, words, up_to
    ) INTO ids, ats;
    IF cardinality(ids) = up_to THEN
        RETURN QUERY SELECT f.id, f.at FROM unnest(ids, ats) AS f (id, at);
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format(
        'WITH found AS MATERIALIZED (
            SELECT d.workspace_id, d.conversation_id, d.active_at
            FROM search_documents d WHERE d.document @@ %L::tsquery
        )
        SELECT d.conversation_id, d.active_at FROM found d
        WHERE d.workspace_id = %L AND %s
        ORDER BY d.active_at DESC, d.conversation_id DESC LIMIT %s',
        words, in_workspace, since, up_to
    );
END $$
