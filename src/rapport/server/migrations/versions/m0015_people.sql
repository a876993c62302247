-- People: how addresses came to be known, what was decided and changed, who may be the same, what programs tell.

ALTER TABLE customers
    ADD COLUMN preferences JSONB DEFAULT '{}' NOT NULL,
    ADD COLUMN status TEXT,
    ADD COLUMN value NUMERIC(16, 2),
    ADD COLUMN own JSONB;

ALTER TABLE identities
    ADD COLUMN verified_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN verified_by TEXT,
    ADD COLUMN source TEXT DEFAULT 'unknown' NOT NULL,
    ADD COLUMN is_shared BOOLEAN DEFAULT false NOT NULL;

ALTER TABLE consents
    ADD COLUMN channel TEXT DEFAULT '' NOT NULL,
    ADD COLUMN is_granted BOOLEAN DEFAULT true NOT NULL,
    ADD COLUMN words TEXT DEFAULT '' NOT NULL,
    ADD COLUMN proof JSONB DEFAULT '{}' NOT NULL,
    ADD COLUMN actor TEXT DEFAULT '' NOT NULL,
    ADD COLUMN actor_name TEXT DEFAULT '' NOT NULL;

ALTER TABLE customer_merges
    ADD COLUMN form SMALLINT DEFAULT 1 NOT NULL,
    ADD COLUMN rule TEXT DEFAULT 'person' NOT NULL,
    ADD COLUMN actor_name TEXT DEFAULT '' NOT NULL;

ALTER TABLE timeline_items
    ADD COLUMN data JSONB DEFAULT '{}' NOT NULL,
    ADD COLUMN actor TEXT DEFAULT '' NOT NULL,
    ADD COLUMN actor_name TEXT DEFAULT '' NOT NULL;

