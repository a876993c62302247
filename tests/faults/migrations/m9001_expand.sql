-- What a release usually adds: columns, a table, constraints, a function anew.

ALTER TABLE conversations ADD COLUMN heat SMALLINT DEFAULT 0 NOT NULL;
ALTER TABLE messages ADD COLUMN language TEXT;
ALTER TABLE messages ADD CONSTRAINT ck_messages_language CHECK (length(language) < 20) NOT VALID;
ALTER TABLE customers ADD COLUMN nickname TEXT DEFAULT '' NOT NULL;

CREATE TABLE ratings (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    stars SMALLINT NOT NULL,
    CONSTRAINT pk_ratings PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_ratings_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_ratings_conversation ON ratings (workspace_id, conversation_id);
ALTER TABLE ratings ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON ratings USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON ratings TO rapport_app;
