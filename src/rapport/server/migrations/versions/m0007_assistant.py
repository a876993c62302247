"""How the assistant is set up, and what it did."""

from alembic import op

from rapport.ai.autopilot.models import Answer, AssistantSettings
from rapport.kernel.database.ddl import create

revision = "0007_assistant"
down_revision = "0006_knowledge"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    create(op, AssistantSettings, Answer)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
