-- Recurring issues: problems, the conversations that speak of them, and how often. What was said stays
-- in the messages; here are ids, numbers, and vectors made of words that name nobody.

CREATE TABLE problems (
    name TEXT NOT NULL,
    is_named_by_person BOOLEAN DEFAULT false NOT NULL,
    named_at_count INTEGER DEFAULT 0 NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    note TEXT DEFAULT '' NOT NULL,
    article_id UUID,
    record_url TEXT,
    record_label TEXT,
    merged_into_id UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    conversation_count INTEGER DEFAULT 0 NOT NULL,
    customer_count INTEGER DEFAULT 0 NOT NULL,
    day_count INTEGER DEFAULT 0 NOT NULL,
    week_count INTEGER DEFAULT 0 NOT NULL,
    month_count INTEGER DEFAULT 0 NOT NULL,
    first_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    growth DOUBLE PRECISION DEFAULT 0 NOT NULL,
    is_growing BOOLEAN DEFAULT false NOT NULL,
    alerted_at TIMESTAMP WITH TIME ZONE,
    alerted_count INTEGER DEFAULT 0 NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_problems PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_problems_state_known CHECK (state IN ('open', 'dismissed', 'resolved')),
    CONSTRAINT ck_problems_record_whole CHECK ((record_url IS NULL) = (record_label IS NULL)),
    CONSTRAINT fk_problems_workspace_id_article_id FOREIGN KEY(workspace_id, article_id) REFERENCES articles (workspace_id, id) ON DELETE SET NULL (article_id),
    CONSTRAINT fk_problems_workspace_id_merged_into_id FOREIGN KEY(workspace_id, merged_into_id) REFERENCES problems (workspace_id, id),
    CONSTRAINT fk_problems_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_problems_growth ON problems (workspace_id, state, growth, id) WHERE merged_into_id IS NULL;
CREATE INDEX ix_problems_day ON problems (workspace_id, state, day_count, id) WHERE merged_into_id IS NULL;
CREATE INDEX ix_problems_week ON problems (workspace_id, state, week_count, id) WHERE merged_into_id IS NULL;
CREATE INDEX ix_problems_month ON problems (workspace_id, state, month_count, id) WHERE merged_into_id IS NULL;
CREATE INDEX ix_problems_seen ON problems (workspace_id, last_seen_at, id) WHERE merged_into_id IS NULL;
CREATE INDEX ix_problems_merged ON problems (workspace_id, merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE INDEX ix_problems_article ON problems (workspace_id, article_id) WHERE article_id IS NOT NULL;
ALTER TABLE problems ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON problems USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON problems FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON problems TO rapport_app;

CREATE TABLE problem_conversations (
    workspace_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    customer_id UUID NOT NULL,
    number INTEGER NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    problem_id UUID,
    face_id UUID,
    nearness DOUBLE PRECISION,
    joined_by TEXT DEFAULT 'machine' NOT NULL,
    barred_ids UUID[] DEFAULT '{}' NOT NULL,
    language TEXT,
    products TEXT[] DEFAULT '{}' NOT NULL,
    space TEXT,
    embedding VECTOR,
    CONSTRAINT pk_problem_conversations PRIMARY KEY (workspace_id, conversation_id),
    CONSTRAINT ck_problem_conversations_joined_by_known CHECK (joined_by IN ('machine', 'person')),
    CONSTRAINT fk_problem_conversations_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_problem_conversations_workspace_id_problem_id FOREIGN KEY(workspace_id, problem_id) REFERENCES problems (workspace_id, id) ON DELETE SET NULL (problem_id),
    CONSTRAINT fk_problem_conversations_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_problem_conversations_unread ON problem_conversations (workspace_id, asked_at, number) WHERE space IS NULL;
CREATE INDEX ix_problem_conversations_loose ON problem_conversations (workspace_id, asked_at, number) WHERE problem_id IS NULL;
CREATE INDEX ix_problem_conversations_problem ON problem_conversations (workspace_id, problem_id, asked_at, conversation_id) WHERE problem_id IS NOT NULL;
CREATE INDEX ix_problem_conversations_face ON problem_conversations (workspace_id, face_id, space, asked_at) WHERE face_id IS NOT NULL;
CREATE INDEX ix_problem_conversations_barred ON problem_conversations (workspace_id, problem_id) WHERE cardinality(barred_ids) > 0;
CREATE INDEX ix_problem_conversations_recent ON problem_conversations (workspace_id, asked_at);
CREATE INDEX ix_problem_conversations_customer ON problem_conversations (workspace_id, customer_id);
ALTER TABLE problem_conversations ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON problem_conversations USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON problem_conversations FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON problem_conversations TO rapport_app;

CREATE TABLE problem_faces (
    workspace_id UUID NOT NULL,
    face_id UUID NOT NULL,
    space TEXT NOT NULL,
    problem_id UUID NOT NULL,
    embedding VECTOR NOT NULL,
    CONSTRAINT pk_problem_faces PRIMARY KEY (workspace_id, face_id, space),
    CONSTRAINT fk_problem_faces_workspace_id_problem_id FOREIGN KEY(workspace_id, problem_id) REFERENCES problems (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_problem_faces_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_problem_faces_problem ON problem_faces (workspace_id, problem_id);
ALTER TABLE problem_faces ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON problem_faces USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON problem_faces FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON problem_faces TO rapport_app;

CREATE TABLE problem_hours (
    workspace_id UUID NOT NULL,
    problem_id UUID NOT NULL,
    hour TIMESTAMP WITH TIME ZONE NOT NULL,
    count INTEGER NOT NULL,
    CONSTRAINT pk_problem_hours PRIMARY KEY (workspace_id, problem_id, hour),
    CONSTRAINT fk_problem_hours_workspace_id_problem_id FOREIGN KEY(workspace_id, problem_id) REFERENCES problems (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_problem_hours_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_problem_hours_hour ON problem_hours (workspace_id, hour);
ALTER TABLE problem_hours ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON problem_hours USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON problem_hours FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON problem_hours TO rapport_app;

CREATE TABLE problem_customers (
    workspace_id UUID NOT NULL,
    problem_id UUID NOT NULL,
    customer_id UUID NOT NULL,
    count INTEGER NOT NULL,
    CONSTRAINT pk_problem_customers PRIMARY KEY (workspace_id, problem_id, customer_id),
    CONSTRAINT fk_problem_customers_workspace_id_customer_id FOREIGN KEY(workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_problem_customers_workspace_id_problem_id FOREIGN KEY(workspace_id, problem_id) REFERENCES problems (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_problem_customers_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_problem_customers_customer ON problem_customers (workspace_id, customer_id);
CREATE INDEX ix_problem_customers_most ON problem_customers (workspace_id, problem_id, count, customer_id);
ALTER TABLE problem_customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON problem_customers USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON problem_customers FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON problem_customers TO rapport_app;

CREATE TABLE problem_products (
    workspace_id UUID NOT NULL,
    problem_id UUID NOT NULL,
    product TEXT NOT NULL,
    count INTEGER NOT NULL,
    CONSTRAINT pk_problem_products PRIMARY KEY (workspace_id, problem_id, product),
    CONSTRAINT fk_problem_products_workspace_id_problem_id FOREIGN KEY(workspace_id, problem_id) REFERENCES problems (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_problem_products_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_problem_products_product ON problem_products (workspace_id, product);
ALTER TABLE problem_products ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON problem_products USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON problem_products FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON problem_products TO rapport_app;

CREATE TABLE problems_apart (
    workspace_id UUID NOT NULL,
    low_id UUID NOT NULL,
    high_id UUID NOT NULL,
    CONSTRAINT pk_problems_apart PRIMARY KEY (workspace_id, low_id, high_id),
    CONSTRAINT ck_problems_apart_in_order CHECK (low_id < high_id),
    CONSTRAINT fk_problems_apart_workspace_id_low_id FOREIGN KEY(workspace_id, low_id) REFERENCES problems (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_problems_apart_workspace_id_high_id FOREIGN KEY(workspace_id, high_id) REFERENCES problems (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_problems_apart_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_problems_apart_high ON problems_apart (workspace_id, high_id);
ALTER TABLE problems_apart ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON problems_apart USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON problems_apart FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON problems_apart TO rapport_app;
