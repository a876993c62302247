-- People, sessions, keys, teams, audit, workspace settings, data keys and rate limits.

CREATE TABLE users (
    id UUID NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    locale TEXT,
    theme TEXT DEFAULT 'auto' NOT NULL,
    last_signed_in_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id)
);
CREATE UNIQUE INDEX uq_users_email ON users (lower(email));

CREATE TABLE credentials (
    user_id UUID NOT NULL,
    password_hash TEXT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_credentials PRIMARY KEY (user_id),
    CONSTRAINT fk_credentials_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE password_resets (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_password_resets PRIMARY KEY (id),
    CONSTRAINT fk_password_resets_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT uq_password_resets_digest UNIQUE (digest)
);
CREATE INDEX ix_password_resets_user_id ON password_resets (user_id);

CREATE TABLE memberships (
    user_id UUID NOT NULL,
    role TEXT NOT NULL,
    is_active BOOLEAN DEFAULT true NOT NULL,
    last_seen_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_memberships PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_memberships_workspace_id_user_id UNIQUE (workspace_id, user_id),
    CONSTRAINT ck_memberships_role_known CHECK (role IN ('owner', 'admin', 'agent', 'light_agent')),
    CONSTRAINT fk_memberships_user_id FOREIGN KEY(user_id) REFERENCES users (id),
    CONSTRAINT fk_memberships_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_memberships_user ON memberships (user_id);
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON memberships USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON memberships FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON memberships TO rapport_app;

CREATE TABLE sessions (
    user_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    user_agent TEXT NOT NULL,
    ip TEXT NOT NULL,
    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT uq_sessions_digest UNIQUE (digest),
    CONSTRAINT fk_sessions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_sessions_user ON sessions (user_id);
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON sessions USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON sessions FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO rapport_app;

CREATE TABLE sign_in_links (
    user_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_sign_in_links PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_sign_in_links_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT uq_sign_in_links_digest UNIQUE (digest),
    CONSTRAINT fk_sign_in_links_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE sign_in_links ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON sign_in_links USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON sign_in_links FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_links TO rapport_app;

CREATE TABLE invitations (
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    digest BYTEA NOT NULL,
    invited_by UUID NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    accepted_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_invitations PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_invitations_role_known CHECK (role IN ('owner', 'admin', 'agent', 'light_agent')),
    CONSTRAINT uq_invitations_digest UNIQUE (digest),
    CONSTRAINT fk_invitations_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON invitations USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON invitations FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON invitations TO rapport_app;

CREATE TABLE api_keys (
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    digest BYTEA NOT NULL,
    role TEXT NOT NULL,
    created_by UUID NOT NULL,
    last_used_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_api_keys PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_api_keys_role_known CHECK (role IN ('owner', 'admin', 'agent', 'light_agent')),
    CONSTRAINT uq_api_keys_digest UNIQUE (digest),
    CONSTRAINT fk_api_keys_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON api_keys USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON api_keys FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON api_keys TO rapport_app;

CREATE TABLE teams (
    name TEXT NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_teams PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_teams_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_teams_name ON teams (workspace_id, lower(name));
ALTER TABLE teams ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON teams USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON teams FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON teams TO rapport_app;

CREATE TABLE team_members (
    team_id UUID NOT NULL,
    user_id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_team_members PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_team_members_workspace_id_team_id_user_id UNIQUE (workspace_id, team_id, user_id),
    CONSTRAINT fk_team_members_workspace_id_team_id FOREIGN KEY(workspace_id, team_id) REFERENCES teams (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_team_members_workspace_id_user_id FOREIGN KEY(workspace_id, user_id) REFERENCES memberships (workspace_id, user_id),
    CONSTRAINT fk_team_members_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE team_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON team_members USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON team_members FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON team_members TO rapport_app;

CREATE TABLE audit_records (
    seq BIGINT NOT NULL,
    verb TEXT NOT NULL,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL,
    body TEXT NOT NULL,
    previous BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_audit_records PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_audit_records_workspace_id_seq UNIQUE (workspace_id, seq),
    CONSTRAINT fk_audit_records_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_audit_records_subject ON audit_records (workspace_id, subject, seq);
ALTER TABLE audit_records ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON audit_records USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON audit_records FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON audit_records TO rapport_app;

CREATE TABLE data_keys (
    generation INTEGER NOT NULL,
    wrapped TEXT NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_data_keys PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_data_keys_workspace_id_generation UNIQUE (workspace_id, generation),
    CONSTRAINT fk_data_keys_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE data_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON data_keys USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON data_keys FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON data_keys TO rapport_app;

CREATE TABLE workspace_settings (
    workspace_id UUID NOT NULL,
    key TEXT NOT NULL,
    value JSONB NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_workspace_settings PRIMARY KEY (workspace_id, key),
    CONSTRAINT fk_workspace_settings_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE workspace_settings ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON workspace_settings USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON workspace_settings FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON workspace_settings TO rapport_app;
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY members ON users USING (
    id IN (
        SELECT user_id FROM memberships
        WHERE workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
    )
);
REVOKE ALL ON users FROM rapport_app;
GRANT SELECT, UPDATE (name, locale, theme) ON users TO rapport_app;
REVOKE ALL ON audit_records FROM rapport_app;
GRANT SELECT ON audit_records TO rapport_app;
REVOKE ALL ON data_keys FROM rapport_app;
GRANT SELECT, INSERT ON data_keys TO rapport_app;

CREATE TABLE rate_limits (
    digest bytea PRIMARY KEY,
    full_until timestamptz NOT NULL
);

CREATE TABLE guesses (
    digest bytea PRIMARY KEY,
    failures integer NOT NULL,
    last_at timestamptz NOT NULL,
    blocked_until timestamptz
);
REVOKE ALL ON rate_limits FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_limits TO rapport_app;
REVOKE ALL ON guesses FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON guesses TO rapport_app;

CREATE OR REPLACE FUNCTION auth_account(p_email text)
RETURNS TABLE (user_id uuid, email text, name text, password_hash text)
LANGUAGE sql STABLE AS $$
    SELECT u.id, u.email, u.name, c.password_hash
    FROM users u LEFT JOIN credentials c ON c.user_id = u.id
    WHERE lower(u.email) = lower(p_email)
$$;
ALTER FUNCTION auth_account SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_account FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_account TO rapport_app;

CREATE OR REPLACE FUNCTION auth_account_by_id(p_user_id uuid)
RETURNS TABLE (user_id uuid, email text, name text, password_hash text)
LANGUAGE sql STABLE AS $$
    SELECT u.id, u.email, u.name, c.password_hash
    FROM users u LEFT JOIN credentials c ON c.user_id = u.id
    WHERE u.id = p_user_id
$$;
ALTER FUNCTION auth_account_by_id SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_account_by_id FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_account_by_id TO rapport_app;

CREATE OR REPLACE FUNCTION auth_memberships(p_user_id uuid)
RETURNS TABLE (workspace_id uuid, slug text, role text)
LANGUAGE sql STABLE AS $$
    SELECT m.workspace_id, w.slug, m.role
    FROM memberships m JOIN workspaces w ON w.id = m.workspace_id
    WHERE m.user_id = p_user_id AND m.is_active
    ORDER BY m.last_seen_at DESC NULLS LAST, m.created_at
$$;
ALTER FUNCTION auth_memberships SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_memberships FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_memberships TO rapport_app;

CREATE OR REPLACE FUNCTION auth_workspaces()
RETURNS TABLE (workspace_id uuid, slug text, role text)
LANGUAGE sql STABLE AS $$
    SELECT w.id, w.slug, 'owner' FROM workspaces w ORDER BY w.created_at, w.id
$$;
ALTER FUNCTION auth_workspaces SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_workspaces FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_workspaces TO rapport_app;

CREATE OR REPLACE FUNCTION auth_create_user(p_id uuid, p_email text, p_name text, p_now timestamptz)
RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE found_id uuid;
BEGIN
    INSERT INTO users (id, email, name, created_at) VALUES (p_id, p_email, p_name, p_now)
    ON CONFLICT (lower(email)) DO NOTHING;
    SELECT id INTO found_id FROM users WHERE lower(email) = lower(p_email);
    RETURN found_id;
END $$;
ALTER FUNCTION auth_create_user SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_create_user FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_create_user TO rapport_app;

CREATE OR REPLACE FUNCTION auth_set_password(p_user_id uuid, p_hash text, p_now timestamptz)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO credentials (user_id, password_hash, changed_at)
    VALUES (p_user_id, p_hash, p_now)
    ON CONFLICT (user_id) DO UPDATE
    SET password_hash = excluded.password_hash, changed_at = excluded.changed_at;
    UPDATE password_resets SET used_at = p_now WHERE user_id = p_user_id AND used_at IS NULL;
    UPDATE sign_in_links SET used_at = p_now WHERE user_id = p_user_id AND used_at IS NULL;
END $$;
ALTER FUNCTION auth_set_password SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_set_password FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_set_password TO rapport_app;

CREATE OR REPLACE FUNCTION auth_change_email(p_user_id uuid, p_email text)
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE users SET email = p_email WHERE id = p_user_id;
    RETURN FOUND;
EXCEPTION WHEN unique_violation THEN
    RETURN false;
END $$;
ALTER FUNCTION auth_change_email SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_change_email FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_change_email TO rapport_app;

CREATE OR REPLACE FUNCTION auth_rehash(p_user_id uuid, p_old text, p_new text)
RETURNS void
LANGUAGE sql AS $$
    UPDATE credentials SET password_hash = p_new
    WHERE user_id = p_user_id AND password_hash = p_old
$$;
ALTER FUNCTION auth_rehash SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_rehash FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_rehash TO rapport_app;

CREATE OR REPLACE FUNCTION auth_end_sessions(p_user_id uuid, p_except bytea)
RETURNS void
LANGUAGE sql AS $$
    DELETE FROM sessions
    WHERE user_id = p_user_id AND (p_except IS NULL OR digest <> p_except)
$$;
ALTER FUNCTION auth_end_sessions SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_end_sessions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_end_sessions TO rapport_app;

CREATE OR REPLACE FUNCTION auth_signed_in(p_user_id uuid, p_now timestamptz)
RETURNS void
LANGUAGE sql AS $$
    UPDATE users SET last_signed_in_at = p_now WHERE id = p_user_id
$$;
ALTER FUNCTION auth_signed_in SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_signed_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_signed_in TO rapport_app;

CREATE OR REPLACE FUNCTION auth_session(p_digest bytea, p_now timestamptz, p_idle interval)
RETURNS TABLE (session_id uuid, workspace_id uuid, user_id uuid, name text, role text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE live record;
BEGIN
    SELECT s.id AS sid, s.workspace_id AS wid, u.id AS uid, u.name AS uname, m.role AS urole,
           s.last_seen_at AS seen
    INTO live
    FROM sessions s
    JOIN memberships m ON m.workspace_id = s.workspace_id AND m.user_id = s.user_id
    JOIN users u ON u.id = s.user_id
    WHERE s.digest = p_digest AND s.expires_at > p_now AND s.last_seen_at > p_now - p_idle
      AND m.is_active;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF live.seen < p_now - interval '1 minute' THEN
        UPDATE sessions SET last_seen_at = p_now
        WHERE workspace_id = live.wid AND id = live.sid;
        UPDATE memberships SET last_seen_at = p_now
        WHERE workspace_id = live.wid AND user_id = live.uid;
    END IF;
    RETURN QUERY SELECT live.sid, live.wid, live.uid, live.uname, live.urole;
END $$;
ALTER FUNCTION auth_session SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_session FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_session TO rapport_app;

CREATE OR REPLACE FUNCTION auth_api_key(p_digest bytea, p_now timestamptz)
RETURNS TABLE (key_id uuid, workspace_id uuid, name text, role text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    UPDATE api_keys SET last_used_at = p_now
    WHERE digest = p_digest
      AND (last_used_at IS NULL OR last_used_at < p_now - interval '1 minute');
    RETURN QUERY SELECT k.id, k.workspace_id, k.name, k.role
    FROM api_keys k WHERE k.digest = p_digest;
END $$;
ALTER FUNCTION auth_api_key SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_api_key TO rapport_app;

CREATE OR REPLACE FUNCTION auth_redeem_link(p_digest bytea, p_now timestamptz)
RETURNS TABLE (user_id uuid, workspace_id uuid, email text, name text, role text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH used AS (
        UPDATE sign_in_links l SET used_at = p_now
        WHERE l.digest = p_digest AND l.used_at IS NULL AND l.expires_at > p_now
        RETURNING l.user_id AS uid, l.workspace_id AS wid
    )
    SELECT u.id, m.workspace_id, u.email, u.name, m.role
    FROM used JOIN users u ON u.id = used.uid
    JOIN memberships m ON m.workspace_id = used.wid AND m.user_id = used.uid AND m.is_active;
END $$;
ALTER FUNCTION auth_redeem_link SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_redeem_link FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_redeem_link TO rapport_app;

CREATE OR REPLACE FUNCTION auth_invitation(p_digest bytea, p_now timestamptz)
RETURNS TABLE (
    invitation_id uuid, workspace_id uuid, workspace_name text, email text, role text,
    expires_at timestamptz, has_account boolean
)
LANGUAGE sql STABLE AS $$
    SELECT i.id, i.workspace_id, w.name, i.email, i.role, i.expires_at,
           EXISTS (SELECT FROM users u WHERE lower(u.email) = lower(i.email))
    FROM invitations i JOIN workspaces w ON w.id = i.workspace_id
    WHERE i.digest = p_digest AND i.accepted_at IS NULL AND i.expires_at > p_now
$$;
ALTER FUNCTION auth_invitation SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_invitation FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_invitation TO rapport_app;

CREATE OR REPLACE FUNCTION auth_request_reset(p_id uuid, p_user_id uuid, p_digest bytea, p_now timestamptz,
                   p_expires_at timestamptz)
RETURNS void
LANGUAGE sql AS $$
    INSERT INTO password_resets (id, user_id, digest, created_at, expires_at)
    VALUES (p_id, p_user_id, p_digest, p_now, p_expires_at)
$$;
ALTER FUNCTION auth_request_reset SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_request_reset FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_request_reset TO rapport_app;

CREATE OR REPLACE FUNCTION auth_reset(p_digest bytea, p_now timestamptz)
RETURNS TABLE (user_id uuid, email text)
LANGUAGE sql STABLE AS $$
    SELECT u.id, u.email FROM password_resets r JOIN users u ON u.id = r.user_id
    WHERE r.digest = p_digest AND r.used_at IS NULL AND r.expires_at > p_now
$$;
ALTER FUNCTION auth_reset SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_reset FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_reset TO rapport_app;

CREATE OR REPLACE FUNCTION auth_redeem_reset(p_digest bytea, p_now timestamptz)
RETURNS uuid
LANGUAGE sql AS $$
    UPDATE password_resets SET used_at = p_now
    WHERE digest = p_digest AND used_at IS NULL AND expires_at > p_now
    RETURNING user_id
$$;
ALTER FUNCTION auth_redeem_reset SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_redeem_reset FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_redeem_reset TO rapport_app;

CREATE OR REPLACE FUNCTION auth_first_owner(p_workspace_id uuid, p_workspace text, p_slug text, p_user_id uuid,
                 p_email text, p_name text, p_now timestamptz)
RETURNS TABLE (workspace_id uuid, user_id uuid, email text, created boolean, waiting boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('auth:first_owner', 0));
    IF NOT EXISTS (SELECT FROM users) THEN
        INSERT INTO workspaces (id, name, slug, created_at)
        VALUES (p_workspace_id, p_workspace, p_slug, p_now);
        INSERT INTO users (id, email, name, created_at)
        VALUES (p_user_id, p_email, p_name, p_now);
        INSERT INTO memberships (workspace_id, id, user_id, role, is_active, created_at)
        VALUES (p_workspace_id, p_user_id, p_user_id, 'owner', true, p_now);
        RETURN QUERY SELECT p_workspace_id, p_user_id, p_email, true, true;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT m.workspace_id, u.id, u.email, false, u.last_signed_in_at IS NULL
    FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE m.role = 'owner' AND m.is_active
    ORDER BY m.created_at, u.id LIMIT 1;
END $$;
ALTER FUNCTION auth_first_owner SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_first_owner FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_first_owner TO rapport_app;

CREATE OR REPLACE FUNCTION auth_sweep(p_now timestamptz, p_idle interval)
RETURNS void
LANGUAGE sql AS $$
    DELETE FROM sessions WHERE expires_at < p_now OR last_seen_at < p_now - p_idle;
    DELETE FROM sign_in_links WHERE expires_at < p_now - interval '1 day';
    DELETE FROM password_resets WHERE expires_at < p_now - interval '1 day';
    DELETE FROM rate_limits WHERE full_until < p_now;
    DELETE FROM guesses
    WHERE last_at < p_now - interval '2 days'
      AND (blocked_until IS NULL OR blocked_until < p_now);
$$;
ALTER FUNCTION auth_sweep SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_sweep FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_sweep TO rapport_app;

CREATE OR REPLACE FUNCTION audit_append(p_id uuid, p_at timestamptz, p_verb text, p_subject text, p_actor text,
             p_body text)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    w uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
    n bigint;
    before bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit:' || w::text, 0));
    SELECT seq, hash INTO n, before FROM audit_records
    WHERE workspace_id = w ORDER BY seq DESC LIMIT 1;
    n := coalesce(n, 0) + 1;
    before := coalesce(before, decode(repeat('00', 32), 'hex'));
    INSERT INTO audit_records
        (workspace_id, id, created_at, seq, verb, subject, actor, body, previous, hash)
    VALUES (w, p_id, p_at, n, p_verb, p_subject, p_actor, p_body, before,
            sha256(before || convert_to(n::text || chr(10) || p_body, 'UTF8')));
    RETURN n;
END $$;
ALTER FUNCTION audit_append SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION audit_append FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_append TO rapport_app;

CREATE OR REPLACE FUNCTION secrets_data_keys()
RETURNS TABLE (workspace_id uuid, generation integer, wrapped text)
LANGUAGE sql STABLE AS $$
    SELECT workspace_id, generation, wrapped FROM data_keys ORDER BY 1, 2
$$;
ALTER FUNCTION secrets_data_keys SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION secrets_data_keys FROM PUBLIC;
GRANT EXECUTE ON FUNCTION secrets_data_keys TO rapport_app;

CREATE OR REPLACE FUNCTION secrets_rewrap(p_workspace_id uuid, p_generation integer, p_old text, p_new text)
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE data_keys SET wrapped = p_new
    WHERE workspace_id = p_workspace_id AND generation = p_generation AND wrapped = p_old;
    RETURN FOUND;
END $$;
ALTER FUNCTION secrets_rewrap SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION secrets_rewrap FROM PUBLIC;
GRANT EXECUTE ON FUNCTION secrets_rewrap TO rapport_app;
GRANT SELECT ON alembic_version TO rapport_app;
