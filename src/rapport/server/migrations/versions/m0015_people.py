"""What is known about people, and how: addresses, decisions, changes, likely duplicates."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "0015_people"
down_revision = "0014_mail"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
