"""Questions without an answer, and what the assistant did, by day."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "0021_gaps"
down_revision = "0020_vectors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
