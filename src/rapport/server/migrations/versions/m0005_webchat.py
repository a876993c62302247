"""Web chats and visitors' sessions."""

from alembic import op

from rapport.channels.webchat.models import VisitorSession, WebChat
from rapport.kernel.database.ddl import create, define

revision = "0005_webchat"
down_revision = "0004_conversations"
branch_labels = None
depends_on = None

FUNCTIONS = (
    """
    webchat_by_key(p_key text)
    RETURNS TABLE (workspace_id uuid, inbox_id uuid)
    LANGUAGE sql STABLE AS $$
        SELECT w.workspace_id, w.id
        FROM webchat_inboxes w
        JOIN inboxes i ON i.workspace_id = w.workspace_id AND i.id = w.id
        WHERE w.key = p_key AND i.is_enabled
    $$
    """,
    """
    webchat_visitor(p_digest bytea, p_now timestamptz)
    RETURNS TABLE (
        workspace_id uuid, session_id uuid, inbox_id uuid, customer_id uuid, name text,
        is_verified boolean, require_identity boolean, allowed_origins text[],
        needs_renewal boolean
    )
    LANGUAGE sql STABLE AS $$
        WITH RECURSIVE person AS (
            SELECT c.workspace_id, c.id, c.name, c.merged_into_id, 0 AS step, s.id AS session_id
            FROM visitor_sessions s
            JOIN customers c ON c.workspace_id = s.workspace_id AND c.id = s.customer_id
            WHERE s.token_digest = p_digest
            UNION ALL
            SELECT c.workspace_id, c.id, c.name, c.merged_into_id, p.step + 1, p.session_id
            FROM person p
            JOIN customers c ON c.workspace_id = p.workspace_id AND c.id = p.merged_into_id
            WHERE p.step < 20
        )
        SELECT
            s.workspace_id, s.id, s.inbox_id, p.id, p.name,
            coalesce(s.verified_until > p_now, false), w.require_identity, w.allowed_origins,
            s.last_seen_at < p_now - interval '1 hour'
        FROM visitor_sessions s
        JOIN person p ON p.session_id = s.id
        JOIN webchat_inboxes w ON w.workspace_id = s.workspace_id AND w.id = s.inbox_id
        JOIN inboxes i ON i.workspace_id = w.workspace_id AND i.id = w.id
        WHERE s.token_digest = p_digest AND s.revoked_at IS NULL AND s.expires_at > p_now
          AND i.is_enabled
        ORDER BY p.step DESC
        LIMIT 1
    $$
    """,
    """
    webchat_renew(p_digest bytea, p_now timestamptz, p_expires_at timestamptz)
    RETURNS void
    LANGUAGE sql AS $$
        UPDATE visitor_sessions SET last_seen_at = p_now, expires_at = p_expires_at
        WHERE token_digest = p_digest AND revoked_at IS NULL AND last_seen_at < p_now
    $$
    """,
    # Only a workspace that was filled as a demo lends its chat to the demo shop's page.
    """
    webchat_demo_key()
    RETURNS text
    LANGUAGE sql STABLE AS $$
        SELECT w.key
        FROM workspace_settings s
        JOIN webchat_inboxes w ON w.workspace_id = s.workspace_id
        JOIN inboxes i ON i.workspace_id = w.workspace_id AND i.id = w.id
        WHERE s.key = 'demo' AND i.is_enabled
        ORDER BY w.created_at, w.id
        LIMIT 1
    $$
    """,
)


def upgrade() -> None:
    """Create them."""
    create(op, WebChat, VisitorSession)
    for function in FUNCTIONS:
        define(op, function)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