CREATE TABLE identity_claims (
    customer_id UUID NOT NULL,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    source TEXT NOT NULL,
    verified_at TIMESTAMP WITH TIME ZONE,
    verified_by TEXT,
    is_shared BOOLEAN DEFAULT false NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_identity_claims PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_identity_claims_workspace_id_customer_id FOREIGN KEY(workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_identity_claims_workspace_id_customer_id_channel_address UNIQUE (workspace_id, customer_id, channel, address),
    CONSTRAINT fk_identity_claims_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_identity_claims_address ON identity_claims (workspace_id, channel, address);
ALTER TABLE identity_claims ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity_claims USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON identity_claims FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON identity_claims TO rapport_app;

CREATE TABLE customer_changes (
    customer_id UUID NOT NULL,
    field TEXT NOT NULL,
    "old" JSONB,
    "new" JSONB,
    source TEXT NOT NULL,
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_customer_changes PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_customer_changes_workspace_id_customer_id FOREIGN KEY(workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_customer_changes_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_customer_changes_customer ON customer_changes (workspace_id, customer_id, id);
ALTER TABLE customer_changes ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON customer_changes USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON customer_changes FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_changes TO rapport_app;

CREATE TABLE pain_points (
    customer_id UUID NOT NULL,
    text TEXT NOT NULL,
    source TEXT NOT NULL,
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    resolved_at TIMESTAMP WITH TIME ZONE,
    resolved_by TEXT DEFAULT '' NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_pain_points PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_pain_points_workspace_id_customer_id FOREIGN KEY(workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_pain_points_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_pain_points_customer ON pain_points (workspace_id, customer_id, id);
ALTER TABLE pain_points ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON pain_points USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON pain_points FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON pain_points TO rapport_app;

CREATE TABLE attribute_definitions (
    key TEXT NOT NULL,
    label TEXT NOT NULL,
    kind TEXT NOT NULL,
    choices JSONB DEFAULT '[]' NOT NULL,
    position INTEGER DEFAULT 0 NOT NULL,
    is_archived BOOLEAN DEFAULT false NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_attribute_definitions PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_attribute_definitions_workspace_id_key UNIQUE (workspace_id, key),
    CONSTRAINT ck_attribute_definitions_kind_known CHECK (kind IN ('text', 'number', 'date', 'bool', 'choice')),
    CONSTRAINT fk_attribute_definitions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE attribute_definitions ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON attribute_definitions USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON attribute_definitions FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON attribute_definitions TO rapport_app;

CREATE TABLE customer_keys (
    workspace_id UUID NOT NULL,
    kind TEXT NOT NULL,
    digest BYTEA NOT NULL,
    customer_id UUID NOT NULL,
    CONSTRAINT pk_customer_keys PRIMARY KEY (workspace_id, kind, digest, customer_id),
    CONSTRAINT fk_customer_keys_workspace_id_customer_id FOREIGN KEY(workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_customer_keys_customer ON customer_keys (workspace_id, customer_id);
ALTER TABLE customer_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON customer_keys USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON customer_keys FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_keys TO rapport_app;

CREATE TABLE duplicate_suggestions (
    low_id UUID NOT NULL,
    high_id UUID NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    reasons JSONB NOT NULL,
    is_verified BOOLEAN DEFAULT false NOT NULL,
    state TEXT NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_duplicate_suggestions PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_duplicate_suggestions_workspace_id_low_id FOREIGN KEY(workspace_id, low_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_duplicate_suggestions_workspace_id_high_id FOREIGN KEY(workspace_id, high_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_duplicate_suggestions_workspace_id_low_id_high_id UNIQUE (workspace_id, low_id, high_id),
    CONSTRAINT ck_duplicate_suggestions_in_order CHECK (low_id < high_id),
    CONSTRAINT ck_duplicate_suggestions_state_known CHECK (state IN ('open', 'dismissed', 'merged')),
    CONSTRAINT fk_duplicate_suggestions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_duplicate_suggestions_high ON duplicate_suggestions (workspace_id, high_id);
CREATE INDEX ix_duplicate_suggestions_open ON duplicate_suggestions (workspace_id, score, id) WHERE state = 'open';
ALTER TABLE duplicate_suggestions ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON duplicate_suggestions USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON duplicate_suggestions FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON duplicate_suggestions TO rapport_app;

CREATE TABLE write_keys (
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    prefix TEXT NOT NULL,
    digest BYTEA NOT NULL,
    created_by TEXT NOT NULL,
    last_used_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_write_keys PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_write_keys_kind_known CHECK (kind IN ('server', 'browser')),
    CONSTRAINT uq_write_keys_digest UNIQUE (digest),
    CONSTRAINT fk_write_keys_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE write_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON write_keys USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON write_keys FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON write_keys TO rapport_app;

CREATE TABLE received_messages (
    workspace_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_received_messages PRIMARY KEY (workspace_id, digest),
    CONSTRAINT fk_received_messages_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_received_messages_old ON received_messages (workspace_id, created_at);
ALTER TABLE received_messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON received_messages USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON received_messages FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON received_messages TO rapport_app;

CREATE TABLE customer_imports (
    name TEXT NOT NULL,
    file_id UUID,
    state TEXT NOT NULL,
    columns JSONB NOT NULL,
    mapping JSONB NOT NULL,
    match TEXT NOT NULL,
    delimiter TEXT NOT NULL,
    encoding TEXT NOT NULL,
    rows_total INTEGER,
    rows_done INTEGER DEFAULT 0 NOT NULL,
    created INTEGER DEFAULT 0 NOT NULL,
    updated INTEGER DEFAULT 0 NOT NULL,
    unchanged INTEGER DEFAULT 0 NOT NULL,
    failed INTEGER DEFAULT 0 NOT NULL,
    undo JSONB,
    error TEXT,
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_customer_imports PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_customer_imports_state_known CHECK (state IN ('draft', 'queued', 'running', 'done', 'failed', 'undoing', 'undone')),
    CONSTRAINT fk_customer_imports_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE customer_imports ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON customer_imports USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON customer_imports FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_imports TO rapport_app;

CREATE TABLE customer_import_rows (
    workspace_id UUID NOT NULL,
    import_id UUID NOT NULL,
    row INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    customer_id UUID,
    before JSONB DEFAULT '{}' NOT NULL,
    after JSONB DEFAULT '{}' NOT NULL,
    identity_ids UUID[] DEFAULT '{}' NOT NULL,
    cells JSONB DEFAULT '[]' NOT NULL,
    errors JSONB DEFAULT '[]' NOT NULL,
    keys BYTEA[] DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_customer_import_rows PRIMARY KEY (workspace_id, import_id, row),
    CONSTRAINT fk_customer_import_rows_workspace_id_import_id FOREIGN KEY(workspace_id, import_id) REFERENCES customer_imports (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_customer_import_rows_workspace_id_customer_id FOREIGN KEY(workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_customer_import_rows_outcome_known CHECK (outcome IN ('created', 'updated', 'failed'))
);
CREATE INDEX ix_customer_import_rows_customer ON customer_import_rows (workspace_id, customer_id);
ALTER TABLE customer_import_rows ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON customer_import_rows USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON customer_import_rows FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_import_rows TO rapport_app;

CREATE FUNCTION write_key_by(p_digest bytea)
RETURNS TABLE (workspace_id uuid, id uuid, name text, kind text, last_used_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT k.workspace_id, k.id, k.name, k.kind, k.last_used_at
    FROM write_keys k
    WHERE k.digest = p_digest
$$;
ALTER FUNCTION write_key_by SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION write_key_by FROM PUBLIC;
GRANT EXECUTE ON FUNCTION write_key_by TO rapport_app;

CREATE FUNCTION customer_messages(
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
END $$;
REVOKE ALL ON FUNCTION customer_messages FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customer_messages TO rapport_app;
