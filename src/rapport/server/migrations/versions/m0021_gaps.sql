-- Questions without an answer, grouped by what they mean; and what the assistant did, by day.

CREATE TABLE assistant_gaps (
    state TEXT NOT NULL,
    state_at TIMESTAMP WITH TIME ZONE NOT NULL,
    language TEXT NOT NULL,
    asked INTEGER NOT NULL,
    customers INTEGER NOT NULL,
    confidence FLOAT NOT NULL,
    first_asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    nearest_id UUID,
    article_id UUID,
    merged_into_id UUID,
    words TEXT[] NOT NULL,
    centre VECTOR,
    model TEXT,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_assistant_gaps PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_assistant_gaps_state_known CHECK (state IN ('open', 'drafted', 'answered', 'dismissed', 'merged')),
    CONSTRAINT ck_assistant_gaps_merged CHECK ((state = 'merged') = (merged_into_id IS NOT NULL)),
    CONSTRAINT ck_assistant_gaps_placed_by_a_model CHECK ((centre IS NULL) = (model IS NULL)),
    CONSTRAINT fk_assistant_gaps_workspace_id_article_id FOREIGN KEY(workspace_id, article_id) REFERENCES articles (workspace_id, id) ON DELETE SET NULL (article_id),
    CONSTRAINT fk_assistant_gaps_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_assistant_gaps_asked ON assistant_gaps (workspace_id, state, asked, id);
CREATE INDEX ix_assistant_gaps_last ON assistant_gaps (workspace_id, state, last_asked_at, id);
CREATE INDEX ix_assistant_gaps_recent ON assistant_gaps (workspace_id, last_asked_at) WHERE state <> 'merged';
CREATE INDEX ix_assistant_gaps_article ON assistant_gaps (workspace_id, article_id);
ALTER TABLE assistant_gaps ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON assistant_gaps USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON assistant_gaps FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON assistant_gaps TO rapport_app;

CREATE TABLE assistant_gap_questions (
    gap_id UUID NOT NULL,
    answer_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    customer_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT NOT NULL,
    confidence FLOAT NOT NULL,
    article_id UUID,
    score FLOAT,
    words TEXT[] NOT NULL,
    embedding VECTOR,
    model TEXT,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_assistant_gap_questions PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_assistant_gap_questions_workspace_id_answer_id UNIQUE (workspace_id, answer_id),
    CONSTRAINT ck_assistant_gap_questions_placed_by_a_model CHECK ((embedding IS NULL) = (model IS NULL)),
    CONSTRAINT fk_assistant_gap_questions_workspace_id_gap_id FOREIGN KEY(workspace_id, gap_id) REFERENCES assistant_gaps (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_assistant_gap_questions_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_assistant_gap_questions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_assistant_gap_questions_gap ON assistant_gap_questions (workspace_id, gap_id, asked_at, id);
CREATE INDEX ix_assistant_gap_questions_customer ON assistant_gap_questions (workspace_id, gap_id, customer_id);
CREATE INDEX ix_assistant_gap_questions_conversation ON assistant_gap_questions (workspace_id, conversation_id, id);
ALTER TABLE assistant_gap_questions ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON assistant_gap_questions USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON assistant_gap_questions FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON assistant_gap_questions TO rapport_app;

CREATE TABLE assistant_gap_sources (
    workspace_id UUID NOT NULL,
    gap_id UUID NOT NULL,
    sentence INTEGER NOT NULL,
    conversation_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_assistant_gap_sources PRIMARY KEY (workspace_id, gap_id, sentence, conversation_id, seq),
    CONSTRAINT fk_assistant_gap_sources_workspace_id_gap_id FOREIGN KEY(workspace_id, gap_id) REFERENCES assistant_gaps (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_assistant_gap_sources_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_assistant_gap_sources_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_assistant_gap_sources_conversation ON assistant_gap_sources (workspace_id, conversation_id);
ALTER TABLE assistant_gap_sources ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON assistant_gap_sources USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON assistant_gap_sources FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON assistant_gap_sources TO rapport_app;

ALTER TABLE assistant_answers ADD COLUMN is_counted BOOLEAN DEFAULT false NOT NULL;

CREATE TABLE assistant_days (
    workspace_id UUID NOT NULL,
    day DATE NOT NULL,
    inbox_id UUID NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    tenth SMALLINT NOT NULL,
    count INTEGER NOT NULL,
    CONSTRAINT pk_assistant_days PRIMARY KEY (workspace_id, day, inbox_id, decision, reason, tenth),
    CONSTRAINT fk_assistant_days_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE assistant_days ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON assistant_days USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON assistant_days FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON assistant_days TO rapport_app;

CREATE TABLE assistant_conversations (
    workspace_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    inbox_id UUID NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    is_taken_up BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_assistant_conversations PRIMARY KEY (workspace_id, conversation_id),
    CONSTRAINT fk_assistant_conversations_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_assistant_conversations_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_assistant_conversations_days ON assistant_conversations (workspace_id, answered_at, inbox_id, is_taken_up);
ALTER TABLE assistant_conversations ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON assistant_conversations USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON assistant_conversations FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON assistant_conversations TO rapport_app;
