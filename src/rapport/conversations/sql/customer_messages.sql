customer_messages(
    in_workspace uuid, family uuid[], before_at timestamptz, before_id uuid, up_to integer
) RETURNS TABLE (
    id uuid, conversation_id uuid, seq integer, kind text, author_kind text, author_id uuid,
    author_name text, body text, created_at timestamptz, customer_id uuid
) LANGUAGE plpgsql STABLE AS $$
-- The newest messages of some customers, in whichever conversations, before a place: more than
-- `up_to` may come, in no order, and the newest `up_to` are among them. Conversations are looked at
-- by their last activity, until no other one can hold anything newer than what is found.
DECLARE
    talk record;
    found timestamptz[] := '{}';
    fresh timestamptz[];
BEGIN
    FOR talk IN
        SELECT c.id, c.customer_id, c.last_activity_at
        FROM conversation_starts s
        JOIN conversations c ON c.workspace_id = s.workspace_id AND c.id = s.conversation_id
        WHERE s.workspace_id = in_workspace AND s.customer_id = ANY(family)
          AND (before_at IS NULL OR c.created_at <= before_at)
        ORDER BY c.last_activity_at DESC
    LOOP
        EXIT WHEN cardinality(found) >= up_to AND talk.last_activity_at < found[up_to];
        RETURN QUERY
        SELECT m.id, m.conversation_id, m.seq, m.kind, m.author_kind, m.author_id, m.author_name,
            left(m.body, 500), m.created_at, talk.customer_id
        FROM messages m
        WHERE m.workspace_id = in_workspace AND m.conversation_id = talk.id AND m.kind <> 'system'
          AND (before_at IS NULL OR (m.created_at, m.id) < (before_at, before_id))
        ORDER BY m.seq DESC LIMIT up_to;
        fresh := ARRAY(
            SELECT m.created_at FROM messages m
            WHERE m.workspace_id = in_workspace AND m.conversation_id = talk.id
              AND m.kind <> 'system'
              AND (before_at IS NULL OR (m.created_at, m.id) < (before_at, before_id))
            ORDER BY m.seq DESC LIMIT up_to
        );
        found := ARRAY(SELECT at FROM unnest(found || fresh) AS at ORDER BY at DESC LIMIT up_to);
    END LOOP;
END $$
