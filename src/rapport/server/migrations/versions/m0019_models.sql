-- Language models: which a workspace uses, what they cost, and every call.

CREATE TABLE language_models (
    position INTEGER NOT NULL,
    protocol TEXT NOT NULL,
    base_url TEXT NOT NULL,
    model TEXT NOT NULL,
    api_key TEXT,
    input_price NUMERIC(12, 6) NOT NULL,
    output_price NUMERIC(12, 6) NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_language_models PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_language_models_protocol_known CHECK (protocol IN ('openai', 'anthropic')),
    CONSTRAINT fk_language_models_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE language_models ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON language_models USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON language_models FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON language_models TO rapport_app;

CREATE TABLE model_spending (
    workspace_id UUID NOT NULL,
    period TEXT NOT NULL,
    tokens BIGINT NOT NULL,
    cost NUMERIC(16, 6) NOT NULL,
    CONSTRAINT pk_model_spending PRIMARY KEY (workspace_id, period),
    CONSTRAINT fk_model_spending_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE model_spending ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON model_spending USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON model_spending FROM rapport_app;
GRANT SELECT, INSERT, UPDATE ON model_spending TO rapport_app;

CREATE TABLE model_calls (
    purpose TEXT NOT NULL,
    model TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    latency_ms INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cost NUMERIC(16, 6) NOT NULL,
    outcome TEXT NOT NULL,
    retries INTEGER NOT NULL,
    is_cached BOOLEAN NOT NULL,
    conversation_id UUID,
    covered JSONB NOT NULL,
    words TEXT,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_model_calls PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_model_calls_outcome_known CHECK (outcome IN ('answered', 'busy', 'unreachable', 'refused', 'declined', 'over_budget', 'given_up')),
    CONSTRAINT fk_model_calls_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_model_calls_recent ON model_calls (workspace_id, created_at);
CREATE INDEX ix_model_calls_conversation ON model_calls (workspace_id, conversation_id) WHERE conversation_id IS NOT NULL;
ALTER TABLE model_calls ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON model_calls USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON model_calls FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON model_calls TO rapport_app;
