search_conversations(
    in_workspace uuid, words tsquery, after_at timestamptz, after_id uuid, up_to integer
) RETURNS TABLE (conversation_id uuid, active_at timestamptz) LANGUAGE plpgsql AS $$
-- Conversations that contain the words, most recently active first.
--
-- Words that one conversation in a hundred has fill a page from the 3,000 latest, long before the
-- index would have listed them all. Where those hold some but not enough, ten times as many are
-- read: cheaper than fetching the thousands the index would list. Of rarer words the index lists
-- few, and of words that were common long ago many: those pay for it (decision 0009). (The planner's
-- estimates do not help to choose: it knows little of unfinished words.) Statements are built with
-- their values, so that none is planned for other words.
DECLARE
    ids uuid[];
    ats timestamptz[];
    depth integer;
    since CONSTANT text := CASE WHEN after_at IS NULL THEN 'true' ELSE format(
        '(d.active_at, d.conversation_id) < (%L::timestamptz, %L::uuid)', after_at, after_id
    ) END;
BEGIN
    FOREACH depth IN ARRAY ARRAY[3000, 30000] LOOP
        EXECUTE format(
            'SELECT array_agg(f.conversation_id), array_agg(f.active_at) FROM (
                SELECT d.conversation_id, d.active_at FROM (
                    SELECT d.* FROM search_documents d WHERE d.workspace_id = %L AND %s
                    ORDER BY d.active_at DESC, d.conversation_id DESC LIMIT %s
                ) d WHERE d.document @@ %L::tsquery
                ORDER BY d.active_at DESC, d.conversation_id DESC LIMIT %s
            ) f', in_workspace, since, depth, words, up_to
        ) INTO ids, ats;
        IF cardinality(ids) = up_to THEN
            RETURN QUERY SELECT f.id, f.at FROM unnest(ids, ats) AS f (id, at);
            RETURN;
        END IF;
        EXIT WHEN coalesce(cardinality(ids), 0) < 3;
    END LOOP;
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
