-- outside a transaction
-- What takes long on a large table: an index, filling a column in pieces, a look at every row.

DROP INDEX CONCURRENTLY IF EXISTS ix_messages_language;
CREATE INDEX CONCURRENTLY ix_messages_language ON messages (workspace_id, language);
DO $$
DECLARE
    filled integer;
BEGIN
    LOOP
        UPDATE messages SET language = 'en' WHERE ctid IN (
            SELECT ctid FROM messages WHERE language IS NULL LIMIT 1000 FOR UPDATE SKIP LOCKED
        );
        GET DIAGNOSTICS filled = ROW_COUNT;
        COMMIT;
        EXIT WHEN filled = 0;
    END LOOP;
END $$;
ALTER TABLE messages VALIDATE CONSTRAINT ck_messages_language;
