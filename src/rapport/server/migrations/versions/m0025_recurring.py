"""Problems that customers have again and again, and the conversations that speak of them."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "0025_recurring"
down_revision = "0024_training"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
