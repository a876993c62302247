-- Second factors, passkeys, single-use challenges, known browsers, and sign-in by an identity provider.

CREATE TABLE second_factors (
    user_id UUID NOT NULL,
    sealed_for UUID NOT NULL,
    secret TEXT NOT NULL,
    last_step BIGINT,
    enabled_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_second_factors PRIMARY KEY (user_id),
    CONSTRAINT fk_second_factors_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT fk_second_factors_sealed_for FOREIGN KEY(sealed_for) REFERENCES workspaces (id) ON DELETE CASCADE
);
REVOKE ALL ON second_factors FROM rapport_app;

CREATE TABLE recovery_codes (
    user_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_recovery_codes PRIMARY KEY (user_id, digest),
    CONSTRAINT fk_recovery_codes_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
REVOKE ALL ON recovery_codes FROM rapport_app;

CREATE TABLE passkeys (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    credential_id BYTEA NOT NULL,
    public_key BYTEA NOT NULL,
    sign_count BIGINT NOT NULL,
    name TEXT NOT NULL,
    last_used_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_passkeys PRIMARY KEY (id),
    CONSTRAINT uq_passkeys_credential_id UNIQUE (credential_id),
    CONSTRAINT fk_passkeys_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_passkeys_user_id ON passkeys (user_id);
REVOKE ALL ON passkeys FROM rapport_app;

CREATE TABLE sign_in_challenges (
    digest BYTEA NOT NULL,
    kind TEXT NOT NULL,
    user_id UUID,
    payload JSONB NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_sign_in_challenges PRIMARY KEY (digest),
    CONSTRAINT fk_sign_in_challenges_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_sign_in_challenges_user_id ON sign_in_challenges (user_id);
CREATE INDEX ix_sign_in_challenges_expires_at ON sign_in_challenges (expires_at);
REVOKE ALL ON sign_in_challenges FROM rapport_app;

CREATE TABLE known_browsers (
    digest BYTEA NOT NULL,
    user_id UUID NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_known_browsers PRIMARY KEY (digest, user_id),
    CONSTRAINT fk_known_browsers_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_known_browsers_user_id ON known_browsers (user_id);
REVOKE ALL ON known_browsers FROM rapport_app;

CREATE TABLE identity_providers (
    name TEXT NOT NULL,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    secret TEXT,
    email_domains JSONB NOT NULL,
    joins_as TEXT,
    checks_second_factor BOOLEAN NOT NULL,
    is_enabled BOOLEAN NOT NULL,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_identity_providers PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_identity_providers_workspace_id UNIQUE (workspace_id),
    CONSTRAINT ck_identity_providers_joins_as CHECK (joins_as IN ('admin', 'agent', 'light_agent')),
    CONSTRAINT fk_identity_providers_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
ALTER TABLE identity_providers ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity_providers USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON identity_providers FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON identity_providers TO rapport_app;

CREATE TABLE linked_identities (
    user_id UUID NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    email TEXT NOT NULL,
    last_used_at TIMESTAMP WITH TIME ZONE,
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_linked_identities PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_linked_identities_workspace_id_issuer_subject UNIQUE (workspace_id, issuer, subject),
    CONSTRAINT fk_linked_identities_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT fk_linked_identities_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX ix_linked_identities_user_id ON linked_identities (user_id);
ALTER TABLE linked_identities ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON linked_identities USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
REVOKE ALL ON linked_identities FROM rapport_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON linked_identities TO rapport_app;

ALTER TABLE sessions ADD COLUMN signed_in_by TEXT DEFAULT '' NOT NULL;
ALTER TABLE sessions ADD COLUMN is_limited BOOLEAN DEFAULT false NOT NULL;

CREATE FUNCTION auth_live_session(p_digest bytea, p_now timestamptz, p_idle interval)
RETURNS TABLE (session_id uuid, workspace_id uuid, user_id uuid, name text, role text, is_limited boolean)
LANGUAGE sql AS $$
    SELECT a.session_id, a.workspace_id, a.user_id, a.name, a.role, s.is_limited
    FROM auth_session(p_digest, p_now, p_idle) a JOIN sessions s ON s.digest = p_digest
$$;
ALTER FUNCTION auth_live_session SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_live_session FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_live_session TO rapport_app;

CREATE FUNCTION auth_factors(p_user_id uuid)
RETURNS TABLE (has_code boolean, passkeys bigint, recovery_codes bigint, enabled_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT f.enabled_at IS NOT NULL,
           (SELECT count(*) FROM passkeys p WHERE p.user_id = p_user_id),
           (SELECT count(*) FROM recovery_codes r WHERE r.user_id = p_user_id AND r.used_at IS NULL),
           f.enabled_at
    FROM (SELECT p_user_id AS id) u LEFT JOIN second_factors f ON f.user_id = u.id
$$;
ALTER FUNCTION auth_factors SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_factors FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_factors TO rapport_app;

CREATE FUNCTION auth_second_factor(p_user_id uuid)
RETURNS TABLE (sealed_for uuid, secret text, is_enabled boolean)
LANGUAGE sql STABLE AS $$
    SELECT f.sealed_for, f.secret, f.enabled_at IS NOT NULL
    FROM second_factors f WHERE f.user_id = p_user_id
$$;
ALTER FUNCTION auth_second_factor SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_second_factor FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_second_factor TO rapport_app;

CREATE FUNCTION auth_begin_second_factor(p_user_id uuid, p_sealed_for uuid, p_secret text, p_now timestamptz)
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO second_factors (user_id, sealed_for, secret, created_at)
    VALUES (p_user_id, p_sealed_for, p_secret, p_now)
    ON CONFLICT (user_id) DO UPDATE
    SET sealed_for = excluded.sealed_for, secret = excluded.secret, created_at = excluded.created_at
    WHERE second_factors.enabled_at IS NULL;
    RETURN FOUND;
END $$;
ALTER FUNCTION auth_begin_second_factor SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_begin_second_factor FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_begin_second_factor TO rapport_app;

CREATE FUNCTION auth_enable_second_factor(p_user_id uuid, p_step bigint, p_now timestamptz)
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE second_factors SET enabled_at = p_now, last_step = p_step
    WHERE user_id = p_user_id AND enabled_at IS NULL;
    RETURN FOUND;
END $$;
ALTER FUNCTION auth_enable_second_factor SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_enable_second_factor FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_enable_second_factor TO rapport_app;

CREATE FUNCTION auth_end_second_factor(p_user_id uuid)
RETURNS void
LANGUAGE sql AS $$
    DELETE FROM second_factors WHERE user_id = p_user_id;
    DELETE FROM recovery_codes WHERE user_id = p_user_id;
    DELETE FROM sign_in_challenges WHERE user_id = p_user_id;
$$;
ALTER FUNCTION auth_end_second_factor SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_end_second_factor FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_end_second_factor TO rapport_app;

CREATE FUNCTION auth_use_step(p_user_id uuid, p_step bigint)
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE second_factors SET last_step = p_step
    WHERE user_id = p_user_id AND enabled_at IS NOT NULL AND coalesce(last_step, 0) < p_step;
    RETURN FOUND;
END $$;
ALTER FUNCTION auth_use_step SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_use_step FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_use_step TO rapport_app;

CREATE FUNCTION auth_renew_recovery_codes(p_user_id uuid, p_digests bytea[])
RETURNS void
LANGUAGE sql AS $$
    DELETE FROM recovery_codes WHERE user_id = p_user_id;
    INSERT INTO recovery_codes (user_id, digest) SELECT p_user_id, unnest(p_digests);
$$;
ALTER FUNCTION auth_renew_recovery_codes SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_renew_recovery_codes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_renew_recovery_codes TO rapport_app;

CREATE FUNCTION auth_use_recovery_code(p_user_id uuid, p_digest bytea, p_now timestamptz)
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE recovery_codes SET used_at = p_now
    WHERE user_id = p_user_id AND digest = p_digest AND used_at IS NULL;
    RETURN FOUND;
END $$;
ALTER FUNCTION auth_use_recovery_code SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_use_recovery_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_use_recovery_code TO rapport_app;

CREATE FUNCTION auth_add_passkey(p_id uuid, p_user_id uuid, p_credential_id bytea, p_public_key bytea,
                 p_sign_count bigint, p_name text, p_now timestamptz)
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO passkeys (id, user_id, credential_id, public_key, sign_count, name, created_at)
    VALUES (p_id, p_user_id, p_credential_id, p_public_key, p_sign_count, p_name, p_now)
    ON CONFLICT (credential_id) DO NOTHING;
    RETURN FOUND;
END $$;
ALTER FUNCTION auth_add_passkey SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_add_passkey FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_add_passkey TO rapport_app;

CREATE FUNCTION auth_passkeys(p_user_id uuid)
RETURNS TABLE (id uuid, credential_id bytea, name text, created_at timestamptz, last_used_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT p.id, p.credential_id, p.name, p.created_at, p.last_used_at
    FROM passkeys p WHERE p.user_id = p_user_id ORDER BY p.created_at, p.id
$$;
ALTER FUNCTION auth_passkeys SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_passkeys FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_passkeys TO rapport_app;

CREATE FUNCTION auth_passkey(p_credential_id bytea)
RETURNS TABLE (id uuid, user_id uuid, public_key bytea, sign_count bigint)
LANGUAGE sql STABLE AS $$
    SELECT p.id, p.user_id, p.public_key, p.sign_count
    FROM passkeys p WHERE p.credential_id = p_credential_id
$$;
ALTER FUNCTION auth_passkey SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_passkey FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_passkey TO rapport_app;

CREATE FUNCTION auth_use_passkey(p_id uuid, p_before bigint, p_after bigint, p_now timestamptz)
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE passkeys SET sign_count = p_after, last_used_at = p_now
    WHERE id = p_id AND sign_count = p_before;
    RETURN FOUND;
END $$;
ALTER FUNCTION auth_use_passkey SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_use_passkey FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_use_passkey TO rapport_app;

CREATE FUNCTION auth_rename_passkey(p_user_id uuid, p_id uuid, p_name text)
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE passkeys SET name = p_name WHERE user_id = p_user_id AND id = p_id;
    RETURN FOUND;
END $$;
ALTER FUNCTION auth_rename_passkey SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_rename_passkey FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_rename_passkey TO rapport_app;

CREATE FUNCTION auth_remove_passkeys(p_user_id uuid, p_id uuid)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE removed bigint;
BEGIN
    DELETE FROM passkeys WHERE user_id = p_user_id AND (p_id IS NULL OR id = p_id);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;
ALTER FUNCTION auth_remove_passkeys SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_remove_passkeys FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_remove_passkeys TO rapport_app;

CREATE FUNCTION auth_keep_challenge(p_digest bytea, p_kind text, p_user_id uuid, p_payload jsonb,
                    p_expires_at timestamptz)
RETURNS void
LANGUAGE sql AS $$
    INSERT INTO sign_in_challenges (digest, kind, user_id, payload, expires_at)
    VALUES (p_digest, p_kind, p_user_id, p_payload, p_expires_at)
$$;
ALTER FUNCTION auth_keep_challenge SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_keep_challenge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_keep_challenge TO rapport_app;

CREATE FUNCTION auth_challenge(p_digest bytea, p_kind text, p_now timestamptz)
RETURNS TABLE (user_id uuid, payload jsonb)
LANGUAGE sql STABLE AS $$
    SELECT c.user_id, c.payload FROM sign_in_challenges c
    WHERE c.digest = p_digest AND c.kind = p_kind AND c.expires_at > p_now
$$;
ALTER FUNCTION auth_challenge SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_challenge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_challenge TO rapport_app;

CREATE FUNCTION auth_redeem_challenge(p_digest bytea, p_kind text, p_now timestamptz)
RETURNS TABLE (user_id uuid, payload jsonb)
LANGUAGE sql AS $$
    DELETE FROM sign_in_challenges c
    WHERE c.digest = p_digest AND c.kind = p_kind AND c.expires_at > p_now
    RETURNING c.user_id, c.payload
$$;
ALTER FUNCTION auth_redeem_challenge SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_redeem_challenge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_redeem_challenge TO rapport_app;

CREATE FUNCTION auth_knows_browser(p_email text, p_digest bytea, p_now timestamptz)
RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM known_browsers b JOIN users u ON u.id = b.user_id
        WHERE b.digest = p_digest AND b.expires_at > p_now AND lower(u.email) = lower(p_email)
    )
$$;
ALTER FUNCTION auth_knows_browser SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_knows_browser FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_knows_browser TO rapport_app;

CREATE FUNCTION auth_know_browser(p_digest bytea, p_user_id uuid, p_expires_at timestamptz)
RETURNS void
LANGUAGE sql AS $$
    INSERT INTO known_browsers (digest, user_id, expires_at) VALUES (p_digest, p_user_id, p_expires_at)
    ON CONFLICT (digest, user_id) DO UPDATE SET expires_at = excluded.expires_at
$$;
ALTER FUNCTION auth_know_browser SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_know_browser FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_know_browser TO rapport_app;

CREATE FUNCTION auth_identity_providers(p_slug text)
RETURNS TABLE (id uuid, workspace_id uuid, name text)
LANGUAGE sql STABLE AS $$
    SELECT p.id, p.workspace_id, p.name
    FROM identity_providers p JOIN workspaces w ON w.id = p.workspace_id
    WHERE p.is_enabled AND (
        w.slug = p_slug OR (p_slug IS NULL AND (SELECT count(*) FROM workspaces) = 1)
    )
$$;
ALTER FUNCTION auth_identity_providers SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_identity_providers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_identity_providers TO rapport_app;

CREATE FUNCTION auth_identity_provider(p_id uuid)
RETURNS uuid
LANGUAGE sql STABLE AS $$
    SELECT p.workspace_id FROM identity_providers p WHERE p.id = p_id AND p.is_enabled
$$;
ALTER FUNCTION auth_identity_provider SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_identity_provider FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_identity_provider TO rapport_app;

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
    DELETE FROM sign_in_challenges WHERE user_id = p_user_id;
END $$;
ALTER FUNCTION auth_set_password SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_set_password FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_set_password TO rapport_app;

CREATE OR REPLACE FUNCTION auth_sweep(p_now timestamptz, p_idle interval)
RETURNS void
LANGUAGE sql AS $$
    DELETE FROM sessions WHERE expires_at < p_now OR last_seen_at < p_now - p_idle;
    DELETE FROM sign_in_links WHERE expires_at < p_now - interval '1 day';
    DELETE FROM password_resets WHERE expires_at < p_now - interval '1 day';
    DELETE FROM sign_in_challenges WHERE expires_at < p_now;
    DELETE FROM known_browsers WHERE expires_at < p_now;
    DELETE FROM rate_limits WHERE full_until < p_now;
    DELETE FROM guesses
    WHERE last_at < p_now - interval '2 days'
      AND (blocked_until IS NULL OR blocked_until < p_now);
$$;
ALTER FUNCTION auth_sweep SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION auth_sweep FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth_sweep TO rapport_app;
