keep_rejected_message(
    in_workspace uuid, rejected_id uuid, in_conversation uuid, author_kind text, author_id uuid,
    its_client_id text, its_payload text, its_reason text, at timestamptz
) RETURNS boolean LANGUAGE plpgsql AS $$
-- Put a message aside that the database refused, and tell the team by a note where it belongs.
-- Nothing is kept of a message to a conversation that is not its author's.
BEGIN
    IF NOT EXISTS (
        SELECT FROM conversations c
        WHERE c.workspace_id = in_workspace AND c.id = in_conversation
          AND (keep_rejected_message.author_kind <> 'customer'
               OR keep_rejected_message.author_id IN (c.customer_id, c.visitor_id))
    ) THEN
        RETURN false;
    END IF;
    INSERT INTO rejected_messages AS r (
        workspace_id, id, conversation_id, client_id, payload, reason, attempts, created_at
    ) VALUES (
        in_workspace, rejected_id, in_conversation, its_client_id, its_payload, its_reason, 1, at
    )
    ON CONFLICT (workspace_id, conversation_id, client_id)
        DO UPDATE SET attempts = r.attempts + 1, reason = excluded.reason;
    PERFORM ingest_messages(jsonb_build_array(jsonb_build_object(
        'workspace_id', in_workspace, 'conversation_id', in_conversation, 'id', rejected_id,
        'kind', 'note', 'author_kind', 'system', 'author_name', 'Rapport',
        'body', 'A message arrived that could not be stored. It is kept under rejected messages.',
        'html', '<p>A message arrived that could not be stored. It is kept under rejected messages.</p>',
        'preview', 'A message arrived that could not be stored.',
        'client_id', 'rejected:' || its_client_id
    )), at);
    RETURN true;
END $$
