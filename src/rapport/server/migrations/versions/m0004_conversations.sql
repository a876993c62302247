-- Customers, conversations, and the functions that look across workspaces.

CREATE FUNCTION trigrams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(words, at, 3)), '{}')
    FROM generate_series(1, length(words) - 2) AS at
$$;

CREATE TABLE companies (
    name TEXT NOT NULL,
    domain TEXT,
    attributes JSONB DEFAULT '{}' NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_companies PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_companies_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_companies_name ON companies (workspace_id, lower(name));
ALTER TABLE companies ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON companies USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON companies FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON companies TO rapport_app;

CREATE TABLE customers (
    name TEXT DEFAULT '' NOT NULL,
    email TEXT,
    phone TEXT,
    company_id UUID,
    locale TEXT,
    timezone TEXT,
    attributes JSONB DEFAULT '{}' NOT NULL,
    verified BOOLEAN DEFAULT false NOT NULL,
    first_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    conversation_count INTEGER DEFAULT 0 NOT NULL,
    merged_into_id UUID,
    search_text TEXT DEFAULT '' NOT NULL,
    grams TEXT[] GENERATED ALWAYS AS (trigrams(search_text)) STORED NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_customers PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_customers_workspace_id_company_id FOREIGN KEY(workspace_id, company_id) REFERENCES companies (workspace_id, id) ON DELETE SET NULL (company_id),
    CONSTRAINT fk_customers_workspace_id_merged_into_id FOREIGN KEY(workspace_id, merged_into_id) REFERENCES customers (workspace_id, id),
    CONSTRAINT fk_customers_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_customers_grams ON customers USING gin (grams);
CREATE INDEX ix_customers_merged ON customers (workspace_id, merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE INDEX ix_customers_recent ON customers (workspace_id, last_seen_at, id) WHERE merged_into_id IS NULL;
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON customers USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON customers FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON customers TO rapport_app;

CREATE TABLE identities (
    customer_id UUID NOT NULL,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    verified BOOLEAN DEFAULT false NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_identities PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_identities_workspace_id_customer_id FOREIGN KEY(workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_identities_workspace_id_channel_address UNIQUE (workspace_id, channel, address),
    CONSTRAINT fk_identities_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_identities_customer ON identities (workspace_id, customer_id);
ALTER TABLE identities ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identities USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON identities FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON identities TO rapport_app;

CREATE TABLE consents (
    customer_id UUID NOT NULL,
    purpose TEXT NOT NULL,
    source TEXT NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_consents PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_consents_workspace_id_customer_id FOREIGN KEY(workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_consents_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_consents_customer ON consents (workspace_id, customer_id, purpose);
ALTER TABLE consents ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON consents USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON consents FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON consents TO rapport_app;

CREATE TABLE customer_merges (
    customer_id UUID NOT NULL,
    into_id UUID NOT NULL,
    identity_ids UUID[] NOT NULL,
    filled JSONB NOT NULL,
    conversation_count INTEGER NOT NULL,
    actor TEXT NOT NULL,
    undone_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_customer_merges PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_customer_merges_workspace_id_customer_id FOREIGN KEY(workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_customer_merges_workspace_id_into_id FOREIGN KEY(workspace_id, into_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_customer_merges_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_customer_merges_live ON customer_merges (workspace_id, customer_id) WHERE undone_at IS NULL;
ALTER TABLE customer_merges ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON customer_merges USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON customer_merges FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_merges TO rapport_app;

CREATE TABLE timeline_items (
    customer_id UUID NOT NULL,
    kind TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    source TEXT NOT NULL,
    conversation_id UUID,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_timeline_items PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_timeline_items_workspace_id_customer_id FOREIGN KEY(workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_timeline_items_workspace_id_source UNIQUE (workspace_id, source),
    CONSTRAINT fk_timeline_items_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_timeline_items_customer ON timeline_items (workspace_id, customer_id, at, id);
ALTER TABLE timeline_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON timeline_items USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON timeline_items FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON timeline_items TO rapport_app;

CREATE TABLE inboxes (
    name TEXT NOT NULL,
    channel TEXT NOT NULL,
    is_enabled BOOLEAN DEFAULT true NOT NULL,
    first_handler TEXT DEFAULT 'none' NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_inboxes PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_inboxes_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE inboxes ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON inboxes USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON inboxes FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON inboxes TO rapport_app;

CREATE TABLE conversations (
    number INTEGER NOT NULL,
    inbox_id UUID NOT NULL,
    customer_id UUID NOT NULL,
    visitor_id UUID,
    subject TEXT,
    topic TEXT,
    status TEXT DEFAULT 'open' NOT NULL,
    snoozed_until TIMESTAMP WITH TIME ZONE,
    resolved_at TIMESTAMP WITH TIME ZONE,
    assignee_id UUID,
    team_id UUID,
    tag_ids UUID[] DEFAULT '{}' NOT NULL,
    priority TEXT DEFAULT 'normal' NOT NULL,
    handler TEXT DEFAULT 'none' NOT NULL,
    preview TEXT DEFAULT '' NOT NULL,
    preview_kind TEXT DEFAULT 'system' NOT NULL,
    public_preview TEXT DEFAULT '' NOT NULL,
    last_seq INTEGER DEFAULT 0 NOT NULL,
    public_seq INTEGER DEFAULT 0 NOT NULL,
    last_activity_at TIMESTAMP WITH TIME ZONE NOT NULL,
    public_activity_at TIMESTAMP WITH TIME ZONE NOT NULL,
    waiting_since TIMESTAMP WITH TIME ZONE,
    customer_seen_seq INTEGER DEFAULT 0 NOT NULL,
    agent_seen_seq INTEGER DEFAULT 0 NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_conversations PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_conversations_workspace_id_inbox_id FOREIGN KEY(workspace_id, inbox_id) REFERENCES inboxes (workspace_id, id),
    CONSTRAINT fk_conversations_workspace_id_customer_id FOREIGN KEY(workspace_id, customer_id) REFERENCES customers (workspace_id, id),
    CONSTRAINT ck_conversations_status_known CHECK (status IN ('open', 'pending', 'snoozed', 'resolved')),
    CONSTRAINT ck_conversations_snoozed_until CHECK ((status = 'snoozed') = (snoozed_until IS NOT NULL)),
    CONSTRAINT ck_conversations_resolved_at CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)),
    CONSTRAINT ck_conversations_resolved_waits_not CHECK (status <> 'resolved' OR waiting_since IS NULL),
    CONSTRAINT ck_conversations_priority_known CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    CONSTRAINT ck_conversations_handler_known CHECK (handler IN ('assistant', 'agent', 'none')),
    CONSTRAINT fk_conversations_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
 WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX ix_conversations_active ON conversations (workspace_id, last_activity_at, id, inbox_id) WHERE status IN ('open', 'pending');
CREATE INDEX ix_conversations_assigned ON conversations (workspace_id, assignee_id, last_activity_at, id, inbox_id) WHERE status IN ('open', 'pending');
CREATE INDEX ix_conversations_shelved ON conversations (workspace_id, status, last_activity_at, id, inbox_id) WHERE status IN ('snoozed', 'resolved');
CREATE INDEX ix_conversations_waiting ON conversations (workspace_id, waiting_since, id, assignee_id, inbox_id) WHERE status IN ('open', 'pending') AND waiting_since IS NOT NULL;
CREATE INDEX ix_conversations_wake ON conversations (snoozed_until) WHERE status = 'snoozed';
ALTER TABLE conversations ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON conversations USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON conversations FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON conversations TO rapport_app;

CREATE TABLE conversation_starts (
    workspace_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    number INTEGER NOT NULL,
    customer_id UUID NOT NULL,
    visitor_id UUID,
    client_id TEXT,
    CONSTRAINT pk_conversation_starts PRIMARY KEY (workspace_id, conversation_id),
    CONSTRAINT fk_conversation_starts_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_conversation_starts_customer ON conversation_starts (workspace_id, customer_id, conversation_id);
CREATE INDEX ix_conversation_starts_visitor ON conversation_starts (workspace_id, visitor_id, conversation_id) WHERE visitor_id IS NOT NULL;
CREATE UNIQUE INDEX uq_conversation_starts_client ON conversation_starts (workspace_id, customer_id, client_id) WHERE client_id IS NOT NULL;
CREATE UNIQUE INDEX uq_conversation_starts_number ON conversation_starts (workspace_id, number);
ALTER TABLE conversation_starts ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON conversation_starts USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON conversation_starts FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation_starts TO rapport_app;

CREATE TABLE messages (
    workspace_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    author_kind TEXT NOT NULL,
    author_id UUID,
    author_name TEXT NOT NULL,
    body TEXT NOT NULL,
    html TEXT NOT NULL,
    cards JSONB NOT NULL,
    attachment_ids UUID[] NOT NULL,
    answer_id UUID,
    client_id TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_messages PRIMARY KEY (workspace_id, conversation_id, seq),
    CONSTRAINT fk_messages_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_messages_kind_known CHECK (kind IN ('message', 'note', 'system')),
    CONSTRAINT ck_messages_author_known CHECK (author_kind IN ('customer', 'agent', 'assistant', 'system'))
);
CREATE UNIQUE INDEX uq_messages_client ON messages (workspace_id, conversation_id, client_id) WHERE client_id IS NOT NULL;
ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON messages USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON messages FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON messages TO rapport_app;

CREATE TABLE conversation_seen (
    workspace_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    agent_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_conversation_seen PRIMARY KEY (workspace_id, conversation_id, agent_id),
    CONSTRAINT fk_conversation_seen_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE
)
 WITH (fillfactor = 80);
ALTER TABLE conversation_seen ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON conversation_seen USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON conversation_seen FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation_seen TO rapport_app;

CREATE TABLE drafts (
    workspace_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    agent_id UUID NOT NULL,
    body TEXT NOT NULL,
    kind TEXT NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_drafts PRIMARY KEY (workspace_id, conversation_id, agent_id),
    CONSTRAINT fk_drafts_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE drafts ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON drafts USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON drafts FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON drafts TO rapport_app;

CREATE TABLE tags (
    name TEXT NOT NULL,
    colour TEXT NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_tags PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_tags_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_tags_name ON tags (workspace_id, lower(name));
ALTER TABLE tags ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tags USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON tags FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tags TO rapport_app;

CREATE TABLE conversation_tags (
    workspace_id UUID NOT NULL,
    tag_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    CONSTRAINT pk_conversation_tags PRIMARY KEY (workspace_id, tag_id, conversation_id),
    CONSTRAINT fk_conversation_tags_workspace_id_tag_id FOREIGN KEY(workspace_id, tag_id) REFERENCES tags (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_conversation_tags_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_conversation_tags_conversation ON conversation_tags (workspace_id, conversation_id);
ALTER TABLE conversation_tags ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON conversation_tags USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON conversation_tags FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation_tags TO rapport_app;

CREATE TABLE macros (
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_macros PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_macros_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE macros ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON macros USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON macros FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON macros TO rapport_app;

CREATE TABLE rejected_messages (
    conversation_id UUID NOT NULL,
    client_id TEXT NOT NULL,
    payload TEXT NOT NULL,
    reason TEXT NOT NULL,
    attempts INTEGER DEFAULT 1 NOT NULL,
    stored_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_rejected_messages PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_rejected_messages_workspace_id_conversation_id_client_id UNIQUE (workspace_id, conversation_id, client_id),
    CONSTRAINT fk_rejected_messages_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_rejected_messages_recent ON rejected_messages (workspace_id, created_at);
ALTER TABLE rejected_messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON rejected_messages USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON rejected_messages FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON rejected_messages TO rapport_app;

CREATE TABLE search_documents (
    workspace_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    active_at TIMESTAMP WITH TIME ZONE NOT NULL,
    document TSVECTOR NOT NULL,
    CONSTRAINT pk_search_documents PRIMARY KEY (workspace_id, conversation_id),
    CONSTRAINT fk_search_documents_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_search_documents_recent ON search_documents (workspace_id, active_at, conversation_id);
CREATE INDEX ix_search_documents_words ON search_documents USING gin (document);
ALTER TABLE search_documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON search_documents USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON search_documents FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON search_documents TO rapport_app;

CREATE TABLE conversation_moves (
    workspace_id UUID NOT NULL,
    merge_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    CONSTRAINT pk_conversation_moves PRIMARY KEY (workspace_id, merge_id, conversation_id),
    CONSTRAINT fk_conversation_moves_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE conversation_moves ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON conversation_moves USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON conversation_moves FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON conversation_moves TO rapport_app;

CREATE OR REPLACE FUNCTION search_customers(
    in_workspace uuid, words text[], after_at timestamptz, after_id uuid, up_to integer
) RETURNS TABLE (id uuid) LANGUAGE plpgsql STABLE AS $$
-- Customers whose name or address contains every word, last seen first. Words are folded already.
-- Rare words use the index; when it finds many, walking the recent ones fills a page sooner.
DECLARE
    patterns text[] := ARRAY(
        SELECT '%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%'
        FROM unnest(words) AS w
    );
    wanted text[] := ARRAY(SELECT DISTINCT g FROM unnest(words) AS w, unnest(trigrams(w)) AS g);
    is_common boolean := cardinality(wanted) = 0 OR (
        SELECT count(*) > 2000
        FROM (SELECT FROM customers c WHERE c.grams @> wanted LIMIT 2001) AS found
    );
BEGIN
    IF is_common THEN
        RETURN QUERY
        SELECT c.id FROM customers c
        WHERE c.workspace_id = in_workspace AND c.merged_into_id IS NULL
          AND (after_at IS NULL OR (c.last_seen_at, c.id) < (after_at, after_id))
          AND c.search_text LIKE ALL (patterns)
        ORDER BY c.last_seen_at DESC, c.id DESC
        LIMIT up_to;
    ELSE
        RETURN QUERY
        WITH found AS MATERIALIZED (SELECT c.* FROM customers c WHERE c.grams @> wanted)
        SELECT f.id FROM found f
        WHERE f.workspace_id = in_workspace AND f.merged_into_id IS NULL
          AND (after_at IS NULL OR (f.last_seen_at, f.id) < (after_at, after_id))
          AND f.search_text LIKE ALL (patterns)
        ORDER BY f.last_seen_at DESC, f.id DESC
        LIMIT up_to;
    END IF;
END $$;
ALTER FUNCTION search_customers SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION search_customers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_customers TO rapport_app;

CREATE OR REPLACE FUNCTION next_conversation_number(in_workspace uuid) RETURNS bigint LANGUAGE plpgsql AS $$
-- A sequence per workspace: unlike a counter row it is not locked until the caller commits.
DECLARE
    its_name text := 'conversation_number_' || replace(in_workspace::text, '-', '');
BEGIN
    IF to_regclass(its_name) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(its_name, 0));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', its_name);
    END IF;
    RETURN nextval(its_name::regclass);
END $$;
ALTER FUNCTION next_conversation_number SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION next_conversation_number FROM PUBLIC;
GRANT EXECUTE ON FUNCTION next_conversation_number TO rapport_app;

CREATE OR REPLACE FUNCTION ingest_messages(messages_in jsonb, at timestamptz) RETURNS TABLE (
    place integer, message_id uuid, seq integer, created_at timestamptz,
    body text, html text, is_duplicate boolean
) LANGUAGE plpgsql AS $$
-- Store many messages of any workspaces in one statement: order, conversation, events, once each.
--
-- A message whose client_id its conversation already has yields the row stored before. A message for
-- a conversation that does not exist, or that belongs to another customer than its author, yields
-- no row at all. `place` counts from 1 in the order of the input; body and html come for duplicates.
#variable_conflict use_column
BEGIN
    -- Always in the same order, so that two batches cannot wait for each other.
    PERFORM FROM conversations c
    WHERE (c.workspace_id, c.id) IN (
        SELECT i.workspace_id, i.conversation_id
        FROM jsonb_to_recordset(messages_in) AS i (workspace_id uuid, conversation_id uuid)
    )
    ORDER BY c.workspace_id, c.id
    FOR NO KEY UPDATE;

    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT i.*, c.customer_id, c.last_seq, c.status
        FROM ROWS FROM (jsonb_to_recordset(messages_in) AS (
            workspace_id uuid, conversation_id uuid, id uuid, kind text, author_kind text,
            author_id uuid, author_name text, body text, html text, preview text, cards jsonb,
            attachment_ids uuid[], answer_id uuid, client_id text, by_visitor boolean
        )) WITH ORDINALITY AS i (
            workspace_id, conversation_id, id, kind, author_kind,
            author_id, author_name, body, html, preview, cards,
            attachment_ids, answer_id, client_id, by_visitor, place
        )
        JOIN conversations c ON c.workspace_id = i.workspace_id AND c.id = i.conversation_id
        WHERE i.author_kind <> 'customer' OR CASE
            WHEN i.by_visitor THEN i.author_id = coalesce(c.visitor_id, c.customer_id)
            ELSE i.author_id = c.customer_id OR EXISTS (
                SELECT FROM customers m
                WHERE m.workspace_id = i.workspace_id AND m.id = i.author_id
                  AND m.merged_into_id = c.customer_id
            )
        END
    ), first AS MATERIALIZED (
        SELECT DISTINCT ON (g.workspace_id, g.conversation_id, coalesce(g.client_id, g.id::text))
            g.*
        FROM given g
        WHERE NOT EXISTS (
            SELECT FROM messages m
            WHERE m.workspace_id = g.workspace_id AND m.conversation_id = g.conversation_id
              AND m.client_id = g.client_id
        )
        ORDER BY g.workspace_id, g.conversation_id, coalesce(g.client_id, g.id::text), g.place
    ), fresh AS MATERIALIZED (
        SELECT f.*, f.last_seq + row_number() OVER (
            PARTITION BY f.workspace_id, f.conversation_id ORDER BY f.place
        )::integer AS seq
        FROM first f
    ), stored AS (
        INSERT INTO messages (
            workspace_id, conversation_id, seq, id, kind, author_kind, author_id, author_name,
            body, html, cards, attachment_ids, answer_id, client_id, created_at
        )
        SELECT f.workspace_id, f.conversation_id, f.seq, f.id, f.kind, f.author_kind, f.author_id,
            CASE WHEN f.author_kind = 'customer' AND coalesce(f.author_name, '') = '' THEN (
                SELECT u.name FROM customers u
                WHERE u.workspace_id = f.workspace_id AND u.id = f.author_id
            ) ELSE coalesce(f.author_name, '') END, f.body, f.html, coalesce(f.cards, '[]'),
            coalesce(f.attachment_ids, '{}'), f.answer_id, f.client_id, at
        FROM fresh f
        ORDER BY f.workspace_id, f.conversation_id, f.seq
    ), sums AS MATERIALIZED (
        SELECT f.workspace_id, f.conversation_id,
            max(f.seq) AS last_seq,
            max(f.seq) FILTER (WHERE f.kind <> 'note') AS public_seq,
            max(f.seq) FILTER (WHERE f.author_kind = 'customer') AS customer_seq,
            max(f.seq) FILTER (
                WHERE f.kind = 'message' AND f.author_kind IN ('agent', 'assistant')
            ) AS answer_seq,
            bool_or(f.kind = 'message' AND f.author_kind = 'agent') AS person_joined,
            max(f.status) AS status
        FROM fresh f
        GROUP BY f.workspace_id, f.conversation_id
    ), changed AS (
        UPDATE conversations c SET
            last_seq = s.last_seq,
            public_seq = coalesce(s.public_seq, c.public_seq),
            preview = l.preview,
            preview_kind = CASE WHEN l.kind = 'note' THEN 'note' ELSE l.author_kind END,
            public_preview = coalesce(p.preview, c.public_preview),
            last_activity_at = greatest(at, c.last_activity_at),
            public_activity_at = CASE
                WHEN s.public_seq IS NULL THEN c.public_activity_at
                ELSE greatest(at, c.public_activity_at)
            END,
            waiting_since = CASE
                WHEN coalesce(s.customer_seq, 0) > coalesce(s.answer_seq, 0)
                    THEN CASE WHEN s.answer_seq IS NULL THEN coalesce(c.waiting_since, at) ELSE at END
                WHEN s.answer_seq IS NOT NULL THEN NULL
                ELSE c.waiting_since
            END,
            status = CASE WHEN s.customer_seq IS NULL THEN c.status ELSE 'open' END,
            snoozed_until = CASE WHEN s.customer_seq IS NULL THEN c.snoozed_until END,
            resolved_at = CASE WHEN s.customer_seq IS NULL THEN c.resolved_at END,
            handler = CASE WHEN s.person_joined THEN 'agent' ELSE c.handler END,
            customer_seen_seq = greatest(c.customer_seen_seq, s.customer_seq),
            version = c.version + 1
        FROM sums s
        JOIN fresh l ON l.workspace_id = s.workspace_id
            AND l.conversation_id = s.conversation_id AND l.seq = s.last_seq
        LEFT JOIN fresh p ON p.workspace_id = s.workspace_id
            AND p.conversation_id = s.conversation_id AND p.seq = s.public_seq
        WHERE c.workspace_id = s.workspace_id AND c.id = s.conversation_id
    ), facts AS (
        SELECT f.workspace_id, f.conversation_id, f.author_kind, f.author_id, f.place, 1 AS part,
            'conversations.message_added' AS name,
            jsonb_build_object(
                'conversation_id', f.conversation_id, 'message_id', f.id, 'seq', f.seq,
                'kind', f.kind, 'author_kind', f.author_kind
            ) AS payload
        FROM fresh f
        UNION ALL
        SELECT f.workspace_id, f.conversation_id, f.author_kind, f.author_id, f.place, 2,
            'conversations.status_changed',
            jsonb_build_object(
                'conversation_id', f.conversation_id, 'previous', f.status, 'status', 'open',
                'snoozed_until', NULL
            )
        FROM fresh f JOIN sums s USING (workspace_id, conversation_id)
        WHERE f.seq = s.customer_seq AND s.status <> 'open'
        UNION ALL
        SELECT f.workspace_id, f.conversation_id, f.author_kind, f.author_id, f.place, 3,
            'conversations.handler_changed',
            jsonb_build_object(
                'conversation_id', f.conversation_id, 'previous', c.handler, 'handler', 'agent'
            )
        FROM fresh f JOIN sums s USING (workspace_id, conversation_id)
        JOIN conversations c ON c.workspace_id = f.workspace_id AND c.id = f.conversation_id
        WHERE s.person_joined AND f.seq = s.answer_seq AND c.handler <> 'agent'
    ), announced AS (
        INSERT INTO events (workspace_id, name, actor, subject_id, payload, created_at)
        SELECT e.workspace_id, e.name, e.author_kind || ':' || coalesce(e.author_id::text, ''),
            e.conversation_id, e.payload, at
        FROM facts e
        ORDER BY e.place, e.part
    )
    SELECT g.place::integer, coalesce(f.id, m.id), coalesce(f.seq, m.seq),
        coalesce(m.created_at, at), m.body, m.html, f.id IS NULL OR f.place <> g.place
    FROM given g
    LEFT JOIN fresh f ON f.workspace_id = g.workspace_id
        AND f.conversation_id = g.conversation_id
        AND coalesce(f.client_id, f.id::text) = coalesce(g.client_id, g.id::text)
    LEFT JOIN messages m ON f.id IS NULL AND m.workspace_id = g.workspace_id
        AND m.conversation_id = g.conversation_id AND m.client_id = g.client_id;
END $$;
ALTER FUNCTION ingest_messages SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION ingest_messages FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest_messages TO rapport_app;

CREATE OR REPLACE FUNCTION keep_rejected_message(
    in_workspace uuid, rejected_id uuid, in_conversation uuid, author_kind text, author_id uuid,
    its_client_id text, its_payload text, its_reason text, at timestamptz
) RETURNS boolean LANGUAGE plpgsql AS $$
-- Put a message aside that the database refused, and tell the team by a note where it belongs.
-- Nothing is kept of a message to a conversation that is not its author's.
BEGIN
    IF NOT EXISTS (
        SELECT FROM conversations c
        WHERE c.workspace_id = in_workspace AND c.id = in_conversation
          AND (keep_rejected_message.author_kind <> 'customer'
               OR keep_rejected_message.author_id IN (c.customer_id, c.visitor_id))
    ) THEN
        RETURN false;
    END IF;
    INSERT INTO rejected_messages AS r (
        workspace_id, id, conversation_id, client_id, payload, reason, attempts, created_at
    ) VALUES (
        in_workspace, rejected_id, in_conversation, its_client_id, its_payload, its_reason, 1, at
    )
    ON CONFLICT (workspace_id, conversation_id, client_id)
        DO UPDATE SET attempts = r.attempts + 1, reason = excluded.reason;
    PERFORM ingest_messages(jsonb_build_array(jsonb_build_object(
        'workspace_id', in_workspace, 'conversation_id', in_conversation, 'id', rejected_id,
        'kind', 'note', 'author_kind', 'system', 'author_name', 'Rapport',
        'body', 'A message arrived that could not be stored. It is kept under rejected messages.',
        'html', '<p>A message arrived that could not be stored. It is kept under rejected messages.</p>',
        'preview', 'A message arrived that could not be stored.',
        'client_id', 'rejected:' || its_client_id
    )), at);
    RETURN true;
END $$;
ALTER FUNCTION keep_rejected_message SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION keep_rejected_message FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_rejected_message TO rapport_app;

CREATE OR REPLACE FUNCTION wake_snoozed(at timestamptz, up_to integer) RETURNS integer LANGUAGE plpgsql AS $$
-- Reopen conversations of all workspaces whose time has come; how many there were.
DECLARE
    woken integer;
BEGIN
    WITH due AS MATERIALIZED (
        SELECT c.workspace_id, c.id FROM conversations c
        WHERE c.status = 'snoozed' AND c.snoozed_until <= at
        ORDER BY c.snoozed_until
        LIMIT up_to
        FOR UPDATE SKIP LOCKED
    ), awake AS (
        UPDATE conversations c
        SET status = 'open', snoozed_until = NULL, last_activity_at = at, version = c.version + 1
        FROM due d
        WHERE c.workspace_id = d.workspace_id AND c.id = d.id
        RETURNING c.workspace_id, c.id
    ), announced AS (
        INSERT INTO events (workspace_id, name, actor, subject_id, payload, created_at)
        SELECT a.workspace_id, 'conversations.status_changed',
            'system:00000000-0000-0000-0000-000000000000', a.id,
            jsonb_build_object(
                'conversation_id', a.id, 'previous', 'snoozed', 'status', 'open',
                'snoozed_until', NULL
            ), at
        FROM awake a
        RETURNING 1
    )
    SELECT count(*) INTO woken FROM announced;
    RETURN woken;
END $$;
ALTER FUNCTION wake_snoozed SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION wake_snoozed FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wake_snoozed TO rapport_app;

CREATE OR REPLACE FUNCTION search_conversations(
    in_workspace uuid, words tsquery, after_at timestamptz, after_id uuid, up_to integer
) RETURNS TABLE (conversation_id uuid, active_at timestamptz) LANGUAGE plpgsql AS $$
-- Conversations that contain the words, most recently active first.
--
-- Words that one conversation in a hundred has fill a page from the 3,000 latest, long before the
-- index would have listed them all. Of rarer words the index lists at most thousands to sort. (The
-- planner's estimates do not help to choose: it knows little of unfinished words.) Statements are
-- built with their values, so that none is planned for other words.
DECLARE
    ids uuid[];
    ats timestamptz[];
    since CONSTANT text := CASE WHEN after_at IS NULL THEN 'true' ELSE format(
        '(d.active_at, d.conversation_id) < (%L::timestamptz, %L::uuid)', after_at, after_id
    ) END;
BEGIN
    EXECUTE format(
        'SELECT array_agg(f.conversation_id), array_agg(f.active_at) FROM (
            SELECT d.conversation_id, d.active_at FROM (
                SELECT d.* FROM search_documents d WHERE d.workspace_id = %L AND %s
                ORDER BY d.active_at DESC, d.conversation_id DESC LIMIT 3000
            ) d WHERE d.document @@ %L::tsquery
            ORDER BY d.active_at DESC, d.conversation_id DESC LIMIT %s
        ) f', in_workspace, since, words, up_to
    ) INTO ids, ats;
    IF cardinality(ids) = up_to THEN
        RETURN QUERY SELECT f.id, f.at FROM unnest(ids, ats) AS f (id, at);
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format(
        'WITH found AS MATERIALIZED (
            SELECT d.workspace_id, d.conversation_id, d.active_at
            FROM search_documents d WHERE d.document @@ %L::tsquery
        )
        SELECT d.conversation_id, d.active_at FROM found d
        WHERE d.workspace_id = %L AND %s
        ORDER BY d.active_at DESC, d.conversation_id DESC LIMIT %s',
        words, in_workspace, since, up_to
    );
END $$;
ALTER FUNCTION search_conversations SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION search_conversations FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_conversations TO rapport_app;
