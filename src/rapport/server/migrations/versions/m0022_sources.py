"""Web sites, files and snippets that are searched beside articles."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "0022_sources"
down_revision = "0021_gaps"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
