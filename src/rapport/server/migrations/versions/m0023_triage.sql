-- What messages are about: intents, examples of them, what was read in each message, and what
-- triage set on conversations. Customers' words are in none of them but what administrators type.

CREATE TABLE triage_intents (
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    topic TEXT,
    tag_ids UUID[] DEFAULT '{}' NOT NULL,
    archived_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_triage_intents PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_triage_intents_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_triage_intents_name ON triage_intents (workspace_id, lower(name));
ALTER TABLE triage_intents ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON triage_intents USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON triage_intents FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON triage_intents TO rapport_app;

CREATE TABLE triage_examples (
    intent_id UUID,
    text TEXT,
    message_id UUID,
    conversation_id UUID,
    seq INTEGER,
    source TEXT NOT NULL,
    labelled_by TEXT NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_triage_examples PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_triage_examples_workspace_id_intent_id FOREIGN KEY(workspace_id, intent_id) REFERENCES triage_intents (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_triage_examples_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_triage_examples_source_known CHECK (source IN ('typed', 'correction', 'queue')),
    CONSTRAINT ck_triage_examples_text_or_message CHECK ((text IS NULL) = (message_id IS NOT NULL)),
    CONSTRAINT ck_triage_examples_whole_place CHECK ((message_id IS NULL) = (conversation_id IS NULL) AND (message_id IS NULL) = (seq IS NULL)),
    CONSTRAINT fk_triage_examples_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_triage_examples_conversation ON triage_examples (workspace_id, conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX ix_triage_examples_intent ON triage_examples (workspace_id, intent_id, id);
CREATE INDEX ix_triage_examples_recent ON triage_examples (workspace_id, created_at);
CREATE UNIQUE INDEX uq_triage_examples_message ON triage_examples (workspace_id, message_id, intent_id) NULLS NOT DISTINCT WHERE message_id IS NOT NULL;
CREATE UNIQUE INDEX uq_triage_examples_text ON triage_examples (workspace_id, intent_id, md5(text)) NULLS NOT DISTINCT WHERE text IS NOT NULL;
ALTER TABLE triage_examples ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON triage_examples USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON triage_examples FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON triage_examples TO rapport_app;

CREATE TABLE triage_readings (
    conversation_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    said_at TIMESTAMP WITH TIME ZONE NOT NULL,
    model_id UUID,
    intents JSONB NOT NULL,
    is_known BOOLEAN NOT NULL,
    language TEXT,
    language_probability DOUBLE PRECISION NOT NULL,
    emotion TEXT NOT NULL,
    strength DOUBLE PRECISION NOT NULL,
    emotions JSONB NOT NULL,
    urgency TEXT NOT NULL,
    levels JSONB NOT NULL,
    wants_person DOUBLE PRECISION NOT NULL,
    flags JSONB NOT NULL,
    spam DOUBLE PRECISION NOT NULL,
    is_spam BOOLEAN NOT NULL,
    spam_reasons JSONB NOT NULL,
    expertise TEXT NOT NULL,
    expertise_confidence DOUBLE PRECISION NOT NULL,
    priority INTEGER NOT NULL,
    priority_level TEXT NOT NULL,
    priority_reasons JSONB NOT NULL,
    entities JSONB NOT NULL,
    corrected JSONB,
    corrected_by TEXT,
    corrected_at TIMESTAMP WITH TIME ZONE,
    doubt DOUBLE PRECISION NOT NULL,
    queue_week INTEGER,
    milliseconds DOUBLE PRECISION NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_triage_readings PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_triage_readings_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_triage_readings_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_triage_readings_conversation ON triage_readings (workspace_id, conversation_id, seq);
CREATE INDEX ix_triage_readings_queue ON triage_readings (workspace_id, queue_week, doubt, id) WHERE queue_week IS NOT NULL;
ALTER TABLE triage_readings ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON triage_readings USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON triage_readings FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON triage_readings TO rapport_app;

CREATE TABLE triage_conversations (
    workspace_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    priority TEXT,
    topic TEXT,
    theirs TEXT[] DEFAULT '{}' NOT NULL,
    read_up_to TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_triage_conversations PRIMARY KEY (workspace_id, conversation_id),
    CONSTRAINT fk_triage_conversations_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE triage_conversations ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON triage_conversations USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON triage_conversations FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON triage_conversations TO rapport_app;
