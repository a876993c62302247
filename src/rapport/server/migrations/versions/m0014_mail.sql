-- Mail: how it comes in and goes out, what is kept of it, and what is on its way by any channel.

CREATE TABLE email_mailboxes (
    key TEXT NOT NULL,
    address TEXT NOT NULL,
    aliases TEXT[] NOT NULL,
    from_name TEXT NOT NULL,
    signature TEXT NOT NULL,
    quoting BOOLEAN NOT NULL,
    same_mail TEXT NOT NULL,
    acknowledge BOOLEAN NOT NULL,
    acknowledgement TEXT NOT NULL,
    undo_s INTEGER NOT NULL,
    trusted_authserv TEXT,
    incoming JSONB NOT NULL,
    outgoing JSONB NOT NULL,
    dkim JSONB,
    secrets TEXT,
    version INTEGER DEFAULT 1 NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_email_mailboxes PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_email_mailboxes_workspace_id_id FOREIGN KEY(workspace_id, id) REFERENCES inboxes (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_email_mailboxes_same_mail_known CHECK (same_mail IN ('once', 'each')),
    CONSTRAINT uq_email_mailboxes_key UNIQUE (key),
    CONSTRAINT fk_email_mailboxes_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE email_mailboxes ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON email_mailboxes USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON email_mailboxes FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON email_mailboxes TO rapport_app;

CREATE TABLE email_routes (
    address TEXT NOT NULL,
    workspace_id UUID NOT NULL,
    inbox_id UUID NOT NULL,
    CONSTRAINT pk_email_routes PRIMARY KEY (address),
    CONSTRAINT fk_email_routes_workspace_id_inbox_id FOREIGN KEY(workspace_id, inbox_id) REFERENCES email_mailboxes (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_email_routes_inbox ON email_routes (workspace_id, inbox_id);
ALTER TABLE email_routes ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON email_routes USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON email_routes FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON email_routes TO rapport_app;

CREATE TABLE email_folders (
    workspace_id UUID NOT NULL,
    inbox_id UUID NOT NULL,
    name TEXT NOT NULL,
    account TEXT DEFAULT '' NOT NULL,
    uid_validity BIGINT,
    last_uid BIGINT DEFAULT 0 NOT NULL,
    state TEXT NOT NULL,
    error TEXT,
    failing_since TIMESTAMP WITH TIME ZONE,
    behind INTEGER DEFAULT 0 NOT NULL,
    last_mail_at TIMESTAMP WITH TIME ZONE,
    seen_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_email_folders PRIMARY KEY (workspace_id, inbox_id, name),
    CONSTRAINT fk_email_folders_workspace_id_inbox_id FOREIGN KEY(workspace_id, inbox_id) REFERENCES email_mailboxes (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_email_folders_state_known CHECK (state IN ('connecting', 'catching_up', 'listening', 'failing'))
);
ALTER TABLE email_folders ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON email_folders USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON email_folders FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON email_folders TO rapport_app;

CREATE TABLE email_raw (
    inbox_id UUID NOT NULL,
    source TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    message_hash BYTEA,
    envelope JSONB NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    attempts INTEGER DEFAULT 0 NOT NULL,
    conversation_id UUID,
    seq INTEGER,
    customer_id UUID,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_email_raw PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_email_raw_workspace_id_inbox_id FOREIGN KEY(workspace_id, inbox_id) REFERENCES inboxes (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_email_raw_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE SET NULL (conversation_id),
    CONSTRAINT uq_email_raw_workspace_id_inbox_id_source UNIQUE (workspace_id, inbox_id, source),
    CONSTRAINT ck_email_raw_state_known CHECK (state IN ('received', 'stored', 'ignored', 'duplicate', 'failed')),
    CONSTRAINT fk_email_raw_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_email_raw_conversation ON email_raw (workspace_id, conversation_id);
CREATE INDEX ix_email_raw_customer ON email_raw (workspace_id, customer_id);
CREATE INDEX ix_email_raw_message ON email_raw (workspace_id, message_hash);
CREATE INDEX ix_email_raw_recent ON email_raw (workspace_id, created_at, id);
CREATE INDEX ix_email_raw_waiting ON email_raw (workspace_id, state, id) WHERE state IN ('received', 'failed');
ALTER TABLE email_raw ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON email_raw USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON email_raw FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON email_raw TO rapport_app;

CREATE TABLE email_known (
    workspace_id UUID NOT NULL,
    message_hash BYTEA NOT NULL,
    inbox_id UUID NOT NULL,
    conversation_id UUID,
    seq INTEGER,
    direction TEXT NOT NULL,
    participants BYTEA[] NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_email_known PRIMARY KEY (workspace_id, message_hash, inbox_id),
    CONSTRAINT fk_email_known_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE SET NULL (conversation_id),
    CONSTRAINT fk_email_known_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_email_known_conversation ON email_known (workspace_id, conversation_id);
ALTER TABLE email_known ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON email_known USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON email_known FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON email_known TO rapport_app;

CREATE TABLE email_details (
    workspace_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    raw_id UUID,
    delivery_id UUID,
    sender JSONB,
    reply_to JSONB,
    "to" JSONB NOT NULL,
    cc JSONB NOT NULL,
    subject TEXT NOT NULL,
    quoted_html TEXT NOT NULL,
    verdict JSONB,
    auto TEXT,
    message_id TEXT,
    "references" TEXT[] DEFAULT '{}' NOT NULL,
    is_stranger BOOLEAN DEFAULT false NOT NULL,
    notices TEXT[] DEFAULT '{}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_email_details PRIMARY KEY (workspace_id, conversation_id, seq),
    CONSTRAINT fk_email_details_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE email_details ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON email_details USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON email_details FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON email_details TO rapport_app;

CREATE TABLE email_correspondents (
    workspace_id UUID NOT NULL,
    address TEXT NOT NULL,
    bounced_at TIMESTAMP WITH TIME ZONE,
    bounce_status TEXT,
    bounce_reason TEXT,
    complained_at TIMESTAMP WITH TIME ZONE,
    unsubscribed_at TIMESTAMP WITH TIME ZONE,
    acknowledged_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_email_correspondents PRIMARY KEY (workspace_id, address),
    CONSTRAINT fk_email_correspondents_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE email_correspondents ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON email_correspondents USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON email_correspondents FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON email_correspondents TO rapport_app;

CREATE TABLE deliveries (
    channel TEXT NOT NULL,
    inbox_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    seq INTEGER,
    peer TEXT NOT NULL,
    recipients JSONB NOT NULL,
    options JSONB DEFAULT '{}' NOT NULL,
    draft JSONB,
    is_automatic BOOLEAN DEFAULT false NOT NULL,
    state TEXT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    queued_at TIMESTAMP WITH TIME ZONE,
    attempts INTEGER DEFAULT 0 NOT NULL,
    reference TEXT,
    body_path TEXT,
    response TEXT,
    reason TEXT,
    refused TEXT[] DEFAULT '{}' NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_deliveries PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_deliveries_workspace_id_conversation_id FOREIGN KEY(workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_deliveries_state_known CHECK (state IN ('held', 'queued', 'sending', 'unknown', 'sent', 'failed', 'cancelled')),
    CONSTRAINT ck_deliveries_held_has_draft CHECK ((state = 'held') = (draft IS NOT NULL)),
    CONSTRAINT fk_deliveries_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
) WITH (fillfactor = 80);
CREATE INDEX ix_deliveries_bodies ON deliveries (workspace_id, created_at) WHERE body_path IS NOT NULL;
CREATE INDEX ix_deliveries_conversation ON deliveries (workspace_id, conversation_id, id);
CREATE INDEX ix_deliveries_due ON deliveries (workspace_id, inbox_id, due_at, id) WHERE state IN ('held', 'queued', 'sending', 'unknown');
CREATE INDEX ix_deliveries_failed ON deliveries (workspace_id, inbox_id, created_at) WHERE state = 'failed';
CREATE INDEX ix_deliveries_peer ON deliveries (workspace_id, peer, created_at);
CREATE UNIQUE INDEX uq_deliveries_message ON deliveries (workspace_id, conversation_id, seq) WHERE seq IS NOT NULL;
CREATE UNIQUE INDEX uq_deliveries_reference ON deliveries (workspace_id, reference) WHERE reference IS NOT NULL;
ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON deliveries USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON deliveries FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON deliveries TO rapport_app;

-- Looked up before the workspace is known.

CREATE FUNCTION email_mailbox_by_key(p_key text)
RETURNS TABLE (workspace_id uuid, inbox_id uuid)
LANGUAGE sql STABLE AS $$
    SELECT m.workspace_id, m.id
    FROM email_mailboxes m
    JOIN inboxes i ON i.workspace_id = m.workspace_id AND i.id = m.id
    WHERE m.key = p_key AND i.is_enabled
$$;
ALTER FUNCTION email_mailbox_by_key SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION email_mailbox_by_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION email_mailbox_by_key TO rapport_app;

CREATE FUNCTION email_route(p_address text)
RETURNS TABLE (workspace_id uuid, inbox_id uuid)
LANGUAGE sql STABLE AS $$
    SELECT r.workspace_id, r.inbox_id
    FROM email_routes r
    JOIN inboxes i ON i.workspace_id = r.workspace_id AND i.id = r.inbox_id
    WHERE r.address = p_address AND i.is_enabled
$$;
ALTER FUNCTION email_route SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION email_route FROM PUBLIC;
GRANT EXECUTE ON FUNCTION email_route TO rapport_app;

CREATE FUNCTION email_mailboxes_to_fetch()
RETURNS TABLE (workspace_id uuid, inbox_id uuid, version integer)
LANGUAGE sql STABLE AS $$
    SELECT m.workspace_id, m.id, m.version
    FROM email_mailboxes m
    JOIN inboxes i ON i.workspace_id = m.workspace_id AND i.id = m.id
    WHERE m.incoming ->> 'kind' = 'imap' AND i.is_enabled
    ORDER BY m.workspace_id, m.id
$$;
ALTER FUNCTION email_mailboxes_to_fetch SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION email_mailboxes_to_fetch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION email_mailboxes_to_fetch TO rapport_app;

CREATE FUNCTION deliveries_due(p_now timestamptz)
RETURNS TABLE (workspace_id uuid, inbox_id uuid)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT d.workspace_id, d.inbox_id
    FROM deliveries d
    WHERE d.state IN ('held', 'queued', 'sending', 'unknown') AND d.due_at <= p_now
$$;
ALTER FUNCTION deliveries_due SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION deliveries_due FROM PUBLIC;
GRANT EXECUTE ON FUNCTION deliveries_due TO rapport_app;
