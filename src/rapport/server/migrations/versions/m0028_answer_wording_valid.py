"""The check of whose words an answer is in holds for what was there before."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "0028_answer_wording_valid"
down_revision = "0027_answer_wording"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
