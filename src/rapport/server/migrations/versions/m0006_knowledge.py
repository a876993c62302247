"""Collections, articles, and what their search is made of."""

from alembic import op

from rapport.kernel.database.ddl import create, define
from rapport.knowledge.models import Article, ArticleTerm, ArticleVersion, Chunk, Collection

revision = "0006_knowledge"
down_revision = "0005_webchat"
branch_labels = None
depends_on = None

HELP_CENTRE = """
help_centre(p_slug text)
RETURNS TABLE (id uuid, name text, slug text)
LANGUAGE sql STABLE AS $$
    SELECT w.id, w.name, w.slug FROM workspaces w
    WHERE p_slug IS NULL OR w.slug = p_slug
    ORDER BY w.created_at, w.id LIMIT 1
$$
"""


def upgrade() -> None:
    """Create them. The public's help centre finds its workspace by a name, or takes the first."""
    create(op, Collection, Article, ArticleVersion, Chunk, ArticleTerm)
    define(op, HELP_CENTRE)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
