"""The index by which an erasure finds mail that was filed with nobody."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "0018_mail_people_index"
down_revision = "0017_mail_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
