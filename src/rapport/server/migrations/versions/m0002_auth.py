"""People, sessions, keys, teams, audit, workspace settings, data keys and rate limits."""

from alembic import op

from rapport.kernel.audit.models import AuditRecord
from rapport.kernel.auth.models import (
    ApiKey,
    Credential,
    Invitation,
    Membership,
    PasswordReset,
    Session,
    SignInLink,
    Team,
    TeamMember,
    User,
)
from rapport.kernel.database.ddl import create, define, grant, run
from rapport.kernel.database.engine import APPLICATION_ROLE
from rapport.kernel.secrets.models import DataKey
from rapport.kernel.settings.models import WorkspaceSetting

revision = "0002_auth"
down_revision = "0001_kernel"
branch_labels = None
depends_on = None

USERS_POLICY = """
CREATE POLICY members ON users USING (
    id IN (
        SELECT user_id FROM memberships
        WHERE workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
    )
)
"""

LIMITS = """
CREATE TABLE rate_limits (
    digest bytea PRIMARY KEY,
    full_until timestamptz NOT NULL
)
"""

GUESSES = """
CREATE TABLE guesses (
    digest bytea PRIMARY KEY,
    failures integer NOT NULL,
    last_at timestamptz NOT NULL,
    blocked_until timestamptz
)
"""

