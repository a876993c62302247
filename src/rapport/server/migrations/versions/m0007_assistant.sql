-- How the assistant is set up, and what it did.

CREATE TABLE assistant_settings (
    inbox_id UUID NOT NULL,
    enabled BOOLEAN DEFAULT false NOT NULL,
    threshold DOUBLE PRECISION NOT NULL,
    margin DOUBLE PRECISION NOT NULL,
    coverage DOUBLE PRECISION NOT NULL,
    name TEXT NOT NULL,
    greeting TEXT NOT NULL,
    handover_text TEXT NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_assistant_settings PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_assistant_settings_workspace_id_inbox_id FOREIGN KEY(workspace_id, inbox_id) REFERENCES inboxes (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_assistant_settings_workspace_id_inbox_id UNIQUE (workspace_id, inbox_id),
    CONSTRAINT fk_assistant_settings_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE assistant_settings ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON assistant_settings USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON assistant_settings FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON assistant_settings TO rapport_app;

CREATE TABLE assistant_answers (
    conversation_id UUID NOT NULL,
    question_id UUID NOT NULL,
    message_id UUID,
    question TEXT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    confidence DOUBLE PRECISION NOT NULL,
    mode TEXT NOT NULL,
    candidates JSONB NOT NULL,
    timings JSONB NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_assistant_answers PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_assistant_answers_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_assistant_answers_workspace_id_question_id UNIQUE (workspace_id, question_id),
    CONSTRAINT ck_assistant_answers_decision_known CHECK (decision IN ('answered', 'handed_over', 'silent')),
    CONSTRAINT fk_assistant_answers_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_assistant_answers_conversation ON assistant_answers (workspace_id, conversation_id, id);
CREATE INDEX ix_assistant_answers_recent ON assistant_answers (workspace_id, created_at, id);
ALTER TABLE assistant_answers ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON assistant_answers USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON assistant_answers FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON assistant_answers TO rapport_app;
