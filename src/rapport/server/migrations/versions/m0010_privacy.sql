-- Telling people what is known about them, forgetting them, and keeping nothing longer than wanted.

ALTER TABLE customers ADD COLUMN erased_at TIMESTAMP WITH TIME ZONE;

CREATE TABLE thing_keys (
    sealed TEXT NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_thing_keys PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_thing_keys_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE thing_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON thing_keys USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON thing_keys FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON thing_keys TO rapport_app;

CREATE TABLE privacy_exports (
    person_id UUID NOT NULL,
    asked_by TEXT NOT NULL,
    asked_by_name TEXT NOT NULL,
    status TEXT NOT NULL,
    steps_done INTEGER NOT NULL,
    steps_total INTEGER NOT NULL,
    counts JSONB NOT NULL,
    size_bytes BIGINT,
    finished_at TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_privacy_exports PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_privacy_exports_status CHECK (status IN ('waiting', 'running', 'ready', 'failed', 'gone')),
    CONSTRAINT fk_privacy_exports_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_privacy_exports_person ON privacy_exports (workspace_id, person_id, id);
ALTER TABLE privacy_exports ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON privacy_exports USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON privacy_exports FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON privacy_exports TO rapport_app;

CREATE TABLE privacy_erasures (
    person_id UUID NOT NULL,
    asked_by TEXT NOT NULL,
    asked_by_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    steps_done INTEGER NOT NULL,
    steps_total INTEGER NOT NULL,
    counts JSONB NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_privacy_erasures PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_privacy_erasures_status CHECK (status IN ('waiting', 'running', 'done', 'failed')),
    CONSTRAINT ck_privacy_erasures_reason CHECK (reason IN ('asked', 'contract_ended', 'no_longer_needed', 'mistake')),
    CONSTRAINT fk_privacy_erasures_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_privacy_erasures_person ON privacy_erasures (workspace_id, person_id, id);
ALTER TABLE privacy_erasures ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON privacy_erasures USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON privacy_erasures FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON privacy_erasures TO rapport_app;

CREATE TABLE retention_rules (
    kind TEXT NOT NULL,
    inbox_id UUID,
    effect TEXT NOT NULL,
    after_days INTEGER NOT NULL,
    is_enabled BOOLEAN NOT NULL,
    last_run_at TIMESTAMP WITH TIME ZONE,
    last_count INTEGER,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_retention_rules PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_retention_rules_kind UNIQUE NULLS NOT DISTINCT (workspace_id, kind, inbox_id),
    CONSTRAINT ck_retention_rules_effect CHECK (effect IN ('delete', 'anonymise')),
    CONSTRAINT ck_retention_rules_after_days CHECK (after_days >= 1),
    CONSTRAINT fk_retention_rules_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE retention_rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON retention_rules USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON retention_rules FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON retention_rules TO rapport_app;