FUNCTIONS = (
    # -- accounts ----------------------------------------------------------------------------
    """
    auth_account(p_email text)
    RETURNS TABLE (user_id uuid, email text, name text, password_hash text)
    LANGUAGE sql STABLE AS $$
        SELECT u.id, u.email, u.name, c.password_hash
        FROM users u LEFT JOIN credentials c ON c.user_id = u.id
        WHERE lower(u.email) = lower(p_email)
    $$
    """,
    """
    auth_account_by_id(p_user_id uuid)
    RETURNS TABLE (user_id uuid, email text, name text, password_hash text)
    LANGUAGE sql STABLE AS $$
        SELECT u.id, u.email, u.name, c.password_hash
        FROM users u LEFT JOIN credentials c ON c.user_id = u.id
        WHERE u.id = p_user_id
    $$
    """,
    """
    auth_memberships(p_user_id uuid)
    RETURNS TABLE (workspace_id uuid, slug text, role text)
    LANGUAGE sql STABLE AS $$
        SELECT m.workspace_id, w.slug, m.role
        FROM memberships m JOIN workspaces w ON w.id = m.workspace_id
        WHERE m.user_id = p_user_id AND m.is_active
        ORDER BY m.last_seen_at DESC NULLS LAST, m.created_at
    $$
    """,
    """
    auth_workspaces()
    RETURNS TABLE (workspace_id uuid, slug text, role text)
    LANGUAGE sql STABLE AS $$
        SELECT w.id, w.slug, 'owner' FROM workspaces w ORDER BY w.created_at, w.id
    $$
    """,
    """
    auth_create_user(p_id uuid, p_email text, p_name text, p_now timestamptz)
    RETURNS uuid
    LANGUAGE plpgsql AS $$
    DECLARE found_id uuid;
    BEGIN
        INSERT INTO users (id, email, name, created_at) VALUES (p_id, p_email, p_name, p_now)
        ON CONFLICT (lower(email)) DO NOTHING;
        SELECT id INTO found_id FROM users WHERE lower(email) = lower(p_email);
        RETURN found_id;
    END $$
    """,
    """
    auth_set_password(p_user_id uuid, p_hash text, p_now timestamptz)
    RETURNS void
    LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO credentials (user_id, password_hash, changed_at)
        VALUES (p_user_id, p_hash, p_now)
        ON CONFLICT (user_id) DO UPDATE
        SET password_hash = excluded.password_hash, changed_at = excluded.changed_at;
        UPDATE password_resets SET used_at = p_now WHERE user_id = p_user_id AND used_at IS NULL;
        UPDATE sign_in_links SET used_at = p_now WHERE user_id = p_user_id AND used_at IS NULL;
    END $$
    """,
    """
    auth_change_email(p_user_id uuid, p_email text)
    RETURNS boolean
    LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE users SET email = p_email WHERE id = p_user_id;
        RETURN FOUND;
    EXCEPTION WHEN unique_violation THEN
        RETURN false;
    END $$
    """,
    """
    auth_rehash(p_user_id uuid, p_old text, p_new text)
    RETURNS void
    LANGUAGE sql AS $$
        UPDATE credentials SET password_hash = p_new
        WHERE user_id = p_user_id AND password_hash = p_old
    $$
    """,
    """
    auth_end_sessions(p_user_id uuid, p_except bytea)
    RETURNS void
    LANGUAGE sql AS $$
        DELETE FROM sessions
        WHERE user_id = p_user_id AND (p_except IS NULL OR digest <> p_except)
    $$
    """,
    """
    auth_signed_in(p_user_id uuid, p_now timestamptz)
    RETURNS void
    LANGUAGE sql AS $$
        UPDATE users SET last_signed_in_at = p_now WHERE id = p_user_id
    $$
    """,
    # -- credentials that open a workspace ---------------------------------------------------
    """
    auth_session(p_digest bytea, p_now timestamptz, p_idle interval)
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
    END $$
    """,
    """
    auth_api_key(p_digest bytea, p_now timestamptz)
    RETURNS TABLE (key_id uuid, workspace_id uuid, name text, role text)
    LANGUAGE plpgsql AS $$
    #variable_conflict use_column
    BEGIN
        UPDATE api_keys SET last_used_at = p_now
        WHERE digest = p_digest
          AND (last_used_at IS NULL OR last_used_at < p_now - interval '1 minute');
        RETURN QUERY SELECT k.id, k.workspace_id, k.name, k.role
        FROM api_keys k WHERE k.digest = p_digest;
    END $$
    """,
    """
    auth_redeem_link(p_digest bytea, p_now timestamptz)
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
    END $$
    """,
    """
    auth_invitation(p_digest bytea, p_now timestamptz)
    RETURNS TABLE (
        invitation_id uuid, workspace_id uuid, workspace_name text, email text, role text,
        expires_at timestamptz, has_account boolean
    )
    LANGUAGE sql STABLE AS $$
        SELECT i.id, i.workspace_id, w.name, i.email, i.role, i.expires_at,
               EXISTS (SELECT FROM users u WHERE lower(u.email) = lower(i.email))
        FROM invitations i JOIN workspaces w ON w.id = i.workspace_id
        WHERE i.digest = p_digest AND i.accepted_at IS NULL AND i.expires_at > p_now
    $$
    """,
    """
    auth_request_reset(p_id uuid, p_user_id uuid, p_digest bytea, p_now timestamptz,
                       p_expires_at timestamptz)
    RETURNS void
    LANGUAGE sql AS $$
        INSERT INTO password_resets (id, user_id, digest, created_at, expires_at)
        VALUES (p_id, p_user_id, p_digest, p_now, p_expires_at)
    $$
    """,
    """
    auth_reset(p_digest bytea, p_now timestamptz)
    RETURNS TABLE (user_id uuid, email text)
    LANGUAGE sql STABLE AS $$
        SELECT u.id, u.email FROM password_resets r JOIN users u ON u.id = r.user_id
        WHERE r.digest = p_digest AND r.used_at IS NULL AND r.expires_at > p_now
    $$
    """,
    """
    auth_redeem_reset(p_digest bytea, p_now timestamptz)
    RETURNS uuid
    LANGUAGE sql AS $$
        UPDATE password_resets SET used_at = p_now
        WHERE digest = p_digest AND used_at IS NULL AND expires_at > p_now
        RETURNING user_id
    $$
    """,
    # -- the first start and housekeeping ----------------------------------------------------
    """
    auth_first_owner(p_workspace_id uuid, p_workspace text, p_slug text, p_user_id uuid,
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
    END $$
    """,
    """
    auth_sweep(p_now timestamptz, p_idle interval)
    RETURNS void
    LANGUAGE sql AS $$
        DELETE FROM sessions WHERE expires_at < p_now OR last_seen_at < p_now - p_idle;
        DELETE FROM sign_in_links WHERE expires_at < p_now - interval '1 day';
        DELETE FROM password_resets WHERE expires_at < p_now - interval '1 day';
        DELETE FROM rate_limits WHERE full_until < p_now;
        DELETE FROM guesses
        WHERE last_at < p_now - interval '2 days'
          AND (blocked_until IS NULL OR blocked_until < p_now);
    $$
    """,
    # -- audit -------------------------------------------------------------------------------
    # One writer at a time per workspace: the lock is taken first, so that the next statement
    # already sees what the previous writer committed.
    """
    audit_append(p_id uuid, p_at timestamptz, p_verb text, p_subject text, p_actor text,
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
    END $$
    """,
    # -- secrets -----------------------------------------------------------------------------
    """
    secrets_data_keys()
    RETURNS TABLE (workspace_id uuid, generation integer, wrapped text)
    LANGUAGE sql STABLE AS $$
        SELECT workspace_id, generation, wrapped FROM data_keys ORDER BY 1, 2
    $$
    """,
    """
    secrets_rewrap(p_workspace_id uuid, p_generation integer, p_old text, p_new text)
    RETURNS boolean
    LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE data_keys SET wrapped = p_new
        WHERE workspace_id = p_workspace_id AND generation = p_generation AND wrapped = p_old;
        RETURN FOUND;
    END $$
    """,
)


def upgrade() -> None:
    """Create them. Passwords and resets are out of the application role's reach altogether."""
    create(op, User, Credential, PasswordReset, Membership, Session, SignInLink, Invitation)
    create(op, ApiKey, Team, TeamMember, AuditRecord, DataKey, WorkspaceSetting)
    run(op, "ALTER TABLE users ENABLE ROW LEVEL SECURITY")
    run(op, USERS_POLICY)
    grant(op, "users", "SELECT, UPDATE (name, locale, theme)")
    grant(op, "audit_records", "SELECT")
    grant(op, "data_keys", "SELECT, INSERT")
    run(op, LIMITS)
    run(op, GUESSES)
    grant(op, "rate_limits", "SELECT, INSERT, UPDATE, DELETE")
    grant(op, "guesses", "SELECT, INSERT, UPDATE, DELETE")
    for function in FUNCTIONS:
        define(op, function)
    # /health/ready compares it with what the program needs.
    run(op, f"GRANT SELECT ON alembic_version TO {APPLICATION_ROLE}")


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
