-- Gathering: what must be known before a wish can be met, and what customers told when they were asked.

CREATE TABLE gathering_intents (
    workspace_id UUID NOT NULL,
    intent_id UUID NOT NULL,
    facts JSONB NOT NULL,
    CONSTRAINT pk_gathering_intents PRIMARY KEY (workspace_id, intent_id),
    CONSTRAINT fk_gathering_intents_workspace_id_intent_id FOREIGN KEY(workspace_id, intent_id) REFERENCES triage_intents (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_gathering_intents_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE gathering_intents ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON gathering_intents USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON gathering_intents FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON gathering_intents TO rapport_app;

CREATE TABLE gatherings (
    workspace_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    intent_id UUID NOT NULL,
    state TEXT NOT NULL,
    seq INTEGER NOT NULL,
    asked TEXT[] DEFAULT '{}' NOT NULL,
    known JSONB NOT NULL,
    tries JSONB NOT NULL,
    refused TEXT[] DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_gatherings PRIMARY KEY (workspace_id, conversation_id),
    CONSTRAINT ck_gatherings_state_known CHECK (state IN ('asking', 'complete', 'given_up')),
    CONSTRAINT fk_gatherings_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_gatherings_workspace_id_intent_id FOREIGN KEY(workspace_id, intent_id) REFERENCES triage_intents (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_gatherings_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_gatherings_intent ON gatherings (workspace_id, intent_id);
ALTER TABLE gatherings ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON gatherings USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON gatherings FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON gatherings TO rapport_app;
