"""Mail that comes in, and what is on its way out."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "0014_mail"
down_revision = "0013_audit_indexes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
