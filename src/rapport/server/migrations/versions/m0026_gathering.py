"""What must be known for each intent, and what is known in each conversation."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "0026_gathering"
down_revision = "0025_recurring"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
