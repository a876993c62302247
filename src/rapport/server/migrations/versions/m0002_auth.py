"""People, sessions, keys, teams, audit, workspace settings, data keys and rate limits."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "0002_auth"
down_revision = "0001_kernel"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
