"""The audit record: indexes for its view, and a trigger that keeps it."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "0011_audit"
down_revision = "0010_privacy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
