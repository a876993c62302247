"""How the assistant is set up, and what it did."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "0007_assistant"
down_revision = "0006_knowledge"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
