"""What messages are about: intents, what was read, and what people taught."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "0023_triage"
down_revision = "0022_sources"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
