-- Web chats and visitors' sessions.

CREATE TABLE webchat_inboxes (
    key TEXT NOT NULL,
    team_name TEXT NOT NULL,
    greeting TEXT NOT NULL,
    color TEXT NOT NULL,
    position TEXT NOT NULL,
    theme TEXT NOT NULL,
    locale TEXT NOT NULL,
    texts JSONB NOT NULL,
    pre_chat JSONB NOT NULL,
    allowed_origins TEXT[] NOT NULL,
    require_identity BOOLEAN NOT NULL,
    identity_secret TEXT,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_webchat_inboxes PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_webchat_inboxes_workspace_id_id FOREIGN KEY(workspace_id, id) REFERENCES inboxes (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_webchat_inboxes_position_known CHECK (position IN ('left', 'right')),
    CONSTRAINT ck_webchat_inboxes_theme_known CHECK (theme IN ('auto', 'light', 'dark')),
    CONSTRAINT uq_webchat_inboxes_key UNIQUE (key),
    CONSTRAINT fk_webchat_inboxes_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE webchat_inboxes ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON webchat_inboxes USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON webchat_inboxes FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON webchat_inboxes TO rapport_app;

CREATE TABLE visitor_sessions (
    token_digest BYTEA NOT NULL,
    inbox_id UUID NOT NULL,
    customer_id UUID NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    verified_until TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_visitor_sessions PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_visitor_sessions_workspace_id_inbox_id FOREIGN KEY(workspace_id, inbox_id) REFERENCES webchat_inboxes (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_visitor_sessions_workspace_id_customer_id FOREIGN KEY(workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_visitor_sessions_token_digest UNIQUE (token_digest),
    CONSTRAINT fk_visitor_sessions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_visitor_sessions_customer ON visitor_sessions (workspace_id, customer_id);
CREATE INDEX ix_visitor_sessions_expires ON visitor_sessions (expires_at);
ALTER TABLE visitor_sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON visitor_sessions USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON visitor_sessions FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON visitor_sessions TO rapport_app;

CREATE OR REPLACE FUNCTION webchat_by_key(p_key text)
RETURNS TABLE (workspace_id uuid, inbox_id uuid)
LANGUAGE sql STABLE AS $$
    SELECT w.workspace_id, w.id
    FROM webchat_inboxes w
    JOIN inboxes i ON i.workspace_id = w.workspace_id AND i.id = w.id
    WHERE w.key = p_key AND i.is_enabled
$$;
ALTER FUNCTION webchat_by_key SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION webchat_by_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webchat_by_key TO rapport_app;

CREATE OR REPLACE FUNCTION webchat_visitor(p_digest bytea, p_now timestamptz)
RETURNS TABLE (
    workspace_id uuid, session_id uuid, inbox_id uuid, customer_id uuid, name text,
    is_verified boolean, require_identity boolean, allowed_origins text[],
    needs_renewal boolean
)
LANGUAGE sql STABLE AS $$
    SELECT
        s.workspace_id, s.id, s.inbox_id, c.id, c.name,
        coalesce(s.verified_until > p_now, false), w.require_identity, w.allowed_origins,
        s.last_seen_at < p_now - interval '1 hour'
    FROM visitor_sessions s
    JOIN customers c ON c.workspace_id = s.workspace_id AND c.id = s.customer_id
    JOIN webchat_inboxes w ON w.workspace_id = s.workspace_id AND w.id = s.inbox_id
    JOIN inboxes i ON i.workspace_id = w.workspace_id AND i.id = w.id
    WHERE s.token_digest = p_digest AND s.revoked_at IS NULL AND s.expires_at > p_now
      AND i.is_enabled
$$;
ALTER FUNCTION webchat_visitor SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION webchat_visitor FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webchat_visitor TO rapport_app;

CREATE OR REPLACE FUNCTION webchat_renew(p_digest bytea, p_now timestamptz, p_expires_at timestamptz)
RETURNS void
LANGUAGE sql AS $$
    UPDATE visitor_sessions SET last_seen_at = p_now, expires_at = p_expires_at
    WHERE token_digest = p_digest AND revoked_at IS NULL AND last_seen_at < p_now
$$;
ALTER FUNCTION webchat_renew SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION webchat_renew FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webchat_renew TO rapport_app;

CREATE OR REPLACE FUNCTION webchat_demo_key()
RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT w.key
    FROM workspace_settings s
    JOIN webchat_inboxes w ON w.workspace_id = s.workspace_id
    JOIN inboxes i ON i.workspace_id = w.workspace_id AND i.id = w.id
    WHERE s.key = 'demo' AND i.is_enabled
    ORDER BY w.created_at, w.id
    LIMIT 1
$$;
ALTER FUNCTION webchat_demo_key SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION webchat_demo_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webchat_demo_key TO rapport_app;
