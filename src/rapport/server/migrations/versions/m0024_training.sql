-- Models of what messages are about: how they were trained, how well they do, and which is in use.

CREATE TABLE triage_models (
    state TEXT NOT NULL,
    step TEXT NOT NULL,
    percent INTEGER NOT NULL,
    content BYTEA,
    sources UUID[] DEFAULT '{}' NOT NULL,
    examples INTEGER NOT NULL,
    digest TEXT NOT NULL,
    figures JSONB,
    compared JSONB,
    compared_id UUID,
    created_by TEXT NOT NULL,
    created_by_name TEXT NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    promoted_by TEXT,
    promoted_at TIMESTAMP WITH TIME ZONE,
    error TEXT,
    forgot_at TIMESTAMP WITH TIME ZONE,
    revision INTEGER DEFAULT 0 NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_triage_models PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_triage_models_state_known CHECK (state IN ('training', 'ready', 'serving', 'retired', 'failed', 'cancelled')),
    CONSTRAINT ck_triage_models_serving_is_kept CHECK (state <> 'serving' OR content IS NOT NULL),
    CONSTRAINT fk_triage_models_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
-- The bytes are compressed already.
ALTER TABLE triage_models ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX uq_triage_models_serving ON triage_models (workspace_id) WHERE state = 'serving';
CREATE UNIQUE INDEX uq_triage_models_training ON triage_models (workspace_id) WHERE state = 'training';
CREATE INDEX ix_triage_models_kept ON triage_models (workspace_id, id) WHERE content IS NOT NULL;
ALTER TABLE triage_models ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON triage_models USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON triage_models FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON triage_models TO rapport_app;

CREATE TABLE triage_vectors (
    workspace_id UUID NOT NULL,
    embedder TEXT NOT NULL,
    digest BYTEA NOT NULL,
    conversation_id UUID,
    vector BYTEA NOT NULL,
    CONSTRAINT pk_triage_vectors PRIMARY KEY (workspace_id, embedder, digest),
    CONSTRAINT fk_triage_vectors_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_triage_vectors_conversation ON triage_vectors (workspace_id, conversation_id) WHERE conversation_id IS NOT NULL;
ALTER TABLE triage_vectors ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON triage_vectors USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON triage_vectors FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON triage_vectors TO rapport_app;
