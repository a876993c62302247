"""Whom a mail is from that was filed with nobody: erasures look for them."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "0017_mail_people"
down_revision = "0016_people_indexes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
