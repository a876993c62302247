-- What agents answered in solved conversations answers others, without anything of anybody's in it.

CREATE TABLE solved_conversations (
    customer_id UUID NOT NULL,
    inbox_id UUID NOT NULL,
    solved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    locale TEXT NOT NULL,
    reply_seq INTEGER,
    fingerprint BYTEA,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_solved_conversations PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_solved_conversations_workspace_id_id FOREIGN KEY(workspace_id, id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_solved_conversations_workspace_id_customer_id FOREIGN KEY(workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_solved_conversations_workspace_id_inbox_id FOREIGN KEY(workspace_id, inbox_id) REFERENCES inboxes (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_solved_conversations_state_known CHECK (state IN ('queued', 'waiting', 'in_use', 'refused')),
    CONSTRAINT ck_solved_conversations_refused_for_a_reason CHECK ((state = 'refused') = (reason <> '')),
    CONSTRAINT ck_solved_conversations_told_or_empty CHECK ((state IN ('waiting', 'in_use')) = (answer <> '')),
    CONSTRAINT fk_solved_conversations_workspace_id_workspaces FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_solved_conversations_answer ON solved_conversations (workspace_id, fingerprint);
CREATE INDEX ix_solved_conversations_customer ON solved_conversations (workspace_id, customer_id);
CREATE INDEX ix_solved_conversations_inbox ON solved_conversations (workspace_id, inbox_id);
CREATE INDEX ix_solved_conversations_state ON solved_conversations (workspace_id, state, solved_at, id);
ALTER TABLE solved_conversations ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON solved_conversations USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON solved_conversations FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON solved_conversations TO rapport_app;

CREATE TABLE solved_runs (
    workspace_id UUID NOT NULL,
    state TEXT NOT NULL,
    total INTEGER NOT NULL,
    looked INTEGER NOT NULL,
    place_at TIMESTAMP WITH TIME ZONE,
    place_id UUID,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_solved_runs PRIMARY KEY (workspace_id),
    CONSTRAINT ck_solved_runs_state_known CHECK (state IN ('running', 'stopping', 'done', 'cancelled')),
    CONSTRAINT fk_solved_runs_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE solved_runs ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON solved_runs USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON solved_runs FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON solved_runs TO rapport_app;

-- contract: the check below allows what it allowed, and one kind more
ALTER TABLE source_documents DROP CONSTRAINT ck_source_documents_kind_known;
-- lint: the check before it held for every row, so none can fail; a knowledge base has few rows
ALTER TABLE source_documents ADD CONSTRAINT ck_source_documents_kind_known CHECK (kind IN ('page', 'file', 'snippet', 'solved'));

-- All that is searched, and when it last changed.
CREATE OR REPLACE VIEW documents WITH (security_invoker = true) AS
SELECT workspace_id, id, 'article'::text AS kind, collection_id, title, slug, NULL::text AS url, locale,
    'public'::text AS audience, word_count, body, updated_at
FROM articles WHERE status = 'published'
UNION ALL
SELECT workspace_id, id, kind, NULL::uuid, title, ''::text, url, locale, audience, word_count, body, updated_at
FROM source_documents;

-- Whatever deletes what came of a conversation, its document goes along, with all parts and terms.
CREATE FUNCTION forget_solved_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM source_documents WHERE workspace_id = OLD.workspace_id AND id = OLD.id AND kind = 'solved';
    RETURN NULL;
END
$$;
CREATE TRIGGER forgotten AFTER DELETE ON solved_conversations FOR EACH ROW EXECUTE FUNCTION forget_solved_conversation();
