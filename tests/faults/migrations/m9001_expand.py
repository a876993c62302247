"""A migration of a release to come."""

from alembic import op

from rapport.kernel.database.ddl import run_file

revision = "9001_expand"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_file(op, __file__)
