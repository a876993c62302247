"""What of solved conversations may answer others, and how far they were looked through."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "0029_solved_conversations"
down_revision = "0028_answer_wording_valid"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
