"""The index by which a company finds its people."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "0016_people_indexes"
down_revision = "0015_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
