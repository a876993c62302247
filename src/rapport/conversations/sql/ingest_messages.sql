ingest_messages(messages_in jsonb, at timestamptz) RETURNS TABLE (
    place integer, message_id uuid, seq integer, created_at timestamptz,
    body text, html text, is_duplicate boolean
) LANGUAGE plpgsql AS $$
-- Store many messages of any workspaces in one statement: order, conversation, events, once each.
--
-- A message whose client_id its conversation already has yields the row stored before. A message for
-- a conversation that does not exist, or that belongs to another customer than its author, yields
-- no row at all. `place` counts from 1 in the order of the input; body and html come for duplicates.
#variable_conflict use_column
BEGIN
    -- Always in the same order, so that two batches cannot wait for each other.
    PERFORM FROM conversations c
    WHERE (c.workspace_id, c.id) IN (
        SELECT i.workspace_id, i.conversation_id
        FROM jsonb_to_recordset(messages_in) AS i (workspace_id uuid, conversation_id uuid)
    )
    ORDER BY c.workspace_id, c.id
    FOR NO KEY UPDATE;

    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT i.*, c.customer_id, c.last_seq, c.status
        FROM ROWS FROM (jsonb_to_recordset(messages_in) AS (
            workspace_id uuid, conversation_id uuid, id uuid, kind text, author_kind text,
            author_id uuid, author_name text, body text, html text, preview text, cards jsonb,
            attachment_ids uuid[], answer_id uuid, client_id text, by_visitor boolean
        )) WITH ORDINALITY AS i (
            workspace_id, conversation_id, id, kind, author_kind,
            author_id, author_name, body, html, preview, cards,
            attachment_ids, answer_id, client_id, by_visitor, place
        )
        JOIN conversations c ON c.workspace_id = i.workspace_id AND c.id = i.conversation_id
        WHERE i.author_kind <> 'customer' OR CASE
            WHEN i.by_visitor THEN i.author_id = coalesce(c.visitor_id, c.customer_id)
            ELSE i.author_id = c.customer_id OR EXISTS (
                SELECT FROM customers m
                WHERE m.workspace_id = i.workspace_id AND m.id = i.author_id
                  AND m.merged_into_id = c.customer_id
            )
        END
    ), first AS MATERIALIZED (
        SELECT DISTINCT ON (g.workspace_id, g.conversation_id, coalesce(g.client_id, g.id::text))
            g.*
        FROM given g
        WHERE NOT EXISTS (
            SELECT FROM messages m
            WHERE m.workspace_id = g.workspace_id AND m.conversation_id = g.conversation_id
              AND m.client_id = g.client_id
        )
        ORDER BY g.workspace_id, g.conversation_id, coalesce(g.client_id, g.id::text), g.place
    ), fresh AS MATERIALIZED (
        SELECT f.*, f.last_seq + row_number() OVER (
            PARTITION BY f.workspace_id, f.conversation_id ORDER BY f.place
        )::integer AS seq
        FROM first f
    ), stored AS (
        INSERT INTO messages (
            workspace_id, conversation_id, seq, id, kind, author_kind, author_id, author_name,
            body, html, cards, attachment_ids, answer_id, client_id, created_at
        )
        SELECT f.workspace_id, f.conversation_id, f.seq, f.id, f.kind, f.author_kind, f.author_id,
            CASE WHEN f.author_kind = 'customer' AND coalesce(f.author_name, '') = '' THEN (
                SELECT u.name FROM customers u
                WHERE u.workspace_id = f.workspace_id AND u.id = f.author_id
            ) ELSE coalesce(f.author_name, '') END, f.body, f.html, coalesce(f.cards, '[]'),
            coalesce(f.attachment_ids, '{}'), f.answer_id, f.client_id, at
        FROM fresh f
        ORDER BY f.workspace_id, f.conversation_id, f.seq
    ), sums AS MATERIALIZED (
        SELECT f.workspace_id, f.conversation_id,
            max(f.seq) AS last_seq,
            max(f.seq) FILTER (WHERE f.kind <> 'note') AS public_seq,
            max(f.seq) FILTER (WHERE f.author_kind = 'customer') AS customer_seq,
            max(f.seq) FILTER (
                WHERE f.kind = 'message' AND f.author_kind IN ('agent', 'assistant')
            ) AS answer_seq,
            bool_or(f.kind = 'message' AND f.author_kind = 'agent') AS person_joined,
            max(f.status) AS status
        FROM fresh f
        GROUP BY f.workspace_id, f.conversation_id
    ), changed AS (
        UPDATE conversations c SET
            last_seq = s.last_seq,
            public_seq = coalesce(s.public_seq, c.public_seq),
            preview = l.preview,
            preview_kind = CASE WHEN l.kind = 'note' THEN 'note' ELSE l.author_kind END,
            public_preview = coalesce(p.preview, c.public_preview),
            last_activity_at = greatest(at, c.last_activity_at),
            public_activity_at = CASE
                WHEN s.public_seq IS NULL THEN c.public_activity_at
                ELSE greatest(at, c.public_activity_at)
            END,
            waiting_since = CASE
                WHEN coalesce(s.customer_seq, 0) > coalesce(s.answer_seq, 0)
                    THEN CASE WHEN s.answer_seq IS NULL THEN coalesce(c.waiting_since, at) ELSE at END
                WHEN s.answer_seq IS NOT NULL THEN NULL
                ELSE c.waiting_since
            END,
            status = CASE WHEN s.customer_seq IS NULL THEN c.status ELSE 'open' END,
            snoozed_until = CASE WHEN s.customer_seq IS NULL THEN c.snoozed_until END,
            resolved_at = CASE WHEN s.customer_seq IS NULL THEN c.resolved_at END,
            handler = CASE WHEN s.person_joined THEN 'agent' ELSE c.handler END,
            customer_seen_seq = greatest(c.customer_seen_seq, s.customer_seq),
            version = c.version + 1
        FROM sums s
        JOIN fresh l ON l.workspace_id = s.workspace_id
            AND l.conversation_id = s.conversation_id AND l.seq = s.last_seq
        LEFT JOIN fresh p ON p.workspace_id = s.workspace_id
            AND p.conversation_id = s.conversation_id AND p.seq = s.public_seq
        WHERE c.workspace_id = s.workspace_id AND c.id = s.conversation_id
    ), facts AS (
        SELECT f.workspace_id, f.conversation_id, f.author_kind, f.author_id, f.place, 1 AS part,
            'conversations.message_added' AS name,
            jsonb_build_object(
                'conversation_id', f.conversation_id, 'message_id', f.id, 'seq', f.seq,
                'kind', f.kind, 'author_kind', f.author_kind
            ) AS payload
        FROM fresh f
        UNION ALL
        SELECT f.workspace_id, f.conversation_id, f.author_kind, f.author_id, f.place, 2,
            'conversations.status_changed',
            jsonb_build_object(
                'conversation_id', f.conversation_id, 'previous', f.status, 'status', 'open',
                'snoozed_until', NULL
            )
        FROM fresh f JOIN sums s USING (workspace_id, conversation_id)
        WHERE f.seq = s.customer_seq AND s.status <> 'open'
        UNION ALL
        SELECT f.workspace_id, f.conversation_id, f.author_kind, f.author_id, f.place, 3,
            'conversations.handler_changed',
            jsonb_build_object(
                'conversation_id', f.conversation_id, 'previous', c.handler, 'handler', 'agent'
            )
        FROM fresh f JOIN sums s USING (workspace_id, conversation_id)
        JOIN conversations c ON c.workspace_id = f.workspace_id AND c.id = f.conversation_id
        WHERE s.person_joined AND f.seq = s.answer_seq AND c.handler <> 'agent'
    ), announced AS (
        INSERT INTO events (workspace_id, name, actor, subject_id, payload, created_at)
        SELECT e.workspace_id, e.name, e.author_kind || ':' || coalesce(e.author_id::text, ''),
            e.conversation_id, e.payload, at
        FROM facts e
        ORDER BY e.place, e.part
    )
    SELECT g.place::integer, coalesce(f.id, m.id), coalesce(f.seq, m.seq),
        coalesce(m.created_at, at), m.body, m.html, f.id IS NULL OR f.place <> g.place
    FROM given g
    LEFT JOIN fresh f ON f.workspace_id = g.workspace_id
        AND f.conversation_id = g.conversation_id
        AND coalesce(f.client_id, f.id::text) = coalesce(g.client_id, g.id::text)
    LEFT JOIN messages m ON f.id IS NULL AND m.workspace_id = g.workspace_id
        AND m.conversation_id = g.conversation_id AND m.client_id = g.client_id;
END $$
